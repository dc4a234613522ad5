//! Enums whose values have published names: one macro gives them their text, both ways.

/// Why a text names no value of an enum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{given}' is not known: {} is expected", expected.join(", "))]
pub struct UnknownName {
    /// The text as given.
    pub given: String,
    /// The names that are known.
    pub expected: &'static [&'static str],
}

/// Declares an enum with a published name for each value; names are read in any case.
///
/// The crate that uses it depends on `serde`.
#[macro_export]
macro_rules! named {
    ($(#[$meta:meta])* pub enum $Name:ident { $($(#[$doc:meta])* $Variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $Name { $($(#[$doc])* $Variant,)* }

        impl $Name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$Name] = &[$($Name::$Variant),*];

            /// Returns the published name.
            pub fn as_str(self) -> &'static str {
                match self { $($Name::$Variant => $text),* }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $Name {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.iter().find(|value| value.as_str().eq_ignore_ascii_case(text));
                known.copied().ok_or_else(|| $crate::UnknownName {
                    given: text.chars().take(64).collect(),
                    expected: &[$($text),*],
                })
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

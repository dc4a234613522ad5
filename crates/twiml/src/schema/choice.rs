//! Attributes whose value is one of a few words.

/// Makes an enum of published words: its variants, their spelling (with other spellings that are read), and
/// their reading without regard to case.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`.")]
                #[serde(rename = $word)]
                $variant,
            )+
        }

        impl $name {
            /// Every value, in the published order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// Returns the published spelling.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }
        }

        impl $crate::schema::Value for $name {
            fn parse(text: &str) -> Option<Self> {
                let spellings = [$(($name::$variant, &[$word $(, $alias)*] as &[&str])),+];
                let is_spelled = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
                spellings.into_iter().find(|(_, words)| is_spelled(words)).map(|(value, _)| value)
            }

            fn to_text(&self) -> String {
                self.as_str().to_owned()
            }

            fn expected() -> String {
                [$($word),+].join(", ")
            }
        }
    };
}

pub(crate) use choice;

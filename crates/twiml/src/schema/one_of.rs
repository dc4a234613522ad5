//! A choice between elements: what may stand in one place of a document.

use crate::warning::Warnings;
use crate::xml::XmlElement;

/// A set of elements of which each can stand in the same place.
pub(crate) trait OneOf: Sized {
    /// The names of the elements.
    const NAMES: &'static [&'static str];

    /// Reads an element; none if its name is not one of these.
    fn read(xml: &XmlElement, warnings: &mut Warnings) -> Option<Self>;

    /// Writes the element.
    fn write(&self) -> XmlElement;
}

/// Makes an enum with a variant per listed element: its names, its reading and writing, and `From` each of them.
macro_rules! one_of {
    ($(#[$meta:meta])* pub enum $name:ident { $($element:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[allow(clippy::large_enum_variant, reason = "a document holds a few of them, and boxes hinder matching")]
        pub enum $name {
            $(
                #[doc = concat!("`<", stringify!($element), ">`.")]
                $element($element),
            )+
        }

        impl $name {
            /// Returns the name of the element.
            pub fn name(&self) -> &'static str {
                match self {
                    $($name::$element(_) => <$element as $crate::schema::Element>::NAME,)+
                }
            }
        }

        impl $crate::schema::OneOf for $name {
            const NAMES: &'static [&'static str] = &[$(<$element as $crate::schema::Element>::NAME),+];

            fn read(xml: &$crate::xml::XmlElement, warnings: &mut $crate::warning::Warnings) -> Option<Self> {
                match xml.name.as_str() {
                    $(
                        <$element as $crate::schema::Element>::NAME => {
                            <$element as $crate::schema::OneOf>::read(xml, warnings).map($name::$element)
                        }
                    )+
                    _ => None,
                }
            }

            fn write(&self) -> $crate::xml::XmlElement {
                match self {
                    $($name::$element(element) => $crate::schema::OneOf::write(element),)+
                }
            }
        }

        $(
            impl From<$element> for $name {
                fn from(element: $element) -> Self {
                    $name::$element(element)
                }
            }
        )+
    };
}

pub(crate) use one_of;

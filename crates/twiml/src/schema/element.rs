//! A type that stands for one element of the language.

use super::{OneOf, Pass, Reading};
use crate::warning::{SCHEMA, Warnings};
use crate::xml::XmlElement;

/// An element of the language: its name, and one list of what it may hold.
pub(crate) trait Element: Clone + Default {
    /// The name in the document.
    const NAME: &'static str;

    /// The published code for a child that does not belong here.
    const NESTING_CODE: u32 = SCHEMA;

    /// Names each attribute and each kind of content once; the pass reads it into a field or writes it from one.
    fn describe(&mut self, pass: &mut Pass<'_>);
}

impl<E: Element> OneOf for E {
    const NAMES: &'static [&'static str] = &[E::NAME];

    fn read(xml: &XmlElement, warnings: &mut Warnings) -> Option<Self> {
        let mut element = E::default();
        let mut pass = Pass::Read(Reading::new(xml, warnings));
        element.describe(&mut pass);
        if let Pass::Read(reading) = pass {
            reading.warn_of_the_rest(E::NESTING_CODE);
        }
        (xml.name == E::NAME).then_some(element)
    }

    fn write(&self) -> XmlElement {
        let mut xml = XmlElement::new(E::NAME);
        // Describing needs fields that can be changed; a copy keeps writing free of that.
        self.clone().describe(&mut Pass::Write(&mut xml));
        xml
    }
}

//! XML as a tree of elements: all that the language is written in, and nothing of its meaning.

mod error;
mod reader;
mod writer;

pub use error::DocumentError;
pub use reader::{ATTRIBUTES_MAX, BYTES_MAX, DEPTH_MAX};

pub(crate) use reader::read;
pub(crate) use writer::write;

/// An element with its attributes and content, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct XmlElement {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) content: Vec<XmlNode>,
    /// The line of its start tag, from one; 0 for an element that was built.
    pub(crate) line: usize,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum XmlNode {
    Element(XmlElement),
    Text(String),
}

impl XmlElement {
    pub(crate) fn new(name: &str) -> XmlElement {
        XmlElement { name: name.to_owned(), ..XmlElement::default() }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &XmlElement> {
        self.content.iter().filter_map(|node| match node {
            XmlNode::Element(element) => Some(element),
            XmlNode::Text(_) => None,
        })
    }

    /// Returns the text directly inside the element, without blanks at both ends.
    pub(crate) fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|node| match node {
            XmlNode::Element(_) => None,
            XmlNode::Text(text) => Some(text.as_str()),
        });
        texts.collect::<String>().trim().to_owned()
    }

    /// Adds text, joined to text that stands before it.
    pub(crate) fn push_text(&mut self, more: &str) {
        match self.content.last_mut() {
            Some(XmlNode::Text(text)) => text.push_str(more),
            Some(XmlNode::Element(_)) | None if more.is_empty() => {}
            Some(XmlNode::Element(_)) | None => self.content.push(XmlNode::Text(more.to_owned())),
        }
    }
}

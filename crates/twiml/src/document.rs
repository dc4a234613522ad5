//! A document: the verbs to be performed, in their order.

use serde::{Deserialize, Serialize};

use crate::Verb;
use crate::schema::{Element, OneOf, Pass};
use crate::warning::{Warning, Warnings};
use crate::xml::{self, DocumentError};

/// The verbs of a `<Response>`, in the order in which they are performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What to do, one after the other.
    pub verbs: Vec<Verb>,
}

/// A document that was read, and what of its text could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What is performed.
    pub document: Document,
    /// What was left out or changed.
    pub warnings: Vec<Warning>,
}

impl Document {
    /// Reads a document; what the language does not know is left out with a warning.
    pub fn parse(text: &str) -> Result<Parsed, DocumentError> {
        let root = xml::read(text)?;
        let mut warnings = Warnings::default();
        match Document::read(&root, &mut warnings) {
            Some(document) => Ok(Parsed { document, warnings: warnings.into_list() }),
            None => Err(DocumentError::Root { root: root.name }),
        }
    }

    /// Writes the document as XML.
    pub fn to_xml(&self) -> String {
        xml::write(&self.write())
    }
}

impl Element for Document {
    const NAME: &'static str = "Response";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.children(&mut self.verbs);
    }
}

impl<V: Into<Verb>> FromIterator<V> for Document {
    fn from_iter<I: IntoIterator<Item = V>>(verbs: I) -> Document {
        Document { verbs: verbs.into_iter().map(Into::into).collect() }
    }
}

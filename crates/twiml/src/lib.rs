//! TwiML: the language that drives a call or answers a message, as documents and verbs.
//!
//! What it is: a lenient reader and a writer of TwiML, and one type per verb with the published attributes and
//! defaults. Flows build verbs without a document; whatever performs verbs never sees XML.
//! What it is not: it performs nothing, fetches nothing and resolves no URL.
//!
//! ```
//! use twiml::{Document, Verb};
//!
//! let text = "<Response><Gather numDigits='1' colour='red'><Say>One or two?</Say></Gather></Response>";
//! let parsed = Document::parse(text)?;
//! assert_eq!(parsed.warnings[0].to_string(), "12200 in line 1: <Gather> has no attribute 'colour': left out");
//! let Verb::Gather(gather) = &parsed.document.verbs[0] else { panic!("a Gather was written") };
//! assert_eq!((gather.digits_max, gather.timeout_secs()), (Some(1), 5));
//! # Ok::<(), twiml::DocumentError>(())
//! ```
//!
//! Invariants:
//! - A field holds what was written; the method of the same name adds the published default.
//! - What a document holds beyond the language is left out with a [`Warning`] and never stops it; only text
//!   that is no XML, or no `<Response>`, is a [`DocumentError`].
//! - `Document::parse(&document.to_xml())` gives the document back, unless a value breaks its published range,
//!   holds characters that XML can not carry, or (speech and attributes aside) has blanks at its ends.
//! - No text costs more than its length: no DTD, no entities of its own, [`BYTES_MAX`], [`DEPTH_MAX`],
//!   [`ATTRIBUTES_MAX`], [`WARNINGS_MAX`].
//!
//! Assumptions: a verb or noun has one meaning wherever it stands; who performs a document knows whether it
//! answers a call or a message, and passes over the verbs of the other kind.

mod document;
mod nouns;
mod schema;
mod verb;
mod verbs;
mod warning;
mod xml;

pub use document::{Document, Parsed};
pub use nouns::*;
pub use schema::{Callback, Digits, Keys, Method, StatusCallback};
pub use verb::Verb;
pub use verbs::*;
pub use warning::{WARNINGS_MAX, Warning};
pub use xml::{ATTRIBUTES_MAX, BYTES_MAX, DEPTH_MAX, DocumentError};

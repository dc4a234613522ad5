//! Reads text into a tree: strictly XML, without DTDs, and within limits.

use quick_xml::errors::IllFormedError;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{DocumentError, XmlElement, XmlNode};

/// The longest document that is read, in bytes; the published limit.
pub const BYTES_MAX: usize = 64 * 1024;

/// How deep elements may be nested; the language itself needs seven, marked-up speech a few more.
pub const DEPTH_MAX: usize = 32;

/// How many attributes an element may have: each is compared with those before it.
pub const ATTRIBUTES_MAX: usize = 100;

/// Reads a text whole and returns its root element.
pub(crate) fn read(text: &str) -> Result<XmlElement, DocumentError> {
    if text.len() > BYTES_MAX {
        return Err(DocumentError::TooLarge { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some((offset, character)) = text.char_indices().find(|(_, c)| !is_allowed(*c)) {
        return Err(malformed(text, offset, forbidden(character)));
    }
    TreeReader::new(text).read()
}

/// Says whether XML can carry a character.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// What is wrong with one part of the text.
enum Fault {
    Document(DocumentError),
    Reason(String),
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Fault {
        Fault::Reason(error.to_string())
    }
}

struct TreeReader<'a> {
    text: &'a str,
    xml: Reader<&'a [u8]>,
    /// The elements whose end tag has not come, the root first.
    open: Vec<XmlElement>,
    root: Option<XmlElement>,
    lines: Lines<'a>,
}

impl<'a> TreeReader<'a> {
    fn new(text: &'a str) -> TreeReader<'a> {
        let mut xml = Reader::from_str(text);
        xml.config_mut().expand_empty_elements = true;
        TreeReader { text, xml, open: vec![], root: None, lines: Lines { text, offset: 0, line: 1 } }
    }

    fn read(mut self) -> Result<XmlElement, DocumentError> {
        loop {
            let start = self.offset();
            let event = self.xml.read_event().map_err(|error| {
                let offset = usize::try_from(self.xml.error_position()).unwrap_or(start);
                malformed(self.text, offset, describe(&error))
            })?;
            if matches!(event, Event::Eof) {
                break;
            }
            self.take(event, start).map_err(|fault| match fault {
                Fault::Document(error) => error,
                Fault::Reason(reason) => malformed(self.text, start, reason),
            })?;
        }
        if let Some(element) = self.open.last() {
            let reason = format!("<{}> is not closed: expected </{}>", element.name, element.name);
            return Err(malformed(self.text, self.text.len(), reason));
        }
        let empty = || malformed(self.text, 0, "there is no element: expected <Response>".to_owned());
        self.root.ok_or_else(empty)
    }

    fn take(&mut self, event: Event<'a>, start: usize) -> Result<(), Fault> {
        match event {
            Event::Start(tag) | Event::Empty(tag) => self.open_element(&tag, start),
            Event::End(_) => self.close_element(),
            Event::Text(text) => self.add_text(&text.xml10_content()),
            Event::CData(text) => self.add_text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.add_text(&resolve(&reference)?.to_string()),
            Event::Decl(declaration) => check_version(&declaration),
            Event::DocType(_) => Err(fault("a DTD (<!DOCTYPE>) is refused: leave it out")),
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn open_element(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<(), Fault> {
        if self.open.len() == DEPTH_MAX {
            return Err(Fault::Reason(format!("elements are nested deeper than {DEPTH_MAX}")));
        }
        if self.root.is_some() {
            return Err(fault("there is a second root element: expected the end of the document"));
        }
        let mut attributes = vec![];
        for attribute in tag.attributes() {
            if attributes.len() == ATTRIBUTES_MAX {
                return Err(Fault::Reason(format!("an element has more than {ATTRIBUTES_MAX} attributes")));
            }
            attributes.push(read_attribute(attribute?)?);
        }
        let name = checked_name(tag.name().as_ref())?;
        self.open.push(XmlElement { name, attributes, content: vec![], line: self.lines.line_of(start) });
        Ok(())
    }

    fn close_element(&mut self) -> Result<(), Fault> {
        let element = self.open.pop().ok_or_else(|| fault("an end tag has no start tag"))?;
        match self.open.last_mut() {
            Some(parent) => parent.content.push(XmlNode::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn add_text(&mut self, text: &str) -> Result<(), Fault> {
        match self.open.last_mut() {
            Some(element) => element.push_text(text),
            None if text.trim().is_empty() => {}
            None => return Err(fault("there is text outside the root element: expected <Response>")),
        }
        Ok(())
    }

    fn offset(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(self.text.len())
    }
}

fn read_attribute(attribute: Attribute<'_>) -> Result<(String, String), Fault> {
    let value = attribute.normalized_value(XmlVersion::Explicit1_0)?;
    if let Some(character) = value.chars().find(|c| !is_allowed(*c)) {
        return Err(Fault::Reason(forbidden(character)));
    }
    Ok((checked_name(attribute.key.as_ref())?, value.into_owned()))
}

fn checked_name(name: impl AsRef<str>) -> Result<String, Fault> {
    let name = name.as_ref();
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    if is_name { Ok(name.to_owned()) } else { Err(Fault::Reason(format!("'{name}' can not be a name"))) }
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, Fault> {
    let name: &str = reference;
    match (reference.resolve_char_ref()?, name) {
        (Some(character), _) if is_allowed(character) => Ok(character),
        (Some(character), _) => Err(Fault::Reason(forbidden(character))),
        (None, "lt") => Ok('<'),
        (None, "gt") => Ok('>'),
        (None, "amp") => Ok('&'),
        (None, "apos") => Ok('\''),
        (None, "quot") => Ok('"'),
        (None, _) => {
            let known = "expected lt, gt, amp, apos, quot or a number; write '&' as '&amp;'";
            Err(Fault::Reason(format!("the entity '&{name};' is unknown: {known}")))
        }
    }
}

fn check_version(declaration: &BytesDecl<'_>) -> Result<(), Fault> {
    let version = declaration.version()?;
    match version.as_ref() {
        "1.0" | "1.1" => Ok(()),
        other => Err(Fault::Document(DocumentError::Version { version: other.to_owned() })),
    }
}

/// Says to a person what is wrong; the commonest mistake of all gets its remedy.
fn describe(error: &quick_xml::Error) -> String {
    if matches!(error, quick_xml::Error::IllFormed(IllFormedError::UnclosedReference)) {
        return "'&' begins no entity: write it as '&amp;'".to_owned();
    }
    error.to_string()
}

fn fault(reason: &str) -> Fault {
    Fault::Reason(reason.to_owned())
}

fn forbidden(character: char) -> String {
    format!("the character U+{:04X} can not stand in XML", u32::from(character))
}

fn malformed(text: &str, offset: usize, reason: String) -> DocumentError {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    DocumentError::Malformed {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        reason,
    }
}

/// Counts lines forward, so that the whole document costs one walk.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
}

impl Lines<'_> {
    fn line_of(&mut self, offset: usize) -> usize {
        self.line += self.text.as_bytes()[self.offset..offset].iter().filter(|byte| **byte == b'\n').count();
        self.offset = offset;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_xml_is_refused_with_its_place() {
        for (text, expected) in [
            ("", "line 1, column 1: there is no element: expected <Response>"),
            ("Hello", "line 1, column 1: there is text outside the root element: expected <Response>"),
            ("<Response>\n <Say>", "line 2, column 7: <Say> is not closed: expected </Say>"),
            (
                "<a>\n  <b></a>",
                "line 2, column 6: ill-formed document: expected `</b>`, but `</a>` was found",
            ),
            ("<a>1 & 2</a>", "line 1, column 6: '&' begins no entity: write it as '&amp;'"),
            (
                "<a>&bomb;</a>",
                "line 1, column 4: the entity '&bomb;' is unknown: \
                 expected lt, gt, amp, apos, quot or a number; write '&' as '&amp;'",
            ),
            ("<a b='&bomb;'/>", "line 1, column 1: "),
            (
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
                "line 1, column 1: a DTD (<!DOCTYPE>) is refused: leave it out",
            ),
            (
                "<a/><b/>",
                "line 1, column 5: there is a second root element: expected the end of the document",
            ),
            ("<a>é\u{1}</a>", "line 1, column 5: the character U+0001 can not stand in XML"),
            ("<a>&#8;</a>", "line 1, column 4: the character U+0008 can not stand in XML"),
            ("<a b='&#8;'/>", "line 1, column 1: the character U+0008 can not stand in XML"),
            ("<a b='1' b='2'/>", "line 1, column 1: "),
            ("<a b=1/>", "line 1, column 1: "),
            ("<1a/>", "line 1, column 1: '1a' can not be a name"),
            ("<?xml version='2.0'?><a/>", "XML version '2.0' is unknown: expected 1.0 or 1.1"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}\n  {error}");
        }
    }

    #[test]
    fn size_depth_and_width_are_limited() {
        let wide = |count: usize| {
            let attributes: String = (0..count).map(|number| format!(" a{number}=''")).collect();
            format!("<a{attributes}/>")
        };
        assert!(read(&wide(ATTRIBUTES_MAX)).is_ok());
        assert!(
            read(&wide(ATTRIBUTES_MAX + 1)).unwrap_err().to_string().ends_with("more than 100 attributes")
        );
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(read(&nested(DEPTH_MAX)).is_ok());
        assert!(read(&nested(DEPTH_MAX + 1)).unwrap_err().to_string().ends_with("nested deeper than 32"));
        let sized = |bytes: usize| format!("<a>{}</a>", "x".repeat(bytes - 7));
        assert!(read(&sized(BYTES_MAX)).is_ok());
        assert_eq!(read(&sized(BYTES_MAX + 1)).unwrap_err().code(), 11750);
    }

    #[test]
    fn text_is_joined_and_line_ends_are_one_character() {
        let root =
            read("\u{feff}<a b='1&#10;&lt;2\n3'>x\r\n&amp;<!-- no --><![CDATA[<y>]]><c/>\nz</a>").unwrap();
        assert_eq!(root.attribute("b"), Some("1\n<2 3"));
        assert_eq!(root.content[0], XmlNode::Text("x\n&<y>".to_owned()));
        assert_eq!(root.text(), "x\n&<y>\nz");
        assert_eq!(root.elements().next().unwrap().line, 3);
    }
}

//! What `<Say>` says: text, with the published part of SSML as a tree.

use serde::{Deserialize, Serialize};

use crate::schema::{Pass, Value, choice};
use crate::warning::{SCHEMA, Warnings};
use crate::xml::{XmlElement, XmlNode};

choice! {
    /// How a part of speech is marked.
    pub enum SpeechTag {
        Break = "break",
        Emphasis = "emphasis",
        Lang = "lang",
        Paragraph = "p",
        Phoneme = "phoneme",
        Prosody = "prosody",
        Sentence = "s",
        SayAs = "say-as",
        Sub = "sub",
        Word = "w",
    }
}

/// A piece of what is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speech {
    /// Words, as written, blanks included.
    Text(String),
    /// Marked words.
    Marked(SpeechElement),
}

/// A mark around pieces of speech, or a break between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeechElement {
    /// Which mark.
    pub tag: SpeechTag,
    /// Its published attributes with checked values, in the order of writing.
    pub attributes: Vec<(String, String)>,
    /// What is marked.
    pub content: Vec<Speech>,
}

/// An attribute of a mark, and its words where they are fixed.
type TagAttribute = (&'static str, Option<&'static [&'static str]>);

impl SpeechTag {
    const fn attributes(self) -> &'static [TagAttribute] {
        match self {
            SpeechTag::Break => &[
                ("strength", Some(&["none", "x-weak", "weak", "medium", "strong", "x-strong"])),
                ("time", None),
            ],
            SpeechTag::Emphasis => &[("level", Some(&["strong", "moderate", "reduced"]))],
            SpeechTag::Lang => &[("xml:lang", None)],
            SpeechTag::Phoneme => &[("alphabet", Some(ALPHABETS)), ("ph", None)],
            SpeechTag::Prosody => &[("volume", None), ("rate", None), ("pitch", None)],
            SpeechTag::SayAs => &[("interpret-as", Some(INTERPRETATIONS)), ("format", Some(DATE_FORMATS))],
            SpeechTag::Sub => &[("alias", None)],
            SpeechTag::Word => &[("role", None)],
            SpeechTag::Paragraph | SpeechTag::Sentence => &[],
        }
    }
}

const ALPHABETS: &[&str] =
    &["ipa", "x-sampa", "x-amazon-jyutping", "x-amazon-pinyin", "x-amazon-pron-kana", "x-amazon-yomigana"];

const INTERPRETATIONS: &[&str] = &[
    "characters",
    "spell-out",
    "cardinal",
    "number",
    "ordinal",
    "digits",
    "fraction",
    "unit",
    "date",
    "time",
    "address",
    "expletive",
    "telephone",
];

const DATE_FORMATS: &[&str] = &["mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y", "yyyymmdd"];

/// Takes the mixed content of an element as speech.
pub(crate) fn describe(speech: &mut Vec<Speech>, pass: &mut Pass<'_>) {
    match pass {
        Pass::Write(xml) => speech.iter().for_each(|piece| write(piece, xml)),
        Pass::Read(reading) => {
            let (xml, warnings) = reading.take_content();
            read(xml, speech, warnings);
        }
    }
}

/// Returns the words alone, each run of blanks as one.
pub(crate) fn plain_text(speech: &[Speech]) -> String {
    let mut text = String::new();
    push_plain(speech, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_plain(speech: &[Speech], text: &mut String) {
    for piece in speech {
        match piece {
            Speech::Text(words) => text.push_str(words),
            Speech::Marked(mark) => push_plain_mark(mark, text),
        }
    }
}

fn push_plain_mark(mark: &SpeechElement, text: &mut String) {
    match mark.tag {
        SpeechTag::Sub if !mark.attributes.is_empty() => {
            mark.attributes.iter().for_each(|(_, alias)| text.push_str(alias));
        }
        SpeechTag::Break | SpeechTag::Paragraph | SpeechTag::Sentence => {
            text.push(' ');
            push_plain(&mark.content, text);
            text.push(' ');
        }
        SpeechTag::Emphasis
        | SpeechTag::Lang
        | SpeechTag::Phoneme
        | SpeechTag::Prosody
        | SpeechTag::SayAs
        | SpeechTag::Sub
        | SpeechTag::Word => push_plain(&mark.content, text),
    }
}

fn write(piece: &Speech, into: &mut XmlElement) {
    match piece {
        Speech::Text(text) => into.push_text(text),
        Speech::Marked(mark) => {
            let mut xml = XmlElement::new(mark.tag.as_str());
            xml.attributes.clone_from(&mark.attributes);
            mark.content.iter().for_each(|piece| write(piece, &mut xml));
            into.content.push(XmlNode::Element(xml));
        }
    }
}

fn read(xml: &XmlElement, into: &mut Vec<Speech>, warnings: &mut Warnings) {
    for node in &xml.content {
        match node {
            XmlNode::Text(text) => push_text(text, into),
            XmlNode::Element(child) => match SpeechTag::parse(&child.name) {
                Some(tag) => into.push(Speech::Marked(read_mark(tag, child, warnings))),
                None => {
                    let message = format!(
                        "<{}> is no mark of speech: its words are said plainly; expected {}",
                        child.name,
                        SpeechTag::expected()
                    );
                    warnings.add(SCHEMA, child.line, message);
                    read(child, into, warnings);
                }
            },
        }
    }
}

fn read_mark(tag: SpeechTag, xml: &XmlElement, warnings: &mut Warnings) -> SpeechElement {
    let mut mark = SpeechElement { tag, attributes: vec![], content: vec![] };
    for (name, value) in &xml.attributes {
        match check_attribute(tag, name, value) {
            Ok(()) => mark.attributes.push((name.clone(), value.clone())),
            Err(reason) => warnings.add(SCHEMA, xml.line, format!("<{}> {reason}: left out", xml.name)),
        }
    }
    read(xml, &mut mark.content, warnings);
    mark
}

fn check_attribute(tag: SpeechTag, name: &str, value: &str) -> Result<(), String> {
    match tag.attributes().iter().find(|(known, _)| *known == name) {
        None => Err(format!("has no attribute '{name}'")),
        Some((_, Some(words))) if !words.contains(&value) => {
            Err(format!("{name}='{value}', expected {}", words.join(", ")))
        }
        Some(_) => Ok(()),
    }
}

/// Adds words, joined to words before them, so that a mark that was passed over leaves no seam.
fn push_text(more: &str, into: &mut Vec<Speech>) {
    match into.last_mut() {
        Some(Speech::Text(text)) => text.push_str(more),
        Some(Speech::Marked(_)) | None => into.push(Speech::Text(more.to_owned())),
    }
}

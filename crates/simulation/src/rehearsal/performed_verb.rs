//! A verb that a flow performs on its call: how it is told of, and what it is expected to be.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};
use twiml::{Announcement, Document, Play, Verb};

use super::{TextOr, TextPattern};

/// What a verb is expected to be; every part that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedVerb {
    /// The verb's name, such as `Gather`.
    pub verb: Option<String>,
    /// Attributes as TwiML spells them, such as `numDigits`; others may be there too.
    #[serde(default)]
    pub attributes: Map<String, Value>,
    /// The whole verb as TwiML.
    pub twiml: Option<TextOr<TextPattern>>,
}

impl TryFrom<String> for ExpectedVerb {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Ok(Self { verb: Some(name), ..Self::default() })
    }
}

impl ExpectedVerb {
    /// Tells whether the verb is as expected.
    pub fn is_met_by(&self, verb: &Verb) -> bool {
        let twiml = twiml_of(verb);
        let (name, attributes) = opening(&twiml);
        let has = |(name, expected): (&String, &Value)| {
            let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
            attributes.iter().any(|(known, value)| known == name && *value == expected)
        };
        self.verb.as_ref().is_none_or(|expected| expected == name)
            && self.attributes.iter().all(has)
            && self.twiml.as_ref().is_none_or(|TextOr(pattern)| pattern.is_met_by(&twiml))
    }
}

impl fmt::Display for ExpectedVerb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb.as_deref().unwrap_or("any verb"))?;
        for (name, value) in &self.attributes {
            write!(f, " {name}={value}")?;
        }
        match &self.twiml {
            Some(TextOr(pattern)) => write!(f, " {pattern}"),
            None => Ok(()),
        }
    }
}

/// Returns what the caller hears by it: texts, links of audio, or keys.
pub(super) fn heard(verb: &Verb) -> Vec<String> {
    if let Verb::Say(say) = verb {
        vec![say.plain_text()]
    } else if let Verb::Play(play) = verb {
        vec![played(play)]
    } else if let Verb::Gather(gather) = verb {
        gather.announcements.iter().filter_map(announced).collect()
    } else {
        Vec::new()
    }
}

/// Writes a verb for people: its name and attributes.
pub(super) fn shown(verb: &Verb) -> String {
    let twiml = twiml_of(verb);
    let (name, attributes) = opening(&twiml);
    let attributes = attributes.iter().map(|(name, value)| format!(" {name}={value}"));
    let content = content_shown(&twiml, verb);
    format!("{name}{}{content}", attributes.collect::<String>())
}

/// Writes a verb as TwiML.
fn twiml_of(verb: &Verb) -> String {
    let text = Document { verbs: vec![verb.clone()] }.to_xml();
    let inside = text.split_once("<Response>").and_then(|(_, rest)| rest.strip_suffix("</Response>"));
    inside.unwrap_or(&text).to_owned()
}

/// Shows what stands inside the verb, unless the caller hears it.
fn content_shown(twiml: &str, verb: &Verb) -> String {
    let content = twiml.split_once('>').map(|(_, rest)| rest);
    let content = content.and_then(|rest| rest.rsplit_once("</")).map_or("", |(content, _)| content);
    if content.is_empty() || !heard(verb).is_empty() { String::new() } else { format!(" {content}") }
}

/// Reads the name and the attributes of the first tag; our own writer has quoted and escaped them.
fn opening(twiml: &str) -> (&str, Vec<(String, String)>) {
    let tag = twiml.trim_start_matches('<').split('>').next().unwrap_or_default().trim_end_matches('/');
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else { break };
        attributes.push((name.trim().to_owned(), unescaped(value)));
        rest = next;
    }
    (name, attributes)
}

fn unescaped(text: &str) -> String {
    let signs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#10;", "\n"), ("&#9;", "\t"), ("&#13;", "\r")];
    let text = signs.iter().fold(text.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign));
    text.replace("&amp;", "&")
}

fn announced(announcement: &Announcement) -> Option<String> {
    match announcement {
        Announcement::Say(say) => Some(say.plain_text()),
        Announcement::Play(play) => Some(played(play)),
        Announcement::Pause(_) => None,
    }
}

fn played(play: &Play) -> String {
    play.digits.as_ref().map_or_else(|| play.url.clone(), |digits| format!("keys {}", digits.as_str()))
}

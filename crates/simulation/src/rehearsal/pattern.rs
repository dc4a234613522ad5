//! Patterns of texts: exact, a part, or a regular expression.

use std::fmt;

use regex::Regex;
use serde::{Deserialize, Deserializer, de};

/// What a text is expected to be; every part that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextPattern {
    /// The whole text.
    pub equals: Option<String>,
    /// A part of the text.
    pub contains: Option<String>,
    /// A regular expression that is found in the text.
    #[serde(default, deserialize_with = "regular_expression")]
    pub matches: Option<Regex>,
}

impl TryFrom<String> for TextPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self { equals: Some(text), ..Self::default() })
    }
}

impl TextPattern {
    /// Tells whether the text is as expected.
    pub fn is_met_by(&self, text: &str) -> bool {
        self.equals.as_ref().is_none_or(|expected| expected == text)
            && self.contains.as_ref().is_none_or(|part| text.contains(part.as_str()))
            && self.matches.as_ref().is_none_or(|expression| expression.is_match(text))
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.equals.as_ref().map(|text| format!("{text:?}")),
            self.contains.as_ref().map(|text| format!("contains {text:?}")),
            self.matches.as_ref().map(|expression| format!("matches {:?}", expression.as_str())),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        f.write_str(&if parts.is_empty() { "any text".to_owned() } else { parts.join(" and ") })
    }
}

/// Reads a regular expression.
pub(super) fn regular_expression<'de, D>(deserializer: D) -> Result<Option<Regex>, D::Error>
where
    D: Deserializer<'de>,
{
    let source = String::deserialize(deserializer)?;
    Regex::new(&source).map(Some).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
        de::Error::custom(format!("'{source}' is not a regular expression: {reason}"))
    })
}

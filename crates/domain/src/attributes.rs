//! Attributes: a JSON object that keeps the text in which it was given.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

/// A JSON object of the user's own keys, with the text it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    text: String,
    value: Value,
}

/// Why a text can not be attributes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributesError {
    /// The text is not JSON.
    #[error("attributes are not valid JSON: {0}")]
    NotJson(String),
    /// The text is JSON but not an object.
    #[error("attributes must be a JSON object, found {0}")]
    NotAnObject(&'static str),
    /// The text is longer than allowed.
    #[error("attributes are {length} characters long, at most {limit} are allowed")]
    TooLong {
        /// The length in characters.
        length: usize,
        /// The limit in characters.
        limit: usize,
    },
}

impl Attributes {
    /// Reads attributes of at most `limit` characters; blank text is the empty object.
    pub fn parse(text: &str, limit: usize) -> Result<Self, AttributesError> {
        let length = text.chars().count();
        if length > limit {
            return Err(AttributesError::TooLong { length, limit });
        }
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| AttributesError::NotJson(error.to_string()))?;
        if !value.is_object() {
            return Err(AttributesError::NotAnObject(kind_of(&value)));
        }
        Ok(Self { text: text.to_owned(), value })
    }

    /// Makes attributes of an object.
    pub fn from_map(map: Map<String, Value>) -> Self {
        let value = Value::Object(map);
        Self { text: value.to_string(), value }
    }

    /// Returns the text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the object as a JSON value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the object.
    pub fn map(&self) -> &Map<String, Value> {
        self.value.as_object().expect("attributes are built from objects only")
    }
}

impl Default for Attributes {
    fn default() -> Self {
        Self { text: "{}".to_owned(), value: Value::Object(Map::new()) }
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text, usize::MAX).map_err(de::Error::custom)
    }
}

/// Names the JSON type of a value, for messages to people.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_stays_as_the_author_wrote_it() {
        let attributes = Attributes::parse("{ \"b\": 1,\n \"a\": 2 }", 100).unwrap();
        assert_eq!(attributes.text(), "{ \"b\": 1,\n \"a\": 2 }");
        assert_eq!(attributes.map()["a"], 2);
        let stored = serde_json::to_string(&attributes).unwrap();
        assert_eq!(serde_json::from_str::<Attributes>(&stored).unwrap(), attributes);
    }

    #[test]
    fn what_is_no_object_or_too_long_says_so() {
        assert_eq!(Attributes::parse("[1]", 9), Err(AttributesError::NotAnObject("an array")));
        assert_eq!(Attributes::parse("{\"é\":1}", 6), Err(AttributesError::TooLong { length: 7, limit: 6 }));
        assert!(matches!(Attributes::parse("{", 9), Err(AttributesError::NotJson(_))));
        assert_eq!(Attributes::parse(" ", 9), Ok(Attributes::default()));
    }
}

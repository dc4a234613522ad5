//! Values and rows as they pass between our SQL and any database.

use domain::Timestamp;

use crate::Error;

/// A parameter or a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL's NULL.
    Null,
    /// BIGINT: numbers, and times in microseconds.
    Integer(i64),
    /// TEXT: names, SIDs, JSON.
    Text(String),
    /// BLOB: what is compressed.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Integer(at.as_micros())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// Returns the text in `column`.
    pub fn text(&self, column: usize) -> Result<&str, Error> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            Some(Value::Null | Value::Integer(_) | Value::Bytes(_)) | None => Err(corrupt("text", column)),
        }
    }

    /// Returns the number in `column`.
    pub fn integer(&self, column: usize) -> Result<i64, Error> {
        match self.0.get(column) {
            Some(Value::Integer(number)) => Ok(*number),
            Some(Value::Null | Value::Text(_) | Value::Bytes(_)) | None => Err(corrupt("a number", column)),
        }
    }

    /// Returns the bytes in `column`.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Error> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(Value::Null | Value::Integer(_) | Value::Text(_)) | None => Err(corrupt("bytes", column)),
        }
    }

    /// Returns the time in `column`.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, Error> {
        self.integer(column).map(Timestamp::from_micros)
    }

    /// Returns what the JSON in `column` holds.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, Error> {
        Ok(serde_json::from_str(self.text(column)?)?)
    }
}

/// Says which column held something else than expected.
fn corrupt(expected: &str, column: usize) -> Error {
    Error::Corrupt(format!("column {column} should hold {expected}"))
}

/// Writes a value as the JSON of a body column.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Value {
    Value::Text(
        serde_json::to_string(value).expect("our own records have string keys and no failing serialisers"),
    )
}

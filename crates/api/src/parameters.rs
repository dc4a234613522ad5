//! A request's parameters: pairs in order, keys repeated, read by type with errors that name the parameter.
//!
//! Parameters that nobody asks for are passed over, as the published APIs do.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::{Address, Timestamp};
use serde_json::{Map, Value};

use crate::error::ApiError;

/// The pairs of a form or a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text, or says what is wrong with it.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        check_encoding(text)?;
        Ok(Self { pairs: form_urlencoded::parse(text).into_owned().collect() })
    }

    /// Takes the members of a JSON object as pairs: a list repeats its key, what is no text keeps its JSON.
    pub(crate) fn from_object(object: &Map<String, Value>) -> Self {
        let mut pairs = Vec::new();
        for (key, value) in object {
            match value {
                Value::Null => {}
                Value::Array(items) => pairs.extend(items.iter().map(|item| (key.clone(), text_of(item)))),
                Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                    pairs.push((key.clone(), text_of(value)));
                }
            }
        }
        Self { pairs }
    }

    /// Returns all pairs but those with these keys.
    pub(crate) fn without<'a>(&'a self, keys: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        pairs.filter(|(key, _)| !keys.iter().any(|name| is_same_name(key, name)))
    }

    /// Returns all values of a parameter, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.values(name).map(str::to_owned).collect()
    }

    /// Returns all values of a parameter that is repeated, holds commas, or both; empty ones left out.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.values(name).flat_map(|value| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// Returns a parameter as it was given; the last one counts where it is repeated.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.values(name).last().map(str::to_owned)
    }

    /// Returns a parameter unless it is blank.
    pub(crate) fn filled<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.values(name).last().filter(|value| !value.trim().is_empty())
    }

    /// Returns a parameter that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<String, ApiError> {
        self.filled(name).map(str::to_owned).ok_or_else(|| ApiError::missing(name))
    }

    /// Returns a parameter read as what it must be; a blank one counts as not given.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let parse = |text: &str| text.trim().parse().map_err(|error| ApiError::invalid(name, error));
        self.filled(name).map(parse).transpose()
    }

    /// Returns a parameter that must be given, read as what it must be.
    pub(crate) fn required_as<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, ApiError> {
        self.parsed(name)?.ok_or_else(|| ApiError::missing(name))
    }

    /// Returns a whole number; a blank one counts as not given.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let expected =
            |text: &str| format!("'{}' is not a number: a whole number of 0 or more is expected", cut(text));
        let parse = |text: &str| text.trim().parse().map_err(|_| ApiError::invalid(name, expected(text)));
        self.filled(name).map(parse).transpose()
    }

    /// Returns a yes or no; a blank one counts as not given.
    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let expected =
            |text: &str| format!("'{}' is neither true nor false: one of them is expected", cut(text));
        let parse = |text: &str| match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(ApiError::invalid(name, expected(text))),
        };
        self.filled(name).map(parse).transpose()
    }

    /// Returns one of a few published words, in whatever case; a blank one counts as not given.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        spelling: fn(T) -> &'static str,
    ) -> Result<Option<T>, ApiError> {
        self.filled(name).map(|text| word(name, text, all, spelling)).transpose()
    }

    /// Returns published words, repeated or with commas or blanks between them.
    pub(crate) fn words<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        spelling: fn(T) -> &'static str,
    ) -> Result<Vec<T>, ApiError> {
        let given = self.list(name);
        let texts = given.iter().flat_map(|text| text.split_whitespace());
        texts.map(|text| word(name, text, all, spelling)).collect()
    }

    /// Returns a whole number within a range; a blank one counts as not given.
    pub(crate) fn within(&self, name: &str, range: RangeInclusive<u32>) -> Result<Option<u32>, ApiError> {
        match self.number(name)? {
            Some(number) if !range.contains(&number) => {
                let (first, last) = range.into_inner();
                Err(ApiError::invalid(name, format!("'{number}': {first} to {last} is expected")))
            }
            number => Ok(number),
        }
    }

    /// Returns a date, with or without a time.
    pub(crate) fn date(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let expected = |text: &str| {
            format!(
                "'{}' is not a date: one such as 2026-11-22 or 2026-11-22T10:00:00Z is expected",
                cut(text)
            )
        };
        let parse =
            |text: &str| Timestamp::parse(text).ok_or_else(|| ApiError::invalid(name, expected(text)));
        self.filled(name).map(parse).transpose()
    }

    /// Returns JSON of any kind.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        let read = |text| serde_json::from_str(text);
        let value = self.filled(name).map(read).transpose();
        value.map_err(|error| ApiError::invalid(name, format!("it is not valid JSON: {error}")))
    }

    /// Returns a JSON object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Map<String, Value>>, ApiError> {
        match self.json(name)? {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(ApiError::invalid(name, "a JSON object such as {\"key\": \"value\"} is expected")),
        }
    }

    /// Returns an address for a filter: in its canonical form where it is one, else as it is.
    pub(crate) fn address_text(&self, name: &str) -> Option<String> {
        self.filled(name)
            .map(|text| text.parse().map_or_else(|_| text.to_owned(), |a: Address| a.to_string()))
    }

    fn values<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| is_same_name(key, name)).map(|(_, value)| value.as_str())
    }
}

/// JSON bodies spell `friendly_name` what forms spell `FriendlyName`.
fn is_same_name(given: &str, name: &str) -> bool {
    let letters = |text: &str| text.replace('_', "").to_ascii_lowercase();
    given == name || letters(given) == letters(name)
}

fn word<T: Copy>(name: &str, text: &str, all: &[T], spelling: fn(T) -> &'static str) -> Result<T, ApiError> {
    let found = all.iter().copied().find(|word| spelling(*word).eq_ignore_ascii_case(text.trim()));
    found.ok_or_else(|| {
        let expected: Vec<&str> = all.iter().map(|word| spelling(*word)).collect();
        let expected = expected.join(", ");
        ApiError::invalid(name, format!("'{}' is not known: one of {expected} is expected", cut(text)))
    })
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A percent sign stands before two hexadecimal digits, and what is encoded is UTF-8.
fn check_encoding(text: &[u8]) -> Result<(), String> {
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
    let broken = (0..text.len()).find(|at| text[*at] == b'%' && !(is_digit(at + 1) && is_digit(at + 2)));
    if let Some(at) = broken {
        return Err(format!("the percent sign at byte {at} does not stand before two hexadecimal digits"));
    }
    match percent_encoding::percent_decode(text).decode_utf8() {
        Ok(_) => Ok(()),
        Err(_) => Err("the text is not UTF-8".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use domain::WorkerSid;

    use super::*;

    #[test]
    fn keys_repeat_and_lists_take_commas() {
        let form = Parameters::parse(b"A=1&A=2&B=x,+y&C=").unwrap();
        assert_eq!(form.all("A"), ["1", "2"]);
        assert_eq!(form.text("A").as_deref(), Some("2"));
        assert_eq!(form.list("B"), ["x", "y"]);
        assert_eq!((form.text("C").as_deref(), form.filled("C")), (Some(""), None));
    }

    #[test]
    fn a_json_body_gives_the_same_parameters() {
        let body = serde_json::json!({ "friendly_name": "x", "roles": ["a", "b"], "attributes": { "k": 1 } });
        let form = Parameters::from_object(body.as_object().unwrap());
        assert_eq!(form.required("FriendlyName").unwrap(), "x");
        assert_eq!(form.all("Roles"), ["a", "b"]);
        assert_eq!(form.text("Attributes").as_deref(), Some("{\"k\":1}"));
    }

    #[test]
    fn what_can_not_be_used_is_named_with_what_is_expected() {
        let form = Parameters::parse(b"Sid=WT1&Count=-1&Flag=maybe&Date=yesterday&Json=%5B1%5D").unwrap();
        let failures = [
            form.parsed::<WorkerSid>("Sid").map(drop),
            form.number::<u32>("Count").map(drop),
            form.boolean("Flag").map(drop),
            form.date("Date").map(drop),
            form.object("Json").map(drop),
            form.required("Name").map(drop),
        ];
        for (failure, parts) in failures.into_iter().zip([
            ["Sid: 'WT1'", "WK followed by"],
            ["Count: '-1'", "whole number"],
            ["Flag: 'maybe'", "true"],
            ["Date: 'yesterday'", "2026-11-22"],
            ["Json", "object"],
            ["Missing", "Name"],
        ]) {
            let text = format!("{:?}", failure.unwrap_err());
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        }
    }

    #[test]
    fn broken_encoding_is_refused() {
        for text in ["A=%", "A=%zz", "A=%ff"] {
            assert!(Parameters::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}

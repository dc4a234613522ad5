//! The values that templates work on: borrowed from the JSON they render where possible.

use std::borrow::Cow;
use std::fmt::Write;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::number;
use crate::sequence::Range;
use crate::tags::LoopState;

/// A value while a template renders.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Nil,
    /// The word `empty`: equal to strings, arrays and objects without content.
    Empty,
    /// The word `blank`: equal to those, to nil, false and whitespace.
    Blank,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
    /// An array of the JSON that is rendered.
    Array(&'a [Json]),
    /// An array that a filter made.
    List(Rc<[Value<'a>]>),
    /// An object of the JSON that is rendered.
    Object(&'a Map<String, Json>),
    Range(Range),
    /// The `forloop` or `tablerowloop` of a running loop.
    Loop(Rc<LoopState>),
}

impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Value::Nil,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => match number.as_i64() {
                Some(int) => Value::Int(int),
                None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::Text(Cow::Borrowed(text)),
            Json::Array(items) => Value::Array(items),
            Json::Object(map) => Value::Object(map),
        }
    }
}

impl<'a> From<Vec<Value<'a>>> for Value<'a> {
    fn from(items: Vec<Value<'a>>) -> Self {
        Value::List(items.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> Value<'a> {
    /// Makes the pair that stands for an entry of an object in loops.
    pub(crate) fn pair(key: &'a str, value: &'a Json) -> Self {
        Value::List([Value::Text(Cow::Borrowed(key)), Value::from(value)].into())
    }

    /// Says whether the value is nil, as that of a variable that does not exist.
    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// Says whether conditions count the value as true: all but nil and false.
    pub(crate) fn is_truthy(&self) -> bool {
        !matches!(self, Value::Nil | Value::Bool(false))
    }

    /// Says whether the value is a string, array or object without content.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Value::Text(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Empty => true,
            Value::Nil | Value::Blank | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
            Value::Range(_) | Value::Loop(_) => false,
        }
    }

    /// Says whether the value is empty, nil, false or whitespace.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Value::Nil | Value::Bool(false) | Value::Blank => true,
            Value::Text(text) => text.trim().is_empty(),
            Value::Array(_) | Value::List(_) | Value::Object(_) => self.is_empty(),
            Value::Empty | Value::Bool(true) | Value::Int(_) | Value::Float(_) => false,
            Value::Range(_) | Value::Loop(_) => false,
        }
    }

    /// Appends the text that an output of the value shows.
    pub(crate) fn write_to(&self, out: &mut String) {
        match self {
            Value::Nil | Value::Empty | Value::Blank | Value::Loop(_) => {}
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            Value::Int(int) => write_int(*int, out),
            Value::Float(float) => number::write_float(*float, out),
            Value::Text(text) => out.push_str(text),
            Value::Array(items) => items.iter().for_each(|item| Value::from(item).write_to(out)),
            Value::List(items) => items.iter().for_each(|item| item.write_to(out)),
            Value::Object(_) => out.push_str(&self.to_json_text()),
            Value::Range(range) => {
                write_int(range.first, out);
                out.push_str("..");
                write_int(range.last, out);
            }
        }
    }

    /// Returns the text that an output of the value shows.
    pub(crate) fn into_text(self) -> Cow<'a, str> {
        if let Value::Text(text) = self { text } else { Cow::Owned(self.to_text()) }
    }

    /// Returns the text that an output of the value shows, as a copy.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }

    /// Returns the value as JSON text, without a copy of what it borrows.
    pub(crate) fn to_json_text(&self) -> String {
        let text = if let Value::Object(map) = self {
            serde_json::to_string(map)
        } else if let Value::Array(items) = self {
            serde_json::to_string(items)
        } else {
            serde_json::to_string(&self.to_json())
        };
        text.expect("JSON values have string keys, so that writing them can not fail")
    }

    /// Returns the value as JSON.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Value::Nil | Value::Loop(_) => Json::Null,
            Value::Empty | Value::Blank => Json::String(String::new()),
            Value::Bool(bool) => Json::Bool(*bool),
            Value::Int(int) => Json::from(*int),
            Value::Float(float) => Json::from(*float),
            Value::Text(text) => Json::String(text.to_string()),
            Value::Array(items) => Json::Array(items.to_vec()),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Object(map) => Json::Object((*map).clone()),
            Value::Range(_) => Json::String(self.to_text()),
        }
    }

    /// Returns about how much memory the value takes, in bytes: what working on it costs.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::Array(items) => size_of_val(*items),
            Value::List(items) => size_of_val(&**items),
            Value::Object(map) => map.len() * size_of::<Json>(),
            Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0,
            Value::Range(_) | Value::Loop(_) => 0,
        }
    }
}

fn write_int(int: i64, out: &mut String) {
    // Writing to a string can not fail.
    let _ = write!(out, "{int}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arrays_show_their_items_one_after_another_and_objects_as_json() {
        let json = json!([1, "a", null, true, {"k": "v\n"}, [2.0]]);
        assert_eq!(Value::from(&json).to_text(), r#"1atrue{"k":"v\n"}2.0"#);
        assert_eq!(Value::Range(Range { first: 1, last: 3 }).to_text(), "1..3");
    }

    #[test]
    fn whitespace_is_blank_but_not_empty() {
        let space = Value::from(String::from(" "));
        assert!(space.is_blank() && !space.is_empty());
        assert!(!Value::Nil.is_empty() && Value::Nil.is_blank());
    }
}

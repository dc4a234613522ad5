//! Paths such as `widgets.menu.Digits` or `items[0]['name']`, resolved without copying what they lead to.

use serde_json::{Map, Value as Json};

use crate::context::Context;
use crate::expression::Expression;
use crate::sequence::Sequence;
use crate::value::Value;

/// Up to this size an object is searched key by key, which is faster than hashing the key.
const LINEAR_SEARCH_MAX: usize = 8;

/// A variable and the way into it.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
}

/// The variable with which a path begins.
#[derive(Debug)]
pub(crate) enum Root {
    Name(Box<str>),
    /// `[expression]`: the variable whose name is that value.
    Computed(Box<Expression>),
}

/// One step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`, which may also be `size`, `first` or `last`.
    Name(Box<str>),
    /// `[expression]`.
    Index(Expression),
}

impl Path {
    /// Returns the value to which the path leads; nil where it leads nowhere.
    pub(crate) fn evaluate<'a>(&'a self, context: &Context<'a>) -> Value<'a> {
        let mut value = match &self.root {
            Root::Name(name) => context.variable(name),
            Root::Computed(name) => context.variable(&name.evaluate(context).into_text()),
        };
        for step in &self.steps {
            value = match step {
                Step::Name(name) => named(&value, name),
                Step::Index(index) => indexed(&value, &index.evaluate(context)),
            };
        }
        value
    }
}

/// Returns the entry of an object.
pub(crate) fn entry<'a>(map: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    if map.len() > LINEAR_SEARCH_MAX {
        return map.get(name);
    }
    map.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn named<'a>(value: &Value<'a>, name: &str) -> Value<'a> {
    match value {
        Value::Object(map) => match entry(map, name) {
            Some(found) => Value::from(found),
            None => object_property(map, name),
        },
        Value::Array(_) | Value::List(_) | Value::Range(_) => {
            Sequence::of_array(value).map_or(Value::Nil, |items| array_property(&items, name))
        }
        Value::Text(text) if name == "size" => count(text.chars().count()),
        Value::Text(text) => character(text, name),
        Value::Loop(state) => state.property(name),
        Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            Value::Nil
        }
    }
}

fn indexed<'a>(value: &Value<'a>, index: &Value<'a>) -> Value<'a> {
    match (value, index) {
        (Value::Object(map), Value::Text(name)) => entry(map, name).map_or(Value::Nil, Value::from),
        (Value::Array(_) | Value::List(_) | Value::Range(_), Value::Int(index)) => {
            Sequence::of_array(value).map_or(Value::Nil, |items| items.get_signed(*index))
        }
        (Value::Loop(state), Value::Text(name)) => state.property(name),
        _ => Value::Nil,
    }
}

fn object_property<'a>(map: &'a Map<String, Json>, name: &str) -> Value<'a> {
    match name {
        "size" => count(map.len()),
        "first" => map.iter().next().map_or(Value::Nil, |(key, value)| Value::pair(key, value)),
        _ => Value::Nil,
    }
}

fn array_property<'a>(items: &Sequence<'a>, name: &str) -> Value<'a> {
    match name {
        "size" => count(items.len()),
        "first" => items.get_signed(0),
        "last" => items.get_signed(-1),
        _ => Value::Nil,
    }
}

fn character<'a>(text: &str, name: &str) -> Value<'a> {
    let character = match name {
        "first" => text.chars().next(),
        "last" => text.chars().next_back(),
        _ => None,
    };
    character.map_or(Value::Nil, |character| Value::from(character.to_string()))
}

fn count<'a>(count: usize) -> Value<'a> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

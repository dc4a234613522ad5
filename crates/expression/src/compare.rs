//! Relations between JSON values, as the language defines them. Nothing here allocates but the text of a
//! number in `CONTAINS`.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Says whether two values are equal; `None` where the question has no answer: something other than null is
/// compared with an array or an object.
#[inline]
pub(crate) fn equality(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left == right),
        (Value::Null, other) | (other, Value::Null) => Some(other.is_null()),
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        (left, right) if is_scalar(left) && is_scalar(right) => {
            Some(numeric_order(left, right) == Some(Ordering::Equal))
        }
        _ => None,
    }
}

/// Says which of two values is larger; `None` where they are unordered.
#[inline]
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (left, right) => numeric_order(left, right),
    }
}

/// Says whether the text of one scalar holds the text of another.
pub(crate) fn contains(left: &Value, right: &Value) -> bool {
    match (text_of(left), text_of(right)) {
        (Some(left), Some(right)) => left.contains(&*right),
        _ => false,
    }
}

/// Says whether a value is neither an array nor an object.
#[inline]
pub(crate) fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Orders two numbers, or a number and a string that is one.
fn numeric_order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => order_numbers(left, right),
        (Value::Number(left), Value::String(right)) => order_numbers(left, &number(right)?),
        (Value::String(left), Value::Number(right)) => order_numbers(&number(left)?, right),
        _ => None,
    }
}

fn order_numbers(left: &Number, right: &Number) -> Option<Ordering> {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// Reads a text as a number: digits with an optional sign, fraction and exponent. `None` for all else, and
/// for what is too large to be one.
pub(crate) fn number(text: &str) -> Option<Number> {
    // Rust also reads "inf" and "nan" as numbers.
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Some(integer.into());
    }
    Number::from_f64(text.parse().ok()?)
}

fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

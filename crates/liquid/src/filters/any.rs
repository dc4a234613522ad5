//! Filters for a value of any kind.

use super::{Arguments, FilterResult};
use crate::sequence::Sequence;
use crate::value::Value;

/// Gives the argument in place of nil, false and whatever is empty; `allow_false` keeps false.
pub(super) fn default<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let allow_false = arguments.named.as_ref().is_some_and(Value::is_truthy);
    let is_kept_false = allow_false && matches!(value, Value::Bool(false));
    let is_missing = !is_kept_false && (!value.is_truthy() || value.is_empty());
    Ok(if is_missing { arguments.first().clone() } else { value })
}

/// Gives the number of characters, items or keys.
pub(super) fn size<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let size =
        if let Value::Text(text) = &value { text.chars().count() } else { Sequence::of_loop(value).len() };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}

/// Gives the value as JSON text.
pub(super) fn to_json<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.to_json_text()))
}

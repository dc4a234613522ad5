//! Filters that pick items of an array by a property: `where`, `reject`, `find`, `find_index` and `has`.
//!
//! Without a second argument the property must be neither nil nor false; with one it must equal that.

use super::array::property;
use super::{Arguments, FilterResult};
use crate::compare::equals;
use crate::error::Fault;
use crate::sequence::items_of;
use crate::value::Value;

/// The items of an array, each with whether it matches.
type Matches<'a> = Vec<(Value<'a>, bool)>;

pub(super) fn where_<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(matches(value, arguments)?.map_or(Value::Nil, |items| picked(items, true)))
}

pub(super) fn reject<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(matches(value, arguments)?.map_or(Value::Nil, |items| picked(items, false)))
}

pub(super) fn find<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let found = matches(value, arguments)?.and_then(|items| items.into_iter().find(|(_, matches)| *matches));
    Ok(found.map_or(Value::Nil, |(item, _)| item))
}

pub(super) fn find_index<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let found = matches(value, arguments)?.and_then(|items| items.iter().position(|(_, matches)| *matches));
    Ok(found.and_then(|index| i64::try_from(index).ok()).map_or(Value::Nil, Value::Int))
}

pub(super) fn has<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let has = |items: Matches<'a>| Value::Bool(items.iter().any(|(_, matches)| *matches));
    Ok(matches(value, arguments)?.map_or(Value::Nil, has))
}

/// Returns the items with whether each matches; `None` when there is an item that can have no properties,
/// such as nil, or the name of the property is nil and the items are no objects.
fn matches<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> Result<Option<Matches<'a>>, Fault> {
    let (name, target) = (arguments.first(), arguments.second());
    let mut items = Vec::new();
    for item in items_of(value)? {
        let has_properties = !matches!(item, Value::Nil | Value::Bool(_));
        if !has_properties || (name.is_nil() && !matches!(item, Value::Object(_))) {
            return Ok(None);
        }
        let property = property(&item, name)?;
        let matches = if target.is_nil() { property.is_truthy() } else { equals(&property, target) };
        items.push((item, matches));
    }
    Ok(Some(items))
}

fn picked(items: Matches<'_>, wanted: bool) -> Value<'_> {
    let picked = items.into_iter().filter(|(_, matches)| *matches == wanted).map(|(item, _)| item);
    Value::from(picked.collect::<Vec<_>>())
}

//! Filters that order, join and thin out arrays. A single value counts as an array of one, nil as an empty one.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Arguments, FilterResult, check_length};
use crate::compare::{order, total_order};
use crate::error::Fault;
use crate::number::Number;
use crate::path::entry;
use crate::sequence::{ITEMS_MAX, Sequence, items_of};
use crate::value::Value;

/// Drops nil, or the items whose property is nil.
pub(super) fn compact<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut kept = Vec::new();
    for item in items_of(value)? {
        if !key(&item, arguments.first())?.is_nil() {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

pub(super) fn concat<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut items = items_of(value)?;
    let Some(more) = Sequence::of_array(arguments.first()) else {
        let argument = arguments.first().to_json();
        return Err(Fault::new(format!("filter `concat` was given {argument}; expected an array")));
    };
    if items.len().saturating_add(more.len()) > ITEMS_MAX {
        return Err(Fault::new(format!("an array may hold at most {ITEMS_MAX} items")));
    }
    items.extend((0..more.len()).map(|index| more.get(index)));
    Ok(Value::from(items))
}

/// Gives the first item, the first pair of an object, or the first character.
pub(super) fn first<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    if let Value::Text(text) = &value {
        return Ok(character(text.chars().next()));
    }
    Ok(Sequence::of_loop(value).get_signed(0))
}

pub(super) fn join<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let separator = arguments.first.as_ref().map_or(" ".to_owned(), Value::to_text);
    let mut joined = String::new();
    for (index, item) in items_of(value)?.iter().enumerate() {
        if index > 0 {
            joined.push_str(&separator);
        }
        item.write_to(&mut joined);
        check_length(joined.len())?;
    }
    Ok(Value::from(joined))
}

/// Gives the last item, or the last character.
pub(super) fn last<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    if let Value::Text(text) = &value {
        return Ok(character(text.chars().next_back()));
    }
    Ok(Sequence::of_array(&value).map_or(Value::Nil, |items| items.get_signed(-1)))
}

/// Gives the property of each item.
pub(super) fn map<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let items = items_of(value)?;
    let properties: Result<Vec<_>, _> = items.iter().map(|item| property(item, arguments.first())).collect();
    properties.map(Value::from)
}

pub(super) fn reverse<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let mut items = items_of(value)?;
    items.reverse();
    Ok(Value::from(items))
}

/// Sorts by value or property, nil last; numbers and texts together have no order.
pub(super) fn sort<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut keyed = keyed(value, arguments)?;
    check_same_kind(&keyed)?;
    keyed.sort_by(|(a, _), (b, _)| sort_order(a, b));
    Ok(without_keys(keyed))
}

/// Sorts by the text of value or property regardless of case, nil last.
pub(super) fn sort_natural<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut keyed = keyed(value, arguments)?;
    for (key, _) in &mut keyed {
        if !key.is_nil() {
            *key = Value::from(key.to_text().to_lowercase());
        }
    }
    keyed.sort_by(|(a, _), (b, _)| sort_order(a, b));
    Ok(without_keys(keyed))
}

pub(super) fn sum<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut sum = Number::Int(0);
    for item in items_of(value)? {
        sum = sum.plus(Number::of(&key(&item, arguments.first())?));
    }
    Ok(sum.into())
}

/// Drops the items whose value or property came before.
pub(super) fn uniq<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for item in items_of(value)? {
        if seen.insert(key(&item, arguments.first())?.to_json().to_string()) {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

/// Returns the property of an item: the entry of an object, or the text itself where a string contains it.
pub(super) fn property<'a>(item: &Value<'a>, name: &Value<'a>) -> FilterResult<'a> {
    match (item, name) {
        (Value::Object(map), Value::Text(name)) => Ok(entry(map, name).map_or(Value::Nil, Value::from)),
        (Value::Object(_), _) => Ok(Value::Nil),
        (Value::Text(text), Value::Text(part)) if text.contains(&**part) => Ok(name.clone()),
        (Value::Text(_), Value::Text(_)) => Ok(Value::Nil),
        // As in the reference language, an index into a whole number gives one of its bits.
        (Value::Int(int), Value::Int(bit)) => {
            let bit = u32::try_from(*bit).unwrap_or(u32::MAX).min(63);
            Ok(Value::Int((int >> bit) & 1))
        }
        _ => {
            let (item, name) = (item.to_json(), name.to_json());
            Err(Fault::new(format!("{item} has no property {name}; expected an object and a name")))
        }
    }
}

/// Returns the item, or its property where one is named.
fn key<'a>(item: &Value<'a>, name: &Value<'a>) -> FilterResult<'a> {
    if name.is_nil() { Ok(item.clone()) } else { property(item, name) }
}

fn keyed<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> Result<Vec<(Value<'a>, Value<'a>)>, Fault> {
    items_of(value)?.into_iter().map(|item| Ok((key(&item, arguments.first())?, item))).collect()
}

fn without_keys<'a>(keyed: Vec<(Value<'a>, Value<'a>)>) -> Value<'a> {
    Value::from(keyed.into_iter().map(|(_, item)| item).collect::<Vec<_>>())
}

/// Refuses to sort keys that are neither all numbers nor all texts; one alone may be anything.
fn check_same_kind(keyed: &[(Value<'_>, Value<'_>)]) -> Result<(), Fault> {
    let mut keys = keyed.iter().map(|(key, _)| key).filter(|key| !key.is_nil());
    let Some(first) = keys.next() else { return Ok(()) };
    match keys.find(|key| order(first, key).is_none()) {
        None => Ok(()),
        Some(other) => {
            let (first, other) = (first.to_json(), other.to_json());
            Err(Fault::new(format!(
                "filter `sort` can not order {first} and {other}; expected one kind of value"
            )))
        }
    }
}

/// Orders keys of one kind, nil last.
fn sort_order(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    a.is_nil().cmp(&b.is_nil()).then_with(|| total_order(a, b))
}

fn character<'a>(character: Option<char>) -> Value<'a> {
    character.map_or(Value::Nil, |character| Value::from(character.to_string()))
}

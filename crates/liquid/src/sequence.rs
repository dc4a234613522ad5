//! Whatever loops and array filters can walk through: arrays, objects, ranges, or one value alone.

use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::error::Fault;
use crate::value::Value;

/// The most items that a filter may make of a range or hold at once.
pub(crate) const ITEMS_MAX: usize = 100_000;

/// The whole numbers from `first` to `last`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) first: i64,
    pub(crate) last: i64,
}

impl Range {
    /// Returns how many numbers there are; none when the last lies below the first.
    pub(crate) fn len(self) -> usize {
        let count = i128::from(self.last) - i128::from(self.first) + 1;
        usize::try_from(count.max(0)).unwrap_or(usize::MAX)
    }

    /// Returns the number at `index`.
    pub(crate) fn get(self, index: usize) -> i64 {
        self.first.saturating_add(i64::try_from(index).unwrap_or(i64::MAX))
    }
}

/// A value as a loop sees it.
#[derive(Debug, Clone)]
pub(crate) enum Sequence<'a> {
    Array(&'a [Json]),
    List(Rc<[Value<'a>]>),
    /// The pairs of an object.
    Pairs(&'a Map<String, Json>),
    Range(Range),
    One(Value<'a>),
    None,
}

impl<'a> Sequence<'a> {
    /// Returns what a `for` loop over the value walks through: a string counts as one item, other
    /// single values as none.
    pub(crate) fn of_loop(value: Value<'a>) -> Self {
        match value {
            Value::Object(map) => Sequence::Pairs(map),
            Value::Text(text) if !text.is_empty() => Sequence::One(Value::Text(text)),
            Value::Array(items) => Sequence::Array(items),
            Value::List(items) => Sequence::List(items),
            Value::Range(range) => Sequence::Range(range),
            Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Int(_) => Sequence::None,
            Value::Float(_) | Value::Text(_) | Value::Loop(_) => Sequence::None,
        }
    }

    /// Returns the array or range that the value is; `None` for all else.
    pub(crate) fn of_array(value: &Value<'a>) -> Option<Self> {
        match value {
            Value::Array(items) => Some(Sequence::Array(items)),
            Value::List(items) => Some(Sequence::List(items.clone())),
            Value::Range(range) => Some(Sequence::Range(*range)),
            Value::Nil | Value::Empty | Value::Blank | Value::Bool(_) | Value::Int(_) => None,
            Value::Float(_) | Value::Text(_) | Value::Object(_) | Value::Loop(_) => None,
        }
    }

    /// Returns the number of items.
    pub(crate) fn len(&self) -> usize {
        match self {
            Sequence::Array(items) => items.len(),
            Sequence::List(items) => items.len(),
            Sequence::Pairs(map) => map.len(),
            Sequence::Range(range) => range.len(),
            Sequence::One(_) => 1,
            Sequence::None => 0,
        }
    }

    /// Returns the item at `index`; nil beyond the end.
    pub(crate) fn get(&self, index: usize) -> Value<'a> {
        match self {
            Sequence::Array(items) => items.get(index).map_or(Value::Nil, Value::from),
            Sequence::List(items) => items.get(index).cloned().unwrap_or(Value::Nil),
            Sequence::Pairs(map) => {
                map.iter().nth(index).map_or(Value::Nil, |(key, value)| Value::pair(key, value))
            }
            Sequence::Range(range) => Value::Int(range.get(index)),
            Sequence::One(value) => value.clone(),
            Sequence::None => Value::Nil,
        }
    }

    /// Returns the item at `index`, counted from the end when negative; nil outside.
    pub(crate) fn get_signed(&self, index: i64) -> Value<'a> {
        let from_end = || self.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
        let index = if index < 0 { from_end() } else { usize::try_from(index).ok() };
        index.filter(|index| *index < self.len()).map_or(Value::Nil, |index| self.get(index))
    }
}

/// Returns the items that an array filter works on: nested arrays flat, a single value as one item, nil as none.
pub(crate) fn items_of(value: Value<'_>) -> Result<Vec<Value<'_>>, Fault> {
    let mut items = Vec::new();
    match Sequence::of_array(&value) {
        Some(sequence) => flatten(&sequence, &mut items)?,
        None if matches!(value, Value::Nil) => {}
        None => items.push(value),
    }
    Ok(items)
}

fn flatten<'a>(sequence: &Sequence<'a>, items: &mut Vec<Value<'a>>) -> Result<(), Fault> {
    if items.len().saturating_add(sequence.len()) > ITEMS_MAX {
        return Err(Fault::new(format!("an array may hold at most {ITEMS_MAX} items")));
    }
    for index in 0..sequence.len() {
        let item = sequence.get(index);
        if let Value::Array(_) | Value::List(_) = item {
            flatten(&Sequence::of_array(&item).unwrap_or(Sequence::None), items)?;
        } else {
            items.push(item);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn array_filters_see_nested_arrays_flat_and_nil_as_nothing() {
        let json = json!([1, [2, [3]], []]);
        assert_eq!(items_of(Value::from(&json)).unwrap().len(), 3);
        assert!(items_of(Value::Nil).unwrap().is_empty());
        assert_eq!(items_of(Value::Int(7)).unwrap().len(), 1);
    }

    #[test]
    fn a_range_too_long_to_hold_is_refused_and_one_turned_round_is_empty() {
        assert!(items_of(Value::Range(Range { first: i64::MIN, last: i64::MAX })).is_err());
        assert_eq!(Range { first: 5, last: 1 }.len(), 0);
    }
}

//! What a running loop tells its block: `forloop` and `tablerowloop`.

use std::cell::Cell;
use std::rc::Rc;

use crate::value::Value;

/// The state of a running loop.
#[derive(Debug)]
pub(crate) struct LoopState {
    /// The variable and the collection of a `for` loop as they are written, `item-list`.
    pub(crate) name: String,
    /// The number of iterations.
    pub(crate) length: usize,
    /// The number of iterations that are done.
    pub(crate) index: Cell<usize>,
    /// The `for` loop around this one.
    pub(crate) parent: Option<Rc<LoopState>>,
    /// The number of columns of a `tablerow`; `None` for a `for` loop.
    pub(crate) columns: Option<usize>,
}

impl LoopState {
    /// Returns the property `name`; nil when there is none.
    pub(crate) fn property<'a>(&self, name: &str) -> Value<'a> {
        let index = self.index.get();
        let from_end = self.length.saturating_sub(index + 1);
        match name {
            "index" => count(index + 1),
            "index0" => count(index),
            "rindex" => count(from_end + 1),
            "rindex0" => count(from_end),
            "first" => Value::Bool(index == 0),
            "last" => Value::Bool(from_end == 0),
            "length" => count(self.length),
            _ => match self.columns {
                None => self.for_property(name),
                Some(columns) => table_property(index, columns, name),
            },
        }
    }

    fn for_property<'a>(&self, name: &str) -> Value<'a> {
        match name {
            "name" => Value::from(self.name.clone()),
            "parentloop" => self.parent.clone().map_or(Value::Nil, Value::Loop),
            _ => Value::Nil,
        }
    }
}

fn table_property<'a>(index: usize, columns: usize, name: &str) -> Value<'a> {
    let column = index % columns;
    match name {
        "row" => count(index / columns + 1),
        "col" => count(column + 1),
        "col0" => count(column),
        "col_first" => Value::Bool(column == 0),
        "col_last" => Value::Bool(column + 1 == columns),
        _ => Value::Nil,
    }
}

fn count<'a>(count: usize) -> Value<'a> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

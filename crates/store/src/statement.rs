//! One change or one question, with its parameters.

use std::borrow::Cow;

use crate::Value;

/// A change to the tables, part of a unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value>,
    pub(crate) guard: Guard,
}

/// What must hold for a statement, or its unit is refused whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Any number of rows may change.
    Any,
    /// Exactly one row must change; the text says what it means when none does.
    ExactlyOne(&'static str),
}

impl Statement {
    /// Makes a change without a guard.
    pub fn new(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql, values, guard: Guard::Any }
    }

    /// Makes a change that must touch exactly one row; otherwise the unit is refused with `meaning`.
    pub fn exactly_one(sql: &'static str, values: Vec<Value>, meaning: &'static str) -> Self {
        Self { sql, values, guard: Guard::ExactlyOne(meaning) }
    }
}

/// A question to the tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
    /// Whether it finds a row or two by their key: too quick to be worth another thread.
    pub(crate) is_quick: bool,
}

impl Query {
    /// Makes a question; parameters stand as `$1`, `$2` … in the SQL.
    pub fn new(sql: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, is_quick: false }
    }

    /// Makes a question that finds a row or two by an index.
    pub fn quick(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, is_quick: true }
    }
}

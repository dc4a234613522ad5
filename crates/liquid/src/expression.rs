//! What stands for a value in a template: literals, ranges, paths, and values with filters behind them.

use std::borrow::Cow;

use crate::context::Context;
use crate::error::{Fault, RenderError};
use crate::filters::{Arguments, Filter};
use crate::number::Number;
use crate::path::Path;
use crate::sequence::Range;
use crate::value::Value;

/// A literal, range or path.
#[derive(Debug)]
pub(crate) enum Expression {
    Nil,
    Empty,
    Blank,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Box<str>),
    Range(Box<Expression>, Box<Expression>),
    Path(Path),
}

/// An expression with the filters that are applied to it, left to right.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) expression: Expression,
    pub(crate) filters: Vec<FilterCall>,
}

/// A filter with its arguments.
#[derive(Debug)]
pub(crate) struct FilterCall {
    pub(crate) filter: &'static Filter,
    pub(crate) positional: Vec<Expression>,
    /// The one named argument that the filter takes, where given.
    pub(crate) named: Option<Expression>,
}

impl Expression {
    /// Returns the value; nil for a path that leads nowhere.
    pub(crate) fn evaluate<'a>(&'a self, context: &Context<'a>) -> Value<'a> {
        match self {
            Expression::Nil => Value::Nil,
            Expression::Empty => Value::Empty,
            Expression::Blank => Value::Blank,
            Expression::Bool(bool) => Value::Bool(*bool),
            Expression::Int(int) => Value::Int(*int),
            Expression::Float(float) => Value::Float(*float),
            Expression::Text(text) => Value::Text(Cow::Borrowed(text)),
            Expression::Range(first, last) => {
                let bound = |end: &'a Expression| Number::of(&end.evaluate(context)).truncate();
                Value::Range(Range { first: bound(first), last: bound(last) })
            }
            Expression::Path(path) => path.evaluate(context),
        }
    }

    /// Returns the whole number that a loop or filter counts with; `None` for nil.
    pub(crate) fn evaluate_count<'a>(
        &'a self,
        what: &str,
        context: &Context<'a>,
    ) -> Result<Option<i64>, Fault> {
        let value = self.evaluate(context);
        let count = if let Value::Float(float) = value {
            Some(Number::Float(float).truncate())
        } else {
            Number::whole(&value)
        };
        if count.is_none() && !value.is_nil() {
            return Err(Fault::new(format!("`{what}` is {}; expected a whole number", value.to_json())));
        }
        Ok(count)
    }
}

impl Filtered {
    /// Returns the value after the last filter.
    pub(crate) fn evaluate<'a>(&'a self, context: &mut Context<'a>) -> Result<Value<'a>, RenderError> {
        let mut value = self.expression.evaluate(context);
        for call in &self.filters {
            context.charge_for(&value)?;
            let arguments = call.arguments(context);
            value = (call.filter.function)(value, &arguments).map_err(|fault| context.blame(fault))?;
        }
        Ok(value)
    }
}

impl FilterCall {
    fn arguments<'a>(&'a self, context: &Context<'a>) -> Arguments<'a> {
        let value = |index: usize| self.positional.get(index).map(|argument| argument.evaluate(context));
        Arguments {
            first: value(0),
            second: value(1),
            named: self.named.as_ref().map(|argument| argument.evaluate(context)),
            options: context.options(),
        }
    }
}

//! Conditions of `if` and `unless`: comparisons joined by `and` and `or`, which bind to the right.

use std::cmp::Ordering;

use crate::compare::{contains, equals, lax_order, strict_order};
use crate::context::Context;
use crate::error::Fault;
use crate::expression::Expression;
use crate::value::Value;

/// A first comparison, and those that follow each with the word before it.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) first: Comparison,
    pub(crate) rest: Vec<(Joint, Comparison)>,
}

/// The word between two comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Joint {
    And,
    Or,
}

/// A value that counts as true or false, or is compared with another.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) left: Expression,
    pub(crate) right: Option<(Operator, Expression)>,
}

/// A sign or word that compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl Condition {
    /// Says whether the condition holds. `a and b or c` reads as `a and (b or c)`.
    pub(crate) fn holds<'a>(&'a self, context: &Context<'a>) -> Result<bool, Fault> {
        let mut current = &self.first;
        for (joint, next) in &self.rest {
            let holds = current.holds(context)?;
            match joint {
                Joint::And if !holds => return Ok(false),
                Joint::Or if holds => return Ok(true),
                Joint::And | Joint::Or => current = next,
            }
        }
        current.holds(context)
    }
}

impl Comparison {
    fn holds<'a>(&'a self, context: &Context<'a>) -> Result<bool, Fault> {
        let left = self.left.evaluate(context);
        match &self.right {
            None => Ok(left.is_truthy()),
            Some((operator, right)) => operator.holds(&left, &right.evaluate(context), context),
        }
    }
}

impl Operator {
    /// Returns the operator that is written so.
    pub(crate) fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "==" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "contains" => Operator::Contains,
            _ => return None,
        })
    }

    fn holds(self, left: &Value<'_>, right: &Value<'_>, context: &Context<'_>) -> Result<bool, Fault> {
        let order = || match context.options().lax_order {
            true => Ok(lax_order(left, right)),
            false => strict_order(left, right),
        };
        Ok(match self {
            Operator::Equal => equals(left, right),
            Operator::NotEqual => !equals(left, right),
            Operator::Less => order()?.is_some_and(Ordering::is_lt),
            Operator::LessOrEqual => order()?.is_some_and(Ordering::is_le),
            Operator::Greater => order()?.is_some_and(Ordering::is_gt),
            Operator::GreaterOrEqual => order()?.is_some_and(Ordering::is_ge),
            Operator::Contains => contains(left, right),
        })
    }
}

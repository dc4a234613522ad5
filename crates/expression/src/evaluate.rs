//! Evaluation of a parsed expression against facts.

use std::cmp::Ordering;

use serde_json::Value;

use crate::compare::{contains, equality, is_scalar, order};
use crate::facts::Facts;
use crate::node::{Comparison, Node, Operand, Operator};

impl Node {
    /// Says whether the condition is true of the facts.
    pub(crate) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Node::Never => false,
            Node::All(parts) => parts.iter().all(|part| part.holds(facts)),
            Node::Any(parts) => parts.iter().any(|part| part.holds(facts)),
            Node::Not { part, .. } => !part.holds(facts),
            Node::Compare(comparison) => comparison.holds(facts),
        }
    }

    /// Returns the first part that makes the condition false, a comparison or a negation.
    pub(crate) fn culprit(&self, facts: &Facts<'_>) -> Option<&Node> {
        match self {
            Node::Never => Some(self),
            Node::All(parts) => parts.iter().find_map(|part| part.culprit(facts)),
            Node::Any(parts) => {
                let mut culprits = parts.iter().map(|part| part.culprit(facts));
                let first = culprits.next()??;
                culprits.all(|culprit| culprit.is_some()).then_some(first)
            }
            Node::Not { .. } | Node::Compare(_) => (!self.holds(facts)).then_some(self),
        }
    }
}

impl Comparison {
    #[inline]
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let (left, right) = (self.left.read(facts), self.right.read(facts));
        match self.operator {
            Operator::Equal => left.equality(right) == Some(true),
            Operator::NotEqual => left.equality(right) == Some(false),
            Operator::Greater => left.order(right).is_some_and(Ordering::is_gt),
            Operator::GreaterOrEqual => left.order(right).is_some_and(Ordering::is_ge),
            Operator::Less => left.order(right).is_some_and(Ordering::is_lt),
            Operator::LessOrEqual => left.order(right).is_some_and(Ordering::is_le),
            Operator::Contains => left.contains(right),
            Operator::Has => left.holds_item(right, facts) == Some(true),
            Operator::In => right.holds_item(left, facts) == Some(true),
            Operator::NotIn => right.holds_item(left, facts) == Some(false),
        }
    }
}

impl Operand {
    #[inline]
    fn read<'a>(&'a self, facts: &Facts<'a>) -> Reading<'a> {
        match self {
            Operand::Constant(value) => Reading::Value(value),
            Operand::Path(path) => Reading::Value(path.find(facts)),
            Operand::Array(items) => Reading::Items(items),
        }
    }
}

/// What an operand stands for: a value, or an array whose items are yet to be read.
#[derive(Clone, Copy)]
enum Reading<'a> {
    Value(&'a Value),
    Items(&'a [Operand]),
}

impl<'a> Reading<'a> {
    #[inline]
    fn equality(self, other: Reading<'a>) -> Option<bool> {
        match (self, other) {
            (Reading::Value(left), Reading::Value(right)) => equality(left, right),
            (Reading::Items(_), Reading::Value(Value::Null))
            | (Reading::Value(Value::Null), Reading::Items(_)) => Some(false),
            _ => None,
        }
    }

    #[inline]
    fn order(self, other: Reading<'a>) -> Option<Ordering> {
        order(self.value()?, other.value()?)
    }

    fn contains(self, other: Reading<'a>) -> bool {
        match (self, other) {
            (Reading::Value(left), Reading::Value(right)) => contains(left, right),
            _ => false,
        }
    }

    /// Says whether an array holds a scalar; `None` where they are not an array and a scalar.
    #[inline]
    fn holds_item(self, item: Reading<'a>, facts: &Facts<'a>) -> Option<bool> {
        let item = item.value().filter(|item| is_scalar(item))?;
        match self {
            Reading::Value(Value::Array(items)) => Some(items.iter().any(|held| is_same(held, item))),
            Reading::Value(_) => None,
            Reading::Items(items) => {
                let mut held = items.iter().filter_map(|operand| operand.read(facts).value());
                Some(held.any(|held| is_same(held, item)))
            }
        }
    }

    #[inline]
    fn value(self) -> Option<&'a Value> {
        match self {
            Reading::Value(value) => Some(value),
            Reading::Items(_) => None,
        }
    }
}

#[inline]
fn is_same(held: &Value, item: &Value) -> bool {
    equality(held, item) == Some(true)
}

//! Requirements: what a worker must have for a target's expression to be true of a task, which an index of workers
//! can look up.

use serde_json::Value;

use crate::expression::Expression;
use crate::facts::Facts;
use crate::node::{Comparison, Node, Operand, Operator};
use crate::path::{Path, Side};
use crate::token::Token;

/// An attribute of the worker that must equal a value, or be an array that holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement<'a> {
    /// The worker's attribute.
    pub path: &'a Path,
    /// What the value has in common with all that equal it.
    pub token: Token,
}

impl Expression {
    /// Returns what every worker has of whom the expression is true with this task. It is not the whole expression:
    /// who has all of it must still be held against that.
    pub fn requirements<'a>(&'a self, task: &'a Value) -> Vec<Requirement<'a>> {
        let mut found = Vec::new();
        self.root.collect_requirements(&Facts::task(task), &mut found);
        found
    }
}

impl Node {
    fn collect_requirements<'a>(&'a self, task: &Facts<'a>, found: &mut Vec<Requirement<'a>>) {
        match self {
            Node::All(parts) => parts.iter().for_each(|part| part.collect_requirements(task, found)),
            Node::Compare(comparison) => found.extend(comparison.requirement(task)),
            // Each of these can be true of workers who have nothing in common.
            Node::Never | Node::Any(_) | Node::Not { .. } => {}
        }
    }
}

impl Comparison {
    fn requirement<'a>(&'a self, task: &Facts<'a>) -> Option<Requirement<'a>> {
        let (left, right) = (&self.left, &self.right);
        match self.operator {
            Operator::Equal => requirement(left, right, task).or_else(|| requirement(right, left, task)),
            Operator::Has => requirement(left, right, task),
            Operator::In => requirement(right, left, task),
            Operator::NotEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Contains
            | Operator::NotIn => None,
        }
    }
}

/// Returns the requirement that an attribute of the worker has a value which is known without the worker.
fn requirement<'a>(attribute: &'a Operand, value: &'a Operand, task: &Facts<'a>) -> Option<Requirement<'a>> {
    let Operand::Path(path) = attribute else { return None };
    let value = match value {
        Operand::Constant(value) => value,
        Operand::Path(path) if path.side() == Side::Task => path.find(task),
        Operand::Path(_) | Operand::Array(_) => return None,
    };
    let token = Token::of(value)?;
    (path.side() == Side::Worker).then_some(Requirement { path, token })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Scope;

    #[test]
    fn what_is_joined_by_and_is_required() {
        let task = json!({"skill": "fire", "level": 3, "names": ["a"]});
        check("worker.skills HAS task.skill", &task, &[("worker.skills", "fire")]);
        check("task.skill IN worker.skills", &task, &[("worker.skills", "fire")]);
        check("task.level == worker.level", &task, &[("worker.level", "3")]);
        check(
            "worker.team == 'x' AND (worker.a > 2 AND worker.routing.skills HAS task.skill)",
            &task,
            &[("worker.team", "x"), ("worker.routing.skills", "fire")],
        );
    }

    #[test]
    fn what_may_be_otherwise_is_not_required() {
        let task = json!({"skill": "fire", "names": ["a"]});
        for text in [
            "worker.a == 1 OR worker.b == 2",
            "NOT (worker.a == 1)",
            "worker.a != 1",
            "worker.a >= 1",
            "worker.a CONTAINS 'x'",
            "worker.a NOT IN ['x']",
            "worker.a IN ['x', 'y']",
            "worker.a == worker.b",
            "worker.a == task.missing",
            "worker.a IN task.names",
            "task.skill == 'fire'",
        ] {
            check(text, &task, &[]);
        }
    }

    fn check(text: &str, task: &Value, expected: &[(&str, &str)]) {
        let expression = Expression::parse(text, Scope::Target).unwrap();
        let found = expression.requirements(task);
        let token = |text: &str| Token::of(&Value::from(text)).unwrap();
        let expected: Vec<_> = expected.iter().map(|(path, text)| (path.to_string(), token(text))).collect();
        let found: Vec<_> = found.into_iter().map(|one| (one.path.to_string(), one.token)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

//! The parsed form of an expression: conditions, comparisons and operands, each with its place in the text.

use serde_json::Value;

use crate::path::Path;

/// The bytes of the text that a part was read from.
pub(crate) type Span = std::ops::Range<usize>;

/// A condition. Chains of AND and OR are lists, so that depth is that of parentheses alone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Is false whatever the facts are.
    Never,
    /// Is true when every part is.
    All(Box<[Node]>),
    /// Is true when any part is.
    Any(Box<[Node]>),
    /// Is true when the part is not.
    Not { part: Box<Node>, span: Span },
    /// Is true when two operands are in a relation.
    Compare(Comparison),
}

/// Two operands and the relation that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) left: Operand,
    pub(crate) operator: Operator,
    pub(crate) right: Operand,
    pub(crate) span: Span,
}

/// A relation between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Contains,
    Has,
    In,
    NotIn,
}

/// A value, or where to find one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    /// A literal; an array of literals is one too.
    Constant(Value),
    /// An attribute.
    Path(Path),
    /// An array that holds at least one attribute.
    Array(Box<[Operand]>),
}

impl Node {
    /// Returns where the condition stands; a chain is never asked for its place.
    pub(crate) fn span(&self) -> Span {
        match self {
            Node::Not { span, .. } => span.clone(),
            Node::Compare(comparison) => comparison.span.clone(),
            Node::Never | Node::All(_) | Node::Any(_) => 0..0,
        }
    }

    /// Adds the paths that the condition reads, in the order of the text.
    pub(crate) fn collect_paths<'n>(&'n self, paths: &mut Vec<&'n Path>) {
        match self {
            Node::Never => {}
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| part.collect_paths(paths)),
            Node::Not { part, .. } => part.collect_paths(paths),
            Node::Compare(comparison) => {
                comparison.left.collect_paths(paths);
                comparison.right.collect_paths(paths);
            }
        }
    }
}

impl Operand {
    fn collect_paths<'n>(&'n self, paths: &mut Vec<&'n Path>) {
        match self {
            Operand::Constant(_) => {}
            Operand::Path(path) => paths.push(path),
            Operand::Array(items) => items.iter().for_each(|item| item.collect_paths(paths)),
        }
    }
}

//! The language in which workflows choose: task filters, worker selection, `skip_if` and `order_by`.
//!
//! What it is not: it keeps no workers and no tasks, and knows no queue. The caller merges attributes and
//! built-ins (`sid`, `activity_name`, `channel.voice.assigned_tasks` …) into one JSON object per side.
//!
//! ```
//! use expression::{Expression, Facts, Scope};
//!
//! let chosen = Expression::parse("skills HAS 'english' AND level >= 3", Scope::Worker)?;
//! let worker = serde_json::json!({"skills": ["english", "french"], "level": 5});
//! assert!(chosen.matches(&Facts::worker(&worker)));
//! # Ok::<(), expression::ParseError>(())
//! ```
//!
//! Invariants: an expression is checked whole when it is parsed, and evaluation can not fail; what is missing
//! is null. No text overflows the stack: nesting is limited to [`DEPTH_MAX`].
//!
//! Readings of what the published language leaves open:
//! - `AND` binds tighter than `OR`, `NOT` tighter than both; keywords in any case.
//! - A number and a string compare as numbers where the string is one; two strings compare as text, by code
//!   point. Other types that differ are unequal and unordered; null and booleans have no order.
//! - An array or object is in no scalar relation but one: it differs from null.
//! - `HAS`, `IN` and `NOT IN` need an array and a scalar; `NOT IN` something that is no array is false.
//! - `CONTAINS` reads a number as its text.
//! - In a string, a backslash before a quote or a backslash makes that character plain.
//! - `x >-5` is `x HAS 5`: a space (`x > -5`) makes it the comparison with minus five.

mod compare;
mod cursor;
mod error;
mod evaluate;
mod expression;
mod facts;
mod lexer;
mod node;
mod order_by;
mod parser;
mod path;
mod requirement;
mod scope;
mod token;

pub use cursor::DEPTH_MAX;
pub use error::ParseError;
pub use expression::{Expression, Mismatch};
pub use facts::Facts;
pub use order_by::OrderBy;
pub use path::{Path, Segment, Side};
pub use requirement::Requirement;
pub use scope::Scope;
pub use token::Token;

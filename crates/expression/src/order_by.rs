//! The `order_by` of a target: which of several fitting workers comes first.

use std::cmp::Ordering;

use serde_json::Value;

use crate::cursor::Cursor;
use crate::error::ParseError;
use crate::lexer::Token;
use crate::path::Path;
use crate::scope::resolve_worker;

/// A list of integer attributes of workers, each ascending or descending.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBy {
    text: String,
    clauses: Box<[Clause]>,
}

#[derive(Debug, Clone, PartialEq)]
struct Clause {
    path: Path,
    is_descending: bool,
}

impl OrderBy {
    /// Reads a list such as `worker.level DESC, worker.seniority`; without a direction it is ascending.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let mut cursor = Cursor::new(text)?;
        let mut clauses = vec![clause(&mut cursor)?];
        while cursor.token == Token::Comma {
            cursor.advance()?;
            clauses.push(clause(&mut cursor)?);
        }
        if cursor.token != Token::End {
            let fault =
                cursor.fault(format!("expected ASC, DESC, a comma or the end, found {}", cursor.found()));
            return Err(fault.hint("write worker.level DESC, worker.seniority ASC"));
        }
        Ok(Self { text: text.to_owned(), clauses: clauses.into() })
    }

    /// Returns the first attribute that this worker has and that is no integer. One such worker among the
    /// candidates makes the whole order void.
    pub fn unusable_path(&self, worker: &Value) -> Option<&Path> {
        let mut paths = self.paths();
        paths.find(|path| !matches!(rank(path, worker), Rank::Integer(_) | Rank::Lacking))
    }

    /// Says whether this worker has nothing but integers, or nothing, under the attributes.
    pub fn is_usable(&self, worker: &Value) -> bool {
        self.unusable_path(worker).is_none()
    }

    /// Says which of two workers comes first; one that lacks an attribute comes after one that has it,
    /// whatever the direction. The caller asks [`OrderBy::is_usable`] of all candidates before.
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let orders = self.clauses.iter().map(|clause| clause.compare(a, b));
        orders.fold(Ordering::Equal, Ordering::then)
    }

    /// Sorts candidates, keeping the order of those that tie; leaves all as they are where the order is void.
    pub fn sort<T>(&self, candidates: &mut [T], worker: impl Fn(&T) -> &Value) {
        if candidates.iter().all(|candidate| self.is_usable(worker(candidate))) {
            candidates.sort_by(|a, b| self.compare(worker(a), worker(b)));
        }
    }

    /// Returns the text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the attributes, the most important first.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.clauses.iter().map(|clause| &clause.path)
    }
}

/// What a worker has under an attribute.
enum Rank {
    Integer(i128),
    Lacking,
    Other,
}

impl Clause {
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        match (rank(&self.path, a), rank(&self.path, b)) {
            (Rank::Integer(a), Rank::Integer(b)) if self.is_descending => b.cmp(&a),
            (Rank::Integer(a), Rank::Integer(b)) => a.cmp(&b),
            (Rank::Integer(_), Rank::Lacking | Rank::Other) => Ordering::Less,
            (Rank::Lacking | Rank::Other, Rank::Integer(_)) => Ordering::Greater,
            (Rank::Lacking | Rank::Other, Rank::Lacking | Rank::Other) => Ordering::Equal,
        }
    }
}

fn clause(cursor: &mut Cursor<'_>) -> Result<Clause, ParseError> {
    let path = cursor.path(resolve_worker)?;
    let is_descending = cursor.eat_keyword("DESC")?;
    if !is_descending {
        cursor.eat_keyword("ASC")?;
    }
    Ok(Clause { path, is_descending })
}

fn rank(path: &Path, worker: &Value) -> Rank {
    match path.find_in(worker) {
        Value::Null => Rank::Lacking,
        Value::Number(number) => number.as_i128().map_or(Rank::Other, Rank::Integer),
        Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => Rank::Other,
    }
}

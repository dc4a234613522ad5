//! Paths: which attribute of which side an expression reads.

use std::fmt;

use serde_json::{Map, Value};

use crate::facts::Facts;

/// Up to this many keys a walk over them is faster than hashing the key that is looked for.
const WALKED_KEYS_MAX: usize = 16;

static NULL: Value = Value::Null;

/// Whose attribute a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The worker.
    Worker,
    /// The task.
    Task,
    /// The counters of the queue's workers.
    Workers,
}

/// One step into an object or an array.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// A key of an object.
    Key(Box<str>),
    /// A position in an array, from 0.
    Index(usize),
}

/// An attribute of a side, such as `worker.routing.skills`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    side: Side,
    segments: Box<[Segment]>,
}

impl Path {
    pub(crate) fn new(side: Side, segments: Vec<Segment>) -> Self {
        Self { side, segments: segments.into() }
    }

    /// Returns whose attribute it is.
    pub fn side(&self) -> Side {
        self.side
    }

    /// Returns the steps from the side's object to the value.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the value that the path leads to, null where it leads to nothing.
    pub fn find<'a>(&self, facts: &Facts<'a>) -> &'a Value {
        self.find_in(facts.side(self.side))
    }

    /// Returns the value that the path leads to within its side's object.
    pub(crate) fn find_in<'a>(&self, object: &'a Value) -> &'a Value {
        let mut value = object;
        for segment in &self.segments {
            let next = match (segment, value) {
                (Segment::Key(key), Value::Object(map)) => look_up(map, key),
                (Segment::Index(index), Value::Array(items)) => items.get(*index),
                _ => None,
            };
            match next {
                Some(next) => value = next,
                None => return &NULL,
            }
        }
        value
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.side {
            Side::Worker => "worker",
            Side::Task => "task",
            Side::Workers => "workers",
        })?;
        self.segments.iter().try_for_each(|segment| match segment {
            Segment::Key(key) => write!(f, ".{key}"),
            Segment::Index(index) => write!(f, "[{index}]"),
        })
    }
}

fn look_up<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    if map.len() > WALKED_KEYS_MAX {
        return map.get(key);
    }
    map.iter().find_map(|(name, value)| (name == key).then_some(value))
}

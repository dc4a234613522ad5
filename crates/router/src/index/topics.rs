//! Topics: ready workers by what they have of what targets ask for, so that who suits a target need not be looked for
//! among all who are ready.

use std::collections::{BTreeMap, BTreeSet};

use domain::{TaskChannelSid, Timestamp, WorkerSid};
use expression::{Facts, Path, Requirement, Segment, Token};
use serde_json::Value;

use super::roster::{CHANNEL_FACTS, Seat};

/// How many attributes are indexed: what targets ask for beyond that is held against each ready worker.
const PATHS_MAX: usize = 32;

/// Workers in line, longest idle first.
pub(crate) type Line = BTreeSet<(Timestamp, WorkerSid)>;

/// An attribute, by its place among those that are indexed, and a value of it.
pub(crate) type Topic = (usize, Token);

/// The ready workers of each topic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Topics {
    /// The attributes that targets were seen to ask for.
    paths: Vec<Path>,
    lines: BTreeMap<(TaskChannelSid, Topic), Line>,
}

impl Topics {
    /// Takes up an attribute that a target asks for; returns whether workers are to be found by it from this moment on.
    pub(crate) fn learn(&mut self, path: &Path) -> bool {
        // A worker's load changes with every reservation, which an index would have to follow.
        let is_load = matches!(path.segments().first(), Some(Segment::Key(key)) if &**key == CHANNEL_FACTS);
        let is_new = !is_load && self.paths.len() < PATHS_MAX && !self.paths.contains(path);
        if is_new {
            self.paths.push(path.clone());
        }
        is_new
    }

    /// Returns the topics of a worker with these facts.
    pub(crate) fn of_worker(&self, facts: &Value) -> Vec<Topic> {
        let facts = Facts::worker(facts);
        let tokens = self.paths.iter().map(|path| Token::all_of(path.find(&facts))).enumerate();
        tokens.flat_map(|(path, tokens)| tokens.into_iter().map(move |token| (path, token))).collect()
    }

    /// Returns the topic of a requirement, where its attribute is indexed.
    pub(crate) fn of_requirement(&self, requirement: Requirement<'_>) -> Option<Topic> {
        let path = self.paths.iter().position(|path| path == requirement.path)?;
        Some((path, requirement.token))
    }

    /// Returns the workers of a topic who are ready on a channel; none where nobody is.
    pub(crate) fn line(&self, channel: TaskChannelSid, topic: &Topic) -> Option<&Line> {
        self.lines.get(&(channel, topic.clone()))
    }

    /// Puts a ready worker into line.
    pub(crate) fn insert(&mut self, topics: &[Topic], worker: WorkerSid, seat: Seat) {
        for topic in topics {
            let line = self.lines.entry((seat.channel, topic.clone())).or_default();
            line.insert((seat.seated_by, worker));
        }
    }

    /// Takes a worker out of line.
    pub(crate) fn remove(&mut self, topics: &[Topic], worker: WorkerSid, seat: Seat) {
        for topic in topics {
            let key = (seat.channel, topic.clone());
            let Some(line) = self.lines.get_mut(&key) else { continue };
            line.remove(&(seat.seated_by, worker));
            if line.is_empty() {
                self.lines.remove(&key);
            }
        }
    }
}

//! The one place that sleeps until the next deadline of an execution, a conversation or a scheduled message.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use domain::{ConversationSid, ExecutionSid, MessageSid, SidError, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::clock;

/// Who can be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sleeper {
    /// An execution.
    Execution(ExecutionSid),
    /// A conversation.
    Conversation(ConversationSid),
    /// A scheduled message.
    Message(MessageSid),
}

/// The deadlines of all sleepers, in order; rows in the database are the truth, this is their index in memory.
#[derive(Clone, Default)]
pub(crate) struct Timers {
    table: Arc<Mutex<Table>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Table {
    due: BTreeSet<(Timestamp, Sleeper)>,
    by_sleeper: BTreeMap<Sleeper, Timestamp>,
}

impl Timers {
    /// Sets when somebody is to be woken, or that they are not.
    pub(crate) fn set(&self, sleeper: impl Into<Sleeper>, due_at: Option<Timestamp>) {
        self.table.lock().set(sleeper.into(), due_at);
        self.changed.notify_one();
    }

    /// Returns the next one whose deadline has come, once it has.
    pub(crate) async fn next(&self) -> Sleeper {
        loop {
            let changed = self.changed.notified();
            let now = clock::now();
            let first = self.table.lock().pop_due(now);
            match first {
                Ok(sleeper) => return sleeper,
                Err(None) => changed.await,
                Err(Some(due_at)) => {
                    // Either another deadline comes first, or this one arrives: both lead round the loop.
                    let _ = tokio::time::timeout(due_at.since(now), changed).await;
                }
            }
        }
    }
}

impl Table {
    fn set(&mut self, sleeper: Sleeper, due_at: Option<Timestamp>) {
        if let Some(earlier) = self.by_sleeper.remove(&sleeper) {
            self.due.remove(&(earlier, sleeper));
        }
        if let Some(due_at) = due_at {
            self.by_sleeper.insert(sleeper, due_at);
            self.due.insert((due_at, sleeper));
        }
    }

    /// Takes out the first entry when it is due; otherwise says when the first one will be.
    fn pop_due(&mut self, now: Timestamp) -> Result<Sleeper, Option<Timestamp>> {
        let &(due_at, sleeper) = self.due.first().ok_or(None)?;
        if due_at > now {
            return Err(Some(due_at));
        }
        self.set(sleeper, None);
        Ok(sleeper)
    }
}

impl From<ExecutionSid> for Sleeper {
    fn from(execution: ExecutionSid) -> Self {
        Self::Execution(execution)
    }
}

impl From<ConversationSid> for Sleeper {
    fn from(conversation: ConversationSid) -> Self {
        Self::Conversation(conversation)
    }
}

impl From<MessageSid> for Sleeper {
    fn from(message: MessageSid) -> Self {
        Self::Message(message)
    }
}

impl fmt::Display for Sleeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Execution(execution) => execution.fmt(f),
            Self::Conversation(conversation) => conversation.fmt(f),
            Self::Message(message) => message.fmt(f),
        }
    }
}

impl FromStr for Sleeper {
    type Err = SidError;

    fn from_str(text: &str) -> Result<Self, SidError> {
        let conversation = text.parse().map(Self::Conversation);
        conversation
            .or_else(|_| text.parse().map(Self::Message))
            .or_else(|_| text.parse().map(Self::Execution))
    }
}

#[cfg(test)]
mod tests {
    use domain::Sid;

    use super::*;

    #[test]
    fn the_earliest_deadline_comes_out_first_and_a_new_one_replaces_the_old() {
        let first = Sleeper::from(ExecutionSid::from_bits(1));
        let second = Sleeper::from(ConversationSid::from_bits(2));
        let mut table = Table::default();
        table.set(first, Some(Timestamp::from_secs(10)));
        table.set(second, Some(Timestamp::from_secs(5)));
        table.set(first, Some(Timestamp::from_secs(3)));
        assert_eq!(table.pop_due(Timestamp::from_secs(4)), Ok(first));
        assert_eq!(table.pop_due(Timestamp::from_secs(4)), Err(Some(Timestamp::from_secs(5))));
        table.set(second, None);
        assert_eq!(table.pop_due(Timestamp::from_secs(9)), Err(None));
    }
}

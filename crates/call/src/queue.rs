//! A queue: who waits, in which order, and for how long.

use std::collections::VecDeque;

use domain::{CallSid, QueueSid, TaskSid, Timestamp};

use crate::{QueueMemberRecord, QueueRecord};

/// How many may wait unless said otherwise.
pub(crate) const SIZE_DEFAULT: u32 = 1000;

/// How many may wait at most.
pub(crate) const SIZE_MAX: u32 = 5000;

/// A queue and who waits in it.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) sid: QueueSid,
    pub(crate) friendly_name: String,
    pub(crate) max_size: u32,
    pub(crate) date_created: Timestamp,
    pub(crate) date_updated: Timestamp,
    /// Who waits longest first.
    pub(crate) members: VecDeque<Member>,
    /// Calls that dial the queue and wait for somebody to come.
    pub(crate) diallers: VecDeque<CallSid>,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) call: CallSid,
    pub(crate) enqueued_at: Timestamp,
    pub(crate) task: Option<TaskSid>,
    /// Who is about to be connected to it.
    pub(crate) taken_by: Option<CallSid>,
}

impl Queue {
    /// Returns the place of a call, counted from one.
    pub(crate) fn position(&self, call: CallSid) -> Option<usize> {
        self.members.iter().position(|member| member.call == call).map(|index| index + 1)
    }

    /// Returns who waits longest and is not about to be connected.
    pub(crate) fn front(&self) -> Option<CallSid> {
        self.members.iter().find(|member| member.taken_by.is_none()).map(|member| member.call)
    }

    /// Returns somebody who waits, for changing.
    pub(crate) fn member_mut(&mut self, call: CallSid) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.call == call)
    }

    /// Takes somebody out.
    pub(crate) fn remove(&mut self, call: CallSid) -> Option<Member> {
        let index = self.members.iter().position(|member| member.call == call)?;
        self.members.remove(index)
    }

    /// Returns how long those who wait have waited on the average, in seconds.
    pub(crate) fn average_wait_secs(&self, now: Timestamp) -> u64 {
        let total: u64 = self.members.iter().map(|member| now.secs_since(member.enqueued_at)).sum();
        total.checked_div(self.members.len() as u64).unwrap_or(0)
    }

    /// Returns the published facts.
    pub(crate) fn record(&self, now: Timestamp) -> QueueRecord {
        QueueRecord {
            sid: self.sid,
            friendly_name: self.friendly_name.clone(),
            max_size: self.max_size,
            current_size: self.members.len() as u32,
            average_wait_secs: self.average_wait_secs(now),
            date_created: self.date_created,
            date_updated: self.date_updated,
        }
    }

    /// Returns the published facts of somebody who waits.
    pub(crate) fn member_record(&self, member: &Member) -> QueueMemberRecord {
        QueueMemberRecord {
            queue: self.sid,
            call: member.call,
            task: member.task,
            enqueued_at: member.enqueued_at,
        }
    }
}

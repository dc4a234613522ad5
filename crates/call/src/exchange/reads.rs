//! Reading what is live: the published facts of calls, queues and conferences.

use domain::{CallSid, ConferenceSid, QueueSid, TaskSid};

use super::Exchange;
use crate::{CallRecord, ConferenceRecord, ParticipantRecord, QueueMemberRecord, QueueRecord};

impl Exchange {
    /// Returns all live calls.
    pub fn calls(&self) -> impl Iterator<Item = &CallRecord> {
        self.calls.values().map(|call| &call.facts)
    }

    /// Returns a live call.
    pub fn call(&self, call: CallSid) -> Option<&CallRecord> {
        self.calls.get(&call).map(|call| &call.facts)
    }

    /// Returns the caller of a live task.
    pub fn caller_of(&self, task: TaskSid) -> Option<CallSid> {
        self.calls_by_task.get(&task).copied()
    }

    /// Returns all queues, with how long callers have waited at the time of the last step.
    pub fn queues(&self) -> impl Iterator<Item = QueueRecord> {
        self.queues.values().map(|queue| queue.record(self.now()))
    }

    /// Returns who waits in a queue, the first in place 1.
    pub fn members(&self, queue: QueueSid) -> Vec<QueueMemberRecord> {
        let queue = self.queues.get(&queue);
        queue.map_or_else(Vec::new, |queue| {
            queue.members.iter().map(|member| queue.member_record(member)).collect()
        })
    }

    /// Returns all live conferences.
    pub fn conferences(&self) -> impl Iterator<Item = &ConferenceRecord> {
        self.conferences.values().map(|conference| &conference.facts)
    }

    /// Returns who takes part in a live conference.
    pub fn participants(&self, conference: ConferenceSid) -> impl Iterator<Item = &ParticipantRecord> {
        let conference = self.conferences.get(&conference).into_iter();
        conference
            .flat_map(|conference| conference.participants.values())
            .map(|participant| &participant.facts)
    }

    /// Returns the live conference of a name or SID.
    pub fn find_conference(&self, name: &str) -> Option<ConferenceSid> {
        self.conference_named(name)
    }
}

//! Requests about queues and who waits in them.

use domain::{CallSid, QueueSid};

use crate::Program;

/// Make a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateQueue {
    /// Its name, unique.
    pub friendly_name: String,
    /// How many may wait; 1000 unless given.
    pub max_size: Option<u32>,
}

/// Change a queue; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateQueue {
    /// The queue.
    pub queue: QueueSid,
    /// Its name, unique.
    pub friendly_name: Option<String>,
    /// How many may wait.
    pub max_size: Option<u32>,
}

/// Remove an empty queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteQueue {
    /// The queue.
    pub queue: QueueSid,
}

/// Pull somebody out of a queue, to be driven by another program.
#[derive(Debug, Clone, PartialEq)]
pub struct PullMember {
    /// The queue.
    pub queue: QueueSid,
    /// Who.
    pub member: MemberName,
    /// What drives the call from here on.
    pub program: Program,
}

/// Who of a queue is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberName {
    /// Who waits longest.
    Front,
    /// This call.
    Call(CallSid),
}

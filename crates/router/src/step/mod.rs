//! Steps: what commands, answers and time do to tasks, reservations and workers.

mod announce;
mod answering;
pub(crate) mod ending;
mod offering;
mod reindexing;
mod transferring;

//! The TaskRouter engine: who gets which task, and when.
//!
//! A [`Workspace`] holds everything of one workspace in memory and has one writer. Each call takes the time and
//! fresh SIDs as a [`domain::Tick`], changes the workspace and returns what the world must do:
//!
//! - [`Workspace::execute`] carries out a [`Command`] or refuses it; a refusal changes nothing.
//! - [`Workspace::handle`] applies an [`Event`]; [`Workspace::next_timeout`] says when time itself is one.
//! - [`Workspace::take_changes`] gives the rows to write; [`Workspace::load`] reads live rows back.
//! - [`Workspace::explain`], [`Workspace::simulate`], [`Workspace::warnings`] and
//!   [`Workspace::real_time_statistics`] only look; [`Statistics`] counts the notices of the past.
//!
//! What it is not: no clock, no I/O, no HTTP. Ended tasks and their reservations leave memory with their last
//! row; history is the store's.
//!
//! *Invariants.* No worker holds more reservations on a channel than its capacity at the time of the offer, but
//! for direct offers that ignore it. Every reservation ends. No waiting task and ready worker that suit each
//! other are left apart. The same calls make the same decisions.
//!
//! *Simplifying assumptions.* A known worker is looked up when a task enters its target. A waiting task keeps
//! the target that it is in when its workflow changes, and is walked from the top when it leaves that.
//! A transfer to a queue has no time limit of its own.

mod action;
mod activity;
mod checks;
mod command;
mod evaluation;
mod event;
mod explanation;
mod index;
mod lint;
mod load;
mod matching;
mod next_stop;
mod notice;
mod reads;
mod record;
mod refusal;
mod requester;
mod reservation;
mod settings;
mod simulation;
mod statistics;
mod step;
mod task;
mod task_channel;
mod task_queue;
mod timer;
mod transfer;
mod worker;
mod workflow;
mod workspace;

pub use self::{
    action::*, activity::*, command::*, event::*, explanation::*, lint::*, notice::*, record::*,
    requester::*, reservation::*, settings::*, simulation::*, statistics::*, task::*, task_channel::*,
    task_queue::*, transfer::*, worker::*, workflow::*, workspace::*,
};
pub use self::{refusal::Noun, refusal::Refusal, refusal::parse_named};
pub use domain::UnknownName;

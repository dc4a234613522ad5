//! The call engine: what happens on calls, in queues and in conferences.
//!
//! An [`Exchange`] holds all calls of the installation in memory and has one writer. Each call of its methods takes
//! the time and fresh SIDs as a [`domain::Tick`] and returns what the world must do:
//!
//! - [`Exchange::handle`] applies an [`Event`]: a fact of a leg, of media, of an application or of the router.
//! - [`Exchange::execute`] carries out a [`Command`] or refuses it; a refusal changes nothing.
//! - [`Exchange::next_timeout`] says when time itself is an event.
//!
//! A call is driven by a [`Program`]: a URL, verbs, or a flow. Whichever it is, only `twiml::Verb`s are performed, one
//! file each in `performance/`. What a verb's action would request is an [`Action::Ask`], to a URL or to the flow.
//!
//! [`Exchange::calls`], [`Exchange::members`] and their like only look.
//! [`Exchange::load_queue`] brings back the queues of an earlier start; calls do not outlive the process.
//!
//! What it is not: no sockets, no audio, no HTTP, no clock. Ended calls leave memory with their last record.
//!
//! *Invariants.* A leg is a call and has the call's SID. Every question is asked once, and the answer to one that
//! nobody waits for any longer does no harm. A call ends with its leg, and takes along what it dialled. Who waits in a
//! queue has a place in it from 1 up. A callback's sequence numbers have no gaps.
//!
//! *Simplifying assumptions.* A second program (music in a queue, hold, an announcement) is the only one beside the
//! main one. Payments, virtual agents and relayed conversations are parsed, reported and passed over.

mod action;
mod call;
mod command;
mod conference;
mod event;
mod exchange;
mod pace;
mod parameters;
mod performance;
mod program;
mod queue;
mod record;
mod recording;
mod refusal;
mod run;
mod settings;
mod timer;

pub use self::{
    action::*, command::*, event::*, exchange::Exchange, parameters::Parameters, program::*, record::*,
    refusal::*, settings::Settings,
};

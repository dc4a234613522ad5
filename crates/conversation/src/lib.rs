//! The conversation engine: what people write to each other, and the agents who answer.
//!
//! A [`Conversation`] holds everything of one conversation in memory and has one writer. Each call takes the time and
//! fresh SIDs as a [`domain::Tick`], changes the conversation and returns what the world must do:
//!
//! - [`Conversation::create`] begins one, [`Conversation::execute`] carries out a [`Command`] or refuses it; a refusal
//!   changes nothing. An [`Origin`] says who asks, and whether webhooks are asked and told.
//! - [`Conversation::handle`] applies an [`Event`]; [`Conversation::next_timeout`] says when time itself is one.
//! - [`Conversation::take_changes`] gives the rows to write, [`Conversation::pairs`] the addresses that it holds;
//!   [`Conversation::load`] reads the rows back.
//! - [`Conversation::sweep`] checks the promise below against the world, repairs and reports.
//! - [`InboundMessage::route`] decides where a message from a network goes.
//!
//! What it is not: no clock, no I/O, no HTTP, no index over conversations. That a pair of addresses or a unique name
//! is bound to one open conversation is known outside and told with the command.
//!
//! *Invariants.* While its interaction's channel is open, a conversation has a live task or an agent. The channel's end
//! is the conversation's, and the other way round. A conversation that is closed stays so and adds nothing. Messages
//! keep the order in which they came. What is told twice happens once.
//!
//! *Simplifying assumptions.* All messages of a conversation are in memory while it is. No group messages: a participant
//! has an identity or a pair of addresses. An interaction has one channel.

mod action;
mod address_configuration;
mod checks;
mod command;
mod conversation;
mod details;
mod event;
mod interaction;
mod invite;
mod message;
mod notice;
mod participant;
mod pending;
mod permission;
mod record;
mod refusal;
mod step;
mod sweep;
mod webhook;

pub use self::{
    action::*, address_configuration::*, checks::parse_timer, command::*, conversation::*, details::*,
    event::*, interaction::*, invite::*, message::*, notice::*, participant::*, permission::*, record::*,
    refusal::*, sweep::*, webhook::*,
};

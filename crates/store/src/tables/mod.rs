//! The tables: for each, the statements that write it and the queries that read it.

pub mod call_notes;
pub mod calls;
pub mod conversations;
pub mod events;
pub mod executions;
mod idle_times;
pub mod messages;
pub mod outbox;
pub mod reservations;
pub mod resources;
pub mod retention;
pub mod routing;
pub mod scripts;
pub mod steps;
pub mod submissions;
pub mod tasks;
pub mod timers;
pub mod webhook_messages;

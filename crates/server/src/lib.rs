//! The shell around the engines: start-up, dispatch, and the commands of the `patchboard` binary.
//!
//! `dispatch` is the map of the product: where an action of one engine becomes a command or an event of another.
//! `house` holds what all parts share; `platform` is its front door, which the API knocks at.
//! `workspaces`, `conversations` and `executions` are the loops that decide, commit and only then answer.

mod audience;
mod callbacks;
mod carrier;
mod client;
mod clock;
mod commands;
mod config;
mod connections;
mod conversations;
mod couriers;
mod credentials;
mod dispatch;
mod document;
mod embedded;
mod errand;
mod executions;
mod figures;
mod first_start;
mod flow_webhook;
mod flows;
mod house;
mod lanes;
mod media_folder;
mod messages;
mod notices;
mod platform;
mod requests;
mod retention;
mod statistics;
mod timers;
mod tls;
mod voice;
mod work;
mod workspaces;

pub use commands::run;
pub use embedded::Embedded;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

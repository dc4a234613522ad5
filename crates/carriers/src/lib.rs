//! Carriers: connectors that take messages to their networks and bring messages and receipts back, a file for each.
//!
//! What it is not: it keeps no outbox and no records. The server decides when a message is submitted, writes down
//! what came of it, and tells events that come twice from new ones.
//!
//! To add a carrier: one file with its settings and its [`Carrier`], one line in [`Settings`], one provider in the
//! conformance suite.
//!
//! *Invariants.*
//! - [`Submission::Refused`] and [`Submission::Later`] mean that the provider has not sent the message;
//!   where that is not certain, the answer is [`Submission::Unknown`].
//! - Nothing is read of a post before its signature was checked.
//! - Debug output, reasons and logs hold no secret, address or text.
//!
//! *Simplifying assumptions.* Media go as links, which the provider fetches. Those that come in are links, or are
//! fetched when their message comes.

mod carrier;
mod email;
mod event;
mod exchange;
mod generic_http;
mod post;
mod secret;
mod settings;
mod signature;
mod smpp;
mod telegram;
mod template;
mod twilio;
mod whatsapp;

pub use carrier::{
    Carrier, Environment, FilledTemplate, Inbox, NotTaken, OutboundMessage, Submission, Unfetched,
};
pub use event::{
    Attachment, Content, Event, InboundMedium, InboundMessage, MessagePart, Receipt, ReceiptStatus, Thread,
};
pub use post::{Post, Rejection, Reply};
pub use secret::Secret;
pub use settings::Settings;

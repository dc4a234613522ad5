//! The HTTP surface of Patchboard: the published REST APIs, our own, and the pages that errors lead to.
//!
//! A shell: it reads forms, asks, and presents; it decides nothing. Commands go to the [`Platform`], which the
//! server implements; records, history and settings are read and written through the [`store::Store`].
//!
//! ```text
//! api::router(App { platform, store, account, … }) -> axum::Router
//! ```
//!
//! How to read it: `resources/` has one file for each resource with its routes, handlers and presenter. `bridge/` is
//! what the worker SDK connects to, `signal/` the voice SDK, `webchat/` visitors. `error_catalog` has all errors.
//!
//! Invariants:
//! - Every failure has the published shape and a `more_info` page that exists.
//! - Every property that the published descriptions name is in the reply, null where it does not apply.
//! - JSON keys and parameter names of the published APIs stand here only.

mod app;
mod auth;
mod bridge;
pub mod callbacks;
pub mod conversation_hooks;
mod devices;
mod error;
pub mod error_catalog;
mod figures;
mod form;
mod host;
pub mod instructions;
pub mod live;
mod media_stream;
mod pages;
mod paging;
mod parameters;
pub mod payloads;
mod peer;
mod platform;
mod reply;
mod resources;
mod secrets;
mod session;
mod signal;
mod targets;
mod web_app;
mod webchat;
mod websocket;

pub use app::{App, router};
pub use auth::basic_authorization;
pub use devices::{Device, Devices, FromDevice, Outgoing, ToDevice};
pub use form::encode_form;
pub use media_stream::{FromStream, StreamTrack, StreamWriter};
pub use peer::Peer;
pub use platform::{
    ConversationLook, ExecutionFacts, Failure, FlowAnswer, FlowContact, FlowRequest, InboundMessage,
    LiveBoard, LiveEvent, LiveEvents, Look, Notices, OutboundMessage, Platform, StartExecution, look,
    look_at_conversation,
};
pub use secrets::{PASSWORD_LENGTH_MIN, digest, hash_password, is_password};
pub use targets::target_of;

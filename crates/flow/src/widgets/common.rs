//! What several widgets share; nothing here is a widget.

pub(crate) mod conversation;
pub(crate) mod http;
pub(crate) mod message;
pub(crate) mod outgoing_call;
pub(crate) mod task;
pub(crate) mod variables;
pub(crate) mod voice;

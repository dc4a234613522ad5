//! What several widgets share; nothing here is a widget.

pub(crate) mod http;
pub(crate) mod variables;

//! Our own API: people, their sessions and access tokens, settings, trunks, the widget catalogue,
//! the search for executions, the loopback network and the phone on it.

pub(super) mod dev;
pub(super) mod executions;
pub(super) mod phone;
pub(super) mod session;
pub(super) mod settings;
pub(super) mod tokens;
pub(super) mod trunks;
pub(super) mod users;
pub(super) mod widgets;

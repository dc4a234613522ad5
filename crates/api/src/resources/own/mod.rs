//! Our own API: people, their access tokens, settings, the widget catalogue, the search for executions, the loopback network.

pub(super) mod dev;
pub(super) mod executions;
pub(super) mod settings;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod widgets;

pub(super) use tokens::signing_key;

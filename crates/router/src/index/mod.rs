//! Indices: what follows from the workspace's things, kept so that a step looks only at what it concerns.

pub(crate) mod changes;
pub(crate) mod pace;
pub(crate) mod roster;
pub(crate) mod topics;
pub(crate) mod waiting;

//! Every fact that can come in.

/// A fact that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The time that [`Workspace::next_timeout`](crate::Workspace::next_timeout) asked for has come.
    TimeReached,
}

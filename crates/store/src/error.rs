//! What can go wrong between a unit and the disk, by what the caller can do about it.

/// Why a unit was not committed or a query not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A guard of the unit did not hold: somebody else changed or took what it names.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// A name or key that must be unique is taken.
    #[error("already taken: {0}")]
    Duplicate(String),
    /// The lease under which this process writes has passed to another one.
    #[error("the lease on this data has passed to another process: this one must stop writing")]
    Fenced,
    /// The data is in use by another process.
    #[error("the data is in use by another process")]
    InUse,
    /// A row holds what this version can not read.
    #[error("a stored row can not be read: {0}")]
    Corrupt(String),
    /// The database failed; the unit was not written.
    #[error("the database failed: {0}")]
    Unavailable(String),
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

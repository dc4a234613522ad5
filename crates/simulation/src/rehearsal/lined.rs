//! Values that know the line of the file in which they begin.

use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// A value of a scenario file and its line.
#[derive(Debug, Clone)]
pub struct Lined<T> {
    /// The line, from 1 on.
    pub line: u64,
    /// The value.
    pub value: T,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lined<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), value: spanned.value })
    }
}

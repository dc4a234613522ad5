//! Nouns that several engines share: SIDs, timestamps, attributes, addresses, named values, and the tick.
//!
//! What it is not: no clock, no randomness, no I/O. Time and ids reach an engine as a [`Tick`].

mod address;
mod attributes;
mod named;
mod sid;
mod tick;
mod timestamp;

pub use address::{Address, AddressError};
pub use attributes::{Attributes, AttributesError};
pub use named::UnknownName;
pub use sid::*;
pub use tick::Tick;
pub use timestamp::Timestamp;

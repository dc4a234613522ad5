//! Signed HTTP to the user's applications: which addresses may be reached, how a request is signed, when it is
//! sent again.
//!
//! What it is not: no clock and no randomness; both come in where they are needed.

mod address_range;
mod allowlist;
mod guard;
mod retry;
mod signature;

pub use address_range::AddressRange;
pub use allowlist::{Allowlist, Cidr, CidrError};
pub use guard::{Guard, Refused};
pub use retry::{Backoff, RetryPolicy};
pub use signature::{SIGNATURE_HEADER, SignedBody, sign, verify};

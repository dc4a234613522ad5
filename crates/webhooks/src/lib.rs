//! Signed HTTP to the user's applications: webhooks, callbacks and the requests of flows.
//!
//! What it is not: it keeps no outbox and no clock. The server's loop asks a [`RetryPolicy`] when to send again;
//! what an answer means (TwiML, instructions, JSON) is for the caller.
//!
//! ```no_run
//! # async fn example() -> Result<(), webhooks::Failure> {
//! use webhooks::{Body, Client, Options, Request};
//!
//! let client = Client::new(Options { auth_token: "0123".to_owned(), ..Options::default() });
//! let form = vec![("CallSid".to_owned(), "CA1".to_owned())];
//! let response = client.send(Request::post("https://example.com/voice#ct=2000", Body::Form(form))).await?;
//! assert_eq!(response.status, 200);
//! # Ok(())
//! # }
//! ```
//!
//! *Invariants.*
//! - A connection goes to an address that the [`Guard`] allowed, the very one that it looked at: literal, resolved
//!   or redirected to. No proxy of the environment is used.
//! - A request ends within its timeout, and holds no more of an answer than its limit.
//! - Messages and debug output show no user information, query, header or body.
//!
//! *Readings and simplifying assumptions.* The URL is signed as it is sent, without user information and fragment,
//! and signed anew for each redirect. Overrides in the fragment make a request shorter, never longer; `edge` and
//! `sni` mean nothing here. `rt` runs from the start of an exchange, with the time to connect on top. HTTP/1.1
//! only, no cookies, no compression.

mod address_range;
mod allowlist;
mod client;
mod failure;
mod guard;
mod hop;
mod overrides;
mod plan;
mod request;
mod resolver;
mod response;
mod retry;
mod shown;
mod signature;
mod socket;
mod transport;

pub use address_range::AddressRange;
pub use allowlist::{Allowlist, Cidr, CidrError};
pub use client::{Client, Options, REDIRECTS_MAX};
pub use failure::{Failure, TlsProblem};
pub use guard::{Guard, Refused};
pub use request::{Body, Method, Request};
pub use response::Response;
pub use retry::{Backoff, RetryPolicy};
pub use signature::{SIGNATURE_HEADER, SignedBody, sign, verify};
pub use socket::Socket;

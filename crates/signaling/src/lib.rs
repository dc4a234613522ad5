//! SIP over UDP, TCP and TLS: calls in and out, registrations, and whether trunks are there.
//!
//! What it is not: it knows nothing of programs, tasks or media. Session descriptions pass as text.
//!
//! ```no_run
//! # async fn example(directory: std::sync::Arc<dyn signaling::Directory>) -> std::io::Result<()> {
//! use signaling::{Config, Event, Listener, Signaling, Transport};
//!
//! let listeners = vec![Listener { transport: Transport::Udp, address: ([0, 0, 0, 0], 5060).into() }];
//! let (signaling, mut events) = Signaling::start(Config { listeners, ..Config::default() }, directory).await?;
//! while let Some(event) = events.recv().await {
//!     if let Event::Invited(call) = event {
//!         signaling.reject(call.leg, 486, "");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! *Invariants.*
//! - Behind the `door` every message has its mandatory fields; what is wrong is answered or dropped there.
//! - `stack` is pure: time, chance and answers come in, bytes, questions and events come out.
//! - Every leg ends with exactly one of `Failed`, `Cancelled`, `Ended`, or a `reject` or `hang_up` of the application.
//!
//! *Readings.* We are a user agent and a registrar, never a proxy. Of phones behind a forking one the first is kept.

mod clock;
mod config;
mod dialog;
mod digest;
mod directory;
mod door;
mod event;
mod flow;
mod framing;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gatekeeper;
mod invitation;
mod leg;
mod locating;
mod message;
mod places;
mod registrar;
mod service;
mod session_timer;
mod signaling;
mod stack;
mod streams;
mod transaction;
mod world;

pub use config::{Config, Listener};
pub use digest::{Algorithm, Credentials, Secret};
pub use directory::{Admission, Caller, Directory, Proven, Purpose, Verdict};
pub use event::{EndCause, Event, INBOUND_LEG, Invited, LegId};
pub use flow::Transport;
pub use invitation::{Invitation, Target};
pub use registrar::Contact;
pub use signaling::Signaling;

//! Media: what callers hear and say, over RTP and WebRTC, on a thread a core, each with one schedule of 20 ms.
//! It knows no calls and no SIP: legs and all else are the caller's numbers, and facts come back as [`Event`]s.
//!
//! ```no_run
//! # use media::{Config, Kind, Media, Onto, Source, Wishes};
//! # fn example(offer: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let (media, mut events) = Media::start(Config::default())?;
//! let answer = media.answer(1, Kind::Rtp, offer, &Wishes::default())?;
//! media.play(7, Onto::Leg(1), Source::HoldMusic, 0);
//! # Ok(()) }
//! ```
//!
//! *Invariants.*
//! - A leg's outgoing stream is one line: SSRC, sequence and timestamp go on whatever is heard, silence included.
//! - Every playback ends with [`Event::PlaybackEnded`], whether it played out, was stopped, replaced or lost its leg.
//! - Commands never wait and never fail; what names an unknown leg does nothing.
//! - Legs that hear each other live on one thread: who comes to hear another moves there and goes on.
//! - No bytes from the network make a thread panic or keep more than a bounded amount.
//!
//! *Simplifying assumptions.* One audio stream and codec a leg; packets of 20 ms; browsers by UDP, on one thread.

mod activity;
mod agreement;
mod clip;
mod clock;
mod codec;
mod command;
mod config;
mod desk;
mod digit;
mod event;
mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod jitter_buffer;
mod leg;
mod media;
mod mixer;
mod playout;
mod recording;
mod resample;
mod rtp;
mod sdp;
mod speech;
mod stream;
mod thread;
mod tone;
mod transport;

pub use activity::machine::{Answerer, Detection};
pub use clip::{Clip, ClipError};
pub use codec::Codec;
pub use command::{Onto, RecordingOf, RecordingOptions, Track};
pub use config::{Config, Kind, Wishes};
pub use event::{Event, Statistics};
pub use media::{Media, Source};
pub use mixer::Member;
pub use sdp::SdpError;
pub use speech::{Speech, SpeechError, Utterance, installed};
pub use stream::StreamFrame;

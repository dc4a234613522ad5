//! What stands inside verbs: one file each, or one for a few that share their attributes.

mod answer_detection;
mod application;
mod background;
mod client;
mod conference;
mod conversation_relay;
mod number;
mod parameter;
mod queue;
mod recording;
mod sim;
mod sip;
mod siprec;
mod speech;
mod stream;
mod transcription;
mod virtual_agent;
mod whatsapp;

pub use answer_detection::{AnswerDetection, AnsweredBy, MachineDetection};
pub use application::Application;
pub use background::BackgroundService;
pub use client::Client;
pub use conference::{Beep, Conference, ConferenceEvent, ConferenceRecord, JitterBufferSize, Region};
pub use conversation_relay::{ConversationRelay, InputKind, RelayLanguage};
pub use number::{CallEvent, Number};
pub use parameter::{Config, Header, Parameter};
pub use queue::Queue;
pub use recording::{Recording, RecordingChannels, RecordingEvent, RecordingTrack, Trim};
pub use sim::Sim;
pub use sip::{Sip, SipUri};
pub use siprec::Siprec;
pub use speech::{Speech, SpeechElement, SpeechTag};
pub use stream::{Stream, Track};
pub use transcription::Transcription;
pub use virtual_agent::VirtualAgent;
pub use whatsapp::WhatsApp;

pub(crate) use speech::{describe as describe_speech, plain_text};

//! A conference: who takes part, and how.

use std::collections::{BTreeMap, VecDeque};

use domain::CallSid;
use twiml::{Beep, ConferenceEvent, ConferenceRecord as Recorded, JitterBufferSize};

use crate::recording::RecordingCallback;
use crate::{ConferenceRecord, ConferenceStatus, Link, ParticipantRecord, Playback, Seat, Source};

/// A live conference.
#[derive(Debug)]
pub(crate) struct Conference {
    pub(crate) facts: ConferenceRecord,
    pub(crate) participants: BTreeMap<CallSid, Participant>,
    pub(crate) size_max: u32,
    /// Who is told of it, as the first participant said.
    pub(crate) callback: Option<ConferenceCallback>,
    pub(crate) sequence: u32,
    pub(crate) recorded: Recorded,
    pub(crate) recording_callback: Option<RecordingCallback>,
    pub(crate) recording_trim: twiml::Trim,
    /// What is still to be announced to all.
    pub(crate) announcements: VecDeque<(Source, u32)>,
    pub(crate) announcing: Option<Playback>,
}

/// Who is told of a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConferenceCallback {
    pub(crate) link: Link,
    pub(crate) events: Vec<ConferenceEvent>,
}

/// Somebody in a conference.
#[derive(Debug)]
pub(crate) struct Participant {
    pub(crate) facts: ParticipantRecord,
    pub(crate) beep: Beep,
    pub(crate) jitter_buffer: JitterBufferSize,
    /// What is heard until the conference starts; `None` for silence.
    pub(crate) wait: Option<Waiting>,
    /// What is heard on hold.
    pub(crate) hold: Option<Link>,
}

/// What is heard while waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Our own music.
    Music,
    /// A document.
    Document(Link),
}

impl Conference {
    /// Returns whether it is time to start.
    pub(crate) fn may_start(&self) -> bool {
        self.facts.status == ConferenceStatus::Init
            && self.participants.len() >= 2
            && self.participants.values().any(|participant| participant.facts.starts_on_enter)
    }

    /// Returns whether participants talk.
    pub(crate) fn is_going_on(&self) -> bool {
        self.facts.status == ConferenceStatus::InProgress
    }

    /// Finds a participant by call SID or label.
    pub(crate) fn find(&self, name: &str) -> Option<CallSid> {
        let by_sid = name.parse().ok().filter(|call| self.participants.contains_key(call));
        let labelled = || {
            self.participants.values().find(|participant| participant.facts.label.as_deref() == Some(name))
        };
        by_sid.or_else(|| labelled().map(|participant| participant.facts.call))
    }
}

impl Participant {
    /// Returns how the leg takes part in the mix.
    pub(crate) fn seat(&self) -> Seat {
        Seat {
            is_muted: self.facts.is_muted,
            is_on_hold: self.facts.is_on_hold,
            coaches: self.facts.coaches,
            jitter_buffer: self.jitter_buffer,
        }
    }
}

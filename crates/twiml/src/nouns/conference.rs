//! `<Conference>`: a room to join.

use serde::{Deserialize, Serialize};

use super::{RecordingEvent, Trim};
use crate::schema::{
    Callback, Element, Pass, RECORDING_STATUS_CALLBACK, STATUS_CALLBACK, StatusCallback, choice,
};
use crate::warning::SCHEMA;

/// The longest label of a participant, in characters.
const LABEL_MAX: usize = 128;

choice! {
    /// When a tone is played to the room.
    pub enum Beep { Always = "true", Never = "false", OnEnter = "onEnter", OnExit = "onExit" }
}

choice! {
    /// Whether the room is recorded.
    pub enum ConferenceRecord {
        DoNotRecord = "do-not-record" | "false",
        RecordFromStart = "record-from-start" | "true",
    }
}

choice! {
    /// Where the published service would mix; here it changes nothing.
    pub enum Region {
        Us1 = "us1", Us2 = "us2", Ie1 = "ie1", Sg1 = "sg1", Br1 = "br1", Au1 = "au1", Jp1 = "jp1", De1 = "de1",
    }
}

choice! {
    /// What a conference tells.
    pub enum ConferenceEvent {
        Start = "start",
        End = "end",
        Join = "join",
        Leave = "leave",
        Mute = "mute",
        Hold = "hold",
        Modify = "modify",
        Speaker = "speaker",
        Announcement = "announcement",
    }
}

choice! {
    /// How much of a participant's audio is held back to smooth it.
    pub enum JitterBufferSize { Large = "large", Medium = "medium", Small = "small", Off = "off" }
}

/// A room to join, made when the first participant comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conference {
    /// The friendly name.
    pub name: String,
    /// Whether the participant is not heard.
    pub muted: Option<bool>,
    /// When a tone is played.
    pub beep: Option<Beep>,
    /// Whether the conference starts when this participant comes.
    pub start_on_enter: Option<bool>,
    /// Whether the conference ends when this participant goes.
    pub end_on_exit: Option<bool>,
    /// What is heard until the conference starts; an empty URL is silence, none the default music.
    pub wait: Callback,
    /// How many may take part.
    pub participants_max: Option<u32>,
    /// Whether it is recorded.
    pub record: Option<ConferenceRecord>,
    /// Where it is mixed.
    pub region: Option<Region>,
    /// The SID of the only call that hears this participant.
    pub coach: Option<String>,
    /// What becomes of silence in the recording.
    pub trim: Option<Trim>,
    /// Who is told of the conference; the first participant's counts.
    pub status_callback: StatusCallback<ConferenceEvent>,
    /// Who is told of the recording.
    pub recording_status_callback: StatusCallback<RecordingEvent>,
    /// Where the oldest version of these notices goes.
    pub event_callback_url: Option<String>,
    /// How much audio is held back.
    pub jitter_buffer_size: Option<JitterBufferSize>,
    /// A name for the participant, unique in the conference.
    pub participant_label: Option<String>,
}

impl Conference {
    /// Returns whether the participant is not heard.
    pub fn muted(&self) -> bool {
        self.muted.unwrap_or(false)
    }

    /// Returns when a tone is played; at entry and exit unless written otherwise.
    pub fn beep(&self) -> Beep {
        self.beep.unwrap_or(Beep::Always)
    }

    /// Returns whether the conference starts with this participant; it does unless written otherwise.
    pub fn start_on_enter(&self) -> bool {
        self.start_on_enter.unwrap_or(true)
    }

    /// Returns whether the conference ends with this participant.
    pub fn end_on_exit(&self) -> bool {
        self.end_on_exit.unwrap_or(false)
    }

    /// Returns how many may take part, 250 unless written otherwise.
    pub fn participants_max(&self) -> u32 {
        self.participants_max.unwrap_or(250)
    }

    /// Returns whether it is recorded.
    pub fn record(&self) -> ConferenceRecord {
        self.record.unwrap_or(ConferenceRecord::DoNotRecord)
    }

    /// Returns what becomes of silence; it is cut off unless written otherwise.
    pub fn trim(&self) -> Trim {
        self.trim.unwrap_or(Trim::TrimSilence)
    }

    /// Returns how much audio is held back.
    pub fn jitter_buffer_size(&self) -> JitterBufferSize {
        self.jitter_buffer_size.unwrap_or(JitterBufferSize::Large)
    }

    fn check_label(&mut self, pass: &mut Pass<'_>) {
        if self.participant_label.as_ref().is_some_and(|label| label.chars().count() > LABEL_MAX) {
            let message = format!("participantLabel has more than {LABEL_MAX} characters: left out");
            pass.warn(16023, &message);
            self.participant_label = None;
        }
    }
}

impl Element for Conference {
    const NAME: &'static str = "Conference";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("muted", &mut self.muted, 13230);
        pass.value("beep", &mut self.beep, 13235);
        pass.value("startConferenceOnEnter", &mut self.start_on_enter, 13232);
        pass.value("endConferenceOnExit", &mut self.end_on_exit, 13231);
        pass.callback(["waitUrl", "waitMethod"], &mut self.wait, 13234);
        pass.number("maxParticipants", &mut self.participants_max, 2..=250, SCHEMA);
        pass.value("record", &mut self.record, SCHEMA);
        pass.value("region", &mut self.region, SCHEMA);
        pass.text("coach", &mut self.coach);
        pass.value("trim", &mut self.trim, 13239);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        pass.status_callback(RECORDING_STATUS_CALLBACK, &mut self.recording_status_callback, 13621);
        pass.text("eventCallbackUrl", &mut self.event_callback_url);
        pass.value("jitterBufferSize", &mut self.jitter_buffer_size, SCHEMA);
        pass.text("participantLabel", &mut self.participant_label);
        self.check_label(pass);
        pass.inner_text(&mut self.name);
    }
}

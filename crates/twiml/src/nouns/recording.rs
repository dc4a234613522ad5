//! `<Recording>`: records the call in the background. And what all that records has in common.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass, RECORDING_STATUS_CALLBACK, StatusCallback, choice};
use crate::warning::SCHEMA;

choice! {
    /// What becomes of silence at both ends of a recording.
    pub enum Trim { TrimSilence = "trim-silence", DoNotTrim = "do-not-trim" }
}

choice! {
    /// What a recording tells.
    pub enum RecordingEvent { InProgress = "in-progress", Completed = "completed", Absent = "absent" }
}

choice! {
    /// Which side is recorded.
    pub enum RecordingTrack { Both = "both", Inbound = "inbound", Outbound = "outbound" }
}

choice! {
    /// Whether the sides are mixed or kept apart.
    pub enum RecordingChannels { Mono = "mono", Dual = "dual" }
}

impl StatusCallback<RecordingEvent> {
    /// Returns the events to tell; that the recording is ready unless written otherwise.
    pub fn events(&self) -> &[RecordingEvent] {
        if self.events.is_empty() { &[RecordingEvent::Completed] } else { &self.events }
    }
}

/// A recording that runs while further verbs are performed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recording {
    /// Who is told of the recording.
    pub status_callback: StatusCallback<RecordingEvent>,
    /// What becomes of silence.
    pub trim: Option<Trim>,
    /// Which side is recorded.
    pub track: Option<RecordingTrack>,
    /// Whether the sides are mixed.
    pub channels: Option<RecordingChannels>,
}

impl Recording {
    /// Returns which side is recorded; both unless written otherwise.
    pub fn track(&self) -> RecordingTrack {
        self.track.unwrap_or(RecordingTrack::Both)
    }
}

impl Element for Recording {
    const NAME: &'static str = "Recording";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.status_callback(RECORDING_STATUS_CALLBACK, &mut self.status_callback, 13621);
        pass.value("trim", &mut self.trim, SCHEMA);
        pass.value("track", &mut self.track, SCHEMA);
        pass.value("channels", &mut self.channels, SCHEMA);
    }
}

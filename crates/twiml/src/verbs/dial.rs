//! `<Dial>`: connects the call to somebody else.

use serde::{Deserialize, Serialize};

use crate::nouns::{
    Application, Client, Conference, Number, Queue, RecordingEvent, RecordingTrack, Sim, Sip, Trim, WhatsApp,
};
use crate::schema::{
    Callback, Element, OneOf, Pass, RECORDING_STATUS_CALLBACK, StatusCallback, choice, one_of,
};
use crate::warning::SCHEMA;

/// How many can be dialled at once, or one after the other.
pub const DIAL_TARGETS_MAX: usize = 10;

one_of! {
    /// Who is dialled.
    pub enum DialTarget { Number, Client, Sip, Conference, Queue, Sim, Application, WhatsApp }
}

choice! {
    /// Whether and from when the call is recorded.
    pub enum DialRecord {
        DoNotRecord = "do-not-record" | "false",
        FromAnswer = "record-from-answer" | "true",
        FromRinging = "record-from-ringing",
        FromAnswerDual = "record-from-answer-dual",
        FromRingingDual = "record-from-ringing-dual",
    }
}

choice! {
    /// The country whose ringing the caller hears.
    pub enum RingTone {
        At = "at", Au = "au", Bg = "bg", Br = "br", Be = "be", Ch = "ch", Cl = "cl", Cn = "cn", Cz = "cz",
        De = "de", Dk = "dk", Ee = "ee", Es = "es", Fi = "fi", Fr = "fr", Gr = "gr", Hu = "hu", Il = "il",
        In = "in", It = "it", Lt = "lt", Jp = "jp", Mx = "mx", My = "my", Nl = "nl", No = "no", Nz = "nz",
        Ph = "ph", Pl = "pl", Pt = "pt", Ru = "ru", Se = "se", Sg = "sg", Th = "th", Uk = "uk", Us = "us",
        UsOld = "us-old", Tw = "tw", Ve = "ve", Za = "za",
    }
}

choice! {
    /// What a dialled call tells.
    pub enum DialEvent { CallProgress = "call-progress-event" }
}

/// Connects the call to the first who answers, or to a room or a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dial {
    /// What is asked when the dialled side ends; without it the next verb is performed.
    pub action: Callback,
    /// How long it may ring.
    pub timeout_secs: Option<u32>,
    /// Whether the caller can end the connection by `*`.
    pub hangup_on_star: Option<bool>,
    /// How long they may talk.
    pub time_limit_secs: Option<u32>,
    /// The number that is shown to who is dialled; the caller's unless written.
    pub caller_id: Option<String>,
    /// Why they are called, shown with the number.
    pub call_reason: Option<String>,
    /// Whether it is recorded.
    pub record: Option<DialRecord>,
    /// What becomes of silence in the recording.
    pub trim: Option<Trim>,
    /// Who is told of the recording.
    pub recording_status_callback: StatusCallback<RecordingEvent>,
    /// Which side is recorded.
    pub recording_track: Option<RecordingTrack>,
    /// Whether the caller is answered only when somebody else answers.
    pub answer_on_bridge: Option<bool>,
    /// Whose ringing the caller hears.
    pub ring_tone: Option<RingTone>,
    /// Whether one is dialled after the other.
    pub sequential: Option<bool>,
    /// What is asked when the dialled side wants to transfer by SIP.
    pub refer: Callback,
    /// What is told.
    pub events: Vec<DialEvent>,
    /// Who is dialled, at most [`DIAL_TARGETS_MAX`].
    pub targets: Vec<DialTarget>,
}

impl Dial {
    /// Dials one target.
    pub fn new(target: impl Into<DialTarget>) -> Dial {
        Dial { targets: vec![target.into()], ..Dial::default() }
    }

    /// Returns how long it may ring, half a minute unless written otherwise.
    pub fn timeout_secs(&self) -> u32 {
        self.timeout_secs.unwrap_or(30)
    }

    /// Returns whether `*` ends the connection.
    pub fn hangup_on_star(&self) -> bool {
        self.hangup_on_star.unwrap_or(false)
    }

    /// Returns how long they may talk, four hours unless written otherwise.
    pub fn time_limit_secs(&self) -> u32 {
        self.time_limit_secs.unwrap_or(14400)
    }

    /// Returns whether it is recorded.
    pub fn record(&self) -> DialRecord {
        self.record.unwrap_or(DialRecord::DoNotRecord)
    }

    /// Returns what becomes of silence; it is kept unless written otherwise.
    pub fn trim(&self) -> Trim {
        self.trim.unwrap_or(Trim::DoNotTrim)
    }

    /// Returns which side is recorded; both unless written otherwise.
    pub fn recording_track(&self) -> RecordingTrack {
        self.recording_track.unwrap_or(RecordingTrack::Both)
    }

    /// Returns whether the caller is answered only when somebody else answers.
    pub fn answer_on_bridge(&self) -> bool {
        self.answer_on_bridge.unwrap_or(false)
    }

    /// Returns whether one is dialled after the other.
    pub fn sequential(&self) -> bool {
        self.sequential.unwrap_or(false)
    }

    fn describe_recording(&mut self, pass: &mut Pass<'_>) {
        pass.value("record", &mut self.record, 13217);
        pass.value("trim", &mut self.trim, 13699);
        pass.status_callback(RECORDING_STATUS_CALLBACK, &mut self.recording_status_callback, 13621);
        pass.value("recordingTrack", &mut self.recording_track, 13622);
    }

    fn describe_targets(&mut self, pass: &mut Pass<'_>) {
        let mut number = String::new();
        pass.inner_text(&mut number);
        pass.children(&mut self.targets);
        if !number.is_empty() && self.targets.is_empty() {
            self.targets.push(Number { number, ..Number::default() }.into());
        } else if !number.is_empty() {
            pass.warn(13215, &format!("has the text '{number}' beside elements: the text is left out"));
        }
        pass.keep_first(&mut self.targets, DIAL_TARGETS_MAX, DialTarget::NAMES);
        let is_room =
            |target: &DialTarget| matches!(target, DialTarget::Conference(_) | DialTarget::Queue(_));
        if self.targets.len() > 1 && self.targets.iter().any(is_room) {
            pass.warn(13000, "has a <Conference> or <Queue> beside others: only the first is dialled");
            self.targets.truncate(1);
        }
    }
}

impl Element for Dial {
    const NAME: &'static str = "Dial";
    const NESTING_CODE: u32 = 13215;

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, 13210);
        pass.number("timeout", &mut self.timeout_secs, 5..=600, 13212);
        pass.value("hangupOnStar", &mut self.hangup_on_star, 13213);
        pass.number("timeLimit", &mut self.time_limit_secs, 1..=86400, 13216);
        pass.text("callerId", &mut self.caller_id);
        pass.text("callReason", &mut self.call_reason);
        self.describe_recording(pass);
        pass.value("answerOnBridge", &mut self.answer_on_bridge, 13219);
        pass.value("ringTone", &mut self.ring_tone, 13220);
        pass.value("sequential", &mut self.sequential, 13218);
        pass.callback(["referUrl", "referMethod"], &mut self.refer, SCHEMA);
        pass.list("events", &mut self.events, SCHEMA);
        self.describe_targets(pass);
    }
}

//! Recordings: how they are started, interrupted and ended, and who is told.

use domain::{CallSid, ConferenceSid, RecordingSid};
use twiml::{RecordingChannels, RecordingEvent, RecordingTrack, StatusCallback, Trim};

use super::Exchange;
use crate::parameters::{add, pairs};
use crate::performance::{ServiceNews, Signal};
use crate::recording::{Recording, RecordingCallback};
use crate::run::Lane;
use crate::{
    Action, CallRecordingWish, Link, MediaAction, Notice, Noun, Parameters, Record, RecordingName,
    RecordingOrder, RecordingRecord, RecordingSource, RecordingState, RecordingStatus, Refusal, Scene,
    StartRecording, UpdateRecording,
};

/// A recording to be started.
#[derive(Debug, Clone)]
pub(crate) struct NewRecording {
    pub(crate) call: CallSid,
    pub(crate) scene: Scene,
    pub(crate) source: RecordingSource,
    pub(crate) is_dual: bool,
    pub(crate) track: RecordingTrack,
    pub(crate) trim: Trim,
    pub(crate) silence_timeout_secs: Option<u32>,
    pub(crate) callback: Option<RecordingCallback>,
}

impl NewRecording {
    /// Makes a recording of both sides of a call in one channel.
    pub(crate) fn of_call(call: CallSid, source: RecordingSource) -> NewRecording {
        NewRecording {
            call,
            scene: Scene::Leg(call),
            source,
            is_dual: false,
            track: RecordingTrack::Both,
            trim: Trim::DoNotTrim,
            silence_timeout_secs: None,
            callback: None,
        }
    }
}

/// Returns who is told of a recording, where URLs are resolved by `resolve`.
pub(crate) fn callback(
    written: &StatusCallback<RecordingEvent>,
    resolve: impl Fn(&str) -> String,
) -> Option<RecordingCallback> {
    let url = written.url.as_deref().filter(|url| !url.is_empty())?;
    let link = Link { url: resolve(url), method: written.method() };
    Some(RecordingCallback { link, events: written.events().to_vec() })
}

impl Exchange {
    /// Starts a recording.
    pub(crate) fn record(&mut self, new: NewRecording) -> RecordingSid {
        let sid: RecordingSid = self.sid();
        let conference = match new.scene {
            Scene::Conference(conference) => Some(conference),
            Scene::Inbound(_) | Scene::Leg(_) => None,
        };
        let facts = RecordingRecord {
            sid,
            call: new.call,
            conference,
            source: new.source,
            status: RecordingStatus::InProgress,
            channels: if new.is_dual { 2 } else { 1 },
            track: new.track,
            trim: new.trim,
            started_at: self.now(),
            duration_ms: None,
        };
        let recording = Recording { facts, callback: new.callback, paused_at: None, paused_ms: 0 };
        self.recordings.insert(sid, recording);
        self.act(Action::Media(MediaAction::StartRecording(Box::new(RecordingOrder {
            recording: sid,
            scene: new.scene,
            is_dual: new.is_dual,
            track: new.track,
            trim: new.trim,
            silence_timeout_secs: new.silence_timeout_secs,
        }))));
        self.recording_changed(sid, Some(RecordingEvent::InProgress));
        sid
    }

    /// Records an answered call as the one who asked for it wished.
    pub(super) fn record_call(&mut self, call: CallSid, wish: CallRecordingWish) {
        self.record(NewRecording {
            is_dual: wish.channels == Some(RecordingChannels::Dual),
            track: wish.track.unwrap_or(RecordingTrack::Both),
            trim: wish.trim.unwrap_or(Trim::TrimSilence),
            callback: callback(&wish.status_callback, str::to_owned),
            ..NewRecording::of_call(call, RecordingSource::OutboundApi)
        });
    }

    /// Ends a recording, unless that was done; its file follows.
    pub(crate) fn stop_recording(&mut self, recording: RecordingSid) {
        let Some(live) = self.recordings.get_mut(&recording) else { return };
        if live.facts.status != RecordingStatus::Stopped {
            live.facts.status = RecordingStatus::Stopped;
            self.act(Action::Media(MediaAction::StopRecording { recording }));
            self.recording_changed(recording, None);
        }
    }

    /// Returns what an action is told of a recording.
    pub(crate) fn recording_parameters(&self, recording: RecordingSid) -> Parameters {
        let duration = self.recordings.get(&recording).map_or(0, |live| live.duration_secs(self.now()));
        pairs([
            ("RecordingUrl", self.recording_url(recording)),
            ("RecordingSid", recording.to_string()),
            ("RecordingDuration", duration.to_string()),
        ])
    }

    pub(super) fn stop_recordings_of(&mut self, call: CallSid) {
        let of_call = |live: &&Recording| live.facts.call == call && live.facts.conference.is_none();
        let sids: Vec<_> = self.recordings.values().filter(of_call).map(|live| live.facts.sid).collect();
        for sid in sids {
            self.stop_recording(sid);
        }
    }

    pub(super) fn stop_recordings_of_conference(&mut self, conference: ConferenceSid) {
        let of_it = |live: &&Recording| live.facts.conference == Some(conference);
        let sids: Vec<_> = self.recordings.values().filter(of_it).map(|live| live.facts.sid).collect();
        for sid in sids {
            self.stop_recording(sid);
        }
    }

    pub(super) fn finish_recording(&mut self, recording: RecordingSid, duration_ms: u64, is_silent: bool) {
        let Some(live) = self.recordings.get_mut(&recording) else { return };
        live.facts.duration_ms = Some(duration_ms);
        let (status, event) = if is_silent {
            (RecordingStatus::Absent, RecordingEvent::Absent)
        } else {
            (RecordingStatus::Completed, RecordingEvent::Completed)
        };
        live.facts.status = status;
        self.recording_changed(recording, Some(event));
        self.recordings.remove(&recording);
    }

    pub(super) fn silence_reached(&mut self, recording: RecordingSid, was_heard: bool) {
        if let Some(live) = self.recordings.get(&recording) {
            self.tell(
                live.facts.call,
                Lane::Main,
                Signal::Service(ServiceNews::Silence { recording, was_heard }),
            );
        }
    }

    pub(super) fn start_recording(&mut self, command: StartRecording) -> Result<RecordingSid, Refusal> {
        let call = self.calls.get(&command.call);
        let call = call.ok_or_else(|| Refusal::not_found(Noun::Call, command.call))?;
        if !call.is_answered() {
            return Err(Refusal::wrong_state(
                "the call is not in progress: only a call that was answered is recorded",
            ));
        }
        let scene = if command.source == RecordingSource::StartConferenceRecordingApi {
            let conference = self.conference_of(command.call);
            Scene::Conference(conference.ok_or_else(|| Refusal::not_found(Noun::Conference, command.call))?)
        } else {
            Scene::Leg(command.call)
        };
        Ok(self.record(NewRecording {
            scene,
            is_dual: command.channels == Some(RecordingChannels::Dual),
            track: command.track.unwrap_or(RecordingTrack::Both),
            trim: command.trim.unwrap_or(Trim::DoNotTrim),
            callback: callback(&command.status_callback, str::to_owned),
            ..NewRecording::of_call(command.call, command.source)
        }))
    }

    pub(super) fn update_recording(&mut self, command: UpdateRecording) -> Result<RecordingSid, Refusal> {
        let sid = self.find_recording(command.recording)?;
        let now = self.now();
        let live = self.recordings.get_mut(&sid).expect("it was just found");
        let action = match (command.state, live.paused_at) {
            (RecordingState::Stopped, _) => {
                self.stop_recording(sid);
                return Ok(sid);
            }
            (RecordingState::Paused { .. }, Some(_)) | (RecordingState::InProgress, None) => return Ok(sid),
            (RecordingState::Paused { keeps_silence }, None) => {
                live.paused_at = Some(now);
                live.facts.status = RecordingStatus::Paused;
                MediaAction::PauseRecording { recording: sid, keeps_silence }
            }
            (RecordingState::InProgress, Some(since)) => {
                live.paused_at = None;
                live.paused_ms += now.since(since).as_millis() as u64;
                live.facts.status = RecordingStatus::InProgress;
                MediaAction::ResumeRecording { recording: sid }
            }
        };
        self.act(Action::Media(action));
        self.recording_changed(sid, None);
        Ok(sid)
    }

    fn find_recording(&self, name: RecordingName) -> Result<RecordingSid, Refusal> {
        let is_live = |live: &&Recording| live.facts.status != RecordingStatus::Stopped;
        let mut live = self.recordings.values().filter(is_live);
        let (found, name) = match name {
            RecordingName::Sid(sid) => (live.find(|live| live.facts.sid == sid), sid.to_string()),
            RecordingName::CurrentOf(call) => (live.rfind(|live| live.facts.call == call), call.to_string()),
        };
        found.map(|live| live.facts.sid).ok_or_else(|| Refusal::not_found(Noun::Recording, name))
    }

    fn recording_changed(&mut self, recording: RecordingSid, event: Option<RecordingEvent>) {
        let Some(live) = self.recordings.get(&recording) else { return };
        let facts = live.facts.clone();
        let callback = live.callback.clone();
        self.act(Action::Changed(Record::Recording(Box::new(facts.clone()))));
        let Some((callback, event)) = callback.zip(event) else { return };
        if callback.events.contains(&event) {
            let parameters = self.recording_notice(&facts, event);
            let notice = Notice { about: facts.call.to_string(), link: callback.link, parameters };
            self.act(Action::Notify(Box::new(notice)));
        }
    }

    fn recording_notice(&self, facts: &RecordingRecord, event: RecordingEvent) -> Parameters {
        let mut parameters = pairs([
            ("AccountSid", self.settings.account_sid.to_string()),
            ("CallSid", facts.call.to_string()),
            ("RecordingSid", facts.sid.to_string()),
            ("RecordingUrl", self.recording_url(facts.sid)),
            ("RecordingStatus", event.as_str().to_owned()),
            ("RecordingChannels", facts.channels.to_string()),
            ("RecordingSource", facts.source.to_string()),
            ("RecordingTrack", facts.track.as_str().to_owned()),
            ("RecordingStartTime", facts.started_at.to_rfc2822()),
        ]);
        add(&mut parameters, "ConferenceSid", facts.conference);
        add(&mut parameters, "RecordingDuration", facts.duration_ms.map(|millis| millis.div_ceil(1000)));
        parameters
    }

    fn recording_url(&self, recording: RecordingSid) -> String {
        let Self { settings, .. } = self;
        format!("{}/2010-04-01/Accounts/{}/Recordings/{recording}", settings.api_url, settings.account_sid)
    }
}

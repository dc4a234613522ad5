//! Conferences: who joins and leaves, when they start and end, and who is told.

mod announcements;
mod invited;
mod notices;
mod participants;

use std::collections::{BTreeMap, VecDeque};

use domain::{CallSid, ConferenceSid};
use twiml::{Beep, Conference as Written, ConferenceEvent, ConferenceRecord as Recorded};

use super::Exchange;
use super::recordings::{NewRecording, callback};
use crate::conference::{Conference, ConferenceCallback, Participant, Waiting};
use crate::performance::{PartnerNews, Signal};
use crate::run::{Lane, Purpose};
use crate::{
    Action, Application, ConferenceEnding, ConferenceRecord, ConferenceStatus, EndConference, Link,
    MediaAction, Noun, Onto, ParticipantStatus, Program, Record, RecordingSource, Refusal, Scene, Source,
};

/// Why a participant goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The leg ended, or its program was replaced.
    HungUp,
    /// The program was replaced by the API.
    Updated,
    /// The API removed the participant.
    Kicked,
    /// The conference ended around it.
    Ended(ConferenceEnding),
}

impl Exchange {
    /// Returns the conference in which a call takes part.
    pub(crate) fn conference_of(&self, call: CallSid) -> Option<ConferenceSid> {
        let mut all = self.conferences.values();
        all.find(|conference| conference.participants.contains_key(&call)).map(|found| found.facts.sid)
    }

    /// Lets a call take part, or says with which code and why not. `resolve` completes URLs as its document would.
    pub(crate) fn join(
        &mut self,
        call: CallSid,
        written: &Written,
        resolve: impl Fn(&str) -> String,
    ) -> Result<ConferenceSid, (u32, String)> {
        self.invited.remove(&call);
        let existing = self.conference_named(&written.name);
        self.check_seat(existing, written)?;
        let sid = existing.unwrap_or_else(|| self.open(call, written, &resolve));
        let participant = self.new_participant(sid, call, written, &resolve);
        let now = self.now();
        let conference = self.conferences.get_mut(&sid).expect("it was found or made");
        conference.facts.date_updated = now;
        conference.participants.insert(call, participant);
        self.changed_participants.insert((sid, call));
        self.tell_conference(sid, ConferenceEvent::Join, "participant-join", Some(call));
        self.seat_or_wait(sid, call);
        Ok(sid)
    }

    /// Takes a call out of its conference; the others go on or are sent away, as was written.
    pub(crate) fn exit(&mut self, call: CallSid, exit: Exit) {
        let Some(sid) = self.conference_of(call) else { return };
        self.end_aside(call);
        let conference = self.conferences.get_mut(&sid).expect("it was just found");
        let was_mixed = conference.is_going_on();
        let mut participant = conference.participants.remove(&call).expect("the call takes part in it");
        let (is_empty, beeps) = (conference.participants.is_empty(), participant.beep);
        participant.facts.status = ParticipantStatus::Complete;
        participant.facts.date_updated = self.now();
        self.changed_participants.remove(&(sid, call));
        self.act(Action::Changed(Record::Participant(Box::new(participant.facts.clone()))));
        if was_mixed {
            self.act(Action::Media(MediaAction::Leave { conference: sid, leg: call }));
        }
        self.tell_participant_left(sid, &participant, exit);
        if was_mixed && !is_empty && matches!(beeps, Beep::Always | Beep::OnExit) {
            self.play(Onto::Conference(sid), Source::Beep, 1);
        }
        self.after_exit(sid, &participant, exit);
    }

    pub(super) fn end_by_api(&mut self, command: EndConference) -> Result<ConferenceSid, Refusal> {
        let sid = command.conference;
        self.check_conference(sid)?;
        self.end_conference(sid, ConferenceEnding::ViaApi, None);
        Ok(sid)
    }

    pub(super) fn check_conference(&self, sid: ConferenceSid) -> Result<(), Refusal> {
        let found = self.conferences.get(&sid);
        found.map(|_| ()).ok_or_else(|| Refusal::not_found(Noun::Conference, sid))
    }

    fn after_exit(&mut self, sid: ConferenceSid, gone: &Participant, exit: Exit) {
        let Some(conference) = self.conferences.get(&sid) else { return };
        let (was_kicked, call) = (exit == Exit::Kicked, gone.facts.call);
        let ending = match (gone.facts.ends_on_exit, conference.participants.is_empty(), was_kicked) {
            (true, _, false) => ConferenceEnding::EndOnExitLeft,
            (true, _, true) => ConferenceEnding::EndOnExitKicked,
            (false, true, false) => ConferenceEnding::LastLeft,
            (false, true, true) => ConferenceEnding::LastKicked,
            (false, false, _) => return,
        };
        if !matches!(exit, Exit::Ended(_)) {
            self.end_conference(sid, ending, Some(call));
        }
    }

    /// Ends a conference: all who are left go on behind their `<Dial>`.
    fn end_conference(&mut self, sid: ConferenceSid, ending: ConferenceEnding, by: Option<CallSid>) {
        let Some(conference) = self.conferences.get(&sid) else { return };
        for call in conference.participants.keys().copied().collect::<Vec<_>>() {
            self.exit(call, Exit::Ended(ending));
            self.tell(call, Lane::Main, Signal::Partner(PartnerNews::ConferenceLeft));
        }
        self.stop_announcing(sid);
        self.playing.retain(|_, onto| *onto != Onto::Conference(sid));
        self.stop_recordings_of_conference(sid);
        let now = self.now();
        if let Some(conference) = self.conferences.get_mut(&sid) {
            let facts = &mut conference.facts;
            facts.status = ConferenceStatus::Completed;
            (facts.ending, facts.ended_by, facts.date_updated) = (Some(ending), by, now);
        }
        self.tell_conference(sid, ConferenceEvent::End, "conference-end", None);
        self.changed_conferences.remove(&sid);
        if let Some(conference) = self.conferences.remove(&sid) {
            self.act(Action::Changed(Record::Conference(Box::new(conference.facts))));
        }
    }

    pub(super) fn conference_named(&self, name: &str) -> Option<ConferenceSid> {
        let mut all = self.conferences.values();
        let is_it =
            |live: &&Conference| live.facts.friendly_name == name || live.facts.sid.to_string() == name;
        all.find(is_it).map(|conference| conference.facts.sid)
    }

    fn check_seat(&self, existing: Option<ConferenceSid>, written: &Written) -> Result<(), (u32, String)> {
        let conference = existing.and_then(|sid| self.conferences.get(&sid));
        let size_max = conference.map_or(written.participants_max(), |conference| conference.size_max);
        let size = conference.map_or(0, |conference| conference.participants.len());
        if size >= size_max as usize {
            return Err((13236, format!("the conference is full: {size} of {size_max} take part")));
        }
        if let Some(label) = &written.participant_label
            && conference.is_some_and(|conference| conference.find(label).is_some())
        {
            return Err((16025, format!("participantLabel '{label}' is taken in this conference")));
        }
        if let Some(coached) = &written.coach {
            let call = coached.parse::<CallSid>().ok();
            let is_there = |conference: &Conference| {
                call.is_some_and(|call| conference.participants.contains_key(&call))
            };
            if !conference.is_some_and(is_there) {
                return Err((13240, format!("coach '{coached}' is no call in this conference")));
            }
        }
        Ok(())
    }

    fn open(&mut self, call: CallSid, written: &Written, resolve: impl Fn(&str) -> String) -> ConferenceSid {
        let sid: ConferenceSid = self.sid();
        let now = self.now();
        let callback_of_all = written.status_callback.url.as_deref().filter(|url| !url.is_empty());
        let conference = Conference {
            facts: ConferenceRecord {
                sid,
                friendly_name: written.name.clone(),
                status: ConferenceStatus::Init,
                region: written.region.map(|region| region.as_str().to_owned()),
                ending: None,
                ended_by: None,
                date_created: now,
                date_updated: now,
            },
            participants: BTreeMap::new(),
            size_max: written.participants_max(),
            callback: callback_of_all.map(|url| ConferenceCallback {
                link: Link { url: resolve(url), method: written.status_callback.method() },
                events: written.status_callback.events.clone(),
            }),
            sequence: 0,
            recorded: written.record(),
            recording_callback: callback(&written.recording_status_callback, &resolve),
            recording_trim: written.trim(),
            announcements: VecDeque::new(),
            announcing: None,
        };
        self.conferences.insert(sid, conference);
        self.changed_conferences.insert(sid);
        self.changed_calls.insert(call);
        sid
    }

    /// Seats a participant where the conference goes on, else lets it wait, unless it is what was waited for.
    fn seat_or_wait(&mut self, sid: ConferenceSid, call: CallSid) {
        let Some(conference) = self.conferences.get(&sid) else { return };
        if conference.is_going_on() {
            self.seat(sid, call);
            self.beep_for(sid, call);
        } else if conference.may_start() {
            self.start_conference(sid, call);
        } else {
            self.wait_for_start(sid, call);
        }
    }

    fn start_conference(&mut self, sid: ConferenceSid, last: CallSid) {
        let Some(conference) = self.conferences.get_mut(&sid) else { return };
        conference.facts.status = ConferenceStatus::InProgress;
        let everybody: Vec<CallSid> = conference.participants.keys().copied().collect();
        let is_recorded = conference.recorded == Recorded::RecordFromStart;
        let (callback, trim) = (conference.recording_callback.clone(), conference.recording_trim);
        self.changed_conferences.insert(sid);
        self.tell_conference(sid, ConferenceEvent::Start, "conference-start", None);
        for call in everybody {
            self.end_aside(call);
            self.seat(sid, call);
        }
        self.beep_for(sid, last);
        if is_recorded {
            let scene = Scene::Conference(sid);
            let recording = NewRecording::of_call(last, RecordingSource::Conference);
            self.record(NewRecording { scene, callback, trim, ..recording });
        }
    }

    fn seat(&mut self, sid: ConferenceSid, call: CallSid) {
        let conference = self.conferences.get_mut(&sid);
        let Some(participant) = conference.and_then(|conference| conference.participants.get_mut(&call))
        else {
            return;
        };
        participant.facts.status = ParticipantStatus::Connected;
        let (seat, is_on_hold) = (participant.seat(), participant.facts.is_on_hold);
        self.changed_participants.insert((sid, call));
        self.act(Action::Media(MediaAction::Join { conference: sid, leg: call, seat }));
        if is_on_hold {
            self.play_on_hold(sid, call);
        }
    }

    fn beep_for(&mut self, sid: ConferenceSid, call: CallSid) {
        let participant =
            self.conferences.get(&sid).and_then(|conference| conference.participants.get(&call));
        if participant.is_some_and(|who| matches!(who.beep, Beep::Always | Beep::OnEnter)) {
            self.play(Onto::Conference(sid), Source::Beep, 1);
        }
    }

    /// Lets a participant hear what it should until the conference starts.
    fn wait_for_start(&mut self, sid: ConferenceSid, call: CallSid) {
        let participant =
            self.conferences.get(&sid).and_then(|conference| conference.participants.get(&call));
        match participant.and_then(|participant| participant.wait.clone()) {
            Some(waiting) => self.begin_aside(call, program_of(waiting), Purpose::ConferenceWait),
            None => self.end_aside(call),
        }
    }
}

/// Returns the program that is heard while waiting.
fn program_of(waiting: Waiting) -> Program {
    match waiting {
        Waiting::Music => {
            let url = crate::performance::HOLD_MUSIC.to_owned();
            Program::inline([twiml::Play { loop_count: Some(0), ..twiml::Play::new(url) }.into()])
        }
        Waiting::Document(Link { url, method }) => Program::Url(Application { url, method, fallback: None }),
    }
}

//! Participants: how they take part, and how that is changed.

use domain::{CallSid, ConferenceSid};
use twiml::{Beep, Callback, Conference as Written, ConferenceEvent, Method};

use super::{Exit, program_of};
use crate::conference::{Participant, Waiting};
use crate::exchange::Exchange;
use crate::performance::{PartnerNews, Signal};
use crate::run::{Lane, Purpose};
use crate::{
    Action, Application, ConferenceStatus, KickParticipant, Link, MediaAction, Noun, ParticipantRecord,
    ParticipantStatus, Program, Refusal, Subject, UpdateParticipant,
};

impl Exchange {
    pub(super) fn new_participant(
        &self,
        conference: ConferenceSid,
        call: CallSid,
        written: &Written,
        resolve: impl Fn(&str) -> String,
    ) -> Participant {
        let facts = ParticipantRecord {
            conference,
            call,
            label: written.participant_label.clone(),
            status: ParticipantStatus::Queued,
            is_muted: written.muted(),
            is_on_hold: false,
            coaches: written.coach.as_deref().and_then(|coached| coached.parse().ok()),
            starts_on_enter: written.start_on_enter(),
            ends_on_exit: written.end_on_exit(),
            date_created: self.now(),
            date_updated: self.now(),
        };
        let jitter_buffer = written.jitter_buffer_size();
        let wait = waiting(&written.wait, resolve);
        Participant { facts, beep: written.beep(), jitter_buffer, wait, hold: None }
    }

    pub(in crate::exchange) fn update_participant(
        &mut self,
        command: UpdateParticipant,
    ) -> Result<Subject, Refusal> {
        let (sid, call) = self.find_participant(command.conference, &command.participant)?;
        self.check_coaching(sid, call, &command)?;
        let now = self.now();
        let conference = self.conferences.get_mut(&sid).expect("it was just found");
        let is_going_on = conference.facts.status == ConferenceStatus::InProgress;
        let participant = conference.participants.get_mut(&call).expect("it was just found");
        let before = participant.facts.clone();
        apply(participant, &command);
        participant.facts.date_updated = now;
        let (after, seat) = (participant.facts.clone(), participant.seat());
        self.changed_participants.insert((sid, call));
        if is_going_on
            && (before.is_muted, before.is_on_hold, before.coaches)
                != (after.is_muted, after.is_on_hold, after.coaches)
        {
            self.act(Action::Media(MediaAction::Update { conference: sid, leg: call, seat }));
        }
        self.tell_of_update(sid, call, &before, &after);
        self.hear_update(sid, call, &before, command);
        Ok(Subject::Participant(sid, call))
    }

    pub(in crate::exchange) fn kick_participant(
        &mut self,
        command: KickParticipant,
    ) -> Result<Subject, Refusal> {
        if let Some(subject) = self.kick_invited(&command) {
            return Ok(subject);
        }
        let (sid, call) = self.find_participant(command.conference, &command.participant)?;
        self.exit(call, Exit::Kicked);
        self.tell(call, Lane::Main, Signal::Partner(PartnerNews::ConferenceLeft));
        Ok(Subject::Participant(sid, call))
    }

    /// Lets a participant hear what it should on hold.
    pub(super) fn play_on_hold(&mut self, sid: ConferenceSid, call: CallSid) {
        let participant =
            self.conferences.get(&sid).and_then(|conference| conference.participants.get(&call));
        let hold = participant.and_then(|participant| participant.hold.clone());
        let waiting = hold.map_or(Waiting::Music, Waiting::Document);
        self.begin_aside(call, program_of(waiting), Purpose::ConferenceWait);
    }

    /// After an announcement to one participant, it hears again what it heard before.
    pub(in crate::exchange) fn end_announcement(&mut self, call: CallSid) {
        self.end_aside(call);
        let Some(sid) = self.conference_of(call) else { return };
        let Some(conference) = self.conferences.get(&sid) else { return };
        let is_on_hold = conference.participants.get(&call).is_some_and(|who| who.facts.is_on_hold);
        if is_on_hold {
            self.play_on_hold(sid, call);
        } else if !conference.is_going_on() {
            self.wait_for_start(sid, call);
        }
    }

    fn find_participant(
        &self,
        conference: ConferenceSid,
        name: &str,
    ) -> Result<(ConferenceSid, CallSid), Refusal> {
        self.check_conference(conference)?;
        let call = self.conferences.get(&conference).and_then(|conference| conference.find(name));
        Ok((conference, call.ok_or_else(|| Refusal::not_found(Noun::Participant, name))?))
    }

    fn check_coaching(
        &self,
        sid: ConferenceSid,
        call: CallSid,
        command: &UpdateParticipant,
    ) -> Result<(), Refusal> {
        let conference = self.conferences.get(&sid);
        let takes_part = |coached: CallSid| {
            coached != call && conference.is_some_and(|live| live.participants.contains_key(&coached))
        };
        match (command.is_coaching, command.coaches) {
            (_, Some(coached)) if !takes_part(coached) => Err(Refusal::invalid(
                "CallSidToCoach",
                format!("'{coached}' is not another call in this conference"),
            )),
            (Some(true), None) => Err(Refusal::invalid(
                "CallSidToCoach",
                "is missing: the call SID of who is coached is expected",
            )),
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// Lets a participant hear what has changed: music on hold, an announcement, another waiting document.
    fn hear_update(
        &mut self,
        sid: ConferenceSid,
        call: CallSid,
        before: &ParticipantRecord,
        command: UpdateParticipant,
    ) {
        match (before.is_on_hold, command.is_on_hold) {
            (_, Some(true)) => self.play_on_hold(sid, call),
            (true, Some(false)) => self.end_aside(call),
            (false, Some(false)) | (_, None) => {}
        }
        if let Some(Link { url, method }) = command.announce {
            let program = Program::Url(Application { url, method, fallback: None });
            self.begin_aside(call, program, Purpose::Announcement);
        } else if command.wait.is_some()
            && self.conferences.get(&sid).is_some_and(|conference| !conference.is_going_on())
        {
            self.wait_for_start(sid, call);
        }
    }

    fn tell_of_update(
        &mut self,
        sid: ConferenceSid,
        call: CallSid,
        before: &ParticipantRecord,
        after: &ParticipantRecord,
    ) {
        if before.is_muted != after.is_muted {
            let event = if after.is_muted { "participant-mute" } else { "participant-unmute" };
            self.tell_conference(sid, ConferenceEvent::Mute, event, Some(call));
        }
        if before.is_on_hold != after.is_on_hold {
            let event = if after.is_on_hold { "participant-hold" } else { "participant-unhold" };
            self.tell_conference(sid, ConferenceEvent::Hold, event, Some(call));
        }
        if (before.coaches, before.ends_on_exit) != (after.coaches, after.ends_on_exit) {
            self.tell_conference(sid, ConferenceEvent::Modify, "participant-modify", Some(call));
        }
    }
}

fn apply(participant: &mut Participant, command: &UpdateParticipant) {
    let facts = &mut participant.facts;
    facts.is_muted = command.is_muted.unwrap_or(facts.is_muted);
    facts.is_on_hold = command.is_on_hold.unwrap_or(facts.is_on_hold);
    facts.ends_on_exit = command.ends_on_exit.unwrap_or(facts.ends_on_exit);
    facts.coaches = match (command.is_coaching, command.coaches) {
        (Some(false), _) => None,
        (_, Some(coached)) => Some(coached),
        (_, None) => facts.coaches,
    };
    if command.is_on_hold == Some(true) {
        participant.hold = command.hold.clone();
    }
    if let Some(link) = &command.wait {
        participant.wait = (!link.url.is_empty()).then(|| Waiting::Document(link.clone()));
    }
    if let Some(beeps) = command.beeps_on_exit {
        participant.beep = if beeps { Beep::OnExit } else { Beep::Never };
    }
}

/// Reads what is written of waiting: an empty URL is silence, none our own music.
fn waiting(written: &Callback, resolve: impl Fn(&str) -> String) -> Option<Waiting> {
    match written.url.as_deref() {
        Some("") => None,
        Some(url) if !crate::performance::is_published_music(url) => {
            let method = written.method.unwrap_or(Method::Post);
            Some(Waiting::Document(Link { url: resolve(url), method }))
        }
        Some(_) | None => Some(Waiting::Music),
    }
}

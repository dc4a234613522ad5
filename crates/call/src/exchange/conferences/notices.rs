//! What the first participant's callback is told of a conference, in order.

use domain::{CallSid, ConferenceSid};
use twiml::ConferenceEvent;

use super::Exit;
use crate::conference::Participant;
use crate::exchange::Exchange;
use crate::parameters::{add, pairs};
use crate::{Action, ConferenceEnding, Notice, Parameters, ParticipantRecord};

impl Exchange {
    /// Tells of an event, and of the participant whom it is about.
    pub(super) fn tell_conference(
        &mut self,
        sid: ConferenceSid,
        event: ConferenceEvent,
        name: &str,
        about: Option<CallSid>,
    ) {
        let Some(conference) = self.conferences.get(&sid) else { return };
        let mut more = Parameters::new();
        if let Some(participant) = about.and_then(|call| conference.participants.get(&call)) {
            more.extend(participant_parameters(&participant.facts));
        }
        if let Some(ending) = conference.facts.ending {
            add(&mut more, "ReasonConferenceEnded", Some(ending));
            add(&mut more, "CallSidEndingConference", conference.facts.ended_by);
        }
        self.send_conference_notice(sid, event, name, more);
    }

    /// Tells that a participant has left, and why.
    pub(super) fn tell_participant_left(&mut self, sid: ConferenceSid, gone: &Participant, exit: Exit) {
        let mut more = participant_parameters(&gone.facts);
        let reason = match exit {
            Exit::HungUp => "participant_hung_up",
            Exit::Updated | Exit::Kicked => "participant_updated_via_api",
            Exit::Ended(ConferenceEnding::ViaApi) => "conference_ended_via_api",
            Exit::Ended(
                ConferenceEnding::LastLeft
                | ConferenceEnding::LastKicked
                | ConferenceEnding::EndOnExitLeft
                | ConferenceEnding::EndOnExitKicked,
            ) => "moderator_ended_conference",
        };
        add(&mut more, "ReasonParticipantLeft", Some(reason));
        let status = self.calls.get(&gone.facts.call).map(|call| call.facts.status);
        add(&mut more, "ParticipantCallStatus", status);
        self.send_conference_notice(sid, ConferenceEvent::Leave, "participant-leave", more);
    }

    pub(in crate::exchange) fn speaker_changes(
        &mut self,
        sid: ConferenceSid,
        call: CallSid,
        is_speaking: bool,
    ) {
        let name = if is_speaking { "participant-speech-start" } else { "participant-speech-stop" };
        self.tell_conference(sid, ConferenceEvent::Speaker, name, Some(call));
    }

    pub(super) fn send_conference_notice(
        &mut self,
        sid: ConferenceSid,
        event: ConferenceEvent,
        name: &str,
        more: Parameters,
    ) {
        let now = self.now();
        let account_sid = self.settings.account_sid.to_string();
        let Some(conference) = self.conferences.get_mut(&sid) else { return };
        let Some(callback) = conference.callback.clone().filter(|callback| callback.events.contains(&event))
        else {
            return;
        };
        let sequence = conference.sequence;
        conference.sequence += 1;
        let mut parameters = pairs([
            ("ConferenceSid", sid.to_string()),
            ("FriendlyName", conference.facts.friendly_name.clone()),
            ("AccountSid", account_sid),
            ("SequenceNumber", sequence.to_string()),
            ("Timestamp", now.to_rfc2822()),
            ("StatusCallbackEvent", name.to_owned()),
        ]);
        parameters.extend(more);
        let notice = Notice { about: sid.to_string(), link: callback.link, parameters };
        self.act(Action::Notify(Box::new(notice)));
    }

    /// Returns what a waiting participant's document is told besides.
    pub(in crate::exchange) fn conference_parameters(&self, call: CallSid) -> Parameters {
        let conference = self.conference_of(call).and_then(|sid| self.conferences.get(&sid));
        conference.map_or_else(Parameters::new, |conference| {
            pairs([
                ("ConferenceSid", conference.facts.sid.to_string()),
                ("FriendlyName", conference.facts.friendly_name.clone()),
            ])
        })
    }
}

fn participant_parameters(facts: &ParticipantRecord) -> Parameters {
    let mut parameters = pairs([
        ("CallSid", facts.call.to_string()),
        ("Muted", facts.is_muted.to_string()),
        ("Hold", facts.is_on_hold.to_string()),
        ("Coaching", facts.coaches.is_some().to_string()),
        ("EndConferenceOnExit", facts.ends_on_exit.to_string()),
        ("StartConferenceOnEnter", facts.starts_on_enter.to_string()),
    ]);
    add(&mut parameters, "CallSidToCoach", facts.coaches);
    add(&mut parameters, "ParticipantLabel", facts.label.as_ref());
    parameters
}

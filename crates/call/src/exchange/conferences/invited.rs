//! Participants who are still being called: they have a row from the beginning, and their conference exists already.

use domain::{CallSid, ConferenceSid};
use twiml::Conference as Written;

use crate::exchange::Exchange;
use crate::{
    Action, ConferenceEnding, CreateCall, CreateParticipant, KickParticipant, ParticipantRecord,
    ParticipantStatus, Record, Refusal, Subject,
};

impl Exchange {
    /// Calls somebody into a conference, which is made if there is none of its name.
    pub(in crate::exchange) fn create_participant(
        &mut self,
        command: CreateParticipant,
    ) -> Result<Subject, Refusal> {
        let written = command.conference;
        let existing = self.conference_named(&written.name);
        self.check_seat(existing, &written).map_err(|(_, reason)| Refusal::wrong_state(reason))?;
        let program = crate::exchange::instructions::in_conference(written.clone());
        let call = self.create_call(CreateCall { program, ..command.call })?;
        let conference = existing.unwrap_or_else(|| self.open(call, &written, str::to_owned));
        self.invite(conference, call, &written);
        Ok(Subject::Participant(conference, call))
    }

    /// Takes note that somebody who is called into a conference is alerted.
    pub(in crate::exchange) fn invited_rings(&mut self, call: CallSid) {
        self.change_invited(call, ParticipantStatus::Ringing);
    }

    /// Takes note that somebody who was called into a conference does not come; nobody else may be in it.
    pub(in crate::exchange) fn invited_fails(&mut self, call: CallSid) {
        self.change_invited(call, ParticipantStatus::Failed);
        let Some(gone) = self.invited.remove(&call) else { return };
        let sid = gone.conference;
        let is_empty = self.conferences.get(&sid).is_some_and(|it| it.participants.is_empty());
        if is_empty && !self.invited.values().any(|other| other.conference == sid) {
            self.end_conference(sid, ConferenceEnding::LastLeft, None);
        }
    }

    /// Gives up calling somebody into a conference; `None` where nobody of this name is called.
    pub(super) fn kick_invited(&mut self, command: &KickParticipant) -> Option<Subject> {
        let is_meant = |it: &&ParticipantRecord| {
            it.conference == command.conference
                && (it.call.to_string() == command.participant
                    || it.label.as_ref() == Some(&command.participant))
        };
        let call = self.invited.values().find(is_meant)?.call;
        self.hang_up(call);
        Some(Subject::Participant(command.conference, call))
    }

    fn invite(&mut self, conference: ConferenceSid, call: CallSid, written: &Written) {
        let facts = self.new_participant(conference, call, written, str::to_owned).facts;
        self.act(Action::Changed(Record::Participant(Box::new(facts.clone()))));
        self.invited.insert(call, facts);
    }

    fn change_invited(&mut self, call: CallSid, status: ParticipantStatus) {
        let now = self.now();
        let Some(facts) = self.invited.get_mut(&call) else { return };
        (facts.status, facts.date_updated) = (status, now);
        let record = Record::Participant(Box::new(facts.clone()));
        self.act(Action::Changed(record));
    }
}

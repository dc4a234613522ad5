//! Commands about participants.

use domain::{ConversationSid, ParticipantSid, RoleSid, Tick, Timestamp};
use serde::{Deserialize, Serialize};

use crate::checks::{self, ATTRIBUTES_MAX};
use crate::{Conversation, Fact, Noun, Origin, Participant, RecordKey, Refusal, Seat, Subject, TaskClosing};

/// The most participants of a conversation.
const PARTICIPANTS_MAX: usize = 1000;
/// The most participants behind addresses.
const BINDINGS_MAX: usize = 50;

/// Adds a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddParticipant {
    /// How they are reached.
    pub seat: Seat,
    /// Another open conversation that the pair of addresses is bound to, as the index of pairs says.
    pub pair_holder: Option<ConversationSid>,
    /// What they may do.
    pub role_sid: Option<RoleSid>,
    /// The user's own facts: a JSON object of at most 4 KB.
    pub attributes: Option<String>,
    /// When they came; default now.
    pub date_created: Option<Timestamp>,
}

/// Changes a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpdateParticipant {
    /// The participant.
    pub sid: ParticipantSid,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Another role.
    pub role_sid: Option<RoleSid>,
    /// The index of the last message that they read.
    pub last_read_message_index: Option<u64>,
    /// When they read it; default now.
    pub last_read_timestamp: Option<Timestamp>,
}

impl AddParticipant {
    /// Makes the command for a seat, with nothing else given.
    pub fn at(seat: Seat) -> Self {
        Self { seat, pair_holder: None, role_sid: None, attributes: None, date_created: None }
    }
}

impl Conversation {
    /// Returns the participant who has a seat.
    pub fn participant_at(&self, seat: &Seat) -> Option<&Participant> {
        self.participants.values().find(|participant| participant.seat == *seat)
    }

    pub(crate) fn add_participant(
        &mut self,
        command: AddParticipant,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        self.admit(command, origin, tick).map(Subject::Participant)
    }

    /// Gives somebody a seat in the conversation.
    pub(crate) fn admit(
        &mut self,
        command: AddParticipant,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<ParticipantSid, Refusal> {
        self.check_open()?;
        self.check_seat(&command)?;
        let participant = Participant {
            sid: tick.sid(),
            conversation_sid: self.row.details.sid,
            seat: command.seat,
            role_sid: command.role_sid,
            attributes: checks::attributes(command.attributes.as_deref(), ATTRIBUTES_MAX)?,
            last_read_message_index: None,
            last_read_timestamp: None,
            date_created: command.date_created.unwrap_or(tick.now),
            date_updated: tick.now,
        };
        let sid = participant.sid;
        self.participants.insert(sid, participant.clone());
        self.changed_row(RecordKey::Participant(sid));
        self.announce(Fact::ParticipantAdded(Box::new(participant)), origin, tick.now);
        Ok(sid)
    }

    pub(crate) fn update_participant(
        &mut self,
        command: UpdateParticipant,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let sid = command.sid;
        let missing = || Refusal::not_found(Noun::Participant, sid);
        let mut participant = self.participants.get(&sid).cloned().ok_or_else(missing)?;
        if let Some(text) = command.attributes {
            participant.attributes = checks::attributes(Some(&text), ATTRIBUTES_MAX)?;
        }
        participant.role_sid = command.role_sid.or(participant.role_sid);
        if let Some(index) = command.last_read_message_index {
            participant.last_read_message_index = Some(index);
            participant.last_read_timestamp = Some(command.last_read_timestamp.unwrap_or(tick.now));
        }
        participant.date_updated = tick.now;
        self.participants.insert(sid, participant.clone());
        self.changed_row(RecordKey::Participant(sid));
        self.announce(Fact::ParticipantUpdated(Box::new(participant)), origin, tick.now);
        Ok(Subject::Participant(sid))
    }

    pub(crate) fn remove_participant(
        &mut self,
        sid: ParticipantSid,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        if !self.participants.contains_key(&sid) {
            return Err(Refusal::not_found(Noun::Participant, sid));
        }
        self.take_out(sid, origin, tick);
        self.leave_as(sid, TaskClosing::Wrap, tick);
        Ok(Subject::Deleted)
    }

    /// Takes a participant out of the conversation, who may be gone already.
    pub(crate) fn take_out(&mut self, sid: ParticipantSid, origin: &Origin, tick: &Tick) {
        if let Some(participant) = self.participants.remove(&sid) {
            self.changed_row(RecordKey::Participant(sid));
            self.announce(Fact::ParticipantRemoved(Box::new(participant)), origin, tick.now);
        }
    }

    fn check_seat(&self, command: &AddParticipant) -> Result<(), Refusal> {
        let bindings = self.participants.values().filter(|participant| participant.pair().is_some()).count();
        let too_many =
            |limit, of_kind: &str| Err(Refusal::TooManyParticipants { limit, of_kind: of_kind.to_owned() });
        if self.participants.len() >= PARTICIPANTS_MAX {
            return too_many(PARTICIPANTS_MAX, "of all kinds");
        }
        let holder = self.participant_at(&command.seat).map(|participant| participant.sid);
        match &command.seat {
            Seat::Identity(identity) => {
                checks::name("Identity", identity.clone())?;
                let taken = |holder| Refusal::IdentityTaken { identity: identity.clone(), holder };
                holder.map_or(Ok(()), |holder| Err(taken(holder)))
            }
            Seat::Binding(_) if bindings >= BINDINGS_MAX => too_many(BINDINGS_MAX, "behind addresses"),
            Seat::Binding(pair) => {
                let own = holder.map(|_| self.row.details.sid);
                let taken = |holder| Refusal::PairTaken { pair: pair.clone(), holder };
                command.pair_holder.or(own).map_or(Ok(()), |holder| Err(taken(holder)))
            }
        }
    }
}

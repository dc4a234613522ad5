//! People come into an interaction: agents by an accepted reservation, others by request.

use domain::{InteractionSid, ParticipantSid, Tick};

use crate::{
    Action, AddParticipant, AgentWork, Conversation, Fact, InteractionParticipant,
    InteractionParticipantKind, InvitePurpose, InviteStatus, Origin, Seat, TaskClosing, TransferStatus,
};

impl Conversation {
    /// Lets an agent in whose reservation is accepted; one who comes too late has nothing to do.
    pub(crate) fn welcome_agent(&mut self, work: AgentWork, identity: String, tick: &mut Tick) {
        self.open_invite_of(work, tick);
        let found =
            self.find_invite(work.invite_sid).map(|(interaction, invite)| (interaction, invite.clone()));
        let Some((interaction, invite)) = found.filter(|(_, invite)| !invite.status.is_ended()) else {
            return self.act(Action::EndTask { task_sid: work.task_sid, how: TaskClosing::Complete });
        };
        if self.is_at_work(interaction, work) {
            return;
        }
        self.set_invite(interaction, invite.sid, InviteStatus::Accepted, Some(work.task_sid), tick);
        self.change_interaction(interaction, tick.now).channel.reinvites = 0;
        let participant = InteractionParticipant {
            sid: tick.sid(),
            kind: InteractionParticipantKind::Agent,
            participant_sid: self.seat_agent(&identity, tick),
            identity,
            work: Some(work),
            has_left: false,
            date_created: tick.now,
        };
        self.join(interaction, participant, tick);
        if let InvitePurpose::Transfer(transfer) = invite.purpose {
            self.end_hand_over(interaction, transfer, TransferStatus::Completed, tick);
        }
    }

    /// Counts somebody in.
    pub(crate) fn join(
        &mut self,
        interaction: InteractionSid,
        participant: InteractionParticipant,
        tick: &Tick,
    ) {
        self.change_interaction(interaction, tick.now).participants.push(participant.clone());
        let fact = Fact::InteractionParticipantJoined(interaction, Box::new(participant));
        self.announce(fact, &Origin::engine(), tick.now);
    }

    /// An acceptance may arrive before the news that its task exists.
    fn open_invite_of(&mut self, work: AgentWork, tick: &mut Tick) {
        let invite = self.find_invite(work.invite_sid).map(|(_, invite)| invite.status);
        if invite == Some(InviteStatus::Requested) {
            self.open_invite(work.invite_sid, work.task_sid, tick);
        }
    }

    fn is_at_work(&self, interaction: InteractionSid, work: AgentWork) -> bool {
        let mut works = self.interactions[&interaction].agents().filter_map(|agent| agent.work);
        works.any(|at_work| at_work.reservation_sid == work.reservation_sid)
    }

    /// An agent who was added by hand has a seat; a conversation that is full keeps the agent out of its messages.
    fn seat_agent(&mut self, identity: &str, tick: &mut Tick) -> Option<ParticipantSid> {
        let seat = Seat::Identity(identity.to_owned());
        let seated = self.participant_at(&seat).map(|participant| participant.sid);
        seated.or_else(|| self.admit(AddParticipant::at(seat), &Origin::engine(), tick).ok())
    }
}

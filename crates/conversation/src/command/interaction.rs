//! Commands about interactions and invites.

use domain::{InteractionChannelSid, InteractionSid, InviteSid, ReservationSid, Tick};
use serde::{Deserialize, Serialize};

use crate::{
    Action, AddParticipant, ChannelKind, ChannelStatus, Conversation, Fact, Initiator, Interaction,
    InteractionChannel, InteractionParticipant, InteractionParticipantKind, InvitePurpose, InviteStatus,
    Noun, Origin, Refusal, Routing, Seat, Subject, TaskClosing,
};

/// Gives the conversation to agents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateInteraction {
    /// The kind of its channel.
    pub kind: ChannelKind,
    /// Who begins it.
    pub initiated_by: Initiator,
    /// How an agent is sought; one who begins it must be named with a queue.
    pub routing: Routing,
    /// Who is to be in the conversation, where they are not yet.
    pub participants: Vec<AddParticipant>,
    /// The context that its creator gives it.
    pub context_sid: Option<String>,
    /// The webhook that its creator gives it.
    pub webhook_ttid: Option<String>,
    /// By which a repeated request is known: it begins no second interaction.
    pub token: Option<String>,
}

/// Seeks one more agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateInvite {
    /// The channel.
    pub channel_sid: InteractionChannelSid,
    /// How the agent is sought.
    pub routing: Routing,
}

/// Answers an invite for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerInvite {
    /// The invite.
    pub invite_sid: InviteSid,
    /// The reservation by which the agent was asked.
    pub reservation_sid: ReservationSid,
    /// Whether the agent comes.
    pub is_accepted: bool,
}

/// Adds somebody who is no agent to an interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddInteractionParticipant {
    /// The channel.
    pub channel_sid: InteractionChannelSid,
    /// What they are.
    pub kind: InteractionParticipantKind,
    /// The identity by which they write.
    pub identity: String,
}

impl Conversation {
    pub(crate) fn create_interaction(
        &mut self,
        command: CreateInteraction,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let repeated =
            |interaction: &&Interaction| interaction.token.is_some() && interaction.token == command.token;
        if let Some(interaction) = self.interactions.values().find(repeated) {
            return Ok(Subject::Interaction(interaction.sid));
        }
        self.check_open()?;
        self.check_interaction(&command)?;
        self.add_missing(&command.participants, tick)?;
        // An interaction that rests is over as soon as the conversation is given to agents anew.
        self.close_open_channel(TaskClosing::Complete, tick);
        self.rest_flows();
        let (opening, sid) = (command.routing.clone(), tick.sid());
        let interaction = self.interaction_of(command, sid, tick);
        let channel_sid = interaction.channel.sid;
        self.interactions.insert(sid, interaction);
        self.change_interaction(sid, tick.now);
        self.announce(Fact::InteractionCreated(sid), &Origin::engine(), tick.now);
        self.announce(Fact::ChannelCreated(sid, channel_sid), &Origin::engine(), tick.now);
        self.count_customer_in(sid, tick);
        self.invite(sid, opening, InvitePurpose::Opening, tick);
        Ok(Subject::Interaction(sid))
    }

    pub(crate) fn create_invite(
        &mut self,
        command: CreateInvite,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let interaction = self.by_channel(command.channel_sid)?;
        let (sid, status) = (interaction.sid, interaction.channel.status);
        if status.is_ended() || status == ChannelStatus::Setup {
            let reason = format!("the channel is {status}: one that is set up and not over is expected");
            return Err(Refusal::WrongState { reason });
        }
        self.reopen(sid, tick);
        Ok(Subject::Invite(self.invite(sid, command.routing, InvitePurpose::Joining, tick)))
    }

    pub(crate) fn answer_invite(&mut self, command: AnswerInvite) -> Result<Subject, Refusal> {
        let AnswerInvite { invite_sid, reservation_sid, is_accepted } = command;
        let missing = || Refusal::not_found(Noun::Invite, invite_sid);
        let (_, invite) = self.find_invite(invite_sid).ok_or_else(missing)?;
        match invite.status {
            InviteStatus::Requested => {
                return Err(Refusal::wrong_state("the invite's task is being created: nobody was asked yet"));
            }
            InviteStatus::Ended => return Err(Refusal::InviteOver(invite_sid)),
            // A repeated acceptance finds its agent there.
            InviteStatus::Accepted => {}
            InviteStatus::Open => {
                self.act(Action::AnswerReservation { invite_sid, reservation_sid, is_accepted })
            }
        }
        Ok(Subject::Invite(invite_sid))
    }

    pub(crate) fn add_interaction_participant(
        &mut self,
        command: AddInteractionParticipant,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let interaction = self.by_channel(command.channel_sid)?;
        let (sid, status) = (interaction.sid, interaction.channel.status);
        if command.kind == InteractionParticipantKind::Agent {
            let reason = "an agent comes by an invite, so that a task stands behind them: create one";
            return Err(Refusal::invalid("Type", reason));
        }
        if status.is_ended() {
            return Err(Refusal::wrong_state(format!("the channel is {status}: nobody can come any more")));
        }
        let seat = Seat::Identity(command.identity.clone());
        let participant_sid = match self.participant_at(&seat) {
            Some(participant) => participant.sid,
            None => self.admit(AddParticipant::at(seat), &Origin::engine(), tick)?,
        };
        let participant = InteractionParticipant {
            sid: tick.sid(),
            kind: command.kind,
            participant_sid: Some(participant_sid),
            identity: command.identity,
            work: None,
            has_left: false,
            date_created: tick.now,
        };
        let participant_sid = participant.sid;
        self.join(sid, participant, tick);
        Ok(Subject::InteractionParticipant(participant_sid))
    }

    fn check_interaction(&self, command: &CreateInteraction) -> Result<(), Refusal> {
        let open = self.open_interaction().filter(|open| open.channel.status != ChannelStatus::Inactive);
        if let Some(open) = open {
            let reason = format!("the conversation is given to agents by interaction {} already", open.sid);
            return Err(Refusal::WrongState { reason });
        }
        let routing = &command.routing;
        match command.initiated_by {
            Initiator::Customer if self.participants.is_empty() && command.participants.is_empty() => {
                let reason = "an interaction that a customer begins needs the customer in the conversation: add \
                              the participant first";
                Err(Refusal::wrong_state(reason))
            }
            Initiator::Agent if routing.worker_sid.is_none() || routing.queue_sid.is_none() => {
                let reason = "an interaction that an agent begins needs queue_sid and worker_sid";
                Err(Refusal::invalid("Routing", reason))
            }
            Initiator::Customer | Initiator::Agent | Initiator::Api => Ok(()),
        }
    }

    fn add_missing(&mut self, participants: &[AddParticipant], tick: &mut Tick) -> Result<(), Refusal> {
        let mut trial = self.clone();
        for participant in participants {
            if trial.participant_at(&participant.seat).is_none() {
                trial.admit(participant.clone(), &Origin::engine(), tick)?;
            }
        }
        *self = trial;
        Ok(())
    }

    fn interaction_of(
        &self,
        command: CreateInteraction,
        sid: InteractionSid,
        tick: &mut Tick,
    ) -> Interaction {
        let now = tick.now;
        let channel = InteractionChannel {
            sid: tick.sid(),
            kind: command.kind,
            status: ChannelStatus::Setup,
            initiated_by: command.initiated_by,
            routing: command.routing,
            error_message: None,
            reinvites: 0,
            paused_by: None,
            has_custom_routing: false,
            date_status: now,
        };
        Interaction {
            sid,
            ordinal: u32::try_from(self.interactions.len()).unwrap_or(u32::MAX),
            conversation_sid: self.row.details.sid,
            context_sid: command.context_sid,
            webhook_ttid: command.webhook_ttid,
            token: command.token,
            channel,
            invites: vec![],
            participants: vec![],
            transfers: vec![],
            date_created: now,
            date_updated: now,
        }
    }

    /// The customer is who is behind an address, or else who came first.
    fn count_customer_in(&mut self, interaction: InteractionSid, tick: &mut Tick) {
        let bound = self.participants.values().find(|participant| participant.pair().is_some());
        let first = || self.participants.values().min_by_key(|participant| participant.date_created);
        let Some(customer) = bound.or_else(first) else { return };
        let participant = InteractionParticipant {
            sid: tick.sid(),
            kind: InteractionParticipantKind::Customer,
            participant_sid: Some(customer.sid),
            identity: customer.author().to_owned(),
            work: None,
            has_left: false,
            date_created: tick.now,
        };
        self.join(interaction, participant, tick);
    }
}

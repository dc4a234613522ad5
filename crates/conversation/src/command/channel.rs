//! Commands that move an interaction's channel, and people out of it.

use domain::{InteractionChannelSid, InteractionParticipantSid, Tick};
use serde::{Deserialize, Serialize};

use crate::interaction::ChannelEvent;
use crate::{
    ChannelStatus, Conversation, InteractionParticipant, InteractionParticipantKind, InvitePurpose, Noun,
    Origin, PausedBy, Refusal, Routing, StateReason, Subject, TaskClosing,
};

/// Closes a channel, or lets it rest, or brings it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateChannel {
    /// The channel.
    pub channel_sid: InteractionChannelSid,
    /// What becomes of it.
    pub change: ChannelChange,
}

/// What becomes of a channel by request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelChange {
    /// It is over, and the conversation with it; the agents' tasks end so.
    Close(TaskClosing),
    /// The agents leave, their tasks are completed, and the conversation stays open.
    Rest {
        /// Whether the author's own logic follows the next message, and not a new task.
        has_custom_routing: bool,
    },
    /// Its only agent sets it aside: the task is completed, and the agent may come back to it.
    Pause(InteractionParticipantSid),
    /// An agent is sought again: who paused it, or anyone.
    Resume,
}

/// Takes somebody out of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveInteraction {
    /// Who leaves.
    pub participant_sid: InteractionParticipantSid,
    /// How the task of an agent ends.
    pub how: TaskClosing,
}

impl ChannelChange {
    /// Reads the published pair of a channel's status and its routing's status.
    pub fn read(status: ChannelStatus, routing: Option<TaskClosing>) -> Result<ChannelChange, Refusal> {
        match (status, routing) {
            (ChannelStatus::Closed, Some(TaskClosing::Complete)) => {
                Ok(ChannelChange::Close(TaskClosing::Complete))
            }
            (ChannelStatus::Closed, Some(TaskClosing::Wrap | TaskClosing::Cancel) | None) => {
                Ok(ChannelChange::Close(TaskClosing::Wrap))
            }
            (ChannelStatus::Inactive, Some(TaskClosing::Complete)) => {
                Ok(ChannelChange::Rest { has_custom_routing: false })
            }
            (ChannelStatus::Inactive, Some(TaskClosing::Wrap | TaskClosing::Cancel) | None) => Err(
                Refusal::invalid("Routing", "a channel that becomes inactive needs {\"status\":\"closed\"}"),
            ),
            (
                ChannelStatus::Setup
                | ChannelStatus::Active
                | ChannelStatus::Transfer
                | ChannelStatus::Pause
                | ChannelStatus::Failed,
                _,
            ) => Err(Refusal::invalid(
                "Status",
                format!("'{status}' can not be set: closed or inactive is expected"),
            )),
        }
    }
}

impl Conversation {
    pub(crate) fn update_channel(
        &mut self,
        command: UpdateChannel,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let interaction = self.by_channel(command.channel_sid)?;
        let (sid, status) = (interaction.sid, interaction.channel.status);
        if status.is_ended() {
            return Err(Refusal::wrong_state(format!("the channel is {status} and stays so")));
        }
        match command.change {
            ChannelChange::Close(how) => {
                self.close_channel(sid, how, tick);
                self.become_state(crate::ConversationState::Closed, StateReason::Api, &Origin::api(), tick);
            }
            ChannelChange::Rest { has_custom_routing } => self.rest_channel(sid, has_custom_routing, tick),
            ChannelChange::Pause(participant) => self.pause_channel(sid, participant, tick)?,
            ChannelChange::Resume => self.resume_channel(sid, tick)?,
        }
        Ok(Subject::Interaction(sid))
    }

    pub(crate) fn leave_interaction(
        &mut self,
        command: LeaveInteraction,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let (sid, participant) = self.present(command.participant_sid)?;
        let participant_sid = participant.sid;
        self.leave(sid, participant_sid, command.how, tick);
        Ok(Subject::InteractionParticipant(participant_sid))
    }

    /// Returns somebody who is in an interaction, with the interaction.
    pub(crate) fn present(
        &self,
        sid: InteractionParticipantSid,
    ) -> Result<(domain::InteractionSid, &InteractionParticipant), Refusal> {
        let all = self.interactions.values().flat_map(|interaction| {
            interaction.participants.iter().map(|participant| (interaction.sid, participant))
        });
        let mut of_sid = all.filter(|(_, participant)| participant.sid == sid);
        let found = of_sid.next().ok_or_else(|| Refusal::not_found(Noun::InteractionParticipant, sid))?;
        if found.1.has_left {
            return Err(Refusal::wrong_state(format!("participant {sid} has left already")));
        }
        Ok(found)
    }

    fn pause_channel(
        &mut self,
        sid: domain::InteractionSid,
        participant: InteractionParticipantSid,
        tick: &mut Tick,
    ) -> Result<(), Refusal> {
        let (_, agent) = self.present(participant)?;
        let identity = agent.identity.clone();
        let work = agent.work.filter(|_| agent.kind == InteractionParticipantKind::Agent);
        let worker_sid =
            work.ok_or_else(|| Refusal::wrong_state("only an agent can pause a conversation"))?.worker_sid;
        let interaction = &self.interactions[&sid];
        let is_alone = interaction.agents().count() == 1
            && !interaction.invites.iter().any(|invite| invite.status.is_waiting());
        if interaction.channel.status != ChannelStatus::Active || !is_alone {
            let reason = "a conversation is paused by its only agent, while nobody else is sought";
            return Err(Refusal::wrong_state(reason));
        }
        self.change_interaction(sid, tick.now).channel.paused_by = Some(PausedBy { worker_sid, identity });
        self.move_channel(sid, ChannelEvent::Paused, tick);
        self.leave(sid, participant, TaskClosing::Complete, tick);
        Ok(())
    }

    fn resume_channel(&mut self, sid: domain::InteractionSid, tick: &mut Tick) -> Result<(), Refusal> {
        let channel = &self.interactions[&sid].channel;
        let routing = channel.routing.to_anyone();
        let (routing, purpose) = match (channel.status, &channel.paused_by) {
            (ChannelStatus::Pause, Some(PausedBy { worker_sid, .. })) => {
                let routing = Routing { worker_sid: Some(*worker_sid), ..routing };
                (routing, InvitePurpose::Resume(*worker_sid))
            }
            (ChannelStatus::Pause, None) | (ChannelStatus::Inactive, _) => (routing, InvitePurpose::Return),
            (
                status @ (ChannelStatus::Setup
                | ChannelStatus::Active
                | ChannelStatus::Transfer
                | ChannelStatus::Closed
                | ChannelStatus::Failed),
                _,
            ) => {
                let reason =
                    format!("the channel is {status}: only one that is paused or inactive is brought back");
                return Err(Refusal::WrongState { reason });
            }
        };
        self.bring_back(sid, routing, purpose, tick);
        Ok(())
    }
}

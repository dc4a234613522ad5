//! Every request that can be refused: it mirrors the public API, a struct for each, a file for each noun.
//!
//! An `Option` that is `None` was not given; an empty text clears what may be unset.

mod channel;
mod conversation;
mod interaction;
mod message;
mod participant;
mod transfer;
mod webhook;

use domain::{
    ConversationMessageSid, InteractionParticipantSid, InteractionSid, InteractionTransferSid, InviteSid,
    ParticipantSid, WebhookSid,
};
use serde::{Deserialize, Serialize};

use crate::{Action, HookEvent, Pair, QuestionId, Seat};

pub use channel::{ChannelChange, LeaveInteraction, UpdateChannel};
pub use conversation::{CreateConversation, UpdateConversation};
pub use interaction::{AddInteractionParticipant, AnswerInvite, CreateInteraction, CreateInvite};
pub use message::{AddMessage, UpdateMessage};
pub use participant::{AddParticipant, UpdateParticipant};
pub use transfer::StartTransfer;
pub use webhook::{AddWebhook, UpdateWebhook};

/// A request that can be refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Begins the conversation; [`Conversation::create`](crate::Conversation::create) does so.
    BeginConversation(Box<CreateConversation>),
    /// Changes the conversation's own resource.
    UpdateConversation(UpdateConversation),
    /// Deletes the conversation and all in it.
    DeleteConversation,
    /// Adds a participant.
    AddParticipant(AddParticipant),
    /// Changes a participant.
    UpdateParticipant(UpdateParticipant),
    /// Removes a participant.
    RemoveParticipant(ParticipantSid),
    /// Adds a message.
    AddMessage(Box<AddMessage>),
    /// Changes a message.
    UpdateMessage(UpdateMessage),
    /// Removes a message.
    RemoveMessage(ConversationMessageSid),
    /// Attaches a webhook.
    AddWebhook(AddWebhook),
    /// Changes a webhook.
    UpdateWebhook(UpdateWebhook),
    /// Removes a webhook.
    RemoveWebhook(WebhookSid),
    /// Gives the conversation to agents.
    CreateInteraction(Box<CreateInteraction>),
    /// Closes a channel, or lets it rest, or brings it back.
    UpdateChannel(UpdateChannel),
    /// Seeks one more agent.
    CreateInvite(Box<CreateInvite>),
    /// Answers an invite for an agent.
    AnswerInvite(AnswerInvite),
    /// Adds somebody who is no agent to an interaction.
    AddInteractionParticipant(AddInteractionParticipant),
    /// Takes somebody out of an interaction.
    LeaveInteraction(LeaveInteraction),
    /// Hands an interaction on.
    StartTransfer(StartTransfer),
    /// Calls a transfer off.
    CancelTransfer(InteractionTransferSid),
}

/// What a command did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What the world must do.
    pub actions: Vec<Action>,
    /// What was created, changed or deleted.
    pub subject: Subject,
}

/// What a command created or changed, to answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The conversation itself.
    Conversation,
    /// A participant.
    Participant(ParticipantSid),
    /// A message.
    Message(ConversationMessageSid),
    /// A webhook.
    Webhook(WebhookSid),
    /// An interaction, or its channel.
    Interaction(InteractionSid),
    /// An invite.
    Invite(InviteSid),
    /// Somebody in an interaction.
    InteractionParticipant(InteractionParticipantSid),
    /// A transfer.
    InteractionTransfer(InteractionTransferSid),
    /// Something that is gone.
    Deleted,
    /// Nothing yet: an application is asked first.
    Pending(QuestionId),
}

impl Command {
    /// Returns the event that applications may want to be asked about before it happens.
    pub(crate) fn asked_before(&self) -> Option<HookEvent> {
        match self {
            Command::BeginConversation(_) => Some(HookEvent::OnConversationAdd),
            Command::UpdateConversation(_) => Some(HookEvent::OnConversationUpdate),
            Command::DeleteConversation => Some(HookEvent::OnConversationRemove),
            Command::AddParticipant(_) => Some(HookEvent::OnParticipantAdd),
            Command::UpdateParticipant(_) => Some(HookEvent::OnParticipantUpdate),
            Command::RemoveParticipant(_) => Some(HookEvent::OnParticipantRemove),
            Command::AddMessage(_) => Some(HookEvent::OnMessageAdd),
            Command::UpdateMessage(_) => Some(HookEvent::OnMessageUpdate),
            Command::RemoveMessage(_) => Some(HookEvent::OnMessageRemove),
            Command::AddWebhook(_)
            | Command::UpdateWebhook(_)
            | Command::RemoveWebhook(_)
            | Command::CreateInteraction(_)
            | Command::UpdateChannel(_)
            | Command::CreateInvite(_)
            | Command::AnswerInvite(_)
            | Command::AddInteractionParticipant(_)
            | Command::LeaveInteraction(_)
            | Command::StartTransfer(_)
            | Command::CancelTransfer(_) => None,
        }
    }

    /// Returns the pairs of addresses that the conversation binds when the command is carried out.
    pub(crate) fn pairs(&self) -> Vec<Pair> {
        let pair = |command: &AddParticipant| match &command.seat {
            Seat::Binding(pair) => Some(pair.clone()),
            Seat::Identity(_) => None,
        };
        match self {
            Command::BeginConversation(command) => command.participants.iter().filter_map(pair).collect(),
            Command::AddParticipant(command) => pair(command).into_iter().collect(),
            Command::UpdateConversation(_)
            | Command::DeleteConversation
            | Command::UpdateParticipant(_)
            | Command::RemoveParticipant(_)
            | Command::AddMessage(_)
            | Command::UpdateMessage(_)
            | Command::RemoveMessage(_)
            | Command::AddWebhook(_)
            | Command::UpdateWebhook(_)
            | Command::RemoveWebhook(_)
            | Command::CreateInteraction(_)
            | Command::UpdateChannel(_)
            | Command::CreateInvite(_)
            | Command::AnswerInvite(_)
            | Command::AddInteractionParticipant(_)
            | Command::LeaveInteraction(_)
            | Command::StartTransfer(_)
            | Command::CancelTransfer(_) => vec![],
        }
    }
}

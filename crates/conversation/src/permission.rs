//! Permissions: what somebody on a chat may do by their role; requests by REST may do everything.

use domain::{ConversationMessageSid, ParticipantSid, named};

use crate::{AddMessage, Command, Conversation, Refusal, UpdateConversation, UpdateMessage};

named! {
    /// What a role may allow.
    pub enum Permission {
        /// Writing.
        SendMessage = "sendMessage",
        /// Writing with media.
        SendMediaMessage = "sendMediaMessage",
        /// Changing one's own messages.
        EditOwnMessage = "editOwnMessage",
        /// Changing anybody's messages.
        EditAnyMessage = "editAnyMessage",
        /// Changing the attributes of one's own messages.
        EditOwnMessageAttributes = "editOwnMessageAttributes",
        /// Changing the attributes of anybody's messages.
        EditAnyMessageAttributes = "editAnyMessageAttributes",
        /// Removing one's own messages.
        DeleteOwnMessage = "deleteOwnMessage",
        /// Removing anybody's messages.
        DeleteAnyMessage = "deleteAnyMessage",
        /// Changing a conversation's names.
        EditConversationName = "editConversationName",
        /// Changing a conversation's attributes.
        EditConversationAttributes = "editConversationAttributes",
        /// Deleting a conversation.
        DeleteConversation = "deleteConversation",
        /// Adding somebody.
        AddParticipant = "addParticipant",
        /// Removing somebody.
        RemoveParticipant = "removeParticipant",
        /// Leaving.
        LeaveConversation = "leaveConversation",
        /// Changing the attributes of anybody's participation.
        EditAnyParticipantAttributes = "editAnyParticipantAttributes",
        /// Creating conversations.
        CreateConversation = "createConversation",
        /// Joining conversations.
        JoinConversation = "joinConversation",
        /// Changing what is said of oneself.
        EditOwnUserInfo = "editOwnUserInfo",
        /// Changing what is said of anybody.
        EditAnyUserInfo = "editAnyUserInfo",
        /// Changing how one is notified.
        EditNotificationLevel = "editNotificationLevel",
    }
}

impl Conversation {
    /// Refuses what somebody on a chat asks for and no role of theirs allows.
    pub fn check_permission(
        &self,
        command: &Command,
        identity: &str,
        allowed: &[Permission],
    ) -> Result<(), Refusal> {
        let missing = self.needed(command, identity)?.into_iter().find(|needed| !allowed.contains(needed));
        missing.map_or(Ok(()), |permission| {
            Err(Refusal::NotAllowed { identity: identity.to_owned(), permission })
        })
    }

    /// Returns the permissions that a command needs; what only agents and applications do is for REST.
    fn needed(&self, command: &Command, identity: &str) -> Result<Vec<Permission>, Refusal> {
        match command {
            Command::BeginConversation(_) => Ok(vec![Permission::CreateConversation]),
            Command::UpdateConversation(command) => Ok(for_conversation(command)),
            Command::DeleteConversation => Ok(vec![Permission::DeleteConversation]),
            Command::AddParticipant(_) => Ok(vec![Permission::AddParticipant]),
            Command::UpdateParticipant(command) => Ok(self.for_participant(command.sid, identity)),
            Command::RemoveParticipant(sid) if self.is_seat_of(*sid, identity) => {
                Ok(vec![Permission::LeaveConversation])
            }
            Command::RemoveParticipant(_) => Ok(vec![Permission::RemoveParticipant]),
            Command::AddMessage(message) => for_new_message(message, identity),
            Command::UpdateMessage(command) => self.for_message(command, identity),
            Command::RemoveMessage(sid) if self.is_author(*sid, identity)? => {
                Ok(vec![Permission::DeleteOwnMessage])
            }
            Command::RemoveMessage(_) => Ok(vec![Permission::DeleteAnyMessage]),
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
            | Command::CancelTransfer(_) => {
                Err(Refusal::wrong_state("webhooks and interactions are for requests by REST"))
            }
        }
    }

    fn for_message(&self, command: &UpdateMessage, identity: &str) -> Result<Vec<Permission>, Refusal> {
        let is_own = self.is_author(command.sid, identity)?;
        let text = if is_own { Permission::EditOwnMessage } else { Permission::EditAnyMessage };
        let attributes =
            if is_own { Permission::EditOwnMessageAttributes } else { Permission::EditAnyMessageAttributes };
        let changes_text = command.body.is_some() || command.author.is_some() || command.subject.is_some();
        let passes_on = command.author.as_deref().is_some_and(|author| author != identity);
        let needed = [
            (changes_text, text),
            (passes_on, Permission::EditAnyMessage),
            (command.attributes.is_some(), attributes),
        ];
        Ok(needed.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, permission)| permission).collect())
    }

    /// What one has read oneself may always be marked.
    fn for_participant(&self, sid: ParticipantSid, identity: &str) -> Vec<Permission> {
        let is_own = self.is_seat_of(sid, identity);
        if is_own { vec![] } else { vec![Permission::EditAnyParticipantAttributes] }
    }

    fn is_seat_of(&self, sid: ParticipantSid, identity: &str) -> bool {
        self.participants.get(&sid).is_some_and(|participant| participant.identity() == Some(identity))
    }

    fn is_author(&self, sid: ConversationMessageSid, identity: &str) -> Result<bool, Refusal> {
        Ok(self.message(sid)?.author == identity)
    }
}

fn for_new_message(message: &AddMessage, identity: &str) -> Result<Vec<Permission>, Refusal> {
    if let Some(author) = message.author.as_deref().filter(|author| *author != identity) {
        return Err(Refusal::invalid("Author", format!("'{identity}' can not write as '{author}'")));
    }
    let is_text = message.media.is_empty();
    Ok(vec![if is_text { Permission::SendMessage } else { Permission::SendMediaMessage }])
}

fn for_conversation(command: &UpdateConversation) -> Vec<Permission> {
    let UpdateConversation {
        friendly_name,
        unique_name,
        attributes,
        messaging_service_sid,
        state,
        timers,
        email,
    } = command;
    let changes_life =
        messaging_service_sid.is_some() || state.is_some() || timers.is_some() || email.is_some();
    let needed = [
        (friendly_name.is_some() || unique_name.is_some(), Permission::EditConversationName),
        (attributes.is_some(), Permission::EditConversationAttributes),
        (changes_life, Permission::DeleteConversation),
    ];
    needed.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, permission)| permission).collect()
}

//! Commands about the conversation itself.

use domain::{AccountSid, ConversationServiceSid, ConversationSid, MessagingServiceSid, Tick, Timestamp};
use serde::{Deserialize, Serialize};

use crate::checks::{self, CONVERSATION_ATTRIBUTES_MAX};
use crate::{
    AddMessage, AddParticipant, AddWebhook, Command, Conversation, ConversationState, Details, EmailBinding,
    Fact, Origin, Outcome, Refusal, StateReason, Subject, TaskClosing, TimerSettings,
};

/// Creates a conversation, by request or because a contact wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateConversation {
    /// The account.
    pub account_sid: AccountSid,
    /// The service.
    pub service_sid: ConversationServiceSid,
    /// The messaging service that its messages go through.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// What people call it, at most 256 characters.
    pub friendly_name: Option<String>,
    /// The name by which applications find it; that it is free is seen to outside.
    pub unique_name: Option<String>,
    /// The user's own facts: a JSON object of at most 16 KB.
    pub attributes: Option<String>,
    /// Where it begins; default active.
    pub state: Option<ConversationState>,
    /// After how much silence its state changes.
    pub timers: TimerSettings,
    /// The mailbox that it is bound to.
    pub email: Option<EmailBinding>,
    /// When it was created; default now.
    pub date_created: Option<Timestamp>,
    /// Who takes part from the beginning.
    pub participants: Vec<AddParticipant>,
    /// Webhooks that hear of the first message already.
    pub webhooks: Vec<AddWebhook>,
    /// The message that began it.
    pub message: Option<Box<AddMessage>>,
}

/// Changes a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdateConversation {
    /// Another name; empty for none.
    pub friendly_name: Option<String>,
    /// Another name for applications; empty for none.
    pub unique_name: Option<String>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Another messaging service.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// Where to move it: active, inactive or closed.
    pub state: Option<ConversationState>,
    /// Other timers, in place of both.
    pub timers: Option<TimerSettings>,
    /// Another mailbox.
    pub email: Option<EmailBinding>,
}

impl CreateConversation {
    /// Makes the command for a conversation without names, participants and webhooks.
    pub fn of(account_sid: AccountSid, service_sid: ConversationServiceSid) -> Self {
        Self {
            account_sid,
            service_sid,
            messaging_service_sid: None,
            friendly_name: None,
            unique_name: None,
            attributes: None,
            state: None,
            timers: TimerSettings::default(),
            email: None,
            date_created: None,
            participants: vec![],
            webhooks: vec![],
            message: None,
        }
    }
}

impl Conversation {
    /// Creates a conversation with its first participants, webhooks and message, or says why not.
    ///
    /// Where an application is asked first it is initializing, and what is written meanwhile waits; the participants
    /// and the message of a creation are not asked about.
    pub fn create(
        command: CreateConversation,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<(Conversation, Outcome), Refusal> {
        let mut conversation = Conversation::empty(details(&command, tick.sid(), tick.now)?);
        conversation.changed();
        let outcome = conversation.execute(Command::BeginConversation(Box::new(command)), origin, tick)?;
        Ok((conversation, outcome))
    }

    pub(crate) fn begin(
        &mut self,
        command: CreateConversation,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let state = command.state.unwrap_or(ConversationState::Active);
        if self.row.details.state != ConversationState::Initializing {
            return Err(Refusal::wrong_state("the conversation has begun already"));
        }
        let sid = self.row.details.sid;
        self.row.details = Details { state: ConversationState::Active, ..details(&command, sid, tick.now)? };
        self.changed();
        self.announce(Fact::ConversationAdded, origin, tick.now);
        for participant in command.participants {
            self.add_participant(participant, origin, tick)?;
        }
        for webhook in command.webhooks {
            self.add_webhook(webhook, tick)?;
        }
        if let Some(message) = command.message {
            self.add_message(*message, origin, tick)?;
        }
        self.become_state(state, StateReason::Api, origin, tick);
        Ok(Subject::Conversation)
    }

    pub(crate) fn update_conversation(
        &mut self,
        command: UpdateConversation,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let mut details = self.row.details.clone();
        let next = command.state.unwrap_or(details.state);
        if !details.state.may_become(next) {
            let reason = format!("a conversation that is {} can not become {next}", details.state);
            return Err(Refusal::WrongState { reason });
        }
        if command != (UpdateConversation { state: Some(next), ..UpdateConversation::default() }) {
            self.check_open()?;
        }
        if command.friendly_name.is_some() {
            details.friendly_name = checks::optional_name("FriendlyName", command.friendly_name)?;
        }
        if command.unique_name.is_some() {
            details.unique_name = checks::optional_name("UniqueName", command.unique_name)?;
        }
        if let Some(text) = command.attributes {
            details.attributes = checks::attributes(Some(&text), CONVERSATION_ATTRIBUTES_MAX)?;
        }
        details.timers = command.timers.map_or(Ok(details.timers), checks::timers)?;
        details.messaging_service_sid = command.messaging_service_sid.or(details.messaging_service_sid);
        details.email = command.email.or(details.email);
        details.date_updated = tick.now;
        self.row.details = details;
        self.changed();
        self.announce(Fact::ConversationUpdated, origin, tick.now);
        self.become_state(next, StateReason::Api, origin, tick);
        Ok(Subject::Conversation)
    }

    pub(crate) fn delete_conversation(
        &mut self,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        self.close_open_channel(TaskClosing::Wrap, tick);
        self.announce(Fact::ConversationRemoved, origin, tick.now);
        self.is_deleted = true;
        Ok(Subject::Deleted)
    }
}

fn details(command: &CreateConversation, sid: ConversationSid, now: Timestamp) -> Result<Details, Refusal> {
    Ok(Details {
        sid,
        account_sid: command.account_sid,
        service_sid: command.service_sid,
        messaging_service_sid: command.messaging_service_sid,
        friendly_name: checks::optional_name("FriendlyName", command.friendly_name.clone())?,
        unique_name: checks::optional_name("UniqueName", command.unique_name.clone())?,
        attributes: checks::attributes(command.attributes.as_deref(), CONVERSATION_ATTRIBUTES_MAX)?,
        state: ConversationState::Initializing,
        timers: checks::timers(command.timers)?,
        email: command.email.clone(),
        next_index: 0,
        date_active: now,
        date_state: now,
        date_created: command.date_created.unwrap_or(now),
        date_updated: now,
    })
}

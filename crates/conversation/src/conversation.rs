//! The conversation: one aggregate with everything in memory, its door, and its book-keeping.

use std::collections::{BTreeMap, BTreeSet};

use domain::{InteractionSid, ParticipantSid, Tick, Timestamp};

use crate::{
    Action, Change, Command, ConversationRecord, ConversationState, Details, Event, Fact, FlowMessage,
    Interaction, LoadError, Message, Notice, Noun, Origin, Outcome, Pair, Participant, Record, RecordKey,
    Refusal, Subject, Webhook, WebhookTarget,
};

/// Everything of one conversation: who takes part, what they wrote, and the interactions that give it to agents.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub(crate) row: ConversationRecord,
    pub(crate) is_deleted: bool,
    pub(crate) participants: BTreeMap<ParticipantSid, Participant>,
    /// By index, which is the order of the conversation.
    pub(crate) messages: BTreeMap<u64, Message>,
    /// At most the last that was begun has not ended.
    pub(crate) interactions: BTreeMap<InteractionSid, Interaction>,
    changes: BTreeSet<RecordKey>,
    /// What the step at hand asks of the world.
    actions: Vec<Action>,
}

impl Conversation {
    /// Makes a conversation that has not begun.
    pub(crate) fn empty(details: Details) -> Self {
        let row = ConversationRecord {
            details,
            webhooks: BTreeMap::new(),
            resting_webhooks: BTreeMap::new(),
            pending: std::collections::VecDeque::new(),
            questions: 0,
        };
        Self::of(row)
    }

    /// Reads a conversation back from its records, in any order.
    pub fn load(records: Vec<Record>) -> Result<Conversation, LoadError> {
        let row = records.iter().find_map(|record| match record {
            Record::Conversation(row) => Some((**row).clone()),
            Record::Participant(_) | Record::Message(_) | Record::Interaction(_) => None,
        });
        let mut conversation = Self::of(row.ok_or(LoadError::NoConversation)?);
        for record in records {
            conversation.take_up(record);
        }
        Ok(conversation)
    }

    /// Carries out a command, or says why not. A refusal changes nothing.
    ///
    /// Where an application is asked first, the subject is [`Subject::Pending`] and [`Action::Settle`] follows.
    pub fn execute(
        &mut self,
        command: Command,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Outcome, Refusal> {
        if self.is_deleted {
            return Err(Refusal::not_found(Noun::Conversation, self.row.details.sid));
        }
        let asked = command.asked_before().filter(|event| origin.asks_before(*event));
        let subject = if asked.is_some() || self.must_wait(&command) {
            // A command that would be refused anyway is no question for an application.
            self.clone().carry_out(command.clone(), origin, &mut tick.clone())?;
            self.hold(command, origin, asked, tick)
        } else {
            self.carry_out(command, origin, tick)?
        };
        Ok(Outcome { actions: self.take_actions(), subject })
    }

    /// Applies one event and returns what the world must do.
    pub fn handle(&mut self, event: Event, tick: &mut Tick) -> Vec<Action> {
        if self.is_deleted {
            return event.when_gone();
        }
        self.apply(event, tick);
        self.take_actions()
    }

    /// Returns when the engine next wants to be called with [`Event::TimeReached`].
    pub fn next_timeout(&self) -> Option<Timestamp> {
        if self.is_deleted {
            return None;
        }
        let living = [self.row.details.date_inactive(), self.row.details.date_closed()];
        living.into_iter().flatten().chain(self.next_silence()).chain(self.next_channel_limit()).min()
    }

    /// Returns the rows to write since this was last asked.
    pub fn take_changes(&mut self) -> Vec<Change> {
        if self.is_deleted {
            self.changes.clear();
            return vec![Change::Delete(RecordKey::Conversation(self.row.details.sid))];
        }
        let keys = std::mem::take(&mut self.changes);
        let change = |key| self.record(key).map_or(Change::Delete(key), Change::Put);
        keys.into_iter().map(change).collect()
    }

    /// Returns the pairs of addresses that the conversation holds: none once it is closed.
    pub fn pairs(&self) -> BTreeSet<Pair> {
        if self.is_deleted || !self.row.details.state.is_open() {
            return BTreeSet::new();
        }
        let begun = self.participants.values().filter_map(Participant::pair).cloned();
        let waiting = self.row.pending.iter().flat_map(|pending| pending.command.pairs());
        begun.chain(waiting).collect()
    }

    /// Returns the conversation's own resource.
    pub fn details(&self) -> &Details {
        &self.row.details
    }

    /// Tells whether the conversation was deleted.
    pub fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    /// Returns the participants.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        self.participants.values()
    }

    /// Returns the messages in their order.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values()
    }

    /// Returns the webhooks that are attached; those of flows rest while agents have the conversation.
    pub fn webhooks(&self) -> impl Iterator<Item = &Webhook> {
        self.row.webhooks.values()
    }

    /// Returns the interactions in the order of their beginning.
    pub fn interactions(&self) -> impl Iterator<Item = &Interaction> {
        let mut all: Vec<_> = self.interactions.values().collect();
        all.sort_by_key(|interaction| interaction.ordinal);
        all.into_iter()
    }

    /// While the application has not agreed to the conversation itself, what is written waits.
    fn must_wait(&self, command: &Command) -> bool {
        let is_message = matches!(command, Command::AddMessage(_));
        is_message
            && self.row.details.state == ConversationState::Initializing
            && !self.row.pending.is_empty()
    }

    pub(crate) fn carry_out(
        &mut self,
        command: Command,
        origin: &Origin,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        match command {
            Command::BeginConversation(command) => self.begin(*command, origin, tick),
            Command::UpdateConversation(command) => self.update_conversation(command, origin, tick),
            Command::DeleteConversation => self.delete_conversation(origin, tick),
            Command::AddParticipant(command) => self.add_participant(command, origin, tick),
            Command::UpdateParticipant(command) => self.update_participant(command, origin, tick),
            Command::RemoveParticipant(sid) => self.remove_participant(sid, origin, tick),
            Command::AddMessage(command) => self.add_message(*command, origin, tick),
            Command::UpdateMessage(command) => self.update_message(command, origin, tick),
            Command::RemoveMessage(sid) => self.remove_message(sid, origin, tick),
            Command::AddWebhook(command) => self.add_webhook(command, tick),
            Command::UpdateWebhook(command) => self.update_webhook(command, tick),
            Command::RemoveWebhook(sid) => self.remove_webhook(sid),
            Command::CreateInteraction(command) => self.create_interaction(*command, tick),
            Command::UpdateChannel(command) => self.update_channel(command, tick),
            Command::CreateInvite(command) => self.create_invite(*command, tick),
            Command::AnswerInvite(command) => self.answer_invite(command),
            Command::AddInteractionParticipant(command) => self.add_interaction_participant(command, tick),
            Command::LeaveInteraction(command) => self.leave_interaction(command, tick),
            Command::StartTransfer(command) => self.start_transfer(command, tick),
            Command::CancelTransfer(sid) => self.cancel_transfer(sid, tick),
        }
    }

    fn apply(&mut self, event: Event, tick: &mut Tick) {
        match event {
            Event::TimeReached => self.reach_time(tick),
            Event::HookAnswered { question, answer } => self.take_answer(question, answer, tick),
            Event::DeliveryReported(report) => self.note_delivery(report, tick),
            Event::TaskCreated { invite_sid, task_sid } => self.open_invite(invite_sid, task_sid, tick),
            Event::TaskRefused { invite_sid, reason, policy } => {
                self.refuse_invite(invite_sid, reason, policy, tick);
            }
            Event::ReservationAccepted { invite_sid, task_sid, reservation_sid, worker_sid, identity } => {
                let work = crate::AgentWork { invite_sid, task_sid, reservation_sid, worker_sid };
                self.welcome_agent(work, identity, tick);
            }
            Event::TaskEnded { invite_sid, task_sid, why, policy } => {
                self.end_task(invite_sid, task_sid, (why, policy), tick);
            }
        }
    }
}

/// Book-keeping: whoever changes a thing takes it from here, so that its row follows.
impl Conversation {
    /// Notes that the conversation's own row changed.
    pub(crate) fn changed(&mut self) {
        self.changes.insert(RecordKey::Conversation(self.row.details.sid));
    }

    /// Notes that another row changed or is gone.
    pub(crate) fn changed_row(&mut self, key: RecordKey) {
        self.changes.insert(key);
    }

    /// Returns an interaction for changing.
    pub(crate) fn change_interaction(&mut self, sid: InteractionSid, now: Timestamp) -> &mut Interaction {
        self.changes.insert(RecordKey::Interaction(sid));
        let interaction = self.interactions.get_mut(&sid).expect("interactions are never removed");
        interaction.date_updated = now;
        interaction
    }

    /// Asks something of the world.
    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Returns what the step at hand asks of the world, and forgets it.
    pub(crate) fn take_actions(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.actions)
    }

    /// Tells everybody who listens what happened.
    pub(crate) fn announce(&mut self, fact: Fact, origin: &Origin, now: Timestamp) {
        let told = Origin { asks: vec![], ..origin.clone() };
        let notice = Notice { fact, details: self.row.details.clone(), origin: told, date: now };
        if origin.is_heard {
            let hearing: Vec<Webhook> =
                self.row.webhooks.values().filter(|webhook| webhook.hears(&notice)).cloned().collect();
            for webhook in hearing {
                self.tell(webhook, notice.clone());
            }
        }
        self.act(Action::Notify(Box::new(notice)));
    }

    /// Tells one webhook what happened.
    pub(crate) fn tell(&mut self, webhook: Webhook, notice: Notice) {
        let action = match webhook.target {
            WebhookTarget::Studio { flow_sid, retry_count } => {
                let webhook_sid = webhook.sid;
                Action::PassToFlow(Box::new(FlowMessage { webhook_sid, flow_sid, retry_count, notice }))
            }
            WebhookTarget::Url { .. } | WebhookTarget::Trigger { .. } => {
                Action::NotifyWebhook(Box::new(webhook), Box::new(notice))
            }
        };
        self.act(action);
    }

    fn of(row: ConversationRecord) -> Self {
        Self {
            row,
            is_deleted: false,
            participants: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            changes: BTreeSet::new(),
            actions: vec![],
        }
    }

    fn take_up(&mut self, record: Record) {
        match record {
            Record::Conversation(_) => {}
            Record::Participant(participant) => {
                self.participants.insert(participant.sid, *participant);
            }
            Record::Message(message) => {
                self.messages.insert(message.index, *message);
            }
            Record::Interaction(interaction) => {
                self.interactions.insert(interaction.sid, *interaction);
            }
        }
    }

    fn record(&self, key: RecordKey) -> Option<Record> {
        match key {
            RecordKey::Conversation(_) => Some(Record::Conversation(Box::new(self.row.clone()))),
            RecordKey::Participant(sid) => {
                self.participants.get(&sid).cloned().map(Box::new).map(Record::Participant)
            }
            RecordKey::Message(sid) => {
                let message = self.messages.values().rev().find(|message| message.sid == sid);
                message.cloned().map(Box::new).map(Record::Message)
            }
            RecordKey::Interaction(sid) => {
                self.interactions.get(&sid).cloned().map(Box::new).map(Record::Interaction)
            }
        }
    }
}

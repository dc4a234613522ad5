//! A conversation under test, told as a story: what is asked and what happens, and every action as a line of text.

use std::time::Duration;

use conversation::*;
use domain::{
    AccountSid, Attributes, ConversationMessageSid, ConversationServiceSid, FlowSid, ReservationSid, Sid,
    TaskSid, Tick, Timestamp, WorkerSid, WorkflowSid, WorkspaceSid,
};
use serde_json::{Map, Value, json};

pub(crate) const CUSTOMER: &str = "+15555550123";
pub(crate) const OURS: &str = "+15555550100";

/// A conversation under test; each call keeps what it asked of the world until `expect` looks.
pub(crate) struct Scenario {
    pub(crate) conversation: Conversation,
    pub(crate) now: Timestamp,
    seed: u64,
    lines: Vec<String>,
    /// The tasks that were asked for.
    pub(crate) requests: Vec<TaskRequest>,
}

pub(crate) fn home() -> Home {
    Home { account_sid: AccountSid::from_bits(1), service_sid: ConversationServiceSid::from_bits(1) }
}

pub(crate) fn creation() -> CreateConversation {
    CreateConversation::of(home().account_sid, home().service_sid)
}

pub(crate) fn pair() -> Pair {
    Pair { address: CUSTOMER.parse().unwrap(), proxy_address: OURS.parse().unwrap() }
}

pub(crate) fn identity(name: &str) -> AddParticipant {
    AddParticipant::at(Seat::Identity(name.to_owned()))
}

pub(crate) fn text(author: &str, body: &str) -> Command {
    Command::AddMessage(Box::new(AddMessage {
        author: Some(author.to_owned()),
        body: Some(body.to_owned()),
        ..AddMessage::default()
    }))
}

pub(crate) fn configuration(listener: Listener) -> AddressConfiguration {
    AddressConfiguration {
        sid: Sid::from_bits(1),
        account_sid: home().account_sid,
        kind: AddressKind::Sms,
        address: OURS.to_owned(),
        friendly_name: None,
        address_country: None,
        auto_creation: AutoCreation { is_enabled: true, service_sid: None, listener },
        date_created: Timestamp::from_secs(0),
        date_updated: Timestamp::from_secs(0),
    }
}

pub(crate) fn studio() -> Listener {
    Listener::Studio { flow_sid: FlowSid::from_bits(1), retry_count: 3 }
}

pub(crate) fn application() -> Listener {
    Listener::Webhook { url: "https://example.com/".to_owned(), method: HookMethod::Post, filters: vec![] }
}

pub(crate) fn inbound(body: &str) -> InboundMessage {
    InboundMessage { pair: pair(), body: Some(body.to_owned()), media: vec![], token: None }
}

pub(crate) fn routing(attributes: &Value) -> Routing {
    Routing {
        workspace_sid: WorkspaceSid::from_bits(1),
        workflow_sid: Some(WorkflowSid::from_bits(1)),
        queue_sid: None,
        worker_sid: None,
        task_channel: Some("chat".to_owned()),
        attributes: Attributes::parse(&attributes.to_string(), 4096).unwrap(),
        priority: None,
        timeout_secs: None,
    }
}

pub(crate) fn interaction() -> CreateInteraction {
    CreateInteraction {
        kind: ChannelKind::Sms,
        initiated_by: Initiator::Customer,
        routing: routing(&json!({})),
        participants: vec![],
        context_sid: None,
        webhook_ttid: None,
        token: None,
    }
}

/// The n-th task of a scenario.
pub(crate) fn task(n: usize) -> TaskSid {
    TaskSid::from_bits(n as u128)
}

/// A worker by the first letter of the name, so that a name is all that a story needs.
pub(crate) fn worker(name: &str) -> WorkerSid {
    WorkerSid::from_bits(u128::from(name.as_bytes()[0]))
}

impl Scenario {
    pub(crate) fn create(command: CreateConversation, origin: &Origin) -> Self {
        let now = Timestamp::from_secs(1_000_000);
        let (conversation, outcome) = Conversation::create(command, origin, &mut Tick::new(now, 0)).unwrap();
        let mut scenario = Self { conversation, now, seed: 0, lines: vec![], requests: vec![] };
        scenario.note(outcome.actions);
        scenario
    }

    /// A conversation that a text message has made.
    pub(crate) fn texted(listener: Listener) -> Self {
        let route = inbound("hello").route(None, Some(&configuration(listener)), home());
        let InboundRoute::Create(command) = route else { panic!("{route:?}") };
        Self::create(*command, &Origin::network("sms"))
    }

    /// A conversation whose flow has handed it over, and whose task waits.
    pub(crate) fn handed_over() -> Self {
        Self::texted(studio()).run(Command::CreateInteraction(Box::new(interaction()))).task_created(1)
    }

    /// A conversation that Alice has taken.
    pub(crate) fn accepted() -> Self {
        Self::handed_over().accepted_by(1, "alice").heard()
    }

    /// Asks by REST, which must not be refused.
    pub(crate) fn run(mut self, command: Command) -> Self {
        self.ask(command, &Origin::api()).unwrap();
        self
    }

    pub(crate) fn ask(&mut self, command: Command, origin: &Origin) -> Result<Subject, Refusal> {
        let mut tick = self.tick();
        let outcome = self.conversation.execute(command, origin, &mut tick)?;
        self.note(outcome.actions);
        Ok(outcome.subject)
    }

    /// Asks by REST for what must be refused, and returns the reason.
    pub(crate) fn refused(&mut self, command: Command) -> String {
        let before = self.conversation.clone();
        let refusal = self.ask(command, &Origin::api()).unwrap_err();
        assert_eq!(self.conversation, before, "a refusal changes nothing: {refusal}");
        refusal.to_string()
    }

    pub(crate) fn tell(mut self, event: Event) -> Self {
        let mut tick = self.tick();
        let actions = self.conversation.handle(event, &mut tick);
        self.note(actions);
        self
    }

    pub(crate) fn texts(mut self, body: &str) -> Self {
        self.ask(text(CUSTOMER, body), &Origin::network("sms")).unwrap();
        self
    }

    /// Tells that the task of the n-th invite exists.
    pub(crate) fn task_created(self, n: usize) -> Self {
        let invite_sid = self.invite(n);
        self.tell(Event::TaskCreated { invite_sid, task_sid: task(n) })
    }

    pub(crate) fn accepted_by(self, n: usize, name: &str) -> Self {
        let event = Event::ReservationAccepted {
            invite_sid: self.invite(n),
            task_sid: task(n),
            reservation_sid: ReservationSid::from_bits(n as u128),
            worker_sid: worker(name),
            identity: name.to_owned(),
        };
        self.tell(event)
    }

    pub(crate) fn task_ended(self, n: usize, why: TaskEnd, policy: TaskEndPolicy) -> Self {
        let invite_sid = self.invite(n);
        self.tell(Event::TaskEnded { invite_sid, task_sid: task(n), why, policy })
    }

    pub(crate) fn change_channel(self, change: ChannelChange) -> Self {
        let channel_sid = self.channel().sid;
        self.run(Command::UpdateChannel(UpdateChannel { channel_sid, change }))
    }

    pub(crate) fn leaves(self, name: &str, how: TaskClosing) -> Self {
        let participant_sid = self.agent(name);
        self.run(Command::LeaveInteraction(LeaveInteraction { participant_sid, how }))
    }

    pub(crate) fn after(mut self, time: Duration) -> Self {
        self.now = self.now + time;
        self.tell(Event::TimeReached)
    }

    /// Looks at all that was asked of the world since the last look.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(mut self, lines: [&str; N]) -> Self {
        assert_eq!(std::mem::take(&mut self.lines), lines);
        self
    }

    /// Forgets what was asked of the world.
    pub(crate) fn heard(mut self) -> Self {
        self.lines.clear();
        self
    }

    pub(crate) fn tick(&mut self) -> Tick {
        self.seed += 1;
        Tick::new(self.now, self.seed)
    }

    pub(crate) fn last(&self) -> &Interaction {
        self.conversation.interactions().last().unwrap()
    }

    pub(crate) fn channel(&self) -> &InteractionChannel {
        &self.last().channel
    }

    /// The SID of the n-th invite.
    pub(crate) fn invite(&self, n: usize) -> domain::InviteSid {
        self.conversation.interactions().flat_map(|interaction| &interaction.invites).nth(n - 1).unwrap().sid
    }

    pub(crate) fn agent(&self, name: &str) -> domain::InteractionParticipantSid {
        self.last().agents().find(|agent| agent.identity == name).unwrap().sid
    }

    pub(crate) fn message(&self, index: u64) -> &Message {
        self.conversation.messages().find(|message| message.index == index).unwrap()
    }

    pub(crate) fn attributes(&self) -> &Map<String, Value> {
        &self.requests.last().unwrap().attributes
    }

    /// Both sides of the promise at once: where the channel and the conversation stand.
    pub(crate) fn standing(&self) -> String {
        format!("channel {}, conversation {}", self.channel().status, self.conversation.details().state)
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in actions {
            if let Action::CreateTask(request) = &action {
                self.requests.push((**request).clone());
            }
            let line = self.line(&action);
            self.lines.push(line);
        }
    }

    fn line(&self, action: &Action) -> String {
        match action {
            Action::Notify(notice) => self.fact(&notice.fact),
            Action::NotifyWebhook(_, notice) => format!("tell app {}", notice.fact.hook_event().unwrap()),
            Action::PassToFlow(message) => format!("pass to flow: {}", self.fact(&message.notice.fact)),
            Action::AskPreHook(asked) => format!("ask {} ({})", asked.event, asked.question.0),
            Action::Settle(settled) => match &settled.result {
                Ok(_) => format!("settle {}: done", settled.question.0),
                Err(refusal) => format!("settle {}: {refusal}", settled.question.0),
            },
            Action::SendToAddress(message) => {
                format!("send to {}: {}", message.to, message.body.as_deref().unwrap_or("no text"))
            }
            Action::CreateTask(request) => {
                format!("create task of invite {}", self.number(request.invite_sid))
            }
            Action::EndTask { task_sid, how } => format!("end task {}: {how}", task_sid.bits()),
            Action::AnswerReservation { invite_sid, is_accepted, .. } => {
                format!("answer for invite {}: {is_accepted}", self.number(*invite_sid))
            }
            Action::SettleInteraction { task, .. } => match task {
                Ok(task) => format!("interaction has task {}", task.bits()),
                Err(reason) => format!("no interaction: {reason}"),
            },
        }
    }

    fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::StateUpdated { from, to, reason } => format!("state {from} -> {to} ({reason})"),
            Fact::ParticipantAdded(one) | Fact::ParticipantUpdated(one) | Fact::ParticipantRemoved(one) => {
                format!("{} {}", fact.hook_event().unwrap(), one.author())
            }
            Fact::MessageAdded(message) | Fact::MessageUpdated(message) | Fact::MessageRemoved(message) => {
                let body = message.body.as_deref().unwrap_or("no text");
                format!("{} #{} {body}", fact.hook_event().unwrap(), message.index)
            }
            Fact::DeliveryUpdated(message, receipt) => format!("#{} {}", message.index, receipt.status),
            Fact::ConversationAdded | Fact::ConversationUpdated | Fact::ConversationRemoved => {
                fact.hook_event().unwrap().to_string()
            }
            Fact::InteractionCreated(_) => "interaction".to_owned(),
            Fact::ChannelCreated(..) => "channel".to_owned(),
            Fact::ChannelCreateFailed(.., reason) => format!("channel failed: {reason}"),
            Fact::ChannelStatusUpdated(.., status) => format!("channel is {status}"),
            Fact::InteractionParticipantJoined(_, one) => format!("{} {} came", one.kind, one.identity),
            Fact::InteractionParticipantLeft(_, one) => format!("{} {} left", one.kind, one.identity),
            Fact::InviteCreated(_, invite) => format!("invite {}", self.number(*invite)),
            Fact::TransferUpdated(_, transfer) => format!("{} transfer {}", transfer.mode, transfer.status),
            Fact::OrphanRepaired(repair) => format!("repaired {repair}"),
        }
    }

    fn number(&self, invite: domain::InviteSid) -> usize {
        let mut all = self.conversation.interactions().flat_map(|interaction| &interaction.invites);
        all.position(|one| one.sid == invite).unwrap() + 1
    }
}

/// A message that is not there.
pub(crate) fn nowhere() -> ConversationMessageSid {
    ConversationMessageSid::from_bits(99)
}

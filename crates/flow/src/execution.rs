//! One run of a flow for one contact: the durable aggregate, and what each event does to it.

pub(crate) mod call;
pub(crate) mod subflow;

use std::collections::VecDeque;
use std::time::Duration;

use domain::{AccountSid, ContactSid, ExecutionSid, FlowSid, StepSid, Tick, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::run::Run;
use crate::widget::{ConversationBinding, MessageFate, Resume};
use crate::{Action, Context, Event, Flow, Start, StuckPolicy, TriggerKind};

pub use subflow::SubflowReference;

use call::Call;
use subflow::Parent;

/// How long an execution may live.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How long an execution may wait for something other than a message before it counts as stuck.
pub(crate) const STUCK_AFTER: Duration = Duration::from_secs(60);

/// How long the call of an execution may perform the same verbs before the execution counts as stuck: as long as two
/// may talk.
const CALL_STUCK_AFTER: Duration = Duration::from_secs(4 * 60 * 60);

/// One run of a flow for one contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    pub(crate) sid: ExecutionSid,
    pub(crate) account_sid: AccountSid,
    pub(crate) flow_sid: FlowSid,
    pub(crate) flow_revision: u32,
    pub(crate) contact_sid: ContactSid,
    pub(crate) contact_address: String,
    pub(crate) flow_address: String,
    pub(crate) trigger: TriggerKind,
    pub(crate) initiated_by: String,
    pub(crate) status: Status,
    pub(crate) context: Context,
    /// The widget where the execution stands; `None` once it has ended.
    pub(crate) visit: Option<Visit>,
    /// The flow that goes on when the subflow in which the execution stands has ended.
    #[serde(default)]
    pub(crate) parent: Option<Box<Parent>>,
    /// The revisions of the flows that it runs inside itself, pinned as its own is.
    #[serde(default)]
    pub(crate) subflow_revisions: Vec<(SubflowReference, u32)>,
    /// Its call, from the beginning or since a widget made it.
    #[serde(default)]
    pub(crate) call: Option<Call>,
    /// The conversation that a widget began or resumed.
    #[serde(default)]
    pub(crate) conversation: Option<String>,
    /// How many steps were recorded, against endless loops.
    pub(crate) steps_taken: u32,
    /// How often in a row the current widget was entered, against endless loops.
    pub(crate) visits_in_a_row: u32,
    /// Messages that arrived while no widget waited for one, oldest first.
    pub(crate) queued_messages: VecDeque<Map<String, Value>>,
    pub(crate) version: u64,
    pub(crate) date_created: Timestamp,
    pub(crate) date_updated: Timestamp,
}

/// Whether an execution goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits for something.
    Active,
    /// Nothing will happen to it any more.
    Ended,
}

/// One stay at a widget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// The widget's name.
    pub widget: String,
    /// The SID of the step that will record the exit; requests carry it and answers repeat it.
    pub step_sid: StepSid,
    /// When the widget was entered.
    pub entered_at: Timestamp,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// Until when it waits; `None` for as long as the execution lives.
    pub until: Option<Timestamp>,
    /// What the widget will leave behind: not yet visible to templates.
    pub outputs: Map<String, Value>,
    /// What the flow's author should look at.
    pub warnings: Vec<String>,
    /// What it asked for, with all templates rendered, by kind.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// Why it goes on: what it was told last.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What an execution waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WaitsFor {
    /// The answer to the action that the widget asked for.
    Answer,
    /// A message from the contact.
    Reply,
    /// What its call performs.
    Call,
}

impl Status {
    /// Returns the published name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }
}

impl Execution {
    /// Begins an execution and runs it until it waits or ends.
    pub fn start(flow: &Flow, start: Start, tick: &mut Tick) -> (Self, Vec<Action>) {
        let sid = tick.sid();
        let mut execution = Self {
            sid,
            account_sid: start.account_sid,
            flow_sid: start.flow_sid,
            flow_revision: start.flow_revision,
            contact_sid: tick.sid(),
            contact_address: start.trigger.contact_address().to_owned(),
            flow_address: start.trigger.flow_address().to_owned(),
            trigger: start.trigger.kind(),
            context: Context::begin(sid, &start),
            initiated_by: start.initiated_by,
            status: Status::Active,
            visit: None,
            parent: None,
            subflow_revisions: Vec::new(),
            call: Call::of(&start.trigger),
            conversation: None,
            steps_taken: 0,
            visits_in_a_row: 0,
            queued_messages: VecDeque::new(),
            version: 0,
            date_created: tick.now,
            date_updated: tick.now,
        };
        let actions = Run::new(&mut execution, flow, tick).begin();
        (execution, actions)
    }

    /// Pins the revisions of the flows that it runs inside itself: the shell hands in the same ones every time.
    pub fn pin_subflows(&mut self, revisions: Vec<(SubflowReference, u32)>) {
        self.subflow_revisions = revisions;
    }

    /// Applies one event and returns what the world must now do.
    pub fn handle(&mut self, flow: &Flow, event: Event, tick: &mut Tick) -> Vec<Action> {
        // Answers, messages and timers may still be on their way when an execution ends; they come too late to count.
        if self.status == Status::Ended {
            return Vec::new();
        }
        let run = Run::new(self, flow, tick);
        match event {
            Event::MessageReceived { payload } => run.receive(payload),
            Event::MessageAccepted { request, outbound } => {
                run.answer(request, Resume::Message(MessageFate::Accepted(outbound)))
            }
            Event::MessageRefused { request, code, reason } => {
                run.answer(request, Resume::Message(MessageFate::Refused { code, reason }))
            }
            Event::DeliveryFailed { request, code, reason } => {
                run.answer(request, Resume::Message(MessageFate::NotDelivered { code, reason }))
            }
            Event::TaskCreated { request, task } => run.answer(request, Resume::Task(Ok(task))),
            Event::TaskRefused { request, reason } => run.answer(request, Resume::Task(Err(reason))),
            Event::ConversationReady { request, conversation, webhook_sid } => {
                let binding = ConversationBinding { conversation, webhook_sid };
                run.answer(request, Resume::Conversation(Ok(binding)))
            }
            Event::ConversationRefused { request, reason } => {
                run.answer(request, Resume::Conversation(Err(reason)))
            }
            Event::InteractionCreated { request, interaction } => {
                run.answer(request, Resume::Interaction(Ok(interaction)))
            }
            Event::InteractionRefused { request, reason } => {
                run.answer(request, Resume::Interaction(Err(reason)))
            }
            Event::HttpAnswered { request, response } => run.answer(request, Resume::Http(Ok(*response))),
            Event::HttpFailed { request, reason } => run.answer(request, Resume::Http(Err(reason))),
            Event::VerbsPerformed { request, parameters } => run.perform(request, Ok(parameters)),
            Event::VerbsRefused { request, reason } => run.perform(request, Err(reason)),
            Event::CallPlaced { request, parameters } => run.place(request, parameters),
            Event::CallRefused { request, reason } => run.answer(request, Resume::Call(Err(reason))),
            Event::CallEnded { parameters } => run.hang_up(parameters),
            Event::TimeReached => run.reach_time(),
            Event::StopRequested => run.stop("it was stopped by hand"),
        }
    }

    /// Returns when the execution next wants [`Event::TimeReached`]; `None` once it has ended.
    pub fn next_timeout(&self) -> Option<Timestamp> {
        let visit = self.visit.as_ref()?;
        let end = self.lives_until();
        Some(visit.until.map_or(end, |until| until.min(end)))
    }

    /// Tells whether a message should be given to this execution; if not, the shell stops it and starts another.
    ///
    /// Under [`StuckPolicy::NewestMessageWins`] an execution that has waited for something other than a message for
    /// longer than a minute does not keep its contact from being served.
    pub fn takes_messages(&self, flow: &Flow, now: Timestamp) -> bool {
        let Some(visit) = &self.visit else { return false };
        match (flow.settings().stuck_policy, visit.waits_for) {
            (StuckPolicy::NewestMessageWins, WaitsFor::Answer) => now.since(visit.entered_at) <= STUCK_AFTER,
            (StuckPolicy::NewestMessageWins, WaitsFor::Reply | WaitsFor::Call)
            | (StuckPolicy::Wait, WaitsFor::Answer | WaitsFor::Reply | WaitsFor::Call) => true,
        }
    }

    /// Returns when the execution's life ends, whatever it waits for.
    pub(crate) fn lives_until(&self) -> Timestamp {
        self.date_created + LIFETIME
    }
}

/// Facts for the shell and the published API.
impl Execution {
    /// Returns the SID.
    pub fn sid(&self) -> ExecutionSid {
        self.sid
    }

    /// Returns the account that owns it.
    pub fn account_sid(&self) -> AccountSid {
        self.account_sid
    }

    /// Returns the flow that it runs.
    pub fn flow_sid(&self) -> FlowSid {
        self.flow_sid
    }

    /// Returns the revision to which it is pinned.
    pub fn flow_revision(&self) -> u32 {
        self.flow_revision
    }

    /// Returns the revisions to which the flows are pinned that it runs inside itself.
    pub fn subflow_revisions(&self) -> &[(SubflowReference, u32)] {
        &self.subflow_revisions
    }

    /// Returns the placeholder SID of its contact.
    pub fn contact_sid(&self) -> ContactSid {
        self.contact_sid
    }

    /// Returns the address of the person at the other end.
    pub fn contact_address(&self) -> &str {
        &self.contact_address
    }

    /// Returns our own address.
    pub fn flow_address(&self) -> &str {
        &self.flow_address
    }

    /// Returns the event with which it began.
    pub fn trigger(&self) -> TriggerKind {
        self.trigger
    }

    /// Returns the SID of the call, message or request that began it.
    pub fn initiated_by(&self) -> &str {
        &self.initiated_by
    }

    /// Returns whether it goes on.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Returns what templates can read, exactly as REST shows it.
    pub fn context(&self) -> &Value {
        self.context.value()
    }

    /// Returns where it stands; `None` once it has ended.
    pub fn visit(&self) -> Option<&Visit> {
        self.visit.as_ref()
    }

    /// Returns from when on it counts as stuck, should it not move on before: an answer, or the end of verbs, that is
    /// still to come then was probably lost. A contact may take any time to reply.
    pub fn stuck_at(&self) -> Option<Timestamp> {
        let visit = self.visit.as_ref()?;
        match visit.waits_for {
            WaitsFor::Answer => Some(visit.entered_at + STUCK_AFTER),
            WaitsFor::Call => Some(visit.entered_at + CALL_STUCK_AFTER),
            WaitsFor::Reply => None,
        }
    }

    /// Returns the SID of its call, whether that goes on or not.
    pub fn call_sid(&self) -> Option<&str> {
        self.call.as_ref().map(|call| call.sid.as_str())
    }

    /// Returns the SID of its conversation: the one that began it, or that a widget began or resumed.
    pub fn conversation_sid(&self) -> Option<&str> {
        let began_it = self.trigger == TriggerKind::IncomingConversationMessage;
        self.conversation.as_deref().or(began_it.then_some(self.flow_address.as_str()))
    }

    /// Returns how many messages wait for a widget that asks for one.
    pub fn queued_message_count(&self) -> usize {
        self.queued_messages.len()
    }

    /// Returns how many steps were recorded.
    pub fn steps_taken(&self) -> u32 {
        self.steps_taken
    }

    /// Returns a number that grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns when it began.
    pub fn date_created(&self) -> Timestamp {
        self.date_created
    }

    /// Returns when it last changed.
    pub fn date_updated(&self) -> Timestamp {
        self.date_updated
    }
}

//! The stage: one contact's execution under a virtual clock, with the world played around it.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use domain::{Sid, StepSid, Tick, Timestamp};
use flow::{Action, Event, Execution, HttpRequest, OutgoingMessage, Start, Status, TaskRequest, Trigger};
use serde_json::{Map, Value};

use super::world;
use super::{
    Answers, Happening, HttpAnswer, MessageAnswer, RehearsedFlow, Rejection, Said, TaskAnswer, TextOr,
    Transcript, TriggerSource,
};

/// An execution, the clock, and how the world answers.
#[derive(Debug)]
pub struct Stage<'a> {
    flow: &'a RehearsedFlow,
    clock: Clock,
    execution: Execution,
    answers: Answers,
    /// What was asked for and has no answer yet, oldest first.
    pending: Vec<Request>,
    transcript: Transcript,
}

/// What a flow asked for.
#[derive(Debug)]
enum Request {
    Message(StepSid, Box<OutgoingMessage>),
    Task(StepSid, Box<TaskRequest>),
}

impl<'a> Stage<'a> {
    /// Begins an execution and runs it until it waits or ends.
    pub fn begin(flow: &'a RehearsedFlow, trigger: &TriggerSource, answers: Answers, at: Timestamp) -> Self {
        let mut clock = Clock { now: at, ticks: 0 };
        let mut transcript = Transcript::begin(at);
        if let TriggerSource::Message(TextOr(message)) = trigger {
            transcript.note(at, Happening::Wrote(message.body.clone()));
        }
        let trigger = trigger.trigger(&mut clock.tick());
        note_beginning(&mut transcript, flow, &clock, &trigger);
        let (execution, actions) = Execution::start(flow.flow(), start_with(trigger), &mut clock.tick());
        let mut stage = Self { flow, clock, execution, answers, pending: Vec::new(), transcript };
        stage.perform(actions);
        stage
    }

    /// Lets the contact write; a message that finds no execution running begins another one.
    pub fn say(&mut self, said: &Said) {
        let message = said.between(self.execution.contact_address(), self.execution.flow_address());
        let payload = message.payload(&mut self.clock.tick());
        let actions = self.take_message(payload);
        self.perform(actions);
    }

    /// Lets time pass; deadlines on the way come when they are due.
    pub fn wait(&mut self, duration: Duration) {
        self.note(Happening::Waited(duration));
        let until = self.clock.now + duration;
        while let Some(due) = self.execution.next_timeout().filter(|due| *due <= until) {
            self.clock.now = self.clock.now.max(due);
            let actions = self.handle(Event::TimeReached);
            self.perform(actions);
        }
        self.clock.now = until;
    }

    /// Ends the execution by hand.
    pub fn stop(&mut self) {
        let actions = self.handle(Event::StopRequested);
        self.perform(actions);
    }

    /// Says what becomes of messages from here on, and of those that are pending.
    pub fn answer_messages(&mut self, answer: MessageAnswer) {
        self.answers.message = answer;
        self.answer_pending();
    }

    /// Says what becomes of tasks from here on, and of those that are pending.
    pub fn answer_tasks(&mut self, answer: TaskAnswer) {
        self.answers.task = answer;
        self.answer_pending();
    }

    /// Says what other systems answer from here on.
    pub fn answer_http(&mut self, answers: Vec<HttpAnswer>) {
        self.answers.http = answers;
    }

    /// Answers the tasks that are pending, and only those.
    pub fn settle_tasks(&mut self, answer: &TaskAnswer) {
        for request in mem::take(&mut self.pending) {
            match request {
                Request::Task(request, task) => {
                    let actions = self.answer_task(request, task, answer);
                    self.perform(actions);
                }
                Request::Message(..) => self.pending.push(request),
            }
        }
    }

    /// Tells whether something that was asked for has no answer yet.
    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Returns the execution, the last one where there were more.
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Returns what happened so far.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// Returns what happened, at the end.
    pub fn into_transcript(self) -> Transcript {
        self.transcript
    }

    /// Does all that the flow asks for, and what follows from that.
    fn perform(&mut self, actions: Vec<Action>) {
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            match action {
                Action::SendMessage { request, message } => {
                    self.note(Happening::Sent(message.clone()));
                    actions.extend(self.answer(Request::Message(request, message)));
                }
                Action::CreateTask { request, task } => {
                    self.note(Happening::AskedForTask(task.clone()));
                    actions.extend(self.answer(Request::Task(request, task)));
                }
                Action::RequestHttp { request, http } => {
                    actions.extend(self.answer_request(request, http));
                }
                Action::PerformVerbs { request, .. } => {
                    actions.extend(self.refuse(Event::VerbsRefused { request, reason: not_rehearsed() }));
                }
                Action::MakeCall { request, .. } => {
                    actions.extend(self.refuse(Event::CallRefused { request, reason: not_rehearsed() }));
                }
                Action::StartConversation { request, .. } | Action::ResumeConversation { request, .. } => {
                    actions
                        .extend(self.refuse(Event::ConversationRefused { request, reason: not_rehearsed() }));
                }
                Action::CreateInteraction { request, .. } => {
                    actions
                        .extend(self.refuse(Event::InteractionRefused { request, reason: not_rehearsed() }));
                }
                Action::PassOnMessage { payload } => actions.extend(self.take_message(payload)),
                Action::RecordStep(step) => self.note(Happening::left(*step)),
            }
        }
    }

    fn answer_pending(&mut self) {
        for request in mem::take(&mut self.pending) {
            let actions = self.answer(request);
            self.perform(actions);
        }
    }

    fn answer(&mut self, request: Request) -> Vec<Action> {
        match request {
            Request::Message(request, message) => self.answer_message(request, message),
            Request::Task(request, task) => {
                let answer = self.answers.task.clone();
                self.answer_task(request, task, &answer)
            }
        }
    }

    fn answer_message(&mut self, request: StepSid, message: Box<OutgoingMessage>) -> Vec<Action> {
        match self.answers.message.clone() {
            MessageAnswer::Accepted => self.accept(request, &message),
            MessageAnswer::Pending => {
                self.pending.push(Request::Message(request, message));
                Vec::new()
            }
            MessageAnswer::Refused(TextOr(Rejection { code, reason })) => {
                self.note(Happening::Answered(format!("message refused: {code} {reason}")));
                self.handle(Event::MessageRefused { request, code, reason })
            }
            MessageAnswer::Undelivered(TextOr(Rejection { code, reason })) => {
                let mut actions = self.accept(request, &message);
                self.note(Happening::Answered(format!("message undelivered: {code} {reason}")));
                actions.extend(self.handle(Event::DeliveryFailed { request, code, reason }));
                actions
            }
        }
    }

    fn accept(&mut self, request: StepSid, message: &OutgoingMessage) -> Vec<Action> {
        let outbound = world::accepted_message(message, &mut self.clock.tick());
        self.handle(Event::MessageAccepted { request, outbound })
    }

    fn answer_task(&mut self, request: StepSid, task: Box<TaskRequest>, answer: &TaskAnswer) -> Vec<Action> {
        match answer {
            TaskAnswer::Created => {
                let task = world::created_task(&task, &mut self.clock.tick());
                self.note(Happening::Answered("task created".to_owned()));
                self.handle(Event::TaskCreated { request, task })
            }
            TaskAnswer::Pending => {
                self.pending.push(Request::Task(request, task));
                Vec::new()
            }
            TaskAnswer::Refused(reason) => {
                self.note(Happening::Answered(format!("task refused: {reason}")));
                self.handle(Event::TaskRefused { request, reason: reason.clone() })
            }
        }
    }

    fn answer_request(&mut self, request: StepSid, http: Box<HttpRequest>) -> Vec<Action> {
        let answer = HttpAnswer::to(&http, &self.answers.http);
        self.note(Happening::Requested(http));
        match answer {
            Ok(response) => {
                self.note(Happening::Answered(format!("{} {}", response.status_code, response.body)));
                self.handle(Event::HttpAnswered { request, response: Box::new(response) })
            }
            Err(reason) => {
                self.note(Happening::Answered(format!("no answer: {reason}")));
                self.handle(Event::HttpFailed { request, reason })
            }
        }
    }

    fn refuse(&mut self, refusal: Event) -> Vec<Action> {
        self.note(Happening::Answered(format!("refused: {}", not_rehearsed())));
        self.handle(refusal)
    }

    /// Gives a message to the execution that runs, or to a new one, as the server does.
    fn take_message(&mut self, payload: Map<String, Value>) -> Vec<Action> {
        let text = payload.get("Body").and_then(Value::as_str).unwrap_or_default();
        self.note(Happening::Wrote(text.to_owned()));
        if self.execution.takes_messages(self.flow.flow(), self.clock.now) {
            return self.handle(Event::MessageReceived { payload });
        }
        if self.execution.status() == Status::Active {
            self.stop();
        }
        self.begin_again(Trigger::IncomingMessage { payload })
    }

    fn begin_again(&mut self, trigger: Trigger) -> Vec<Action> {
        note_beginning(&mut self.transcript, self.flow, &self.clock, &trigger);
        let (execution, actions) =
            Execution::start(self.flow.flow(), start_with(trigger), &mut self.clock.tick());
        self.execution = execution;
        actions
    }

    fn handle(&mut self, event: Event) -> Vec<Action> {
        self.execution.handle(self.flow.flow(), event, &mut self.clock.tick())
    }

    fn note(&mut self, happening: Happening) {
        self.transcript.note(self.clock.now, happening);
    }
}

/// Why what needs a call or a conversation fails.
fn not_rehearsed() -> String {
    "rehearsals have messages and requests, no calls and no conversations".to_owned()
}

/// The virtual clock; every tick has a seed of its own.
#[derive(Debug)]
struct Clock {
    now: Timestamp,
    ticks: u64,
}

impl Clock {
    fn tick(&mut self) -> Tick {
        self.ticks += 1;
        Tick::new(self.now, self.ticks)
    }
}

fn note_beginning(transcript: &mut Transcript, flow: &RehearsedFlow, clock: &Clock, trigger: &Trigger) {
    let began = Happening::Began { widget: flow.first_widget().to_owned(), event: trigger.kind().as_str() };
    transcript.note(clock.now, began);
}

fn start_with(trigger: Trigger) -> Start {
    Start {
        account_sid: Sid::from_bits(1),
        flow_sid: Sid::from_bits(2),
        flow_revision: 1,
        initiated_by: initiator(&trigger),
        trigger,
    }
}

/// Returns the SID of what began an execution, where it has one.
fn initiator(trigger: &Trigger) -> String {
    let sid = |payload: &Map<String, Value>, name: &str| {
        payload.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    match trigger {
        Trigger::IncomingMessage { payload } | Trigger::IncomingConversationMessage { payload } => {
            sid(payload, "MessageSid")
        }
        Trigger::IncomingCall { payload } => sid(payload, "CallSid"),
        Trigger::IncomingRequest { .. } | Trigger::IncomingParent { .. } => String::new(),
    }
}

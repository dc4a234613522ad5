//! The stage: one contact's execution under a virtual clock, with the world played around it.

mod answering;
mod calling;
mod messages;

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use domain::{Sid, Tick, Timestamp};
use flow::{Action, Event, Execution, Start, Trigger};
use serde_json::{Map, Value};

use super::line::Line;
use super::outcome::Outcomes;
use super::{
    Answers, Awaited, Happening, HttpAnswer, MessageAnswer, RehearsedFlow, TaskAnswer, TextOr, Transcript,
    TriggerSource,
};
use answering::Request;

/// An execution, the clock, and how the world answers.
#[derive(Debug)]
pub struct Stage<'a> {
    flow: &'a RehearsedFlow,
    clock: Clock,
    execution: Execution,
    answers: Answers,
    /// The call that the flow has or had.
    line: Option<Line>,
    /// What was asked for and has no answer yet, oldest first.
    pending: Vec<Request>,
    transcript: Transcript,
}

impl<'a> Stage<'a> {
    /// Begins an execution and runs it until it waits or ends.
    pub fn begin(flow: &'a RehearsedFlow, trigger: &TriggerSource, answers: Answers, at: Timestamp) -> Self {
        let mut clock = Clock { now: at, ticks: 0 };
        let mut transcript = Transcript::begin(at);
        if let Some(text) = text_of(trigger) {
            transcript.note(at, Happening::Wrote(text.to_owned()));
        }
        let trigger = trigger.trigger(&mut clock.tick());
        note_beginning(&mut transcript, flow, &clock, &trigger);
        let line = call_of(&trigger);
        let (execution, actions) = Execution::start(flow.flow(), start_with(trigger), &mut clock.tick());
        let mut stage = Self { flow, clock, execution, answers, line, pending: Vec::new(), transcript };
        stage.perform(actions);
        stage
    }

    /// Lets time pass; deadlines on the way come when they are due.
    pub fn wait(&mut self, duration: Duration) {
        self.note(Happening::Waited(duration));
        self.advance(self.clock.now + duration);
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
        self.answer_pending();
    }

    /// Says how what calls wait for ends from here on, and what is pending.
    pub fn end_as(&mut self, outcomes: Outcomes) {
        self.answers.outcomes.extend(outcomes);
        self.answer_pending();
    }

    /// Answers what is pending by `change`, which holds for nothing that is asked for afterwards.
    pub fn settle(&mut self, change: impl FnOnce(&mut Answers)) {
        let later = self.answers.clone();
        change(&mut self.answers);
        let mut actions = Vec::new();
        for request in mem::take(&mut self.pending) {
            actions.extend(self.answer(request));
        }
        self.answers = later;
        self.perform(actions);
    }

    /// Returns what waits for an answer, the oldest first, by the keys of scenario files.
    pub fn pending(&self) -> impl Iterator<Item = &'static str> {
        self.pending.iter().map(Request::name)
    }

    /// Returns what the oldest thing that waits for an outcome is.
    pub fn awaited(&self) -> Option<Awaited> {
        self.pending.iter().find_map(Request::awaited)
    }

    /// Returns the execution, the last one where there were more.
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Returns the time on the stage.
    pub fn now(&self) -> Timestamp {
        self.clock.now
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
            actions.extend(self.perform_one(action));
        }
    }

    fn perform_one(&mut self, action: Action) -> Vec<Action> {
        match action {
            Action::SendMessage { request, message } => {
                self.note(Happening::Sent(message.clone()));
                self.answer(Request::Message(request, message))
            }
            Action::CreateTask { request, task } => {
                self.note(Happening::AskedForTask(task.clone()));
                self.answer(Request::Task(request, task))
            }
            Action::CreateInteraction { request, interaction } => {
                self.note(Happening::AskedForTask(Box::new(interaction.task.clone())));
                self.answer(Request::Interaction(request, interaction))
            }
            Action::RequestHttp { request, http } => {
                self.note(Happening::Requested(http.clone()));
                self.answer(Request::Http(request, http))
            }
            Action::PerformVerbs { request, verbs } => self.perform_verbs(request, verbs),
            Action::MakeCall { request, call } => {
                self.note(Happening::Dialled(call.clone()));
                self.answer(Request::OutgoingCall(request, call))
            }
            Action::StartConversation { request, conversation } => {
                self.note(Happening::Conversed("begins a conversation".to_owned()));
                self.answer(Request::NewConversation(request, conversation))
            }
            Action::ResumeConversation { request, conversation } => {
                let text = format!("resumes the conversation {}", conversation.conversation);
                self.note(Happening::Conversed(text));
                self.answer(Request::OldConversation(request, conversation))
            }
            Action::PassOnMessage { payload } => self.take_message(payload),
            Action::RecordStep(step) => {
                self.note(Happening::left(*step));
                Vec::new()
            }
        }
    }

    /// Lets time pass up to a point; deadlines on the way come when they are due.
    fn advance(&mut self, until: Timestamp) {
        while let Some(due) = self.next_timeout().filter(|due| *due <= until) {
            self.clock.now = self.clock.now.max(due);
            let silent = self.line.as_mut().filter(|line| line.next_timeout().is_some_and(|at| at <= due));
            let actions = match silent {
                Some(line) => {
                    let performed = line.reach_time(&mut self.clock.tick());
                    self.tell(performed)
                }
                None => self.handle(Event::TimeReached),
            };
            self.perform(actions);
        }
        self.clock.now = self.clock.now.max(until);
    }

    fn next_timeout(&self) -> Option<Timestamp> {
        let silence = self.line.as_ref().and_then(Line::next_timeout);
        self.execution.next_timeout().into_iter().chain(silence).min()
    }

    fn handle(&mut self, event: Event) -> Vec<Action> {
        self.execution.handle(self.flow.flow(), event, &mut self.clock.tick())
    }

    fn note(&mut self, happening: Happening) {
        self.transcript.note(self.clock.now, happening);
    }
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

/// Returns what the contact writes to begin with.
fn text_of(trigger: &TriggerSource) -> Option<&str> {
    match trigger {
        TriggerSource::Message(TextOr(message)) => Some(&message.body),
        TriggerSource::Conversation(TextOr(message)) => Some(&message.body),
        TriggerSource::Request(_) | TriggerSource::Call(_) | TriggerSource::Parent(_) => None,
    }
}

fn call_of(trigger: &Trigger) -> Option<Line> {
    match trigger {
        Trigger::IncomingCall { payload } => Some(Line::of(payload.clone())),
        Trigger::IncomingMessage { .. }
        | Trigger::IncomingConversationMessage { .. }
        | Trigger::IncomingRequest { .. }
        | Trigger::IncomingParent { .. } => None,
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

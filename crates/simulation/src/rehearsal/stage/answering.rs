//! What the world answers to each thing that a flow asks for, or that nothing is known of it yet.

use std::mem;

use domain::StepSid;
use flow::{
    Action, ConversationRequest, Event, HttpRequest, InteractionRequest, OutgoingCall, OutgoingMessage,
    ResumeRequest, TaskRequest,
};
use serde_json::{Map, Value, json};

use super::Stage;
use crate::rehearsal::line::Line;
use crate::rehearsal::{
    Awaited, Happening, HttpAnswer, MessageAnswer, Outcome, Rejection, TaskAnswer, TextOr, http, world,
};

/// What a flow asked for.
#[derive(Debug)]
pub(super) enum Request {
    Message(StepSid, Box<OutgoingMessage>),
    Task(StepSid, Box<TaskRequest>),
    Interaction(StepSid, Box<InteractionRequest>),
    Http(StepSid, Box<HttpRequest>),
    OutgoingCall(StepSid, Box<OutgoingCall>),
    NewConversation(StepSid, Box<ConversationRequest>),
    OldConversation(StepSid, Box<ResumeRequest>),
    /// A verb that ends as its outcome says.
    Verb(StepSid, Awaited),
    /// A call that waits until there is a task.
    QueuedTask(StepSid, Box<TaskRequest>),
    /// A call that waits in the queue of a task, with what the queue tells of it.
    Queued(StepSid, Map<String, Value>),
}

impl Request {
    /// Returns the visit that asked.
    pub(super) fn sid(&self) -> StepSid {
        match self {
            Self::Message(sid, _)
            | Self::Task(sid, _)
            | Self::Interaction(sid, _)
            | Self::Http(sid, _)
            | Self::OutgoingCall(sid, _)
            | Self::NewConversation(sid, _)
            | Self::OldConversation(sid, _)
            | Self::Verb(sid, _)
            | Self::QueuedTask(sid, _)
            | Self::Queued(sid, _) => *sid,
        }
    }

    /// Returns the outcome that it waits for; `None` where it waits for an answer of another kind.
    pub(super) fn awaited(&self) -> Option<Awaited> {
        match self {
            Self::Message(..) | Self::Task(..) | Self::Interaction(..) | Self::Http(..) => None,
            Self::OutgoingCall(..) => Some(Awaited::OutgoingCall),
            Self::NewConversation(..) | Self::OldConversation(..) => Some(Awaited::Conversation),
            Self::Verb(_, awaited) => Some(*awaited),
            Self::QueuedTask(..) | Self::Queued(..) => Some(Awaited::Queue),
        }
    }

    /// Returns who or what would answer.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Message(..) => "message",
            Self::Task(..) | Self::Interaction(..) | Self::QueuedTask(..) => "task",
            Self::Http(..) => "http",
            Self::OutgoingCall(..)
            | Self::NewConversation(..)
            | Self::OldConversation(..)
            | Self::Verb(..)
            | Self::Queued(..) => self.awaited().map_or("", Awaited::name),
        }
    }
}

impl Stage<'_> {
    /// Answers what is pending, as far as something is known of it.
    pub(super) fn answer_pending(&mut self) {
        for request in mem::take(&mut self.pending) {
            let actions = self.answer(request);
            self.perform(actions);
        }
    }

    /// Answers what the flow asked for, or keeps it for later.
    pub(super) fn answer(&mut self, request: Request) -> Vec<Action> {
        match request {
            Request::Message(request, message) => self.answer_message(request, message),
            Request::Task(..) | Request::Interaction(..) | Request::QueuedTask(..) => {
                self.answer_task(request)
            }
            Request::Http(request, http) => self.answer_http_request(request, http),
            Request::OutgoingCall(..)
            | Request::NewConversation(..)
            | Request::OldConversation(..)
            | Request::Verb(..)
            | Request::Queued(..) => self.end(request),
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

    fn answer_task(&mut self, asked: Request) -> Vec<Action> {
        match self.answers.task.clone() {
            TaskAnswer::Created => {
                self.note(Happening::Answered("task created".to_owned()));
                self.create_task(asked)
            }
            TaskAnswer::Pending => {
                self.pending.push(asked);
                Vec::new()
            }
            TaskAnswer::Refused(reason) => {
                self.note(Happening::Answered(format!("task refused: {reason}")));
                self.refuse(&asked, reason)
            }
        }
    }

    fn create_task(&mut self, asked: Request) -> Vec<Action> {
        let tick = &mut self.clock.tick();
        match asked {
            Request::Task(request, task) => {
                let task = world::created_task(&task, tick);
                self.handle(Event::TaskCreated { request, task })
            }
            Request::Interaction(request, interaction) => {
                let interaction = world::created_interaction(&interaction, tick);
                self.handle(Event::InteractionCreated { request, interaction })
            }
            Request::QueuedTask(request, task) => {
                let sid = world::created_task(&task, tick).remove("sid");
                let told = world::object(json!({ "TaskSid": sid, "Age": 0 }));
                self.answer(Request::Queued(request, told))
            }
            Request::Message(..)
            | Request::Http(..)
            | Request::OutgoingCall(..)
            | Request::NewConversation(..)
            | Request::OldConversation(..)
            | Request::Verb(..)
            | Request::Queued(..) => Vec::new(),
        }
    }

    /// Answers by the first stub that fits; a slow one lets time pass.
    fn answer_http_request(&mut self, request: StepSid, http: Box<HttpRequest>) -> Vec<Action> {
        let stub = HttpAnswer::to(&http, &self.answers.http).map(|answer| answer.outcome(&http));
        let answer = match stub {
            Some((after, answer)) => {
                self.clock.now = self.clock.now + after;
                answer
            }
            None if self.answers.awaits_http => {
                self.pending.push(Request::Http(request, http));
                return Vec::new();
            }
            None => Err(format!("the scenario has no answer for {}", http::shown(&http))),
        };
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

    /// Ends what a call or a conversation waits for as its outcome says.
    fn end(&mut self, asked: Request) -> Vec<Action> {
        let Some(awaited) = asked.awaited() else { return Vec::new() };
        let outcome = self.answers.outcome(awaited);
        if outcome.is_pending() {
            self.pending.push(asked);
            return Vec::new();
        }
        if let Some(reason) = outcome.refused {
            self.note(Happening::Answered(format!("{} refused: {reason}", awaited.name())));
            return self.refuse(&asked, reason);
        }
        self.note(Happening::Answered(format!("{} {}", awaited.name(), outcome.result)));
        self.end_well(asked, awaited, outcome)
    }

    fn end_well(&mut self, asked: Request, awaited: Awaited, outcome: Outcome) -> Vec<Action> {
        let Outcome { result, parameters, .. } = outcome;
        let mut told = awaited.parameters(&result);
        told.extend(parameters);
        let tick = &mut self.clock.tick();
        match asked {
            Request::OutgoingCall(request, call) => {
                let mut parameters = world::outgoing_call(&call, tick);
                if result == "answered" {
                    self.line = Some(Line::of(parameters.clone()));
                }
                parameters.extend(told);
                self.handle(Event::CallPlaced { request, parameters })
            }
            Request::NewConversation(request, conversation) => {
                let mut conversation = world::begun_conversation(&conversation, tick);
                conversation.extend(told);
                self.converse(request, conversation)
            }
            Request::OldConversation(request, resumed) => {
                let mut conversation =
                    world::object(json!({ "sid": resumed.conversation, "state": "active" }));
                conversation.extend(told);
                self.converse(request, conversation)
            }
            Request::Queued(request, queued) => {
                told.extend(queued);
                self.leave_verb(request, &result, told)
            }
            Request::Verb(request, _) => self.leave_verb(request, &result, told),
            Request::Message(..)
            | Request::Task(..)
            | Request::Interaction(..)
            | Request::Http(..)
            | Request::QueuedTask(..) => Vec::new(),
        }
    }

    /// Tells the flow what came of a verb; a caller who hung up meanwhile ends the call by that.
    fn leave_verb(&mut self, request: StepSid, result: &str, told: Map<String, Value>) -> Vec<Action> {
        if !matches!(result, "hangup" | "caller-hung-up") {
            let parameters = self.told("in-progress", told);
            return self.handle(Event::VerbsPerformed { request, parameters });
        }
        let parameters = self.told("completed", told);
        let mut actions = self.handle(Event::VerbsPerformed { request, parameters });
        let line = self.line.as_mut();
        line.and_then(|line| line.hang_up(&mut self.clock.tick()));
        let parameters = self.told("completed", Map::new());
        actions.extend(self.handle(Event::CallEnded { parameters }));
        actions
    }

    fn converse(&mut self, request: StepSid, conversation: Map<String, Value>) -> Vec<Action> {
        let webhook_sid = world::sid_text("WH", &mut self.clock.tick());
        self.handle(Event::ConversationReady { request, conversation, webhook_sid })
    }

    fn refuse(&mut self, asked: &Request, reason: String) -> Vec<Action> {
        let request = asked.sid();
        self.handle(match asked {
            Request::Message(..) => Event::MessageRefused { request, code: 0, reason },
            Request::Task(..) => Event::TaskRefused { request, reason },
            Request::Interaction(..) => Event::InteractionRefused { request, reason },
            Request::Http(..) => Event::HttpFailed { request, reason },
            Request::OutgoingCall(..) => Event::CallRefused { request, reason },
            Request::NewConversation(..) | Request::OldConversation(..) => {
                Event::ConversationRefused { request, reason }
            }
            Request::Verb(..) | Request::QueuedTask(..) | Request::Queued(..) => {
                Event::VerbsRefused { request, reason }
            }
        })
    }
}

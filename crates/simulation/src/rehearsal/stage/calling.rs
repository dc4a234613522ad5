//! The caller on the stage: what is performed on the call, and what the caller does meanwhile.

use std::mem;
use std::time::Duration;

use domain::StepSid;
use flow::{Action, Event, TaskRequest};
use serde_json::{Map, Value};
use twiml::{Digits, Enqueue, Verb};

use super::Stage;
use super::answering::Request;
use crate::rehearsal::line::Performed;
use crate::rehearsal::{Awaited, CallState, Happening, Said};

/// The channel of tasks that calls wait for.
const TASK_CHANNEL: &str = "voice";

/// How long a task lives where its verb says nothing, in seconds: a day.
const TASK_TIMEOUT_SECS: u32 = 86_400;

impl Stage<'_> {
    /// Lets the contact speak on the call, or write where there is none.
    pub fn say(&mut self, said: &Said) {
        if self.call_state() != CallState::InProgress {
            return self.write(said);
        }
        self.note(Happening::Called(format!("says {}", said.body)));
        let now = self.clock.now;
        let line = self.line.as_mut().filter(|line| line.listens());
        let Some(line) = line else { return self.note_deafness() };
        let performed = line.speak(&said.body, &said.parameters, now);
        let actions = self.tell(performed);
        self.perform(actions);
        self.wait_for_silence();
    }

    /// Lets the caller press keys and wait for what follows, or says that there is no call.
    pub fn press(&mut self, keys: &Digits) -> Result<(), String> {
        self.must_be_up()?;
        self.note(Happening::Called(format!("presses {}", keys.as_str())));
        for key in keys.as_str().chars() {
            match key {
                'w' => self.advance(self.clock.now + Duration::from_millis(500)),
                'W' => self.advance(self.clock.now + Duration::from_secs(1)),
                key => self.press_one(key),
            }
        }
        self.wait_for_silence();
        Ok(())
    }

    /// Lets the caller hang up, or says that there is no call.
    pub fn hang_up(&mut self) -> Result<(), String> {
        self.must_be_up()?;
        self.note(Happening::Called("hangs up".to_owned()));
        let line = self.line.as_mut();
        let performed = line.and_then(|line| line.hang_up(&mut self.clock.tick()));
        let mut actions = self.tell(performed);
        for request in mem::take(&mut self.pending) {
            match request.awaited() {
                Some(awaited @ (Awaited::Dial | Awaited::Queue)) => {
                    let result = if awaited == Awaited::Queue { "hangup" } else { "completed" };
                    let parameters = self.told("completed", awaited.parameters(result));
                    actions.extend(self.handle(Event::VerbsPerformed { request: request.sid(), parameters }));
                }
                Some(Awaited::Redirect | Awaited::Payment | Awaited::Agent) => {}
                Some(Awaited::OutgoingCall | Awaited::Conversation) | None => self.pending.push(request),
            }
        }
        let parameters = self.told("completed", Map::new());
        actions.extend(self.handle(Event::CallEnded { parameters }));
        self.perform(actions);
        Ok(())
    }

    /// Returns where the flow's call stands.
    pub fn call_state(&self) -> CallState {
        match &self.line {
            None => CallState::None,
            Some(line) if line.is_up() => CallState::InProgress,
            Some(_) => CallState::Completed,
        }
    }

    /// Performs what the flow asks for; nothing at all means that it hangs up.
    pub(super) fn perform_verbs(&mut self, request: StepSid, verbs: Vec<Verb>) -> Vec<Action> {
        if verbs.is_empty() {
            self.note(Happening::HungUp);
            let line = self.line.as_mut();
            line.and_then(|line| line.hang_up(&mut self.clock.tick()));
        }
        let mut actions = Vec::new();
        for verb in verbs {
            self.note(Happening::Performed(Box::new(verb.clone())));
            actions.extend(self.perform_verb(request, verb));
        }
        actions
    }

    fn perform_verb(&mut self, request: StepSid, verb: Verb) -> Vec<Action> {
        let now = self.clock.now;
        match (verb, &mut self.line) {
            (Verb::Gather(gather), Some(line)) => line.gather(request, gather, now),
            (Verb::Record(record), Some(line)) => line.record(request, record, now),
            (Verb::Dial(_), _) => return self.answer(Request::Verb(request, Awaited::Dial)),
            (Verb::Pay(_), _) => return self.answer(Request::Verb(request, Awaited::Payment)),
            (Verb::Connect(_), _) => return self.answer(Request::Verb(request, Awaited::Agent)),
            (Verb::Redirect(_), _) => return self.answer(Request::Verb(request, Awaited::Redirect)),
            (Verb::Enqueue(enqueue), _) => return self.enqueue(request, enqueue),
            (
                Verb::Gather(_)
                | Verb::Record(_)
                | Verb::Say(_)
                | Verb::Play(_)
                | Verb::Pause(_)
                | Verb::Leave(_)
                | Verb::Reject(_)
                | Verb::Hangup(_)
                | Verb::Refer(_)
                | Verb::Start(_)
                | Verb::Stop(_)
                | Verb::Echo(_)
                | Verb::Sms(_)
                | Verb::Message(_),
                _,
            ) => {
                let parameters = self.told("in-progress", Map::new());
                return self.handle(Event::VerbsPerformed { request, parameters });
            }
        }
        Vec::new()
    }

    /// Lets the caller wait in a queue, or for a task.
    fn enqueue(&mut self, request: StepSid, enqueue: Enqueue) -> Vec<Action> {
        let Some(workflow) = enqueue.workflow_sid else {
            return self.answer(Request::Verb(request, Awaited::Queue));
        };
        let task = enqueue.task.unwrap_or_default();
        let attributes = domain::Attributes::parse(&task.attributes, usize::MAX);
        let task = Box::new(TaskRequest {
            workflow,
            task_channel: TASK_CHANNEL.to_owned(),
            priority: task.priority(),
            timeout_secs: task.timeout_secs.unwrap_or(TASK_TIMEOUT_SECS),
            attributes: attributes.unwrap_or_else(|_| domain::Attributes::from_map(Map::new())),
        });
        self.note(Happening::AskedForTask(task.clone()));
        self.answer(Request::QueuedTask(request, task))
    }

    /// Hands the flow what came of a verb, if anything did.
    pub(super) fn tell(&mut self, performed: Option<Performed>) -> Vec<Action> {
        let Some(Performed { request, parameters }) = performed else { return Vec::new() };
        self.handle(Event::VerbsPerformed { request, parameters })
    }

    /// Returns the call's parameters with a status and what else is to be told.
    pub(super) fn told(&self, status: &str, more: Map<String, Value>) -> Map<String, Value> {
        self.line.as_ref().map_or_else(|| more.clone(), |line| line.told(status, more.clone()))
    }

    fn press_one(&mut self, key: char) {
        let line = self.line.as_mut().filter(|line| line.listens());
        let Some(line) = line else { return self.note_deafness() };
        let performed = line.press(key, &mut self.clock.tick());
        let actions = self.tell(performed);
        self.perform(actions);
    }

    /// Lets the silence pass that ends what the caller has begun.
    fn wait_for_silence(&mut self) {
        let line = self.line.as_ref().filter(|line| line.is_collecting());
        if let Some(due) = line.and_then(|line| line.next_timeout()) {
            self.advance(due);
        }
    }

    fn must_be_up(&self) -> Result<(), String> {
        match self.call_state() {
            CallState::InProgress => Ok(()),
            CallState::Completed => Err("the call has ended".to_owned()),
            CallState::None => Err("there is no call".to_owned()),
        }
    }

    fn note_deafness(&mut self) {
        self.note(Happening::Answered("nothing on the call listens".to_owned()));
    }
}

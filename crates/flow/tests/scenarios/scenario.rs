//! The words of the stories: builders for definitions, and a scenario that keeps the time and asserts actions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::{Sid, StepSid, Tick, Timestamp};
use flow::{
    Action, Event, Execution, Flow, HttpResponse, Settings, Start, Status, Step, SubflowReference, Trigger,
};
use serde_json::{Map, Value, json};
use twiml::{Document, Verb};

/// The contact of all stories.
pub(crate) const CONTACT: &str = "+15555550111";

/// Our number in all stories.
pub(crate) const OURS: &str = "+15555550100";

/// A definition whose trigger leads to `first` on each of its events.
pub(crate) fn definition<const N: usize>(first: &str, widgets: [Value; N]) -> Value {
    let events = [
        "incomingMessage",
        "incomingCall",
        "incomingConversationMessage",
        "incomingRequest",
        "incomingParent",
    ];
    let trigger = widget("Trigger", "trigger", json!({}), &events.map(|event| (event, first)));
    let states: Vec<Value> = std::iter::once(trigger).chain(widgets).collect();
    json!({ "description": "A story", "states": states, "initial_state": "Trigger", "flags": {} })
}

/// A widget with these properties and wired transitions.
pub(crate) fn widget(name: &str, kind: &str, properties: Value, transitions: &[(&str, &str)]) -> Value {
    let transitions: Vec<Value> =
        transitions.iter().map(|(event, next)| json!({ "event": event, "next": next })).collect();
    json!({ "name": name, "type": kind, "properties": properties, "transitions": transitions })
}

/// A split on `input` with branches of condition, value and next widget.
pub(crate) fn split(name: &str, input: &str, branches: &[(&str, &str, &str)], no_match: &str) -> Value {
    let mut transitions = vec![json!({ "event": "noMatch", "next": no_match })];
    for (test, value, next) in branches {
        let condition = json!({ "friendly_name": "", "arguments": [input], "type": test, "value": value });
        transitions.push(json!({ "event": "match", "next": next, "conditions": [condition] }));
    }
    json!({ "name": name, "type": "split-based-on", "properties": { "input": input }, "transitions": transitions })
}

/// The parameters of a message from the contact.
pub(crate) fn message(body: &str) -> Map<String, Value> {
    object(json!({ "MessageSid": "SM1", "From": CONTACT, "To": OURS, "Body": body, "NumMedia": "0" }))
}

/// The parameters of the contact's call, and these.
pub(crate) fn call(parameters: Value) -> Map<String, Value> {
    let mut all =
        object(json!({ "CallSid": "CA1", "CallStatus": "in-progress", "From": CONTACT, "To": OURS }));
    all.extend(object(parameters));
    all
}

/// The map behind a JSON object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

/// A flow, one execution of it, and the actions that no expectation has named yet.
pub(crate) struct Scenario {
    flow: Flow,
    execution: Option<Execution>,
    now: Timestamp,
    ticks: u64,
    actions: Vec<Action>,
    pub(crate) steps: Vec<Step>,
    /// The request of the last action that asks for an answer.
    pub(crate) request: StepSid,
}

impl Scenario {
    pub(crate) fn new(definition: &Value) -> Self {
        Self::with_settings(definition, Settings::default())
    }

    /// A flow whose subflow `FW2` is this one.
    pub(crate) fn with_subflow(definition: &Value, subflow: &Value) -> Self {
        let mut scenario = Self::new(definition);
        let subflow = Arc::new(Flow::parse(subflow, Settings::default()).expect("a valid subflow"));
        let wanted = SubflowReference { flow_sid: "FW2".to_owned(), revision: "LatestPublished".to_owned() };
        assert_eq!(scenario.flow.subflows_wanted().into_iter().collect::<Vec<_>>(), [&wanted]);
        scenario.flow = scenario.flow.with_subflows(BTreeMap::from_iter([(wanted, subflow)]));
        scenario
    }

    /// The subflows are deleted while the execution goes on.
    pub(crate) fn loses_subflows(self) -> Self {
        Self { flow: self.flow.with_subflows(BTreeMap::new()), ..self }
    }

    pub(crate) fn with_settings(definition: &Value, settings: Settings) -> Self {
        Self {
            flow: Flow::parse(definition, settings).expect("a valid definition"),
            execution: None,
            now: Timestamp::parse("2026-11-22T10:00:00Z").expect("a time"),
            ticks: 0,
            actions: Vec::new(),
            steps: Vec::new(),
            request: StepSid::from_bits(0),
        }
    }

    pub(crate) fn starts_with_message(self, body: &str) -> Self {
        self.starts(Trigger::IncomingMessage { payload: message(body) })
    }

    pub(crate) fn starts(mut self, trigger: Trigger) -> Self {
        let start = Start {
            account_sid: Sid::from_bits(1),
            flow_sid: Sid::from_bits(2),
            flow_revision: 3,
            initiated_by: "SM1".to_owned(),
            trigger,
        };
        let mut tick = self.tick();
        let (execution, actions) = Execution::start(&self.flow, start, &mut tick);
        self.execution = Some(execution);
        self.note(actions);
        self
    }

    pub(crate) fn receives(self, body: &str) -> Self {
        self.happens(Event::MessageReceived { payload: message(body) })
    }

    pub(crate) fn message_is_accepted(self) -> Self {
        let outbound = object(json!({ "Sid": "SM9", "Status": "queued" }));
        let request = self.request;
        self.happens(Event::MessageAccepted { request, outbound })
    }

    pub(crate) fn task_is_created(self) -> Self {
        let task =
            object(json!({ "sid": "WT1", "age": 0, "attributes": "{\"a\":1}", "workspace_sid": "WS1" }));
        let request = self.request;
        self.happens(Event::TaskCreated { request, task })
    }

    /// Another system answers with this status, type and body.
    pub(crate) fn other_answers(self, status_code: u16, content_type: &str, body: &str) -> Self {
        let response = HttpResponse {
            status_code,
            content_type: content_type.to_owned(),
            body: body.to_owned(),
            headers: Map::new(),
        };
        let request = self.request;
        self.happens(Event::HttpAnswered { request, response: Box::new(response) })
    }

    pub(crate) fn starts_with_call(self) -> Self {
        self.starts(Trigger::IncomingCall { payload: call(json!({ "CallStatus": "ringing" })) })
    }

    /// The call has performed what it was asked; these are the parameters beside the usual.
    pub(crate) fn performs(self, parameters: Value) -> Self {
        let request = self.request;
        self.happens(Event::VerbsPerformed { request, parameters: call(parameters) })
    }

    pub(crate) fn caller_hangs_up(self) -> Self {
        self.happens(Event::CallEnded { parameters: call(json!({ "CallStatus": "completed" })) })
    }

    /// Lets time pass and wakes the execution if that is due.
    pub(crate) fn after(mut self, secs: u64) -> Self {
        self.now = self.now + Duration::from_secs(secs);
        if self.execution().next_timeout().is_some_and(|at| at <= self.now) {
            return self.happens(Event::TimeReached);
        }
        self
    }

    pub(crate) fn happens(mut self, event: Event) -> Self {
        let mut tick = self.tick();
        let mut execution = self.restored();
        let actions = execution.handle(&self.flow, event, &mut tick);
        self.execution = Some(execution);
        self.note(actions);
        self
    }

    /// Asserts the whole list of actions since the last expectation.
    #[track_caller]
    pub(crate) fn expect<const N: usize>(mut self, expected: [&str; N]) -> Self {
        let found: Vec<String> = self.actions.drain(..).map(|action| line(&action)).collect();
        assert_eq!(found, expected);
        self
    }

    #[track_caller]
    pub(crate) fn expect_ended(self) -> Self {
        assert_eq!(self.execution().status(), Status::Ended);
        assert_eq!(self.execution().next_timeout(), None);
        self
    }

    /// Forgets the actions so far: they are another story's.
    pub(crate) fn quietly(mut self) -> Self {
        self.actions.clear();
        self
    }

    pub(crate) fn execution(&self) -> &Execution {
        self.execution.as_ref().expect("a started execution")
    }

    /// Asserts the last action alone, and forgets the others.
    #[track_caller]
    pub(crate) fn quietly_but_last(self, expected: &str) -> Self {
        assert_eq!(self.actions.last().map(line).as_deref(), Some(expected));
        self.quietly()
    }

    /// The actions since the last expectation.
    pub(crate) fn actions(&self) -> &[Action] {
        &self.actions
    }

    pub(crate) fn takes_messages(&self) -> bool {
        self.execution().takes_messages(&self.flow, self.now)
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    #[track_caller]
    pub(crate) fn last_step(&self) -> &Step {
        self.steps.last().expect("a step")
    }

    /// The execution as a restart would find it.
    fn restored(&self) -> Execution {
        let stored = serde_json::to_string(self.execution()).expect("an execution can be stored");
        let restored: Execution = serde_json::from_str(&stored).expect("a stored execution can be loaded");
        assert_eq!(&restored, self.execution());
        restored
    }

    fn tick(&mut self) -> Tick {
        self.ticks += 1;
        Tick::new(self.now, self.ticks)
    }

    fn note(&mut self, actions: Vec<Action>) {
        for action in &actions {
            match action {
                Action::SendMessage { request, .. }
                | Action::CreateTask { request, .. }
                | Action::RequestHttp { request, .. }
                | Action::PerformVerbs { request, .. }
                | Action::MakeCall { request, .. }
                | Action::StartConversation { request, .. }
                | Action::ResumeConversation { request, .. }
                | Action::CreateInteraction { request, .. } => self.request = *request,
                Action::RecordStep(step) => self.steps.push(Step::clone(step)),
                Action::PassOnMessage { .. } => {}
            }
        }
        self.actions.extend(actions);
    }
}

/// Writes an action as the stories do.
fn line(action: &Action) -> String {
    match action {
        Action::SendMessage { message, .. } => {
            format!("send {} -> {}: {}", message.from, message.to, message.body)
        }
        Action::CreateTask { task, .. } => format!(
            "task {}/{} priority {} timeout {}: {}",
            task.workflow,
            task.task_channel,
            task.priority,
            task.timeout_secs,
            task.attributes.text()
        ),
        Action::RequestHttp { http, .. } => {
            let parameters: Vec<_> =
                http.parameters.iter().map(|(key, value)| format!(" {key}={value}")).collect();
            format!("{} {} {}{}", http.method.as_str(), http.url, http.body, parameters.concat())
        }
        Action::PerformVerbs { verbs, .. } if verbs.is_empty() => "hang up".to_owned(),
        Action::PerformVerbs { verbs, .. } => verbs_line(verbs),
        Action::MakeCall { call, .. } => format!("call {} -> {} {}s", call.from, call.to, call.timeout_secs),
        Action::StartConversation { conversation, .. } => format!(
            "start conversation with {}{} from {}",
            conversation.participant.identity,
            conversation.participant.address,
            conversation.participant.proxy_address
        ),
        Action::ResumeConversation { conversation, .. } => {
            format!("resume conversation {}", conversation.conversation)
        }
        Action::CreateInteraction { interaction, .. } => format!(
            "interaction {} {} for {}: {}",
            interaction.channel_type,
            interaction.conversation,
            interaction.task.workflow,
            interaction.task.attributes.text()
        ),
        Action::PassOnMessage { payload } => format!("pass on {}", payload["Body"]),
        Action::RecordStep(step) => {
            format!("step {}: {} -> {}", step.name, step.transitioned_from, step.transitioned_to)
        }
    }
}

/// Writes verbs as a document would, without its frame.
fn verbs_line(verbs: &[Verb]) -> String {
    let xml = Document { verbs: verbs.to_vec() }.to_xml();
    let start = xml.find("<Response>").expect("a document") + "<Response>".len();
    xml[start..].trim_end().trim_end_matches("</Response>").to_owned()
}

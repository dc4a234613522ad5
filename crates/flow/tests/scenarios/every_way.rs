//! The real flows, gone through by machine: contacts, other systems and agents do all that they can, wherever an
//! execution waits, until no answer leads to anything new. Every wired transition has to be taken.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{Sid, Tick, Timestamp};
use flow::{Action, Event, Execution, Flow, HttpResponse, Settings, Start, Trigger, WaitsFor};
use serde_json::{Map, Value, json};

use crate::definitions::shared_flows;
use crate::scenario::{call, message, object};

/// How many answers are made up for each place where an execution waits: each sets every field that the flow's splits
/// look at to something that one of them asks for.
const ANSWERS: u64 = 250;

/// A transition, as steps name it: the widget that is left, the event, and where it leads.
type Transition = (String, String, String);

#[test]
fn every_wired_transition_of_the_real_flows_is_taken() {
    let Some(files) = shared_flows() else {
        eprintln!("left out: the folder of real flows is not there");
        return;
    };
    let mut count = 0;
    for file in files {
        let mut definition = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        fill_in(&mut definition);
        let wired = reachable(&definition);
        let taken = Explorer::of(&definition).explore();
        let missed: Vec<_> = wired.difference(&taken).collect();
        assert!(missed.is_empty(), "{}: never taken: {missed:?}", file.display());
        count += wired.len();
    }
    assert!(count > 150, "{count} transitions are few for the folder of real flows");
}

#[test]
fn a_transition_that_nothing_can_lead_to_is_missed() {
    let set = |name: &str, next: &str| {
        json!({ "name": name, "type": "set-variables", "properties": { "variables": [] },
                "transitions": [{ "event": "next", "next": next }] })
    };
    let branch = json!({ "event": "match", "next": "b", "conditions": [
        { "friendly_name": "", "arguments": ["x"], "type": "equal_to", "value": "y" }] });
    let definition = json!({ "initial_state": "Trigger", "states": [
        { "name": "Trigger", "type": "trigger", "transitions": [{ "event": "incomingMessage", "next": "a" }] },
        { "name": "a", "type": "split-based-on", "properties": { "input": "x" },
          "transitions": [{ "event": "noMatch", "next": "c" }, branch] },
        set("b", "c"), set("c", ""),
    ] });
    let (wired, taken) = (reachable(&definition), Explorer::of(&definition).explore());
    let missed: Vec<_> = wired.difference(&taken).map(|(from, _, to)| (from.as_str(), to.as_str())).collect();
    assert_eq!(missed, [("a", "b"), ("b", "c")]);
}

/// An execution that waits for the answer to its last request.
struct Waiting {
    execution: Execution,
    request: Action,
    now: Timestamp,
}

/// Goes through one flow.
struct Explorer {
    flow: Flow,
    /// What splits look at, such as `widgets.ask.inbound.Body`, with what each is compared with.
    fields: BTreeMap<String, Vec<String>>,
    taken: BTreeSet<Transition>,
    /// Where executions have waited, whether for a reply, with each field that they knew by then.
    places: BTreeSet<((String, bool), Option<String>)>,
    waiting: VecDeque<Waiting>,
    ticks: u64,
}

impl Explorer {
    fn of(definition: &Value) -> Self {
        let flow = Flow::parse(definition, Settings::default()).unwrap();
        let fields = fields(definition);
        Self {
            flow,
            fields,
            taken: BTreeSet::new(),
            places: BTreeSet::new(),
            waiting: VecDeque::new(),
            ticks: 0,
        }
    }

    /// Returns the transitions that were taken when no answer leads to a new one.
    fn explore(mut self) -> BTreeSet<Transition> {
        let starts = |number| triggers(self.said(number), self.filled("flow.data.", number));
        distinct((0..ANSWERS).flat_map(starts)).into_iter().for_each(|trigger| self.begin(trigger));
        while let Some(waiting) = self.waiting.pop_front() {
            let answers = distinct((0..ANSWERS).flat_map(|number| self.answers(&waiting, number)));
            answers.into_iter().for_each(|event| self.play(&waiting, event));
        }
        self.taken
    }

    fn begin(&mut self, trigger: Trigger) {
        let now = Timestamp::from_secs(1_000_000);
        let start = Start {
            account_sid: Sid::from_bits(1),
            flow_sid: Sid::from_bits(2),
            flow_revision: 1,
            initiated_by: "SM1".to_owned(),
            trigger,
        };
        let (execution, actions) = Execution::start(&self.flow, start, &mut Tick::new(now, 0));
        self.note(execution, actions, now, None);
    }

    fn play(&mut self, waiting: &Waiting, event: Event) {
        self.ticks += 1;
        let mut execution = waiting.execution.clone();
        let is_timeout = matches!(event, Event::TimeReached);
        let due = execution.next_timeout().filter(|_| is_timeout);
        let now = due.unwrap_or(waiting.now);
        let actions = execution.handle(&self.flow, event, &mut Tick::new(now, self.ticks));
        self.note(execution, actions, now, Some(&waiting.request));
    }

    /// Notes which transitions were taken, and goes on later from where a new one led.
    fn note(&mut self, execution: Execution, actions: Vec<Action>, now: Timestamp, before: Option<&Action>) {
        let (mut is_new, mut request) = (false, before.cloned());
        for action in actions {
            match action {
                Action::RecordStep(step) => {
                    let transition = (step.transitioned_from, step.name, step.transitioned_to);
                    is_new |= self.taken.insert(transition);
                }
                Action::PassOnMessage { .. } => {}
                asked => request = Some(asked),
            }
        }
        let Some((visit, request)) = execution.visit().zip(request) else { return };
        let place = (visit.widget.clone(), visit.waits_for == WaitsFor::Reply);
        is_new |= self.places.insert((place.clone(), None));
        for field in self.fields.keys() {
            let known = execution.context().pointer(&pointer(field)).map(|value| format!("{field}={value}"));
            is_new |= known.is_some() && self.places.insert((place.clone(), known));
        }
        if is_new {
            self.waiting.push_back(Waiting { execution, request, now });
        }
    }

    /// Returns all that can follow a request.
    fn answers(&self, waiting: &Waiting, number: u64) -> Vec<Event> {
        let Some(visit) = waiting.execution.visit() else { return Vec::new() };
        let (request, reason) = (visit.step_sid, "because".to_owned());
        let said = self.said(number);
        let performed = |parameters: Value| Event::VerbsPerformed { request, parameters: call(parameters) };
        let mut events = vec![Event::TimeReached];
        events.extend(match &waiting.request {
            Action::SendMessage { .. } => vec![
                Event::MessageAccepted { request, outbound: object(json!({ "Sid": "SM2" })) },
                Event::MessageRefused { request, code: 21211, reason: reason.clone() },
                Event::DeliveryFailed { request, code: 30003, reason },
                Event::MessageReceived { payload: message(&said) },
            ],
            Action::CreateTask { .. } => {
                vec![Event::TaskCreated { request, task: Map::new() }, Event::TaskRefused { request, reason }]
            }
            Action::RequestHttp { .. } => {
                let parsed = self.filled(&format!("widgets.{}.parsed.", visit.widget), number);
                let answer = |status_code| Event::HttpAnswered {
                    request,
                    response: Box::new(HttpResponse {
                        status_code,
                        content_type: "application/json".to_owned(),
                        body: Value::Object(parsed.clone()).to_string(),
                        headers: Map::new(),
                    }),
                };
                vec![answer(200), answer(500), Event::HttpFailed { request, reason }]
            }
            Action::PerformVerbs { .. } => vec![
                performed(json!({})),
                performed(json!({ "Digits": said })),
                performed(json!({ "SpeechResult": said })),
                performed(json!({ "DialCallStatus": "completed", "QueueResult": "leave" })),
                performed(json!({ "QueueResult": "error" })),
                performed(json!({ "QueueResult": "system-error" })),
                Event::CallEnded { parameters: call(json!({ "CallStatus": "completed" })) },
                Event::VerbsRefused { request, reason },
            ],
            Action::MakeCall { .. } => vec![
                Event::CallPlaced { request, parameters: call(json!({ "CallStatus": "in-progress" })) },
                Event::CallRefused { request, reason },
            ],
            Action::StartConversation { .. } | Action::ResumeConversation { .. } => vec![
                Event::ConversationReady { request, conversation: Map::new(), webhook_sid: String::new() },
                Event::ConversationRefused { request, reason },
            ],
            Action::CreateInteraction { .. } => vec![
                Event::InteractionCreated { request, interaction: Map::new() },
                Event::InteractionRefused { request, reason },
            ],
            Action::PassOnMessage { .. } | Action::RecordStep(_) => vec![],
        });
        events
    }

    /// Makes up what a contact says or presses: something that a split asks for.
    fn said(&self, number: u64) -> String {
        let words: Vec<_> = self.fields.values().flatten().collect();
        words.get(choice(number, 0, words.len())).map_or_else(String::new, |word| (*word).clone())
    }

    /// Makes up an object with the fields below `prefix` that splits look at.
    fn filled(&self, prefix: &str, number: u64) -> Map<String, Value> {
        let mut made = json!({});
        for (place, (field, words)) in (1..).zip(&self.fields) {
            if let Some(path) = field.strip_prefix(prefix) {
                put(&mut made, path, &words[choice(number, place, words.len())]);
            }
        }
        object(made)
    }
}

/// Returns the starts that a flow can have.
fn triggers(said: String, data: Map<String, Value>) -> [Trigger; 4] {
    let conversation =
        json!({ "ConversationSid": "CH1", "Body": said, "Author": "ann", "MessageSid": "IM1" });
    [
        Trigger::IncomingMessage { payload: message(&said) },
        Trigger::IncomingCall { payload: call(json!({})) },
        Trigger::IncomingConversationMessage { payload: object(conversation) },
        Trigger::IncomingRequest {
            to: "+15550001".to_owned(),
            from: "+15550002".to_owned(),
            parameters: data,
        },
    ]
}

/// Gives functions that an export left without a URL one.
fn fill_in(definition: &mut Value) {
    for state in definition["states"].as_array_mut().unwrap() {
        if state["type"] == "run-function" && state["properties"]["url"] == "" {
            state["properties"]["url"] = "https://example.com/function".into();
        }
    }
}

/// Returns the wired transitions that the wiring itself does not cut off from the trigger.
fn reachable(definition: &Value) -> BTreeSet<Transition> {
    let states = definition["states"].as_array().unwrap();
    let mut wired = BTreeSet::new();
    let mut open = vec![definition["initial_state"].as_str().unwrap()];
    let mut visited = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !visited.insert(name) {
            continue;
        }
        let state = states.iter().find(|state| state["name"] == name).unwrap();
        for transition in state["transitions"].as_array().unwrap() {
            if let Some(next) = transition["next"].as_str().filter(|next| !next.is_empty()) {
                let event = transition["event"].as_str().unwrap();
                wired.insert((name.to_owned(), event.to_owned(), next.to_owned()));
                open.push(next);
            }
        }
    }
    wired
}

/// Returns what the splits of a flow look at, with the values that lead them one way or another.
fn fields(definition: &Value) -> BTreeMap<String, Vec<String>> {
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let states = definition["states"].as_array().into_iter().flatten();
    let transitions = states.flat_map(|state| state["transitions"].as_array().into_iter().flatten());
    for condition in transitions.flat_map(|it| it["conditions"].as_array().into_iter().flatten()) {
        let argument = condition["arguments"][0].as_str().unwrap_or_default();
        let field = argument.trim_matches(|c: char| c == '{' || c == '}' || c.is_whitespace());
        let values = fields.entry(field.to_owned()).or_insert_with(|| vec!["else".to_owned(), String::new()]);
        let value = condition["value"].as_str().unwrap_or_default();
        values.extend(value.split(',').map(|value| value.trim().to_owned()));
        // The text itself may hold a comma, and a number may have to be passed.
        values.push(value.to_owned());
        values.extend(value.parse::<i64>().ok().map(|number| (number + 1).to_string()));
        values.sort();
        values.dedup();
    }
    fields
}

/// Writes a field such as `collector.activated` as a JSON pointer.
fn pointer(field: &str) -> String {
    format!("/{}", field.replace('.', "/"))
}

/// Leaves out what was there before.
fn distinct<T: serde::Serialize>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(serde_json::to_string(item).unwrap())).collect()
}

fn put(value: &mut Value, field: &str, text: &str) {
    let mut place = value;
    for key in field.split('.') {
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[key];
    }
    *place = Value::from(text);
}

/// Chooses by a number what comes out different for each place: all that matters is that it is spread.
fn choice(number: u64, place: u64, among: usize) -> usize {
    let mixed = (number + 1)
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(place.wrapping_mul(1_442_695_040_888_963_407));
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    usize::try_from((mixed >> 33) % (among.max(1) as u64)).unwrap()
}

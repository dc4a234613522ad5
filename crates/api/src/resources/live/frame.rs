//! What a live event looks like: `{type, topic, at, data}`, and the topics that listeners choose from.

use std::collections::BTreeSet;

use domain::{ExecutionSid, FlowSid, Timestamp};
use flow::Step;
use router::{Notice, Noun};
use serde_json::{Value, json};

use crate::app::App;
use crate::conversation_hooks;
use crate::platform::{ExecutionFacts, LiveEvent};
use crate::resources::studio::edition::V2;
use crate::resources::studio::trail;
use crate::resources::{event_data, resource_of};

/// What a listener wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// Executions of flows and their steps.
    Executions,
    /// Tasks.
    Tasks,
    /// Reservations.
    Reservations,
    /// Workers.
    Workers,
    /// Conversations: what is written, by whom, and how far it got.
    Conversations,
    /// Workspaces and how they route: queues, workflows, activities, task channels.
    Routing,
}

impl Topic {
    /// All topics.
    pub(super) const ALL: [Self; 6] = [
        Self::Executions,
        Self::Tasks,
        Self::Reservations,
        Self::Workers,
        Self::Conversations,
        Self::Routing,
    ];

    /// Returns its name in requests and frames.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Executions => "executions",
            Self::Tasks => "tasks",
            Self::Reservations => "reservations",
            Self::Workers => "workers",
            Self::Conversations => "conversations",
            Self::Routing => "routing",
        }
    }

    /// Returns the topic with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    fn of_notice(notice: &Notice) -> Self {
        match notice.resource().0 {
            Noun::Task | Noun::Transfer => Self::Tasks,
            Noun::Reservation => Self::Reservations,
            Noun::Worker | Noun::WorkerChannel => Self::Workers,
            Noun::Workspace | Noun::Activity | Noun::TaskChannel | Noun::TaskQueue | Noun::Workflow => {
                Self::Routing
            }
        }
    }
}

/// Writes the first frame: from here on, everything of these topics is told.
pub(super) fn greeting(topics: &BTreeSet<Topic>, now: Timestamp) -> String {
    let names: Vec<&str> = topics.iter().map(|topic| topic.name()).collect();
    json!({ "type": "listening", "at": now.to_iso8601(), "data": { "topics": names } }).to_string()
}

/// Writes what happened in a workspace, for those who want to hear of it.
pub(super) fn of_notice(notice: &Notice, topics: &BTreeSet<Topic>) -> Option<String> {
    let topic = Topic::of_notice(notice);
    topics.contains(&topic).then(|| {
        let mut data = event_data(notice);
        data["resource_sid"] = resource_of(notice).sid.into();
        frame(topic, notice.kind.as_str(), notice.at, &data)
    })
}

/// Writes what happened outside of workspaces, for those who want to hear of it.
pub(super) fn of_event(app: &App, event: &LiveEvent, topics: &BTreeSet<Topic>) -> Option<String> {
    let (topic, kind, at, data) = match event {
        LiveEvent::ExecutionStarted(facts) => {
            (Topic::Executions, "execution.started", facts.at, execution(app, facts))
        }
        LiveEvent::ExecutionEnded(facts) => {
            (Topic::Executions, "execution.ended", facts.at, execution(app, facts))
        }
        LiveEvent::StepEnded { execution, flow, step: taken } => {
            (Topic::Executions, "step.ended", taken.date_created, step(app, *execution, *flow, taken))
        }
        LiveEvent::Conversation(notice) => {
            let kind = conversation_hooks::event_name(&notice.fact);
            (Topic::Conversations, kind, notice.date, conversation_hooks::shown(notice))
        }
        LiveEvent::Typing { conversation, identity, at } => {
            let data = json!({ "ConversationSid": conversation, "Identity": identity });
            (Topic::Conversations, "typing.started", *at, data)
        }
    };
    topics.contains(&topic).then(|| frame(topic, kind, at, &data))
}

fn frame(topic: Topic, kind: &str, at: Timestamp, data: &Value) -> String {
    json!({ "type": kind, "topic": topic.name(), "at": at.to_iso8601(), "data": data }).to_string()
}

fn execution(app: &App, facts: &ExecutionFacts) -> Value {
    json!({
        "execution_sid": facts.sid,
        "flow_sid": facts.flow,
        "flow_version": facts.revision,
        "contact_channel_address": facts.contact,
        "flow_channel_address": facts.ours,
        "initiated_by": facts.initiated_by,
        "url": V2.url(app, facts.flow, &facts.sid.to_string()),
    })
}

/// A step without its context, which its URL leads to.
fn step(app: &App, execution: ExecutionSid, flow: FlowSid, step: &Step) -> Value {
    let mut data = trail(step);
    let facts = json!({
        "execution_sid": execution,
        "flow_sid": flow,
        "step_sid": step.sid,
        "parent_step_sid": step.parent_step_sid,
        "name": step.name,
        "transitioned_from": step.transitioned_from,
        "transitioned_to": step.transitioned_to,
        "error": step.error,
        "warnings": step.warnings,
        "url": V2.url(app, flow, &format!("{execution}/Steps/{}", step.sid)),
    });
    if let (Value::Object(data), Value::Object(facts)) = (&mut data, facts) {
        data.extend(facts);
    }
    data
}

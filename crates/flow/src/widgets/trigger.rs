//! Trigger: where every execution begins.

use crate::catalogue::{EventKind, Group, WidgetKind};
use crate::widget::{Behaviour, Exit, Outcome, Scope, WidgetSource};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "trigger",
    label: "Trigger",
    group: Group::Flow,
    help: "Begins the flow: a message, a call, a conversation, a REST request or a parent flow.",
    properties: &[],
    events: &[
        EventKind::new("incomingMessage", "Incoming message"),
        EventKind::new("incomingCall", "Incoming call"),
        EventKind::new("incomingConversationMessage", "Incoming conversation"),
        EventKind::new("incomingRequest", "REST API"),
        EventKind::new("incomingParent", "Subflow"),
    ],
    failure_event: None,
    outputs: &[],
    compile: Some(compile),
};

fn compile(_source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(Trigger)
}

#[derive(Debug)]
struct Trigger;

impl Behaviour for Trigger {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        scope.visit.reason = Some(format!("the flow was entered by {}", scope.entry.as_str()));
        Outcome::Leave(Exit::by(scope.entry.as_str()))
    }
}

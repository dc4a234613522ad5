//! Send Message: sends one message and goes on as soon as it was taken on.

use serde_json::{Map, Value};

use crate::Action;
use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::WaitsFor;
use crate::widget::{Behaviour, Exit, MessageFate, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::message::{self, MessageTemplate};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "send-message",
    label: "Send Message",
    group: Group::Messaging,
    help: "Sends a message without waiting for an answer.",
    properties: &[
        message::FROM,
        PropertyKind::liquid_text("to", "Who gets it.").default("{{contact.channel.address}}"),
        message::BODY,
        message::SERVICE,
        message::CHANNEL,
        message::MEDIA_URL,
        message::ATTRIBUTES,
        message::MESSAGE_TYPE,
        message::CONTENT_SID,
        message::CONTENT_VARIABLES,
        PropertyKind::new("shorten_urls", PropertyType::Boolean, "Whether links in the body are shortened.")
            .default("false"),
    ],
    events: &[EventKind::new("sent", "Sent"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["outbound"],
    compile: Some(compile),
};

#[derive(Debug)]
struct SendMessage(MessageTemplate);

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SendMessage(MessageTemplate::compile(source)))
}

impl Behaviour for SendMessage {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.0.render(scope) {
            Ok(message) => {
                let action = Action::SendMessage { request: scope.request(), message: Box::new(message) };
                Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: None }
            }
            Err(error) => Outcome::Leave(Exit::failed("failed", error)),
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        let Resume::Message(fate) = resume else { return Outcome::KeepWaiting };
        match fate {
            MessageFate::Accepted(outbound) => {
                let outputs = Map::from_iter([("outbound".to_owned(), Value::Object(outbound))]);
                Outcome::Leave(Exit::by("sent").with_outputs(outputs))
            }
            MessageFate::Refused { code, reason } | MessageFate::NotDelivered { code, reason } => {
                message::note_failure(scope, code, &reason);
                Outcome::Leave(Exit::failed("failed", reason).with_outputs(scope.visit.outputs.clone()))
            }
        }
    }
}

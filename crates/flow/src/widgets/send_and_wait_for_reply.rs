//! Send & Wait for Reply: asks the contact and waits for the answer.

use std::time::Duration;

use domain::Timestamp;
use serde_json::Value;

use crate::Action;
use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::context::with_parsed_parameters;
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, MessageFate, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::message::{self, MessageTemplate};

/// How long the contact has to answer, in seconds, where the author says nothing usable.
const TIMEOUT_SECS: u64 = 3600;

/// The longest that the contact may have: the lifetime of an execution, in seconds.
const TIMEOUT_SECS_MAX: u64 = 30 * 24 * 60 * 60;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "send-and-wait-for-reply",
    label: "Send & Wait for Reply",
    group: Group::Messaging,
    help: "Sends a message and waits for the contact's answer.",
    properties: &[
        message::FROM,
        message::BODY,
        PropertyKind::new(
            "timeout",
            PropertyType::IntegerText { min: 1, max: TIMEOUT_SECS_MAX as i64 },
            "Seconds to wait for the answer.",
        )
        .liquid()
        .default("3600"),
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
    events: &[
        EventKind::new("incomingMessage", "Reply"),
        EventKind::new("timeout", "No reply"),
        EventKind::new("deliveryFailure", "Delivery fails"),
    ],
    failure_event: Some("deliveryFailure"),
    outputs: &["outbound", "inbound"],
    compile: Some(compile),
};

#[derive(Debug)]
struct SendAndWait {
    message: MessageTemplate,
    timeout: Template,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SendAndWait { message: MessageTemplate::compile(source), timeout: source.template("timeout") })
}

impl Behaviour for SendAndWait {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.message.render(scope) {
            Ok(message) => {
                let action = Action::SendMessage { request: scope.request(), message: Box::new(message) };
                let until = self.deadline(scope);
                Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: Some(until) }
            }
            Err(error) => Outcome::Leave(Exit::failed("deliveryFailure", error)),
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        match resume {
            Resume::Message(MessageFate::Accepted(outbound)) => {
                scope.visit.outputs.insert("outbound".to_owned(), Value::Object(outbound));
                Outcome::Wait { actions: vec![], waits_for: WaitsFor::Reply, until: scope.visit.until }
            }
            Resume::Message(
                MessageFate::Refused { code, reason } | MessageFate::NotDelivered { code, reason },
            ) => {
                message::note_failure(scope, code, &reason);
                leave(scope, Exit::failed("deliveryFailure", reason))
            }
            Resume::Reply(payload) => {
                let inbound = Value::Object(with_parsed_parameters(&payload));
                scope.visit.outputs.insert("inbound".to_owned(), inbound);
                leave(scope, Exit::by("incomingMessage"))
            }
            Resume::TimedOut => leave(scope, Exit::by("timeout")),
            Resume::Task(_)
            | Resume::Interaction(_)
            | Resume::Conversation(_)
            | Resume::Http(_)
            | Resume::Verbs(_)
            | Resume::HungUp(_)
            | Resume::Call(_) => Outcome::KeepWaiting,
        }
    }
}

impl SendAndWait {
    fn deadline(&self, scope: &mut Scope<'_>) -> Timestamp {
        let text = scope.render_or_warn(&self.timeout);
        let seconds = text.trim().parse().ok().filter(|seconds| (1..=TIMEOUT_SECS_MAX).contains(seconds));
        let seconds = seconds.unwrap_or_else(|| {
            scope.warn(format!(
                "the timeout '{text}' is not a number of seconds from 1 to {TIMEOUT_SECS_MAX}: {TIMEOUT_SECS} is used"
            ));
            TIMEOUT_SECS
        });
        scope.now + Duration::from_secs(seconds)
    }
}

fn leave(scope: &mut Scope<'_>, exit: Exit) -> Outcome {
    Outcome::Leave(exit.with_outputs(std::mem::take(&mut scope.visit.outputs)))
}

//! Make Outgoing Call of older flows: calls the contact.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::widget::{Behaviour, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::outgoing_call::{self, CallTemplate};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "make-outgoing-call-v1",
    label: "Make Outgoing Call (legacy)",
    group: Group::Voice,
    help: "Calls the contact; older flows have it.",
    properties: &[
        PropertyKind::liquid_text("from", "The number that calls.").default("{{flow.channel.address}}"),
        PropertyKind::liquid_text("to", "The number that is called.").default("{{contact.channel.address}}"),
        PropertyKind::new("record", PropertyType::Boolean, "Whether the call is recorded.").default("false"),
        PropertyKind::new(
            "recording_status_callback",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
        PropertyKind::new(
            "detect_answering_machine",
            PropertyType::Boolean,
            "Whether answering machines are told from people.",
        )
        .default("false"),
        PropertyKind::liquid_text("send_digits", "Keys to send after the answer, at most 32."),
        PropertyKind::new("timeout", PropertyType::Integer { min: 0, max: 600 }, "Seconds to let it ring.")
            .default("60"),
    ],
    events: &[
        EventKind::new("answered", "Answered"),
        EventKind::new("busy", "Busy"),
        EventKind::new("noAnswer", "No answer"),
        EventKind::new("failed", "Call failed"),
        EventKind::new("answeredByMachine", "Answered by machine"),
        EventKind::new("hangup", "Hung up"),
    ],
    failure_event: Some("failed"),
    outputs: &["CallSid", "CallStatus", "AnsweredBy", "To", "From", "Direction"],
    compile: Some(compile),
};

#[derive(Debug)]
struct MakeOutgoingCall(CallTemplate);

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(MakeOutgoingCall(CallTemplate::compile(source)))
}

impl Behaviour for MakeOutgoingCall {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        self.0.make(scope)
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        outgoing_call::leave(resume, |parameters| {
            let is_machine = text(parameters, "AnsweredBy").starts_with("machine");
            if is_machine { "answeredByMachine" } else { "answered" }
        })
    }
}

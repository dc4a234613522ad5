//! Make Outgoing Call: calls the contact; voice widgets work on that call from then on.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::widget::{Behaviour, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::outgoing_call::{self, CallTemplate};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "make-outgoing-call-v2",
    label: "Make Outgoing Call",
    group: Group::Voice,
    help: "Calls the contact.",
    properties: &[
        PropertyKind::liquid_text("from", "The number that calls.").default("{{flow.channel.address}}"),
        PropertyKind::liquid_text("to", "The number that is called.").default("{{contact.channel.address}}"),
        PropertyKind::new("record", PropertyType::Boolean, "Whether the call is recorded.").default("false"),
        PropertyKind::new(
            "recording_channels",
            PropertyType::Choice { values: &["mono", "dual"] },
            "Channels of the recording.",
        )
        .default("mono"),
        PropertyKind::new(
            "recording_status_callback",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
        PropertyKind::new(
            "trim",
            PropertyType::Choice { values: &["do-not-trim", "trim-silence"] },
            "Whether silence is cut from the recording.",
        )
        .default("do-not-trim"),
        PropertyKind::new(
            "detect_answering_machine",
            PropertyType::Boolean,
            "Whether answering machines are told from people.",
        )
        .default("false"),
        PropertyKind::new(
            "machine_detection",
            PropertyType::Choice { values: &["Enable", "DetectMessageEnd"] },
            "When the detection answers.",
        ),
        PropertyKind::new(
            "machine_detection_timeout",
            PropertyType::IntegerText { min: 3, max: 120 },
            "Seconds to decide.",
        )
        .default("30"),
        PropertyKind::new(
            "machine_detection_speech_threshold",
            PropertyType::IntegerText { min: 1000, max: 6000 },
            "Milliseconds of speech that mean a machine.",
        )
        .default("2400"),
        PropertyKind::new(
            "machine_detection_speech_end_threshold",
            PropertyType::IntegerText { min: 500, max: 5000 },
            "Milliseconds of silence that end speech.",
        )
        .default("1200"),
        PropertyKind::new(
            "machine_detection_silence_timeout",
            PropertyType::IntegerText { min: 2000, max: 10000 },
            "Milliseconds of silence at the beginning.",
        )
        .default("5000"),
        PropertyKind::liquid_text("send_digits", "Keys to send after the answer, at most 32."),
        PropertyKind::new("timeout", PropertyType::Integer { min: 0, max: 600 }, "Seconds to let it ring.")
            .default("60"),
        PropertyKind::liquid_text("sip_auth_username", "User name for a SIP address."),
        PropertyKind::liquid_text("sip_auth_password", "Password for a SIP address."),
    ],
    events: &[
        EventKind::new("answered", "Answered"),
        EventKind::new("busy", "Busy"),
        EventKind::new("noAnswer", "No answer"),
        EventKind::new("failed", "Call failed"),
    ],
    failure_event: Some("failed"),
    outputs: &["CallSid", "CallStatus", "AnsweredBy", "To", "From", "Direction", "MachineDetectionDuration"],
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
        outgoing_call::leave(resume, |_| "answered")
    }
}

//! Make Outgoing Call of older flows: calls the contact.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

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
    compile: None,
};

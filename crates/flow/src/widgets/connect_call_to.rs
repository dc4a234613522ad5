//! Connect Call To: connects the caller to another party.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-call-to",
    label: "Connect Call To",
    group: Group::Voice,
    help: "Connects the caller to a number, client, SIP address or conference.",
    properties: &[
        PropertyKind::new(
            "noun",
            PropertyType::Choice {
                values: &["number", "number-multi", "client", "sip", "sim", "conference"],
            },
            "What the caller is connected to.",
        )
        .required(),
        PropertyKind::liquid_text(
            "to",
            "The number, client, SIM or conference; several numbers separated by commas ring together.",
        ),
        PropertyKind::liquid_text("caller_id", "The number that is shown.")
            .default("{{contact.channel.address}}"),
        PropertyKind::new("timeout", PropertyType::Integer { min: 1, max: 600 }, "Seconds to let it ring.")
            .default("30"),
        PropertyKind::new("record", PropertyType::Boolean, "Whether the call is recorded.").default("false"),
        PropertyKind::new(
            "time_limit",
            PropertyType::IntegerText { min: 1, max: 86400 },
            "The longest duration in seconds.",
        )
        .liquid(),
        PropertyKind::liquid_text("sip_endpoint", "The SIP address."),
        PropertyKind::liquid_text("sip_username", "User name for the SIP address."),
        PropertyKind::liquid_text("sip_password", "Password for the SIP address."),
    ],
    events: &[
        EventKind::new("callCompleted", "Connected call ended"),
        EventKind::new("hangup", "Caller hung up"),
    ],
    failure_event: None,
    outputs: &[
        "DialCallStatus",
        "DialCallSid",
        "DialCallDuration",
        "RecordingUrl",
        "CallSid",
        "CallStatus",
        "From",
        "To",
    ],
    compile: None,
};

//! Call Recording: switches the recording of the call on or off.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "record-call",
    label: "Call Recording",
    group: Group::Voice,
    help: "Switches the recording of the call on or off.",
    properties: &[
        PropertyKind::new("record_call", PropertyType::Boolean, "Whether to record.").required(),
        PropertyKind::new(
            "trim",
            PropertyType::Choice { values: &["do-not-trim", "trim-silence"] },
            "Whether silence is cut from the recording.",
        ),
        PropertyKind::new(
            "recording_status_callback",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
        PropertyKind::new(
            "recording_status_callback_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new(
            "recording_status_callback_events",
            PropertyType::Text,
            "Which news, separated by spaces: in-progress, completed, absent.",
        )
        .default("completed"),
        PropertyKind::new(
            "recording_channels",
            PropertyType::Choice { values: &["mono", "dual"] },
            "Channels of the recording.",
        )
        .default("dual"),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &[
        "Sid",
        "AccountSid",
        "CallSid",
        "ConferenceSid",
        "Status",
        "StartTime",
        "Duration",
        "DateCreated",
        "DateUpdated",
        "ErrorCode",
        "Price",
        "PriceUnit",
        "Channels",
        "Source",
        "Uri",
        "ApiVersion",
        "EncryptionDetails",
    ],
    compile: None,
};

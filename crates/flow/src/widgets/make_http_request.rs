//! Make HTTP Request: calls another system and reads its answer.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "make-http-request",
    label: "Make HTTP Request",
    group: Group::Tools,
    help: "Calls another system and reads its answer.",
    properties: &[
        PropertyKind::new(
            "method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("GET"),
        PropertyKind::new("url", PropertyType::Url, "Where.").liquid().required(),
        PropertyKind::new("content_type", PropertyType::Text, "What the body is.")
            .default("application/x-www-form-urlencoded;charset=utf-8"),
        PropertyKind::liquid_text("body", "The body."),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "The fields of a form.",
        )
        .liquid(),
        PropertyKind::new(
            "add_twilio_auth",
            PropertyType::Boolean,
            "Whether the account's credentials are sent along.",
        )
        .default("false"),
        PropertyKind::new("timeout", PropertyType::Integer { min: 1, max: 60 }, "Seconds to wait."),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["body", "content_type", "status_code", "parsed"],
    compile: None,
};

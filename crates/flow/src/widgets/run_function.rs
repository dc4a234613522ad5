//! Run Function: calls a function of yours and reads its answer.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "run-function",
    label: "Run Function",
    group: Group::Tools,
    help: "Calls a function of yours and reads its answer.",
    properties: &[
        PropertyKind::new("url", PropertyType::Url, "The function.").liquid(),
        PropertyKind::new("service_sid", PropertyType::Sid { prefix: "ZS" }, "The service that holds it."),
        PropertyKind::new("environment_sid", PropertyType::Sid { prefix: "ZE" }, "The environment."),
        PropertyKind::new("function_sid", PropertyType::Sid { prefix: "ZH" }, "The function's SID."),
        PropertyKind::new("parameters", PropertyType::List { keys: &["key", "value"] }, "What it is given.")
            .liquid(),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("fail", "Fail")],
    failure_event: Some("fail"),
    outputs: &["body", "content_type", "status_code", "headers", "parsed"],
    compile: None,
};

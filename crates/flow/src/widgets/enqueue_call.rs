//! Enqueue Call: puts the caller into a queue or a workflow.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "enqueue-call",
    label: "Enqueue Call",
    group: Group::Connect,
    help: "Puts the caller into a queue or a workflow.",
    properties: &[
        PropertyKind::new(
            "queue_name",
            PropertyType::Text,
            "The queue, made on demand; either this or the workflow.",
        )
        .liquid(),
        PropertyKind::new(
            "workflow_sid",
            PropertyType::Sid { prefix: "WW" },
            "The workflow; either this or the queue.",
        )
        .liquid(),
        PropertyKind::new(
            "task_attributes",
            PropertyType::JsonText { length_max: 1024 },
            "Attributes of the task.",
        )
        .liquid(),
        PropertyKind::new(
            "priority",
            PropertyType::Integer { min: 0, max: 2147483647 },
            "Priority of the task.",
        )
        .liquid()
        .default("0"),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 1, max: 1209600 },
            "Seconds that the task may live.",
        )
        .liquid(),
        PropertyKind::new("wait_url", PropertyType::Url, "TwiML that the caller hears while waiting.")
            .liquid(),
        PropertyKind::new(
            "wait_url_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How the wait URL is requested.",
        ),
    ],
    events: &[
        EventKind::new("callComplete", "Call complete"),
        EventKind::new("failedToEnqueue", "Failed to enqueue"),
        EventKind::new("callFailure", "Call failed"),
    ],
    failure_event: Some("failedToEnqueue"),
    outputs: &["QueueResult", "QueueSid", "QueueTime", "CallSid", "CallStatus", "From", "To"],
    compile: None,
};

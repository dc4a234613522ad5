//! Resume Conversation: goes on with a conversation from a REST execution.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "resume-conversation",
    label: "Resume Conversation",
    group: Group::Messaging,
    help: "Goes on with a conversation; only in flows that REST starts.",
    properties: &[
        PropertyKind::new("conversation_service_sid", PropertyType::Text, "The conversation service.")
            .required()
            .liquid(),
        PropertyKind::new("conversation_sid", PropertyType::Text, "The conversation.").required().liquid(),
        PropertyKind::new(
            "webhook_filters",
            PropertyType::List { keys: &[] },
            "The events that resume the flow.",
        ),
        PropertyKind::new(
            "attributes",
            PropertyType::JsonText { length_max: 16384 },
            "Attributes of the conversation.",
        )
        .liquid(),
    ],
    events: &[EventKind::new("resumed", "Resumed"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["conversation", "webhook_sid", "close_channel_on_execution_end"],
    compile: None,
};

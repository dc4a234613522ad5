//! Start Conversation: begins a conversation from a REST execution.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "start-conversation",
    label: "Start Conversation",
    group: Group::Messaging,
    help: "Begins a conversation; only in flows that REST starts.",
    properties: &[
        PropertyKind::new("conversation_service_sid", PropertyType::Text, "The conversation service.")
            .required()
            .liquid(),
        PropertyKind::new(
            "participants",
            PropertyType::List {
                keys: &["type", "identity", "messaging_binding_address", "messaging_binding_proxy_address"],
            },
            "Who takes part: exactly one.",
        )
        .required()
        .liquid(),
        PropertyKind::liquid_text("friendly_name", "The name."),
        PropertyKind::new(
            "attributes",
            PropertyType::JsonText { length_max: 16384 },
            "Attributes of the conversation.",
        )
        .liquid(),
        PropertyKind::liquid_text("messaging_service_sid", "The messaging service."),
        PropertyKind::liquid_text("chat_service_sid", "The chat service."),
        PropertyKind::new("timers", PropertyType::Object, "When it becomes inactive and closed."),
    ],
    events: &[EventKind::new("created", "Created"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["conversation", "webhook_sid", "close_channel_on_execution_end"],
    compile: None,
};

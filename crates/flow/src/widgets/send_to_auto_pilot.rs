//! Send to Autopilot of older flows: retired, always fails.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "send-to-auto-pilot",
    label: "Send to Autopilot (retired)",
    group: Group::Connect,
    help: "Hands the contact to a bot service that was retired.",
    properties: &[
        PropertyKind::new("autopilot_assistant_sid", PropertyType::Text, "The assistant."),
        PropertyKind::liquid_text("from", "The name of the bot."),
        PropertyKind::liquid_text("body", "The first message."),
        PropertyKind::liquid_text("chat_service", "The chat service."),
        PropertyKind::liquid_text("chat_channel", "The chat channel."),
        PropertyKind::liquid_text("chat_attributes", "Attributes of the messages."),
        PropertyKind::liquid_text("target_task", "The bot's task."),
        PropertyKind::new(
            "memory_parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the bot remembers.",
        )
        .liquid(),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 1, max: 14400 },
            "Seconds that the bot may take.",
        )
        .default("14400"),
    ],
    events: &[
        EventKind::new("sessionEnded", "Session ended"),
        EventKind::new("failure", "Failure"),
        EventKind::new("timeout", "Timed out"),
    ],
    failure_event: Some("failure"),
    outputs: &["memory", "CurrentTask"],
    compile: None,
};

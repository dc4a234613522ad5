//! Run Conversation Relay: connects the call to a text bot by WebSocket.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "run-conversation-relay",
    label: "Run Conversation Relay",
    group: Group::Voice,
    help: "Connects the call to a text bot by WebSocket.",
    properties: &[
        PropertyKind::liquid_text("url", "The bot, wss://.").required(),
        PropertyKind::liquid_text("welcome_greeting", "What is said first."),
        PropertyKind::liquid_text("tts_provider", "Who speaks."),
        PropertyKind::liquid_text("voice", "The voice."),
        PropertyKind::liquid_text("language", "The language."),
        PropertyKind::liquid_text("transcription_provider", "Who listens."),
        PropertyKind::liquid_text("speech_model", "The model of the recogniser."),
        PropertyKind::new("dtmf_detection", PropertyType::Boolean, "Whether keys are passed on."),
        PropertyKind::new("interruptible", PropertyType::Text, "Whether the caller may interrupt."),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the bot is told.",
        )
        .liquid(),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["HandoffData", "SessionId", "SessionStatus", "SessionDuration"],
    compile: None,
};

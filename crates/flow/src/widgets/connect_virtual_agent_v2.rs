//! Connect Virtual Agent: hands the call or conversation to a bot.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-virtual-agent-v2",
    label: "Connect Virtual Agent",
    group: Group::Connect,
    help: "Hands the call or conversation to a bot.",
    properties: &[
        PropertyKind::new(
            "channel",
            PropertyType::Choice { values: &["voice", "conversations"] },
            "Where the bot talks.",
        ),
        PropertyKind::new("connector_name", PropertyType::Text, "The connector."),
        PropertyKind::new("session_behavior", PropertyType::Text, "Whether a session is begun or resumed."),
        PropertyKind::new(
            "resume_session_identification_method",
            PropertyType::Choice { values: &["widget", "manual"] },
            "How the session to resume is found.",
        ),
        PropertyKind::new("status_callback", PropertyType::Url, "Where news goes.").liquid(),
        PropertyKind::new(
            "status_callback_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new("timeout", PropertyType::Text, "Seconds that the bot may take.").liquid(),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the bot is given.",
        )
        .liquid(),
        PropertyKind::new(
            "configurations",
            PropertyType::List { keys: &["key", "value"] },
            "Settings of the bot.",
        )
        .liquid(),
    ],
    events: &[
        EventKind::new("completed", "Completed"),
        EventKind::new("live-agent-handoff", "Live agent handoff"),
        EventKind::new("hangup", "Hung up"),
        EventKind::new("failed", "Failed"),
        EventKind::new("paused", "Paused"),
        EventKind::new("timeout", "Timed out"),
    ],
    failure_event: Some("failed"),
    outputs: &[
        "VirtualAgentProvider",
        "VirtualAgentStatus",
        "VirtualAgentProviderData",
        "VirtualAgentError",
        "VirtualAgentErrorCode",
    ],
    compile: None,
};

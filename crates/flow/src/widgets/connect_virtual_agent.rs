//! Connect Virtual Agent of older flows.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-virtual-agent",
    label: "Connect Virtual Agent (legacy)",
    group: Group::Connect,
    help: "Hands the call to a bot; older flows have it.",
    properties: &[
        PropertyKind::new("connector", PropertyType::Text, "The connector."),
        PropertyKind::liquid_text("language", "The language."),
        PropertyKind::new("status_callback", PropertyType::Url, "Where news goes.").liquid(),
        PropertyKind::new(
            "sentiment_analysis",
            PropertyType::Text,
            "Whether the mood is rated: true or false.",
        ),
    ],
    events: &[EventKind::new("return", "Returned"), EventKind::new("hangup", "Hung up")],
    failure_event: None,
    outputs: &["VirtualAgentProvider", "VirtualAgentStatus"],
    compile: None,
};

//! Fork Stream: copies the audio of the call to another system.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "fork-stream",
    label: "Fork Stream",
    group: Group::Voice,
    help: "Copies the audio of the call to another system.",
    properties: &[
        PropertyKind::new(
            "stream_action",
            PropertyType::Choice { values: &["start", "stop"] },
            "Begins or ends the copy.",
        )
        .required(),
        PropertyKind::liquid_text("stream_name", "The name by which it is stopped."),
        PropertyKind::new(
            "stream_transport_type",
            PropertyType::Choice { values: &["websocket", "siprec"] },
            "How the audio travels.",
        ),
        PropertyKind::liquid_text("stream_url", "Where the audio goes, wss://."),
        PropertyKind::new("stream_connector", PropertyType::Text, "The SIPREC connector."),
        PropertyKind::new(
            "stream_track",
            PropertyType::Choice { values: &["inbound_track", "outbound_track", "both_tracks"] },
            "Whose audio.",
        ),
        PropertyKind::new(
            "stream_parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the receiver is told.",
        )
        .liquid(),
    ],
    events: &[EventKind::new("next", "Next")],
    failure_event: None,
    outputs: &[],
    compile: None,
};

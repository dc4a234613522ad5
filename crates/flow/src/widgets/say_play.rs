//! Say/Play: speaks a text or plays audio or keys to the caller.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "say-play",
    label: "Say/Play",
    group: Group::Voice,
    help: "Speaks a text, plays audio or sends keys.",
    properties: &[
        PropertyKind::liquid_text("say", "What is said; SSML is allowed."),
        PropertyKind::new("play", PropertyType::Url, "Link of the audio.").liquid(),
        PropertyKind::liquid_text(
            "digits",
            "Keys to send: 0-9, A-D, #, * and w for half a second of silence.",
        ),
        PropertyKind::liquid_text("voice", "The voice."),
        PropertyKind::liquid_text("language", "The language of the voice."),
        PropertyKind::new("loop", PropertyType::Integer { min: 1, max: 99 }, "How often.").default("1"),
    ],
    events: &[EventKind::new("audioComplete", "Audio complete")],
    failure_event: None,
    outputs: &["CallSid", "CallStatus", "From", "To", "language", "voice"],
    compile: None,
};

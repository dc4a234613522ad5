//! Record Voicemail: records what the caller says.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "record-voicemail",
    label: "Record Voicemail",
    group: Group::Voice,
    help: "Records what the caller says.",
    properties: &[
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 0, max: 14400 },
            "Seconds of silence that end the recording.",
        )
        .default("5"),
        PropertyKind::new(
            "max_length",
            PropertyType::Integer { min: 1, max: 14400 },
            "The longest recording in seconds.",
        )
        .default("3600"),
        PropertyKind::new("finish_on_key", PropertyType::Text, "The key that ends the recording."),
        PropertyKind::new("transcribe", PropertyType::Boolean, "Whether the recording is written down.")
            .default("false"),
        PropertyKind::new("transcription_callback_url", PropertyType::Url, "Where the transcript goes.")
            .liquid(),
        PropertyKind::new(
            "trim",
            PropertyType::Choice { values: &["do-not-trim", "trim-silence"] },
            "Whether silence is cut from the recording.",
        )
        .default("trim-silence"),
        PropertyKind::new("play_beep", PropertyType::Text, "Whether a tone is played before: true or false.")
            .default("true"),
        PropertyKind::new(
            "recording_status_callback_url",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
    ],
    events: &[
        EventKind::new("recordingComplete", "Recording complete"),
        EventKind::new("noAudio", "No audio"),
        EventKind::new("hangup", "Caller hung up"),
    ],
    failure_event: None,
    outputs: &[
        "RecordingUrl",
        "RecordingDuration",
        "RecordingSid",
        "Digits",
        "CallSid",
        "CallStatus",
        "From",
        "To",
    ],
    compile: None,
};

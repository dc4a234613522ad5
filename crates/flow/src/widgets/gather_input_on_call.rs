//! Gather Input On Call: asks the caller and collects keys or speech.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "gather-input-on-call",
    label: "Gather Input On Call",
    group: Group::Voice,
    help: "Asks the caller and collects keys or speech.",
    properties: &[
        PropertyKind::liquid_text("say", "What is said; SSML is allowed."),
        PropertyKind::new("play", PropertyType::Url, "Link of the audio.").liquid(),
        PropertyKind::liquid_text("voice", "The voice.").default("alice"),
        PropertyKind::liquid_text("language", "The language of the voice.").default("en-US"),
        PropertyKind::new(
            "loop",
            PropertyType::Integer { min: 1, max: 99 },
            "How often the question is asked.",
        )
        .default("1"),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 0, max: 30 },
            "Seconds to wait for the first or next key.",
        )
        .default("5"),
        PropertyKind::new("stop_gather", PropertyType::Boolean, "Whether the finish key counts.")
            .default("true"),
        PropertyKind::new("finish_on_key", PropertyType::Text, "The key that ends the input.").default("#"),
        PropertyKind::new(
            "number_of_digits",
            PropertyType::Integer { min: 0, max: 30 },
            "How many keys end the input.",
        ),
        PropertyKind::liquid_text("gather_language", "The language in which the caller speaks.")
            .default("en"),
        PropertyKind::liquid_text("hints", "Words that the caller is likely to say, separated by commas."),
        PropertyKind::new(
            "profanity_filter",
            PropertyType::Text,
            "Whether swear words are masked: true or false.",
        )
        .default("true"),
        PropertyKind::liquid_text("speech_model", "The model of the recogniser."),
        PropertyKind::new(
            "speech_timeout",
            PropertyType::Text,
            "Seconds of silence that end the speech, or auto.",
        )
        .default("auto"),
    ],
    events: &[
        EventKind::new("keypress", "User pressed keys"),
        EventKind::new("speech", "User said something"),
        EventKind::new("timeout", "No input"),
    ],
    failure_event: None,
    outputs: &["Digits", "SpeechResult", "Confidence", "CallSid", "CallStatus", "From", "To"],
    compile: None,
};

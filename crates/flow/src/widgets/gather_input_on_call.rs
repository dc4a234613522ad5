//! Gather Input On Call: asks the caller and collects keys or speech.

use twiml::{Gather, Input, SpeechTimeout};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice::{self, PLAY, Prompt, SAY};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "gather-input-on-call",
    label: "Gather Input On Call",
    group: Group::Voice,
    help: "Asks the caller and collects keys or speech.",
    properties: &[
        SAY,
        PLAY,
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
    compile: Some(compile),
};

#[derive(Debug)]
struct GatherInput {
    prompt: Prompt,
    language: Template,
    hints: Template,
    speech_model: Template,
    /// All that holds no template.
    gather: Gather,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let finish_on_key =
        if source.flag("stop_gather") { source.text("finish_on_key") } else { Some(String::new()) };
    let gather = Gather {
        input: vec![Input::Dtmf, Input::Speech],
        timeout_secs: source.number("timeout"),
        speech_timeout: speech_timeout(&source.text("speech_timeout").unwrap_or_default()),
        profanity_filter: Some(source.flag("profanity_filter")),
        finish_on_key: voice::keys(finish_on_key),
        digits_max: source.number("number_of_digits").filter(|digits| *digits > 0),
        ..Gather::default()
    };
    Box::new(GatherInput {
        prompt: Prompt::compile(source),
        language: source.template("gather_language"),
        hints: source.template("hints"),
        speech_model: source.template("speech_model"),
        gather,
    })
}

impl Behaviour for GatherInput {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let gather = Gather {
            language: voice::text_of(scope, &self.language),
            hints: voice::text_of(scope, &self.hints),
            speech_model: voice::text_of(scope, &self.speech_model),
            announcements: self.prompt.render(scope).into_iter().collect(),
            ..self.gather.clone()
        };
        voice::perform(scope, gather)
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave(scope, resume, |parameters| {
            let event = match (text(&parameters, "Digits"), text(&parameters, "SpeechResult")) {
                ("", "") => "timeout",
                ("", _) => "speech",
                (_, _) => "keypress",
            };
            Exit::by(event).with_outputs(parameters)
        })
    }
}

fn speech_timeout(text: &str) -> Option<SpeechTimeout> {
    match text.trim() {
        "auto" => Some(SpeechTimeout::Auto),
        seconds => seconds.parse().ok().map(SpeechTimeout::Seconds),
    }
}

//! Run Conversation Relay: connects the call to a text bot by WebSocket.

use twiml::{Connect, ConversationRelay, InputKind};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::ParameterTemplates;
use crate::widgets::common::voice;

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
    compile: Some(compile),
};

#[derive(Debug)]
struct RunConversationRelay {
    url: Template,
    welcome_greeting: Template,
    tts_provider: Template,
    voice: Template,
    language: Template,
    transcription_provider: Template,
    speech_model: Template,
    parameters: ParameterTemplates,
    /// All that holds no template.
    relay: ConversationRelay,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(RunConversationRelay {
        url: source.template("url"),
        welcome_greeting: source.template("welcome_greeting"),
        tts_provider: source.template("tts_provider"),
        voice: source.template("voice"),
        language: source.template("language"),
        transcription_provider: source.template("transcription_provider"),
        speech_model: source.template("speech_model"),
        parameters: ParameterTemplates::compile(source, "parameters"),
        relay: ConversationRelay {
            dtmf_detection: source.text("dtmf_detection").map(|_| source.flag("dtmf_detection")),
            interruptible: interruptible(source.text("interruptible").as_deref()),
            ..ConversationRelay::default()
        },
    })
}

impl Behaviour for RunConversationRelay {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let relay = ConversationRelay {
            url: voice::text_of(scope, &self.url),
            welcome_greeting: voice::text_of(scope, &self.welcome_greeting),
            tts_provider: voice::text_of(scope, &self.tts_provider),
            voice: voice::text_of(scope, &self.voice),
            language: voice::text_of(scope, &self.language),
            transcription_provider: voice::text_of(scope, &self.transcription_provider),
            speech_model: voice::text_of(scope, &self.speech_model),
            parameters: voice::parameters(self.parameters.render_or_warn(scope)),
            ..self.relay.clone()
        };
        voice::perform(scope, Connect { target: Some(relay.into()), ..Connect::default() })
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave(scope, resume, |parameters| {
            let exit = match text(&parameters, "SessionStatus") {
                status @ ("failed" | "error") => {
                    Exit::failed("failed", format!("the session ended with '{status}'"))
                }
                _ => Exit::by("success"),
            };
            exit.with_outputs(parameters)
        })
    }
}

fn interruptible(text: Option<&str>) -> Option<InputKind> {
    match text?.trim() {
        "true" => Some(InputKind::Any),
        "false" => Some(InputKind::None),
        word => voice::word(Some(word)),
    }
}

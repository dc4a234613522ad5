//! `<ConversationRelay>`: speech as text to an application, and text as speech back, over a WebSocket.

use serde::{Deserialize, Serialize};

use super::Parameter;
use crate::schema::{Element, Pass, choice};
use crate::warning::SCHEMA;

choice! {
    /// Which input of the caller counts.
    pub enum InputKind { None = "none" | "false", Dtmf = "dtmf", Speech = "speech", Any = "any" | "true" }
}

/// A conversation with an application in text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConversationRelay {
    /// The application, `wss://…`.
    pub url: Option<String>,
    /// The language of both directions.
    pub language: Option<String>,
    /// The language that is spoken to the caller.
    pub tts_language: Option<String>,
    /// The language that the caller speaks.
    pub transcription_language: Option<String>,
    /// Who speaks.
    pub tts_provider: Option<String>,
    /// The voice.
    pub voice: Option<String>,
    /// Who listens.
    pub transcription_provider: Option<String>,
    /// The recogniser's model.
    pub speech_model: Option<String>,
    /// Whether swear words are masked.
    pub profanity_filter: Option<bool>,
    /// Whether keys are told.
    pub dtmf_detection: Option<bool>,
    /// What is said first.
    pub welcome_greeting: Option<String>,
    /// Whether text is told before a sentence ends.
    pub partial_prompts: Option<bool>,
    /// What interrupts the greeting.
    pub welcome_greeting_interruptible: Option<InputKind>,
    /// What interrupts speech.
    pub interruptible: Option<InputKind>,
    /// Whether new text cuts off text that is spoken.
    pub preemptible: Option<bool>,
    /// Words to expect, separated by commas.
    pub hints: Option<String>,
    /// The service that looks at the transcript afterwards.
    pub intelligence_service: Option<String>,
    /// Which input is told while the application speaks.
    pub report_input_during_agent_speech: Option<InputKind>,
    /// How numbers are read out by one provider.
    pub elevenlabs_text_normalization: Option<String>,
    /// How easily speech interrupts.
    pub interrupt_sensitivity: Option<String>,
    /// What else is told, as a list of words.
    pub debug: Option<String>,
    /// Whether noise is taken out.
    pub background_noise_reduction: Option<String>,
    /// The silence that ends speech.
    pub speech_timeout: Option<String>,
    /// How numbers are written by one provider.
    pub deepgram_smart_format: Option<String>,
    /// Whether "uh-huh" is no interruption.
    pub ignore_backchannel: Option<String>,
    /// Which events are told, as a list of words.
    pub events: Option<String>,
    /// Settings per language.
    pub languages: Vec<RelayLanguage>,
    /// Pairs that the application is told at the start.
    pub parameters: Vec<Parameter>,
}

impl ConversationRelay {
    /// Returns what interrupts speech; any input unless written otherwise.
    pub fn interruptible(&self) -> InputKind {
        self.interruptible.unwrap_or(InputKind::Any)
    }

    /// Returns what interrupts the greeting; any input unless written otherwise.
    pub fn welcome_greeting_interruptible(&self) -> InputKind {
        self.welcome_greeting_interruptible.unwrap_or(InputKind::Any)
    }

    fn describe_speech(&mut self, pass: &mut Pass<'_>) {
        pass.text("language", &mut self.language);
        pass.text("ttsLanguage", &mut self.tts_language);
        pass.text("transcriptionLanguage", &mut self.transcription_language);
        pass.text("ttsProvider", &mut self.tts_provider);
        pass.text("voice", &mut self.voice);
        pass.text("transcriptionProvider", &mut self.transcription_provider);
        pass.text("speechModel", &mut self.speech_model);
        pass.value("profanityFilter", &mut self.profanity_filter, SCHEMA);
        pass.text("hints", &mut self.hints);
        pass.text("elevenlabsTextNormalization", &mut self.elevenlabs_text_normalization);
        pass.text("backgroundnoisereduction", &mut self.background_noise_reduction);
        pass.text("speechtimeout", &mut self.speech_timeout);
        pass.text("deepgramsmartformat", &mut self.deepgram_smart_format);
    }

    fn describe_dialogue(&mut self, pass: &mut Pass<'_>) {
        pass.value("dtmfDetection", &mut self.dtmf_detection, SCHEMA);
        pass.text("welcomeGreeting", &mut self.welcome_greeting);
        pass.value("partialPrompts", &mut self.partial_prompts, SCHEMA);
        pass.value("welcomeGreetingInterruptible", &mut self.welcome_greeting_interruptible, SCHEMA);
        pass.value("interruptible", &mut self.interruptible, SCHEMA);
        pass.value("preemptible", &mut self.preemptible, SCHEMA);
        pass.value("reportInputDuringAgentSpeech", &mut self.report_input_during_agent_speech, SCHEMA);
        pass.text("interruptSensitivity", &mut self.interrupt_sensitivity);
        pass.text("ignorebackchannel", &mut self.ignore_backchannel);
    }
}

impl Element for ConversationRelay {
    const NAME: &'static str = "ConversationRelay";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("url", &mut self.url);
        self.describe_speech(pass);
        self.describe_dialogue(pass);
        pass.text("intelligenceService", &mut self.intelligence_service);
        pass.text("debug", &mut self.debug);
        pass.text("events", &mut self.events);
        pass.children(&mut self.languages);
        pass.children(&mut self.parameters);
    }
}

/// How one language is spoken and heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelayLanguage {
    /// The language.
    pub code: Option<String>,
    /// Who speaks.
    pub tts_provider: Option<String>,
    /// The voice.
    pub voice: Option<String>,
    /// Who listens.
    pub transcription_provider: Option<String>,
    /// The recogniser's model.
    pub speech_model: Option<String>,
}

impl Element for RelayLanguage {
    const NAME: &'static str = "Language";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("code", &mut self.code);
        pass.text("ttsProvider", &mut self.tts_provider);
        pass.text("voice", &mut self.voice);
        pass.text("transcriptionProvider", &mut self.transcription_provider);
        pass.text("speechModel", &mut self.speech_model);
    }
}

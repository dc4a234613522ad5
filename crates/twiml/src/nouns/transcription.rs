//! `<Transcription>`: what is said, as text while the call goes on.

use serde::{Deserialize, Serialize};

use super::Track;
use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// A transcription in the background.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transcription {
    /// A name to stop it by, unique in the call.
    pub name: Option<String>,
    /// Which side is transcribed.
    pub track: Option<Track>,
    /// Who is told the text.
    pub status_callback: Callback,
    /// What the caller's side is called.
    pub inbound_track_label: Option<String>,
    /// What the other side is called.
    pub outbound_track_label: Option<String>,
    /// Whether text is told before a sentence ends.
    pub partial_results: Option<bool>,
    /// The language that is spoken.
    pub language_code: Option<String>,
    /// The recogniser.
    pub transcription_engine: Option<String>,
    /// Whether swear words are masked.
    pub profanity_filter: Option<bool>,
    /// The recogniser's model.
    pub speech_model: Option<String>,
    /// Words to expect, separated by commas.
    pub hints: Option<String>,
    /// Whether sentences get their full stops.
    pub enable_automatic_punctuation: Option<bool>,
    /// The service that looks at the transcript afterwards.
    pub intelligence_service: Option<String>,
}

impl Element for Transcription {
    const NAME: &'static str = "Transcription";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.value("track", &mut self.track, SCHEMA);
        pass.callback(["statusCallbackUrl", "statusCallbackMethod"], &mut self.status_callback, SCHEMA);
        pass.text("inboundTrackLabel", &mut self.inbound_track_label);
        pass.text("outboundTrackLabel", &mut self.outbound_track_label);
        pass.value("partialResults", &mut self.partial_results, SCHEMA);
        pass.text("languageCode", &mut self.language_code);
        pass.text("transcriptionEngine", &mut self.transcription_engine);
        pass.value("profanityFilter", &mut self.profanity_filter, SCHEMA);
        pass.text("speechModel", &mut self.speech_model);
        pass.text("hints", &mut self.hints);
        pass.value("enableAutomaticPunctuation", &mut self.enable_automatic_punctuation, SCHEMA);
        pass.text("intelligenceService", &mut self.intelligence_service);
    }
}

//! `<Gather>`: collects keys or speech, while it speaks or plays.

use serde::{Deserialize, Serialize};

use super::{Pause, Play, Say};
use crate::schema::{Callback, Element, Keys, Pass, Value, choice, one_of};
use crate::warning::SCHEMA;

/// How many hints there may be.
const HINTS_MAX: usize = 500;

/// The longest hint, in characters.
const HINT_LENGTH_MAX: usize = 100;

choice! {
    /// What is collected.
    pub enum Input { Dtmf = "dtmf", Speech = "speech" }
}

one_of! {
    /// What the caller hears while asked.
    pub enum Announcement { Say, Play, Pause }
}

/// The silence that ends speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpeechTimeout {
    /// When the recogniser takes the sentence as ended.
    Auto,
    /// After so many seconds.
    Seconds(u32),
}

impl Value for SpeechTimeout {
    fn parse(text: &str) -> Option<SpeechTimeout> {
        let seconds = || text.parse().ok().map(SpeechTimeout::Seconds);
        if text.eq_ignore_ascii_case("auto") { Some(SpeechTimeout::Auto) } else { seconds() }
    }

    fn to_text(&self) -> String {
        match self {
            SpeechTimeout::Auto => "auto".to_owned(),
            SpeechTimeout::Seconds(seconds) => seconds.to_string(),
        }
    }

    fn expected() -> String {
        "auto or a whole number of seconds".to_owned()
    }
}

/// Collects keys or speech.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gather {
    /// What is collected.
    pub input: Vec<Input>,
    /// What is asked with the input.
    pub action: Callback,
    /// How long to wait for the first and each next key, or for speech to begin.
    pub timeout_secs: Option<u32>,
    /// The silence that ends speech.
    pub speech_timeout: Option<SpeechTimeout>,
    /// The longest speech.
    pub max_speech_time_secs: Option<u32>,
    /// Whether swear words are masked.
    pub profanity_filter: Option<bool>,
    /// The key that ends the input, at most one; none of them where empty.
    pub finish_on_key: Option<Keys>,
    /// After how many keys the input ends (`numDigits`).
    pub digits_max: Option<u32>,
    /// Who is told what is heard so far.
    pub partial_result_callback: Callback,
    /// The language that is spoken.
    pub language: Option<String>,
    /// Words to expect, separated by commas.
    pub hints: Option<String>,
    /// Whether input ends what is played.
    pub barge_in: Option<bool>,
    /// Whether the recogniser explains itself.
    pub debug: Option<bool>,
    /// Whether the action is asked even without input.
    pub action_on_empty_result: Option<bool>,
    /// The recogniser's model.
    pub speech_model: Option<String>,
    /// Whether the better version of the model is used.
    pub enhanced: Option<bool>,
    /// What the caller hears.
    pub announcements: Vec<Announcement>,
}

impl Gather {
    /// Returns what is collected; keys unless written otherwise.
    pub fn input(&self) -> &[Input] {
        if self.input.is_empty() { &[Input::Dtmf] } else { &self.input }
    }

    /// Returns how long to wait for input, five seconds unless written otherwise.
    pub fn timeout_secs(&self) -> u32 {
        self.timeout_secs.unwrap_or(5)
    }

    /// Returns the silence that ends speech, `timeout_secs` unless written otherwise.
    pub fn speech_timeout(&self) -> SpeechTimeout {
        self.speech_timeout.unwrap_or(SpeechTimeout::Seconds(self.timeout_secs()))
    }

    /// Returns the longest speech, a minute unless written otherwise.
    pub fn max_speech_time_secs(&self) -> u32 {
        self.max_speech_time_secs.unwrap_or(60)
    }

    /// Returns whether swear words are masked; they are unless written otherwise.
    pub fn profanity_filter(&self) -> bool {
        self.profanity_filter.unwrap_or(true)
    }

    /// Says whether a key ends the input; `#` does unless written otherwise.
    pub fn is_finish_key(&self, key: char) -> bool {
        self.finish_on_key.as_ref().map_or(key == '#', |keys| keys.contains(key))
    }

    /// Returns the language that is spoken.
    pub fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("en-US")
    }

    /// Returns the words to expect.
    pub fn hints(&self) -> impl Iterator<Item = &str> {
        let hints = self.hints.as_deref().unwrap_or_default();
        hints.split(',').map(str::trim).filter(|hint| !hint.is_empty())
    }

    /// Returns whether input ends what is played; it does unless written otherwise.
    pub fn barge_in(&self) -> bool {
        self.barge_in.unwrap_or(true)
    }

    /// Returns whether the action is asked even without input.
    pub fn action_on_empty_result(&self) -> bool {
        self.action_on_empty_result.unwrap_or(false)
    }

    /// Returns the recogniser's model.
    pub fn speech_model(&self) -> &str {
        self.speech_model.as_deref().unwrap_or("default")
    }

    fn describe_speech(&mut self, pass: &mut Pass<'_>) {
        pass.value("speechTimeout", &mut self.speech_timeout, 13327);
        pass.number("maxSpeechTime", &mut self.max_speech_time_secs, 1..=60, 13328);
        pass.value("profanityFilter", &mut self.profanity_filter, 13333);
        let callback = ["partialResultCallback", "partialResultCallbackMethod"];
        pass.callback(callback, &mut self.partial_result_callback, 13329);
        pass.text("language", &mut self.language);
        pass.text("hints", &mut self.hints);
        pass.value("debug", &mut self.debug, SCHEMA);
        pass.text("speechModel", &mut self.speech_model);
        pass.value("enhanced", &mut self.enhanced, SCHEMA);
        if self.hints().count() > HINTS_MAX || self.hints().any(|hint| hint.chars().count() > HINT_LENGTH_MAX)
        {
            let message = format!(
                "hints: expected at most {HINTS_MAX} of at most {HINT_LENGTH_MAX} characters; \
                 a recogniser may pass over the others"
            );
            pass.warn(13330, &message);
        }
    }

    fn describe_finish_key(&mut self, pass: &mut Pass<'_>) {
        pass.value("finishOnKey", &mut self.finish_on_key, 13310);
        if self.finish_on_key.as_ref().is_some_and(|keys| keys.as_str().len() > 1) {
            pass.warn(13311, "finishOnKey: expected one key or none; the default is used");
            self.finish_on_key = None;
        }
    }
}

impl Element for Gather {
    const NAME: &'static str = "Gather";
    const NESTING_CODE: u32 = 13320;

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.list("input", &mut self.input, 13326);
        pass.callback(["action", "method"], &mut self.action, 13312);
        pass.number("timeout", &mut self.timeout_secs, 0..=u32::MAX, 13313);
        self.describe_finish_key(pass);
        pass.number("numDigits", &mut self.digits_max, 1..=u32::MAX, 13314);
        pass.value("bargeIn", &mut self.barge_in, 13332);
        pass.value("actionOnEmptyResult", &mut self.action_on_empty_result, 13338);
        self.describe_speech(pass);
        pass.children(&mut self.announcements);
    }
}

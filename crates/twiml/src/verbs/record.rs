//! `<Record>`: records what the caller says.

use serde::{Deserialize, Serialize};

use crate::nouns::{RecordingEvent, Trim};
use crate::schema::{Callback, Element, Keys, Pass, RECORDING_STATUS_CALLBACK, StatusCallback};

/// The longest recording that is transcribed, in seconds.
const TRANSCRIBED_SECS_MAX: u32 = 120;

/// Records what the caller says, as voice mail does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// What is asked with the recording.
    pub action: Callback,
    /// The silence that ends it; 0 for none.
    pub timeout_secs: Option<u32>,
    /// The keys that end it.
    pub finish_on_key: Option<Keys>,
    /// The longest recording.
    pub max_length_secs: Option<u32>,
    /// Whether a tone is played first.
    pub play_beep: Option<bool>,
    /// What becomes of silence.
    pub trim: Option<Trim>,
    /// Who is told when the recording is ready.
    pub recording_status_callback: StatusCallback<RecordingEvent>,
    /// Whether it is transcribed.
    pub transcribe: Option<bool>,
    /// Who is told the transcription.
    pub transcribe_callback: Option<String>,
}

impl Record {
    /// Returns the silence that ends it, five seconds unless written otherwise; 0 is none.
    pub fn timeout_secs(&self) -> u32 {
        self.timeout_secs.unwrap_or(5)
    }

    /// Says whether a key ends it; every key of a phone does unless written otherwise.
    pub fn is_finish_key(&self, key: char) -> bool {
        let default = || Keys::new("1234567890*#").is_some_and(|keys| keys.contains(key));
        self.finish_on_key.as_ref().map_or_else(default, |keys| keys.contains(key))
    }

    /// Returns the longest recording: an hour unless written otherwise, two minutes where it is transcribed.
    pub fn max_length_secs(&self) -> u32 {
        let default = if self.transcribe() { TRANSCRIBED_SECS_MAX } else { 3600 };
        self.max_length_secs.unwrap_or(default)
    }

    /// Returns whether a tone is played first; it is unless written otherwise.
    pub fn play_beep(&self) -> bool {
        self.play_beep.unwrap_or(true)
    }

    /// Returns what becomes of silence; it is cut off unless written otherwise.
    pub fn trim(&self) -> Trim {
        self.trim.unwrap_or(Trim::TrimSilence)
    }

    /// Returns whether it is transcribed; also where only a callback for it was written.
    pub fn transcribe(&self) -> bool {
        self.transcribe.unwrap_or(self.transcribe_callback.is_some())
    }
}

impl Element for Record {
    const NAME: &'static str = "Record";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.callback(["action", "method"], &mut self.action, 13610);
        pass.number("timeout", &mut self.timeout_secs, 0..=u32::MAX, 13611);
        pass.value("finishOnKey", &mut self.finish_on_key, 13613);
        pass.number("maxLength", &mut self.max_length_secs, 1..=86400, 13612);
        pass.value("playBeep", &mut self.play_beep, 13616);
        pass.value("trim", &mut self.trim, 13699);
        pass.status_callback(RECORDING_STATUS_CALLBACK, &mut self.recording_status_callback, 13621);
        pass.value("transcribe", &mut self.transcribe, 13614);
        pass.text("transcribeCallback", &mut self.transcribe_callback);
        if self.transcribe() && self.max_length_secs() > TRANSCRIBED_SECS_MAX {
            pass.warn(13615, &format!("is transcribed only up to {TRANSCRIBED_SECS_MAX} seconds"));
        }
    }
}

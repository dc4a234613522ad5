//! Telling people from answering machines: attributes that `<Number>` and `<Sip>` share.

use serde::{Deserialize, Serialize};

use crate::schema::{Callback, Pass, choice};
use crate::warning::SCHEMA;

choice! {
    /// What is found out about who answered.
    pub enum MachineDetection { Enable = "Enable", DetectMessageEnd = "DetectMessageEnd" }
}

choice! {
    /// Who answered, as it is told.
    pub enum AnsweredBy {
        Human = "human",
        MachineStart = "machine_start",
        MachineEndBeep = "machine_end_beep",
        MachineEndSilence = "machine_end_silence",
        MachineEndOther = "machine_end_other",
        Fax = "fax",
        Unknown = "unknown",
    }
}

/// How it is found out whether a machine answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerDetection {
    /// What is found out; nothing unless written.
    pub machine_detection: Option<MachineDetection>,
    /// Whether the call goes on while it is found out; legs of `<Dial>` always do.
    pub is_async: bool,
    /// Who is told the result.
    pub callback: Callback,
    /// How long to try.
    pub timeout_secs: Option<u32>,
    /// Speech longer than this is a machine's.
    pub speech_threshold_ms: Option<u32>,
    /// Silence longer than this ends speech.
    pub speech_end_threshold_ms: Option<u32>,
    /// Silence longer than this from the beginning leaves the result unknown.
    pub silence_timeout_ms: Option<u32>,
}

impl AnswerDetection {
    /// Returns how long to try, 30 seconds unless written otherwise.
    pub fn timeout_secs(&self) -> u32 {
        self.timeout_secs.unwrap_or(30)
    }

    /// Returns the length of a machine's speech, 2.4 seconds unless written otherwise.
    pub fn speech_threshold_ms(&self) -> u32 {
        self.speech_threshold_ms.unwrap_or(2400)
    }

    /// Returns the silence that ends speech, 1.2 seconds unless written otherwise.
    pub fn speech_end_threshold_ms(&self) -> u32 {
        self.speech_end_threshold_ms.unwrap_or(1200)
    }

    /// Returns the silence that leaves the result unknown, 5 seconds unless written otherwise.
    pub fn silence_timeout_ms(&self) -> u32 {
        self.silence_timeout_ms.unwrap_or(5000)
    }

    pub(crate) fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("machineDetection", &mut self.machine_detection, SCHEMA);
        pass.callback(["amdStatusCallback", "amdStatusCallbackMethod"], &mut self.callback, SCHEMA);
        pass.number("machineDetectionTimeout", &mut self.timeout_secs, 3..=120, SCHEMA);
        pass.number("machineDetectionSpeechThreshold", &mut self.speech_threshold_ms, 1000..=6000, SCHEMA);
        pass.number(
            "machineDetectionSpeechEndThreshold",
            &mut self.speech_end_threshold_ms,
            500..=5000,
            SCHEMA,
        );
        pass.number("machineDetectionSilenceTimeout", &mut self.silence_timeout_ms, 2000..=10000, SCHEMA);
    }
}

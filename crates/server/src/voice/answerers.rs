//! Who answered, between the words of the exchange and those of media.

use media::{Answerer, Detection};
use twiml::{AnswerDetection, AnsweredBy, MachineDetection};

/// Returns how media finds out what the exchange wants to know.
pub(super) fn detection(wished: &AnswerDetection) -> Detection {
    Detection {
        waits_for_end: wished.machine_detection == Some(MachineDetection::DetectMessageEnd),
        timeout_ms: u64::from(wished.timeout_secs()) * 1000,
        speech_ms: u64::from(wished.speech_threshold_ms()),
        speech_end_ms: u64::from(wished.speech_end_threshold_ms()),
        silence_ms: u64::from(wished.silence_timeout_ms()),
    }
}

/// Returns the published word for who answered.
pub(super) fn word(answerer: Answerer) -> AnsweredBy {
    match answerer {
        Answerer::Human => AnsweredBy::Human,
        Answerer::Machine => AnsweredBy::MachineStart,
        Answerer::MachineBeep => AnsweredBy::MachineEndBeep,
        Answerer::MachineSilence => AnsweredBy::MachineEndSilence,
        Answerer::MachineOther => AnsweredBy::MachineEndOther,
        Answerer::Fax => AnsweredBy::Fax,
        Answerer::Unknown => AnsweredBy::Unknown,
    }
}

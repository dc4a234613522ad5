//! `<Number>`: a phone number to dial.

use serde::{Deserialize, Serialize};

use super::AnswerDetection;
use crate::schema::{Callback, Digits, Element, Pass, STATUS_CALLBACK, StatusCallback, choice};
use crate::warning::SCHEMA;

choice! {
    /// What a dialled leg tells.
    pub enum CallEvent {
        Initiated = "initiated",
        Ringing = "ringing",
        Answered = "answered",
        Completed = "completed",
    }
}

impl StatusCallback<CallEvent> {
    /// Returns the events to tell; the end of the leg unless written otherwise.
    pub fn events(&self) -> &[CallEvent] {
        if self.events.is_empty() { &[CallEvent::Completed] } else { &self.events }
    }
}

/// A phone number to dial.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Number {
    /// The number, in E.164.
    pub number: String,
    /// Keys to play once the leg is answered.
    pub send_digits: Option<Digits>,
    /// TwiML that the answering side hears before it is connected.
    pub whisper: Callback,
    /// Who is told of the leg.
    pub status_callback: StatusCallback<CallEvent>,
    /// The SID of the trunk to leave by.
    pub byoc: Option<String>,
    /// Whether a machine answered.
    pub answer_detection: AnswerDetection,
}

impl Element for Number {
    const NAME: &'static str = "Number";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.value("sendDigits", &mut self.send_digits, 13222);
        pass.callback(["url", "method"], &mut self.whisper, 13221);
        pass.status_callback(STATUS_CALLBACK, &mut self.status_callback, SCHEMA);
        pass.text("byoc", &mut self.byoc);
        self.answer_detection.describe(pass);
        pass.inner_text(&mut self.number);
    }
}

//! What the two widgets that call the contact have in common.

use std::time::Duration;

use serde_json::{Map, Value};
use twiml::{AnswerDetection, RecordingChannels, Trim};

use crate::execution::WaitsFor;
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice;
use crate::{Action, CallRecording, OutgoingCall};

/// How long after the ringing the answer may still be on its way, the detection of machines included.
const GRACE: Duration = Duration::from_secs(180);

/// A call before its templates are rendered.
#[derive(Debug)]
pub(crate) struct CallTemplate {
    from: Template,
    to: Template,
    send_digits: Template,
    sip_username: Template,
    sip_password: Template,
    recording_callback: Template,
    timeout_secs: u32,
    is_recorded: bool,
    channels: Option<RecordingChannels>,
    trim: Option<Trim>,
    answer_detection: AnswerDetection,
}

impl CallTemplate {
    /// Reads the call of a widget.
    pub(crate) fn compile(source: &WidgetSource<'_>) -> Self {
        Self {
            from: source.template("from"),
            to: source.template("to"),
            send_digits: source.template("send_digits"),
            sip_username: source.template("sip_auth_username"),
            sip_password: source.template("sip_auth_password"),
            recording_callback: source.template("recording_status_callback"),
            timeout_secs: source.number("timeout").unwrap_or_default(),
            is_recorded: source.flag("record"),
            channels: voice::word(source.text("recording_channels").as_deref()),
            trim: voice::word(source.text("trim").as_deref()),
            answer_detection: answer_detection(source),
        }
    }

    /// Asks for the call, unless the execution has one already.
    pub(crate) fn make(&self, scope: &mut Scope<'_>) -> Outcome {
        if scope.call.is_some() {
            return failed("the execution has a call already: it can not make another");
        }
        match self.render(scope) {
            Ok(call) => {
                let until = scope.now + Duration::from_secs(call.timeout_secs.into()) + GRACE;
                let action = Action::MakeCall { request: scope.request(), call: Box::new(call) };
                Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: Some(until) }
            }
            Err(error) => failed(error),
        }
    }

    fn render(&self, scope: &mut Scope<'_>) -> Result<OutgoingCall, String> {
        let status_callback = voice::text_of(scope, &self.recording_callback);
        let recording = CallRecording { channels: self.channels, trim: self.trim, status_callback };
        Ok(OutgoingCall {
            from: scope.render(&self.from)?.trim().to_owned(),
            to: scope.render(&self.to)?.trim().to_owned(),
            timeout_secs: self.timeout_secs,
            send_digits: scope.render(&self.send_digits)?.trim().to_owned(),
            recording: self.is_recorded.then_some(recording),
            answer_detection: self.answer_detection.clone(),
            sip_username: scope.render(&self.sip_username)?,
            sip_password: scope.render(&self.sip_password)?,
        })
    }
}

/// Leaves by what became of the call; `answered` names the event where somebody or something answered.
pub(crate) fn leave(resume: Resume, answered: impl FnOnce(&Map<String, Value>) -> &'static str) -> Outcome {
    let parameters = match resume {
        Resume::Call(Ok(parameters)) => parameters,
        Resume::Call(Err(reason)) => return failed(reason),
        Resume::TimedOut => return failed("no news of the call came in time"),
        Resume::Message(_)
        | Resume::Task(_)
        | Resume::Interaction(_)
        | Resume::Conversation(_)
        | Resume::Http(_)
        | Resume::Verbs(_)
        | Resume::HungUp(_)
        | Resume::Reply(_) => return Outcome::KeepWaiting,
    };
    let exit = match text(&parameters, "CallStatus") {
        "busy" => Exit::by("busy"),
        "no-answer" => Exit::by("noAnswer"),
        status @ ("failed" | "canceled") => Exit::failed("failed", format!("the call ended with '{status}'")),
        // A call that was answered and has ended since is one that was answered.
        _ => Exit::by(answered(&parameters)),
    };
    Outcome::Leave(exit.with_outputs(parameters))
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("failed", error))
}

fn answer_detection(source: &WidgetSource<'_>) -> AnswerDetection {
    if !source.flag("detect_answering_machine") {
        return AnswerDetection::default();
    }
    AnswerDetection {
        machine_detection: voice::word(
            source.text("machine_detection").or(Some("Enable".to_owned())).as_deref(),
        ),
        timeout_secs: source.number("machine_detection_timeout"),
        speech_threshold_ms: source.number("machine_detection_speech_threshold"),
        speech_end_threshold_ms: source.number("machine_detection_speech_end_threshold"),
        silence_timeout_ms: source.number("machine_detection_silence_timeout"),
        ..AnswerDetection::default()
    }
}

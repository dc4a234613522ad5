//! Record Voicemail: records what the caller says.

use twiml::Record;

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "record-voicemail",
    label: "Record Voicemail",
    group: Group::Voice,
    help: "Records what the caller says.",
    properties: &[
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 0, max: 14400 },
            "Seconds of silence that end the recording.",
        )
        .default("5"),
        PropertyKind::new(
            "max_length",
            PropertyType::Integer { min: 1, max: 14400 },
            "The longest recording in seconds.",
        )
        .default("3600"),
        PropertyKind::new("finish_on_key", PropertyType::Text, "The key that ends the recording."),
        PropertyKind::new("transcribe", PropertyType::Boolean, "Whether the recording is written down.")
            .default("false"),
        PropertyKind::new("transcription_callback_url", PropertyType::Url, "Where the transcript goes.")
            .liquid(),
        PropertyKind::new(
            "trim",
            PropertyType::Choice { values: &["do-not-trim", "trim-silence"] },
            "Whether silence is cut from the recording.",
        )
        .default("trim-silence"),
        PropertyKind::new("play_beep", PropertyType::Text, "Whether a tone is played before: true or false.")
            .default("true"),
        PropertyKind::new(
            "recording_status_callback_url",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
    ],
    events: &[
        EventKind::new("recordingComplete", "Recording complete"),
        EventKind::new("noAudio", "No audio"),
        EventKind::new("hangup", "Caller hung up"),
    ],
    failure_event: None,
    outputs: &[
        "RecordingUrl",
        "RecordingDuration",
        "RecordingSid",
        "Digits",
        "CallSid",
        "CallStatus",
        "From",
        "To",
    ],
    compile: Some(compile),
};

#[derive(Debug)]
struct RecordVoicemail {
    transcription_callback: Template,
    status_callback: Template,
    /// All that holds no template.
    record: Record,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let record = Record {
        timeout_secs: source.number("timeout"),
        max_length_secs: source.number("max_length"),
        finish_on_key: voice::keys(source.text("finish_on_key")),
        transcribe: Some(source.flag("transcribe")),
        trim: voice::word(source.text("trim").as_deref()),
        play_beep: Some(source.flag("play_beep")),
        ..Record::default()
    };
    Box::new(RecordVoicemail {
        transcription_callback: source.template("transcription_callback_url"),
        status_callback: source.template("recording_status_callback_url"),
        record,
    })
}

impl Behaviour for RecordVoicemail {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let mut record = self.record.clone();
        record.recording_status_callback.url = voice::text_of(scope, &self.status_callback);
        record.transcribe_callback = voice::text_of(scope, &self.transcription_callback);
        voice::perform(scope, record)
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave_or_hangup(scope, resume, |parameters| {
            let event = match (text(&parameters, "Digits"), text(&parameters, "RecordingUrl")) {
                ("hangup", _) => "hangup",
                (_, "") => "noAudio",
                (_, _) => "recordingComplete",
            };
            Exit::by(event).with_outputs(parameters)
        })
    }
}

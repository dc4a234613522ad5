//! Call Recording: switches the recording of the call on or off.

use twiml::{Recording, Start, StatusCallback, Stop};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "record-call",
    label: "Call Recording",
    group: Group::Voice,
    help: "Switches the recording of the call on or off.",
    properties: &[
        PropertyKind::new("record_call", PropertyType::Boolean, "Whether to record.").required(),
        PropertyKind::new(
            "trim",
            PropertyType::Choice { values: &["do-not-trim", "trim-silence"] },
            "Whether silence is cut from the recording.",
        ),
        PropertyKind::new(
            "recording_status_callback",
            PropertyType::Url,
            "Where news of the recording goes.",
        )
        .liquid(),
        PropertyKind::new(
            "recording_status_callback_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new(
            "recording_status_callback_events",
            PropertyType::Text,
            "Which news, separated by spaces: in-progress, completed, absent.",
        )
        .default("completed"),
        PropertyKind::new(
            "recording_channels",
            PropertyType::Choice { values: &["mono", "dual"] },
            "Channels of the recording.",
        )
        .default("dual"),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &[
        "Sid",
        "AccountSid",
        "CallSid",
        "ConferenceSid",
        "Status",
        "StartTime",
        "Duration",
        "DateCreated",
        "DateUpdated",
        "ErrorCode",
        "Price",
        "PriceUnit",
        "Channels",
        "Source",
        "Uri",
        "ApiVersion",
        "EncryptionDetails",
    ],
    compile: Some(compile),
};

#[derive(Debug)]
struct RecordCall {
    begins: bool,
    status_callback: Template,
    /// All that holds no template.
    recording: Recording,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let events = source.text("recording_status_callback_events").unwrap_or_default();
    let status_callback = StatusCallback {
        url: None,
        method: voice::word(source.text("recording_status_callback_method").as_deref()),
        events: events.split_whitespace().filter_map(|event| voice::word(Some(event))).collect(),
    };
    Box::new(RecordCall {
        begins: source.flag("record_call"),
        status_callback: source.template("recording_status_callback"),
        recording: Recording {
            status_callback,
            trim: voice::word(source.text("trim").as_deref()),
            channels: voice::word(source.text("recording_channels").as_deref()),
            track: None,
        },
    })
}

impl Behaviour for RecordCall {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        if !self.begins {
            return voice::perform(scope, Stop { services: vec![Recording::default().into()] });
        }
        let mut recording = self.recording.clone();
        recording.status_callback.url = voice::text_of(scope, &self.status_callback);
        if recording.status_callback.url.is_none() {
            recording.status_callback = StatusCallback::default();
        }
        voice::perform(scope, Start { services: vec![recording.into()], ..Start::default() })
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave(scope, resume, |parameters| Exit::by("success").with_outputs(parameters))
    }
}

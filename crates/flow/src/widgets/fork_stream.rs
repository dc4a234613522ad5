//! Fork Stream: copies the audio of the call to another system.

use twiml::{Parameter, Siprec, Start, Stop, Stream, Track};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::ParameterTemplates;
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "fork-stream",
    label: "Fork Stream",
    group: Group::Voice,
    help: "Copies the audio of the call to another system.",
    properties: &[
        PropertyKind::new(
            "stream_action",
            PropertyType::Choice { values: &["start", "stop"] },
            "Begins or ends the copy.",
        )
        .required(),
        PropertyKind::liquid_text("stream_name", "The name by which it is stopped."),
        PropertyKind::new(
            "stream_transport_type",
            PropertyType::Choice { values: &["websocket", "siprec"] },
            "How the audio travels.",
        ),
        PropertyKind::liquid_text("stream_url", "Where the audio goes, wss://."),
        PropertyKind::new("stream_connector", PropertyType::Text, "The SIPREC connector."),
        PropertyKind::new(
            "stream_track",
            PropertyType::Choice { values: &["inbound_track", "outbound_track", "both_tracks"] },
            "Whose audio.",
        ),
        PropertyKind::new(
            "stream_parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the receiver is told.",
        )
        .liquid(),
    ],
    events: &[EventKind::new("next", "Next")],
    failure_event: None,
    outputs: &[],
    compile: Some(compile),
};

#[derive(Debug)]
struct ForkStream {
    begins: bool,
    is_siprec: bool,
    name: Template,
    url: Template,
    connector: Option<String>,
    track: Option<Track>,
    parameters: ParameterTemplates,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(ForkStream {
        begins: source.text("stream_action").is_none_or(|action| action != "stop"),
        is_siprec: source.text("stream_transport_type").is_some_and(|kind| kind == "siprec"),
        name: source.template("stream_name"),
        url: source.template("stream_url"),
        connector: source.text("stream_connector"),
        track: voice::word(source.text("stream_track").as_deref()),
        parameters: ParameterTemplates::compile(source, "stream_parameters"),
    })
}

impl Behaviour for ForkStream {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let services =
            vec![if self.is_siprec { self.siprec(scope).into() } else { self.stream(scope).into() }];
        if self.begins {
            voice::perform(scope, Start { services, ..Start::default() })
        } else {
            voice::perform(scope, Stop { services })
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave(scope, resume, |_| Exit::by("next"))
    }
}

impl ForkStream {
    fn stream(&self, scope: &mut Scope<'_>) -> Stream {
        let name = voice::text_of(scope, &self.name);
        if !self.begins {
            return Stream { name, ..Stream::default() };
        }
        Stream {
            name,
            url: voice::text_of(scope, &self.url),
            track: self.track,
            parameters: self.parameters(scope),
            ..Stream::default()
        }
    }

    fn siprec(&self, scope: &mut Scope<'_>) -> Siprec {
        let name = voice::text_of(scope, &self.name);
        if !self.begins {
            return Siprec { name, ..Siprec::default() };
        }
        Siprec {
            name,
            connector_name: self.connector.clone(),
            track: self.track,
            parameters: self.parameters(scope),
            ..Siprec::default()
        }
    }

    fn parameters(&self, scope: &mut Scope<'_>) -> Vec<Parameter> {
        voice::parameters(self.parameters.render_or_warn(scope))
    }
}

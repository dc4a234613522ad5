//! Connect Virtual Agent of older flows.

use twiml::{Connect, VirtualAgent};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-virtual-agent",
    label: "Connect Virtual Agent (legacy)",
    group: Group::Connect,
    help: "Hands the call to a bot; older flows have it.",
    properties: &[
        PropertyKind::new("connector", PropertyType::Text, "The connector."),
        PropertyKind::liquid_text("language", "The language."),
        PropertyKind::new("status_callback", PropertyType::Url, "Where news goes.").liquid(),
        PropertyKind::new(
            "sentiment_analysis",
            PropertyType::Text,
            "Whether the mood is rated: true or false.",
        ),
    ],
    events: &[EventKind::new("return", "Returned"), EventKind::new("hangup", "Hung up")],
    failure_event: None,
    outputs: &["VirtualAgentProvider", "VirtualAgentStatus"],
    compile: Some(compile),
};

#[derive(Debug)]
struct ConnectVirtualAgent {
    connector: Option<String>,
    language: Template,
    status_callback: Template,
    rates_mood: Option<bool>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(ConnectVirtualAgent {
        connector: source.text("connector"),
        language: source.template("language"),
        status_callback: source.template("status_callback"),
        rates_mood: source.text("sentiment_analysis").and_then(|text| text.trim().parse().ok()),
    })
}

impl Behaviour for ConnectVirtualAgent {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let agent = VirtualAgent {
            connector_name: self.connector.clone(),
            language: voice::text_of(scope, &self.language),
            sentiment_analysis: self.rates_mood,
            status_callback: voice::callback(voice::text_of(scope, &self.status_callback), None),
            ..VirtualAgent::default()
        };
        voice::perform(scope, Connect { target: Some(agent.into()), ..Connect::default() })
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        voice::leave_or_hangup(scope, resume, |parameters| Exit::by("return").with_outputs(parameters))
    }
}

//! Connect Virtual Agent: hands the call or conversation to a bot.

use std::time::Duration;

use twiml::{Config, Connect, VirtualAgent};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::call::text;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::ParameterTemplates;
use crate::widgets::common::voice;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "connect-virtual-agent-v2",
    label: "Connect Virtual Agent",
    group: Group::Connect,
    help: "Hands the call or conversation to a bot.",
    properties: &[
        PropertyKind::new(
            "channel",
            PropertyType::Choice { values: &["voice", "conversations"] },
            "Where the bot talks.",
        ),
        PropertyKind::new("connector_name", PropertyType::Text, "The connector."),
        PropertyKind::new("session_behavior", PropertyType::Text, "Whether a session is begun or resumed."),
        PropertyKind::new(
            "resume_session_identification_method",
            PropertyType::Choice { values: &["widget", "manual"] },
            "How the session to resume is found.",
        ),
        PropertyKind::new("status_callback", PropertyType::Url, "Where news goes.").liquid(),
        PropertyKind::new(
            "status_callback_method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new("timeout", PropertyType::Text, "Seconds that the bot may take.").liquid(),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "What the bot is given.",
        )
        .liquid(),
        PropertyKind::new(
            "configurations",
            PropertyType::List { keys: &["key", "value"] },
            "Settings of the bot.",
        )
        .liquid(),
    ],
    events: &[
        EventKind::new("completed", "Completed"),
        EventKind::new("live-agent-handoff", "Live agent handoff"),
        EventKind::new("hangup", "Hung up"),
        EventKind::new("failed", "Failed"),
        EventKind::new("paused", "Paused"),
        EventKind::new("timeout", "Timed out"),
    ],
    failure_event: Some("failed"),
    outputs: &[
        "VirtualAgentProvider",
        "VirtualAgentStatus",
        "VirtualAgentProviderData",
        "VirtualAgentError",
        "VirtualAgentErrorCode",
    ],
    compile: Some(compile),
};

#[derive(Debug)]
struct ConnectVirtualAgent {
    is_voice: bool,
    connector: Option<String>,
    status_callback: Template,
    status_callback_method: Option<String>,
    timeout: Template,
    parameters: ParameterTemplates,
    configurations: ParameterTemplates,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(ConnectVirtualAgent {
        is_voice: source.text("channel").is_none_or(|channel| channel != "conversations"),
        connector: source.text("connector_name"),
        status_callback: source.template("status_callback"),
        status_callback_method: source.text("status_callback_method"),
        timeout: source.template("timeout"),
        parameters: ParameterTemplates::compile(source, "parameters"),
        configurations: ParameterTemplates::compile(source, "configurations"),
    })
}

impl Behaviour for ConnectVirtualAgent {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        if !self.is_voice {
            return Outcome::Leave(Exit::failed(
                "failed",
                "this version connects bots to calls, not to conversations",
            ));
        }
        let agent = self.agent(scope);
        let timeout = voice::text_of(scope, &self.timeout).and_then(|text| text.parse().ok());
        let connect = Connect { target: Some(agent.into()), ..Connect::default() };
        voice::until(
            voice::perform(scope, connect),
            timeout.map(|secs| scope.now + Duration::from_secs(secs)),
        )
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        if matches!(resume, Resume::TimedOut) {
            return Outcome::Leave(Exit::by("timeout"));
        }
        voice::leave_or_hangup(scope, resume, |parameters| {
            let status = text(&parameters, "VirtualAgentStatus");
            let exit = match status {
                "live-agent-handoff" => Exit::by("live-agent-handoff"),
                "hangup" => Exit::by("hangup"),
                "paused" => Exit::by("paused"),
                "timeout" => Exit::by("timeout"),
                "failed" => Exit::failed("failed", text(&parameters, "VirtualAgentError")),
                _ => Exit::by("completed"),
            };
            exit.with_outputs(parameters)
        })
    }
}

impl ConnectVirtualAgent {
    fn agent(&self, scope: &mut Scope<'_>) -> VirtualAgent {
        let url = voice::text_of(scope, &self.status_callback);
        let configurations = self.configurations.render_or_warn(scope);
        VirtualAgent {
            connector_name: self.connector.clone(),
            status_callback: voice::callback(url, self.status_callback_method.as_deref()),
            configs: configurations
                .into_iter()
                .map(|(name, value)| Config { name: Some(name), value: Some(value) })
                .collect(),
            parameters: voice::parameters(self.parameters.render_or_warn(scope)),
            ..VirtualAgent::default()
        }
    }
}

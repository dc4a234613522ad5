//! Resume Conversation: goes on with a conversation from a REST execution.

use serde_json::Value;

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Outcome, Resume, Scope, WidgetSource, scalar_text};
use crate::widgets::common::{conversation, task};
use crate::{Action, ResumeRequest};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "resume-conversation",
    label: "Resume Conversation",
    group: Group::Messaging,
    help: "Goes on with a conversation; only in flows that REST starts.",
    properties: &[
        conversation::SERVICE,
        PropertyKind::new("conversation_sid", PropertyType::Text, "The conversation.").required().liquid(),
        PropertyKind::new(
            "webhook_filters",
            PropertyType::List { keys: &[] },
            "The events that resume the flow.",
        ),
        conversation::ATTRIBUTES,
    ],
    events: &[EventKind::new("resumed", "Resumed"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["conversation", "webhook_sid", "close_channel_on_execution_end"],
    compile: Some(compile),
};

#[derive(Debug)]
struct ResumeConversation {
    service: Template,
    conversation: Template,
    attributes: Template,
    webhook_filters: Vec<String>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let filters = source.properties.get("webhook_filters").and_then(Value::as_array);
    Box::new(ResumeConversation {
        service: source.template("conversation_service_sid"),
        conversation: source.template("conversation_sid"),
        attributes: source.template("attributes"),
        webhook_filters: filters.into_iter().flatten().filter_map(scalar_text).collect(),
    })
}

impl Behaviour for ResumeConversation {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        conversation::ask(scope, |scope| {
            let conversation = Box::new(self.render(scope)?);
            Ok(Action::ResumeConversation { request: scope.request(), conversation })
        })
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        conversation::leave(resume, "resumed")
    }
}

impl ResumeConversation {
    fn render(&self, scope: &mut Scope<'_>) -> Result<ResumeRequest, String> {
        Ok(ResumeRequest {
            service: scope.render(&self.service)?.trim().to_owned(),
            conversation: task::required(scope, "conversation_sid", &self.conversation)?,
            webhook_filters: self.webhook_filters.clone(),
            attributes: conversation::render_attributes(scope, &self.attributes)?,
        })
    }
}

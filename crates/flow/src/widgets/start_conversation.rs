//! Start Conversation: begins a conversation from a REST execution.

use serde_json::{Map, Value};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Outcome, Resume, Scope, WidgetSource, scalar_text};
use crate::widgets::common::{conversation, voice};
use crate::{Action, ConversationRequest, ParticipantRequest};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "start-conversation",
    label: "Start Conversation",
    group: Group::Messaging,
    help: "Begins a conversation; only in flows that REST starts.",
    properties: &[
        conversation::SERVICE,
        PropertyKind::new(
            "participants",
            PropertyType::List {
                keys: &["type", "identity", "messaging_binding_address", "messaging_binding_proxy_address"],
            },
            "Who takes part: exactly one.",
        )
        .required()
        .liquid(),
        PropertyKind::liquid_text("friendly_name", "The name."),
        conversation::ATTRIBUTES,
        PropertyKind::liquid_text("messaging_service_sid", "The messaging service."),
        PropertyKind::liquid_text("chat_service_sid", "The chat service."),
        PropertyKind::new("timers", PropertyType::Object, "When it becomes inactive and closed."),
    ],
    events: &[EventKind::new("created", "Created"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["conversation", "webhook_sid", "close_channel_on_execution_end"],
    compile: Some(compile),
};

#[derive(Debug)]
struct StartConversation {
    service: Template,
    friendly_name: Template,
    attributes: Template,
    messaging_service: Template,
    chat_service: Template,
    timers: Map<String, Value>,
    participants: Vec<Participant>,
}

#[derive(Debug)]
struct Participant {
    identity: Template,
    address: Template,
    proxy_address: Template,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let timers = source.properties.get("timers").and_then(Value::as_object);
    Box::new(StartConversation {
        service: source.template("conversation_service_sid"),
        friendly_name: source.template("friendly_name"),
        attributes: source.template("attributes"),
        messaging_service: source.template("messaging_service_sid"),
        chat_service: source.template("chat_service_sid"),
        timers: timers.cloned().unwrap_or_default(),
        participants: source.list("participants").map(Participant::compile).collect(),
    })
}

impl Behaviour for StartConversation {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        conversation::ask(scope, |scope| {
            let conversation = Box::new(self.render(scope)?);
            Ok(Action::StartConversation { request: scope.request(), conversation })
        })
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        conversation::leave(resume, "created")
    }
}

impl StartConversation {
    fn render(&self, scope: &mut Scope<'_>) -> Result<ConversationRequest, String> {
        let [participant] = self.participants.as_slice() else {
            let count = self.participants.len();
            return Err(format!("the conversation has {count} participants: exactly one is expected"));
        };
        Ok(ConversationRequest {
            service: scope.render(&self.service)?.trim().to_owned(),
            friendly_name: scope.render(&self.friendly_name)?,
            attributes: conversation::render_attributes(scope, &self.attributes)?,
            messaging_service: voice::text_of(scope, &self.messaging_service),
            chat_service: voice::text_of(scope, &self.chat_service),
            timers: self.timers.clone(),
            participant: participant.render(scope)?,
        })
    }
}

impl Participant {
    fn compile(item: &Map<String, Value>) -> Self {
        let template = |name| Template::lenient(&item.get(name).and_then(scalar_text).unwrap_or_default());
        Self {
            identity: template("identity"),
            address: template("messaging_binding_address"),
            proxy_address: template("messaging_binding_proxy_address"),
        }
    }

    fn render(&self, scope: &Scope<'_>) -> Result<ParticipantRequest, String> {
        let text = |template| Ok::<_, String>(scope.render(template)?.trim().to_owned());
        let participant = ParticipantRequest {
            identity: text(&self.identity)?,
            address: text(&self.address)?,
            proxy_address: text(&self.proxy_address)?,
        };
        if participant.identity.is_empty() && participant.address.is_empty() {
            return Err("the participant has neither an identity nor a messaging_binding_address".to_owned());
        }
        Ok(participant)
    }
}

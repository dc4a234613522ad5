//! What the widgets that begin and resume conversations have in common.

use serde_json::{Map, Value, json};

use crate::catalogue::{PropertyKind, PropertyType};
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{ConversationBinding, Exit, Outcome, Resume, Scope};
use crate::{Action, TriggerKind};

pub(crate) const SERVICE: PropertyKind =
    PropertyKind::new("conversation_service_sid", PropertyType::Text, "The conversation service.")
        .required()
        .liquid();
pub(crate) const ATTRIBUTES: PropertyKind = PropertyKind::new(
    "attributes",
    PropertyType::JsonText { length_max: 16_384 },
    "Attributes of the conversation.",
)
.liquid();

/// Asks for what `render` makes, if the execution may have a conversation and has none.
pub(crate) fn ask(
    scope: &mut Scope<'_>,
    render: impl FnOnce(&mut Scope<'_>) -> Result<Action, String>,
) -> Outcome {
    if scope.trigger != TriggerKind::IncomingRequest {
        return failed("conversations can only be begun or resumed in flows that the REST API starts");
    }
    if let Some(conversation) = scope.conversation {
        return failed(format!("the execution has the conversation '{conversation}' already"));
    }
    match render(scope) {
        Ok(action) => Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: None },
        Err(error) => failed(error),
    }
}

/// Leaves with the conversation, which is the execution's own from here on.
pub(crate) fn leave(resume: Resume, event: &'static str) -> Outcome {
    match resume {
        Resume::Conversation(Ok(binding)) => Outcome::Leave(Exit {
            channel: channel(&binding),
            conversation: Some(sid(&binding).to_owned()),
            ..Exit::by(event).with_outputs(outputs(binding))
        }),
        Resume::Conversation(Err(reason)) => failed(reason),
        Resume::Message(_)
        | Resume::Task(_)
        | Resume::Interaction(_)
        | Resume::Http(_)
        | Resume::Verbs(_)
        | Resume::HungUp(_)
        | Resume::Call(_)
        | Resume::Reply(_)
        | Resume::TimedOut => Outcome::KeepWaiting,
    }
}

/// Renders attributes; nothing where the author left them out.
pub(crate) fn render_attributes(
    scope: &mut Scope<'_>,
    attributes: &Template,
) -> Result<Option<String>, String> {
    let rendered = scope.render_json(attributes).map_err(|error| format!("attributes: {error}"))?;
    Ok(Some(rendered.text).filter(|text| !text.trim().is_empty()))
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("failed", error))
}

fn sid(binding: &ConversationBinding) -> &str {
    binding.conversation.get("sid").and_then(Value::as_str).unwrap_or_default()
}

/// Returns what `flow.channel` holds of a conversation.
fn channel(binding: &ConversationBinding) -> Map<String, Value> {
    let field = |name: &str| binding.conversation.get(name).cloned().unwrap_or_default();
    Map::from_iter([
        ("sid".to_owned(), field("sid")),
        ("type".to_owned(), json!("conversation")),
        ("status".to_owned(), field("state")),
        (
            "details".to_owned(),
            json!({
                "chat_service_sid": field("chat_service_sid"),
                "friendly_name": field("friendly_name"),
                "participants": field("participants"),
                "webhook_sid": binding.webhook_sid,
            }),
        ),
    ])
}

fn outputs(binding: ConversationBinding) -> Map<String, Value> {
    Map::from_iter([
        ("conversation".to_owned(), Value::Object(binding.conversation)),
        ("webhook_sid".to_owned(), json!(binding.webhook_sid)),
        ("close_channel_on_execution_end".to_owned(), json!(false)),
    ])
}

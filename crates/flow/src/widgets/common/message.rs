//! What the widgets that send messages have in common: their properties, and how a message is rendered.

use serde_json::{Map, Value, json};

use crate::catalogue::{PropertyKind, PropertyType};
use crate::template::Template;
use crate::widget::{Scope, WidgetSource, scalar_text};
use crate::{ContentTemplate, OutgoingMessage};

pub(crate) const FROM: PropertyKind =
    PropertyKind::liquid_text("from", "Who sends it; on a chat channel, the name that is shown.")
        .default("{{flow.channel.address}}");
pub(crate) const BODY: PropertyKind = PropertyKind::liquid_text("body", "The text.");
pub(crate) const SERVICE: PropertyKind =
    PropertyKind::liquid_text("service", "The chat service: {{trigger.message.InstanceSid}}.");
pub(crate) const CHANNEL: PropertyKind =
    PropertyKind::liquid_text("channel", "The chat channel: {{trigger.message.ChannelSid}}.");
pub(crate) const MEDIA_URL: PropertyKind =
    PropertyKind::new("media_url", PropertyType::Url, "A picture or other file to send along.").liquid();
pub(crate) const ATTRIBUTES: PropertyKind = PropertyKind::new(
    "attributes",
    PropertyType::JsonText { length_max: 16_384 },
    "Attributes of a chat message.",
)
.liquid();
pub(crate) const MESSAGE_TYPE: PropertyKind = PropertyKind::new(
    "message_type",
    PropertyType::Choice { values: &["custom", "content_template"] },
    "Whether the body or a content template is sent.",
)
.default("custom");
pub(crate) const CONTENT_SID: PropertyKind =
    PropertyKind::new("content_sid", PropertyType::Sid { prefix: "HX" }, "The content template.").liquid();
pub(crate) const CONTENT_VARIABLES: PropertyKind = PropertyKind::new(
    "content_variables",
    PropertyType::List { keys: &["key", "value"] },
    "What stands for the template's placeholders.",
)
.liquid();

/// A message before its templates are rendered.
#[derive(Debug)]
pub(crate) struct MessageTemplate {
    from: Template,
    /// `None` for widgets that always write to the contact.
    to: Option<Template>,
    body: Template,
    media_url: Option<Template>,
    service: Option<Template>,
    channel: Option<Template>,
    attributes: Option<Template>,
    content: Option<(Template, Vec<(String, Template)>)>,
    are_urls_shortened: bool,
}

impl MessageTemplate {
    /// Reads the message of a widget.
    pub(crate) fn compile(source: &WidgetSource<'_>) -> Self {
        let sends_content = source.text("message_type").is_some_and(|kind| kind == "content_template");
        Self {
            from: source.template("from"),
            to: source.optional_template("to"),
            body: source.template("body"),
            media_url: source.optional_template("media_url"),
            service: source.optional_template("service"),
            channel: source.optional_template("channel"),
            attributes: source.optional_template("attributes"),
            content: sends_content.then(|| (source.template("content_sid"), content_variables(source))),
            are_urls_shortened: source.text("shorten_urls").is_some_and(|text| text == "true"),
        }
    }

    /// Renders the message and notes its fields for the case that it is refused.
    pub(crate) fn render(&self, scope: &mut Scope<'_>) -> Result<OutgoingMessage, String> {
        let to = self.to.as_ref().map(|to| scope.render(to)).transpose()?;
        let message = OutgoingMessage {
            from: scope.render(&self.from)?,
            to: to.unwrap_or_else(|| scope.contact_address.to_owned()),
            body: if self.content.is_some() { String::new() } else { scope.render(&self.body)? },
            media_urls: render_optional(&self.media_url, scope)?.into_iter().collect(),
            service: render_optional(&self.service, scope)?,
            channel: render_optional(&self.channel, scope)?.or_else(|| scope.conversation.map(str::to_owned)),
            attributes: self.render_attributes(scope),
            content: self.render_content(scope)?,
            are_urls_shortened: self.are_urls_shortened,
        };
        let fields = json!({ "From": message.from, "To": message.to, "Body": message.body });
        scope.visit.outputs.insert("outbound".to_owned(), fields);
        Ok(message)
    }

    /// Renders the attributes; what is not JSON is left out with a warning, for the text is what matters.
    fn render_attributes(&self, scope: &mut Scope<'_>) -> Option<String> {
        let rendered = scope.render_json(self.attributes.as_ref()?);
        match rendered {
            Ok(rendered) => Some(rendered.text).filter(|text| !text.trim().is_empty()),
            Err(error) => {
                scope.warn(format!("the message goes without its attributes: {error}"));
                None
            }
        }
    }

    fn render_content(&self, scope: &mut Scope<'_>) -> Result<Option<ContentTemplate>, String> {
        let Some((sid, variables)) = &self.content else { return Ok(None) };
        let render =
            |(key, value): &(String, Template)| Ok((key.clone(), Value::String(scope.render(value)?)));
        let variables: Result<Map<_, _>, String> = variables.iter().map(render).collect();
        Ok(Some(ContentTemplate { sid: scope.render(sid)?.trim().to_owned(), variables: variables? }))
    }
}

/// Adds to the noted fields why the message was not sent or did not arrive.
pub(crate) fn note_failure(scope: &mut Scope<'_>, code: u32, reason: &str) {
    let outbound = scope.visit.outputs.entry("outbound").or_insert_with(|| json!({}));
    if let Some(outbound) = outbound.as_object_mut() {
        // A message that was taken on before keeps its SID: it exists, and can be looked up.
        let status = if outbound.contains_key("Sid") { "undelivered" } else { "failed" };
        outbound.insert("Status".to_owned(), json!(status));
        outbound.insert("ErrorCode".to_owned(), json!(code));
        outbound.insert("ErrorMessage".to_owned(), json!(reason));
    }
}

/// Placeholders are named `1` by exports and `{{1}}` by people.
fn content_variables(source: &WidgetSource<'_>) -> Vec<(String, Template)> {
    let variable = |item: &Map<String, Value>| {
        let key = item.get("key").and_then(scalar_text)?;
        let value = item.get("value").and_then(scalar_text).unwrap_or_default();
        Some((key.trim_matches(['{', '}', ' ']).to_owned(), Template::lenient(&value)))
    };
    source.list("content_variables").filter_map(variable).collect()
}

/// Renders a property that counts as absent when it comes out blank.
fn render_optional(template: &Option<Template>, scope: &Scope<'_>) -> Result<Option<String>, String> {
    let text = template.as_ref().map(|template| scope.render(template)).transpose()?;
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

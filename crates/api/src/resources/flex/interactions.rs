//! Interactions: conversations that are given to agents.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use conversation::{
    AddParticipant, ChannelKind, Command, CreateConversation, CreateInteraction, Initiator, Origin, Pair,
    Seat, Subject,
};
use domain::{ConversationSid, InviteSid};
use serde_json::{Map, Value, json};

use super::place::Here;
use super::{INTERACTIONS, routing};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations::{self, unexpected};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(INTERACTIONS, post(create))
        .route(&format!("{INTERACTIONS}/{{interaction}}"), get(fetch).post(update))
}

/// The `Channel` of a request.
struct GivenChannel {
    kind: ChannelKind,
    initiated_by: Initiator,
    conversation: Option<ConversationSid>,
    participants: Vec<AddParticipant>,
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let channel = channel(&form)?;
    let command = CreateInteraction {
        kind: channel.kind,
        initiated_by: channel.initiated_by,
        routing: routing::read(&form)?,
        participants: vec![],
        context_sid: form.filled("InteractionContextSid").map(str::to_owned),
        webhook_ttid: form.filled("WebhookTtid").map(str::to_owned),
        token: None,
    };
    let here = match channel.conversation {
        Some(conversation) => begin(&app, conversation, command).await?,
        None => begin_anew(&app, channel, command).await?,
    };
    routing::wait_for_task(&app, &here, opening(&app, &here).await?).await?;
    Ok(Reply::ok(present(&app, &here).await?))
}

async fn fetch(State(app): State<Shared>, here: Here) -> Answer {
    Ok(Reply::ok(present(&app, &here).await?))
}

/// An interaction keeps the webhook with which it was created.
async fn update(State(app): State<Shared>, here: Here, Form(form): Form) -> Answer {
    let kept = here.find(&app, |_, interaction| Some(interaction.webhook_ttid.clone())).await?;
    match form.filled("WebhookTtid").is_none_or(|given| Some(given) == kept.as_deref()) {
        true => Ok(Reply::ok(present(&app, &here).await?)),
        false => Err(ApiError::invalid("WebhookTtid", "it is set when an interaction is created, and stays")),
    }
}

async fn begin(
    app: &App,
    conversation: ConversationSid,
    command: CreateInteraction,
) -> Result<Here, ApiError> {
    let command = Command::CreateInteraction(Box::new(command));
    let subject = app.platform.converse(conversation, command, Origin::api()).await?;
    let Subject::Interaction(sid) = subject else { return Err(unexpected(subject)) };
    Ok(Here::of(app, conversation, sid))
}

/// A conversation that was made for an interaction goes where there is none.
async fn begin_anew(app: &App, channel: GivenChannel, command: CreateInteraction) -> Result<Here, ApiError> {
    let settings = conversations::settings(app).await?;
    let creation = CreateConversation {
        participants: channel.participants,
        timers: settings.timers,
        messaging_service_sid: settings.default_messaging_service_sid,
        ..CreateConversation::of(app.account, settings.default_service_sid)
    };
    let conversation = app.platform.create_conversation(creation, Origin::api()).await?;
    let begun = begin(app, conversation, command).await;
    if begun.is_err() {
        app.platform.converse(conversation, Command::DeleteConversation, Origin::api()).await?;
    }
    begun
}

async fn opening(app: &App, here: &Here) -> Result<InviteSid, ApiError> {
    here.find(app, |_, interaction| interaction.invites.first().map(|invite| invite.sid)).await
}

fn channel(form: &Parameters) -> Result<GivenChannel, ApiError> {
    let given = form.object("Channel")?.ok_or_else(|| ApiError::missing("Channel"))?;
    let named = Parameters::from_object(&given);
    let inside = |error: ApiError| ApiError::invalid("Channel", error.message());
    let initiated_by = named.required_as("initiated_by").map_err(inside)?;
    let properties = given.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let properties = Parameters::from_object(&properties);
    let conversation = properties.parsed("media_channel_sid").map_err(inside)?;
    if initiated_by == Initiator::Customer && conversation.is_none() {
        let reason = "properties.media_channel_sid, the conversation of the customer, is expected";
        return Err(ApiError::invalid("Channel", reason));
    }
    Ok(GivenChannel {
        kind: named.required_as("type").map_err(inside)?,
        initiated_by,
        conversation,
        participants: participants(given.get("participants"))?,
    })
}

fn participants(given: Option<&Value>) -> Result<Vec<AddParticipant>, ApiError> {
    let objects = match given {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object),
        Some(_) => return Err(ApiError::invalid("Channel", "participants must be a list of JSON objects")),
    };
    objects.map(|object| Ok(AddParticipant::at(seat(object)?))).collect()
}

fn seat(object: &Map<String, Value>) -> Result<Seat, ApiError> {
    let named = Parameters::from_object(object);
    let inside = |error: ApiError| ApiError::invalid("Channel", error.message());
    match named.filled("identity") {
        Some(identity) => conversations::check_identity(identity).map(Seat::Identity).map_err(inside),
        None => Ok(Seat::Binding(Pair {
            address: named.required_as("address").map_err(inside)?,
            proxy_address: named.required_as("proxy_address").map_err(inside)?,
        })),
    }
}

async fn present(app: &App, here: &Here) -> Result<Value, ApiError> {
    let url = here.url.clone();
    let mut shown = here
        .find(app, move |_, interaction| {
            Some(json!({
                "sid": interaction.sid,
                "channel": { "type": interaction.channel.kind, "sid": interaction.channel.sid },
                "interaction_context_sid": interaction.context_sid,
                "webhook_ttid": interaction.webhook_ttid,
                "links": { "channels": format!("{url}/Channels") },
                "url": url,
            }))
        })
        .await?;
    shown["routing"] = routing::present(app, here, opening(app, here).await?).await?;
    Ok(shown)
}

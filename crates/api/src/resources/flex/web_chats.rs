//! Web chats: a visitor's conversation, by an address configuration of the type chat.
//!
//! Nobody hears of it before the visitor's first message: creation alone starts no flow.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use conversation::{AddParticipant, AddressConfiguration, AddressKind, CreateConversation, Origin, Seat};
use domain::AddressConfigurationSid;
use serde_json::{Map, Value, json};
use store::resources;

use crate::app::{App, Shared};
use crate::auth::access_token::{ChatGrant, Claims, Grants};
use crate::auth::own_key::own_key;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations;

/// The longest data of a visitor, in bytes.
const PRE_ENGAGEMENT_MAX: usize = 16 * 1024;
/// How long a visitor's token lasts, as published.
const TOKEN_LIFETIME: Duration = Duration::from_secs(6 * 60 * 60);

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/flex-api/v2/WebChats", post(create))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let address = address(&app, form.required_as("AddressSid")?).await?;
    let identity = match form.filled("Identity") {
        Some(given) => conversations::check_identity(given)?,
        // A name that says nothing of the visitor and that nobody can guess.
        None => app.platform.secret(),
    };
    let settings = conversations::settings(&app).await?;
    let service = address.auto_creation.service_sid.unwrap_or(settings.default_service_sid);
    let creation = CreateConversation {
        friendly_name: Some(form.text("ChatFriendlyName").unwrap_or_else(|| "Web chat".to_owned())),
        attributes: Some(attributes(&form)?),
        timers: settings.timers,
        participants: vec![AddParticipant::at(Seat::Identity(identity.clone()))],
        webhooks: address.auto_creation.listener.webhook().into_iter().collect(),
        ..CreateConversation::of(app.account, service)
    };
    let origin = Origin { is_heard: true, ..Origin::api() };
    let sid = app.platform.create_conversation(creation, origin).await?;
    let grants = Grants {
        identity: identity.clone(),
        chat: Some(ChatGrant { service_sid: Some(service.to_string()) }),
        ..Grants::default()
    };
    let (key, now) = (own_key(&app).await?, app.now());
    let expires_at = now + TOKEN_LIFETIME;
    Ok(Reply::created(json!({
        "conversation_sid": sid,
        "identity": identity,
        "token": Claims::issued_by(&key, grants, now, expires_at).sign(&key)?,
        "expiration": expires_at.to_iso8601(),
    })))
}

async fn address(app: &App, sid: AddressConfigurationSid) -> Result<AddressConfiguration, ApiError> {
    let found: Option<AddressConfiguration> = resources::fetch(&app.store, &sid.to_string()).await?;
    let expected = || {
        let reason = format!("there is no address configuration {sid} of the type chat");
        ApiError::invalid("AddressSid", reason)
    };
    found.filter(|it| it.kind == AddressKind::Chat).ok_or_else(expected)
}

/// The conversation's attributes carry what the visitor said before, as flows for chats read it.
fn attributes(form: &Parameters) -> Result<String, ApiError> {
    let given = form.text("PreEngagementData").unwrap_or_default();
    if given.len() > PRE_ENGAGEMENT_MAX {
        let reason =
            format!("PreEngagementData: {} bytes, at most {PRE_ENGAGEMENT_MAX} are allowed", given.len());
        return Err(ApiError::new(catalog::PRE_ENGAGEMENT_TOO_LONG, reason));
    }
    let mut attributes = Map::new();
    attributes.insert("channel_type".into(), "web".into());
    if let Some(name) = form.filled("CustomerFriendlyName") {
        attributes.insert("from".into(), name.into());
    }
    let data = form.json("PreEngagementData")?.unwrap_or_else(|| json!({}));
    attributes.insert("pre_engagement_data".into(), data);
    Ok(Value::Object(attributes).to_string())
}

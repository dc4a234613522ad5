//! Sessions: how a visitor begins, comes back, ends, and says what it was like.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use conversation::{
    AddParticipant, AddressConfiguration, Command, ConversationState, CreateConversation, Origin, Seat,
    TimerSettings, UpdateConversation,
};
use domain::Timestamp;
use serde_json::{Map, Value, json};
use store::{ConversationSettings, Unit, WebchatDeployment, WebchatRating, resources};

use super::opening_hours::{OpeningHours, zone};
use super::token::Session;
use super::visitor::{Visitor, closed};
use super::{Webchat, limits, origins};
use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::parameters::Parameters;
use crate::peer::ClientAddr;
use crate::platform::look_at_conversation;
use crate::reply::{Answer, Reply};

/// The most bytes of what a visitor says before the conversation.
const PRE_ENGAGEMENT_MAX: usize = 16 * 1024;

/// The most characters of what a visitor adds to a rating.
const COMMENT_MAX: usize = 1_000;

/// After how much silence a conversation is over where the account sets no timers: its visitor is long gone.
const SILENCE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the routes.
pub(super) fn routes() -> Router<Webchat> {
    Router::new()
        .route("/webchat/v1/deployments/{key}", get(fetch_deployment))
        .route("/webchat/v1/sessions", post(create))
        .route("/webchat/v1/sessions/{session}", get(fetch))
        .route("/webchat/v1/sessions/{session}/token", post(renew))
        .route("/webchat/v1/sessions/{session}/end", post(end))
        .route("/webchat/v1/sessions/{session}/rating", post(rate))
}

/// Tells the widget what it looks like, and whether somebody is there.
async fn fetch_deployment(
    State(chat): State<Webchat>,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Answer {
    let deployment = find(&chat.app, &key).await?;
    origins::check(&deployment, &headers, &chat.app.public_url)?;
    Ok(Reply::ok(present(&deployment, chat.app.now())))
}

/// Begins a conversation: as with the published web chat, its flow begins with the first message.
async fn create(
    State(chat): State<Webchat>,
    client: ClientAddr,
    headers: HeaderMap,
    Form(form): Form,
) -> Answer {
    let app = &chat.app;
    let deployment = find(app, &form.required("DeploymentKey")?).await?;
    origins::check(&deployment, &headers, &app.public_url)?;
    let said = pre_engagement(&form)?;
    // A developer's tests begin many, all from one machine.
    if !app.is_development {
        chat.limits.take(limits::SESSIONS, &client.0, app.now())?;
    }
    // Nothing of the person is in the identity: it stands in logs and reports.
    let identity = format!("guest-{}", app.platform.secret());
    let creation = creation(app, &deployment, &identity, said).await?;
    let conversation = app.platform.create_conversation(creation, Origin::client(&identity)).await?;
    let session = Session::new(conversation, deployment.sid, identity, app.now());
    Ok(Reply::created(with_token(app, &session, &deployment).await?))
}

async fn fetch(State(chat): State<Webchat>, visitor: Visitor) -> Answer {
    let state = state(&chat.app, &visitor).await?;
    Ok(Reply::ok(json!({
        "session_id": visitor.session.conversation,
        "conversation_sid": visitor.session.conversation,
        "identity": visitor.session.identity,
        "state": state.as_str(),
        "expires": visitor.session.expires_at().to_iso8601(),
        "deployment": present(&visitor.deployment, chat.app.now()),
    })))
}

/// Gives out another token before the one at hand expires, while the conversation goes on.
async fn renew(State(chat): State<Webchat>, visitor: Visitor) -> Answer {
    let (app, now) = (&chat.app, chat.app.now());
    chat.limits.take(limits::SIGNS, &visitor.session.identity, now)?;
    if !state(app, &visitor).await?.is_open() {
        return Err(conversation_over(&visitor));
    }
    Ok(Reply::created(with_token(app, &visitor.session.renewed(now), &visitor.deployment).await?))
}

async fn end(State(chat): State<Webchat>, visitor: Visitor) -> Answer {
    if state(&chat.app, &visitor).await?.is_open() {
        let close =
            UpdateConversation { state: Some(ConversationState::Closed), ..UpdateConversation::default() };
        let origin = Origin::client(&visitor.session.identity);
        let command = Command::UpdateConversation(close);
        chat.app.platform.converse(visitor.session.conversation, command, origin).await?;
    }
    Ok(Reply::ok(json!({ "state": ConversationState::Closed.as_str() })))
}

/// Takes what the visitor thought of it, also after the end; the last word counts.
async fn rate(State(chat): State<Webchat>, visitor: Visitor, Form(form): Form) -> Answer {
    let score: u8 = form.number("Score")?.ok_or_else(|| ApiError::missing("Score"))?;
    if !(1..=5).contains(&score) {
        return Err(ApiError::invalid("Score", format!("it is {score}: 1 to 5 is expected")));
    }
    let comment = form.text("Comment").unwrap_or_default();
    if comment.chars().count() > COMMENT_MAX {
        return Err(ApiError::invalid("Comment", format!("at most {COMMENT_MAX} characters are expected")));
    }
    let now = chat.app.now();
    chat.limits.take(limits::SIGNS, &visitor.session.identity, now)?;
    let rating = WebchatRating {
        conversation: visitor.session.conversation,
        deployment: visitor.session.deployment,
        score,
        comment,
        date_created: now,
        date_updated: now,
    };
    chat.app.store.commit(Unit::new().with(resources::put(&rating))).await?;
    Ok(Reply::created(json!({ "score": rating.score, "comment": rating.comment })))
}

/// Returns what the widget needs to know of a deployment.
fn present(deployment: &WebchatDeployment, now: Timestamp) -> Value {
    let hours = OpeningHours::parse(&deployment.opening_hours);
    let is_online = match (hours, zone(&deployment.time_zone)) {
        (Ok(hours), Ok(zone)) => hours.are_now(now, &zone),
        (Err(_), _) | (_, Err(_)) => true,
    };
    json!({
        "friendly_name": deployment.friendly_name,
        "greeting": deployment.greeting,
        "is_online": is_online,
        "opening_hours": deployment.opening_hours,
        "offline_text": deployment.offline_text,
        "theme": deployment.theme,
    })
}

async fn find(app: &App, key: &str) -> Result<WebchatDeployment, ApiError> {
    let found = resources::by_name(&app.store, &app.account.to_string(), key).await?;
    found.filter(|deployment: &WebchatDeployment| deployment.is_enabled).ok_or_else(closed)
}

/// Reads what the visitor said before the conversation; a name beside it counts as one of its fields.
fn pre_engagement(form: &Parameters) -> Result<Map<String, Value>, ApiError> {
    const NAME: &str = "PreEngagementData";
    let mut said = form.object(NAME)?.unwrap_or_default();
    if let Some(name) = form.filled("FriendlyName") {
        said.entry("friendlyName").or_insert_with(|| json!(name));
    }
    let size = serde_json::to_string(&said).map_or(0, |text| text.len());
    if size > PRE_ENGAGEMENT_MAX {
        let reason = format!("{NAME}: {size} bytes, at most {PRE_ENGAGEMENT_MAX} are allowed");
        return Err(ApiError::new(catalog::PRE_ENGAGEMENT_TOO_LONG, reason));
    }
    Ok(said)
}

/// Returns the request for a conversation as the deployment's address is configured.
async fn creation(
    app: &App,
    deployment: &WebchatDeployment,
    identity: &str,
    said: Map<String, Value>,
) -> Result<CreateConversation, ApiError> {
    let account = app.account.to_string();
    let configuration: Option<AddressConfiguration> =
        resources::by_name(&app.store, &account, &deployment.address).await?;
    let configured = configuration.map(|configuration| configuration.auto_creation);
    let configured = configured.filter(|configured| configured.is_enabled);
    let key = ConversationSettings::key(app.account);
    let settings: Option<ConversationSettings> = resources::fetch(&app.store, &key).await?;
    let settings = settings.unwrap_or_else(|| ConversationSettings::unset(app.account));
    let service = configured.as_ref().and_then(|configured| configured.service_sid);
    let webhook = configured.and_then(|configured| configured.listener.webhook());
    let name = said.get("friendlyName").and_then(Value::as_str).unwrap_or("Web chat").to_owned();
    let attributes = json!({
        "from": identity,
        "channel_type": "web",
        "pre_engagement_data": said,
        "webchat_deployment": deployment.sid,
    });
    let visitor = AddParticipant {
        attributes: Some(json!({ "friendly_name": short(&name) }).to_string()),
        ..AddParticipant::at(Seat::Identity(identity.to_owned()))
    };
    let timers = match settings.timers == TimerSettings::default() {
        true => TimerSettings { inactive: None, closed: Some(SILENCE_MAX) },
        false => settings.timers,
    };
    Ok(CreateConversation {
        friendly_name: Some(short(&name)),
        attributes: Some(attributes.to_string()),
        participants: vec![visitor],
        webhooks: webhook.into_iter().collect(),
        timers,
        ..CreateConversation::of(app.account, service.unwrap_or(settings.default_service_sid))
    })
}

async fn with_token(app: &App, session: &Session, deployment: &WebchatDeployment) -> Result<Value, ApiError> {
    Ok(json!({
        "session_id": session.conversation,
        "conversation_sid": session.conversation,
        "identity": session.identity,
        "token": session.sign(app).await?,
        "expires": session.expires_at().to_iso8601(),
        "deployment": present(deployment, app.now()),
    }))
}

async fn state(app: &App, visitor: &Visitor) -> Result<ConversationState, ApiError> {
    let sid = visitor.session.conversation;
    Ok(look_at_conversation(&*app.platform, sid, |conversation| conversation.details().state).await?)
}

fn conversation_over(visitor: &Visitor) -> ApiError {
    crate::platform::Failure::from(conversation::Refusal::Closed(visitor.session.conversation)).into()
}

/// Names of conversations have 256 characters at most.
fn short(name: &str) -> String {
    name.chars().take(256).collect()
}

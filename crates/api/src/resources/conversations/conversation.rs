//! Conversations themselves.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use conversation::{
    Command, ConversationState, CreateConversation, Details, EmailBinding, TimerSettings, UpdateConversation,
};
use domain::Timestamp;
use serde_json::{Map, Value, json};
use store::conversations::{self, Filter};

use super::parameters::{ByRest, email, timers};
use super::place::{Here, Service};
use super::{in_both_forms, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::platform::look_at_conversation;
use crate::reply::{Answer, Reply};

const TIMERS: [&str; 2] = ["Timers.Inactive", "Timers.Closed"];

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/Conversations", get(list).post(create))
        .merge(in_both_forms("/Conversations/{conversation}", get(fetch).post(update).delete(remove)))
}

async fn list(State(app): State<Shared>, service: Service, list: List) -> Answer {
    let filter = Filter {
        service: Some(service.sid),
        state: list.query.parsed("State")?,
        created_from: list.query.date("StartDate")?,
        created_before: list.query.date("EndDate")?,
    };
    let found = conversations::list(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply("conversations", each(found, |details| present(&service.url, &details))))
}

async fn create(
    State(app): State<Shared>,
    service: Service,
    ByRest(origin): ByRest,
    Form(form): Form,
) -> Answer {
    let creation = creation(&app, &service, &form).await?;
    let sid = app.platform.create_conversation(creation, origin).await?;
    reply(&app, StatusCode::CREATED, Here { service, sid }).await
}

async fn fetch(State(app): State<Shared>, here: Here) -> Answer {
    reply(&app, StatusCode::OK, here).await
}

async fn update(State(app): State<Shared>, here: Here, ByRest(origin): ByRest, Form(form): Form) -> Answer {
    let command = Command::UpdateConversation(UpdateConversation {
        friendly_name: form.text("FriendlyName"),
        unique_name: form.text("UniqueName"),
        attributes: form.text("Attributes"),
        messaging_service_sid: form.parsed("MessagingServiceSid")?,
        state: form.parsed::<ConversationState>("State")?,
        timers: changed_timers(&app, &here, &form).await?,
        email: email(&form),
    });
    here.converse(&app, command, origin).await?;
    reply(&app, StatusCode::OK, here).await
}

async fn remove(State(app): State<Shared>, here: Here, ByRest(origin): ByRest) -> Answer {
    here.converse(&app, Command::DeleteConversation, origin).await?;
    Ok(Reply::deleted())
}

/// Reads the command for a conversation; what the form leaves open is as the account has set it.
pub(super) async fn creation(
    app: &App,
    service: &Service,
    form: &Parameters,
) -> Result<CreateConversation, ApiError> {
    let settings = services::settings_of(app).await?;
    let messaging_service = form.parsed("MessagingServiceSid")?;
    Ok(CreateConversation {
        messaging_service_sid: messaging_service.or(settings.default_messaging_service_sid),
        friendly_name: form.text("FriendlyName"),
        unique_name: form.text("UniqueName"),
        attributes: form.text("Attributes"),
        state: form.parsed("State")?,
        timers: timers(form, TIMERS, settings.timers)?,
        email: email(form),
        date_created: form.date("DateCreated")?,
        ..CreateConversation::of(app.account, service.sid)
    })
}

/// Answers with the conversation as it is.
pub(super) async fn reply(app: &App, status: StatusCode, here: Here) -> Answer {
    let details = here.look(app, |it| it.details().clone()).await?;
    Ok(Reply::with_status(status, present(&here.service.url, &details)))
}

/// A timer that the form leaves out stays; the engine takes both.
async fn changed_timers(
    app: &App,
    here: &Here,
    form: &Parameters,
) -> Result<Option<TimerSettings>, ApiError> {
    if TIMERS.iter().all(|name| form.text(name).is_none()) {
        return Ok(None);
    }
    let before = look_at_conversation(&*app.platform, here.sid, |it| it.details().timers).await?;
    timers(form, TIMERS, before).map(Some)
}

fn present(base: &str, details: &Details) -> Value {
    let url = format!("{base}/Conversations/{}", details.sid);
    json!({
        "sid": details.sid,
        "account_sid": details.account_sid,
        "chat_service_sid": details.service_sid,
        "messaging_service_sid": details.messaging_service_sid,
        "friendly_name": details.friendly_name,
        "unique_name": details.unique_name,
        "attributes": details.attributes.text(),
        "state": details.state,
        "timers": present_timers(details),
        "bindings": bindings(details.email.as_ref()),
        "date_created": details.date_created.to_iso8601(),
        "date_updated": details.date_updated.to_iso8601(),
        "links": {
            "participants": format!("{url}/Participants"),
            "messages": format!("{url}/Messages"),
            "webhooks": format!("{url}/Webhooks"),
        },
        "url": url,
    })
}

/// Presents when silence changes a conversation's state; a timer that does not run is left out.
pub(super) fn present_timers(details: &Details) -> Value {
    let dates = [("date_inactive", details.date_inactive()), ("date_closed", details.date_closed())];
    let running = dates.into_iter().filter_map(|(name, date): (_, Option<Timestamp>)| {
        Some((name.to_owned(), Value::from(date?.to_iso8601())))
    });
    Value::Object(running.collect::<Map<_, _>>())
}

fn bindings(email: Option<&EmailBinding>) -> Value {
    email.map_or_else(
        || json!({}),
        |EmailBinding { address, name }| json!({ "email": { "address": address, "name": name } }),
    )
}

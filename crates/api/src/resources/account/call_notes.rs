//! What is noted of calls' applications: the requests to them (events), and what went wrong (notifications).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{CallSid, NotificationSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::call_notes::{self, NotificationFilter};
use store::{CallRequest, LogLevel, Notification};

use super::{Named, Ours, below_account, calls, day, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Path};
use crate::paging::{List, each};
use crate::payloads::API_VERSION;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Notifications.json"), get(list))
        .route(&below_account("/Notifications/{sid}"), get(fetch))
        .route(&below_account("/Calls/{call}/Events.json"), get(events))
        .route(&below_account("/Calls/{call}/Notifications.json"), get(list_of_call))
        .route(&below_account("/Calls/{call}/Notifications/{sid}"), get(fetch_of_call))
}

#[derive(Deserialize)]
struct OfCall {
    call: CallSid,
}

#[derive(Deserialize)]
struct OneOfCall {
    call: CallSid,
    sid: Document<NotificationSid>,
}

async fn events(
    State(app): State<Shared>,
    _: Ours,
    Path(OfCall { call }): Path<OfCall>,
    list: List,
) -> Answer {
    calls::find(&app, call).await?;
    let found = call_notes::requests(&app.store, call, &list.page()).await?;
    Ok(list.reply_2010("events", each(found, |request| present_request(&request))))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    page(&app, &list, None).await
}

async fn list_of_call(
    State(app): State<Shared>,
    _: Ours,
    Path(OfCall { call }): Path<OfCall>,
    list: List,
) -> Answer {
    calls::find(&app, call).await?;
    page(&app, &list, Some(call)).await
}

async fn page(app: &App, list: &List, call: Option<CallSid>) -> Answer {
    let [from, before] = day(&list.query, "MessageDate")?;
    let log = list.query.word("Log", &LogLevel::ALL, LogLevel::as_str)?;
    let filter = NotificationFilter { call, log, from, before };
    let found = call_notes::notifications(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply_2010("notifications", each(found, |note| present(app, &note, call.is_some()))))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<NotificationSid>) -> Answer {
    let note = find(&app, sid).await?;
    Ok(Reply::ok(with_request(present(&app, &note, false), &note)))
}

async fn fetch_of_call(State(app): State<Shared>, _: Ours, Path(path): Path<OneOfCall>) -> Answer {
    let note = find(&app, path.sid.0).await?;
    match note.call == path.call {
        true => Ok(Reply::ok(with_request(present(&app, &note, true), &note))),
        false => Err(ApiError::not_found()),
    }
}

async fn find(app: &App, sid: NotificationSid) -> Result<Notification, ApiError> {
    call_notes::notification(&app.store, sid).await?.ok_or_else(ApiError::not_found)
}

fn present_request(request: &CallRequest) -> Value {
    json!({
        "request": { "method": request.method, "url": request.url, "parameters": request.parameters },
        "response": {
            "response_code": request.status,
            "content_type": request.content_type,
            "response_body": request.body,
            "request_duration": request.duration_ms,
            "date_created": request.date_created.to_rfc2822(),
        },
    })
}

fn present(app: &App, note: &Notification, is_below_call: bool) -> Value {
    let date = note.date_created.to_rfc2822();
    let below = if is_below_call { format!("/Calls/{}", note.call) } else { String::new() };
    let request = note.request.as_ref();
    json!({
        "sid": note.sid,
        "account_sid": app.account,
        "call_sid": note.call,
        "log": note.log,
        "error_code": note.error_code.to_string(),
        "message_text": note.message,
        "message_date": date,
        "more_info": more_info(app, note.error_code),
        "request_method": request.map(|request| &request.method),
        "request_url": request.map(|request| &request.url),
        "api_version": API_VERSION,
        "date_created": date,
        "date_updated": date,
        "uri": uri(app.account, &format!("{below}/Notifications/{}.json", note.sid)),
    })
}

/// Errors of documents have no page of their own where the API never answers with them.
fn more_info(app: &App, code: u32) -> String {
    let page = catalog::ALL.iter().find(|entry| entry.code == code).map(|entry| format!("/{}", entry.code));
    format!("{}/docs/errors{}", app.public_url, page.unwrap_or_default())
}

/// One notification alone also says what was asked and answered.
fn with_request(mut body: Value, note: &Notification) -> Value {
    let request = note.request.as_ref();
    body["request_variables"] = json!(request.map_or_else(String::new, variables));
    body["response_headers"] =
        json!(request.map_or_else(String::new, |request| format!("Content-Type: {}", request.content_type)));
    body["response_body"] = json!(request.map_or("", |request| &request.body));
    body
}

fn variables(request: &CallRequest) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &request.parameters {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        query.append_pair(name, &text);
    }
    query.finish()
}

//! Events: the workspace's log of what happened.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{EventSid, Timestamp, WorkspaceSid};
use router::{Actor, Notice, NoticeKind};
use serde_json::{Value, json};
use store::events::{self, Filter};

use super::event_data::{event_data, resource_of};
use super::{below_workspace, named_task_channel};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// How far back a list goes that does not say.
const MINUTES_DEFAULT: u64 = 15;

/// How long events show the attributes of their task.
const ATTRIBUTES_KEPT: Duration = Duration::from_secs(43_200 * 60);

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Events"), get(list))
        .route(&below_workspace("/Events/{sid}"), get(fetch))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    let task_channel = task_channel(&app, workspace, &list).await?;
    let filter = Filter { task_channel, ..filter(&app, &list)? };
    let found = events::list(&app.store, workspace, &filter, &list.page()).await?;
    Ok(list.reply("events", each(found, |notice| present(&app, &notice))))
}

async fn fetch(State(app): State<Shared>, Path((workspace, sid)): Path<(WorkspaceSid, EventSid)>) -> Answer {
    let found = events::fetch(&app.store, workspace, &sid.to_string()).await?;
    let notice = found.ok_or_else(ApiError::not_found)?;
    Ok(Reply::ok(present(&app, &notice)))
}

/// Returns the SID of the task channel that the list is to be narrowed down to.
async fn task_channel(app: &App, workspace: WorkspaceSid, list: &List) -> Result<Option<String>, ApiError> {
    let query = list.query.clone();
    let found = app.look(workspace, move |view| named_task_channel(view, &query)).await?;
    Ok(found?.map(|sid| sid.to_string()))
}

/// Without a start date a list goes back some minutes; with the SID of something, to its beginning.
fn filter(app: &App, list: &List) -> Result<Filter, ApiError> {
    let query = &list.query;
    let kind: Option<NoticeKind> = query.parsed("EventType")?;
    let text = |name: &str| query.filled(name).map(str::to_owned);
    let mut filter = Filter {
        from: query.date("StartDate")?,
        to: query.date("EndDate")?,
        kind: kind.map(|kind| kind.as_str().to_owned()),
        task: text("TaskSid"),
        worker: text("WorkerSid"),
        reservation: text("ReservationSid"),
        queue: text("TaskQueueSid"),
        workflow: text("WorkflowSid"),
        task_channel: None,
        sid: text("Sid"),
    };
    let minutes: Option<u64> = query.number("Minutes")?;
    let names_something = filter.task.is_some() || filter.reservation.is_some() || filter.sid.is_some();
    if filter.from.is_none() && filter.to.is_none() && (minutes.is_some() || !names_something) {
        let span = minutes.unwrap_or(MINUTES_DEFAULT).saturating_mul(60);
        filter.from = Some(app.now() - Duration::from_secs(span));
    }
    Ok(filter)
}

/// Presents an event.
fn present(app: &App, notice: &Notice) -> Value {
    let public_url = &app.public_url;
    let workspace = format!("{public_url}/taskrouter/v1/Workspaces/{}", notice.workspace_sid);
    let resource = resource_of(notice);
    let actor = actor_of(notice, public_url, &workspace);
    json!({
        "sid": notice.sid,
        "account_sid": notice.account_sid,
        "workspace_sid": notice.workspace_sid,
        "event_type": notice.kind,
        "event_date": notice.at.to_iso8601(),
        "event_date_ms": notice.at.as_millis(),
        "description": format!("{} {}: {}", resource.kind, resource.sid, notice.kind),
        "event_data": redacted(event_data(notice), notice.at, app.now()),
        "resource_type": resource.kind,
        "resource_sid": resource.sid,
        "resource_url": format!("{workspace}{}", resource.tail),
        "actor_sid": actor.sid,
        "actor_type": actor.kind,
        "actor_url": actor.url,
        "source": "taskrouter",
        "source_ip_address": notice.requester.as_ref().and_then(|requester| requester.address.as_deref()),
        "url": format!("{workspace}/Events/{}", notice.sid),
    })
}

/// Leaves the attributes of the task out of what is old.
fn redacted(mut data: Value, at: Timestamp, now: Timestamp) -> Value {
    if at + ATTRIBUTES_KEPT < now
        && let Some(attributes) = data.get_mut("task_attributes")
    {
        *attributes = "{}".into();
    }
    data
}

/// Who did it, as an event shows them.
struct Doer {
    kind: &'static str,
    sid: String,
    url: String,
}

/// Returns who had it done; what nobody asked for was done by the workspace.
fn actor_of(notice: &Notice, public_url: &str, workspace: &str) -> Doer {
    let account = format!("{public_url}/2010-04-01/Accounts/{}", notice.account_sid);
    let doer = |kind, sid: String, url| Doer { kind, sid, url };
    match notice.requester.as_ref().map(|requester| requester.actor) {
        Some(Actor::Account(sid)) => doer("account", sid.to_string(), format!("{account}.json")),
        Some(Actor::Key(sid)) => doer("key", sid.to_string(), format!("{account}/Keys/{sid}.json")),
        Some(Actor::User(sid)) => doer("user", sid.to_string(), format!("{public_url}/v1/users/{sid}")),
        Some(Actor::Worker(sid)) => doer("worker", sid.to_string(), format!("{workspace}/Workers/{sid}")),
        None => doer("workspace", notice.workspace_sid.to_string(), workspace.to_owned()),
    }
}

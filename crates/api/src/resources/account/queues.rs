//! Queues in which calls wait.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use call::{Command, CreateQueue, DeleteQueue, QueueMemberRecord, QueueRecord, Subject, UpdateQueue};
use domain::{QueueSid, Timestamp};
use serde_json::{Value, json};
use store::calls;

use super::{Named, Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Queues.json"), get(list).post(create))
        .route(&below_account("/Queues/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let found = calls::list_queues(&app.store, app.account, &list.page()).await?;
    let members = calls::all_members(&app.store).await?;
    Ok(list.reply_2010("queues", each(found, |queue| present(&app, &queue, &members))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let friendly_name = form.required("FriendlyName")?;
    let max_size = form.number("MaxSize")?;
    let made = command(&app, Command::CreateQueue(CreateQueue { friendly_name, max_size })).await?;
    Ok(Reply::created(show(&app, made).await?))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<QueueSid>) -> Answer {
    Ok(Reply::ok(show(&app, sid).await?))
}

async fn update(State(app): State<Shared>, Named(sid): Named<QueueSid>, Form(form): Form) -> Answer {
    let friendly_name = form.filled("FriendlyName").map(str::to_owned);
    let change = UpdateQueue { queue: sid, friendly_name, max_size: form.number("MaxSize")? };
    command(&app, Command::UpdateQueue(change)).await?;
    Ok(Reply::ok(show(&app, sid).await?))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<QueueSid>) -> Answer {
    command(&app, Command::DeleteQueue(DeleteQueue { queue: sid })).await?;
    Ok(Reply::deleted())
}

async fn command(app: &App, command: Command) -> Result<QueueSid, ApiError> {
    match app.platform.command_call(command).await? {
        Subject::Queue(queue) => Ok(queue),
        Subject::Call(_)
        | Subject::Conference(_)
        | Subject::Participant(..)
        | Subject::Recording(_)
        | Subject::Stream(..) => Err(ApiError::not_found()),
    }
}

/// Returns the queue with this SID.
pub(super) async fn find(app: &App, sid: QueueSid) -> Result<QueueRecord, ApiError> {
    calls::fetch_queue(&app.store, sid).await?.ok_or_else(ApiError::not_found)
}

/// Returns how long somebody has waited, in seconds.
pub(super) fn waited_secs(member: &QueueMemberRecord, now: Timestamp) -> u64 {
    now.secs_since(member.enqueued_at)
}

async fn show(app: &App, sid: QueueSid) -> Result<Value, ApiError> {
    Ok(present(app, &find(app, sid).await?, &calls::members(&app.store, sid).await?))
}

fn present(app: &App, queue: &QueueRecord, members: &[QueueMemberRecord]) -> Value {
    let now = app.now();
    let waits = members.iter().filter(|member| member.queue == queue.sid);
    let waits: Vec<u64> = waits.map(|member| waited_secs(member, now)).collect();
    let own = format!("/Queues/{}", queue.sid);
    json!({
        "sid": queue.sid,
        "account_sid": app.account,
        "friendly_name": queue.friendly_name,
        "max_size": queue.max_size,
        "current_size": waits.len(),
        "average_wait_time": waits.iter().sum::<u64>() / waits.len().max(1) as u64,
        "date_created": queue.date_created.to_rfc2822(),
        "date_updated": queue.date_updated.to_rfc2822(),
        "uri": uri(app.account, &format!("{own}.json")),
        "subresource_uris": { "members": uri(app.account, &format!("{own}/Members.json")) },
    })
}

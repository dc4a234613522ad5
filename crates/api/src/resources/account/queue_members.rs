//! Who waits in a queue, longest first, and how somebody is pulled out of it.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use call::{Command, MemberName, PullMember, QueueMemberRecord};
use domain::{CallSid, QueueSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::calls;

use super::calls::command;
use super::queues::{find, waited_secs};
use super::{Ours, below_account, call_form, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// How the path names who waits longest.
const FRONT: &str = "Front";

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Queues/{queue}/Members.json"), get(list))
        .route(&below_account("/Queues/{queue}/Members/{sid}"), get(fetch).post(update))
}

#[derive(Deserialize)]
struct OfQueue {
    queue: QueueSid,
}

#[derive(Deserialize)]
struct OneMember {
    queue: QueueSid,
    sid: Document<String>,
}

async fn list(State(app): State<Shared>, _: Ours, Path(path): Path<OfQueue>, list: List) -> Answer {
    find(&app, path.queue).await?;
    let members = members(&app, path.queue).await?;
    let shown: Vec<Value> =
        members.iter().enumerate().map(|(place, member)| present(&app, place, member)).collect();
    let page = list.cut(shown, |member| member["call_sid"].to_string());
    Ok(list.reply_2010("queue_members", each(page, |member| member)))
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<OneMember>) -> Answer {
    let (place, member) = member(&app, &path).await?;
    Ok(Reply::ok(present(&app, place, &member)))
}

/// Pulls somebody out; the answer shows the place that was left.
async fn update(State(app): State<Shared>, _: Ours, Path(path): Path<OneMember>, Form(form): Form) -> Answer {
    let (place, member) = member(&app, &path).await?;
    let plan = call_form::plan(&app, &form).await?.ok_or_else(call_form::nothing_runs)?;
    let name = if path.sid.0 == FRONT { MemberName::Front } else { MemberName::Call(member.call) };
    let pull = PullMember { queue: path.queue, member: name, program: plan.program };
    let done = command(&app, plan.flow, Command::PullMember(pull)).await;
    live(done, "The caller has left the queue")?;
    Ok(Reply::ok(present(&app, place, &member)))
}

async fn member(app: &App, path: &OneMember) -> Result<(usize, QueueMemberRecord), ApiError> {
    find(app, path.queue).await?;
    let wanted = match path.sid.0.as_str() {
        FRONT => None,
        sid => Some(sid.parse::<CallSid>().map_err(|_| ApiError::not_found())?),
    };
    let mut members = members(app, path.queue).await?.into_iter().enumerate();
    let found = members.find(|(_, member)| wanted.is_none_or(|call| member.call == call));
    found.ok_or_else(ApiError::not_found)
}

async fn members(app: &App, queue: QueueSid) -> Result<Vec<QueueMemberRecord>, ApiError> {
    let mut members = calls::members(&app.store, queue).await?;
    members.sort_by_key(|member| (member.enqueued_at, member.call));
    Ok(members)
}

fn present(app: &App, place: usize, member: &QueueMemberRecord) -> Value {
    json!({
        "call_sid": member.call,
        "queue_sid": member.queue,
        "date_enqueued": member.enqueued_at.to_rfc2822(),
        "position": place + 1,
        "wait_time": waited_secs(member, app.now()),
        "uri": uri(app.account, &format!("/Queues/{}/Members/{}.json", member.queue, member.call)),
    })
}

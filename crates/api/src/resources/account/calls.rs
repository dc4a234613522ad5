//! Calls: placed, listed, sent elsewhere, ended, forgotten.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use call::{CallRecord, CallStatus, Command, CreateCall, ModifyCall, Subject, WishedEnding};
use domain::{CallSid, FlowSid, Timestamp};
use serde_json::{Value, json};
use store::{Unit, call_notes, calls};
use twiml::Method;

use super::call_form::{self, Plan};
use super::{Named, Ours, below_account, day, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::{API_VERSION, PRICE_UNIT};
use crate::reply::{Answer, Reply};

/// The states of calls.
const STATUSES: [CallStatus; 8] = [
    CallStatus::Queued,
    CallStatus::Ringing,
    CallStatus::InProgress,
    CallStatus::Completed,
    CallStatus::Busy,
    CallStatus::Failed,
    CallStatus::NoAnswer,
    CallStatus::Canceled,
];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Calls.json"), get(list).post(create))
        .route(&below_account("/Calls/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let filter = filter(&list.query)?;
    let found = calls::list(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply_2010("calls", each(found, |call| present(&app, &call))))
}

fn filter(query: &Parameters) -> Result<calls::CallFilter, ApiError> {
    let [started_from, started_before] = day(query, "StartTime")?;
    let [ended_from, ended_before] = day(query, "EndTime")?;
    let status = query.word("Status", &STATUSES, CallStatus::as_str)?;
    Ok(calls::CallFilter {
        to: query.address_text("To"),
        from: query.address_text("From"),
        parent: query.filled("ParentCallSid").map(str::to_owned),
        status: status.map(|status| status.to_string()),
        started_from,
        started_before,
        ended_from,
        ended_before,
    })
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let call = call_form::call(&form)?;
    let plan = call_form::plan(&app, &form).await?.ok_or_else(call_form::nothing_runs)?;
    let Plan { program, flow, progress } = plan;
    let call = CreateCall { program, progress: call.progress.clone().or(progress), ..call };
    let made = command(&app, flow, Command::CreateCall(Box::new(call))).await?;
    Ok(Reply::created(present(&app, &find(&app, made).await?)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<CallSid>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, sid).await?)))
}

async fn update(State(app): State<Shared>, Named(sid): Named<CallSid>, Form(form): Form) -> Answer {
    find(&app, sid).await?;
    let (program, flow) = match call_form::plan(&app, &form).await? {
        Some(plan) => (Some(plan.program), plan.flow),
        None => (None, None),
    };
    let change = ModifyCall {
        call: sid,
        program,
        status: ending(&form)?,
        time_limit_secs: call_form::time_limit(&form)?,
        status_callback: call_form::link(&form, ["StatusCallback", "StatusCallbackMethod"], Method::Post)?,
    };
    if change == ModifyCall::of(sid) {
        let expected = "one of Url, Twiml, Status, TimeLimit and StatusCallback is expected";
        return Err(ApiError::invalid("Status", format!("nothing to change was given: {expected}")));
    }
    let done = command(&app, flow, Command::ModifyCall(Box::new(change))).await;
    live(done, &format!("The call {sid} has ended"))?;
    Ok(Reply::ok(present(&app, &find(&app, sid).await?)))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<CallSid>) -> Answer {
    let call = find(&app, sid).await?;
    if call.ended_at.is_none() {
        let message = format!("The call {sid} is {}: end it first", call.status);
        return Err(ApiError::new(catalog::CALL_STATE, message));
    }
    app.store.commit(Unit::new().with(calls::delete_call(sid)).with(call_notes::delete_of(sid))).await?;
    Ok(Reply::deleted())
}

fn ending(form: &Parameters) -> Result<Option<WishedEnding>, ApiError> {
    match form.filled("Status") {
        None => Ok(None),
        Some("canceled") => Ok(Some(WishedEnding::Canceled)),
        Some("completed") => Ok(Some(WishedEnding::Completed)),
        Some(other) => Err(ApiError::invalid(
            "Status",
            format!("'{other}' can not be set: canceled or completed is expected"),
        )),
    }
}

/// Has a command about a call carried out; returns the call.
pub(super) async fn command(app: &App, flow: Option<FlowSid>, command: Command) -> Result<CallSid, ApiError> {
    let subject = match flow {
        Some(flow) => app.platform.drive_call(flow, command).await?,
        None => app.platform.command_call(command).await?,
    };
    match subject {
        Subject::Call(call) | Subject::Participant(_, call) => Ok(call),
        Subject::Queue(_) | Subject::Conference(_) | Subject::Recording(_) | Subject::Stream(..) => {
            Err(ApiError::not_found())
        }
    }
}

/// Returns the call with this SID.
pub(super) async fn find(app: &App, sid: CallSid) -> Result<CallRecord, ApiError> {
    calls::fetch(&app.store, sid).await?.ok_or_else(ApiError::not_found)
}

/// A call has a start once it was dialled, and a duration once it has ended.
fn present(app: &App, call: &CallRecord) -> Value {
    let own = format!("/Calls/{}", call.sid);
    let is_dialled = call.status != CallStatus::Queued;
    let duration = call.ended_at.map(|ended| call.duration_secs(ended).to_string());
    json!({
        "sid": call.sid,
        "account_sid": app.account,
        "parent_call_sid": call.parent,
        "to": call.to,
        "to_formatted": formatted(&call.to),
        "from": call.from,
        "from_formatted": formatted(&call.from),
        "phone_number_sid": call.phone_number_sid,
        "status": call.status,
        "direction": call.direction,
        "start_time": is_dialled.then(|| call.date_created.to_rfc2822()),
        "end_time": call.ended_at.map(Timestamp::to_rfc2822),
        "duration": duration,
        "answered_by": call.answered_by,
        "caller_name": call.caller_name,
        "forwarded_from": call.forwarded_from,
        "queue_time": call.queue_time_ms.to_string(),
        "group_sid": null,
        "trunk_sid": null,
        "price": null,
        "price_unit": PRICE_UNIT,
        "api_version": API_VERSION,
        "date_created": call.date_created.to_rfc2822(),
        "date_updated": call.date_updated.to_rfc2822(),
        "uri": uri(app.account, &format!("{own}.json")),
        "subresource_uris": subresources(app, &own),
    })
}

fn subresources(app: &App, own: &str) -> Value {
    let below = |tail: &str| uri(app.account, &format!("{own}/{tail}.json"));
    json!({
        "notifications": below("Notifications"),
        "recordings": below("Recordings"),
        "streams": below("Streams"),
        "events": below("Events"),
        "user_defined_messages": below("UserDefinedMessages"),
        "user_defined_message_subscriptions": below("UserDefinedMessageSubscriptions"),
    })
}

/// Writes a North American number as people do there; other addresses stay.
fn formatted(address: &str) -> String {
    let digits = address.strip_prefix("+1").filter(|rest| rest.len() == 10 && rest.is_ascii());
    match digits {
        Some(digits) => format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..]),
        None => address.to_owned(),
    }
}

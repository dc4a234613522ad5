//! The search for executions over all flows: by contact, call, flow, status, widget, variable and date; and the list of
//! those that are stuck, with what would free them.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{ExecutionSid, FlowSid};
use flow::{Execution, StuckPolicy, Visit, WaitsFor};
use serde_json::{Value, json};
use store::executions::{self, Filter};
use store::{FlowRecord, resources};

use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::webhook_url;
use crate::reply::{Answer, Reply};
use crate::resources::studio::edition::V2;
use crate::resources::studio::{execution_status, present_execution};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/executions", get(list)).route("/v1/executions/{sid}", get(fetch))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let filter = filter(&app, &list.query)?;
    let variables = variables(&list.query)?;
    let page = list.page().newest_first();
    let found = match variables.is_empty() {
        true => executions::list(&app.store, &filter, &page).await?,
        false => {
            let is_kept =
                |execution: &Execution| variables.iter().all(|wanted| has_variable(execution, wanted));
            executions::search(&app.store, &filter, &page, is_kept).await?
        }
    };
    let mut policies = BTreeMap::new();
    let flows: BTreeSet<FlowSid> = found.items.iter().map(Execution::flow_sid).collect();
    for flow in flows {
        policies.insert(flow, policy(&app, flow).await?);
    }
    let show = |execution: Execution| present(&app, &execution, policies[&execution.flow_sid()]);
    Ok(list.reply("executions", each(found, show)))
}

async fn fetch(State(app): State<Shared>, Path(sid): Path<ExecutionSid>) -> Answer {
    let execution = executions::fetch(&app.store, sid).await?.ok_or_else(ApiError::not_found)?;
    let policy = policy(&app, execution.flow_sid()).await?;
    Ok(Reply::ok(present(&app, &execution, policy)))
}

fn filter(app: &App, query: &Parameters) -> Result<Filter, ApiError> {
    let is_stuck = query.boolean("Stuck")?.unwrap_or(false);
    Ok(Filter {
        flow: query.parsed("FlowSid")?.or(query.parsed("Flow")?),
        status: execution_status(query)?,
        contact: query.address_text("Contact"),
        call: query.filled("CallSid").map(str::to_owned),
        widget: query.filled("Widget").map(str::to_owned),
        stuck_at: is_stuck.then(|| app.now()),
        created_from: query.date("DateCreatedFrom")?,
        created_to: query.date("DateCreatedTo")?,
    })
}

/// Reads the variables that are asked for, `Variable=name=value` for each.
fn variables(query: &Parameters) -> Result<Vec<(String, String)>, ApiError> {
    let read = |text: String| match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) | None => {
            Err(ApiError::invalid("Variable", format!("'{text}' names no variable: name=value is expected")))
        }
    };
    query.all("Variable").into_iter().map(read).collect()
}

/// Compares as templates print: a number and its text are the same.
fn has_variable(execution: &Execution, (name, wanted): &(String, String)) -> bool {
    let value = &execution.context()["flow"]["variables"][name];
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    !value.is_null() && text == *wanted
}

/// Returns what a flow does with a message for an execution that is stuck.
async fn policy(app: &App, flow: FlowSid) -> Result<StuckPolicy, ApiError> {
    let record: Option<FlowRecord> = resources::fetch(&app.store, &flow.to_string()).await?;
    Ok(record.and_then(|record| record.stuck_policy.parse().ok()).unwrap_or_default())
}

/// Presents an execution with what it waits for.
fn present(app: &App, execution: &Execution, policy: StuckPolicy) -> Value {
    let mut shown = present_execution(app, V2, execution);
    shown["waiting"] = json!(execution.visit().map(|visit| waiting(execution, visit)));
    let stuck_at = execution.stuck_at().filter(|stuck_at| *stuck_at <= app.now());
    let stuck = stuck_at.and(execution.visit()).map(|visit| stuck(app, execution, visit, policy));
    shown["stuck"] = json!(stuck);
    shown
}

fn waiting(execution: &Execution, visit: &Visit) -> Value {
    json!({
        "widget": visit.widget,
        "for": visit.waits_for,
        "since": visit.entered_at.to_iso8601(),
        "until": execution.next_timeout().map(|until| until.to_iso8601()),
        "queued_messages": execution.queued_message_count(),
    })
}

/// Says why an execution counts as stuck, and what would free it.
fn stuck(app: &App, execution: &Execution, visit: &Visit, policy: StuckPolicy) -> Value {
    let widget = &visit.widget;
    let (reason, first) = match visit.waits_for {
        WaitsFor::Answer => {
            let reason = format!("what the widget '{widget}' asked for was never answered");
            (reason, of_message(policy).to_owned())
        }
        WaitsFor::Call => {
            let call = execution.call_sid().unwrap_or_default();
            let url = webhook_url(&app.public_url, execution.account_sid(), execution.flow_sid());
            let reason =
                format!("the call {call} never came back from what the widget '{widget}' had it perform");
            (reason, format!("a report of the call's end: CallSid={call} and CallStatus=completed to {url}"))
        }
        WaitsFor::Reply => ("the contact has not replied".to_owned(), "a message of the contact".to_owned()),
    };
    let own = V2.url(app, execution.flow_sid(), &execution.sid().to_string());
    let end = execution.next_timeout().map(|until| format!("the end of its time at {}", until.to_iso8601()));
    let freed_by = [Some(first), Some(format!("an end by hand: POST {own} with Status=ended")), end];
    let freed_by: Vec<String> = freed_by.into_iter().flatten().collect();
    json!({ "reason": reason, "freed_by": freed_by, "stuck_policy": policy.as_str() })
}

fn of_message(policy: StuckPolicy) -> &'static str {
    match policy {
        StuckPolicy::NewestMessageWins => {
            "a message of the contact: this execution is stopped then, and the message starts another"
        }
        StuckPolicy::Wait => {
            "only the answer: the flow's StuckPolicy is wait, so that messages of the contact are queued"
        }
    }
}

//! Steps of an execution: which widget was left, by which event, with what it knew then.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{ExecutionSid, FlowSid, StepSid, Timestamp};
use flow::{Execution, Step};
use serde_json::{Value, json};
use store::{FlowRevision, resources, steps};

use super::edition::{self, Edition, In};
use super::executions::execution;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes, in all editions.
pub(crate) fn routes() -> Router<Shared> {
    edition::ALL.into_iter().fold(Router::new(), |routes, edition| {
        routes
            .route(&edition.route("/{execution}/Steps"), get(list))
            .route(&edition.route("/{execution}/Steps/{sid}"), get(fetch))
            .route(&edition.route("/{execution}/Steps/{sid}/Context"), get(context))
    })
}

async fn list(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid)): Path<(FlowSid, ExecutionSid)>,
    list: List,
) -> Answer {
    let execution = execution(&app, flow, sid).await?;
    let definition = definition(&app, &execution).await?;
    let found = steps::list(&app.store, sid, &list.page()).await?;
    Ok(list.reply("steps", each(found, |step| present(&app, edition, &execution, &definition, &step))))
}

async fn fetch(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid, step)): Path<(FlowSid, ExecutionSid, StepSid)>,
) -> Answer {
    let execution = execution(&app, flow, sid).await?;
    let definition = definition(&app, &execution).await?;
    let step = find(&app, sid, step).await?;
    Ok(Reply::ok(present(&app, edition, &execution, &definition, &step)))
}

async fn context(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid, step)): Path<(FlowSid, ExecutionSid, StepSid)>,
) -> Answer {
    let execution = execution(&app, flow, sid).await?;
    let step = find(&app, sid, step).await?;
    Ok(Reply::ok(json!({
        "account_sid": execution.account_sid(),
        "flow_sid": flow,
        edition.run_sid: sid,
        "step_sid": step.sid,
        "context": with_trail(&step),
        "url": edition.url(&app, flow, &format!("{sid}/Steps/{}/Context", step.sid)),
    })))
}

async fn find(app: &App, execution: ExecutionSid, step: StepSid) -> Result<Step, ApiError> {
    steps::fetch(&app.store, execution, &step.to_string()).await?.ok_or_else(ApiError::not_found)
}

/// Returns the definition that an execution runs, for the types of its widgets; null when it was deleted.
async fn definition(app: &App, execution: &Execution) -> Result<Value, ApiError> {
    let key = FlowRevision::key(execution.flow_sid(), execution.flow_revision());
    let revision: Option<FlowRevision> = resources::fetch(&app.store, &key).await?;
    Ok(revision.map(|revision| revision.definition).unwrap_or_default())
}

fn present(app: &App, edition: &Edition, execution: &Execution, definition: &Value, step: &Step) -> Value {
    let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
    let widget = states.iter().find(|state| state["name"] == step.transitioned_from.as_str());
    let (flow, sid) = (execution.flow_sid(), execution.sid());
    let own = edition.url(app, flow, &format!("{sid}/Steps/{}", step.sid));
    json!({
        "sid": step.sid,
        "account_sid": execution.account_sid(),
        "flow_sid": flow,
        edition.run_sid: sid,
        "parent_step_sid": step.parent_step_sid,
        "name": step.name,
        "type": widget.map(|widget| &widget["type"]),
        "transitioned_from": step.transitioned_from,
        "transitioned_to": step.transitioned_to,
        "context": with_trail(step),
        "error": step.error,
        "warnings": step.warnings,
        "date_created": step.date_created.to_iso8601(),
        "date_updated": step.date_created.to_iso8601(),
        "url": own,
        "links": { "step_context": format!("{own}/Context") },
    })
}

/// Adds what the widget asked for and left behind, when and why it was left, to what the execution knew then.
fn with_trail(step: &Step) -> Value {
    let mut context = step.context.clone();
    context["step"] = trail(step);
    context
}

/// Presents what a visit to a widget was: inputs, outputs, times, and the reason of the transition.
pub(crate) fn trail(step: &Step) -> Value {
    let milliseconds = |entered: Timestamp| step.date_created.since(entered).as_millis();
    let duration = step.entered_at.map(milliseconds).and_then(|duration| u64::try_from(duration).ok());
    json!({
        "inputs": step.inputs,
        "outputs": step.outputs,
        "entered_at": step.entered_at.map(|at| at.to_iso8601()),
        "left_at": step.date_created.to_iso8601(),
        "duration_ms": duration,
        "reason": step.reason,
    })
}

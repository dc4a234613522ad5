//! Executions of a flow: started by request, watched, stopped.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{Address, ExecutionSid, FlowSid};
use flow::{Execution, Status};
use serde_json::{Value, json};
use store::{Unit, executions, scripts, steps, webhook_messages};

use super::edition::{self, Edition, In};
use super::flow_record;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::platform::{Failure, StartExecution};
use crate::reply::{Answer, Reply};

/// Returns the routes, in all editions.
pub(crate) fn routes() -> Router<Shared> {
    edition::ALL.into_iter().fold(Router::new(), |routes, edition| {
        routes
            .route(&edition.route(""), get(list).post(start))
            .route(&edition.route("/{sid}"), get(fetch).post(update).delete(remove))
            .route(&edition.route("/{sid}/Context"), get(context))
    })
}

async fn list(State(app): State<Shared>, In(edition): In, Path(flow): Path<FlowSid>, list: List) -> Answer {
    flow_record(&app, flow).await?;
    let filter = executions::Filter {
        flow: Some(flow),
        status: status(&list.query)?,
        created_from: list.query.date("DateCreatedFrom")?,
        created_to: list.query.date("DateCreatedTo")?,
        ..Default::default()
    };
    let found = executions::list(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply(edition.runs_key, each(found, |execution| present(&app, edition, &execution))))
}

/// Reads the filter by status.
pub(crate) fn status(query: &Parameters) -> Result<Option<Status>, ApiError> {
    match query.filled("Status").map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("active") => Ok(Some(Status::Active)),
        Some("ended") => Ok(Some(Status::Ended)),
        Some(other) => {
            Err(ApiError::invalid("Status", format!("'{other}' is not known: active or ended is expected")))
        }
    }
}

/// Starts an execution; where one is active already, version 2 refuses and version 1 answers with that one.
async fn start(
    State(app): State<Shared>,
    In(edition): In,
    Path(flow): Path<FlowSid>,
    Form(form): Form,
) -> Answer {
    flow_record(&app, flow).await?;
    let to: Address = form.required_as("To")?;
    form.required("From")?;
    let start = StartExecution {
        flow,
        to: to.to_string(),
        from: form.address_text("From").unwrap_or_default(),
        parameters: form.object("Parameters")?.unwrap_or_default(),
    };
    let (sid, is_new) = match app.platform.start_execution(start).await {
        Ok(started) => (started, true),
        Err(Failure::ExecutionRuns(running)) if *edition != *edition::V2 => (running, false),
        Err(failure) => return Err(failure.into()),
    };
    let shown = present(&app, edition, &execution(&app, flow, sid).await?);
    Ok(if is_new { Reply::created(shown) } else { Reply::ok(shown) })
}

async fn fetch(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid)): Path<(FlowSid, ExecutionSid)>,
) -> Answer {
    Ok(Reply::ok(present(&app, edition, &execution(&app, flow, sid).await?)))
}

async fn update(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid)): Path<(FlowSid, ExecutionSid)>,
    Form(form): Form,
) -> Answer {
    execution(&app, flow, sid).await?;
    match form.required("Status")?.as_str() {
        "ended" => app.platform.stop_execution(sid).await?,
        other => {
            return Err(ApiError::invalid("Status", format!("'{other}' can not be set: ended is expected")));
        }
    }
    Ok(Reply::ok(present(&app, edition, &execution(&app, flow, sid).await?)))
}

async fn remove(State(app): State<Shared>, Path((flow, sid)): Path<(FlowSid, ExecutionSid)>) -> Answer {
    if execution(&app, flow, sid).await?.status() == Status::Active {
        app.platform.stop_execution(sid).await?;
    }
    let unit = Unit::new()
        .with(steps::delete_of(sid))
        .with(scripts::delete_of(sid))
        .with(webhook_messages::delete_of(sid))
        .with(executions::delete(sid));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

async fn context(
    State(app): State<Shared>,
    In(edition): In,
    Path((flow, sid)): Path<(FlowSid, ExecutionSid)>,
) -> Answer {
    let execution = execution(&app, flow, sid).await?;
    Ok(Reply::ok(json!({
        "account_sid": execution.account_sid(),
        "flow_sid": flow,
        edition.run_sid: sid,
        "context": execution.context(),
        "url": edition.url(&app, flow, &format!("{sid}/Context")),
    })))
}

/// Returns an execution of a flow.
pub(super) async fn execution(app: &App, flow: FlowSid, sid: ExecutionSid) -> Result<Execution, ApiError> {
    let found = executions::fetch(&app.store, sid).await?;
    found.filter(|execution| execution.flow_sid() == flow).ok_or_else(ApiError::not_found)
}

/// Presents an execution.
pub(crate) fn present(app: &App, edition: &Edition, execution: &Execution) -> Value {
    let own = edition.url(app, execution.flow_sid(), &execution.sid().to_string());
    json!({
        "sid": execution.sid(),
        "account_sid": execution.account_sid(),
        "flow_sid": execution.flow_sid(),
        "flow_version": execution.flow_revision(),
        "contact_sid": execution.contact_sid(),
        "contact_channel_address": execution.contact_address(),
        "initiated_by": execution.initiated_by(),
        "status": execution.status().as_str(),
        "context": execution.context(),
        "date_created": execution.date_created().to_iso8601(),
        "date_updated": execution.date_updated().to_iso8601(),
        "url": own,
        "links": { "steps": format!("{own}/Steps"), edition.context_link: format!("{own}/Context") },
    })
}

//! Executions of a flow: started by request, watched, stopped.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{Address, ExecutionSid, FlowSid};
use flow::{Execution, Status};
use serde_json::{Value, json};
use store::{Unit, executions, scripts, steps};

use super::{below_flow, flow_record, url};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::platform::StartExecution;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_flow("/Executions"), get(list).post(start))
        .route(&below_flow("/Executions/{sid}"), get(fetch).post(update).delete(remove))
        .route(&below_flow("/Executions/{sid}/Context"), get(context))
}

async fn list(State(app): State<Shared>, Path(flow): Path<FlowSid>, list: List) -> Answer {
    flow_record(&app, flow).await?;
    let filter = executions::Filter {
        flow: Some(flow),
        status: status(&list.query)?,
        created_from: list.query.date("DateCreatedFrom")?,
        created_to: list.query.date("DateCreatedTo")?,
        ..Default::default()
    };
    let found = executions::list(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply("executions", each(found, |execution| present(&app, &execution))))
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

async fn start(State(app): State<Shared>, Path(flow): Path<FlowSid>, Form(form): Form) -> Answer {
    flow_record(&app, flow).await?;
    let to: Address = form.required_as("To")?;
    form.required("From")?;
    let start = StartExecution {
        flow,
        to: to.to_string(),
        from: form.address_text("From").unwrap_or_default(),
        parameters: form.object("Parameters")?.unwrap_or_default(),
    };
    let sid = app.platform.start_execution(start).await?;
    Ok(Reply::created(present(&app, &execution(&app, flow, sid).await?)))
}

async fn fetch(State(app): State<Shared>, Path((flow, sid)): Path<(FlowSid, ExecutionSid)>) -> Answer {
    Ok(Reply::ok(present(&app, &execution(&app, flow, sid).await?)))
}

async fn update(
    State(app): State<Shared>,
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
    Ok(Reply::ok(present(&app, &execution(&app, flow, sid).await?)))
}

async fn remove(State(app): State<Shared>, Path((flow, sid)): Path<(FlowSid, ExecutionSid)>) -> Answer {
    if execution(&app, flow, sid).await?.status() == Status::Active {
        app.platform.stop_execution(sid).await?;
    }
    let unit = Unit::new().with(steps::delete_of(sid)).with(scripts::delete_of(sid));
    app.store.commit(unit.with(executions::delete(sid))).await?;
    Ok(Reply::deleted())
}

async fn context(State(app): State<Shared>, Path((flow, sid)): Path<(FlowSid, ExecutionSid)>) -> Answer {
    let execution = execution(&app, flow, sid).await?;
    Ok(Reply::ok(json!({
        "account_sid": execution.account_sid(),
        "flow_sid": flow,
        "execution_sid": sid,
        "context": execution.context(),
        "url": url(&app, flow, &format!("/Executions/{sid}/Context")),
    })))
}

/// Returns an execution of a flow.
pub(super) async fn execution(app: &App, flow: FlowSid, sid: ExecutionSid) -> Result<Execution, ApiError> {
    let found = executions::fetch(&app.store, sid).await?;
    found.filter(|execution| execution.flow_sid() == flow).ok_or_else(ApiError::not_found)
}

/// Presents an execution.
pub(crate) fn present(app: &App, execution: &Execution) -> Value {
    let own = url(app, execution.flow_sid(), &format!("/Executions/{}", execution.sid()));
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
        "links": { "steps": format!("{own}/Steps"), "execution_context": format!("{own}/Context") },
    })
}

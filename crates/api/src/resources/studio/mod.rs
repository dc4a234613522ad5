//! Studio: flows with their revisions, and their executions with steps; version 2, and what remains of version 1.

pub(super) mod edition;
pub(super) mod executions;
pub(super) mod flows;
pub(super) mod flows_v1;
pub(super) mod revisions;
pub(super) mod steps;
pub(super) mod test_users;

use domain::FlowSid;
use serde_json::{Value, json};
use store::{FlowRecord, resources};

use crate::app::App;
use crate::error::ApiError;
use crate::error_catalog as catalog;

pub(super) use executions::{present as present_execution, status as execution_status};
pub(super) use steps::trail;

const FLOWS: &str = edition::V2.flows;

/// Returns the URL of something below a flow; an empty tail gives the flow's own.
fn url(app: &App, flow: FlowSid, tail: &str) -> String {
    format!("{}{FLOWS}/{flow}{tail}", app.public_url)
}

/// Returns the route of what lies below a flow.
fn below_flow(tail: &str) -> String {
    format!("{FLOWS}/{{flow}}{tail}")
}

/// Returns a flow of this account.
async fn flow_record(app: &App, flow: FlowSid) -> Result<FlowRecord, ApiError> {
    let found: Option<FlowRecord> = resources::fetch(&app.store, &flow.to_string()).await?;
    found.filter(|record| record.account == app.account).ok_or_else(ApiError::not_found)
}

/// Makes the error of a definition that can not run, with every problem and its place.
fn invalid_definition(problems: &[flow::Problem]) -> ApiError {
    let message = match problems.first() {
        Some(first) if problems.len() == 1 => {
            format!("Flow definition is invalid: {} {}", first.property_path, first.message)
        }
        Some(first) => format!(
            "Flow definition is invalid: {} {}, and {} more (see details.errors)",
            first.property_path,
            first.message,
            problems.len() - 1
        ),
        None => "Flow definition is invalid".to_owned(),
    };
    ApiError::new(catalog::INVALID, message).with_details(json!({ "errors": problem_list(problems) }))
}

fn problem_list(problems: &[flow::Problem]) -> Value {
    json!(problems)
}

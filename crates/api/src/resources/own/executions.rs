//! The search for executions over all flows: by status, flow, dates, and contact.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use flow::Execution;
use store::executions::{self, Filter};
use store::{Listing, Page};

use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::paging::{List, each};
use crate::reply::Answer;
use crate::resources::studio::edition::V2;
use crate::resources::studio::{execution_status, present_execution};

/// How many executions a search by contact looks through, the newest first.
const EXECUTIONS_MAX: usize = 10_000;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/executions", get(list))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let filter = Filter {
        flow: list.query.parsed("FlowSid")?.or(list.query.parsed("Flow")?),
        status: execution_status(&list.query)?,
        created_from: list.query.date("DateCreatedFrom")?,
        created_to: list.query.date("DateCreatedTo")?,
        ..Default::default()
    };
    let found = match list.query.address_text("Contact") {
        None => executions::list(&app.store, &filter, &list.page().newest_first()).await?,
        Some(contact) => of_contact(&app, &list, &filter, &contact).await?,
    };
    Ok(list.reply("executions", each(found, |execution| present_execution(&app, V2, &execution))))
}

async fn of_contact(
    app: &App,
    list: &List,
    filter: &Filter,
    contact: &str,
) -> Result<Listing<Execution>, ApiError> {
    let page = Page::first(EXECUTIONS_MAX).newest_first();
    let mut found = executions::list(&app.store, filter, &page).await?.items;
    found.retain(|execution| execution.contact_address() == contact || execution.flow_address() == contact);
    Ok(list.cut(found, |execution| execution.sid().to_string()))
}

//! Activities: what workers can be doing.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use domain::{ActivitySid, WorkspaceSid};
use router::{Activity, Command, CreateActivity, DeleteActivity, UpdateActivity};
use serde_json::{Value, json};

use super::{below_workspace, carry_out, show, show_list};
use crate::app::{Shared, View};
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::Answer;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_workspace("/Activities"), get(list).post(create))
        .route(&below_workspace("/Activities/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, list: List) -> Answer {
    show_list(&app, workspace, list, "activities", |view, list| {
        let name = list.query.filled("FriendlyName");
        let available = list.query.boolean("Available")?;
        let found = view.workspace.activities().filter(|it| {
            name.is_none_or(|name| *it.friendly_name == *name)
                && available.is_none_or(|is| it.available == is)
        });
        let page = list.cut(found.collect(), |it| it.sid.to_string());
        Ok(each(page, |it| present(view, it)))
    })
    .await
}

async fn create(State(app): State<Shared>, Path(workspace): Path<WorkspaceSid>, Form(form): Form) -> Answer {
    let command = CreateActivity {
        friendly_name: form.required("FriendlyName")?,
        available: form.boolean("Available")?.unwrap_or(false),
    };
    carry_out(&app, workspace, Command::CreateActivity(command), StatusCode::CREATED).await
}

async fn fetch(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, ActivitySid)>,
) -> Answer {
    show(&app, workspace, move |view| Some((present(view, view.workspace.activity(sid)?), None))).await
}

async fn update(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, ActivitySid)>,
    Form(form): Form,
) -> Answer {
    let command = UpdateActivity { sid, friendly_name: form.text("FriendlyName") };
    carry_out(&app, workspace, Command::UpdateActivity(command), StatusCode::OK).await
}

async fn remove(
    State(app): State<Shared>,
    Path((workspace, sid)): Path<(WorkspaceSid, ActivitySid)>,
) -> Answer {
    let command = Command::DeleteActivity(DeleteActivity { sid });
    carry_out(&app, workspace, command, StatusCode::NO_CONTENT).await
}

/// Presents an activity.
pub(super) fn present(view: &View<'_>, activity: &Activity) -> Value {
    let settings = view.workspace.settings();
    json!({
        "sid": activity.sid,
        "account_sid": settings.account_sid,
        "workspace_sid": settings.sid,
        "friendly_name": activity.friendly_name,
        "available": activity.available,
        "date_created": activity.date_created.to_iso8601(),
        "date_updated": activity.date_updated.to_iso8601(),
        "url": view.url(&format!("/Activities/{}", activity.sid)),
        "links": { "workspace": view.url("") },
    })
}

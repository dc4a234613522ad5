//! How an agent is sought: the `Routing` of requests, and the task that replies show.

use std::time::Duration;

use conversation::{InviteStatus, Routing};
use domain::{Attributes, InviteSid};
use router::Task;
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::place::Here;
use crate::app::{App, View};
use crate::error::ApiError;
use crate::parameters::Parameters;

/// The longest attributes of a task, in characters.
const ATTRIBUTES_MAX: usize = 4_096;
/// How long a reply waits for its task; without it, it says that the task is being created.
const TASK_WAIT_MAX: Duration = Duration::from_secs(2);

/// Reads the `Routing` of a request: its properties, or those themselves.
pub(super) fn read(form: &Parameters) -> Result<Routing, ApiError> {
    let given = form.object("Routing")?.ok_or_else(|| ApiError::missing("Routing"))?;
    let properties = match given.get("properties") {
        Some(Value::Object(properties)) => properties.clone(),
        Some(_) => return Err(ApiError::invalid("Routing", "its properties must be a JSON object")),
        None => given,
    };
    let named = Parameters::from_object(&properties);
    let inside = |error: ApiError| ApiError::invalid("Routing", error.message());
    Ok(Routing {
        workspace_sid: named.required_as("workspace_sid").map_err(inside)?,
        workflow_sid: named.parsed("workflow_sid").map_err(inside)?,
        queue_sid: named.parsed("queue_sid").map_err(inside)?,
        worker_sid: named.parsed("worker_sid").map_err(inside)?,
        task_channel: named
            .filled("task_channel_sid")
            .or_else(|| named.filled("task_channel_unique_name"))
            .map(str::to_owned),
        attributes: attributes(&named)?,
        priority: named.number("priority").map_err(inside)?,
        timeout_secs: named.number("timeout").map_err(inside)?,
    })
}

/// Waits until the task of an invite exists, or can not be created, or it takes too long.
pub(super) async fn wait_for_task(app: &App, here: &Here, invite: InviteSid) -> Result<(), ApiError> {
    // What happens between a look and the wait after it is heard too.
    let mut events = app.platform.events_of(here.conversation);
    let settled = async {
        while is_requested(app, here, invite).await? {
            match events.recv().await {
                // Whatever was missed is seen by the look.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            }
        }
        Ok(())
    };
    tokio::time::timeout(TASK_WAIT_MAX, settled).await.unwrap_or(Ok(()))
}

/// Presents how an agent is sought by an invite, with its task where that exists.
pub(super) async fn present(app: &App, here: &Here, sid: InviteSid) -> Result<Value, ApiError> {
    let invite = here
        .find(app, move |_, interaction| interaction.invites.iter().find(|it| it.sid == sid).cloned())
        .await?;
    let Routing { workspace_sid, .. } = invite.routing;
    let shown = match invite.task_sid {
        Some(task) => {
            app.look(workspace_sid, move |view| view.workspace.task(task).map(|it| shown(view, it))).await?
        }
        None => None,
    };
    let properties =
        shown.unwrap_or_else(|| asked_for(&invite.routing, invite.task_sid.map(|sid| json!(sid))));
    Ok(json!({ "properties": properties, "reservation": null }))
}

async fn is_requested(app: &App, here: &Here, sid: InviteSid) -> Result<bool, ApiError> {
    let of_sid = move |_: &_, interaction: &conversation::Interaction| {
        interaction.invites.iter().find(|invite| invite.sid == sid).map(|invite| invite.status)
    };
    Ok(here.find(app, of_sid).await? == InviteStatus::Requested)
}

/// Attributes are an object, or text with one.
fn attributes(named: &Parameters) -> Result<Attributes, ApiError> {
    let text = named.text("attributes").unwrap_or_default();
    Attributes::parse(&text, ATTRIBUTES_MAX).map_err(|error| ApiError::invalid("Routing", error))
}

/// Presents a task as interactions do: with dates in seconds.
fn shown(view: &View<'_>, task: &Task) -> Value {
    let workflow = task.workflow_sid.and_then(|sid| view.workspace.workflow(sid));
    let queue = task.task_queue_sid.and_then(|sid| view.workspace.task_queue(sid));
    let channel = view.workspace.task_channel(task.task_channel_sid);
    json!({
        "sid": task.sid,
        "account_sid": view.workspace.settings().account_sid,
        "workspace_sid": view.workspace.settings().sid,
        "assignment_status": task.status,
        "attributes": task.attributes.text(),
        "reason": task.reason,
        "addons": task.addons,
        "workflow_sid": task.workflow_sid,
        "workflow_name": workflow.map(|it| &it.friendly_name),
        "queue_sid": task.task_queue_sid,
        "queue_name": queue.map(|it| &it.friendly_name),
        "task_queue_entered_date": task.task_queue_entered_date.map(domain::Timestamp::as_secs),
        "task_channel_sid": task.task_channel_sid,
        "task_channel_unique_name": channel.map(|it| &it.unique_name),
        "routing_target": task.routing_target,
        "priority": task.priority,
        "timeout": task.timeout_secs,
        "age": task.age_secs(view.now),
        "date_created": task.date_created.as_secs(),
        "date_updated": task.date_updated.as_secs(),
    })
}

/// Presents what was asked for, while there is no live task to show.
fn asked_for(routing: &Routing, task: Option<Value>) -> Value {
    let mut shown = Map::new();
    shown.insert("sid".into(), task.unwrap_or_default());
    shown.insert("workspace_sid".into(), json!(routing.workspace_sid));
    shown.insert("workflow_sid".into(), json!(routing.workflow_sid));
    shown.insert("queue_sid".into(), json!(routing.queue_sid));
    shown.insert("routing_target".into(), json!(routing.worker_sid));
    shown.insert("task_channel_unique_name".into(), json!(routing.task_channel));
    shown.insert("attributes".into(), json!(routing.attributes.text()));
    shown.insert("priority".into(), json!(routing.priority));
    shown.insert("timeout".into(), json!(routing.timeout_secs));
    Value::Object(shown)
}

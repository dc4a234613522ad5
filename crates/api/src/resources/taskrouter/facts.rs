//! What expressions in list filters see of a worker: the attributes, and the built-in names over them.

use expression::{Expression, Facts, Scope};
use router::{TaskQueue, Worker, Workspace};
use serde_json::{Map, Value, json};

use crate::error::ApiError;

/// Reads the expression of a filter.
pub(super) fn expression(parameter: &str, text: &str, scope: Scope) -> Result<Expression, ApiError> {
    Expression::parse(text, scope).map_err(|error| ApiError::invalid(parameter, error))
}

/// Returns what expressions see of a worker.
pub(super) fn of_worker(workspace: &Workspace, worker: &Worker) -> Value {
    let activity = workspace.activity(worker.activity_sid);
    let mut facts = worker.attributes.map().clone();
    facts.insert("sid".into(), json!(worker.sid));
    facts.insert("friendly_name".into(), json!(worker.friendly_name));
    facts.insert("activity_sid".into(), json!(worker.activity_sid));
    facts.insert("activity_name".into(), json!(activity.map(|it| &it.friendly_name)));
    facts.insert("available".into(), json!(workspace.is_available(worker)));
    facts.insert("channel".into(), Value::Object(channels(workspace, worker)));
    Value::Object(facts)
}

/// Tells whether a queue's expression picks a worker of these facts.
pub(super) fn serves(queue: &TaskQueue, facts: &Value) -> bool {
    // What the engine took as an expression can be read again.
    Expression::parse(&queue.target_workers, Scope::Worker).is_ok_and(|it| it.matches(&Facts::worker(facts)))
}

fn channels(workspace: &Workspace, worker: &Worker) -> Map<String, Value> {
    let named = worker.channels.iter().filter_map(|channel| {
        let name = workspace.task_channel(channel.task_channel_sid)?.unique_name.to_string();
        let load = json!({
            "configured_capacity": channel.configured_capacity,
            "assigned_tasks": channel.assigned_tasks,
            "available_capacity_percentage": channel.available_capacity_percentage(),
        });
        Some((name, load))
    });
    named.collect()
}

//! What the carrier and the router say of messages and tasks, spelled as the published API spells it.

use domain::{MessageSid, Sid, TaskSid, Tick, WorkspaceSid};
use flow::{OutgoingMessage, TaskRequest};
use serde_json::{Map, Value, json};

/// Returns the fields of a message that was taken on.
pub(super) fn accepted_message(message: &OutgoingMessage, tick: &mut Tick) -> Map<String, Value> {
    let sid: MessageSid = tick.sid();
    object(json!({
        "Sid": sid,
        "From": message.from,
        "To": message.to,
        "Body": message.body,
        "Status": "queued",
        "Direction": "outbound-api",
        "NumMedia": message.media_urls.len().to_string(),
        "ErrorCode": null,
        "ErrorMessage": null,
        "DateCreated": tick.now.to_rfc2822(),
    }))
}

/// Returns the fields of a task that was created.
pub(super) fn created_task(task: &TaskRequest, tick: &mut Tick) -> Map<String, Value> {
    let sid: TaskSid = tick.sid();
    object(json!({
        "sid": sid,
        "workspace_sid": WorkspaceSid::from_bits(1),
        "workflow_sid": task.workflow,
        "task_channel_unique_name": task.task_channel,
        "assignment_status": "pending",
        "attributes": task.attributes.text(),
        "priority": task.priority,
        "timeout": task.timeout_secs,
        "age": 0,
        "reason": null,
        "date_created": tick.now.to_iso8601(),
        "date_updated": tick.now.to_iso8601(),
    }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

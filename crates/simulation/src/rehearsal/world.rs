//! What the carrier, the router and the telephone network say, spelled as the published API spells it.

use domain::{MessageSid, Sid, StepSid, TaskSid, Tick, WorkspaceSid};
use flow::{ConversationRequest, InteractionRequest, OutgoingCall, OutgoingMessage, TaskRequest};
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

/// Returns the fields of an interaction that was created, with its task.
pub(super) fn created_interaction(interaction: &InteractionRequest, tick: &mut Tick) -> Map<String, Value> {
    object(json!({
        "sid": sid_text("KD", tick),
        "channel": { "type": interaction.channel_type, "sid": sid_text("UO", tick) },
        "routing": { "properties": created_task(&interaction.task, tick) },
    }))
}

/// Returns the fields of a conversation that begins.
pub(super) fn begun_conversation(conversation: &ConversationRequest, tick: &mut Tick) -> Map<String, Value> {
    let participant = &conversation.participant;
    object(json!({
        "sid": sid_text("CH", tick),
        "chat_service_sid": conversation.service,
        "friendly_name": conversation.friendly_name,
        "attributes": conversation.attributes.as_deref().unwrap_or("{}"),
        "state": "active",
        "participants": [{
            "identity": participant.identity,
            "messaging_binding": {
                "address": participant.address,
                "proxy_address": participant.proxy_address,
            },
        }],
    }))
}

/// Returns the parameters of a call that the flow makes.
pub(super) fn outgoing_call(call: &OutgoingCall, tick: &mut Tick) -> Map<String, Value> {
    object(json!({
        "CallSid": sid_text("CA", tick),
        "From": call.from,
        "To": call.to,
        "Direction": "outbound-api",
    }))
}

/// Returns the parameters that tell of a recording; `key` is what ended it.
pub(super) fn recording(length_secs: u64, key: &str, tick: &mut Tick) -> Map<String, Value> {
    let sid = sid_text("RE", tick);
    object(json!({
        "RecordingSid": sid,
        "RecordingUrl": format!("https://recordings.example.com/{sid}"),
        "RecordingDuration": length_secs.to_string(),
        "Digits": key,
    }))
}

/// Returns a SID of a kind that the engines have no name for.
pub(super) fn sid_text(prefix: &str, tick: &mut Tick) -> String {
    let sid: StepSid = tick.sid();
    format!("{prefix}{}", &sid.to_string()[2..])
}

/// Returns the map of a JSON object; an empty one of anything else.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

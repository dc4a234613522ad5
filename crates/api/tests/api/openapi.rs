//! Every property that the published descriptions name is in our replies.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::client::{ACCOUNT, Client, asking_flow, sid};

#[tokio::test]
async fn replies_have_every_property_of_the_published_descriptions() {
    let Some(folder) = descriptions() else {
        eprintln!("left out: the published API descriptions are not there");
        return;
    };
    let mut missing = Vec::new();
    for (file, schema, reply) in replies(&Client::new().await).await {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let description: Value = serde_json::from_str(&text).unwrap();
        let properties = description["components"]["schemas"][schema]["properties"].as_object().unwrap();
        let lacks = properties.keys().filter(|name| reply.get(name.as_str()).is_none());
        missing.extend(lacks.map(|name| format!("{schema}.{name}")));
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// One reply for each schema, from an installation with one thing of each kind.
async fn replies(client: &Client) -> Vec<(&'static str, &'static str, Value)> {
    let mut replies = taskrouter(client).await;
    replies.extend(studio(client).await);
    replies.extend(account(client).await);
    replies
}

async fn taskrouter(client: &Client) -> Vec<(&'static str, &'static str, Value)> {
    const FILE: &str = "twilio_taskrouter_v1.json";
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let first = async |folder: &str, key: &str| {
        client.get(&format!("{workspace}/{folder}")).await.ok()[key][0].clone()
    };
    let mut replies = statistics(client, &workspace).await;
    replies.extend([
        (FILE, "taskrouter.v1.workspace", client.get(&workspace).await.ok()),
        (FILE, "taskrouter.v1.workspace.activity", first("Activities", "activities").await),
        (FILE, "taskrouter.v1.workspace.event", first("Events", "events").await),
        (FILE, "taskrouter.v1.workspace.task", first("Tasks", "tasks").await),
        (FILE, "taskrouter.v1.workspace.task_channel", first("TaskChannels", "channels").await),
        (FILE, "taskrouter.v1.workspace.task_queue", first("TaskQueues", "task_queues").await),
        (FILE, "taskrouter.v1.workspace.worker", first("Workers", "workers").await),
        (FILE, "taskrouter.v1.workspace.workflow", first("Workflows", "workflows").await),
        (
            FILE,
            "taskrouter.v1.workspace.worker.worker_channel",
            first(&format!("Workers/{worker}/Channels"), "channels").await,
        ),
        (
            FILE,
            "taskrouter.v1.workspace.worker.worker_reservation",
            first(&format!("Workers/{worker}/Reservations"), "reservations").await,
        ),
        (
            FILE,
            "taskrouter.v1.workspace.task.task_reservation",
            first(&format!("Tasks/{task}/Reservations"), "reservations").await,
        ),
    ]);
    replies
}

async fn statistics(client: &Client, workspace: &str) -> Vec<(&'static str, &'static str, Value)> {
    const FILE: &str = "twilio_taskrouter_v1.json";
    let first =
        async |folder: &str, key: &str| sid(&client.get(&format!("{workspace}/{folder}")).await.ok()[key][0]);
    let queue = format!("TaskQueues/{}/", first("TaskQueues", "task_queues").await);
    let workflow = format!("Workflows/{}/", first("Workflows", "workflows").await);
    let worker = format!("Workers/{}/", first("Workers", "workers").await);
    let mut replies = Vec::new();
    for (schema, place, tail) in [
        ("taskrouter.v1.workspace.workspace_statistics", "", "Statistics"),
        ("taskrouter.v1.workspace.workspace_cumulative_statistics", "", "CumulativeStatistics"),
        ("taskrouter.v1.workspace.workspace_real_time_statistics", "", "RealTimeStatistics"),
        ("taskrouter.v1.workspace.task_queue.task_queue_statistics", queue.as_str(), "Statistics"),
        (
            "taskrouter.v1.workspace.task_queue.task_queue_cumulative_statistics",
            &queue,
            "CumulativeStatistics",
        ),
        ("taskrouter.v1.workspace.task_queue.task_queue_real_time_statistics", &queue, "RealTimeStatistics"),
        ("taskrouter.v1.workspace.workflow.workflow_statistics", &workflow, "Statistics"),
        (
            "taskrouter.v1.workspace.workflow.workflow_cumulative_statistics",
            &workflow,
            "CumulativeStatistics",
        ),
        ("taskrouter.v1.workspace.workflow.workflow_real_time_statistics", &workflow, "RealTimeStatistics"),
        ("taskrouter.v1.workspace.worker.worker_statistics", "Workers/", "Statistics"),
        ("taskrouter.v1.workspace.worker.workers_cumulative_statistics", "Workers/", "CumulativeStatistics"),
        ("taskrouter.v1.workspace.worker.workers_real_time_statistics", "Workers/", "RealTimeStatistics"),
        ("taskrouter.v1.workspace.worker.worker_instance_statistics", &worker, "Statistics"),
    ] {
        replies.push((FILE, schema, client.get(&format!("{workspace}/{place}{tail}")).await.ok()));
    }
    let bulk = client.post(&format!("{workspace}/TaskQueues/RealTimeStatistics"), &[]).await.ok();
    replies.push((FILE, "taskrouter.v1.workspace.task_queue.task_queue_bulk_real_time_statistics", bulk));
    let all = client.get(&format!("{workspace}/TaskQueues/Statistics")).await.ok();
    let of_queues = all["task_queues_statistics"][0].clone();
    replies.push((FILE, "taskrouter.v1.workspace.task_queue.task_queues_statistics", of_queues));
    replies
}

async fn studio(client: &Client) -> Vec<(&'static str, &'static str, Value)> {
    const FILE: &str = "twilio_studio_v2.json";
    let flow = client.flow(&asking_flow()).await;
    let form = [("To", "+15551230001"), ("From", "+15555550100")];
    let execution = client.post(&format!("{flow}/Executions"), &form).await.ok();
    let path = format!("{flow}/Executions/{}", sid(&execution));
    let step = client.get(&format!("{path}/Steps")).await.ok()["steps"][0].clone();
    let step_context = format!("{path}/Steps/{}/Context", sid(&step));
    vec![
        (FILE, "studio.v2.flow", client.get(&flow).await.ok()),
        (FILE, "studio.v2.flow.flow_revision", client.get(&format!("{flow}/Revisions/1")).await.ok()),
        (FILE, "studio.v2.flow.test_user", client.get(&format!("{flow}/TestUsers")).await.ok()),
        (FILE, "studio.v2.flow.execution", execution),
        (
            FILE,
            "studio.v2.flow.execution.execution_context",
            client.get(&format!("{path}/Context")).await.ok(),
        ),
        (FILE, "studio.v2.flow.execution.execution_step", step),
        (
            FILE,
            "studio.v2.flow.execution.execution_step.execution_step_context",
            client.get(&step_context).await.ok(),
        ),
    ]
}

async fn account(client: &Client) -> Vec<(&'static str, &'static str, Value)> {
    const FILE: &str = "twilio_api_v2010.json";
    let base = format!("/2010-04-01/Accounts/{ACCOUNT}");
    let number = [("PhoneNumber", "+15555550100")];
    let form = [("From", "+15551230001"), ("To", "+15555550100"), ("MediaUrl0", "https://example.com/a.png")];
    let message = client.post("/v1/dev/inbound-messages", &form).await.ok();
    let media = client.get(message["subresource_uris"]["media"].as_str().unwrap()).await.ok();
    let key = client.post(&format!("{base}/Keys.json"), &[]).await.ok();
    vec![
        (FILE, "api.v2010.account", client.get(&format!("{base}.json")).await.ok()),
        (FILE, "api.v2010.account.message", message),
        (FILE, "api.v2010.account.message.media", media["media_list"][0].clone()),
        (FILE, "api.v2010.account.key", client.get(&format!("{base}/Keys/{}.json", sid(&key))).await.ok()),
        (FILE, "api.v2010.account.new_key", key),
        (
            FILE,
            "api.v2010.account.incoming_phone_number",
            client.post(&format!("{base}/IncomingPhoneNumbers.json"), &number).await.ok(),
        ),
    ]
}

/// Finds the shared folder beside the workspace, or where the environment says that it is.
pub(crate) fn descriptions() -> Option<PathBuf> {
    let beside = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).to_owned();
    let shared = std::env::var_os("PATCHBOARD_SHARED").map_or(beside, PathBuf::from);
    Some(shared.join("spec/openapi")).filter(|folder| folder.is_dir())
}

/// Adds what of `value` does not fit its schema.
pub(crate) fn misfits(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        return misfits(document, &document["components"]["schemas"][name], value, place, found);
    }
    if value.is_null() {
        return;
    }
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(_) | None => true,
    };
    let is_known = schema["enum"].as_array().is_none_or(|known| known.contains(value));
    if !fits || !is_known {
        found.push(format!("{place} is {value}"));
    }
    for (name, rule) in schema["properties"].as_object().into_iter().flatten() {
        match value.get(name) {
            Some(part) => misfits(document, rule, part, &format!("{place}.{name}"), found),
            None => found.push(format!("{place}.{name} is missing")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        misfits(document, &schema["items"], item, &format!("{place}[]"), found);
    }
}

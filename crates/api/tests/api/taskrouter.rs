//! TaskRouter: replies as golden JSON, versions, filters, and a task's way from creation to history.

use std::time::Duration;

use axum::http::Method;
use insta::assert_json_snapshot;
use serde_json::Value;

use crate::client::{Client, golden, sid};

#[tokio::test]
async fn every_resource_is_shown_as_published() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = client.post(&format!("{workspace}/Tasks"), &[("Attributes", r#"{"lang": "en"}"#)]).await.ok();
    let reservation = format!("{workspace}/Workers/{worker}/Reservations");
    let reservation = client.get(&reservation).await.ok()["reservations"][0].clone();
    assert_json_snapshot!("workspace", golden(&client.get(&workspace).await.ok()));
    assert_json_snapshot!("worker", golden(&client.get(&format!("{workspace}/Workers/{worker}")).await.ok()));
    let channel = format!("{workspace}/Workers/{worker}/Channels/voice");
    assert_json_snapshot!("worker_channel", golden(&client.get(&channel).await.ok()));
    assert_json_snapshot!(
        "task",
        golden(&client.get(&format!("{workspace}/Tasks/{}", sid(&task))).await.ok())
    );
    assert_json_snapshot!("reservation", golden(&reservation));
    for (snapshot, folder, key) in [
        ("activity", "Activities", "activities"),
        ("task_channel", "TaskChannels", "channels"),
        ("task_queue", "TaskQueues", "task_queues"),
        ("workflow", "Workflows", "workflows"),
    ] {
        let list = client.get(&format!("{workspace}/{folder}")).await.ok();
        let first = &list[key][0];
        let fetched = client.get(&format!("{workspace}/{folder}/{}", sid(first))).await.ok();
        assert_eq!(&fetched, first);
        assert_json_snapshot!(snapshot, golden(&fetched));
    }
    assert_json_snapshot!(
        "list_meta",
        golden(&client.get(&format!("{workspace}/Workers?PageSize=1")).await.ok()["meta"])
    );
}

#[tokio::test]
async fn configuration_is_created_changed_and_deleted() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    for (folder, create, update) in [
        ("Activities", vec![("FriendlyName", "Lunch"), ("Available", "false")], ("FriendlyName", "Supper")),
        ("TaskChannels", vec![("FriendlyName", "Mail"), ("UniqueName", "mail")], ("FriendlyName", "E-mail")),
        (
            "TaskQueues",
            vec![("FriendlyName", "Sales"), ("TargetWorkers", "level > 2")],
            ("FriendlyName", "Support"),
        ),
        ("Workers", vec![("FriendlyName", "bob")], ("FriendlyName", "robert")),
    ] {
        let made = client.post(&format!("{workspace}/{folder}"), &create).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("{workspace}/{folder}/{}", sid(&made.ok()));
        assert_eq!(client.post(&path, &[update]).await.ok()["friendly_name"], update.1);
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.get(&path).await.refusal(), (404, 20404));
    }
    let policies = [("PriorityOrder", "zero_first"), ("TimeZone", "Europe/Berlin"), ("EndedTasks", "keep")];
    let changed = client.post(&workspace, &policies).await.ok();
    assert_eq!(
        (&changed["priority_order"], &changed["time_zone"]),
        (&"zero_first".into(), &"Europe/Berlin".into())
    );
    for nonsense in [("PriorityOrder", "random"), ("TimeZone", "Mars/Olympus"), ("OnTaskEnd", "explode")] {
        assert_eq!(client.post(&workspace, &[nonsense]).await.refusal(), (400, 20001), "{nonsense:?}");
    }
    assert_eq!(client.delete(&workspace).await.status, 204);
    assert_eq!(client.get(&workspace).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_version_that_has_passed_is_refused_and_the_right_one_taken() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let task = client.post(&format!("{workspace}/Tasks"), &[]).await;
    let path = format!("{workspace}/Tasks/{}", sid(&task.ok()));
    let etag = client.get(&path).await.headers["etag"].to_str().unwrap().to_owned();
    let bare = etag.trim_matches('"').to_owned();
    let change = |version: String| {
        let (client, path) = (&client, &path);
        async move { client.send(Method::POST, path, &[("Priority", "7")], &[("if-match", &version)]).await }
    };
    assert_eq!(change("99".into()).await.refusal(), (412, 20412));
    assert_eq!(change("\"abc\"".into()).await.refusal(), (412, 20412));
    let changed = change(etag).await;
    assert_eq!(changed.ok()["priority"], 7);
    assert_ne!(changed.headers["etag"].to_str().unwrap().trim_matches('"'), bare);
    assert_eq!(change(bare).await.refusal(), (412, 20412));
    assert_eq!(change("*".into()).await.status, 200);
}

#[tokio::test]
async fn a_task_is_offered_accepted_completed_and_becomes_history() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let offers = format!("{workspace}/Tasks/{task}/Reservations");
    let offer = client.get(&offers).await.ok()["reservations"][0].clone();
    assert_eq!((&offer["reservation_status"], &offer["worker_name"]), (&"pending".into(), &"alice".into()));
    let offer = format!("{workspace}/Workers/{worker}/Reservations/{}", sid(&offer));
    let set = |status: &'static str| {
        let (client, offer) = (&client, &offer);
        async move { client.post(offer, &[("ReservationStatus", status)]).await }
    };
    assert_eq!(set("timeout").await.refusal(), (400, 20001));
    let accepted = set("accepted").await;
    assert_eq!(accepted.ok()["reservation_status"], "accepted");
    assert!(accepted.headers.contains_key("etag"));
    assert_eq!(set("accepted").await.refusal(), (400, 20001));
    assert_eq!(client.post(&offer, &[("Instruction", "dequeue")]).await.refusal(), (400, 20001));
    assert_eq!(client.post(&offer, &[("Instruction", "juggle")]).await.refusal(), (400, 20001));

    let path = format!("{workspace}/Tasks/{task}");
    let form = [("AssignmentStatus", "completed"), ("Reason", "solved")];
    assert_eq!(client.post(&path, &form).await.ok()["assignment_status"], "completed");
    assert_eq!(client.get(&path).await.ok()["reason"], "solved");
    assert_eq!(client.get(&offer).await.ok()["reservation_status"], "completed");
    assert_eq!(client.post(&path, &form).await.refusal(), (400, 20001));

    let tasks = |query: &'static str| {
        let (client, workspace) = (&client, &workspace);
        async move {
            client.get(&format!("{workspace}/Tasks?{query}")).await.ok()["tasks"].as_array().unwrap().len()
        }
    };
    assert_eq!(tasks("").await, 1);
    client.platform.after(Duration::from_secs(301)).await;
    assert_eq!((tasks("").await, tasks("AssignmentStatus=completed,canceled").await), (0, 1));
    assert_eq!(client.get(&path).await.status, 200);
    client.post(&workspace, &[("EndedTasks", "forget-after-5-minutes")]).await.ok();
    assert_eq!(
        (tasks("AssignmentStatus=completed").await, client.get(&path).await.status.as_u16()),
        (0, 404)
    );
    client.post(&workspace, &[("EndedTasks", "keep")]).await.ok();
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn an_offer_that_was_withdrawn_is_gone() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    client.post(&format!("{workspace}/Tasks"), &[]).await.ok();
    let offers = format!("{workspace}/Workers/{worker}/Reservations");
    let offer = sid(&client.get(&offers).await.ok()["reservations"][0]);
    client.platform.after(Duration::from_secs(121)).await;
    let late = client.post(&format!("{offers}/{offer}"), &[("ReservationStatus", "accepted")]).await;
    assert_eq!(late.refusal(), (410, 20410), "{}", late.text);
}

#[tokio::test]
async fn an_offer_whose_task_was_canceled_is_gone_too() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let offers = format!("{workspace}/Workers/{worker}/Reservations");
    let offer = sid(&client.get(&offers).await.ok()["reservations"][0]);
    client.post(&format!("{workspace}/Tasks/{task}"), &[("AssignmentStatus", "canceled")]).await.ok();
    let late = client.post(&format!("{offers}/{offer}"), &[("ReservationStatus", "accepted")]).await;
    assert_eq!(late.refusal(), (410, 20410), "{}", late.text);
    let unknown = format!("{offers}/WR00000000000000000000000000000009");
    assert_eq!(client.post(&unknown, &[("ReservationStatus", "accepted")]).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn lists_are_filtered_by_names_attributes_and_expressions() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    client.available_worker(&workspace, "alice").await;
    client.post(&format!("{workspace}/Workers"), &[("FriendlyName", "bob")]).await.ok();
    let queue = [("FriendlyName", "Experts"), ("TargetWorkers", "level >= 3")];
    client.post(&format!("{workspace}/TaskQueues"), &queue).await.ok();
    for (attributes, priority) in
        [(r#"{"lang": "en"}"#, "1"), (r#"{"lang": "fr"}"#, "5"), (r#"{"lang": "fr"}"#, "3")]
    {
        let form = [("Attributes", attributes), ("Priority", priority)];
        client.post(&format!("{workspace}/Tasks"), &form).await.ok();
    }
    for (path, key, property, expected) in [
        ("Workers?Available=true", "workers", "friendly_name", vec!["alice"]),
        ("Workers?FriendlyName=BOB", "workers", "friendly_name", vec!["bob"]),
        ("Workers?TaskQueueName=Experts", "workers", "friendly_name", vec!["alice"]),
        ("Workers?TargetWorkersExpression=level%20%3E%202", "workers", "friendly_name", vec!["alice"]),
        ("Workers?Ordering=DateCreated:desc", "workers", "friendly_name", vec!["bob", "alice"]),
        ("TaskQueues?FriendlyName=Experts", "task_queues", "friendly_name", vec!["Experts"]),
        (
            "TaskQueues?EvaluateWorkerAttributes=%7B%22level%22%3A%20%223%22%7D&FriendlyName=Experts",
            "task_queues",
            "friendly_name",
            vec!["Experts"],
        ),
        (
            "Tasks?EvaluateTaskAttributes=lang%20%3D%3D%20%22en%22",
            "tasks",
            "attributes",
            vec![r#"{"lang": "en"}"#],
        ),
        ("Tasks?Priority=5", "tasks", "attributes", vec![r#"{"lang": "fr"}"#]),
        (
            "Tasks?AssignmentStatus=pending&AssignmentStatus=reserved&PageSize=1",
            "tasks",
            "timeout",
            vec!["86400"],
        ),
        ("Tasks?WorkflowName=Nobody", "tasks", "sid", vec![]),
        ("TaskChannels", "channels", "unique_name", vec!["default", "sms", "chat", "voice", "video"]),
    ] {
        let list = client.get(&format!("{workspace}/{path}")).await.ok();
        let text =
            |item: &Value| item[property].as_str().map_or_else(|| item[property].to_string(), str::to_owned);
        let mut found: Vec<String> = list[key].as_array().unwrap().iter().map(text).collect();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        if !path.contains("Ordering") {
            found.sort();
            expected.sort();
        }
        assert_eq!(found, expected, "{path}");
    }
    let ordered = client.get(&format!("{workspace}/Tasks?Ordering=Priority:desc")).await.ok();
    let priorities: Vec<&Value> =
        ordered["tasks"].as_array().unwrap().iter().map(|task| &task["priority"]).collect();
    assert_eq!(priorities, [5, 3, 1]);
    let both = client.get(&format!("{workspace}/Tasks?Ordering=DateCreated:asc,VirtualStartTime:asc")).await;
    assert_eq!(both.refusal(), (400, 20001));
}

#[tokio::test]
async fn task_channels_go_by_unique_name_and_workers_channels_too() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    assert_eq!(client.get(&format!("{workspace}/TaskChannels/chat")).await.ok()["unique_name"], "chat");
    assert_eq!(client.delete(&format!("{workspace}/TaskChannels/chat")).await.refusal(), (400, 20001));
    let channel = format!("{workspace}/Workers/{worker}/Channels/chat");
    let changed = client.post(&channel, &[("Capacity", "3"), ("Available", "false")]).await.ok();
    assert_eq!((&changed["configured_capacity"], &changed["available"]), (&3.into(), &false.into()));
    assert_eq!(
        client.get(&format!("{workspace}/Workers/{worker}/Channels/pigeon")).await.refusal(),
        (404, 20404)
    );
}

#[tokio::test]
async fn tasks_are_found_by_any_attribute_however_its_text_is_written() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let tasks = format!("{workspace}/Tasks");
    let mut made = Vec::new();
    for attributes in [
        r#"{"order": {"number": "A17"}}"#,
        r#"{"order": {"number": "\u004117"}}"#,
        r#"{"order": {"number": "A18"}, "note": "A17"}"#,
        r#"{"order": {"number": "B17"}}"#,
    ] {
        made.push(sid(&client.post(&tasks, &[("Attributes", attributes)]).await.ok()));
    }
    let query = "EvaluateTaskAttributes=order.number%20==%20%22A17%22";
    let list = client.get(&format!("{tasks}?{query}")).await.ok();
    let found: Vec<String> = list["tasks"].as_array().unwrap().iter().map(sid).collect();
    assert_eq!(found, made[..2]);
}

#[tokio::test]
async fn tasks_are_found_by_what_stands_behind_them_even_when_they_have_ended() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let tasks = format!("{workspace}/Tasks");
    let call = format!("CA{}", "1".repeat(32));
    let talk = format!("CH{}", "2".repeat(32));
    let mut made = Vec::new();
    for attributes in [
        format!(r#"{{"call_sid": "{call}"}}"#),
        format!(r#"{{"conversationSid": "{talk}"}}"#),
        "{}".to_owned(),
    ] {
        made.push(sid(&client.post(&tasks, &[("Attributes", &attributes)]).await.ok()));
    }
    let found = async |query: String| -> Vec<String> {
        let list = client.get(&format!("{tasks}?{query}")).await.ok();
        list["tasks"].as_array().unwrap().iter().map(sid).collect()
    };
    assert_eq!(found(format!("CallSid={call}")).await, made[..1]);
    assert_eq!(found(format!("ConversationSid={talk}")).await, made[1..2]);
    assert_eq!(found(format!("EvaluateTaskAttributes=call_sid%20==%20%22{call}%22")).await, made[..1]);
    let end = [("AssignmentStatus", "canceled"), ("Reason", "done")];
    client.post(&format!("{tasks}/{}", made[0]), &end).await.ok();
    client.platform.after(Duration::from_secs(3600)).await;
    assert_eq!(found(format!("CallSid={call}")).await, made[..1]);
    assert_eq!(
        found(format!("EvaluateTaskAttributes=call_sid%20==%20%22{call}%22")).await,
        Vec::<String>::new()
    );
}

//! What the router says of itself: explanations, simulations, warnings and statistics.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Client, sid};

#[tokio::test]
async fn a_waiting_task_says_where_it_is_and_what_keeps_each_worker() {
    let (client, workspace) = centre().await;
    let task =
        sid(&client.post(&format!("{workspace}/Tasks"), &[("Attributes", r#"{"lang": "en"}"#)]).await.ok());
    let explained = client.get(&format!("{workspace}/Tasks/{task}/Explanation")).await.ok();
    assert_eq!((&explained["task_sid"], &explained["status"]), (&json!(task), &json!("pending")));
    assert_eq!(explained["place"]["task_queue_name"], "Sample Queue");
    assert_eq!(explained["line"]["position"], 1);
    let obstacle = &explained["candidates"][0]["obstacles"][0];
    assert_eq!((&obstacle["kind"], &obstacle["activity_name"]), (&json!("activity"), &json!("Offline")));
    for date in [&obstacle["since"], &explained["next"][0]["at"], &explained["place"]["since"]] {
        assert!(date.as_str().is_some_and(|text| text.ends_with('Z')), "{date} is a date");
    }
    let path = explained["url"].as_str().unwrap();
    assert_eq!(client.get(path).await.ok()["task_sid"], explained["task_sid"]);
}

#[tokio::test]
async fn a_task_that_has_ended_says_how_and_one_that_never_was_is_not_found() {
    let (client, workspace) = centre().await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let cancel = [("AssignmentStatus", "canceled"), ("Reason", "hung up")];
    client.post(&format!("{workspace}/Tasks/{task}"), &cancel).await.ok();
    let explained = client.get(&format!("{workspace}/Tasks/{task}/Explanation")).await.ok();
    assert_eq!(explained["status"], "canceled");
    assert!(explained["summary"].as_str().unwrap().ends_with("hung up."), "{}", explained["summary"]);
    let nobody = format!("{workspace}/Tasks/WT{}/Explanation", "0".repeat(32));
    assert_eq!(client.get(&nobody).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn a_simulation_changes_nothing() {
    let (client, workspace) = centre().await;
    let simulate = format!("{workspace}/Workflows/Simulate");
    let attributes = ("TaskAttributes", r#"{"lang": "en"}"#);
    let alone = client.post(&simulate, &[attributes]).await.ok();
    assert_eq!((&alone["status"], &alone["offers"]), (&json!("pending"), &json!([])));
    let imagined = r#"[{"friendly_name": "carol", "attributes": {"level": 3}, "capacities": {"chat": 2}}]"#;
    let helped = client.post(&simulate, &[attributes, ("Workers", imagined)]).await.ok();
    assert_eq!(helped["offers"][0]["worker_name"], "carol");
    assert!(helped["steps"][0]["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{}", helped["steps"][0]);
    let ready = client.available_worker(&workspace, "dora").await;
    let named = client.post(&simulate, &[attributes, ("WorkerSids", &ready)]).await.ok();
    assert_eq!(named["offers"][0]["worker_sid"], ready.as_str());
    assert_eq!(client.get(&format!("{workspace}/Tasks")).await.ok()["tasks"], json!([]));
}

#[tokio::test]
async fn a_simulation_that_can_not_be_is_refused_with_what_is_expected() {
    let (client, workspace) = centre().await;
    let nobody = format!("WK{}", "0".repeat(32));
    for (form, word) in [
        (vec![("TaskAttributes", "[1]")], "Attributes"),
        (vec![("WorkflowSid", "WW1")], "WorkflowSid"),
        (vec![("TaskChannel", "smoke")], "TaskChannel"),
        (vec![("Workers", r#"[{"name": "carol"}]"#)], "friendly_name"),
        (vec![("WorkerSids", nobody.as_str())], "no worker"),
        (vec![("WorkerSids", nobody.as_str()), ("Workers", "[]")], "WorkerSids"),
    ] {
        let refused = client.post(&format!("{workspace}/Workflows/Simulate"), &form).await;
        assert_eq!(refused.refusal(), (400, 20001), "{form:?}");
        assert!(refused.message().contains(word), "{form:?}: {}", refused.message());
    }
}

#[tokio::test]
async fn silent_traps_are_told() {
    let (client, workspace) = centre().await;
    let nobody = [("FriendlyName", "Sales"), ("TargetWorkers", "team == \"sales\"")];
    let queue = sid(&client.post(&format!("{workspace}/TaskQueues"), &nobody).await.ok());
    let hyphen = [("FriendlyName", "erin"), ("Attributes", r#"{"first-name": "Erin"}"#)];
    let worker = sid(&client.post(&format!("{workspace}/Workers"), &hyphen).await.ok());
    let filter = json!({ "expression": "kind == \"sales\"", "targets": [{ "queue": queue, "timeout": 5 }] });
    let rest = json!({ "queue": queue });
    let configuration =
        json!({ "task_routing": { "filters": [filter], "default_filter": rest } }).to_string();
    let form = [("FriendlyName", "Sales"), ("Configuration", configuration.as_str())];
    let workflow = sid(&client.post(&format!("{workspace}/Workflows"), &form).await.ok());
    let codes = async |path: String| -> Vec<Value> {
        let found = client.get(&path).await.ok()["warnings"].clone();
        found.as_array().unwrap().iter().map(|warning| warning["code"].clone()).collect()
    };
    assert!(
        codes(format!("{workspace}/TaskQueues/{queue}/Warnings"))
            .await
            .contains(&json!("queue_without_workers"))
    );
    assert_eq!(codes(format!("{workspace}/Workers/{worker}/Warnings")).await, ["hyphenated_key"]);
    assert!(
        codes(format!("{workspace}/Workflows/{workflow}/Warnings"))
            .await
            .contains(&json!("timed_out_tasks_are_canceled"))
    );
    assert_eq!(codes(format!("{workspace}/Warnings?Code=hyphenated_key")).await, ["hyphenated_key"]);
    assert_eq!(client.get(&format!("{workspace}/Warnings?Code=nonsense")).await.refusal(), (400, 20001));
    let unknown = format!("{workspace}/Workers/WK{}/Warnings", "0".repeat(32));
    assert_eq!(client.get(&unknown).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn statistics_count_what_happened_and_what_is() {
    let (client, workspace) = centre().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[("TaskChannel", "chat")]).await.ok());
    client.platform.after(Duration::from_secs(7)).await;
    let offers = client.get(&format!("{workspace}/Workers/{worker}/Reservations")).await.ok();
    let reservation = format!("{workspace}/Tasks/{task}/Reservations/{}", sid(&offers["reservations"][0]));
    client.post(&reservation, &[("ReservationStatus", "accepted")]).await.ok();
    client.post(&format!("{workspace}/Tasks"), &[("TaskChannel", "chat"), ("Priority", "5")]).await.ok();
    let queues = client.get(&format!("{workspace}/TaskQueues/Statistics")).await.ok();
    let queue = &queues["task_queues_statistics"][0];
    assert_eq!(
        (&queue["cumulative"]["tasks_entered"], &queue["realtime"]["total_tasks"]),
        (&json!(2), &json!(2))
    );
    let path = format!("{workspace}/TaskQueues/{}", queue["task_queue_sid"].as_str().unwrap());
    let split = client.get(&format!("{path}/CumulativeStatistics?SplitByWaitTime=5,30")).await.ok();
    assert_eq!(split["wait_duration_until_accepted"]["max"], 7);
    assert_eq!(split["split_by_wait_time"]["5"]["above"]["reservations_accepted"], 1);
    assert_eq!(split["split_by_wait_time"]["30"]["below"]["reservations_accepted"], 1);
    let sms = client.get(&format!("{path}/Statistics?TaskChannel=sms")).await.ok();
    assert_eq!(
        (&sms["cumulative"]["tasks_entered"], &sms["realtime"]["total_tasks"]),
        (&json!(0), &json!(0))
    );
    let now = client.get(&format!("{path}/RealTimeStatistics")).await.ok();
    assert_eq!(now["tasks_by_status"], json!({ "pending": 1, "reserved": 0, "assigned": 1, "wrapping": 0 }));
    assert_eq!(now["tasks_by_priority"], json!({ "0": 1, "5": 1 }));
    let one = client.get(&format!("{workspace}/Workers/{worker}/Statistics")).await.ok();
    assert_eq!(one["cumulative"]["reservations_accepted"], 1);
    let some = client.get(&format!("{workspace}/Workers/Statistics?FriendlyName=alice")).await.ok();
    assert_eq!(some["realtime"]["total_workers"], 1);
    let before = client.get(&format!("{workspace}/CumulativeStatistics?EndDate=2020-01-01")).await.ok();
    assert_eq!((&before["tasks_created"], &before["end_time"]), (&json!(0), &json!("2020-01-01T00:00:00Z")));
}

#[tokio::test]
async fn statistics_of_several_queues_are_asked_in_one_body() {
    let (client, workspace) = centre().await;
    let queue = sid(&client.get(&format!("{workspace}/TaskQueues")).await.ok()["task_queues"][0]);
    let path = format!("{workspace}/TaskQueues/RealTimeStatistics");
    for name in ["TaskQueueSids", "task_queue_sids"] {
        let body = json!({ name: [queue] }).to_string();
        let json = [("content-type", "application/json")];
        let answer = client.send_body(axum::http::Method::POST, &path, body, &json).await.ok();
        assert_eq!((&answer["task_queue_response_count"], sid_of(&answer)), (&json!(1), queue.as_str()));
    }
}

#[tokio::test]
async fn statistics_that_can_not_be_are_refused() {
    let (client, workspace) = centre().await;
    for query in
        ["StartDate=2030-01-01", "Minutes=x", "SplitByWaitTime=a", "TaskChannel=smoke", "EndDate=soon"]
    {
        assert_eq!(
            client.get(&format!("{workspace}/Statistics?{query}")).await.refusal(),
            (400, 20001),
            "{query}"
        );
    }
    for place in ["TaskQueues/WQ", "Workflows/WW", "Workers/WK"] {
        let path = format!("{workspace}/{place}{}/Statistics", "0".repeat(32));
        assert_eq!(client.get(&path).await.refusal(), (404, 20404), "{path}");
    }
}

fn sid_of(bulk: &Value) -> &str {
    bulk["task_queue_data"][0]["task_queue_sid"].as_str().unwrap()
}

/// A workspace with one worker, who is offline.
async fn centre() -> (Client, String) {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    client.post(&format!("{workspace}/Workers"), &[("FriendlyName", "zoe")]).await.ok();
    (client, workspace)
}

//! The log of a workspace: kinds, facts in their groups, filters.

use insta::assert_json_snapshot;
use serde_json::Value;

use crate::client::{Client, golden, sid};

#[tokio::test]
async fn events_tell_what_happened_in_the_published_groups() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let worker = client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let of_task = client.get(&format!("{workspace}/Events?TaskSid={task}")).await.ok();
    let kinds: Vec<&Value> =
        of_task["events"].as_array().unwrap().iter().map(|event| &event["event_type"]).collect();
    let expected = [
        "task.created",
        "workflow.entered",
        "workflow.target-matched",
        "task-queue.entered",
        "reservation.created",
    ];
    assert_eq!(kinds, expected);
    let offered = &of_task["events"][4];
    assert_eq!(&client.get(offered["url"].as_str().unwrap()).await.ok(), offered);
    assert_eq!(
        client.get(offered["resource_url"].as_str().unwrap()).await.ok()["sid"],
        offered["resource_sid"]
    );
    assert_json_snapshot!("event_of_a_reservation", golden(offered));
    let offline = client.get(&format!("{workspace}/Activities?Available=false")).await.ok();
    let offline = sid(&offline["activities"][0]);
    client.post(&format!("{workspace}/Workers/{worker}"), &[("ActivitySid", &offline)]).await.ok();
    let moves = client.get(&format!("{workspace}/Events?EventType=worker.activity.update")).await.ok();
    assert_json_snapshot!("event_of_another_activity", golden(&moves["events"][0]["event_data"]));
}

#[tokio::test]
async fn lists_of_events_go_back_a_quarter_of_an_hour_unless_told_otherwise() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let count = async |query: &str| {
        let list = client.get(&format!("{workspace}/Events?PageSize=1000&{query}")).await.ok();
        list["events"].as_array().unwrap().len()
    };
    assert!(count("").await > 0);
    client.platform.after(std::time::Duration::from_secs(16 * 60)).await;
    assert_eq!(count("").await, 0);
    assert!(count("Minutes=20").await > 0);
    assert!(count("StartDate=2026-11-22").await > 0);
    assert_eq!(count("StartDate=2026-11-22&EndDate=2026-11-22T09:00:00Z").await, 0);
    client.post(&format!("{workspace}/Tasks"), &[("TaskChannel", "chat")]).await.ok();
    assert_eq!(count("EventType=task.created&TaskChannel=chat").await, 1);
    assert_eq!(count("EventType=task.created&TaskChannel=sms").await, 0);
    let unknown = client.get(&format!("{workspace}/Events?EventType=task.exploded")).await;
    assert_eq!(unknown.refusal(), (400, 20001));
}

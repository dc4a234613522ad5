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

#[tokio::test]
async fn events_name_who_had_it_done() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    client.available_worker(&workspace, "alice").await;
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let of_task = client.get(&format!("{workspace}/Events?TaskSid={task}")).await.ok();
    let actor = |kind: &str| {
        let events = of_task["events"].as_array().unwrap();
        let event = events.iter().find(|event| event["event_type"] == kind).unwrap();
        (event["actor_type"].clone(), event["actor_sid"].as_str().unwrap()[..2].to_owned())
    };
    assert_eq!(actor("task.created"), ("account".into(), "AC".to_owned()));
    // Who gets it is decided by the workspace.
    assert_eq!(actor("reservation.created"), ("workspace".into(), "WS".to_owned()));
}

#[tokio::test]
async fn attributes_in_events_of_more_than_thirty_days_ago_are_left_out() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    client.available_worker(&workspace, "alice").await;
    let task = [("Attributes", r#"{"from":"+15555550100"}"#)];
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &task).await.ok());
    let attributes = async || {
        let events = client.get(&format!("{workspace}/Events?TaskSid={task}")).await.ok();
        let offered = events["events"][4].clone();
        let alone = client.get(offered["url"].as_str().unwrap()).await.ok();
        assert_eq!(offered["event_data"], alone["event_data"]);
        (offered["event_data"]["task_attributes"].clone(), offered["event_data"]["worker_attributes"].clone())
    };
    let (of_task, of_worker) = attributes().await;
    assert_eq!(of_task, r#"{"from":"+15555550100"}"#);
    client.platform.after(std::time::Duration::from_secs(31 * 24 * 60 * 60)).await;
    assert_eq!(attributes().await, ("{}".into(), of_worker));
}

#[test]
fn every_published_type_of_event_is_there() {
    let published = "activity.created activity.updated activity.deleted \
        reservation.created reservation.accepted reservation.rejected reservation.timeout reservation.canceled \
        reservation.rescinded reservation.completed reservation.wrapup reservation.failed \
        task.created task.updated task.canceled task.wrapup task.completed task.deleted task.system-deleted \
        task.transfer-initiated task.transfer-attempt-failed task.transfer-failed task.transfer-canceled \
        task.transfer-completed \
        task-channel.created task-channel.updated task-channel.deleted \
        task-queue.created task-queue.deleted task-queue.expression.updated task-queue.entered task-queue.timeout \
        task-queue.moved \
        worker.created worker.activity.update worker.attributes.update worker.deleted worker.capacity.update \
        worker.channel.availability.update \
        workflow.created workflow.updated workflow.deleted workflow.entered workflow.target-matched \
        workflow.timeout workflow.skipped \
        workspace.created workspace.updated workspace.deleted";
    let ours: Vec<&str> = router::NoticeKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(ours, published.split_whitespace().collect::<Vec<_>>());
}

//! Live statistics: the frames that desks and wallboards are told.

use std::collections::BTreeSet;
use std::sync::Arc;

use api::Platform;
use api::live::{Topic, subscribe};
use domain::WorkspaceSid;
use serde_json::Value;
use tokio::sync::mpsc::Receiver;

use crate::client::{Client, sid};

#[tokio::test]
async fn events_are_told_as_they_happen_and_figures_after_them() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let mut frames = listen(&client, &workspace, &Topic::ALL);
    let first = until(&mut frames, |frame| frame["topic"] == "queues").await;
    assert_eq!(
        (&first["friendly_name"], &first["realtime"]["total_tasks"]),
        (&"Sample Queue".into(), &0.into())
    );
    let task = sid(&client.post(&format!("{workspace}/Tasks"), &[]).await.ok());
    let created = until(&mut frames, |frame| frame["topic"] == "tasks").await;
    assert_eq!(
        (&created["event_type"], &created["data"]["task_sid"]),
        (&"task.created".into(), &task.into())
    );
    let figures = until(&mut frames, |frame| frame["topic"] == "queues").await;
    assert_eq!(figures["realtime"]["tasks_by_status"]["pending"], 1);
    client.available_worker(&workspace, "alice").await;
    let hired = until(&mut frames, |frame| frame["topic"] == "workers").await;
    assert_eq!(hired["event_type"], "worker.created");
    let figures = until(&mut frames, |frame| frame["topic"] == "queues").await;
    assert_eq!(figures["realtime"]["total_eligible_workers"], 1);
}

#[tokio::test]
async fn a_listener_hears_of_its_workspace_and_topics_alone() {
    let client = Client::new().await;
    let (own, other) = (client.workspace().await, client.workspace().await);
    let mut frames = listen(&client, &own, &[Topic::Workers]);
    client.available_worker(&other, "bob").await;
    client.post(&format!("{own}/Tasks"), &[]).await.ok();
    client.available_worker(&own, "alice").await;
    let first = frames.recv().await.unwrap();
    assert_eq!(first["data"]["worker_name"], "alice");
}

#[tokio::test]
async fn who_misses_something_is_told_so() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let mut frames = listen(&client, &workspace, &[Topic::Tasks]);
    // Nobody reads meanwhile: the queue of frames runs full, and then the notices behind it.
    for _ in 0..400 {
        client.post(&format!("{workspace}/Tasks"), &[]).await.ok();
    }
    until(&mut frames, |frame| frame["type"] == "missed").await;
}

fn listen(client: &Client, workspace: &str, topics: &[Topic]) -> Receiver<Value> {
    let platform: Arc<dyn Platform> = client.platform.clone();
    let sid: WorkspaceSid = workspace.rsplit('/').next().unwrap().parse().unwrap();
    subscribe(&platform, sid, BTreeSet::from_iter(topics.iter().copied()))
}

async fn until(frames: &mut Receiver<Value>, is_wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = frames.recv().await.unwrap();
        if is_wanted(&frame) {
            return frame;
        }
    }
}

//! The socket: the greeting, the events, and its end.

use api::{Notices, Platform};
use axum::http::Method;
use jsonwebtoken::Algorithm;
use router::NoticeKind;
use serde_json::{Value, json};

use super::browser::{Browser, PATH, refused};

#[tokio::test]
async fn the_first_frame_says_who_is_connected_and_for_how_long() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let (_, greeting) = browser.connect(&bridge, &browser.token(), "&closeExistingSessions=false").await;
    assert_eq!(greeting["event_type"], "init");
    assert_eq!(greeting["payload"]["channel_id"], json!(browser.worker));
    assert_eq!(greeting["payload"]["workspace_sid"], json!(browser.workspace_sid()));
    let lifetime = greeting["payload"]["token_lifetime"].as_u64().unwrap();
    assert!((3_590_000..=3_600_000).contains(&lifetime), "{lifetime}");
}

#[tokio::test]
async fn a_task_is_told_from_its_offer_to_its_end() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let (mut socket, _) = browser.connect(&bridge, &browser.token(), "").await;
    let task = browser.offered_task().await;
    let (_, offer) = socket.until("reservation.created").await;
    assert_eq!(offer["task"]["sid"], json!(task));
    assert_eq!(offer["task"]["attributes"], r#"{"name": "Bob"}"#);
    assert!(offer["date_created"].as_i64().is_some_and(|seconds| seconds < 10_000_000_000));
    assert!(offer.get("task_transfer").is_none() && offer.get("active_outgoing_task_transfer").is_none());
    let reservation = browser.own(&format!("/Reservations/{}", offer["sid"].as_str().unwrap()));
    for (status, event) in [("accepted", "reservation.accepted"), ("wrapping", "reservation.wrapup")] {
        browser.payload("POST", &reservation, json!({ "ReservationStatus": status })).await;
        assert_eq!(socket.until(event).await.1["reservation_status"], status);
    }
    let form = [("Attributes", r#"{"name": "Eve"}"#)];
    browser.client.post(&format!("{}/Tasks/{task}", browser.workspace), &form).await.ok();
    assert_eq!(socket.until("task.updated").await.1["attributes"], r#"{"name": "Eve"}"#);
    browser.payload("POST", &format!("/Tasks/{task}"), json!({ "AssignmentStatus": "completed" })).await;
    let (types, last) = socket.until("reservation.completed").await;
    assert_eq!(
        types,
        ["task.completed", "reservation.completed"],
        "the SDK forgets a task with its reservation"
    );
    assert_eq!(last["task"]["assignment_status"], "completed");
}

#[tokio::test]
async fn a_worker_who_comes_back_hears_of_the_tasks_at_hand() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let task = browser.offered_task().await;
    let (mut socket, _) = browser.connect(&bridge, &browser.token(), "").await;
    browser.client.post(&format!("{}/Tasks/{task}", browser.workspace), &[("Priority", "7")]).await.ok();
    assert_eq!(socket.until("task.updated").await.1["priority"], 7);
    let form = [("AssignmentStatus", "canceled"), ("Reason", "hung up")];
    browser.client.post(&format!("{}/Tasks/{task}", browser.workspace), &form).await.ok();
    let (types, last) = socket.until("reservation.canceled").await;
    assert_eq!(types, ["task.canceled", "reservation.canceled"]);
    assert_eq!(last["task"]["reason"], "hung up");
}

#[tokio::test]
async fn changes_of_the_worker_are_told_to_every_socket_and_to_nobody_else() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let other = browser.client.available_worker(&browser.workspace, "bob").await;
    let (mut first, _) = browser.connect(&bridge, &browser.token(), "").await;
    let (mut second, _) = browser.connect(&bridge, &browser.token(), "").await;
    let attributes = |level: u8| json!({ "Attributes": { "level": level } });
    let supervisor = browser.sign(&browser.claims("supervisor", 60), Algorithm::HS256);
    browser.ask_as(&supervisor, "POST", &format!("/Workers/{other}"), attributes(1)).await.ok();
    browser.payload("POST", &browser.own(""), attributes(2)).await;
    let channel = format!("{}/Workers/{}/Channels/chat", browser.workspace, browser.worker);
    browser.client.post(&channel, &[("Capacity", "3")]).await.ok();
    for socket in [&mut first, &mut second] {
        let told = socket.event().await;
        assert_eq!(told["event_type"], "worker.attributes.update");
        assert_eq!(told["payload"]["attributes"], r#"{"level":2}"#);
        assert_eq!(socket.until("worker.capacity.update").await.1["configured_capacity"], 3);
    }
}

#[tokio::test]
async fn a_direct_offer_that_fails_shows_the_task() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let (mut socket, _) = browser.connect(&bridge, &browser.token(), "").await;
    browser
        .client
        .post(&format!("{}/Tasks", browser.workspace), &[("RoutingTarget", &browser.worker)])
        .await
        .ok();
    let (_, offer) = socket.until("reservation.created").await;
    let path = browser.own(&format!("/Reservations/{}", offer["sid"].as_str().unwrap()));
    browser.payload("POST", &path, json!({ "ReservationStatus": "rejected" })).await;
    let (types, task) = socket.until("reservation.failed").await;
    assert_eq!(types, ["reservation.rejected", "reservation.failed"]);
    assert_eq!((&task["sid"], &task["assignment_status"]), (&offer["task"]["sid"], &json!("canceled")));
}

#[tokio::test(start_paused = true)]
async fn a_silent_socket_shows_signs_of_life_and_ends_with_its_token() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let token = browser.sign(&browser.claims("worker", 40), Algorithm::HS256);
    let (mut socket, _) = browser.connect(&bridge, &token, "").await;
    assert_eq!(socket.text().await, " ");
    assert_eq!(socket.text().await, " ");
    assert_eq!(socket.goodbye().await.unwrap().reason, "the access token has expired");
}

#[tokio::test]
async fn a_new_session_can_close_the_others() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let (mut old, _) = browser.connect(&bridge, &browser.token(), "").await;
    let (mut new, _) = browser.connect(&bridge, &browser.token(), "&closeExistingSessions=true").await;
    assert!(old.goodbye().await.unwrap().reason.contains("elsewhere"));
    browser.payload("POST", &browser.own(""), json!({ "Attributes": {} })).await;
    assert_eq!(new.event().await["event_type"], "worker.attributes.update");
}

#[tokio::test(start_paused = true)]
async fn a_worker_who_asked_for_it_goes_offline_with_the_last_socket() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    let asks = "&setWorkerOfflineIfDisconnected=true";
    let (first, _) = browser.connect(&bridge, &browser.token(), asks).await;
    let (second, _) = browser.connect(&bridge, &browser.token(), asks).await;
    let mut notices = browser.platform().notices();
    drop(first);
    drop(second);
    assert_eq!(next_activity(&mut notices).await, "Offline");
}

#[tokio::test]
async fn what_is_no_session_is_refused_before_there_is_a_socket() {
    let browser = Browser::new().await;
    let bridge = browser.serve().await;
    assert_eq!(refused(format!("{bridge}?token=nonsense")).await, 401);
    let mut claims = browser.claims("worker", 60);
    claims["grants"]["task_router"]["worker_sid"] = json!("WK00000000000000000000000000000009");
    let token = browser.sign(&claims, Algorithm::HS256);
    assert_eq!(refused(format!("{bridge}?token={token}")).await, 404);
    claims["grants"]["task_router"]["worker_sid"] = Value::Null;
    let token = browser.sign(&claims, Algorithm::HS256);
    assert_eq!(refused(format!("{bridge}?token={token}")).await, 401);
    let plain = browser.client.send(Method::GET, PATH, &[], &[]).await;
    assert_eq!(plain.refusal(), (400, 20001));
}

async fn next_activity(notices: &mut Notices) -> String {
    loop {
        let commit = notices.recv().await.unwrap();
        if let Some(notice) = commit.iter().find(|it| it.kind == NoticeKind::WorkerActivityUpdate) {
            return notice.subjects.worker.as_ref().unwrap().activity_name.to_string();
        }
    }
}

//! The tunnel: every request that the SDK makes, in the shape that it reads.

use axum::http::Method;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::browser::{Browser, PATH};
use crate::client::sid;

const WORKER: &[&str] = &[
    "account_sid",
    "activity_name",
    "activity_sid",
    "attributes",
    "available",
    "date_created",
    "date_status_changed",
    "date_updated",
    "friendly_name",
    "sid",
    "workspace_sid",
    "version",
];
const ACTIVITY: &[&str] =
    &["account_sid", "available", "date_created", "date_updated", "friendly_name", "sid", "workspace_sid"];
const CHANNEL: &[&str] = &[
    "account_sid",
    "assigned_tasks",
    "available",
    "available_capacity_percentage",
    "configured_capacity",
    "date_created",
    "date_updated",
    "last_reserved_time",
    "sid",
    "task_channel_sid",
    "task_channel_unique_name",
    "worker_sid",
    "workspace_sid",
];
const RESERVATION: &[&str] = &[
    "account_sid",
    "date_created",
    "date_updated",
    "reservation_status",
    "sid",
    "task",
    "reservation_timeout",
    "worker_sid",
    "workspace_sid",
    "version",
];
const TASK: &[&str] = &[
    "addons",
    "age",
    "attributes",
    "date_created",
    "date_updated",
    "priority",
    "queue_name",
    "queue_sid",
    "reason",
    "routing_target",
    "sid",
    "assignment_status",
    "task_channel_unique_name",
    "task_channel_sid",
    "timeout",
    "workflow_name",
    "workflow_sid",
    "version",
    "virtual_start_time",
];
const TASK_QUEUE: &[&str] = &[
    "friendly_name",
    "reservation_activity_name",
    "assignment_activity_name",
    "target_workers",
    "max_reserved_workers",
    "task_order",
    "reservation_activity_sid",
    "assignment_activity_sid",
    "workspace_sid",
    "account_sid",
    "sid",
    "date_created",
    "date_updated",
    "lifo_queue",
];

#[tokio::test]
async fn every_list_has_the_keys_that_the_sdk_insists_on() {
    let browser = Browser::new().await;
    browser.offered_task().await;
    let all = json!({ "PageSize": 1000, "Active": "true" });
    for (tail, keys) in [
        ("/Activities".to_owned(), ACTIVITY),
        (browser.own("/WorkerChannels"), CHANNEL),
        (browser.own("/Reservations"), RESERVATION),
        ("/Workers".to_owned(), WORKER),
        ("/TaskQueues".to_owned(), TASK_QUEUE),
    ] {
        let list = browser.payload("GET", &tail, all.clone()).await;
        assert_eq!((&list["after_sid"], &list["meta"]["next_token"]), (&Value::Null, &Value::Null), "{tail}");
        assert_has(&list["contents"][0], keys);
    }
    assert_has(&browser.payload("GET", &browser.own(""), json!({})).await, WORKER);
    let reservations = browser.payload("GET", &browser.own("/Reservations"), all).await;
    assert_has(&reservations["contents"][0]["task"], TASK);
}

#[tokio::test]
async fn the_envelope_is_read_whatever_the_request_calls_it() {
    let browser = Browser::new().await;
    let url = format!("Workspaces/{}/Workers/{}", browser.workspace_sid(), browser.worker);
    let body = json!({ "url": url, "method": "GET", "params": {}, "token": browser.token() }).to_string();
    for content_type in ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8", "application/json"]
    {
        let headers = [("content-type", content_type), ("apiversion", "v2")];
        let answer =
            browser.client.as_caller(None).send_body(Method::POST, PATH, body.clone(), &headers).await;
        assert_eq!(answer.ok()["payload"]["sid"], json!(browser.worker));
    }
    for (body, headers) in [("url=Workspaces", &[][..]), ("{}", &[]), (&body, &[("apiversion", "v9")])] {
        let answer = browser.client.send_body(Method::POST, PATH, body.to_owned(), headers).await;
        assert_eq!(answer.refusal(), (400, 20001), "{body}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_call() {
    let browser = Browser::new().await;
    let asks = [
        ("origin", "https://desktop.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "apiversion,clientversion,if-match,content-type"),
    ];
    let answer = browser.client.as_caller(None).send_body(Method::OPTIONS, PATH, "", &asks).await;
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_lowercase();
    assert!(answer.status.is_success());
    assert_eq!(header("access-control-allow-origin"), "*");
    for name in ["apiversion", "clientversion", "if-match", "content-type"] {
        assert!(header("access-control-allow-headers").contains(name), "{name}");
    }
    let refusal = browser.client.send_body(Method::POST, PATH, "{}", &asks[..1]).await;
    assert_eq!(
        refusal.headers["access-control-allow-origin"], "*",
        "the browser must be able to read errors"
    );
}

#[tokio::test]
async fn a_worker_changes_activity_and_attributes() {
    let browser = Browser::new().await;
    let offline = browser.activity("Offline").await;
    browser.offered_task().await;
    let change = json!({ "ActivitySid": offline, "RejectPendingReservations": true });
    let worker = browser.payload("POST", &browser.own(""), change).await;
    assert_eq!((&worker["activity_name"], &worker["available"]), (&json!("Offline"), &json!(false)));
    let change = json!({ "Attributes": { "skills": ["a"] }, "FriendlyName": "mallory" });
    let worker = browser.payload("POST", &browser.own(""), change).await;
    assert_eq!(
        (&worker["attributes"], &worker["friendly_name"]),
        (&json!(r#"{"skills":["a"]}"#), &json!("alice"))
    );
    let nowhere = "WA00000000000000000000000000000009";
    let refused = browser.ask("POST", &browser.own(""), json!({ "ActivitySid": nowhere })).await;
    assert_eq!(refused.refusal(), (400, 20001));
    assert!(refused.message().contains(nowhere), "{}", refused.message());
}

#[tokio::test]
async fn a_task_of_the_worker_is_made_taken_and_ended() {
    let browser = Browser::new().await;
    let queue = sid(&browser.payload("GET", "/TaskQueues", json!({})).await["contents"][0]);
    let workflows = browser.client.get(&format!("{}/Workflows", browser.workspace)).await.ok();
    let task = browser
        .payload(
            "POST",
            "/Tasks",
            json!({
                "WorkflowSid": sid(&workflows["workflows"][0]),
                "TaskQueueSid": queue,
                "RoutingTarget": browser.worker,
                "TaskChannelUniqueName": "chat",
                "Attributes": { "outbound_to": "+15551230001", "from": "+15555550100" },
            }),
        )
        .await;
    assert_has(&task, TASK);
    assert_eq!((&task["task_channel_unique_name"], &task["queue_sid"]), (&json!("chat"), &json!(queue)));
    let offers = browser.payload("GET", &browser.own("/Reservations"), json!({ "Active": "true" })).await;
    let reservation = browser.own(&format!("/Reservations/{}", sid(&offers["contents"][0])));
    let taken = browser.payload("POST", &reservation, json!({ "ReservationStatus": "accepted" })).await;
    assert_eq!(taken["reservation_status"], "accepted");
    assert!(taken.get("task").is_none() && taken.get("task_transfer").is_none());
    let path = format!("/Tasks/{}", sid(&task));
    let later = browser.ask("POST", &path, json!({ "VirtualStartTime": "2050-01-01T00:00:00Z" })).await;
    assert!(later.message().contains("future"), "{}", later.message());
    let ended =
        browser.payload("POST", &path, json!({ "AssignmentStatus": "completed", "Reason": "done" })).await;
    assert_eq!((&ended["assignment_status"], &ended["reason"]), (&json!("completed"), &json!("done")));
    assert_eq!(browser.payload("GET", &path, json!({})).await["assignment_status"], "completed");
    let again = browser.ask("POST", &path, json!({ "AssignmentStatus": "completed" })).await;
    assert_eq!(again.refusal(), (400, 20001));
}

#[tokio::test]
async fn what_belongs_to_others_needs_a_supervisor() {
    let browser = Browser::new().await;
    let bob = browser.client.available_worker(&browser.workspace, "bob").await;
    let task = sid(&browser
        .client
        .post(&format!("{}/Tasks", browser.workspace), &[("RoutingTarget", &bob)])
        .await
        .ok());
    let as_supervisor = browser.sign(&browser.claims("supervisor", 60), Algorithm::HS256);
    let attributes = json!({ "Attributes": { "seen": true } });
    for path in [format!("/Workers/{bob}"), format!("/Tasks/{task}")] {
        assert_eq!(browser.ask("POST", &path, attributes.clone()).await.refusal(), (403, 20403), "{path}");
        browser.ask_as(&as_supervisor, "POST", &path, attributes.clone()).await.ok();
    }
    let monitor =
        json!({ "Instruction": "supervise", "Supervisor": browser.worker, "SupervisorMode": "monitor" });
    let offers = browser.payload("GET", &format!("/Workers/{bob}/Reservations"), json!({})).await;
    let path = format!("/Tasks/{task}/Reservations/{}", sid(&offers["contents"][0]));
    assert_eq!(browser.ask("POST", &path, monitor.clone()).await.refusal(), (403, 20403));
    assert_eq!(browser.ask_as(&as_supervisor, "POST", &path, monitor).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn a_version_that_is_out_of_date_changes_nothing() {
    let browser = Browser::new().await;
    let url = format!("Workspaces/{}{}", browser.workspace_sid(), browser.own(""));
    let params = json!({ "Attributes": {} });
    let body =
        json!({ "url": url, "method": "POST", "params": params, "token": browser.token() }).to_string();
    for (version, status) in [("9", 412), ("0", 200)] {
        let headers = [("if-match", version)];
        let answer = browser.client.send_body(Method::POST, PATH, body.clone(), &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_walked() {
    let browser = Browser::new().await;
    for name in ["bob", "carol"] {
        browser.client.available_worker(&browser.workspace, name).await;
    }
    let names = |page: &Value| -> Vec<String> {
        let contents = page["contents"].as_array().unwrap();
        contents.iter().map(|it| it["friendly_name"].as_str().unwrap().to_owned()).collect()
    };
    let mut query = json!({ "PageSize": 2, "Ordering": "DateCreated:desc" });
    let first = browser.payload("GET", "/Workers", query.clone()).await;
    assert_eq!(names(&first), ["carol", "bob"]);
    query["NextToken"] = first["meta"]["next_token"].clone();
    assert_eq!(names(&browser.payload("GET", "/Workers", query).await), ["alice"]);
    let query = json!({ "TargetWorkersExpression": "friendly_name == 'bob'" });
    assert_eq!(names(&browser.payload("GET", "/Workers", query).await), ["bob"]);
    let query = json!({ "AfterSid": "WK00000000000000000000000000000009" });
    assert_eq!(browser.ask("GET", "/Workers", query).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn what_can_not_be_requested_says_so() {
    let browser = Browser::new().await;
    let missing = "WK00000000000000000000000000000009";
    for (method, tail, refusal) in [
        ("GET", "/Nonsense".to_owned(), (404, 20404)),
        ("GET", format!("/Workers/{missing}"), (404, 20404)),
        ("GET", "/Tasks/WT1".to_owned(), (404, 20404)),
        ("PUT", browser.own(""), (400, 20001)),
        ("POST", browser.own("/Transfers"), (400, 20001)),
        ("POST", browser.own("/CustomerParticipant"), (400, 20001)),
        ("POST", browser.own("/KickWorkerParticipant"), (400, 20001)),
    ] {
        assert_eq!(browser.ask(method, &tail, json!({})).await.refusal(), refusal, "{tail}");
    }
    let elsewhere = "Workspaces/WS00000000000000000000000000000009/Workers";
    let body = json!({ "url": elsewhere, "method": "GET", "token": browser.token() }).to_string();
    assert_eq!(browser.client.send_body(Method::POST, PATH, body, &[]).await.refusal(), (403, 20403));
}

fn assert_has(shown: &Value, keys: &[&str]) {
    for key in keys {
        assert!(shown.get(key).is_some(), "{key} is missing in {shown}");
    }
}

//! Live events: who may listen, what is told, and what becomes of who does not keep up.

use std::time::Duration;

use api::{ExecutionFacts, LiveEvent, Platform, basic_authorization};
use domain::{ExecutionSid, FlowSid, Sid, Timestamp};
use flow::Step;
use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::bridge::browser::{Browser, PATH, Socket, refused};
use crate::client::{ACCOUNT, TOKEN, asking_flow, sid};

#[tokio::test]
async fn a_listener_hears_of_the_topics_it_asked_for() {
    let browser = Browser::new().await;
    let mut all = listen(&browser, "").await;
    let mut executions = listen(&browser, "?topics=executions").await;
    let greeting = all.event().await;
    assert_eq!(greeting["type"], "listening");
    assert_eq!(
        greeting["data"]["topics"],
        json!(["executions", "tasks", "reservations", "workers", "conversations", "routing"])
    );
    assert_eq!(executions.event().await["data"]["topics"], json!(["executions"]));
    let task = browser.offered_task().await;
    let flow = browser.client.flow(&asking_flow()).await;
    let form = [("To", "+15551230001"), ("From", "+15555550100")];
    let execution = sid(&browser.client.post(&format!("{flow}/Executions"), &form).await.ok());
    let told = executions.event().await;
    assert_eq!((&told["type"], &told["topic"]), (&json!("execution.started"), &json!("executions")));
    assert_eq!(told["data"]["execution_sid"], json!(execution));
    assert_eq!(told["data"]["contact_channel_address"], "+15551230001");
    let created = loop {
        let event = all.event().await;
        if event["type"] == "task.created" {
            break event;
        }
    };
    assert_eq!((&created["topic"], &created["data"]["task_sid"]), (&json!("tasks"), &json!(task)));
}

#[tokio::test]
async fn a_step_is_told_with_its_inputs_outputs_timing_and_reason() {
    let browser = Browser::new().await;
    let mut socket = listen(&browser, "?topics=executions").await;
    socket.event().await;
    let (execution, flow): (ExecutionSid, FlowSid) = (Sid::from_bits(1), Sid::from_bits(2));
    let entered = Timestamp::from_secs(1_000);
    let step = Step {
        sid: Sid::from_bits(3),
        name: "success".to_owned(),
        transitioned_from: "look".to_owned(),
        transitioned_to: "greet".to_owned(),
        parent_step_sid: None,
        context: json!({ "flow": {} }),
        reason: "the system answered with 200".to_owned(),
        error: None,
        warnings: Vec::new(),
        inputs: [("request".to_owned(), json!({ "url": "https://a.example/" }))].into_iter().collect(),
        outputs: [("status_code".to_owned(), json!(200))].into_iter().collect(),
        entered_at: Some(entered),
        date_created: entered + Duration::from_millis(250),
    };
    browser.platform().tell(LiveEvent::StepEnded { execution, flow, step: Box::new(step) });
    let told = socket.event().await;
    assert_eq!((&told["type"], &told["topic"]), (&json!("step.ended"), &json!("executions")));
    let told = &told["data"];
    assert_eq!(told["inputs"]["request"]["url"], "https://a.example/");
    assert_eq!((&told["outputs"]["status_code"], &told["duration_ms"]), (&json!(200), &json!(250)));
    assert_eq!(
        (&told["entered_at"], &told["left_at"]),
        (&json!("1970-01-01T00:16:40Z"), &json!("1970-01-01T00:16:40Z"))
    );
    assert_eq!(
        (&told["reason"], &told["transitioned_to"]),
        (&json!("the system answered with 200"), &json!("greet"))
    );
    let url = told["url"].as_str().unwrap();
    assert!(url.ends_with(&format!(
        "/Flows/{flow}/Executions/{execution}/Steps/{}",
        told["step_sid"].as_str().unwrap()
    )));
}

#[tokio::test]
async fn only_the_account_and_those_who_supervise_may_listen() {
    let browser = Browser::new().await;
    let url = url(&browser).await;
    assert_eq!(refused(url.clone()).await, 401);
    assert_eq!(refused(format!("{url}?token=nonsense")).await, 401);
    assert_eq!(refused(format!("{url}?token={}", browser.token())).await, 403);
    let own = format!("{url}?topics=conversations&token={}", browser.token());
    let mut worker = Socket::open(&own, None).await.unwrap();
    assert_eq!(worker.event().await["data"]["topics"], json!(["conversations"]));
    let supervisor = browser.sign(&browser.claims("supervisor", 3600), Algorithm::HS256);
    assert_eq!(refused(format!("{url}?token={supervisor}&topics=weather")).await, 400);
    let mut socket = Socket::open(&format!("{url}?token={supervisor}&topics=tasks"), None).await.unwrap();
    assert_eq!(socket.event().await["type"], "listening");
    assert_eq!(browser.client.get("/v1/events").await.refusal(), (400, 20001));
}

#[tokio::test]
async fn a_listener_who_is_overtaken_is_told_so_and_disconnected() {
    let browser = Browser::new().await;
    let mut socket = listen(&browser, "?topics=executions").await;
    socket.event().await;
    let flow = browser.client.flow(&asking_flow()).await;
    let form = [("To", "+15551230001"), ("From", "+15555550100")];
    let execution: ExecutionSid =
        sid(&browser.client.post(&format!("{flow}/Executions"), &form).await.ok()).parse().unwrap();
    let execution = store::executions::fetch(&browser.platform().store, execution).await.unwrap().unwrap();
    // More happens at once than is kept for a listener.
    for _ in 0..10_000 {
        browser.platform().tell(LiveEvent::ExecutionEnded(ExecutionFacts::of(&execution)));
    }
    let goodbye = socket.goodbye().await.unwrap();
    assert_eq!(u16::from(goodbye.code), 1013);
    assert!(goodbye.reason.contains("events were missed"), "{}", goodbye.reason);
}

async fn listen(browser: &Browser, query: &str) -> Socket {
    let authorization = basic_authorization(ACCOUNT, TOKEN);
    Socket::open(&format!("{}{query}", url(browser).await), Some(&authorization)).await.unwrap()
}

async fn url(browser: &Browser) -> String {
    browser.serve().await.replace(PATH, "/v1/events")
}

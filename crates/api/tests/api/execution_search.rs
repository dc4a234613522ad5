//! The search for executions, and the list of those that are stuck.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Client, asking_flow, sid};

#[tokio::test]
async fn executions_are_found_by_all_that_is_known_of_them() {
    let client = Client::new().await;
    let (asking, counting) = (client.flow(&asking_flow()).await, client.flow(&counting_flow()).await);
    let ann = start(&client, &asking, "+15551230001").await;
    let bob = start(&client, &counting, "+15551230002").await;
    let (asking_sid, widget) = (asking.rsplit('/').next().unwrap(), &asking_flow()["states"][1]["name"]);
    for (query, expected) in [
        ("", vec![&bob, &ann]),
        ("Contact=%2B15551230001", vec![&ann]),
        ("Contact=%2B15555550100", vec![&bob, &ann]),
        ("Contact=%2B15551239999", vec![]),
        (&format!("FlowSid={asking_sid}&Status=active"), vec![&ann]),
        ("Status=ended", vec![]),
        (&format!("Widget={}", widget.as_str().unwrap()), vec![&ann]),
        ("Variable=count=3&Variable=name%3DBob", vec![&bob]),
        ("Variable=count=3&Variable=name%3DAnn", vec![]),
        ("DateCreatedFrom=2026-11-23", vec![]),
        ("CallSid=CA1", vec![]),
        ("Stuck=true", vec![]),
    ] {
        assert_eq!(found(&client, query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    for nonsense in ["Variable=count", "Variable==3", "Stuck=perhaps", "Status=gone", "FlowSid=1"] {
        let answer = client.get(&format!("/v1/executions?{nonsense}")).await;
        assert_eq!(answer.refusal(), (400, 20001), "{nonsense}");
    }
}

#[tokio::test]
async fn a_search_by_variable_is_paged() {
    let client = Client::new().await;
    let flow = client.flow(&counting_flow()).await;
    let mut started = Vec::new();
    for number in 0..5 {
        started.push(start(&client, &flow, &format!("+1555123100{number}")).await);
    }
    let mut seen = Vec::new();
    let mut next = Some("/v1/executions?Variable=count%3D3&PageSize=2".to_owned());
    while let Some(url) = next {
        let page = client.get(&url).await.ok();
        seen.extend(page["executions"].as_array().unwrap().iter().map(sid));
        next = page["meta"]["next_page_url"].as_str().map(str::to_owned);
    }
    started.reverse();
    assert_eq!(seen, started);
}

#[tokio::test]
async fn what_is_stuck_is_listed_with_the_reason_and_what_frees_it() {
    let client = Client::new().await;
    let flow = client.flow(&counting_flow()).await;
    let execution = start(&client, &flow, "+15551230001").await;
    client.platform.after(Duration::from_secs(61)).await;
    assert_eq!(found(&client, "Stuck=true").await, std::slice::from_ref(&execution));
    let stuck = client.get("/v1/executions?stuck=true").await.ok()["executions"][0].clone();
    assert_eq!((&stuck["waiting"]["widget"], &stuck["waiting"]["for"]), (&json!("fetch"), &json!("answer")));
    assert_eq!(stuck["stuck"]["reason"], "what the widget 'fetch' asked for was never answered");
    let ways = stuck["stuck"]["freed_by"].as_array().unwrap();
    assert!(ways[0].as_str().unwrap().starts_with("a message of the contact"), "{ways:?}");
    assert!(ways[1].as_str().unwrap().contains(&format!("{flow}/Executions/{execution}")), "{ways:?}");
    client.post(&flow, &[("Status", "published"), ("StuckPolicy", "wait")]).await.ok();
    let stuck = client.get("/v1/executions?Stuck=true").await.ok()["executions"][0]["stuck"].clone();
    assert_eq!(stuck["stuck_policy"], "wait");
    assert!(stuck["freed_by"][0].as_str().unwrap().starts_with("only the answer"), "{stuck}");
}

/// Sets variables, then asks another system that never answers.
fn counting_flow() -> Value {
    let variable = |key: &str, value: &str| json!({ "key": key, "value": value });
    let state = |name: &str, kind: &str, transitions: Value, properties: Value| json!({ "name": name, "type": kind, "transitions": transitions, "properties": properties });
    let variables = json!({ "variables": [variable("count", "3"), variable("name", "Bob")] });
    let request = json!({ "method": "GET", "url": "https://example.com/" });
    json!({
        "description": "Counts",
        "initial_state": "Trigger",
        "flags": { "allow_concurrent_calls": true },
        "states": [
            state("Trigger", "trigger", json!([{ "event": "incomingRequest", "next": "set" }]), json!({})),
            state("set", "set-variables", json!([{ "event": "next", "next": "fetch" }]), variables),
            state("fetch", "make-http-request", json!([{ "event": "success" }, { "event": "failed" }]), request),
        ],
    })
}

async fn start(client: &Client, flow: &str, to: &str) -> String {
    let form = [("To", to), ("From", "+15555550100")];
    sid(&client.post(&format!("{flow}/Executions"), &form).await.ok())
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/executions?{query}")).await.ok();
    page["executions"].as_array().unwrap().iter().map(sid).collect()
}

//! Studio: flows with their revisions, executions with their steps.

use axum::http::Method;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::client::{Client, asking_flow, golden, sid};

#[tokio::test]
async fn flows_and_executions_are_shown_as_published() {
    let client = Client::new().await;
    let flow = client.flow(&asking_flow()).await;
    assert_json_snapshot!("flow", golden(&client.get(&flow).await.ok()));
    assert_json_snapshot!("flow_revision", golden(&client.get(&format!("{flow}/Revisions/1")).await.ok()));
    let form = [("To", "+15551230001"), ("From", "+15555550100"), ("Parameters", r#"{"name": "Ann"}"#)];
    let started = client.post(&format!("{flow}/Executions"), &form).await;
    assert_eq!(started.status, 201);
    let execution = format!("{flow}/Executions/{}", sid(&started.ok()));
    assert_json_snapshot!("execution", golden(&started.ok()));
    let steps = client.get(&format!("{execution}/Steps")).await.ok();
    assert_json_snapshot!("step", golden(&steps["steps"][0]));
    let step = format!("{execution}/Steps/{}", sid(&steps["steps"][0]));
    assert_eq!(client.get(&step).await.ok(), steps["steps"][0]);
    assert_json_snapshot!("step_context", golden(&client.get(&format!("{step}/Context")).await.ok()));
    let context = client.get(&format!("{execution}/Context")).await.ok();
    assert_eq!(context["context"]["flow"]["data"]["name"], "Ann");
}

#[tokio::test]
async fn an_invalid_definition_is_refused_as_draft_and_as_published_with_every_problem() {
    let client = Client::new().await;
    let mut definition = asking_flow();
    definition["states"][1]["type"] = json!("hang-up");
    definition["initial_state"] = json!("Nowhere");
    let definition = definition.to_string();
    for (path, status) in [
        ("/studio/v2/Flows", "draft"),
        ("/studio/v2/Flows", "published"),
        ("/studio/v2/Flows/Validate", "draft"),
    ] {
        let form = [("FriendlyName", "x"), ("Status", status), ("Definition", definition.as_str())];
        let answer = client.post(path, &form).await;
        assert_eq!(answer.refusal(), (400, 20001));
        let body = answer.json();
        let errors = body["details"]["errors"].as_array().unwrap();
        assert!(errors.iter().any(|error| error["property_path"] == "#/states/1/type"), "{body}");
        assert!(errors.len() >= 2, "{body}");
    }
    let broken = [("FriendlyName", "x"), ("Status", "draft"), ("Definition", "{")];
    assert_eq!(client.post("/studio/v2/Flows", &broken).await.refusal(), (400, 20001));
    let good = asking_flow().to_string();
    let form = [("FriendlyName", "x"), ("Status", "draft"), ("Definition", good.as_str())];
    assert_eq!(client.post("/studio/v2/Flows/Validate", &form).await.ok(), json!({ "valid": true }));
}

#[tokio::test]
async fn version_1_shows_the_same_flows_and_executions_under_its_own_names() {
    let client = Client::new().await;
    let flow = client.flow(&asking_flow()).await.replace("/v2/", "/v1/");
    let shown = client.get(&flow).await.ok();
    assert_eq!((&shown["status"], &shown["version"]), (&json!("published"), &json!(1)));
    assert_eq!(client.get("/studio/v1/Flows").await.ok()["flows"], json!([shown]));
    let form = [("To", "+15551230001"), ("From", "+15555550100")];
    for (runs, key, name) in
        [("Executions", "executions", "execution"), ("Engagements", "engagements", "engagement")]
    {
        let path = shown["links"][key].as_str().unwrap();
        assert!(path.ends_with(&format!("{flow}/{runs}")), "{path}");
        let started = client.post(path, &form).await;
        assert_eq!(started.status, 201);
        // Version 1 answers a second request with the execution that is active.
        let again = client.post(path, &form).await;
        assert_eq!((again.status.as_u16(), sid(&again.ok())), (200, sid(&started.ok())));
        let links = &started.ok()["links"];
        let context = client.get(links[format!("{name}_context")].as_str().unwrap()).await.ok();
        assert_eq!(context[format!("{name}_sid")], started.ok()["sid"]);
        let steps = client.get(links["steps"].as_str().unwrap()).await.ok();
        let step = client.get(steps["steps"][0]["url"].as_str().unwrap()).await.ok();
        assert_eq!((&step, &step[format!("{name}_sid")]), (&steps["steps"][0], &started.ok()["sid"]));
        assert_eq!(client.get(&format!("{flow}/{runs}")).await.ok()[key][0]["sid"], started.ok()["sid"]);
        assert_eq!(client.delete(started.ok()["url"].as_str().unwrap()).await.status, 204);
    }
    assert_eq!(client.delete(&flow).await.status, 204);
    assert_eq!(client.get(&flow).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn each_save_is_a_revision_and_live_traffic_keeps_the_published_one() {
    let client = Client::new().await;
    let flow = client.flow(&asking_flow()).await;
    let mut definition = asking_flow();
    definition["description"] = json!("Asks another question");
    let definition = definition.to_string();
    let form = [("Status", "draft"), ("Definition", definition.as_str()), ("CommitMessage", "try")];
    let draft = client.post(&flow, &form).await.ok();
    assert_eq!((&draft["revision"], &draft["status"]), (&2.into(), &"draft".into()));
    let newest =
        |revision: Value| (revision["revision"].as_u64(), revision["definition"]["description"].clone());
    let latest = |name: &'static str| {
        let (client, flow) = (&client, &flow);
        async move { newest(client.get(&format!("{flow}/Revisions/{name}")).await.ok()) }
    };
    assert_eq!(latest("LatestPublished").await, (Some(1), "Asks a question".into()));
    assert_eq!(latest("LatestDraft").await, (Some(2), "Asks another question".into()));
    client.post(&flow, &[("Status", "published"), ("FriendlyName", "Renamed")]).await.ok();
    assert_eq!(latest("LatestPublished").await, (Some(3), "Asks another question".into()));
    let revisions = client.get(&format!("{flow}/Revisions")).await.ok();
    let numbers: Vec<&Value> =
        revisions["revisions"].as_array().unwrap().iter().map(|it| &it["revision"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    let listed = client.get("/studio/v2/Flows").await.ok()["flows"][0].clone();
    assert_eq!((&listed["friendly_name"], &listed["definition"]), (&"Renamed".into(), &Value::Null));
    let late = client.send(Method::POST, &flow, &[("Status", "draft")], &[("if-match", "2")]).await;
    assert_eq!(late.refusal(), (412, 20412));
    for nonsense in [("Status", "live"), ("StuckPolicy", "panic")] {
        assert_eq!(client.post(&flow, &[nonsense]).await.refusal(), (400, 20001));
    }
}

#[tokio::test]
async fn a_second_execution_for_the_same_contact_conflicts_until_the_first_is_ended() {
    let client = Client::new().await;
    let flow = client.flow(&asking_flow()).await;
    let executions = format!("{flow}/Executions");
    let form = [("To", "+15551230001"), ("From", "+15555550100")];
    let first = sid(&client.post(&executions, &form).await.ok());
    let second = client.post(&executions, &form).await;
    assert_eq!(second.refusal(), (409, 20409));
    assert_eq!(second.json()["details"]["conflicting_execution_sid"], first);
    let path = format!("{executions}/{first}");
    assert_eq!(client.post(&path, &[("Status", "active")]).await.refusal(), (400, 20001));
    assert_eq!(client.post(&path, &[("Status", "ended")]).await.ok()["status"], "ended");
    client.post(&executions, &form).await.ok();
    let found = async |query: &str| client.get(query).await.ok()["executions"].as_array().unwrap().len();
    assert_eq!(found(&format!("{executions}?Status=ended")).await, 1);
    assert_eq!(found("/v1/executions?Status=active&Contact=%2B15551230001").await, 1);
    assert_eq!(found("/v1/executions?Contact=%2B15551239999").await, 0);
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(found("/v1/executions").await, 1);
    assert_eq!(client.delete(&flow).await.status, 204);
    assert_eq!(client.get(&flow).await.refusal(), (404, 20404));
    assert_eq!(found("/v1/executions?Status=active").await, 0);
}

#[tokio::test]
async fn what_can_not_be_started_says_why() {
    let client = Client::new().await;
    let definition = asking_flow().to_string();
    let form = [("FriendlyName", "x"), ("Status", "draft"), ("Definition", definition.as_str())];
    let flow = sid(&client.post("/studio/v2/Flows", &form).await.ok());
    let executions = format!("/studio/v2/Flows/{flow}/Executions");
    let unpublished = client.post(&executions, &[("To", "+15551230001"), ("From", "+15555550100")]).await;
    assert_eq!(unpublished.refusal(), (400, 20001));
    assert!(unpublished.message().contains("publish"));
    let parameters = [("To", "+15551230001"), ("From", "+15555550100"), ("Parameters", "[1]")];
    assert_eq!(client.post(&executions, &parameters).await.refusal(), (400, 20001));
    assert_eq!(client.post(&executions, &[("To", "+15551230001")]).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn test_users_are_a_list_that_is_replaced() {
    let client = Client::new().await;
    let users = format!("{}/TestUsers", client.flow(&asking_flow()).await);
    let form = [("TestUsers", "+15551230001"), ("TestUsers", "ann")];
    assert_eq!(client.post(&users, &form).await.ok()["test_users"], json!(["+15551230001", "ann"]));
    assert_eq!(client.get(&users).await.ok()["test_users"].as_array().unwrap().len(), 2);
    assert_eq!(client.post(&users, &[("TestUsers", "")]).await.ok()["test_users"], json!([]));
}

#[tokio::test]
async fn the_widget_catalogue_is_there_for_editors() {
    let client = Client::new().await;
    let widgets = client.get("/v1/studio/widgets").await.ok();
    let has = |name: &str| widgets["widgets"].as_array().unwrap().iter().any(|widget| widget["type"] == name);
    assert!(has("trigger") && has("send-to-flex"));
}

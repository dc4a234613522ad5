//! People: logins, roles, and the worker of an agent.

use insta::assert_json_snapshot;

use crate::client::{ACCOUNT, Client, golden, sid};

#[tokio::test]
async fn an_agent_gets_a_worker_on_the_spot() {
    let client = Client::new().await;
    let nowhere = client.post("/v1/users", &person("ann", "agent")).await;
    assert_eq!(nowhere.refusal(), (400, 20001));
    let workspace = client.workspace().await;
    let made = client.post("/v1/users", &person("ann", "agent,supervisor")).await;
    assert_eq!(made.status, 201);
    assert_json_snapshot!("user", golden(&made.ok()));
    let worker =
        client.get(&format!("{workspace}/Workers/{}", made.ok()["worker_sid"].as_str().unwrap())).await.ok();
    assert_eq!(worker["friendly_name"], "ann");
    let attributes: serde_json::Value = serde_json::from_str(worker["attributes"].as_str().unwrap()).unwrap();
    assert_eq!(
        attributes,
        serde_json::json!({ "contact_uri": "client:ann", "roles": ["agent", "supervisor"] })
    );
    assert_eq!(client.post("/v1/users", &person("ANN", "author")).await.refusal(), (409, 20409));
    let author = client.post("/v1/users", &person("bob", "author")).await.ok();
    assert_eq!(author["worker_sid"], serde_json::Value::Null);
    let both = client.post("/v1/users/bob", &[("Roles", "author"), ("Roles", "agent")]).await.ok();
    assert!(both["worker_sid"].is_string());
}

#[tokio::test]
async fn people_log_in_to_our_own_api_as_far_as_their_roles_go() {
    let client = Client::new().await;
    client.workspace().await;
    let ann = sid(&client.post("/v1/users", &person("ann", "agent")).await.ok());
    client.post("/v1/users", &person("root", "admin")).await.ok();
    let as_ann = client.as_caller(Some(("Ann", "correct horse")));
    assert_eq!(as_ann.get("/v1/users/ann").await.ok()["sid"], ann);
    assert_eq!(as_ann.get("/v1/users").await.refusal(), (403, 20403));
    assert_eq!(as_ann.post("/v1/users/ann", &[("Role", "admin")]).await.refusal(), (403, 20403));
    assert_eq!(as_ann.get("/taskrouter/v1/Workspaces").await.refusal(), (401, 20003));
    assert_eq!(client.as_caller(Some(("ann", "wrong"))).get("/v1/users/ann").await.refusal(), (401, 20003));
    as_ann.post("/v1/users/ann", &[("Password", "battery staple")]).await.ok();
    assert_eq!(as_ann.get("/v1/users/ann").await.refusal(), (401, 20003));
    let as_root = client.as_caller(Some(("root", "correct horse")));
    as_root.post("/v1/users/ann", &[("Disabled", "true")]).await.ok();
    assert_eq!(
        client.as_caller(Some(("ann", "battery staple"))).get("/v1/users/ann").await.refusal(),
        (401, 20003)
    );
    assert_eq!(as_root.delete("/v1/users/ann").await.status, 204);
    assert_eq!(as_root.get(&format!("/v1/users/{ann}")).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn what_can_not_be_a_login_is_refused() {
    let client = Client::new().await;
    let too_short = [("Login", "ann"), ("Password", "short")];
    assert_eq!(client.post("/v1/users", &too_short).await.refusal(), (400, 20001));
    for login in ["a b", "a:b", ACCOUNT, "<script>"] {
        assert_eq!(
            client.post("/v1/users", &person(login, "author")).await.refusal(),
            (400, 20001),
            "{login}"
        );
    }
    assert_eq!(client.post("/v1/users", &person("ann", "king")).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn settings_are_listed_with_what_they_belong_to() {
    let client = Client::new().await;
    client.workspace().await;
    client.flow(&crate::client::asking_flow()).await;
    assert_json_snapshot!("settings", golden(&client.get("/v1/settings").await.ok()));
}

#[tokio::test]
async fn how_long_history_stays_is_an_admins_to_say() {
    let client = Client::new().await;
    client.post("/v1/users", &person("bob", "author")).await.ok();
    assert_eq!(client.post("/v1/settings", &[("RetentionDays", "30")]).await.ok()["retention_days"], 30);
    assert_eq!(client.get("/v1/settings").await.ok()["retention_days"], 30);
    for nonsense in ["-1", "soon", "99999999"] {
        assert_eq!(client.post("/v1/settings", &[("RetentionDays", nonsense)]).await.refusal(), (400, 20001));
    }
    let as_bob = client.as_caller(Some(("bob", "correct horse")));
    assert_eq!(as_bob.post("/v1/settings", &[("RetentionDays", "1")]).await.refusal(), (403, 20403));
}

fn person<'a>(login: &'a str, roles: &'a str) -> [(&'a str, &'a str); 3] {
    [("Login", login), ("Password", "correct horse"), ("Role", roles)]
}

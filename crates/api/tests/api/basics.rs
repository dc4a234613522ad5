//! What every resource shares: errors in the published shape, credentials, bodies, hosts, pages.

use axum::http::Method;

use crate::client::{ACCOUNT, Client, PUBLIC_URL, TOKEN, golden, sid};

#[tokio::test]
async fn errors_have_the_published_shape_and_lead_to_a_page() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let gone = "/taskrouter/v1/Workspaces/WS00000000000000000000000000000009";
    let messages = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let foreign = messages.replace(ACCOUNT, "AC00000000000000000000000000000002");
    for (method, path, form, expected) in [
        (Method::GET, "/nothing", vec![], (404, 20404)),
        (Method::GET, gone, vec![], (404, 20404)),
        (Method::GET, "/taskrouter/v1/Workspaces/nonsense", vec![], (404, 20404)),
        (Method::GET, &foreign, vec![], (404, 20404)),
        (Method::PUT, "/taskrouter/v1/Workspaces", vec![], (405, 20004)),
        (Method::POST, "/taskrouter/v1/Workspaces", vec![], (400, 20001)),
        (
            Method::POST,
            &format!("{workspace}/Workers"),
            vec![("FriendlyName", "a"), ("Attributes", "{")],
            (400, 20001),
        ),
        (
            Method::POST,
            &format!("{workspace}/Workers"),
            vec![("FriendlyName", "a"), ("ActivitySid", "x")],
            (400, 20001),
        ),
        (Method::GET, &format!("{workspace}/Workers?PageSize=x"), vec![], (400, 20001)),
        (Method::GET, &format!("{workspace}/Workers?Ordering=Name"), vec![], (400, 20001)),
        (Method::GET, &format!("{workspace}/Workers?TargetWorkersExpression=a-b"), vec![], (400, 20001)),
        (Method::POST, &messages, vec![("From", "+15555550100")], (400, 21604)),
        (Method::POST, &messages, vec![("To", "+15551230001"), ("From", "+15555550100")], (400, 21602)),
    ] {
        let answer = client.send(method, path, &form, &[]).await;
        assert_eq!(answer.refusal(), expected, "{path}: {}", answer.text);
        let body = answer.json();
        assert_eq!(body["status"], expected.0);
        assert!(!answer.message().is_empty());
        let page = client.as_caller(None).get(body["more_info"].as_str().unwrap()).await;
        assert!(page.status.is_success() && page.text.contains(&expected.1.to_string()));
    }
}

#[tokio::test]
async fn every_error_of_the_catalogue_has_its_page() {
    let client = Client::new().await.as_caller(None);
    for entry in api::error_catalog::ALL {
        let page = client.get(&format!("{PUBLIC_URL}/docs/errors/{}", entry.code)).await;
        assert!(page.status.is_success() && page.text.contains(entry.title), "{}", entry.code);
    }
    assert!(client.get("/docs/errors").await.text.contains("/docs/errors/20404"));
    assert_eq!(client.get("/docs/errors/1").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn errors_name_the_parameter_what_was_given_and_what_is_expected() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let missing = client.post(&format!("{workspace}/Workers"), &[]).await;
    assert_eq!(missing.message(), "Missing required parameter FriendlyName in the post body");
    let wrong =
        client.post(&format!("{workspace}/Workers"), &[("FriendlyName", "a"), ("ActivitySid", "WK1")]).await;
    insta::assert_json_snapshot!("error_of_a_parameter", golden(&wrong.json()));
}

#[tokio::test]
async fn the_account_its_keys_and_nobody_else_get_in() {
    let client = Client::new().await;
    let keys = format!("/2010-04-01/Accounts/{ACCOUNT}/Keys.json");
    let key = client.post(&keys, &[("FriendlyName", "mine")]).await.ok();
    let (key_sid, secret) = (sid(&key), key["secret"].as_str().unwrap().to_owned());
    assert_eq!(client.get(&keys).await.ok()["keys"][0]["secret"], serde_json::Value::Null);
    for (credentials, expected) in [
        (Some((ACCOUNT, TOKEN)), 200),
        (Some((key_sid.as_str(), secret.as_str())), 200),
        (Some((ACCOUNT, "wrong")), 401),
        (Some((key_sid.as_str(), "wrong")), 401),
        (Some(("SK00000000000000000000000000000009", secret.as_str())), 401),
        (Some(("", "")), 401),
        (None, 401),
    ] {
        let answer = client.as_caller(credentials).get(&keys).await;
        assert_eq!(answer.status, expected, "{credentials:?}");
        if expected == 401 {
            assert_eq!(answer.refusal(), (401, 20003));
            assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Basic"));
        }
    }
    client.delete(&format!("/2010-04-01/Accounts/{ACCOUNT}/Keys/{key_sid}.json")).await.ok();
    assert_eq!(client.as_caller(Some((&key_sid, &secret))).get(&keys).await.refusal(), (401, 20003));
    let unreadable =
        client.as_caller(None).send(Method::GET, &keys, &[], &[("authorization", "Bearer x")]).await;
    assert_eq!(unreadable.refusal(), (401, 20003));
}

#[tokio::test]
async fn bodies_are_forms_or_json_of_at_most_a_mebibyte() {
    let client = Client::new().await;
    let post = |body: &'static str, content_type: &'static str| {
        let headers = [("content-type", content_type)];
        let client = &client;
        async move { client.send_body(Method::POST, "/taskrouter/v1/Workspaces", body, &headers).await }
    };
    assert_eq!(post("FriendlyName=%zz", "application/x-www-form-urlencoded").await.refusal(), (400, 20001));
    assert_eq!(post("{", "application/json").await.refusal(), (400, 20001));
    assert_eq!(post("[]", "application/json").await.refusal(), (400, 20001));
    assert_eq!(post("<a/>", "text/xml").await.refusal(), (400, 20001));
    let made = post(r#"{"friendly_name": "from JSON"}"#, "application/json; charset=utf-8").await.ok();
    assert_eq!(made["friendly_name"], "from JSON");
    let large = format!("FriendlyName={}", "a".repeat(1024 * 1024));
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = client.send_body(Method::POST, "/taskrouter/v1/Workspaces", large, &headers).await;
    assert_eq!(answer.refusal(), (413, 20413));
}

#[tokio::test]
async fn a_busy_server_and_one_that_panics_answer_in_the_same_shape() {
    let client = Client::new().await;
    let messages = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let send = async |body| {
        client.post(&messages, &[("From", "+15555550100"), ("To", "+15551230001"), ("Body", body)]).await
    };
    let busy = send("busy").await;
    assert_eq!((busy.refusal(), &busy.headers["retry-after"]), ((429, 20429), &"1".parse().unwrap()));
    let panicked = send("panic").await;
    assert_eq!(panicked.refusal(), (500, 20500));
    assert!(!panicked.text.contains("asked for it"));
    assert_eq!(send("fine").await.status, 201);
}

#[tokio::test]
async fn published_hosts_reach_the_same_resources() {
    let client = Client::new().await;
    let workspace = client.workspace().await;
    let path = workspace.strip_prefix("/taskrouter").unwrap();
    let answer = client.send(Method::GET, path, &[], &[("host", "taskrouter.twilio.com")]).await;
    assert_eq!(answer.ok()["url"], format!("{PUBLIC_URL}{workspace}"));
    assert_eq!(client.send(Method::GET, path, &[], &[("host", "calls.example")]).await.refusal().0, 404);
}

#[tokio::test]
async fn the_server_says_that_it_is_well_and_where_to_begin() {
    let client = Client::with(false).await.as_caller(None);
    assert_eq!(client.get("/health").await.ok()["status"], "ok");
    for page in ["/", "/phone"] {
        let page = client.get(page).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Patchboard") && !page.text.contains("{{"), "{}", page.text);
    }
    assert_eq!(client.get("/assets/nothing.js").await.refusal(), (404, 20404));
}

//! Sessions of browsers: what a login opens, and what ends it.

use axum::http::Method;

use crate::client::{Answer, Client};

const OF_PAGE: (&str, &str) = ("x-patchboard-page", "1");

#[tokio::test]
async fn a_login_opens_our_own_api_as_far_as_the_person_may() {
    let (client, cookie) = logged_in().await;
    let session = send(&client, Method::GET, "/v1/session", &cookie, true).await.ok();
    assert_eq!(session["user"]["login"], "ann");
    assert_eq!(send(&client, Method::GET, "/v1/users/ann", &cookie, false).await.status, 200);
    assert_eq!(send(&client, Method::POST, "/v1/tokens", &cookie, true).await.status, 201);
    assert_eq!(send(&client, Method::GET, "/v1/users", &cookie, true).await.refusal(), (403, 20403));
    let published = send(&client, Method::GET, "/taskrouter/v1/Workspaces", &cookie, true).await;
    assert_eq!(published.refusal(), (401, 20003));
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_by_a_session() {
    let (client, cookie) = logged_in().await;
    assert_eq!(send(&client, Method::POST, "/v1/tokens", &cookie, false).await.refusal(), (403, 20403));
    assert_eq!(send(&client, Method::DELETE, "/v1/session", &cookie, false).await.refusal(), (403, 20403));
    let form = [("Login", "ann"), ("Password", "correct horse")];
    let login = client.as_caller(None).post("/v1/session", &form).await;
    assert_eq!(login.refusal(), (403, 20403));
}

#[tokio::test]
async fn another_password_and_a_log_out_end_a_session() {
    let (client, cookie) = logged_in().await;
    let out = send(&client, Method::DELETE, "/v1/session", &cookie, true).await;
    assert!(cookie_of(&out).ends_with('='));
    client.post("/v1/users/ann", &[("Password", "battery staple")]).await.ok();
    let session = send(&client, Method::GET, "/v1/session", &cookie, true).await.ok();
    assert_eq!(session["user"], serde_json::Value::Null);
    assert_eq!(send(&client, Method::POST, "/v1/tokens", &cookie, true).await.refusal(), (401, 20003));
}

#[tokio::test]
async fn what_is_no_session_opens_nothing() {
    let (client, cookie) = logged_in().await;
    let token = send(&client, Method::POST, "/v1/tokens", &cookie, true).await.ok();
    let access_token = format!("patchboard_session={}", token["token"].as_str().unwrap());
    for forged in [&*access_token, "patchboard_session=", "patchboard_session=a.b.c", &format!("{cookie}x")] {
        assert_eq!(send(&client, Method::POST, "/v1/tokens", forged, true).await.refusal(), (401, 20003));
    }
}

#[tokio::test]
async fn a_login_that_is_tried_too_often_has_to_wait_and_no_browser_opens_a_window_of_its_own() {
    let (client, _) = logged_in().await;
    for _ in 0..10 {
        let refused = log_in(&client, "wrong").await;
        assert_eq!(refused.refusal(), (401, 20003));
        assert!(!refused.headers.contains_key("www-authenticate"));
    }
    assert_eq!(log_in(&client, "correct horse").await.refusal(), (429, 20429));
}

#[tokio::test]
async fn the_phone_needs_no_login_in_development_mode_and_is_not_there_otherwise() {
    let client = Client::new().await;
    let token = phone_token(&client, "127.0.0.1:8080").await.ok();
    assert_eq!(token["identity"], "phone");
    assert_eq!(phone_token(&client, "rebound.example").await.refusal(), (401, 20003));
    let unasked = client.as_caller(None).post("/v1/dev/phone-token", &[]).await;
    assert_eq!(unasked.refusal(), (401, 20003));
    let production = Client::with(false).await;
    assert_eq!(phone_token(&production, "127.0.0.1:8080").await.refusal(), (404, 20404));
}

#[tokio::test]
async fn the_phone_sees_the_numbers_and_both_sides_messages() {
    let client = Client::new().await;
    let number = [("PhoneNumber", "+15555550100"), ("FriendlyName", "Front door")];
    let path = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", crate::client::ACCOUNT);
    client.post(&path, &number).await.ok();
    let numbers = client.get("/v1/dev/phone-numbers").await.ok();
    assert_eq!(
        numbers["phone_numbers"],
        serde_json::json!([{ "phone_number": "+15555550100", "friendly_name": "Front door" }])
    );
    let query = "Contact=%2B15551230001&Number=%2B15555550100";
    assert_eq!(
        client.get(&format!("/v1/dev/messages?{query}")).await.ok()["messages"],
        serde_json::json!([])
    );
    assert_eq!(client.get("/v1/dev/messages").await.refusal(), (400, 20001));
}

/// Returns an installation with an agent, and the cookie of that agent's session.
async fn logged_in() -> (Client, String) {
    let client = Client::new().await;
    client.workspace().await;
    let ann = [("Login", "ann"), ("Password", "correct horse"), ("Role", "agent")];
    client.post("/v1/users", &ann).await.ok();
    let cookie = cookie_of(&log_in(&client, "correct horse").await);
    (client, cookie)
}

async fn log_in(client: &Client, password: &str) -> Answer {
    let form = [("Login", "Ann"), ("Password", password)];
    client.as_caller(None).send(Method::POST, "/v1/session", &form, &[OF_PAGE]).await
}

async fn phone_token(client: &Client, host: &str) -> Answer {
    let headers = [OF_PAGE, ("host", host)];
    client.as_caller(None).send(Method::POST, "/v1/dev/phone-token", &[], &headers).await
}

async fn send(client: &Client, method: Method, path: &str, cookie: &str, is_of_page: bool) -> Answer {
    let mut headers = vec![("cookie", cookie)];
    headers.extend(is_of_page.then_some(OF_PAGE));
    client.as_caller(None).send(method, path, &[], &headers).await
}

fn cookie_of(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Secure"), "{set}");
    set.split(';').next().unwrap_or_default().to_owned()
}

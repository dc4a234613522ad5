//! Which tokens open the bridge, and which do not.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::browser::Browser;
use crate::client::ACCOUNT;

#[tokio::test]
async fn a_token_signed_by_a_key_of_the_account_opens_the_bridge() {
    let browser = Browser::new().await;
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let token = browser.sign(&browser.claims("worker", 60), algorithm);
        let worker = browser.ask_as(&token, "GET", &browser.own(""), json!({})).await.ok();
        assert_eq!(worker["payload"]["friendly_name"], "alice");
    }
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_with_its_reason() {
    let browser = Browser::new().await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut claims = browser.claims("worker", 60);
        change(&mut claims);
        browser.sign(&claims, Algorithm::HS256)
    };
    let key = EncodingKey::from_secret(browser.key.1.as_bytes());
    let without_cty = jsonwebtoken::encode(&Header::default(), &browser.claims("worker", 60), &key).unwrap();
    let mut forged = browser.token();
    forged.replace_range(forged.len() - 4.., "AAAA");
    let nobody = "SK00000000000000000000000000000009";
    for (token, code, reason) in [
        (String::new(), 20101, "none was given"),
        ("nonsense".to_owned(), 20101, "can not be read"),
        (forged, 20101, "not signed with the secret"),
        (without_cty, 20101, "twilio-fpa;v=1"),
        (with(&|claims| claims["iss"] = json!(ACCOUNT)), 20101, "iss"),
        (with(&|claims| claims["iss"] = json!(nobody)), 20101, nobody),
        (with(&|claims| claims["sub"] = json!("AC00000000000000000000000000000009")), 20101, "sub"),
        (with(&|claims| claims["exp"] = json!(1)), 20104, "expired"),
        (with(&|claims| claims["exp"] = json!(i64::MAX)), 20104, "too far ahead"),
        (with(&|claims| claims["nbf"] = json!(i64::MAX)), 20101, "nbf"),
        (with(&|claims| claims["grants"]["task_router"] = Value::Null), 20101, "task_router"),
        (
            with(&|claims| claims["grants"]["task_router"]["workspace_sid"] = json!("WS1")),
            20101,
            "workspace_sid",
        ),
        (with(&|claims| claims["grants"]["task_router"]["worker_sid"] = json!("WK1")), 20101, "worker_sid"),
    ] {
        let answer = browser.ask_as(&token, "GET", &browser.own(""), json!({})).await;
        assert_eq!(answer.refusal(), (401, code), "{reason}");
        assert!(answer.message().contains(reason), "{} does not say {reason}", answer.message());
        assert!(!answer.headers.contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn a_token_ends_with_its_key() {
    let browser = Browser::new().await;
    let token = browser.token();
    browser.client.delete(&format!("/2010-04-01/Accounts/{ACCOUNT}/Keys/{}.json", browser.key.0)).await;
    let answer = browser.ask_as(&token, "GET", &browser.own(""), json!({})).await;
    assert_eq!(answer.refusal(), (401, 20101));
}

#[tokio::test]
async fn a_person_gets_a_token_for_the_own_worker() {
    let browser = Browser::new().await;
    let form = [("Login", "carol"), ("Password", "correct horse"), ("Role", "agent")];
    let carol = browser.client.post("/v1/users", &form).await.ok();
    let as_carol = browser.client.as_caller(Some(("carol", "correct horse")));
    let made = as_carol.post("/v1/tokens", &[("Ttl", "120")]).await.ok();
    assert_eq!((&made["identity"], &made["role"]), (&json!("carol"), &json!("worker")));
    assert_eq!(made["worker_sid"], carol["worker_sid"]);
    let token = made["token"].as_str().unwrap();
    let own = format!("/Workers/{}", carol["worker_sid"].as_str().unwrap());
    let worker = browser.ask_as(token, "GET", &own, json!({})).await.ok();
    assert_eq!(worker["payload"]["friendly_name"], "carol");
    let by_account = browser.client.post("/v1/tokens", &[("Login", "Carol")]).await.ok();
    assert_eq!(by_account["worker_sid"], carol["worker_sid"]);
}

#[tokio::test]
async fn who_has_no_worker_gets_no_token() {
    let browser = Browser::new().await;
    let form = [("Login", "dave"), ("Password", "correct horse"), ("Role", "author")];
    browser.client.post("/v1/users", &form).await.ok();
    let as_dave = browser.client.as_caller(Some(("dave", "correct horse")));
    for (form, parameter) in
        [(&[][..], "worker"), (&[("Ttl", "0")][..], "Ttl"), (&[("Ttl", "90000")][..], "Ttl")]
    {
        let answer = as_dave.post("/v1/tokens", form).await;
        assert_eq!(answer.refusal(), (400, 20001));
        assert!(answer.message().contains(parameter), "{}", answer.message());
    }
    assert_eq!(browser.client.post("/v1/tokens", &[("Login", "nobody")]).await.refusal(), (400, 20001));
    assert_eq!(browser.client.as_caller(None).post("/v1/tokens", &[]).await.refusal(), (401, 20003));
}

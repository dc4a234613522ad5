//! The API of 2010: messages, numbers, keys, the account; and the loopback network.

use insta::assert_json_snapshot;

use crate::client::{ACCOUNT, Client, golden, sid};

#[tokio::test]
async fn resources_of_the_account_are_shown_as_published() {
    let client = Client::new().await;
    let base = format!("/2010-04-01/Accounts/{ACCOUNT}");
    assert_json_snapshot!("account", golden(&client.get(&format!("{base}.json")).await.ok()));
    let key = client.post(&format!("{base}/Keys.json"), &[("FriendlyName", "mine")]).await.ok();
    assert_json_snapshot!("key", golden(&client.get(&format!("{base}/Keys/{}.json", sid(&key))).await.ok()));
    let form = [("PhoneNumber", "+1 (555) 555-0100"), ("SmsUrl", "https://example.com/sms")];
    let number = client.post(&format!("{base}/IncomingPhoneNumbers.json"), &form).await.ok();
    assert_json_snapshot!("phone_number", golden(&number));
    let form = [("From", "+15555550100"), ("To", "+15551230001"), ("Body", "Hello")];
    let message = client.post(&format!("{base}/Messages.json"), &form).await;
    assert_eq!(message.status, 201);
    assert_json_snapshot!("message", golden(&message.ok()));
    assert_eq!(client.get(message.ok()["uri"].as_str().unwrap()).await.ok(), message.ok());
}

#[tokio::test]
async fn a_number_is_provisioned_once_changed_and_released() {
    let client = Client::new().await;
    let numbers = format!("/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json");
    let made = client.post(&numbers, &[("PhoneNumber", "+15555550101")]).await.ok();
    assert_eq!(client.post(&numbers, &[("PhoneNumber", "+15555550101")]).await.refusal(), (400, 21422));
    assert_eq!(client.post(&numbers, &[("PhoneNumber", "hello")]).await.refusal(), (400, 21421));
    let own = made["uri"].as_str().unwrap();
    let form =
        [("VoiceUrl", "https://example.com/voice"), ("VoiceMethod", "get"), ("FriendlyName", "Front desk")];
    let changed = client.post(own, &form).await.ok();
    assert_eq!((&changed["voice_url"], &changed["voice_method"]), (&form[0].1.into(), &"GET".into()));
    assert_eq!(client.post(own, &[("VoiceUrl", "")]).await.ok()["voice_url"], serde_json::Value::Null);
    assert_eq!(client.post(own, &[("SmsMethod", "PATCH")]).await.refusal(), (400, 20001));
    let found = client.get(&format!("{numbers}?PhoneNumber=%2B15555550101")).await.ok();
    assert_eq!(found["incoming_phone_numbers"][0]["friendly_name"], "Front desk");
    assert_eq!(client.delete(own).await.status, 204);
    assert_eq!(client.get(own).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn the_loopback_network_brings_messages_in_development_mode_only() {
    let client = Client::new().await;
    let form = [
        ("From", "whatsapp:+15551230001"),
        ("To", "whatsapp:+15555550100"),
        ("Body", "Look"),
        ("NumMedia", "1"),
        ("MediaUrl0", "https://example.com/cat.png"),
        ("MediaContentType0", "image/png"),
        ("ProfileName", "Ann"),
    ];
    let message = client.post("/v1/dev/inbound-messages", &form).await;
    assert_eq!(message.status, 201);
    let message = message.ok();
    assert_eq!((&message["direction"], &message["num_media"]), (&"inbound".into(), &"1".into()));
    let media = client.get(message["subresource_uris"]["media"].as_str().unwrap()).await.ok();
    let medium = &media["media_list"][0];
    assert_eq!(client.get(medium["uri"].as_str().unwrap()).await.ok()["content_type"], "image/png");
    let bytes = client.get(medium["uri"].as_str().unwrap().trim_end_matches(".json")).await;
    assert_eq!(bytes.headers["location"], "https://example.com/cat.png");
    let listed = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json?From=whatsapp%3A%2B15551230001");
    assert_eq!(client.get(&listed).await.ok()["messages"][0]["sid"], message["sid"]);
    let none = client.post("/v1/dev/inbound-messages", &[("From", "+15551230001")]).await;
    assert_eq!(none.refusal(), (400, 20001));
    let lacking = client.post("/v1/dev/inbound-messages", &[form[0], form[1], ("NumMedia", "2")]).await;
    assert!(lacking.message().contains("MediaUrl0"), "{}", lacking.text);
    let elsewhere = Client::with(false).await;
    assert_eq!(elsewhere.post("/v1/dev/inbound-messages", &form).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn messages_are_listed_by_day_emptied_and_deleted() {
    let client = Client::new().await;
    let form = [("From", "+15551230001"), ("To", "+15555550100"), ("Body", "secret")];
    let message = client.post("/v1/dev/inbound-messages", &form).await.ok();
    let list = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    let count = async |query: &str| {
        client.get(&format!("{list}?{query}")).await.ok()["messages"].as_array().unwrap().len()
    };
    for (query, expected) in [
        ("DateSent=2026-11-22", 1),
        ("DateSent=2026-11-21", 0),
        ("DateSent%3E=2026-11-22", 1),
        ("DateSent%3C=2026-11-22", 0),
        ("To=%2B15555550100", 1),
        ("To=%2B15555550199", 0),
    ] {
        assert_eq!(count(query).await, expected, "{query}");
    }
    let own = message["uri"].as_str().unwrap();
    assert_eq!(client.post(own, &[("Body", "other")]).await.refusal(), (400, 20001));
    assert_eq!(client.post(own, &[("Body", "")]).await.ok()["body"], "");
    assert_eq!(client.delete(own).await.status, 204);
    assert_eq!(client.get(own).await.refusal(), (404, 20404));
}

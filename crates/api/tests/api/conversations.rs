//! Conversations by REST: names, states, participants, messages, webhooks, users, and what is refused.

use axum::http::Method;
use serde_json::{Value, json};

use crate::client::{Client, sid};

const BASE: &str = "/conversations/v1";
const PAIR: [(&str, &str); 2] =
    [("MessagingBinding.Address", "+15551230001"), ("MessagingBinding.ProxyAddress", "+15555550100")];

#[tokio::test]
async fn a_conversation_is_found_by_its_names_and_by_both_forms_of_its_path() {
    let client = Client::new().await;
    let form = [("FriendlyName", "Order 7"), ("UniqueName", "order-7"), ("Attributes", "{\"order\": 7}")];
    let made = client.post(&format!("{BASE}/Conversations"), &form).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!((&made["attributes"], &made["state"]), (&"{\"order\": 7}".into(), &"active".into()));
    assert_eq!((&made["timers"], &made["bindings"]), (&json!({}), &json!({})));
    let service = made["chat_service_sid"].as_str().unwrap();
    let long = format!("{BASE}/Services/{service}/Conversations");
    for path in
        [format!("{BASE}/Conversations/order-7"), format!("{long}/order-7"), format!("{long}/{}", sid(&made))]
    {
        assert_eq!(client.get(&path).await.ok()["sid"], made["sid"], "{path}");
    }
    assert_eq!(client.get(made["links"]["messages"].as_str().unwrap()).await.ok()["messages"], json!([]));
    let other = sid(&client.post(&format!("{BASE}/Services"), &[("FriendlyName", "Other")]).await.ok());
    let elsewhere = format!("{BASE}/Services/{other}/Conversations/{}", sid(&made));
    assert_eq!(client.get(&elsewhere).await.refusal(), (404, 20404));
}

#[tokio::test]
async fn silence_is_timed_as_the_account_or_the_request_says() {
    let client = Client::new().await;
    let account = [("DefaultInactiveTimer", "PT1H"), ("DefaultClosedTimer", "P1D")];
    let configuration = client.post(&format!("{BASE}/Configuration"), &account).await.ok();
    assert_eq!(configuration["default_closed_timer"], "P1D");
    let list = format!("{BASE}/Conversations");
    let made = client.post(&list, &[("Timers.Inactive", "PT10M")]).await.ok();
    let hours = |name: &str| made["timers"][name].as_str().unwrap()[..16].to_owned();
    assert_eq!(
        [hours("date_inactive"), hours("date_closed")],
        ["2026-11-22T10:10", "2026-11-23T10:10"].map(str::to_owned)
    );
    let own = format!("{list}/{}", sid(&made));
    let without = client.post(&own, &[("Timers.Inactive", ""), ("Timers.Closed", "")]).await.ok();
    assert_eq!(without["timers"], json!({}));
    for (name, value) in [("Timers.Inactive", "PT5S"), ("Timers.Closed", "soon"), ("State", "asleep")] {
        let refused = client.post(&own, &[(name, value)]).await;
        assert_eq!(refused.refusal(), (400, 20001), "{name}");
        assert!(refused.message().contains(name), "{}", refused.text);
    }
    assert_eq!(client.post(&own, &[("State", "closed")]).await.ok()["state"], "closed");
    assert_eq!(client.post(&format!("{own}/Messages"), &[("Body", "late")]).await.refusal(), (400, 20001));
    let closed = client.get(&format!("{list}?State=closed&StartDate=2026-11-22")).await.ok();
    assert_eq!(closed["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(&format!("{list}?State=active")).await.ok()["conversations"], json!([]));
}

#[tokio::test]
async fn a_pair_of_addresses_and_an_identity_take_part_once() {
    let client = Client::new().await;
    let first = conversation(&client).await;
    let bound = client.post(&format!("{first}/Participants"), &PAIR).await.ok();
    assert_eq!(
        bound["messaging_binding"],
        json!({ "type": "sms", "address": "+15551230001", "proxy_address": "+15555550100" })
    );
    let second = conversation(&client).await;
    let taken = client.post(&format!("{second}/Participants"), &PAIR).await;
    assert_eq!(taken.refusal(), (409, 50416));
    assert!(taken.message().contains(first.rsplit('/').next().unwrap()), "{}", taken.text);
    client.post(&first, &[("State", "closed")]).await.ok();
    client.post(&format!("{second}/Participants"), &PAIR).await.ok();
    let participants = format!("{second}/Participants");
    let ann = client.post(&participants, &[("Identity", "ann")]).await.ok();
    assert!(ann["role_sid"].is_string());
    assert_eq!(client.post(&participants, &[("Identity", "ann")]).await.refusal(), (409, 50433));
    let read = client.post(&format!("{participants}/ann"), &[("LastReadMessageIndex", "3")]).await.ok();
    assert_eq!((&read["sid"], &read["last_read_message_index"]), (&ann["sid"], &3.into()));
    for form in [vec![], vec![("Identity", "bob"), PAIR[0], PAIR[1]], vec![PAIR[0]]] {
        assert_eq!(client.post(&participants, &form).await.refusal(), (400, 20001), "{form:?}");
    }
    let found = format!("{BASE}/ParticipantConversations?Address=%2B15551230001");
    let states = client.get(&found).await.ok()["conversations"].as_array().unwrap().clone();
    assert_eq!(states.iter().map(|it| &it["conversation_state"]).collect::<Vec<_>>(), ["active", "closed"]);
    assert_eq!(client.delete(&format!("{participants}/ann")).await.status, 204);
}

#[tokio::test]
async fn messages_are_listed_both_ways_changed_and_removed() {
    let client = Client::new().await;
    let messages = format!("{}/Messages", conversation(&client).await);
    for body in ["one", "two", "three"] {
        client.post(&messages, &[("Body", body), ("Author", "ann")]).await.ok();
    }
    let bodies = async |query: &str| -> Vec<Value> {
        let page = client.get(&format!("{messages}?{query}")).await.ok();
        page["messages"].as_array().unwrap().iter().map(|message| message["body"].clone()).collect()
    };
    assert_eq!(bodies("").await, ["one", "two", "three"]);
    assert_eq!(bodies("Order=desc&PageSize=2").await, ["three", "two"]);
    let page = client.get(&format!("{messages}?PageSize=2")).await.ok();
    let next = client.get(page["meta"]["next_page_url"].as_str().unwrap()).await.ok();
    assert_eq!(next["messages"][0]["index"], 2);
    let own = next["messages"][0]["url"].as_str().unwrap();
    assert_eq!(client.post(own, &[("Body", "3"), ("Attributes", "{}")]).await.ok()["body"], "3");
    assert_eq!(client.delete(own).await.status, 204);
    assert_eq!(bodies("").await, ["one", "two"]);
    assert_eq!(client.post(&messages, &[("Attributes", "[1]")]).await.refusal(), (400, 20001));
    assert_eq!(client.get(&format!("{messages}?Order=sideways")).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn several_take_part_from_the_beginning() {
    let client = Client::new().await;
    let path = format!("{BASE}/ConversationWithParticipants");
    let ann = r#"{"identity": "ann", "attributes": "{\"vip\": true}"}"#;
    let phone = r#"{"messaging_binding": {"address": "+15551230001", "proxy_address": "+15555550100"}}"#;
    let made =
        client.post(&path, &[("FriendlyName", "Both"), ("Participant", ann), ("Participant", phone)]).await;
    assert_eq!(made.status, 202);
    let list = made.ok()["links"]["participants"].as_str().unwrap().to_owned();
    let participants = client.get(&list).await.ok()["participants"].as_array().unwrap().clone();
    assert_eq!(participants[0]["attributes"], "{\"vip\": true}");
    assert_eq!(participants[1]["messaging_binding"]["address"], "+15551230001");
    assert_eq!(client.post(&path, &[("FriendlyName", "Nobody")]).await.status, 201);
    let eleven = vec![("Participant", ann); 11];
    assert_eq!(client.post(&path, &eleven).await.refusal(), (400, 20001));
    assert_eq!(client.post(&path, &[("Participant", "ann")]).await.refusal(), (400, 20001));
}

#[tokio::test]
async fn webhooks_keep_what_a_change_leaves_out() {
    let client = Client::new().await;
    let webhooks = format!("{}/Webhooks", conversation(&client).await);
    let form = [
        ("Target", "webhook"),
        ("Configuration.Url", "https://example.com/one"),
        ("Configuration.Method", "get"),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.Filters", "onParticipantAdded"),
    ];
    let made = client.post(&webhooks, &form).await.ok();
    let own = made["url"].as_str().unwrap();
    let changed = client.post(own, &[("Configuration.Url", "https://example.com/two")]).await.ok();
    assert_eq!(
        changed["configuration"],
        json!({
            "url": "https://example.com/two", "method": "GET", "filters": ["onMessageAdded", "onParticipantAdded"],
        })
    );
    for form in [
        vec![("Target", "pigeon")],
        vec![("Target", "webhook")],
        vec![("Target", "studio"), ("Configuration.FlowSid", "FW1")],
        vec![("Target", "trigger"), ("Configuration.Url", "https://example.com")],
    ] {
        assert_eq!(client.post(&webhooks, &form).await.refusal(), (400, 20001), "{form:?}");
    }
    let global = format!("{BASE}/Configuration/Webhooks");
    let form = [
        ("Filters", "onmessageadd"),
        ("Filters", "onUserAdded"),
        ("PreWebhookUrl", "https://example.com/pre"),
    ];
    let set = client.post(&global, &form).await.ok();
    assert_eq!(set["filters"], json!(["onMessageAdd", "onUserAdded"]));
    assert_eq!(client.post(&global, &[("Filters", "onPigeon")]).await.refusal(), (400, 20001));
    assert_eq!(client.post(&global, &[("PreWebhookUrl", "")]).await.ok()["pre_webhook_url"], Value::Null);
}

#[tokio::test]
async fn a_user_sees_what_is_unread() {
    let client = Client::new().await;
    let conversation = conversation(&client).await;
    client.post(&format!("{conversation}/Participants"), &[("Identity", "ann")]).await.ok();
    for body in ["one", "two"] {
        client.post(&format!("{conversation}/Messages"), &[("Body", body)]).await.ok();
    }
    let own = format!("{BASE}/Users/ann/Conversations/{}", conversation.rsplit('/').next().unwrap());
    assert_eq!(client.get(&own).await.ok()["unread_messages_count"], 2);
    let form = [("LastReadMessageIndex", "0"), ("NotificationLevel", "muted")];
    let read = client.post(&own, &form).await.ok();
    assert_eq!((&read["unread_messages_count"], &read["notification_level"]), (&1.into(), &"muted".into()));
    let all = client.get(&format!("{BASE}/Users/ann/Conversations")).await.ok();
    assert_eq!(all["conversations"][0]["last_read_message_index"], 0);
    assert_eq!(client.delete(&own).await.status, 204);
    assert_eq!(client.get(&own).await.refusal(), (404, 20404));
    assert_eq!(client.post(&format!("{BASE}/Users"), &[("Identity", "ann")]).await.refusal(), (409, 20409));
}

#[tokio::test]
async fn an_address_is_configured_once_and_by_its_kind() {
    let client = Client::new().await;
    let addresses = format!("{BASE}/Configuration/Addresses");
    let form = [
        ("Type", "SMS"),
        ("Address", "+1 (555) 555-0100"),
        ("AutoCreation.Enabled", "true"),
        ("AutoCreation.Type", "webhook"),
        ("AutoCreation.WebhookUrl", "https://example.com/hook"),
        ("AutoCreation.WebhookFilters", "onMessageAdded"),
    ];
    let made = client.post(&addresses, &form).await.ok();
    assert_eq!((&made["address"], &made["type"]), (&"+15555550100".into(), &"sms".into()));
    assert_eq!(client.post(&addresses, &form).await.refusal(), (409, 20409));
    let by_address = format!("{addresses}/%2B15555550100");
    let off = client.post(&by_address, &[("AutoCreation.Enabled", "false")]).await.ok();
    assert_eq!(off["auto_creation"]["webhook_url"], "https://example.com/hook");
    assert_eq!(off["auto_creation"]["enabled"], false);
    for form in [
        vec![("Type", "whatsapp"), ("Address", "+15555550101")],
        vec![("Type", "sms"), ("Address", "+15555550101"), ("AutoCreation.Type", "studio")],
        vec![
            ("Type", "sms"),
            ("Address", "+15555550101"),
            ("AutoCreation.Type", "studio"),
            ("AutoCreation.StudioFlowSid", "FW00000000000000000000000000000001"),
        ],
    ] {
        assert_eq!(client.post(&addresses, &form).await.refusal(), (400, 20001), "{form:?}");
    }
}

#[tokio::test]
async fn a_service_goes_with_all_that_is_in_it_but_never_the_default_one() {
    let client = Client::new().await;
    let made = client.post(&format!("{BASE}/Services"), &[("FriendlyName", "Sales")]).await.ok();
    let own = made["url"].as_str().unwrap();
    let inside = client.post(&format!("{own}/Conversations"), &[("UniqueName", "a")]).await.ok();
    client.post(&format!("{BASE}/Conversations"), &[("UniqueName", "a")]).await.ok();
    assert_eq!(client.get(&format!("{own}/Roles")).await.ok()["roles"].as_array().unwrap().len(), 4);
    let configuration = client.get(&format!("{own}/Configuration")).await.ok();
    let role = configuration["default_conversation_role_sid"].as_str().unwrap();
    assert_eq!(client.delete(&format!("{own}/Roles/{role}")).await.refusal(), (409, 20409));
    let wrong = [("DefaultChatServiceRoleSid", role)];
    assert_eq!(client.post(&format!("{own}/Configuration"), &wrong).await.refusal(), (400, 20001));
    assert_eq!(client.delete(own).await.status, 204);
    assert_eq!(client.get(inside["url"].as_str().unwrap()).await.refusal(), (404, 20404));
    let account = client.get(&format!("{BASE}/Configuration")).await.ok();
    let default = format!("{BASE}/Services/{}", account["default_chat_service_sid"].as_str().unwrap());
    assert_eq!(client.delete(&default).await.refusal(), (409, 20409));
}

#[tokio::test]
async fn the_header_that_has_webhooks_told_is_true_or_false() {
    let client = Client::new().await;
    let path = format!("{BASE}/Conversations");
    for (value, status) in [("true", 201), ("FALSE", 201), ("maybe", 400)] {
        let headers = [("X-Twilio-Webhook-Enabled", value)];
        assert_eq!(client.send(Method::POST, &path, &[], &headers).await.status, status, "{value}");
    }
}

/// Creates a conversation and returns its path.
async fn conversation(client: &Client) -> String {
    let made = client.post(&format!("{BASE}/Conversations"), &[("FriendlyName", "Order 7")]).await.ok();
    format!("{BASE}/Conversations/{}", sid(&made))
}

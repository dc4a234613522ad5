//! Every operation that the published description of Conversations v1 names exists, and its reply is of the described
//! shape.

use axum::http::Method;
use conversation::{DeliveryReport, DeliveryStatus};
use serde_json::Value;
use store::{PushBinding, Unit, resources};

use api::Platform;

use crate::client::{ACCOUNT, Answer, Client, asking_flow, sid};
use crate::openapi::{descriptions, misfits};

const BASE: &str = "/conversations/v1";

#[tokio::test]
async fn every_described_operation_answers_in_the_described_shape() {
    let Some(folder) = descriptions() else {
        eprintln!("left out: the published API descriptions are not there");
        return;
    };
    let text = std::fs::read_to_string(folder.join("twilio_conversations_v1.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut problems = Vec::new();
    let mut count = 0;
    // Reading changes nothing: one scene serves all of it.
    let shared = Scene::set().await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let operation = &item[method.as_str().to_lowercase()];
            if operation.is_null() {
                continue;
            }
            count += 1;
            let (status, response) = operation["responses"].as_object().unwrap().iter().next().unwrap();
            let answer = match method {
                Method::GET => shared.carry_out(&method, path).await,
                _ => Scene::set().await.carry_out(&method, path).await,
            };
            let mut found = Vec::new();
            if answer.status.as_str() != status {
                found.push(format!("answers {} {}", answer.status, answer.text));
            } else if let Some(schema) = response["content"]["application/json"].get("schema") {
                misfits(&document, schema, &answer.json(), "", &mut found);
            }
            problems.extend(found.into_iter().map(|problem| format!("{method} {path}: {problem}")));
        }
    }
    assert_eq!((count, problems), (103, Vec::<String>::new()));
}

/// One thing of each kind, in the account's own service, and a service beside it.
struct Scene {
    client: Client,
    flow: String,
    /// Placeholders of paths and the SIDs that stand there, the longest first.
    sids: Vec<(&'static str, String)>,
}

impl Scene {
    async fn set() -> Self {
        let client = Client::new().await;
        let flow = client.flow(&asking_flow()).await.rsplit('/').next().unwrap().to_owned();
        let made = async |tail: &str, form: &[(&str, &str)]| {
            sid(&client.post(&format!("{BASE}{tail}"), form).await.ok())
        };
        let other_service = made("/Services", &[("FriendlyName", "Another")]).await;
        let conversation = made("/Conversations", &[("FriendlyName", "Described")]).await;
        let at = |tail: &str| format!("/Conversations/{conversation}/{tail}");
        let binding =
            [("MessagingBinding.Address", "+15551230001"), ("MessagingBinding.ProxyAddress", "+15555550100")];
        let behind_address = made(&at("Participants"), &binding).await;
        let participant = made(&at("Participants"), &[("Identity", "ann")]).await;
        let message = made(&at("Messages"), &[("Author", "ann"), ("Body", "Hello")]).await;
        let hook = [("Target", "webhook"), ("Configuration.Url", "https://example.com/hook")];
        let webhook = made(&at("Webhooks"), &hook).await;
        let role =
            [("FriendlyName", "reader"), ("Type", "conversation"), ("Permission", "leaveConversation")];
        let role = made("/Roles", &role).await;
        let credential = made("/Credentials", &[("Type", "fcm")]).await;
        let address = made("/Configuration/Addresses", &[("Type", "sms"), ("Address", "+15555550100")]).await;
        let user = sid(&client.get(&format!("{BASE}/Users/ann")).await.ok());
        client
            .platform
            .report(
                conversation.parse().unwrap(),
                DeliveryReport {
                    message_sid: message.parse().unwrap(),
                    participant_sid: behind_address.parse().unwrap(),
                    channel_message_sid: Some("SM00000000000000000000000000000001".into()),
                    status: DeliveryStatus::Delivered,
                    error_code: None,
                },
            )
            .await;
        let receipts =
            client.get(&format!("{BASE}{}/Receipts", at(&format!("Messages/{message}")))).await.ok();
        let service = client.get(&format!("{BASE}/Configuration")).await.ok()["default_chat_service_sid"]
            .as_str()
            .unwrap()
            .to_owned();
        let sids = vec![
            ("/Services/{ChatServiceSid}", format!("/Services/{service}")),
            ("/Services/{Sid}", format!("/Services/{other_service}")),
            ("{ConversationSid}", conversation.clone()),
            ("/Conversations/{Sid}", format!("/Conversations/{conversation}")),
            ("/Participants/{Sid}", format!("/Participants/{participant}")),
            ("{MessageSid}", message.clone()),
            ("/Messages/{Sid}", format!("/Messages/{message}")),
            ("/Receipts/{Sid}", format!("/Receipts/{}", sid(&receipts["delivery_receipts"][0]))),
            ("/Webhooks/{Sid}", format!("/Webhooks/{webhook}")),
            ("/Roles/{Sid}", format!("/Roles/{role}")),
            ("/Credentials/{Sid}", format!("/Credentials/{credential}")),
            ("/Addresses/{Sid}", format!("/Addresses/{address}")),
            ("{UserSid}", user.clone()),
            ("/Users/{Sid}", format!("/Users/{user}")),
            ("/Bindings/{Sid}", format!("/Bindings/{}", bind(&client, &service).await)),
        ];
        Self { client, flow, sids }
    }

    async fn carry_out(&self, method: &Method, path: &str) -> Answer {
        let concrete =
            self.sids.iter().fold(path.to_owned(), |path, (variable, sid)| path.replace(variable, sid));
        let query = if concrete.ends_with("/ParticipantConversations") { "?Identity=ann" } else { "" };
        let path = format!("/conversations{concrete}{query}");
        let form = if *method == Method::POST { self.form(&concrete) } else { vec![] };
        self.client.send(method.clone(), &path, &form, &[("X-Twilio-Webhook-Enabled", "true")]).await
    }

    /// Everything that the operation takes, and a little that it passes over.
    fn form(&self, path: &str) -> Vec<(&str, &str)> {
        let kind = match path {
            _ if path.contains("/Roles") => "service",
            _ if path.contains("/Credentials") => "apn",
            _ => "whatsapp",
        };
        let target = if path.contains("/Conversations/") { "studio" } else { "flex" };
        let filter = if path.contains("/Addresses") { "onMessageAdded" } else { "onUserAdded" };
        vec![
            ("FriendlyName", "Changed"),
            ("UniqueName", "described"),
            ("Attributes", "{\"tier\": 1}"),
            ("Timers.Inactive", "PT5M"),
            ("Timers.Closed", "P1D"),
            ("DefaultInactiveTimer", "PT5M"),
            ("DefaultClosedTimer", "P1D"),
            ("Bindings.Email.Address", "desk@example.com"),
            ("Identity", "bob"),
            ("Author", "bob"),
            ("Body", "Good day"),
            ("LastReadMessageIndex", "0"),
            ("NotificationLevel", "muted"),
            ("Type", kind),
            ("Permission", "createConversation"),
            ("Target", target),
            ("Filters", filter),
            ("Configuration.FlowSid", &self.flow),
            ("Configuration.Url", "https://example.com/other"),
            ("Address", "whatsapp:+15555550101"),
            ("AutoCreation.Enabled", "true"),
            ("AutoCreation.Type", "studio"),
            ("AutoCreation.StudioFlowSid", &self.flow),
            ("PreWebhookUrl", "https://example.com/pre"),
            ("NewMessage.Enabled", "true"),
            ("ReachabilityEnabled", "true"),
        ]
    }
}

/// Binds a device, which no request by REST can.
async fn bind(client: &Client, service: &str) -> String {
    let mut tick = client.platform.tick();
    let binding = PushBinding {
        sid: tick.sid(),
        account_sid: ACCOUNT.parse().unwrap(),
        service_sid: service.parse().unwrap(),
        credential_sid: None,
        endpoint: "a device".into(),
        identity: "ann".into(),
        binding_type: "fcm".into(),
        message_types: vec!["new_message".into()],
        date_created: tick.now,
        date_updated: tick.now,
    };
    client.platform.store.commit(Unit::new().with(resources::insert(&binding))).await.unwrap();
    binding.sid.to_string()
}

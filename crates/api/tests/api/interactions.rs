//! Interactions and web chats by REST: from the customer's conversation to the agent's wrap-up.

use axum::http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, sid};
use crate::openapi::{descriptions, misfits};

const BASE: &str = "/flex-api/v1/Interactions";
const CONVERSATIONS: &str = "/conversations/v1";

#[tokio::test]
async fn an_agent_accepts_hands_on_and_ends_a_conversation() {
    let scene = Scene::set().await;
    let made = scene.begin().await;
    assert_eq!(made["routing"]["properties"]["assignment_status"], "reserved");
    let attributes: Value =
        serde_json::from_str(made["routing"]["properties"]["attributes"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&attributes["conversationSid"], &attributes["channelType"], &attributes["customerName"]),
        (&scene.conversation.as_str().into(), &"sms".into(), &"Ann".into())
    );
    let again = scene.post().await;
    assert_eq!(again.refusal(), (400, 20001), "the conversation is with agents already");
    let channel = scene.channel(&made);
    assert_eq!(scene.client.get(&channel).await.ok()["status"], "active");
    let invite = scene.client.get(&format!("{channel}/Invites")).await.ok()["invites"][0].clone();
    let task = made["routing"]["properties"]["sid"].as_str().unwrap();
    let answer = scene.answer(task).await;
    let own = invite["url"].as_str().unwrap();
    let wrong = scene.client.post(own, &[("Action", "shrug"), ("Routing", answer.as_str())]).await;
    assert_eq!(wrong.refusal(), (400, 20001));
    let accepted = scene.client.post(own, &[("Action", "accept"), ("Routing", answer.as_str())]).await.ok();
    assert_eq!(accepted["status"], "accepted");
    let agent = scene.agent(&channel).await;
    assert_eq!(agent["routing_properties"]["task_sid"], task);
    let transfer =
        json!({ "from": agent["sid"], "to": scene.queue, "type": "warm", "note": "Speaks German" });
    let headers = [("content-type", "application/json")];
    let path = format!("{channel}/Transfers");
    let handed =
        scene.client.send_body(axum::http::Method::POST, &path, transfer.to_string(), &headers).await;
    assert_eq!(
        (handed.status.as_u16(), &handed.json()["status"]),
        (201, &"active".into()),
        "{}",
        handed.text
    );
    let off = handed.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(scene.client.post(&off, &[("Status", "failed")]).await.ok()["status"], "failed");
    let form = [("Status", "closed"), ("Routing", r#"{"status": "closed"}"#)];
    assert_eq!(scene.client.post(&channel, &form).await.ok()["status"], "closed");
    let conversation = format!("{CONVERSATIONS}/Conversations/{}", scene.conversation);
    assert_eq!(scene.client.get(&conversation).await.ok()["state"], "closed");
}

#[tokio::test]
async fn what_an_agent_sends_again_with_the_same_key_is_there_once() {
    let scene = Scene::set().await;
    let alice = scene.person("alice").await;
    scene.accept(&scene.begin().await).await;
    let desk = format!("/v1/desk/conversations/{}", scene.conversation);
    let (text, file) = (format!("{desk}/messages"), format!("{desk}/media?Filename=a.txt"));
    let form = ("content-type", "application/x-www-form-urlencoded");
    for key in ["1", "1", "2"] {
        let key = ("idempotency-key", key);
        alice.send_body(Method::POST, &text, "Body=Hello".to_owned(), &[form, key]).await.ok();
        let key = ("idempotency-key", if key.1 == "1" { "3" } else { "4" });
        let plain = ("content-type", "text/plain");
        alice.send_body(Method::POST, &file, "content".to_owned(), &[plain, key]).await.ok();
    }
    let found = alice.get(&desk).await.ok();
    let messages = found["messages"].as_array().unwrap();
    let texts = messages.iter().filter(|message| message["body"] == "Hello").count();
    assert_eq!((texts, messages.len()), (2, 4));
    let long = "x".repeat(129);
    let headers = [form, ("idempotency-key", long.as_str())];
    let refused = alice.send_body(Method::POST, &text, "Body=Hello".to_owned(), &headers).await;
    assert_eq!(refused.refusal(), (400, 20001));
}

#[tokio::test]
async fn a_conversation_opens_to_the_person_whose_worker_takes_part_and_to_nobody_else() {
    let scene = Scene::set().await;
    let (alice, eve) = (scene.person("alice").await, scene.person("eve").await);
    let desk = format!("/v1/desk/conversations/{}", scene.conversation);
    let made = scene.begin().await;
    assert_eq!(alice.get(&desk).await.status, 404, "an offer does not open it");
    scene.accept(&made).await;

    let written = alice.post(&format!("{desk}/messages"), &[("Body", "Hello"), ("Author", "eve")]).await.ok();
    assert_eq!((&written["messages"][0]["author"], &written["identity"]), (&"alice".into(), &"alice".into()));
    let noted = alice.post(&format!("{desk}/notes"), &[("Body", "Speaks German")]).await.ok();
    assert_eq!(noted["notes"][0]["body"], "Speaks German");
    assert_eq!(noted["messages"].as_array().unwrap().len(), 1, "the customer does not see notes");
    alice.post(&format!("{desk}/read"), &[("Index", "0")]).await;
    let read = alice.get(&desk).await.ok();
    let own = read["participants"].as_array().unwrap().iter().find(|it| it["identity"] == "alice").unwrap();
    assert_eq!(own["last_read_message_index"], 0);
    for stranger in [&eve, &scene.client] {
        let status = stranger.get(&desk).await.status.as_u16();
        assert!([403, 404].contains(&status), "{status}");
        assert!(stranger.post(&format!("{desk}/messages"), &[("Body", "Hi")]).await.status.is_client_error());
    }
    let (typing, files) = (format!("{desk}/typing"), format!("{desk}/media?Filename=a.svg"));
    assert_eq!(alice.post(&typing, &[]).await.status, 204);
    assert_eq!(scene.client.post(&typing, &[("Identity", "ann")]).await.status, 204);
    let drawing = "<svg onload=alert(1)>".to_owned();
    let svg = [("content-type", "image/svg+xml")];
    let sent = alice.send_body(Method::POST, &files, drawing.clone(), &svg).await.ok();
    let media = format!("{desk}/media/{}", sid(&sent["messages"][1]["media"][0]));
    let fetched = alice.get(&media).await;
    assert_eq!(fetched.text, drawing);
    assert_eq!(fetched.headers["content-type"], "application/octet-stream", "no browser draws it");
    assert_eq!(fetched.headers["content-disposition"], "attachment; filename*=UTF-8''a%2Esvg");
    assert_eq!(scene.client.get(&media).await.text, drawing, "the account has every conversation");
    assert_eq!(eve.post(&typing, &[]).await.status, 404);
    assert_eq!(eve.get(&media).await.status, 404);
    assert_eq!(eve.send_body(Method::POST, &files, drawing.clone(), &svg).await.status, 404);
    assert_eq!(alice.send_body(Method::POST, &files, String::new(), &svg).await.refusal(), (400, 20001));
    assert_eq!(alice.post(&format!("{desk}/end"), &[]).await.ok()["has_left"], true);
    let after = alice.send_body(Method::POST, &files, drawing, &svg).await;
    assert_eq!(after.refusal(), (403, 20403));
    let late = alice.post(&format!("{desk}/messages"), &[("Body", "One more thing")]).await;
    assert_eq!(late.refusal(), (403, 20403));
    assert_eq!(alice.get(&desk).await.ok()["state"], "closed", "who took part may read it");
}

#[tokio::test]
async fn what_an_interaction_lacks_is_named_and_leaves_no_conversation_behind() {
    let scene = Scene::set().await;
    let routing = scene.routing();
    let nobody = r#"{"type": "sms", "initiated_by": "customer"}"#;
    let unknown = r#"{"type": "pigeon", "initiated_by": "api"}"#;
    let agent = r#"{"type": "sms", "initiated_by": "agent",
        "participants": [{"address": "+15551230009", "proxy_address": "+15555550100"}]}"#;
    for (channel, routing, part) in [
        (nobody, routing.as_str(), "media_channel_sid"),
        (unknown, routing.as_str(), "pigeon"),
        ("[]", routing.as_str(), "Channel"),
        (agent, routing.as_str(), "queue_sid and worker_sid"),
        (agent, "{}", "workspace_sid"),
    ] {
        let refused = scene.client.post(BASE, &[("Channel", channel), ("Routing", routing)]).await;
        assert_eq!(refused.refusal(), (400, 20001), "{channel}");
        assert!(refused.message().contains(part), "{}", refused.text);
    }
    let all = scene.client.get(&format!("{CONVERSATIONS}/Conversations")).await.ok();
    assert_eq!(all["conversations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn replies_of_interactions_fit_the_published_description() {
    let Some(folder) = descriptions() else {
        eprintln!("left out: the published API descriptions are not there");
        return;
    };
    let text = std::fs::read_to_string(folder.join("twilio_flex_v1.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let scene = Scene::set().await;
    let made = scene.begin().await;
    let channel = scene.channel(&made);
    let invites = scene.client.get(&format!("{channel}/Invites")).await.ok();
    let answer = scene.answer(made["routing"]["properties"]["sid"].as_str().unwrap()).await;
    let own = invites["invites"][0]["url"].as_str().unwrap();
    scene.client.post(own, &[("Action", "accept"), ("Routing", answer.as_str())]).await.ok();
    let supervisor = [("Type", "supervisor"), ("MediaProperties", r#"{"identity": "sue"}"#)];
    let supervisor = scene.client.post(&format!("{channel}/Participants"), &supervisor).await.ok();
    let agent = scene.agent(&channel).await;
    let form = [("From", agent["sid"].as_str().unwrap()), ("To", scene.queue.as_str()), ("Type", "warm")];
    let transfer = scene.client.post(&format!("{channel}/Transfers"), &form).await.ok();
    let left = scene.client.post(supervisor["url"].as_str().unwrap(), &[("Status", "closed")]).await.ok();
    let mut found = Vec::new();
    for (schema, reply) in [
        ("flex.v1.interaction", scene.client.get(made["url"].as_str().unwrap()).await.ok()),
        ("flex.v1.interaction", scene.client.post(made["url"].as_str().unwrap(), &[]).await.ok()),
        ("flex.v1.interaction.interaction_channel", scene.client.get(&channel).await.ok()),
        ("flex.v1.interaction.interaction_channel.interaction_channel_invite", invites["invites"][0].clone()),
        ("flex.v1.interaction.interaction_channel.interaction_channel_participant", left),
        ("flex.v1.interaction.interaction_channel.interaction_transfer", transfer),
    ] {
        misfits(&document, &document["components"]["schemas"][schema], &reply, schema, &mut found);
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn every_described_operation_of_interactions_and_web_chats_is_there() {
    let Some(folder) = descriptions() else {
        eprintln!("left out: the published API descriptions are not there");
        return;
    };
    let scene = Scene::set().await;
    let made = scene.begin().await;
    scene.accept(&made).await;
    let (interaction, channel) = (sid(&made), sid(&made["channel"]));
    let agent = sid(&scene.agent(&scene.channel(&made)).await);
    let form = [("From", agent.as_str()), ("To", scene.queue.as_str()), ("Type", "warm")];
    let transfer = sid(&scene.client.post(&format!("{}/Transfers", scene.channel(&made)), &form).await.ok());
    let (mut count, mut missing) = (0, Vec::new());
    for (file, prefix) in [("twilio_flex_v1", "/v1/Interactions"), ("twilio_flex_v2", "/v2/WebChats")] {
        let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let paths = document["paths"].as_object().unwrap().iter();
        for (path, item) in paths.filter(|(path, _)| path.starts_with(prefix)) {
            let concrete = path
                .replace("/Interactions/{Sid}", &format!("/Interactions/{interaction}"))
                .replace("{InteractionSid}", &interaction)
                .replace("/Channels/{Sid}", &format!("/Channels/{channel}"))
                .replace("{ChannelSid}", &channel)
                .replace("/Participants/{Sid}", &format!("/Participants/{agent}"))
                .replace("/Transfers/{Sid}", &format!("/Transfers/{transfer}"));
            for method in [Method::GET, Method::POST, Method::DELETE] {
                if item[method.as_str().to_lowercase()].is_null() {
                    continue;
                }
                count += 1;
                // What is missing in the form is said before anything else: 400, where there is an operation.
                let answer =
                    scene.client.send(method.clone(), &format!("/flex-api{concrete}"), &[], &[]).await;
                if [404, 405].contains(&answer.status.as_u16()) {
                    missing.push(format!("{method} {path}: {}", answer.text));
                }
            }
        }
    }
    assert_eq!((count, missing), (15, Vec::<String>::new()));
}

#[tokio::test]
async fn a_visitor_gets_a_conversation_and_a_token_for_it() {
    let client = Client::new().await;
    let path = "/flex-api/v2/WebChats";
    let addresses = format!("{CONVERSATIONS}/Configuration/Addresses");
    let form = [
        ("Type", "chat"),
        ("Address", "front-page"),
        ("AutoCreation.Type", "webhook"),
        ("AutoCreation.WebhookUrl", "https://example.com/hook"),
    ];
    let address = sid(&client.post(&addresses, &form).await.ok());
    let form = [
        ("AddressSid", address.as_str()),
        ("CustomerFriendlyName", "Ann"),
        ("PreEngagementData", r#"{"friendlyName": "Ann"}"#),
    ];
    let made = client.post(path, &form).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    let own = format!("{CONVERSATIONS}/Conversations/{}", made["conversation_sid"].as_str().unwrap());
    let attributes = client.get(&own).await.ok()["attributes"].as_str().unwrap().to_owned();
    assert_eq!(
        serde_json::from_str::<Value>(&attributes).unwrap(),
        json!({ "channel_type": "web", "from": "Ann", "pre_engagement_data": { "friendlyName": "Ann" } })
    );
    let participants = client.get(&format!("{own}/Participants")).await.ok();
    assert_eq!(participants["participants"][0]["identity"], made["identity"]);
    let webhooks = client.get(&format!("{own}/Webhooks")).await.ok();
    assert_eq!(webhooks["webhooks"][0]["configuration"]["url"], "https://example.com/hook");
    assert_eq!(made["token"].as_str().unwrap().split('.').count(), 3);
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(17_000));
    let refused = client.post(path, &[form[0], ("PreEngagementData", long.as_str())]).await;
    assert_eq!(refused.refusal(), (400, 45731));
    let unknown = [("AddressSid", "IG00000000000000000000000000000001")];
    assert_eq!(client.post(path, &unknown).await.refusal(), (400, 20001));
}

/// A workspace with an agent who waits, and a customer who wrote.
struct Scene {
    client: Client,
    workspace: String,
    queue: String,
    conversation: String,
}

impl Scene {
    async fn set() -> Self {
        let client = Client::new().await;
        let workspace = client.workspace().await;
        client.available_worker(&workspace, "alice").await;
        let queues = client.get(&format!("{workspace}/TaskQueues")).await.ok();
        let queue = sid(&queues["task_queues"][0]);
        let participant =
            r#"{"messaging_binding": {"address": "+15551230001", "proxy_address": "+15555550100"}}"#;
        let path = format!("{CONVERSATIONS}/ConversationWithParticipants");
        let conversation = sid(&client.post(&path, &[("Participant", participant)]).await.ok());
        Self { client, workspace, queue, conversation }
    }

    fn routing(&self) -> String {
        let workspace = self.workspace.rsplit('/').next();
        let attributes = json!({ "customerName": "Ann" });
        json!({ "properties": { "workspace_sid": workspace, "attributes": attributes } }).to_string()
    }

    async fn post(&self) -> Answer {
        let channel = json!({
            "type": "sms", "initiated_by": "customer",
            "properties": { "media_channel_sid": self.conversation },
        });
        let (channel, routing) = (channel.to_string(), self.routing());
        self.client.post(BASE, &[("Channel", &channel), ("Routing", &routing)]).await
    }

    async fn begin(&self) -> Value {
        self.post().await.ok()
    }

    fn channel(&self, made: &Value) -> String {
        format!("{BASE}/{}/Channels/{}", sid(made), sid(&made["channel"]))
    }

    /// Has the worker whom an interaction was offered to take its invite.
    async fn accept(&self, made: &Value) {
        let answer = self.answer(made["routing"]["properties"]["sid"].as_str().unwrap()).await;
        let invites = self.client.get(&format!("{}/Invites", self.channel(made))).await.ok();
        let invite = invites["invites"][0]["url"].as_str().unwrap();
        self.client.post(invite, &[("Action", "accept"), ("Routing", answer.as_str())]).await.ok();
    }

    /// Makes a login for the worker of this name, and returns the person as a caller.
    async fn person(&self, name: &str) -> Client {
        let workers = self.client.get(&format!("{}/Workers", self.workspace)).await.ok();
        let mut all = workers["workers"].as_array().unwrap().iter();
        let worker = match all.find(|it| it["friendly_name"] == name) {
            Some(worker) => sid(worker),
            None => sid(&self
                .client
                .post(&format!("{}/Workers", self.workspace), &[("FriendlyName", name)])
                .await
                .ok()),
        };
        let workspace = self.workspace.rsplit('/').next().unwrap();
        let (password, role) = (("Password", "correct horse"), ("Role", "agent"));
        let ties =
            [("Login", name), password, role, ("WorkspaceSid", workspace), ("WorkerSid", worker.as_str())];
        self.client.post("/v1/users", &ties).await.ok();
        self.client.as_caller(Some((name, "correct horse")))
    }

    /// Returns the routing by which the reservation of a task is answered.
    async fn answer(&self, task: &str) -> String {
        let path = format!("{}/Tasks/{task}/Reservations", self.workspace);
        let reservation = sid(&self.client.get(&path).await.ok()["reservations"][0]);
        json!({ "type": "taskrouter", "reservation": { "sid": reservation } }).to_string()
    }

    async fn agent(&self, channel: &str) -> Value {
        let all = self.client.get(&format!("{channel}/Participants")).await.ok();
        let found = all["participants"].as_array().unwrap().iter().find(|it| it["type"] == "agent");
        found.unwrap().clone()
    }
}

//! The web chat's protocol: who gets in, what is told to whom, and what becomes of attachments.

use axum::http::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bridge::browser::Socket;
use crate::client::{ACCOUNT, Answer, Client, TOKEN, sid};

const JSON: (&str, &str) = ("content-type", "application/json");

/// A visitor of the installation's one web chat.
struct Visitor {
    client: Client,
    /// The installation, as its account reaches it.
    account: Client,
    path: String,
    token: String,
}

#[tokio::test]
async fn a_deployment_takes_what_can_be_used_and_names_what_can_not() {
    let client = Client::new().await;
    let deployment = deployment(&client).await;
    let path = format!("/v1/webchat-deployments/{}", sid(&deployment));
    assert_eq!(deployment["allowed_origins"], json!([]));
    assert!(deployment["key"].as_str().unwrap().starts_with("webchat-"));
    for (name, value, part) in [
        ("AllowedOrigins", "shop.example", "https://www.example.com"),
        ("OpeningHours", "always", "Mon-Fri"),
        ("TimeZone", "Mars/Olympus", "Europe/Berlin"),
        ("Address", "+15550001", "webchat:shop"),
        ("Theme", r#"{"accent": "red; background: url(x)"}"#, "accent"),
        ("Theme", r#"{"weather": "fine"}"#, "weather"),
    ] {
        let answer = client.post(&path, &[(name, value)]).await;
        assert_eq!(answer.refusal(), (400, 20001), "{name}");
        assert!(answer.message().contains(part), "{}", answer.message());
    }
    let form = [("Theme", r##"{"accent": "#123456"}"##), ("RotateKey", "true")];
    let changed = client.post(&path, &form).await.ok();
    assert_eq!(changed["theme"], json!({ "accent": "#123456" }));
    assert_ne!(changed["key"], deployment["key"]);
    assert_eq!(client.get(&path).await.ok()["key"], changed["key"]);
}

#[tokio::test]
async fn a_token_opens_one_conversation_while_its_deployment_takes_visitors() {
    let visitor = Visitor::new().await;
    assert_eq!(visitor.get("").await.ok()["state"], "active");
    let neighbour = visitor.neighbour().await;
    let stranger = Visitor { token: neighbour.token, ..visitor.neighbour().await };
    assert_eq!(stranger.get("").await.refusal(), (404, 20404));
    let forger = Visitor { token: format!("{}x", visitor.token), ..visitor.neighbour().await };
    assert_eq!(forger.get("").await.refusal(), (401, 20101));
    let renewed = visitor.post("/token", json!({})).await.ok();
    assert_eq!(renewed["session_id"], visitor.path.rsplit('/').next().unwrap());
    let deployments = visitor.account.get("/v1/webchat-deployments").await.ok();
    let path = format!("/v1/webchat-deployments/{}", sid(&deployments["webchat_deployments"][0]));
    visitor.account.post(&path, &[("Enabled", "false")]).await.ok();
    assert_eq!(visitor.post("/messages", json!({ "body": "Hi" })).await.refusal(), (403, 20403));
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
    let visitor = Visitor::new().await;
    visitor.post("/messages", json!({ "body": "one" })).await.ok();
    visitor.post("/messages", json!({ "body": "two" })).await.ok();
    let base = visitor.serve().await;
    let mut first = visitor.listen(&base, "").await;
    assert_eq!(first.event().await["type"], "ready");
    assert_eq!(bodies(&mut first, 2).await, ["one", "two"]);
    visitor.post("/messages", json!({ "body": "three" })).await.ok();
    assert_eq!(bodies(&mut first, 1).await, ["three"]);
    let mut second = visitor.listen(&base, "&after=1").await;
    assert_eq!(second.event().await["type"], "ready");
    assert_eq!(bodies(&mut second, 1).await, ["three"]);
    visitor.post("/end", json!({})).await.ok();
    assert_eq!(first.event().await["type"], "ended");
    assert_eq!(second.event().await["type"], "ended");
    for refused in
        [visitor.post("/messages", json!({ "body": "four" })).await, visitor.post("/token", json!({})).await]
    {
        assert_eq!(refused.status, 400);
        assert!(refused.message().contains("is closed"), "{}", refused.message());
    }
    assert_eq!(visitor.post("/rating", json!({ "score": 6 })).await.refusal(), (400, 20001));
    visitor.post("/rating", json!({ "score": 5, "comment": "Good" })).await.ok();
    let transcript = visitor.get("/transcript").await;
    assert!(transcript.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(transcript.text.contains("Ada: one\n"), "{}", transcript.text);
}

#[tokio::test]
async fn who_claims_to_have_heard_more_than_was_written_hears_what_is_written_next() {
    let visitor = Visitor::new().await;
    let base = visitor.serve().await;
    for (number, written) in ["one", "two"].into_iter().enumerate() {
        let mut socket = visitor.listen(&base, "&after=18446744073709551615").await;
        assert_eq!(socket.event().await["type"], "ready", "{number} messages were written before");
        visitor.post("/messages", json!({ "body": written })).await.ok();
        assert_eq!(bodies(&mut socket, 1).await, [written]);
    }
}

#[tokio::test]
async fn a_visitor_hears_that_somebody_types_and_reads() {
    let visitor = Visitor::new().await;
    let base = visitor.serve().await;
    let mut socket = visitor.listen(&base, "").await;
    socket.event().await;
    let conversation = visitor.path.rsplit('/').next().unwrap();
    let path = format!("/v1/desk/conversations/{conversation}/typing");
    visitor.post("/typing", json!({})).await.ok();
    visitor.account.post(&path, &[("Identity", "alice")]).await.ok();
    let told = socket.event().await;
    assert_eq!((&told["type"], &told["name"]), (&json!("typing"), &json!("alice")), "not of oneself");
    assert_eq!(visitor.client.post(&path, &[("Identity", "x")]).await.refusal(), (401, 20003));
}

#[tokio::test]
async fn an_attachment_comes_and_goes_by_links_that_work_once() {
    let visitor = Visitor::new().await;
    let page = "<!doctype html><script>alert(1)</script>";
    let medium = visitor.upload("../page.html", page.as_bytes()).await.ok();
    assert_eq!((&medium["filename"], &medium["content_type"]), (&json!("page.html"), &json!("text/plain")));
    let sent = visitor.post("/messages", json!({ "media_sid": medium["sid"] })).await.ok();
    assert_eq!(sent["media"][0]["sid"], medium["sid"]);
    let link = format!("/attachments/{}/link", sid(&medium));
    let url = visitor.post(&link, json!({})).await.ok()["url"].as_str().unwrap().to_owned();
    let fetched = visitor.client.get(&url).await;
    assert_eq!(fetched.text, page);
    for (header, value) in [
        ("content-type", "text/plain"),
        ("content-disposition", "attachment; filename*=UTF-8''page%2Ehtml"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
    ] {
        assert_eq!(fetched.headers[header], value);
    }
    assert_eq!(visitor.client.get(&url).await.refusal(), (410, 20410));
    let conversation = visitor.path.rsplit('/').next().unwrap();
    let own = format!("/v1/desk/conversations/{conversation}/media/{}", sid(&medium));
    assert_eq!(visitor.account.get(&own).await.text, page);
}

#[tokio::test]
async fn attachments_that_are_too_large_or_programs_are_refused() {
    let visitor = Visitor::new().await;
    let too_large = json!({ "filename": "film.mp4", "size": 6_000_000 });
    assert_eq!(visitor.post("/attachments", too_large).await.refusal(), (413, 20413));
    assert_eq!(visitor.upload("setup.png", b"MZ\x90\x00\x03\x00").await.refusal(), (400, 20001));
    let lies = vec![b'a'; 5 * 1024 * 1024 + 1];
    assert_eq!(visitor.upload("a.txt", &lies).await.refusal(), (413, 20413));
    let other = visitor.neighbour().await.upload("a.txt", b"a").await.ok();
    let stolen = visitor.post("/messages", json!({ "media_sid": other["sid"] })).await;
    assert_eq!(stolen.refusal(), (400, 20001), "a medium that another visitor brought is no attachment");
}

#[tokio::test]
async fn what_a_visitor_says_before_has_a_size() {
    let client = Client::new().await;
    let key = deployment(&client).await["key"].clone();
    let said = json!({ "deployment_key": key, "pre_engagement_data": { "story": "x".repeat(17_000) } });
    let answer = client.send_body(Method::POST, "/webchat/v1/sessions", said.to_string(), &[JSON]).await;
    assert_eq!(answer.refusal(), (400, 45731));
    let unknown = json!({ "deployment_key": "webchat-0" }).to_string();
    let answer = client.send_body(Method::POST, "/webchat/v1/sessions", unknown, &[JSON]).await;
    assert_eq!(answer.refusal(), (403, 20403));
}

async fn deployment(client: &Client) -> Value {
    let form = [("FriendlyName", "Shop"), ("Address", "webchat:shop")];
    client.post("/v1/webchat-deployments", &form).await.ok()
}

/// Returns the texts of the next messages.
async fn bodies(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut bodies = Vec::new();
    while bodies.len() < count {
        let frame = socket.event().await;
        assert_eq!(frame["type"], "message", "{frame}");
        bodies.push(frame["message"]["body"].as_str().unwrap().to_owned());
    }
    bodies
}

impl Visitor {
    async fn new() -> Self {
        let account = Client::new().await;
        let key = deployment(&account).await["key"].clone();
        Self::begin(account, &key).await
    }

    /// Returns another visitor of the same installation.
    async fn neighbour(&self) -> Self {
        let account = self.account.as_caller(Some((ACCOUNT, TOKEN)));
        let listed = account.get("/v1/webchat-deployments").await.ok();
        Self::begin(account, &listed["webchat_deployments"][0]["key"]).await
    }

    async fn begin(account: Client, key: &Value) -> Self {
        let client = account.as_caller(None);
        let said = json!({ "deployment_key": key, "pre_engagement_data": { "friendlyName": "Ada" } });
        let begun =
            client.send_body(Method::POST, "/webchat/v1/sessions", said.to_string(), &[JSON]).await.ok();
        let path = format!("/webchat/v1/sessions/{}", begun["session_id"].as_str().unwrap());
        Self { client, account, path, token: begun["token"].as_str().unwrap().to_owned() }
    }

    async fn get(&self, tail: &str) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        self.client
            .send(Method::GET, &format!("{}{tail}", self.path), &[], &[("authorization", &bearer)])
            .await
    }

    async fn post(&self, tail: &str, body: Value) -> Answer {
        let (path, bearer) = (format!("{}{tail}", self.path), format!("Bearer {}", self.token));
        let headers = [JSON, ("authorization", bearer.as_str())];
        self.client.send_body(Method::POST, &path, body.to_string(), &headers).await
    }

    /// Announces a file as a small one, and brings it.
    async fn upload(&self, filename: &str, content: &[u8]) -> Answer {
        let announced = self.post("/attachments", json!({ "filename": filename, "size": 10 })).await.ok();
        let url = announced["upload_url"].as_str().unwrap();
        self.client.send_body(Method::PUT, url, content.to_vec(), &[]).await
    }

    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.client.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("ws://{address}")
    }

    async fn listen(&self, base: &str, query: &str) -> Socket {
        let url = format!("{base}{}/socket?token={}{query}", self.path, self.token);
        Socket::open(&url, None).await.unwrap()
    }
}

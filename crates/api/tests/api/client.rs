//! A caller of the API, and the installation that it calls.

use std::sync::Arc;

use api::{App, basic_authorization, encode_form};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::Timestamp;
use serde_json::Value;
use store::{Lease, Sqlite, Store};
use tower::ServiceExt;

use crate::fake::Fake;

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const TOKEN: &str = "token-of-the-account";
pub(crate) const PUBLIC_URL: &str = "https://calls.example";

/// An installation with nothing in it, and the account's credentials.
pub(crate) struct Client {
    pub(crate) platform: Arc<Fake>,
    router: Router,
    authorization: Option<String>,
    _folder: Arc<tempfile::TempDir>,
}

/// What a request was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// Returns the body of an answer that says yes.
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }

    /// Returns status and code of an answer that says no.
    pub(crate) fn refusal(&self) -> (u16, u64) {
        assert!(!self.status.is_success(), "{} {}", self.status, self.text);
        (self.status.as_u16(), self.json()["code"].as_u64().unwrap_or(0))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Client {
    pub(crate) async fn new() -> Self {
        Self::with(true).await
    }

    pub(crate) async fn with(is_development: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(Sqlite::open(&folder.path().join("patchboard.db")).unwrap());
        let lease = Lease {
            shard: "all".into(),
            owner: "test".into(),
            now: Timestamp::from_secs(0),
            expires_at: Timestamp::from_secs(i64::from(u32::MAX)),
            force: true,
        };
        store.acquire(lease).await.unwrap();
        let account = ACCOUNT.parse().unwrap();
        let platform = Arc::new(Fake::new(store.clone(), account));
        let router = api::router(App {
            platform: platform.clone(),
            devices: platform.clone(),
            store,
            account,
            auth_token: TOKEN.into(),
            public_url: PUBLIC_URL.into(),
            api_domain: None,
            is_development,
        });
        let authorization = Some(basic_authorization(ACCOUNT, TOKEN));
        Self { platform, router, authorization, _folder: Arc::new(folder) }
    }

    /// Returns a caller of the same installation with other credentials.
    pub(crate) fn as_caller(&self, credentials: Option<(&str, &str)>) -> Self {
        Self {
            platform: self.platform.clone(),
            router: self.router.clone(),
            authorization: credentials.map(|(name, secret)| basic_authorization(name, secret)),
            _folder: self._folder.clone(),
        }
    }

    /// Returns the APIs, to be served on a real socket.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], &[]).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, form, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], &[]).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let is_form = method == Method::POST && !headers.iter().any(|(name, _)| *name == "content-type");
        let mut headers = headers.to_vec();
        if is_form {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        self.send_body(method, path, encode_form(form), &headers).await
    }

    pub(crate) async fn send_body(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let path = path.strip_prefix(PUBLIC_URL).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(path);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Creates a workspace and returns its path.
    pub(crate) async fn workspace(&self) -> String {
        let form = [("FriendlyName", "Flex Task Assignment"), ("Template", "FIFO")];
        let made = self.post("/taskrouter/v1/Workspaces", &form).await.ok();
        format!("/taskrouter/v1/Workspaces/{}", sid(&made))
    }

    /// Creates a worker who takes tasks and returns its SID.
    pub(crate) async fn available_worker(&self, workspace: &str, name: &str) -> String {
        let activities = self.get(&format!("{workspace}/Activities?Available=true")).await.ok();
        let available = sid(&activities["activities"][0]);
        let form =
            [("FriendlyName", name), ("ActivitySid", available.as_str()), ("Attributes", r#"{"level": 3}"#)];
        sid(&self.post(&format!("{workspace}/Workers"), &form).await.ok())
    }

    /// Creates a published flow and returns its path.
    pub(crate) async fn flow(&self, definition: &Value) -> String {
        let definition = definition.to_string();
        let form = [("FriendlyName", "Greeting"), ("Status", "published"), ("Definition", &definition)];
        format!("/studio/v2/Flows/{}", sid(&self.post("/studio/v2/Flows", &form).await.ok()))
    }
}

/// Returns a resource's SID.
pub(crate) fn sid(resource: &Value) -> String {
    resource["sid"].as_str().unwrap_or_default().to_owned()
}

/// Returns a reply for comparison: each SID gives way to its prefix and a number, in the order of the text.
pub(crate) fn golden(reply: &Value) -> Value {
    let text = reply.to_string();
    let mut sids: Vec<&str> = Vec::new();
    let mut stable = text.clone();
    for (at, _) in text.char_indices() {
        let Some(word) = text.get(at..at + 34).filter(|word| is_sid(word) && *word != ACCOUNT) else {
            continue;
        };
        if !sids.contains(&word) {
            sids.push(word);
            stable = stable.replace(word, &format!("{}-{}", &word[..2], sids.len()));
        }
    }
    serde_json::from_str(&stable).unwrap()
}

fn is_sid(word: &str) -> bool {
    let (prefix, digits) = word.split_at(2);
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    prefix.bytes().all(|byte| byte.is_ascii_uppercase()) && digits.bytes().all(is_digit)
}

/// A flow that asks something and waits for the reply.
pub(crate) fn asking_flow() -> Value {
    serde_json::json!({
        "description": "Asks a question",
        "initial_state": "Trigger",
        "flags": { "allow_concurrent_calls": true },
        "states": [
            {
                "name": "Trigger",
                "type": "trigger",
                "transitions": [
                    { "event": "incomingMessage" },
                    { "event": "incomingCall" },
                    { "event": "incomingRequest", "next": "Ask" },
                ],
                "properties": { "offset": { "x": 0, "y": 0 } },
            },
            {
                "name": "Ask",
                "type": "send-and-wait-for-reply",
                "transitions": [
                    { "event": "incomingMessage" }, { "event": "timeout" }, { "event": "deliveryFailure" },
                ],
                "properties": {
                    "offset": { "x": 0, "y": 200 },
                    "body": "How are you?",
                    "from": "{{flow.channel.address}}",
                    "timeout": "3600",
                },
            },
        ],
    })
}

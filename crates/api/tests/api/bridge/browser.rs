//! A worker's browser, as the SDK behaves: a token, requests through the tunnel, and a real WebSocket.

use std::sync::Arc;

use api::Platform;
use axum::http::Method;
use futures::StreamExt;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::client::{ACCOUNT, Answer, Client, sid};
use crate::fake::Fake;

pub(crate) const PATH: &str = "/event-bridge/v1/wschannels";

/// A workspace with one available worker, and a key that signs the worker's tokens.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) workspace: String,
    pub(crate) worker: String,
    pub(crate) key: (String, String),
}

/// A connected socket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Browser {
    pub(crate) async fn new() -> Self {
        let client = Client::new().await;
        let workspace = client.workspace().await;
        let worker = client.available_worker(&workspace, "alice").await;
        let made = client.post(&format!("/2010-04-01/Accounts/{ACCOUNT}/Keys.json"), &[]).await.ok();
        let key = (sid(&made), made["secret"].as_str().unwrap().to_owned());
        Self { client, workspace, worker, key }
    }

    pub(crate) fn platform(&self) -> &Arc<Fake> {
        &self.client.platform
    }

    pub(crate) fn workspace_sid(&self) -> &str {
        self.workspace.rsplit('/').next().unwrap()
    }

    /// Returns the claims of a token for the worker that lasts for these seconds.
    pub(crate) fn claims(&self, role: &str, seconds: i64) -> Value {
        let now = self.platform().tick().now.as_secs();
        json!({
            "jti": "SK-1",
            "iss": self.key.0,
            "sub": ACCOUNT,
            "exp": now + seconds,
            "grants": {
                "identity": "alice",
                "task_router": {
                    "workspace_sid": self.workspace_sid(), "worker_sid": self.worker, "role": role,
                },
            },
        })
    }

    pub(crate) fn sign(&self, claims: &Value, algorithm: Algorithm) -> String {
        let header = Header { cty: Some("twilio-fpa;v=1".into()), ..Header::new(algorithm) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(self.key.1.as_bytes())).unwrap()
    }

    pub(crate) fn token(&self) -> String {
        self.sign(&self.claims("worker", 3600), Algorithm::HS256)
    }

    /// Sends a request through the tunnel as version 3 of the SDK does.
    pub(crate) async fn ask(&self, method: &str, tail: &str, params: Value) -> Answer {
        self.ask_as(&self.token(), method, tail, params).await
    }

    pub(crate) async fn ask_as(&self, token: &str, method: &str, tail: &str, params: Value) -> Answer {
        let url = format!("Workspaces/{}{tail}", self.workspace_sid());
        let body = json!({ "url": url, "method": method, "params": params, "token": token }).to_string();
        let headers =
            [("content-type", "text/plain;charset=UTF-8"), ("apiversion", "v1"), ("clientversion", "3.0.0")];
        self.client.as_caller(None).send_body(Method::POST, PATH, body, &headers).await
    }

    pub(crate) async fn payload(&self, method: &str, tail: &str, params: Value) -> Value {
        self.ask(method, tail, params).await.ok()["payload"].clone()
    }

    /// Returns the tail of the worker's own path.
    pub(crate) fn own(&self, tail: &str) -> String {
        format!("/Workers/{}{tail}", self.worker)
    }

    /// Creates a task that is offered to the worker, and returns its SID.
    pub(crate) async fn offered_task(&self) -> String {
        let form = [("Attributes", r#"{"name": "Bob"}"#)];
        sid(&self.client.post(&format!("{}/Tasks", self.workspace), &form).await.ok())
    }

    pub(crate) async fn activity(&self, name: &str) -> String {
        let path = format!("{}/Activities?FriendlyName={name}", self.workspace);
        sid(&self.client.get(&path).await.ok()["activities"][0])
    }

    /// Serves the APIs on a port, and returns the address of the bridge's socket.
    pub(crate) async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.client.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("ws://{address}{PATH}")
    }

    /// Connects to a bridge and takes its greeting.
    pub(crate) async fn connect(&self, bridge: &str, token: &str, options: &str) -> (Socket, Value) {
        let url = format!("{bridge}?token={token}&clientVersion=3.0.0{options}");
        let mut socket = Socket(connect_async(url).await.unwrap().0);
        let greeting = socket.event().await;
        (socket, greeting)
    }
}

impl Socket {
    /// Connects to a URL, with credentials where there are any.
    pub(crate) async fn open(url: &str, authorization: Option<&str>) -> Result<Self, Error> {
        let mut request = url.into_client_request()?;
        if let Some(authorization) = authorization {
            request.headers_mut().insert("authorization", authorization.parse().unwrap());
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// Returns the next event, past signs of life.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            let text = self.text().await;
            if !text.trim().is_empty() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Returns the types of the next events and the payload of the last, which has this type.
    pub(crate) async fn until(&mut self, wanted: &str) -> (Vec<String>, Value) {
        let mut types = Vec::new();
        loop {
            let event = self.event().await;
            let kind = event["event_type"].as_str().unwrap().to_owned();
            types.push(kind);
            if event["event_type"] == wanted {
                return (types, event["payload"].clone());
            }
        }
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("a text was expected, not {other:?}"),
        }
    }

    /// Returns why the server closes the socket, past what it still sends.
    pub(crate) async fn goodbye(&mut self) -> Option<CloseFrame> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                other => panic!("a close frame was expected, not {other:?}"),
            }
        }
    }
}

/// Returns the HTTP status with which a connection was refused.
pub(crate) async fn refused(url: String) -> u16 {
    match connect_async(url).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("a refusal was expected, not {:?}", other.map(|(_, response)| response)),
    }
}

//! The voice SDK's socket: the token that opens it, and frames both ways.

use api::{Device, FromDevice, ToDevice};
use futures::{SinkExt, StreamExt};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::bridge::browser::Browser;

const CALL: &str = "CA00000000000000000000000000000001";

#[tokio::test]
async fn a_token_with_a_voice_grant_opens_the_socket() {
    let mut page = Page::open().await;
    let grant = json!({ "incoming": { "allow": true }, "outgoing": { "application_sid": "AP1", "params": { "n": 1 } } });
    page.listen(grant).await;
    let greeting = page.frame().await;
    assert_eq!(greeting["type"], "connected");
    assert_eq!(greeting["payload"]["token"]["identity"], "alice");
    assert!((50..=60).contains(&greeting["payload"]["token"]["ttl"].as_u64().unwrap()));
    let (device, _said) = page.device();
    assert!(device.may_be_called);
    let outgoing = device.outgoing.unwrap();
    assert_eq!(outgoing.application.as_deref(), Some("AP1"));
    assert_eq!(outgoing.parameters, [("n".to_owned(), "1".to_owned())]);
    assert_eq!(device.reconnect_secs, 7);
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_in_the_protocols_own_code() {
    for (token, code) in [(Some("nonsense"), 31204), (None, 31201)] {
        let mut page = Page::open().await;
        let own = page.token(Value::Null);
        page.say(json!({ "type": "listen", "payload": { "token": token.unwrap_or(&own) } })).await;
        let refused = page.frame().await;
        assert_eq!(
            (refused["type"].as_str(), &refused["payload"]["error"]["code"]),
            (Some("error"), &json!(code))
        );
    }
    let mut page = Page::open().await;
    page.say(json!({ "type": "register", "payload": { "media": { "audio": true } } })).await;
    assert_eq!(page.frame().await["payload"]["error"]["code"], 31400);
}

#[tokio::test]
async fn what_a_device_says_and_is_told_goes_through_in_order() {
    let mut page = Page::open().await;
    page.listen(json!({ "incoming": { "allow": true } })).await;
    page.frame().await;
    let (device, mut said) = page.device();
    page.say(json!({ "type": "register", "payload": { "media": { "audio": true } } })).await;
    page.say(json!({ "type": "hangup", "payload": { "callsid": "TJS1" } })).await;
    assert_eq!(said.recv().await, Some(FromDevice::Register));
    assert_eq!(said.recv().await, Some(FromDevice::HangUp { call: "TJS1".to_owned() }));
    device.tell.send(ToDevice::Ready).await.unwrap();
    device.tell.send(ToDevice::Ringing { call: CALL.parse().unwrap(), sdp: None }).await.unwrap();
    assert_eq!(page.frame().await["type"], "ready");
    assert_eq!(
        page.frame().await,
        json!({ "type": "ringing", "version": "1.6", "payload": { "callsid": CALL } })
    );
    page.say(json!({ "type": "roger", "payload": {} })).await;
    assert_eq!(
        page.frame().await["payload"]["error"]["message"],
        "'roger' is not a message of this protocol"
    );
    drop(page.socket);
    assert_eq!(said.recv().await, None, "the calls learn that the device has gone");
}

/// A page with the SDK's socket, before its token was shown.
struct Page {
    browser: Browser,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Page {
    async fn open() -> Self {
        let browser = Browser::new().await;
        let bridge = browser.serve().await;
        let url = bridge.replace(crate::bridge::browser::PATH, "/signal");
        Self { browser, socket: connect_async(url).await.unwrap().0 }
    }

    fn token(&self, voice: Value) -> String {
        let mut claims = self.browser.claims("worker", 60);
        claims["grants"] = json!({ "identity": "alice", "voice": voice });
        self.browser.sign(&claims, Algorithm::HS256)
    }

    async fn listen(&mut self, voice: Value) {
        let token = self.token(voice);
        self.say(json!({ "type": "listen", "payload": { "token": token, "reconnectTimeout": 7 } })).await;
    }

    async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Returns the next frame, past signs of life.
    async fn frame(&mut self) -> Value {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) if text.trim().is_empty() => {}
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                other => panic!("a frame was expected, not {other:?}"),
            }
        }
    }

    fn device(&self) -> (Device, mpsc::Receiver<FromDevice>) {
        self.browser.platform().devices.lock().pop().unwrap()
    }
}

//! A fake provider: answers in the way of its dialect, and keeps what it was sent.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use carriers::{Carrier, Environment, Event, Inbox, NotTaken, OutboundMessage, Post, Settings};
use domain::Timestamp;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The time at which all posts are signed.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Where providers post.
pub(crate) const POST_URL: &str = "https://patchboard.example/carriers/v1/test";

/// How a provider answers a submission.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Answer {
    Accept,
    Refuse,
    Throttle,
    Break,
    Nonsense,
}

/// A provider's own words.
pub(crate) struct Dialect {
    pub(crate) kind: &'static str,
    /// The settings, with `URL` for where the provider is.
    pub(crate) settings: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    /// What the provider must find in a submission.
    pub(crate) expected: &'static [&'static str],
    pub(crate) provider_id: &'static str,
    pub(crate) accepted: &'static str,
    pub(crate) refused: (u16, &'static str),
    pub(crate) refusal: (u32, &'static str),
    /// A message that comes in, and its addresses.
    pub(crate) message: &'static str,
    pub(crate) addresses: (&'static str, &'static str),
    /// A receipt of a failure, where the network has receipts, and its published code.
    pub(crate) receipt: Option<&'static str>,
    pub(crate) failure_code: u32,
    /// Makes the post of a body; none where events are fetched.
    pub(crate) sign: Option<fn(&str) -> Post>,
}

pub(crate) struct Provider {
    dialect: &'static Dialect,
    pub(crate) carrier: Arc<dyn Carrier>,
    state: Arc<State>,
}

struct State {
    dialect: &'static Dialect,
    answer: Answer,
    requests: Mutex<Vec<String>>,
    updates: Mutex<Option<&'static str>>,
}

impl Dialect {
    pub(crate) fn settings(&self, url: &str) -> Settings {
        let text = format!("kind = '{}'\n{}", self.kind, self.settings.replace("URL", url));
        toml::from_str(&text).unwrap()
    }

    pub(crate) fn open(&self, url: &str) -> Arc<dyn Carrier> {
        let options = webhooks::Options { is_development: true, ..webhooks::Options::default() };
        let client = webhooks::Client::new(options);
        self.settings(url).open(Environment { client, post_url: POST_URL.to_owned(), now: || NOW })
    }
}

impl Provider {
    pub(crate) async fn start(dialect: &'static Dialect, answer: Answer) -> Self {
        let state = State { dialect, answer, requests: Mutex::default(), updates: Mutex::default() };
        let state = Arc::new(state);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = Arc::clone(&state);
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let state = Arc::clone(&serving);
            async move { state.answer(&uri, &headers, &body) }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { dialect, carrier: dialect.open(&url), state }
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().clone()
    }

    /// Returns what the carrier makes of something that the provider tells.
    pub(crate) async fn told(&self, body: &'static str) -> Vec<Event> {
        if let Some(sign) = self.dialect.sign {
            return self.carrier.read_post(&sign(body), NOW).unwrap().events;
        }
        *self.state.updates.lock() = Some(body);
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (carrier, inbox) = (Arc::clone(&self.carrier), Channel(sender));
        let listening = tokio::spawn(async move { carrier.listen(&inbox).await });
        let events = receiver.recv().await.unwrap();
        listening.abort();
        events
    }
}

impl State {
    fn answer(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> (StatusCode, [(&'static str, &'static str); 1], String) {
        let plain = |status: u16, text: &str| (status_of(status), [("retry-after", "7")], text.to_owned());
        if uri.path().ends_with("/getUpdates") {
            let updates = self.updates.lock().take();
            return plain(200, updates.unwrap_or(r#"{"ok":true,"result":[]}"#));
        }
        let text = String::from_utf8_lossy(body);
        self.requests.lock().push(format!("{} {headers:?} {text}", uri.path()));
        match self.answer {
            Answer::Accept => plain(200, self.dialect.accepted),
            Answer::Refuse => plain(self.dialect.refused.0, self.dialect.refused.1),
            Answer::Throttle => plain(429, "{}"),
            Answer::Break => plain(500, "{}"),
            Answer::Nonsense => plain(200, "<html>"),
        }
    }
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap()
}

struct Channel(mpsc::UnboundedSender<Vec<Event>>);

#[async_trait]
impl Inbox for Channel {
    async fn take(&self, events: Vec<Event>) -> Result<(), NotTaken> {
        self.0.send(events).map_err(|_| NotTaken)?;
        // The next poll would come at once.
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(())
    }
}

/// The message that every provider is sent.
pub(crate) fn message(dialect: &Dialect) -> OutboundMessage {
    OutboundMessage {
        sid: "SM1".to_owned(),
        from: dialect.from.to_owned(),
        to: dialect.to.to_owned(),
        body: "Grüße".to_owned(),
        media_urls: Vec::new(),
    }
}

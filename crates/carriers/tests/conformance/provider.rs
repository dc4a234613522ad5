//! A fake provider: answers in the way of its dialect, and keeps what it was sent.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use carriers::{
    Carrier, Environment, Event, Inbox, NotTaken, OutboundMessage, Post, ReceiptStatus, Settings,
};
use domain::Timestamp;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::{mail_server, smsc};

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

/// How a provider is reached.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wire {
    Http,
    Smpp,
    Smtp,
}

/// A provider's own words.
pub(crate) struct Dialect {
    pub(crate) kind: &'static str,
    pub(crate) wire: Wire,
    /// The settings, with `URL` or `HOST` and `PORT` for where the provider is, and `LISTEN` for a free address.
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
    /// A message with a medium whose content is `content`, on networks where only the carrier has it.
    pub(crate) message_with_medium: Option<&'static str>,
    /// A receipt of a failure, where the network has receipts, and its published code.
    pub(crate) receipt: Option<&'static str>,
    pub(crate) receipt_status: ReceiptStatus,
    pub(crate) failure_code: u32,
    /// The pause that the provider asks for while it is busy.
    pub(crate) pause_secs: Option<u64>,
    /// Whether receipts give back the SID of their message.
    pub(crate) gives_back_sids: bool,
    /// Makes the post of a body; none where events are fetched.
    pub(crate) sign: Option<fn(&str) -> Post>,
}

pub(crate) struct Provider {
    dialect: &'static Dialect,
    pub(crate) carrier: Arc<dyn Carrier>,
    pub(crate) state: Arc<State>,
    told: Mutex<mpsc::UnboundedReceiver<Vec<Event>>>,
}

/// What a fake shares with the test.
pub(crate) struct State {
    pub(crate) dialect: &'static Dialect,
    pub(crate) answer: Answer,
    pub(crate) requests: Mutex<Vec<String>>,
    /// What is told next to a carrier that fetches or holds a line.
    pub(crate) update: Mutex<Option<&'static str>>,
    pub(crate) update_is_due: Notify,
    /// Whether the next update can not be written down.
    refuses_update: AtomicBool,
}

impl Dialect {
    pub(crate) fn settings(&self, url: &str, listen: &str) -> Settings {
        let (host, port) = url.strip_prefix("http://").unwrap().split_once(':').unwrap();
        let settings = self.settings.replace("URL", url).replace("HOST", host).replace("PORT", port);
        let settings = settings.replace("LISTEN", listen);
        toml::from_str(&format!("kind = '{}'\n{settings}", self.kind)).unwrap()
    }

    pub(crate) fn open(&self, url: &str, listen: &str) -> Arc<dyn Carrier> {
        let options = webhooks::Options { is_development: true, ..webhooks::Options::default() };
        let client = webhooks::Client::new(options);
        self.settings(url, listen).open(Environment { client, post_url: POST_URL.to_owned(), now: || NOW })
    }
}

impl Provider {
    pub(crate) async fn start(dialect: &'static Dialect, answer: Answer) -> Self {
        let state = Arc::new(State {
            dialect,
            answer,
            requests: Mutex::default(),
            update: Mutex::default(),
            update_is_due: Notify::new(),
            refuses_update: AtomicBool::new(false),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string();
        let carrier = dialect.open(&format!("http://{}", listener.local_addr().unwrap()), &ours);
        let (events, told) = mpsc::unbounded_channel();
        let provider = Self { dialect, carrier, state, told: Mutex::new(told) };
        let (ready, is_ready) = oneshot::channel();
        match dialect.wire {
            Wire::Http => provider.serve_http(listener, ready),
            Wire::Smpp => drop(tokio::spawn(smsc::serve(listener, Arc::clone(&provider.state), ready))),
            Wire::Smtp => {
                tokio::spawn(mail_server::serve(listener, Arc::clone(&provider.state)));
                tokio::spawn(mail_server::bring(ours, Arc::clone(&provider.state)));
                ready.send(()).unwrap();
            }
        }
        if dialect.sign.is_none() {
            provider.listen(events);
        }
        is_ready.await.unwrap();
        provider
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.state.requests.lock().clone()
    }

    /// Has the carrier fail to write down what it is told next, once.
    pub(crate) fn refuse_next_update(&self) {
        self.state.refuses_update.store(true, Ordering::SeqCst);
    }

    /// Returns what the carrier makes of something that the provider tells.
    pub(crate) async fn told(&self, body: &'static str) -> Vec<Event> {
        if let Some(sign) = self.dialect.sign {
            return self.carrier.read_post(&sign(body), NOW).unwrap().events;
        }
        *self.state.update.lock() = Some(body);
        self.state.update_is_due.notify_one();
        poll_fn(|context| self.told.lock().poll_recv(context)).await.unwrap()
    }

    fn serve_http(&self, listener: TcpListener, ready: oneshot::Sender<()>) {
        let serving = Arc::clone(&self.state);
        let router = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let state = Arc::clone(&serving);
            async move { state.answer(&uri, &headers, &body).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        ready.send(()).unwrap();
    }

    fn listen(&self, events: mpsc::UnboundedSender<Vec<Event>>) {
        let carrier = Arc::clone(&self.carrier);
        let inbox = Channel { events, state: Arc::clone(&self.state) };
        tokio::spawn(async move { carrier.listen(&inbox).await });
    }
}

impl State {
    async fn answer(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> (StatusCode, [(&'static str, &'static str); 1], String) {
        let plain = |status: u16, text: &str| (status_of(status), [("retry-after", "7")], text.to_owned());
        let text = String::from_utf8_lossy(body);
        if uri.path().ends_with("/getUpdates") {
            // What was not taken is asked for again, from the beginning.
            let is_old = text.contains(r#""offset":0"#) && self.update.lock().is_some();
            if !is_old {
                self.update_is_due.notified().await;
            }
            return plain(200, self.update.lock().unwrap());
        }
        self.requests.lock().push(format!("{} {headers:?} {text}", uri.path()));
        let host = headers["host"].to_str().unwrap();
        match uri.path().rsplit('/').next().unwrap() {
            "medium-1" => return plain(200, &format!(r#"{{"url":"http://{host}/files/file-1"}}"#)),
            "getFile" => return plain(200, r#"{"ok":true,"result":{"file_path":"file-1"}}"#),
            "file-1" => return plain(200, "content"),
            _ => {}
        }
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

struct Channel {
    events: mpsc::UnboundedSender<Vec<Event>>,
    state: Arc<State>,
}

#[async_trait]
impl Inbox for Channel {
    async fn take(&self, events: Vec<Event>) -> Result<(), NotTaken> {
        if self.state.refuses_update.swap(false, Ordering::SeqCst) {
            return Err(NotTaken);
        }
        self.events.send(events).map_err(|_| NotTaken)
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
        thread: None,
        template: None,
    }
}

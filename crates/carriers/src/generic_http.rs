//! Signed HTTP for any provider: JSON both ways, an HMAC over time and body, and an idempotency key.
//!
//! The wire is described in `docs/guides/carriers.md`.

use std::time::Duration;

use async_trait::async_trait;
use domain::Timestamp;
use serde::Deserialize;
use serde_json::json;
use webhooks::Body;

use crate::exchange::{exchange, json, request, status_of};
use crate::{
    Carrier, Environment, Event, InboundMedium, InboundMessage, OutboundMessage, Post, Receipt,
    ReceiptStatus, Rejection, Reply, Secret, Submission, signature,
};

const TIMESTAMP_HEADER: &str = "X-Patchboard-Timestamp";
const SIGNATURE_HEADER: &str = "X-Patchboard-Signature";

/// How far the clocks of both sides may differ.
const AGE_MAX: Duration = Duration::from_secs(300);

/// The published code of a message that its carrier does not send for a reason of its own.
const REFUSED: u32 = 30008;

/// How the provider is reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where messages are posted.
    pub(crate) url: String,
    /// What both sides sign with.
    secret: Secret,
}

/// A provider that speaks our signed HTTP.
pub(crate) struct GenericHttp {
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
}

#[derive(Deserialize)]
struct Told {
    events: Vec<ToldEvent>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum ToldEvent {
    Message(ToldMessage),
    Receipt(ToldReceipt),
}

#[derive(Deserialize)]
struct ToldMessage {
    id: String,
    from: String,
    to: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    media: Vec<InboundMedium>,
    profile_name: Option<String>,
}

#[derive(Deserialize)]
struct ToldReceipt {
    id: String,
    message: Option<String>,
    status: ReceiptStatus,
    code: Option<u32>,
    reason: Option<String>,
}

#[async_trait]
impl Carrier for GenericHttp {
    fn knows_repeats(&self) -> bool {
        true
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        let OutboundMessage { sid, from, to, body, media_urls, .. } = message;
        let text = json!({"id": sid, "from": from, "to": to, "body": body, "media": media_urls}).to_string();
        let time = (self.environment.now)().as_secs().to_string();
        let signature = self.signature(&time, text.as_bytes());
        let mut request = request(self.settings.url.clone(), Body::Json(text));
        let headers =
            [(TIMESTAMP_HEADER, time), (SIGNATURE_HEADER, signature), ("Idempotency-Key", sid.clone())];
        request.headers.extend(headers.map(|(name, value)| (name.to_owned(), value)));
        let response = match exchange(&self.environment.client, request).await {
            Ok(response) => response,
            Err(submission) => return submission,
        };
        let answer = json(&response);
        match (response.is_success(), answer["id"].as_str()) {
            (true, Some(id)) => Submission::Accepted { provider_id: id.to_owned() },
            (true, None) => Submission::Unknown { reason: "the answer has no 'id'".to_owned() },
            (false, _) => Submission::Refused {
                code: answer["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or(REFUSED),
                reason: answer["message"].as_str().map_or_else(|| status_of(&response), str::to_owned),
            },
        }
    }

    fn read_post(&self, post: &Post, now: Timestamp) -> Result<Reply, Rejection> {
        let time = post.header("x-patchboard-timestamp").unwrap_or_default();
        let signature = post.header("x-patchboard-signature").unwrap_or_default();
        let parts = [time.as_bytes(), b".", &post.body];
        let is_ours = signature::verify(&self.settings.secret, &parts, signature);
        if !is_ours || !is_recent(time, now) {
            return Err(Rejection::Forged);
        }
        let told: Told = serde_json::from_slice(&post.body)
            .map_err(|_| Rejection::Malformed("a JSON object with a list 'events' is expected"))?;
        Ok(Reply::to(told.events.into_iter().map(event).collect()))
    }
}

impl GenericHttp {
    fn signature(&self, time: &str, body: &[u8]) -> String {
        signature::sign(&self.settings.secret, &[time.as_bytes(), b".", body])
    }
}

fn is_recent(time: &str, now: Timestamp) -> bool {
    let seconds = time.parse::<i64>().ok();
    seconds.is_some_and(|seconds| seconds.abs_diff(now.as_secs()) <= AGE_MAX.as_secs())
}

fn event(told: ToldEvent) -> Event {
    match told {
        ToldEvent::Message(ToldMessage { id, from, to, body, media, profile_name }) => {
            let told = InboundMessage { provider_id: id, from, to, body, media, ..InboundMessage::default() };
            Event::MessageReceived(InboundMessage { profile_name, ..told })
        }
        ToldEvent::Receipt(ToldReceipt { id, message, status, code, reason }) => {
            Event::ReceiptArrived(Receipt { provider_id: id, message, status, code, reason })
        }
    }
}

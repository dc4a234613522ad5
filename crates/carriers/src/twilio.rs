//! Twilio, or another Patchboard, as the carrier: its REST API out, its signed webhooks in.
//!
//! It has no idempotency key, but the URL of its status callbacks carries the message's SID, so that a message whose
//! answer was lost still finds its truth.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Timestamp;
use serde::Deserialize;
use webhooks::{Body, SignedBody, verify};

use crate::exchange::{exchange, json, request, status_of};
use crate::{
    Carrier, Environment, Event, InboundMedium, InboundMessage, OutboundMessage, Post, Receipt,
    ReceiptStatus, Rejection, Reply, Secret, Submission,
};

/// The published code of a message that failed for no reason that is told.
const ANY_FAILURE: u32 = 30_008;

/// How the account there is reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The account's SID there.
    account_sid: String,
    /// The account's token there, which signs what it posts.
    auth_token: Secret,
    /// The API.
    #[serde(default = "default_url")]
    pub(crate) url: String,
}

/// An account at Twilio.
pub(crate) struct Twilio {
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
}

/// The pairs of a posted form.
struct Pairs(Vec<(String, String)>);

#[async_trait]
impl Carrier for Twilio {
    fn knows_repeats(&self) -> bool {
        false
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        let Settings { url, account_sid, auth_token } = &self.settings;
        let path = format!("{url}/2010-04-01/Accounts/{account_sid}/Messages.json");
        let mut request = request(path, Body::Form(self.form(message)));
        let user = STANDARD.encode(format!("{account_sid}:{}", auth_token.expose()));
        request.headers.push(("Authorization".to_owned(), format!("Basic {user}")));
        let response = match exchange(&self.environment.client, request).await {
            Ok(response) => response,
            Err(submission) => return submission,
        };
        let answer = json(&response);
        match (response.is_success(), answer["sid"].as_str()) {
            (true, Some(sid)) => Submission::Accepted { provider_id: sid.to_owned() },
            (true, None) => Submission::Unknown { reason: "the answer names no message".to_owned() },
            (false, _) => Submission::Refused {
                code: answer["code"]
                    .as_u64()
                    .and_then(|code| u32::try_from(code).ok())
                    .unwrap_or(ANY_FAILURE),
                reason: answer["message"].as_str().map_or_else(|| status_of(&response), str::to_owned),
            },
        }
    }

    fn read_post(&self, post: &Post, _now: Timestamp) -> Result<Reply, Rejection> {
        let pairs = Pairs(form_urlencoded::parse(&post.body).into_owned().collect());
        let signature = post.header("x-twilio-signature").unwrap_or_default();
        let token = self.settings.auth_token.expose();
        if post.is_get || !verify(token, &self.url_of(post), SignedBody::Form(&pairs.0), signature) {
            return Err(Rejection::Forged);
        }
        let sid = pairs.get("MessageSid").ok_or(Rejection::Malformed("a 'MessageSid' is expected"))?;
        let event = match pairs.get("MessageStatus").filter(|status| *status != "received") {
            Some(status) => receipt(post, &pairs, sid, status).map(Event::ReceiptArrived),
            None => Some(Event::MessageReceived(message(&pairs, sid))),
        };
        let events = event.into_iter().collect();
        Ok(Reply { events, content_type: "text/xml", body: "<Response/>".to_owned() })
    }
}

impl Twilio {
    fn form(&self, message: &OutboundMessage) -> Vec<(String, String)> {
        let callback = format!("{}?message={}", self.environment.post_url, message.sid);
        let named = [("From", &message.from), ("To", &message.to), ("Body", &message.body)];
        let media = message.media_urls.iter().map(|url| ("MediaUrl", url));
        let all = named.into_iter().chain(media).chain([("StatusCallback", &callback)]);
        all.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// The URL is signed as the provider knows it, whatever stands between.
    fn url_of(&self, post: &Post) -> String {
        match post.query.as_str() {
            "" => self.environment.post_url.clone(),
            query => format!("{}?{query}", self.environment.post_url),
        }
    }
}

impl Pairs {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn default_url() -> String {
    "https://api.twilio.com".to_owned()
}

fn message(pairs: &Pairs, sid: &str) -> InboundMessage {
    let text = |name| pairs.get(name).unwrap_or_default().to_owned();
    let count: usize = pairs.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0);
    let medium = |index: usize| {
        let url = pairs.get(&format!("MediaUrl{index}"))?.to_owned();
        let content_type = pairs.get(&format!("MediaContentType{index}")).map(str::to_owned);
        Some(InboundMedium { url, content_type })
    };
    InboundMessage {
        provider_id: sid.to_owned(),
        from: text("From"),
        to: text("To"),
        body: text("Body"),
        media: (0..count.min(10)).filter_map(medium).collect(),
        profile_name: pairs.get("ProfileName").map(str::to_owned),
        ..InboundMessage::default()
    }
}

/// States before `sent` tell nothing that is not known.
fn receipt(post: &Post, pairs: &Pairs, sid: &str, status: &str) -> Option<Receipt> {
    Some(Receipt {
        provider_id: sid.to_owned(),
        message: post.parameter("message"),
        status: ReceiptStatus::read(status)?,
        code: pairs.get("ErrorCode").and_then(|code| code.parse().ok()),
        reason: pairs.get("ErrorMessage").map(str::to_owned),
    })
}

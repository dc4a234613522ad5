//! A Telegram bot: it fetches what comes in by long polls, so it needs no public address.
//!
//! <https://core.telegram.org/bots/api>. Addresses are `telegram:` and the chat's id. The network tells of no
//! deliveries: a message that it took is sent, and stays so.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use webhooks::{Body, Request, Response};

use crate::exchange::{exchange, fetch, get, json, request, status_of};
use crate::{
    Attachment, Carrier, Content, Environment, Event, InboundMessage, Inbox, OutboundMessage, Secret,
    Submission, Unfetched,
};

/// The prefix of addresses of this network.
const NETWORK: &str = "telegram:";

/// How long the provider holds a poll back when there is nothing to tell.
const POLL_SECS: u64 = 25;

/// How long a poll may take in all.
const POLL_TIMEOUT: Duration = Duration::from_secs(POLL_SECS + 10);

/// How many bytes of updates are taken at once: a hundred long messages.
const UPDATES_BYTES_MAX: usize = 4 << 20;

/// The pause after a poll that failed.
const PAUSE: Duration = Duration::from_secs(2);

/// Published codes: no such recipient, the recipient does not want messages, anything else.
const NO_RECIPIENT: u32 = 63_003;
const BLOCKED: u32 = 63_024;
const ANY_FAILURE: u32 = 63_018;

/// The kinds of files, and what they are where the provider does not say.
const MEDIA: [(&str, &str); 6] = [
    ("document", "application/octet-stream"),
    ("video", "video/mp4"),
    ("voice", "audio/ogg"),
    ("audio", "audio/mpeg"),
    ("video_note", "video/mp4"),
    ("sticker", "image/webp"),
];

/// How the bot is reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address of the bot among our numbers, as in `telegram:my_bot`.
    address: String,
    /// The bot's token.
    token: Secret,
    /// The API.
    #[serde(default = "default_url")]
    pub(crate) url: String,
}

/// A Telegram bot.
pub(crate) struct Telegram {
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
}

#[async_trait]
impl Carrier for Telegram {
    fn knows_repeats(&self) -> bool {
        false
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        let Some(chat) = message.to.strip_prefix(NETWORK) else {
            return refused(NO_RECIPIENT, "the recipient has no address that begins with 'telegram:'");
        };
        let (method, content) = match message.media_urls.as_slice() {
            [] => ("sendMessage", json!({"chat_id": chat, "text": message.body})),
            [url] => ("sendDocument", json!({"chat_id": chat, "document": url, "caption": message.body})),
            _ => return refused(ANY_FAILURE, "one medium fits into a message on Telegram"),
        };
        match exchange(&self.environment.client, self.request(method, &content)).await {
            Ok(response) => judge(chat, &response),
            Err(submission) => self.without_token(submission),
        }
    }

    async fn fetch(&self, key: &str) -> Result<Vec<u8>, Unfetched> {
        let client = &self.environment.client;
        let hide = |unfetched| match unfetched {
            Unfetched::Gone(reason) => Unfetched::Gone(self.hide_token(&reason)),
            Unfetched::Later(reason) => Unfetched::Later(self.hide_token(&reason)),
        };
        let place = fetch(client, self.request("getFile", &json!({"file_id": key}))).await.map_err(hide)?;
        let answer = json(&place);
        let path = answer["result"]["file_path"].as_str();
        let path = path.ok_or_else(|| Unfetched::Gone("the answer names no file".to_owned()))?;
        let Settings { url, token, .. } = &self.settings;
        let file = get(format!("{url}/file/bot{}/{path}", token.expose()));
        Ok(fetch(client, file).await.map_err(hide)?.body)
    }

    async fn listen(&self, inbox: &dyn Inbox) {
        let mut offset = 0;
        loop {
            match self.poll(inbox, offset).await {
                Ok(next) => offset = next,
                Err(reason) => {
                    tracing::warn!(reason, "the updates of a Telegram bot could not be fetched");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Telegram {
    /// Fetches updates, and returns the offset that tells the provider that they are on disk.
    async fn poll(&self, inbox: &dyn Inbox, offset: i64) -> Result<i64, String> {
        let wish = json!({"offset": offset, "timeout": POLL_SECS, "allowed_updates": ["message"]});
        let request = Request {
            timeout: POLL_TIMEOUT,
            limit_bytes: UPDATES_BYTES_MAX,
            ..self.request("getUpdates", &wish)
        };
        let answer = self.environment.client.send(request).await;
        let response = answer.map_err(|failure| self.hide_token(&failure.to_string()))?;
        let answer = json(&response);
        let updates = answer["result"].as_array().ok_or_else(|| reason_of(&answer, &response))?;
        let next = updates.iter().filter_map(|update| update["update_id"].as_i64()).max();
        let events: Vec<_> = updates.iter().filter_map(|update| self.event(update)).collect();
        if !events.is_empty() {
            inbox.take(events).await.map_err(|_| "they could not be written down".to_owned())?;
        }
        Ok(next.map_or(offset, |last| last + 1))
    }

    fn request(&self, method: &str, content: &Value) -> Request {
        let Settings { url, token, .. } = &self.settings;
        request(format!("{url}/bot{}/{method}", token.expose()), Body::Json(content.to_string()))
    }

    fn event(&self, update: &Value) -> Option<Event> {
        let message = &update["message"];
        let (chat, sender) = (message["chat"]["id"].as_i64()?, &message["from"]);
        let body = message["text"].as_str().or_else(|| message["caption"].as_str()).unwrap_or_default();
        let names = [&sender["first_name"], &sender["last_name"]];
        let names: Vec<_> = names.iter().filter_map(|name| name.as_str()).collect();
        Some(Event::MessageReceived(InboundMessage {
            provider_id: update["update_id"].as_i64()?.to_string(),
            from: format!("{NETWORK}{chat}"),
            to: self.settings.address.clone(),
            body: body.to_owned(),
            attachments: attachment(message).into_iter().collect(),
            profile_name: (!names.is_empty()).then(|| names.join(" ")),
            ..InboundMessage::default()
        }))
    }

    /// The token is part of the URL, which reasons may name.
    fn without_token(&self, submission: Submission) -> Submission {
        match submission {
            Submission::Later { pause, reason } => {
                Submission::Later { pause, reason: self.hide_token(&reason) }
            }
            Submission::Unknown { reason } => Submission::Unknown { reason: self.hide_token(&reason) },
            known @ (Submission::Accepted { .. } | Submission::Refused { .. }) => known,
        }
    }

    fn hide_token(&self, text: &str) -> String {
        text.replace(self.settings.token.expose(), "…")
    }
}

fn default_url() -> String {
    "https://api.telegram.org".to_owned()
}

/// A picture comes in several sizes, the largest last.
fn attachment(message: &Value) -> Option<Attachment> {
    let photo = message["photo"].as_array().and_then(|sizes| sizes.last());
    let files = MEDIA.iter().map(|(kind, content_type)| (&message[*kind], *content_type));
    let photo = photo.map(|photo| (photo, "image/jpeg"));
    let (file, content_type) = photo.into_iter().chain(files).find(|(file, _)| !file["file_id"].is_null())?;
    Some(Attachment {
        content_type: file["mime_type"].as_str().unwrap_or(content_type).to_owned(),
        filename: file["file_name"].as_str().map(str::to_owned),
        content: Content::AtProvider(file["file_id"].as_str()?.to_owned()),
    })
}

/// A message's id counts within its chat.
fn judge(chat: &str, response: &Response) -> Submission {
    let answer = json(response);
    match (response.is_success(), answer["result"]["message_id"].as_i64()) {
        (true, Some(id)) => Submission::Accepted { provider_id: format!("{chat}/{id}") },
        (true, None) => Submission::Unknown { reason: "the answer names no message".to_owned() },
        (false, _) => {
            let code = if response.status == 403 { BLOCKED } else { ANY_FAILURE };
            Submission::Refused { code, reason: reason_of(&answer, response) }
        }
    }
}

fn reason_of(answer: &Value, response: &Response) -> String {
    match answer["description"].as_str() {
        Some(words) => format!("{}: {words}", answer["error_code"]),
        None => status_of(response),
    }
}

fn refused(code: u32, reason: &str) -> Submission {
    Submission::Refused { code, reason: reason.to_owned() }
}

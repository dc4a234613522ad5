//! The WhatsApp Cloud API: texts, templates and one medium out; messages with a medium, and statuses, in.
//!
//! <https://developers.facebook.com/docs/whatsapp/cloud-api>. It has no idempotency key, but a status gives back
//! the message's SID, so that a message whose answer was lost still finds its truth.

use async_trait::async_trait;
use domain::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use webhooks::{Body, Response};

use crate::exchange::{exchange, fetch, get, json, request, status_of};
use crate::template::Template;
use crate::{
    Attachment, Carrier, Content, Environment, Event, InboundMessage, OutboundMessage, Post, Receipt,
    ReceiptStatus, Rejection, Reply, Secret, Submission, Unfetched, signature,
};

/// The prefix of addresses of this network.
const NETWORK: &str = "whatsapp:+";

/// The types of messages that have a medium.
const MEDIA: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// Providers' codes of too many messages, in all or for one recipient, and of a service that is away for a while.
const LATER: [i64; 7] = [4, 80_007, 130_429, 131_048, 131_056, 131_016, 133_004];

/// Published codes: outside the 24 hours, no such recipient, content not taken, anything else.
const OUTSIDE_WINDOW: u32 = 63_016;
const NO_RECIPIENT: u32 = 63_003;
const CONTENT: u32 = 63_005;
const ANY_FAILURE: u32 = 63_018;

/// How the business number is reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address of the business number, as in `whatsapp:+15555550100`.
    address: String,
    /// The id that the API knows the number by.
    phone_number_id: String,
    /// The access token.
    token: Secret,
    /// The app's secret, which signs posts.
    app_secret: Secret,
    /// What the provider repeats when the URL of posts is set.
    verify_token: Secret,
    /// The API, with its version.
    #[serde(default = "default_url")]
    pub(crate) url: String,
    /// Texts that are sent as templates.
    #[serde(default)]
    templates: Vec<Template>,
}

/// A WhatsApp business number.
pub(crate) struct WhatsApp {
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
}

#[async_trait]
impl Carrier for WhatsApp {
    fn knows_repeats(&self) -> bool {
        false
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        let content = match self.content(message) {
            Ok(content) => content,
            Err(submission) => return submission,
        };
        let Settings { url, phone_number_id, .. } = &self.settings;
        let mut request = request(format!("{url}/{phone_number_id}/messages"), Body::Json(content));
        request.headers.push(self.authorization());
        let response = match exchange(&self.environment.client, request).await {
            Ok(response) => response,
            Err(submission) => return submission,
        };
        let answer = json(&response);
        match (response.is_success(), answer["messages"][0]["id"].as_str()) {
            (true, Some(id)) => Submission::Accepted { provider_id: id.to_owned() },
            (true, None) => Submission::Unknown { reason: "the answer names no message".to_owned() },
            (false, _) => refusal(&answer["error"], || status_of(&response)),
        }
    }

    /// The provider says where a medium is for a few minutes.
    async fn fetch(&self, key: &str) -> Result<Vec<u8>, Unfetched> {
        let place = self.ask(format!("{}/{key}", self.settings.url)).await?;
        let url = json(&place)["url"].as_str().map(str::to_owned);
        let url = url.ok_or_else(|| Unfetched::Gone("the answer names no URL".to_owned()))?;
        Ok(self.ask(url).await?.body)
    }

    fn read_post(&self, post: &Post, _now: Timestamp) -> Result<Reply, Rejection> {
        if post.is_get {
            return self.confirm(post);
        }
        let signature = post.header("x-hub-signature-256").unwrap_or_default();
        if !signature::verify(&self.settings.app_secret, &[&post.body], signature) {
            return Err(Rejection::Forged);
        }
        let told: Value = serde_json::from_slice(&post.body)
            .map_err(|_| Rejection::Malformed("a JSON object with a list 'entry' is expected"))?;
        let changes = items(&told["entry"]).flat_map(|entry| items(&entry["changes"]));
        let ours = changes.map(|change| &change["value"]).filter(|value| self.is_ours(value));
        Ok(Reply::to(ours.flat_map(|value| self.events(value)).collect()))
    }
}

impl WhatsApp {
    async fn ask(&self, url: String) -> Result<Response, Unfetched> {
        let mut request = get(url);
        request.headers.push(self.authorization());
        fetch(&self.environment.client, request).await
    }

    fn authorization(&self) -> (String, String) {
        ("Authorization".to_owned(), format!("Bearer {}", self.settings.token.expose()))
    }

    fn content(&self, message: &OutboundMessage) -> Result<String, Submission> {
        let Some(to) = message.to.strip_prefix(NETWORK) else {
            return Err(refused(NO_RECIPIENT, "the recipient has no address that begins with 'whatsapp:+'"));
        };
        let mut content = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to,
            "biz_opaque_callback_data": message.sid,
        });
        let (kind, part) = match (&message.template, message.media_urls.as_slice()) {
            (Some(filled), _) => template(&filled.name, &filled.language, &filled.values),
            (None, []) => self.text(&message.body),
            (None, [url]) => medium(url, &message.body),
            (None, _) => return Err(refused(CONTENT, "one medium fits into a message on WhatsApp")),
        };
        content["type"] = kind.into();
        content[kind] = part;
        Ok(content.to_string())
    }

    fn text(&self, body: &str) -> (&'static str, Value) {
        let found = self.settings.templates.iter().find_map(|it| Some((it, it.values_in(body)?)));
        let Some((found, values)) = found else { return ("text", json!({"body": body})) };
        template(&found.name, &found.language, &values)
    }

    /// The provider asks once whether this is the place for its posts.
    fn confirm(&self, post: &Post) -> Result<Reply, Rejection> {
        let token = post.parameter("hub.verify_token").map(|token| Secret::from(token.as_str()));
        let is_right = token.is_some_and(|token| token == self.settings.verify_token);
        if !is_right || post.parameter("hub.mode").as_deref() != Some("subscribe") {
            return Err(Rejection::Forged);
        }
        Ok(Reply { body: post.parameter("hub.challenge").unwrap_or_default(), ..Reply::to(vec![]) })
    }

    fn is_ours(&self, value: &Value) -> bool {
        value["metadata"]["phone_number_id"] == self.settings.phone_number_id.as_str()
    }

    fn events(&self, value: &Value) -> Vec<Event> {
        let messages = items(&value["messages"]).filter_map(|message| self.message(value, message));
        let receipts = items(&value["statuses"]).filter_map(receipt);
        messages.map(Event::MessageReceived).chain(receipts.map(Event::ReceiptArrived)).collect()
    }

    fn message(&self, value: &Value, message: &Value) -> Option<InboundMessage> {
        let sender = message["from"].as_str()?;
        let contact = items(&value["contacts"]).find(|contact| contact["wa_id"] == sender);
        let name = contact.and_then(|contact| contact["profile"]["name"].as_str());
        Some(InboundMessage {
            provider_id: message["id"].as_str()?.to_owned(),
            from: format!("{NETWORK}{sender}"),
            to: self.settings.address.clone(),
            body: text_of(message),
            attachments: attachment(message).into_iter().collect(),
            profile_name: name.map(str::to_owned),
            ..InboundMessage::default()
        })
    }
}

fn default_url() -> String {
    "https://graph.facebook.com/v23.0".to_owned()
}

fn template(name: &str, language: &str, values: &[String]) -> (&'static str, Value) {
    let parameters: Vec<_> = values.iter().map(|text| json!({"type": "text", "text": text})).collect();
    let components = match parameters.is_empty() {
        true => json!([]),
        false => json!([{"type": "body", "parameters": parameters}]),
    };
    ("template", json!({"name": name, "language": {"code": language}, "components": components}))
}

fn medium(url: &str, caption: &str) -> (&'static str, Value) {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let kind = match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "jpg" | "jpeg" | "png" => "image",
        "mp4" | "3gp" => "video",
        "mp3" | "ogg" | "aac" | "amr" | "m4a" => "audio",
        _ => "document",
    };
    match caption.is_empty() || kind == "audio" {
        true => (kind, json!({"link": url})),
        false => (kind, json!({"link": url, "caption": caption})),
    }
}

/// What a person reads of a message, whatever its type.
fn text_of(message: &Value) -> String {
    let places = [
        &message["text"]["body"],
        &message["button"]["text"],
        &message["interactive"]["button_reply"]["title"],
        &message["interactive"]["list_reply"]["title"],
        &message["image"]["caption"],
        &message["video"]["caption"],
        &message["document"]["caption"],
    ];
    places.iter().find_map(|place| place.as_str()).unwrap_or_default().to_owned()
}

fn attachment(message: &Value) -> Option<Attachment> {
    let media = MEDIA.iter().map(|kind| &message[*kind]);
    let medium = media.into_iter().find(|medium| !medium["id"].is_null())?;
    Some(Attachment {
        content_type: medium["mime_type"].as_str().unwrap_or("application/octet-stream").to_owned(),
        filename: medium["filename"].as_str().map(str::to_owned),
        content: Content::AtProvider(medium["id"].as_str().filter(|id| is_plain(id))?.to_owned()),
    })
}

/// An id becomes part of a URL that is asked with the token.
fn is_plain(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn receipt(status: &Value) -> Option<Receipt> {
    let error = &status["errors"][0];
    let has_error = !error.is_null();
    Some(Receipt {
        provider_id: status["id"].as_str()?.to_owned(),
        message: status["biz_opaque_callback_data"].as_str().map(str::to_owned),
        status: ReceiptStatus::read(status["status"].as_str()?)?,
        code: has_error.then(|| published_code(error)),
        reason: has_error.then(|| reason_of(error)),
    })
}

fn refusal(error: &Value, otherwise: impl FnOnce() -> String) -> Submission {
    match error["code"].as_i64() {
        Some(code) if LATER.contains(&code) => Submission::Later { pause: None, reason: reason_of(error) },
        Some(_) => Submission::Refused { code: published_code(error), reason: reason_of(error) },
        None => Submission::Refused { code: ANY_FAILURE, reason: otherwise() },
    }
}

fn refused(code: u32, reason: &str) -> Submission {
    Submission::Refused { code, reason: reason.to_owned() }
}

fn published_code(error: &Value) -> u32 {
    match error["code"].as_i64() {
        Some(131_047) => OUTSIDE_WINDOW,
        Some(131_026 | 131_030 | 131_021) => NO_RECIPIENT,
        Some(100 | 131_008 | 131_009 | 131_051..=131_053 | 132_000..=132_016) => CONTENT,
        _ => ANY_FAILURE,
    }
}

/// Statuses call the words `title`, answers call them `message`.
fn reason_of(error: &Value) -> String {
    let words = [&error["error_data"]["details"], &error["message"], &error["title"]];
    let words = words.iter().find_map(|words| words.as_str()).unwrap_or("no reason given");
    format!("{}: {words}", error["code"])
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

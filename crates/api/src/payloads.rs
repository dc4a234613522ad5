//! What flows see of messages and tasks, spelled as webhooks and the published API spell it.

use domain::{AccountSid, FlowSid, MessageSid, Timestamp};
use router::{Task, Workspace};
use serde_json::{Map, Value, json};
use store::{Direction, Message, MessageStatus};

pub use crate::resources::{media_link, medium_name, medium_type};

use crate::app::View;
use crate::resources;

/// The version that the 2010 API gives of itself.
pub(crate) const API_VERSION: &str = "2010-04-01";

/// The host under which flows' webhook URLs are published; definitions written for it keep running.
const PUBLISHED_WEBHOOK_HOST: &str = "webhooks.twilio.com";

/// Returns the webhook parameters of a message that came in.
pub fn incoming_message(message: &Message) -> Map<String, Value> {
    let mut payload = Map::new();
    for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
        payload.insert(name.into(), json!(message.sid));
    }
    payload.insert("SmsStatus".into(), json!("received"));
    payload.insert("AccountSid".into(), json!(message.account));
    payload.insert("From".into(), json!(message.from));
    payload.insert("To".into(), json!(message.to));
    payload.insert("Body".into(), json!(message.body));
    payload.insert("NumMedia".into(), json!(message.media.len().to_string()));
    payload.insert("NumSegments".into(), json!(message.segments.to_string()));
    payload.insert("ApiVersion".into(), json!(API_VERSION));
    for (place, medium) in message.media.iter().enumerate() {
        payload.insert(format!("MediaUrl{place}"), json!(medium.url));
        if let Some(content_type) = &medium.content_type {
            payload.insert(format!("MediaContentType{place}"), json!(content_type));
        }
    }
    if let Some(service) = &message.messaging_service_sid {
        payload.insert("MessagingServiceSid".into(), json!(service));
    }
    if let Some(word) = message.opt_out {
        payload.insert("OptOutType".into(), json!(word.as_str()));
    }
    payload.extend(whatsapp(message));
    payload
}

/// Returns what an application is told of how far its message got.
pub fn message_status(message: &Message) -> Vec<(String, String)> {
    let sid = message.sid.to_string();
    let status = message.status.as_str();
    let mut pairs = vec![
        ("AccountSid", message.account.to_string()),
        ("From", message.from.to_string()),
        ("To", message.to.to_string()),
        ("MessageSid", sid.clone()),
        ("SmsSid", sid),
        ("MessageStatus", status.to_owned()),
        ("SmsStatus", status.to_owned()),
        ("ApiVersion", API_VERSION.to_owned()),
    ];
    pairs.extend(message.messaging_service_sid.clone().map(|service| ("MessagingServiceSid", service)));
    pairs.extend(message.error_code.map(|code| ("ErrorCode", code.to_string())));
    pairs.extend(message.error_message.clone().map(|reason| ("ErrorMessage", reason)));
    let channel = message.to.channel_type();
    if channel != "sms" {
        pairs.push(("ChannelPrefix", channel.to_owned()));
        pairs.extend(message.error_message.clone().map(|reason| ("ChannelStatusMessage", reason)));
    }
    if message.status == MessageStatus::Read {
        pairs.push(("EventType", "READ".to_owned()));
    }
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Returns a message that a flow sent, with the API's properties capitalised.
pub fn outgoing_message(message: &Message) -> Map<String, Value> {
    let shown = json!({
        "Sid": message.sid,
        "AccountSid": message.account,
        "MessagingServiceSid": message.messaging_service_sid,
        "From": message.from,
        "To": message.to,
        "Body": message.body,
        "Status": message.status.as_str(),
        "Direction": direction(message.direction),
        "NumMedia": message.media.len().to_string(),
        "NumSegments": message.segments.to_string(),
        "Price": null,
        "PriceUnit": PRICE_UNIT,
        "ErrorCode": message.error_code,
        "ErrorMessage": message.error_message,
        "ApiVersion": API_VERSION,
        "DateCreated": message.date_created.to_rfc2822(),
        "DateUpdated": message.date_updated.to_rfc2822(),
        "DateSent": message.date_sent.map(Timestamp::to_rfc2822),
    });
    into_map(shown)
}

/// Returns a task with the API's properties; its links have no host.
pub fn task(task: &Task, workspace: &Workspace, now: Timestamp) -> Map<String, Value> {
    into_map(resources::present_task(&View { workspace, public_url: "", now }, task))
}

/// Returns the URL at which a flow takes calls and messages.
pub fn webhook_url(public_url: &str, account: AccountSid, flow: FlowSid) -> String {
    format!("{public_url}/webhooks/v1/Accounts/{account}/Flows/{flow}")
}

/// Returns the flow of a webhook URL, whether it names our host or the published one.
pub fn flow_of_url(url: &str, account: AccountSid) -> Option<FlowSid> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_published = host.eq_ignore_ascii_case(PUBLISHED_WEBHOOK_HOST);
    let path = match path.strip_prefix("webhooks/") {
        Some(path) => path,
        None if is_published || host.starts_with("webhooks.") => path,
        None => return None,
    };
    let (owner, flow) = path.strip_prefix("v1/Accounts/")?.split_once("/Flows/")?;
    let flow = flow.trim_end_matches('/').parse().ok()?;
    (owner.parse() == Ok(account)).then_some(flow)
}

/// The currency of prices; nothing costs anything here.
pub(crate) const PRICE_UNIT: &str = "USD";

/// Returns the published name of a direction.
pub(crate) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::OutboundApi => "outbound-api",
        Direction::OutboundReply => "outbound-reply",
    }
}

fn whatsapp(message: &Message) -> Map<String, Value> {
    let mut payload = Map::new();
    if let Some(name) = &message.profile_name {
        payload.insert("ProfileName".into(), json!(name));
    }
    if let Some(number) = message.from.as_str().strip_prefix("whatsapp:") {
        payload.insert("WaId".into(), json!(number.trim_start_matches('+')));
        payload.insert("MessageType".into(), json!(if message.media.is_empty() { "text" } else { "media" }));
    }
    payload
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// Returns the message whose webhook carried these parameters.
pub fn message_sid(parameters: &Map<String, Value>) -> Option<MessageSid> {
    parameters.get("MessageSid")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_known_by_our_url_and_by_the_published_one() {
        let account: AccountSid = "AC00000000000000000000000000000001".parse().unwrap();
        let flow: FlowSid = "FW00000000000000000000000000000002".parse().unwrap();
        let ours = webhook_url("http://127.0.0.1:8080", account, flow);
        let published =
            format!("https://webhooks.twilio.com/v1/Accounts/{account}/Flows/{flow}?FlowEvent=return");
        for url in [&ours, &published] {
            assert_eq!(flow_of_url(url, account), Some(flow), "{url}");
        }
        let other = ours.replace(&account.to_string(), "AC00000000000000000000000000000009");
        for url in [other.as_str(), "https://example.com/sms", "nonsense", "http://127.0.0.1/webhooks/v1/"] {
            assert_eq!(flow_of_url(url, account), None, "{url}");
        }
    }
}

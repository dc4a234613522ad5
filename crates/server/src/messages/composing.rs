//! What is asked for becomes a message, or a reason why it can not be sent.

use api::{Failure, OutboundMessage};
use domain::Address;
use store::{Direction, Error, Media, Message, MessageStatus, PhoneNumber, TwimlApplication, resources};

use super::senders::{self, Route};
use super::templates::{self, Filled};
use super::{opt_out, segments};
use crate::clock;
use crate::house::House;

/// The longest text that one message may have, in characters.
const BODY_MAX: usize = 1_600;

/// The most media that one message may have.
const MEDIA_MAX: usize = 10;

/// How long a message may wait for its carrier where nobody says (published: ten hours).
const VALIDITY_SECS: u32 = 36_000;

/// Why there is no message.
#[derive(Debug)]
pub(super) enum Unsent {
    /// It can not be sent.
    Rejected(Rejection),
    /// It could not be found out whether it can.
    Broken(Error),
}

/// Why a message is not sent: the published code, the parameter, and the reason for people.
#[derive(Debug)]
pub(super) struct Rejection {
    pub(super) code: u32,
    pub(super) parameter: &'static str,
    pub(super) reason: String,
}

/// Makes a message of what is asked for.
pub(super) async fn compose(
    house: &House,
    wanted: &OutboundMessage,
    direction: Direction,
) -> Result<Message, Unsent> {
    let to = recipient(&wanted.to)?;
    let filled = templates::fill(house, wanted).await?;
    check_content(&filled)?;
    let route = senders::choose(house, wanted, &to).await?;
    if route.from == to {
        return Err(rejected(21266, "To", "a message can not go to its own sender"));
    }
    opt_out::check(house, &route, &to).await?;
    let status_callback = status_callback(house, wanted, &route).await?;
    Ok(Message { status_callback, direction, ..message(house, wanted, (route, to), filled) })
}

/// Makes a rejection.
pub(super) fn rejected(code: u32, parameter: &'static str, reason: impl Into<String>) -> Unsent {
    Unsent::Rejected(Rejection { code, parameter, reason: reason.into() })
}

/// Returns the number of this account with this address.
pub(super) async fn number_of_ours(house: &House, address: &Address) -> Result<Option<PhoneNumber>, Error> {
    resources::by_name(&house.store, &house.account.to_string(), address.as_str()).await
}

fn recipient(text: &str) -> Result<Address, Unsent> {
    text.parse().map_err(|_| rejected(21211, "To", format!("'{text}' is not an address that messages go to")))
}

/// Finds what is wrong with a message's text and media.
fn check_content(filled: &Filled) -> Result<(), Unsent> {
    let length = filled.body.chars().count();
    if filled.body.trim().is_empty() && filled.media_urls.is_empty() {
        return Err(rejected(21602, "Body", "a message needs a text or a medium"));
    }
    if filled.media_urls.len() > MEDIA_MAX {
        return Err(rejected(21623, "MediaUrl", format!("at most {MEDIA_MAX} media fit into a message")));
    }
    if let Some(url) = filled.media_urls.iter().find(|url| !is_link(url)) {
        let reason = format!("'{url}' is not a URL: one such as https://example.com/photo.jpg is expected");
        return Err(rejected(21620, "MediaUrl", reason));
    }
    if length > BODY_MAX {
        let reason = format!("the text has {length} characters, {BODY_MAX} fit into a message");
        return Err(rejected(21617, "Body", reason));
    }
    Ok(())
}

fn is_link(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Returns who is told what becomes of a message: whom it names, else whom its application or service names.
async fn status_callback(
    house: &House,
    wanted: &OutboundMessage,
    route: &Route,
) -> Result<Option<String>, Unsent> {
    if wanted.status_callback.is_some() {
        return Ok(wanted.status_callback.clone());
    }
    let Some(sid) = wanted.application else {
        return Ok(route.service.as_ref().and_then(|service| service.status_callback.clone()));
    };
    let application: Option<TwimlApplication> = resources::fetch(&house.store, &sid.to_string()).await?;
    let application = application.ok_or_else(|| {
        rejected(21218, "ApplicationSid", format!("there is no application {sid} in this account"))
    })?;
    Ok(application.message_status_callback.or(application.sms_status_callback))
}

fn message(
    house: &House,
    wanted: &OutboundMessage,
    (route, to): (Route, Address),
    filled: Filled,
) -> Message {
    let now = clock::now();
    let mut options = wanted.options.clone();
    options.content = filled.content;
    let service = route.service.as_ref();
    options.validity_secs =
        options.validity_secs.or(Some(service.map_or(VALIDITY_SECS, |service| service.validity_secs)));
    let is_smart = options.is_smart_encoded.unwrap_or(service.is_some_and(|service| service.encodes_smartly));
    let body = if is_smart { segments::encode_smartly(&filled.body) } else { filled.body };
    let status = match (options.send_at, service) {
        (Some(_), _) => MessageStatus::Scheduled,
        (None, Some(_)) => MessageStatus::Accepted,
        (None, None) => MessageStatus::Queued,
    };
    Message {
        sid: clock::tick().sid(),
        account: house.account,
        messaging_service_sid: service.map(|service| service.sid.to_string()),
        from: route.from,
        to,
        segments: segments::count(&body),
        body,
        media: filled
            .media_urls
            .into_iter()
            .map(|url| Media { url, content_type: None, kept: None })
            .collect(),
        direction: Direction::OutboundApi,
        status,
        profile_name: None,
        error_code: None,
        error_message: None,
        status_callback: None,
        conversation: wanted.conversation,
        options,
        opt_out: None,
        feedback: None,
        date_created: now,
        date_updated: now,
        date_sent: None,
    }
}

impl From<Error> for Unsent {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl From<Unsent> for Failure {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::Rejected(Rejection { code, parameter, reason }) => {
                Self::Message { code, parameter, reason }
            }
            Unsent::Broken(error) => Self::Store(error),
        }
    }
}

//! Messages: checked and written down before anybody hears of them.

use std::sync::Arc;
use std::time::Duration;

use api::{Failure, InboundMessage, OutboundMessage, payloads};
use domain::{Address, StepSid};
use store::{ConversationDelivery, Direction, Error, Media, Message, MessageStatus, PhoneNumber, resources};

use crate::errand::{Contact, Errand};
use crate::house::House;
use crate::work::Work;
use crate::{clock, segments};

/// The longest text that one message may have, in characters.
const BODY_MAX: usize = 1_600;

/// The most media that one message may have.
const MEDIA_MAX: usize = 10;

/// How many messages flows send from one address to another within [`LOOP_WINDOW`]; one more is refused with 14107.
const MESSAGES_IN_WINDOW_MAX: u64 = 30;

/// The time in which the messages between two addresses are counted.
const LOOP_WINDOW: Duration = Duration::from_secs(30);

/// How many errands may wait before no further message is taken on: a minute's work at the worst.
const ERRANDS_WAITING_MAX: usize = 50_000;

/// A message as it is asked for, before it is checked.
struct Draft<'a> {
    from: &'a str,
    to: &'a str,
    body: &'a str,
    media_urls: &'a [String],
    direction: Direction,
}

/// Why a message is not sent: the published code, the parameter, and the reason for people.
struct Rejection {
    code: u32,
    parameter: &'static str,
    reason: String,
}

/// Takes a message that the loopback network brings: it is on disk, and its flow is owed, when this returns.
pub(crate) async fn receive(house: &Arc<House>, inbound: InboundMessage) -> Result<Message, Failure> {
    receive_with(house, Work::default(), inbound).await
}

/// Takes a message that a network brings, in one commit with what else is to be written of it.
pub(crate) async fn receive_with(
    house: &Arc<House>,
    mut work: Work,
    inbound: InboundMessage,
) -> Result<Message, Failure> {
    check_load(house)?;
    let to = number_of_ours(house, &inbound.to).await?;
    let number = to.ok_or_else(|| {
        let hint = "provision it with POST IncomingPhoneNumbers.json";
        Failure::invalid("To", format!("'{}' is not a number of this account; {hint}", inbound.to))
    })?;
    let now = clock::now();
    let message = Message {
        sid: clock::tick().sid(),
        account: house.account,
        from: inbound.from,
        to: number.address,
        segments: segments::count(&inbound.body),
        body: inbound.body,
        media: inbound.media,
        direction: Direction::Inbound,
        status: MessageStatus::Received,
        profile_name: inbound.profile_name,
        messaging_service_sid: None,
        error_code: None,
        error_message: None,
        status_callback: None,
        conversation: None,
        date_created: now,
        date_updated: now,
        date_sent: Some(now),
    };
    let contact = Contact::new(message.from.as_str(), message.to.as_str());
    work.write(store::messages::put(&message));
    work.owe(Errand::TakeMessage { message: message.sid, contact });
    house.commit(work).await?;
    Ok(message)
}

/// Takes a message that an application sends by REST.
pub(crate) async fn send(house: &Arc<House>, outbound: OutboundMessage) -> Result<Message, Failure> {
    check_load(house)?;
    let draft = Draft {
        from: &outbound.from,
        to: &outbound.to,
        body: &outbound.body,
        media_urls: &outbound.media_urls,
        direction: Direction::OutboundApi,
    };
    let composed = compose(house, &draft).await?;
    let message = composed.map_err(|rejection| Failure::Message {
        code: rejection.code,
        parameter: rejection.parameter,
        reason: rejection.reason,
    })?;
    let message = Message { status_callback: outbound.status_callback, ..message };
    let mut work = Work::default();
    queue(&mut work, &message);
    house.commit(work).await?;
    Ok(message)
}

/// Refuses work that could only wait: who sent it can slow down, a queue without an end can not.
pub(crate) fn check_load(house: &House) -> Result<(), Failure> {
    if house.errands_waiting() > ERRANDS_WAITING_MAX { Err(Failure::Busy) } else { Ok(()) }
}

/// Takes a message that a flow sends, in the flow's own commit, and returns its fate as the flow's event.
pub(crate) async fn send_for_flow(
    house: &House,
    work: &mut Work,
    request: StepSid,
    outgoing: &flow::OutgoingMessage,
) -> Result<flow::Event, Error> {
    let draft = Draft {
        from: &outgoing.from,
        to: &outgoing.to,
        body: &outgoing.body,
        media_urls: &outgoing.media_urls,
        direction: Direction::OutboundApi,
    };
    let composed = match compose(house, &draft).await? {
        Ok(message) => check_pace(house, work, message).await?,
        Err(rejection) => Err(rejection),
    };
    Ok(match composed {
        Ok(message) => {
            queue(work, &message);
            flow::Event::MessageAccepted { request, outbound: payloads::outgoing_message(&message) }
        }
        Err(Rejection { code, reason, .. }) => flow::Event::MessageRefused { request, code, reason },
    })
}

/// Refuses a flow's message where it seems to talk with a machine that answers each one.
async fn check_pace(
    house: &House,
    work: &Work,
    message: Message,
) -> Result<Result<Message, Rejection>, Error> {
    let contact = contact_of(&message);
    let since = clock::now() - LOOP_WINDOW;
    let sent = store::messages::count_since(&house.store, (&message.from, &message.to), since).await?;
    if sent.saturating_add(work.messages_to(&contact)) < MESSAGES_IN_WINDOW_MAX {
        return Ok(Ok(message));
    }
    let reason = format!(
        "{MESSAGES_IN_WINDOW_MAX} messages went from {} to {} within {} seconds: two machines seem to answer each other",
        message.from,
        message.to,
        LOOP_WINDOW.as_secs()
    );
    Ok(reject(14107, "To", reason))
}

/// Takes a message of a conversation on for its carrier, or returns the published code of why it can not be sent.
pub(crate) async fn send_for_conversation(
    house: &House,
    work: &mut Work,
    (from, to): (&Address, &Address),
    body: &str,
    part: ConversationDelivery,
) -> Result<Result<(), u32>, Error> {
    let draft = Draft {
        from: from.as_str(),
        to: to.as_str(),
        body,
        media_urls: &[],
        direction: Direction::OutboundApi,
    };
    Ok(match compose(house, &draft).await? {
        Ok(message) => {
            queue(work, &Message { conversation: Some(part), ..message });
            Ok(())
        }
        Err(Rejection { code, .. }) => Err(code),
    })
}

/// Writes a message down and owes it to its carrier.
fn queue(work: &mut Work, message: &Message) {
    work.write(store::messages::put(message));
    work.owe(Errand::SendMessage { message: message.sid, contact: contact_of(message) });
}

fn contact_of(message: &Message) -> Contact {
    Contact::new(message.to.as_str(), message.from.as_str())
}

/// Makes a message of what is asked for, or says why it can not be sent.
async fn compose(house: &House, draft: &Draft<'_>) -> Result<Result<Message, Rejection>, Error> {
    let Ok(to) = draft.to.parse::<Address>() else {
        return Ok(reject(21211, "To", format!("'{}' is not an address that messages go to", draft.to)));
    };
    if let Some(rejection) = check_content(draft) {
        return Ok(Err(rejection));
    }
    let from = match draft.from.parse() {
        Ok(from) => number_of_ours(house, &from).await?.map(|number| number.address),
        Err(_) => None,
    };
    let Some(from) = from else {
        return Ok(reject(21606, "From", format!("'{}' is not a number of this account", draft.from)));
    };
    if from == to {
        return Ok(reject(21266, "To", "a message can not go to its own sender".to_owned()));
    }
    Ok(Ok(compose_checked(house, draft, from, to)))
}

fn compose_checked(house: &House, draft: &Draft<'_>, from: Address, to: Address) -> Message {
    let now = clock::now();
    let media = draft.media_urls.iter().map(|url| Media { url: url.clone(), content_type: None }).collect();
    Message {
        sid: clock::tick().sid(),
        account: house.account,
        from,
        to,
        segments: segments::count(draft.body),
        body: draft.body.to_owned(),
        media,
        direction: draft.direction,
        status: MessageStatus::Queued,
        profile_name: None,
        messaging_service_sid: None,
        error_code: None,
        error_message: None,
        status_callback: None,
        conversation: None,
        date_created: now,
        date_updated: now,
        date_sent: None,
    }
}

/// Finds what is wrong with a message's text and media.
fn check_content(draft: &Draft<'_>) -> Option<Rejection> {
    let length = draft.body.chars().count();
    let (code, parameter, reason) = match (draft.body.trim().is_empty(), draft.media_urls.len()) {
        (true, 0) => (21602, "Body", "a message needs a text or a medium".to_owned()),
        (_, MEDIA_MAX_EXCEEDED..) => {
            (21623, "MediaUrl", format!("at most {MEDIA_MAX} media fit into a message"))
        }
        _ if length > BODY_MAX => {
            (21617, "Body", format!("the text has {length} characters, {BODY_MAX} fit into a message"))
        }
        _ => return None,
    };
    Some(Rejection { code, parameter, reason })
}

/// The first number of media that is one too many.
const MEDIA_MAX_EXCEEDED: usize = MEDIA_MAX + 1;

fn reject(code: u32, parameter: &'static str, reason: String) -> Result<Message, Rejection> {
    Err(Rejection { code, parameter, reason })
}

/// Returns the number of this account with this address.
async fn number_of_ours(house: &House, address: &Address) -> Result<Option<PhoneNumber>, Error> {
    resources::by_name(&house.store, &house.account.to_string(), address.as_str()).await
}

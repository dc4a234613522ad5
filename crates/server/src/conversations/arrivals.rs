//! Where a message that came in goes: into the open conversation of its addresses, into one that it makes, or to its
//! number.

use std::sync::Arc;

use api::Failure;
use conversation::{
    AddressConfiguration, Command, Home, InboundMessage, InboundRoute, MessageMedia, Origin, Pair, Refusal,
    Settlement,
};
use domain::{ConversationServiceSid, MediaSid, MessageSid, Sid};
use store::{Error, Medium, Message, PhoneNumber, conversations, resources};

use super::desk::{self, Decision, Request, Sequel};
use super::hooks;
use crate::errand::{Contact, Errand, Owed};
use crate::executions;
use crate::house::House;
use crate::work::Work;

/// How often a message looks for its place, should each conversation end before it arrives there.
const ATTEMPTS_MAX: usize = 4;

/// Takes a message that came in to where it belongs.
pub(crate) async fn take_message(house: &Arc<House>, owed: &Owed, sid: MessageSid) -> Result<(), Error> {
    let Some(message) = store::messages::fetch(&house.store, &sid.to_string()).await? else {
        return house.commit(Work::settling(owed)).await;
    };
    for _ in 0..ATTEMPTS_MAX {
        let Some(way) = way_of(house, &message).await? else {
            return executions::take_message(house, owed, sid).await;
        };
        match follow(house, owed, &message, way).await? {
            Arrival::Taken => return Ok(()),
            Arrival::Closed => {}
            Arrival::Refused(reason) => {
                tracing::warn!(message = %sid, reason, "a conversation does not take a message: its number does");
                return executions::take_message(house, owed, sid).await;
            }
        }
    }
    Err(Error::Unavailable(format!("message {sid} finds no conversation that stays open")))
}

/// Returns the errand of a message that waited for an application's answer until its conversation had ended.
pub(super) fn again(settlement: &Settlement) -> Option<Errand> {
    let is_late = matches!(settlement.result, Err(Refusal::Closed(_)));
    let Command::AddMessage(add) = &settlement.command else { return None };
    let message = add.token.as_ref()?.parse().ok().filter(|_| is_late)?;
    let contact = Contact::new(add.author.clone().unwrap_or_default(), "");
    Some(Errand::TakeMessage { message, contact })
}

/// What became of a message that was given to a conversation.
enum Arrival {
    /// It is there.
    Taken,
    /// The conversation has ended meanwhile.
    Closed,
    /// The conversation does not take it.
    Refused(String),
}

/// Where a message goes, and as what.
struct Way {
    inbound: InboundMessage,
    route: InboundRoute,
    /// Whether its number hears of it too.
    is_shared: bool,
    /// What the message brought along, as the conversation's service keeps it.
    media: Vec<Medium>,
}

/// Looks for the conversation of a message; none where its number takes it.
async fn way_of(house: &House, message: &Message) -> Result<Option<Way>, Error> {
    let pair = Pair { address: message.from.clone(), proxy_address: message.to.clone() };
    let account = house.account.to_string();
    let ours = message.to.as_str();
    let holder = conversations::holder(&house.store, &pair).await?;
    let configuration: Option<AddressConfiguration> =
        resources::by_name(&house.store, &account, ours).await?;
    let service_sid = hooks::settings(house).await?.default_service_sid;
    let media = media_of(house, message, service_sid).await?;
    let inbound = InboundMessage {
        pair,
        body: Some(message.body.clone()),
        media: media.iter().map(shown).collect(),
        token: Some(message.sid.to_string()),
    };
    let home = Home { account_sid: house.account, service_sid };
    let route = inbound.route(holder, configuration.as_ref(), home);
    // A word such as STOP is no reason to begin a conversation, and with it a task.
    let begins = matches!(route, InboundRoute::Create(_));
    if route == InboundRoute::Webhook || (begins && message.opt_out.is_some()) {
        return Ok(None);
    }
    let number: Option<PhoneNumber> = resources::by_name(&house.store, &account, ours).await?;
    let is_shared = number.is_some_and(|number| number.conversations_exclusive == Some(false));
    Ok(Some(Way { inbound, route, is_shared, media }))
}

/// Returns the media that a message brought, with SIDs that follow from its own: whoever looks again finds the same.
/// Those whose content is kept here have SIDs already.
async fn media_of(
    house: &House,
    message: &Message,
    service: ConversationServiceSid,
) -> Result<Vec<Medium>, Error> {
    let medium = |(place, brought): (u128, &store::Media)| Medium {
        sid: MediaSid::from_bits(message.sid.bits().wrapping_add(place)),
        account: message.account,
        service,
        size: 0,
        content_type: brought.content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
        filename: None,
        source_url: Some(brought.url.clone()),
        date_created: message.date_created,
        date_updated: message.date_created,
    };
    let mut media = Vec::new();
    for (place, brought) in (0..).zip(&message.media) {
        let kept: Option<Medium> = match brought.kept {
            Some(sid) => resources::fetch(&house.store, &sid.to_string()).await?,
            None => None,
        };
        media.push(kept.unwrap_or_else(|| medium((place, brought))));
    }
    Ok(media)
}

fn shown(medium: &Medium) -> MessageMedia {
    let Medium { sid, size, content_type, filename, .. } = medium.clone();
    MessageMedia { sid, size, content_type, filename }
}

async fn follow(house: &Arc<House>, owed: &Owed, message: &Message, way: Way) -> Result<Arrival, Error> {
    let origin = Origin::network(message.from.channel_type());
    let (conversation, request) = match way.route {
        InboundRoute::Append(holder) => {
            let command = Command::AddMessage(Box::new(way.inbound.command()));
            (holder, Request::Execute(Box::new(command), origin))
        }
        InboundRoute::Create(create) => desk::creation(*create, origin),
        InboundRoute::Webhook => return Ok(Arrival::Refused("it goes to the number".to_owned())),
    };
    let sequel = arrived(owed, message, way.is_shared, way.media);
    let done = desk::turn(house, conversation, request, sequel).await?;
    Ok(match done.result {
        Ok(_) => Arrival::Taken,
        Err(Failure::Conversation(
            Refusal::Closed(_) | Refusal::NotFound { .. } | Refusal::PairTaken { .. },
        )) => Arrival::Closed,
        Err(failure) => Arrival::Refused(failure.to_string()),
    })
}

/// A message that is taken is off the outbox, unless its number hears of it too.
fn arrived(owed: &Owed, message: &Message, is_shared: bool, media: Vec<Medium>) -> Sequel {
    let (owed, message) = (owed.clone(), message.clone());
    Arc::new(move |work: &mut Work, decision: Decision<'_>| {
        if decision.result.is_err() {
            return;
        }
        work.settle(&owed);
        work.write_all(media.iter().map(resources::put));
        if is_shared {
            let contact = Contact::new(message.from.as_str(), message.to.as_str());
            work.owe(Errand::GiveToNumber { message: message.sid, contact });
        }
    })
}

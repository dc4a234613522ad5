//! Words by which a contact says whether we may write: STOP, START and HELP with their kin, and a messaging service's
//! own beside them, on telephone networks.

use domain::Address;
use store::{Direction, Error, Message, MessageStatus, OptOut, OptOutWords, OptedOut, resources};

use super::composing::{Unsent, rejected};
use super::segments;
use super::senders::{self, Route};
use super::sending::queue;
use crate::clock;
use crate::house::House;
use crate::work::Work;

/// Refuses a message to a contact who does not want any.
pub(super) async fn check(house: &House, route: &Route, to: &Address) -> Result<(), Unsent> {
    let service = route.service.as_ref().map(|service| service.sid.to_string());
    let scope = service.unwrap_or_else(|| route.from.to_string());
    match is_out(house, &scope, to).await? {
        true => Err(rejected(21610, "To", format!("{to} has asked for no more messages; START lifts that"))),
        false => Ok(()),
    }
}

/// Does what a message's word says and answers it once; returns what it says.
///
/// START from whom nothing keeps from us is an ordinary message: flows ask questions that are answered by YES.
pub(super) async fn take(house: &House, work: &mut Work, message: &Message) -> Result<Option<OptOut>, Error> {
    if message.from.channel_type() != "sms" || !message.media.is_empty() {
        return Ok(None);
    }
    let own = own_words(house, message).await?;
    let Some(word) = OptOut::by_default(&message.body).or_else(|| own.meaning(&message.body)) else {
        return Ok(None);
    };
    let scope = scope_of(message);
    let was_out = is_out(house, &scope, &message.from).await?;
    match word {
        OptOut::Stop if !was_out => {
            let wish = OptedOut { scope, contact: message.from.clone(), date_created: clock::now() };
            work.write(resources::put(&wish));
        }
        OptOut::Start if was_out => work.write(resources::delete(&OptedOut::key(&scope, &message.from))),
        OptOut::Start => return Ok(None),
        // Said twice: there is nothing to change and nothing to answer.
        OptOut::Stop => return Ok(Some(word)),
        OptOut::Help => {}
    }
    queue(work, &reply(message, own.of(word).reply.as_deref().unwrap_or(answer(word))));
    Ok(Some(word))
}

/// Tells whether a contact has asked the service or number `scope` for no more messages.
pub(super) async fn is_out(house: &House, scope: &str, contact: &Address) -> Result<bool, Error> {
    let found: Option<OptedOut> = resources::fetch(&house.store, &OptedOut::key(scope, contact)).await?;
    Ok(found.is_some())
}

/// Returns what does not write any more when a contact stops the sender of `message`: the service, else the number.
pub(super) fn scope_of(message: &Message) -> String {
    let ours = match message.direction {
        Direction::Inbound => &message.to,
        Direction::OutboundApi | Direction::OutboundReply => &message.from,
    };
    message.messaging_service_sid.clone().unwrap_or_else(|| ours.to_string())
}

/// Returns the words of the messaging service that the message came to.
async fn own_words(house: &House, message: &Message) -> Result<OptOutWords, Error> {
    let Some(sid) = &message.messaging_service_sid else { return Ok(OptOutWords::default()) };
    let service = senders::service(house, sid).await?;
    Ok(service.map(|service| service.opt_out_words).unwrap_or_default())
}

/// Returns what a word is answered where nobody says otherwise.
fn answer(word: OptOut) -> &'static str {
    match word {
        OptOut::Stop => "You will get no more messages from this number. Reply START to get them again.",
        OptOut::Start => "You will get messages from this number again. Reply STOP to end them.",
        OptOut::Help => "Reply STOP to get no more messages from this number, START to get them again.",
    }
}

fn reply(message: &Message, body: &str) -> Message {
    Message {
        sid: clock::tick().sid(),
        from: message.to.clone(),
        to: message.from.clone(),
        body: body.to_owned(),
        segments: segments::count(body),
        direction: Direction::OutboundReply,
        status: MessageStatus::Queued,
        date_sent: None,
        ..message.clone()
    }
}

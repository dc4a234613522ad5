//! Words by which a contact says whether we may write: STOP, START and HELP with their kin, on telephone networks.

use domain::Address;
use store::{Direction, Error, Message, MessageStatus, OptOut, OptedOut, resources};

use super::composing::{Unsent, rejected};
use super::segments;
use super::senders::Route;
use super::sending::queue;
use crate::clock;
use crate::house::House;
use crate::work::Work;

const STOP: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"];
const START: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];

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
    let Some(word) = word(message) else { return Ok(None) };
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
    queue(work, &reply(message, word));
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

/// Returns the word that the whole text is, where telephones write to each other.
fn word(message: &Message) -> Option<OptOut> {
    if message.from.channel_type() != "sms" || !message.media.is_empty() {
        return None;
    }
    let text = message.body.trim();
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match () {
        () if is_one_of(&STOP) => Some(OptOut::Stop),
        () if is_one_of(&START) => Some(OptOut::Start),
        () if is_one_of(&HELP) => Some(OptOut::Help),
        () => None,
    }
}

fn reply(message: &Message, word: OptOut) -> Message {
    let body = match word {
        OptOut::Stop => "You will get no more messages from this number. Reply START to get them again.",
        OptOut::Start => "You will get messages from this number again. Reply STOP to end them.",
        OptOut::Help => "Reply STOP to get no more messages from this number, START to get them again.",
    };
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

//! From which number a message goes: the one that it names, or one of its messaging service's pool.

use api::{Failure, OutboundMessage};
use domain::{Address, MessagingServiceSid, Sid};
use store::{Error, MessagingService, PoolSender, StickySender, resources};

use super::composing::{Unsent, number_of_ours, rejected};
use crate::house::House;

/// Calling codes of two digits; those of one are 1 and 7, all others have three (ITU-T E.164).
const TWO_DIGIT_CODES: &str = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 \
                               63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";

/// From where a message goes.
pub(super) struct Route {
    /// The number.
    pub(super) from: Address,
    /// The service that it goes through.
    pub(super) service: Option<MessagingService>,
}

/// Chooses the number from which a service writes to a contact.
pub(crate) async fn sender_for(
    house: &House,
    service: MessagingServiceSid,
    to: &Address,
) -> Result<Address, Failure> {
    let wanted =
        OutboundMessage { messaging_service: Some(service.to_string()), ..OutboundMessage::default() };
    Ok(choose(house, &wanted, to).await?.from)
}

/// Chooses the sender of a message.
pub(super) async fn choose(house: &House, wanted: &OutboundMessage, to: &Address) -> Result<Route, Unsent> {
    let names_service = wanted.from.starts_with(MessagingServiceSid::PREFIX);
    let named = wanted.messaging_service.as_ref().or(Some(&wanted.from).filter(|_| names_service));
    let service = match named {
        Some(sid) => Some(service_named(house, sid).await?),
        None => None,
    };
    let from = Some(wanted.from.as_str()).filter(|from| !from.is_empty() && !names_service);
    match (service, from) {
        (service, Some(from)) => Ok(Route { from: own(house, from).await?, service }),
        (Some(service), None) => {
            let from = from_pool(house, &service, wanted, to).await?;
            Ok(Route { from, service: Some(service) })
        }
        (None, None) => Err(rejected(21603, "From", "a sender is expected: From or MessagingServiceSid")),
    }
}

/// Returns the place of an address of ours in a pool.
pub(super) async fn pool_of(house: &House, address: &Address) -> Result<Option<PoolSender>, Error> {
    resources::by_name(&house.store, &house.account.to_string(), address.as_str()).await
}

/// Returns a messaging service by its SID.
pub(super) async fn service(house: &House, sid: &str) -> Result<Option<MessagingService>, Error> {
    resources::fetch(&house.store, sid).await
}

async fn service_named(house: &House, sid: &str) -> Result<MessagingService, Unsent> {
    let found = service(house, sid).await?;
    found.ok_or_else(|| {
        rejected(21701, "MessagingServiceSid", format!("there is no messaging service {sid} in this account"))
    })
}

async fn own(house: &House, text: &str) -> Result<Address, Unsent> {
    if let Some(name) = Address::alphanumeric_sender(text).filter(|_| house.carriers().takes_name(text)) {
        return Ok(name);
    }
    let number = match text.parse() {
        Ok(address) => number_of_ours(house, &address).await?,
        Err(_) => None,
    };
    let number =
        number.ok_or_else(|| rejected(21606, "From", format!("'{text}' is not a number of this account")));
    Ok(number?.address)
}

/// Chooses from the pool: the number of last time, else one of the contact's area, its country, or any.
async fn from_pool(
    house: &House,
    service: &MessagingService,
    wanted: &OutboundMessage,
    to: &Address,
) -> Result<Address, Unsent> {
    let account = house.account.to_string();
    let mut pool: Vec<PoolSender> = resources::all(&house.store, &account).await?;
    pool.retain(|sender| sender.service == service.sid && sender.address.channel_type() == to.channel_type());
    if service.is_sticky {
        let last: Option<StickySender> =
            resources::by_name(&house.store, &service.sid.to_string(), to.as_str()).await?;
        if let Some(last) = last.filter(|last| pool.iter().any(|sender| sender.address == last.sender)) {
            return Ok(last.sender);
        }
    }
    let addresses = pool.into_iter().map(|sender| sender.address).collect();
    match (nearest(addresses, to, service.matches_area_code), &wanted.fallback_from) {
        (Some(address), _) => Ok(address),
        (None, Some(fallback)) => own(house, fallback).await,
        (None, None) => {
            let reason = format!("the service {} has no number that writes to {to}", service.sid);
            Err(rejected(21703, "MessagingServiceSid", reason))
        }
    }
}

/// Returns the address that is nearest to the contact; among equals the contact's own digits decide, so that contacts
/// spread over the pool and each keeps its number.
fn nearest(pool: Vec<Address>, to: &Address, by_area: bool) -> Option<Address> {
    let nearness = |address: &Address| match by_area {
        true => (has_same(address, to, country), has_same(address, to, area)),
        false => (has_same(address, to, country), false),
    };
    let best = pool.iter().map(nearness).max()?;
    let mut equals: Vec<Address> = pool.into_iter().filter(|address| nearness(address) == best).collect();
    let digits: usize = to.as_str().bytes().map(usize::from).sum();
    let chosen = digits % equals.len();
    Some(equals.swap_remove(chosen))
}

fn has_same(one: &Address, other: &Address, part: fn(&str) -> Option<&str>) -> bool {
    let part = |address| part(digits_of(address));
    part(one).is_some() && part(one) == part(other)
}

/// The digits behind the plus sign; empty for a short code.
fn digits_of(address: &Address) -> &str {
    address.as_str().split_once('+').map_or("", |(_, digits)| digits)
}

/// Returns the calling code of a number.
fn country(digits: &str) -> Option<&str> {
    let length = match digits.get(..2)? {
        code if code.starts_with(['1', '7']) => 1,
        code if TWO_DIGIT_CODES.split_whitespace().any(|known| known == code) => 2,
        _ => 3,
    };
    digits.get(..length)
}

/// Returns calling code and area code of a North American number; others have no area of fixed length.
fn area(digits: &str) -> Option<&str> {
    if digits.starts_with('1') { digits.get(..4) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_of_a_pool_writes() {
        for (pool, to, by_area, chosen) in [
            (&["+441512345678", "+15125550100"][..], "+447700900000", false, Some("+441512345678")),
            (&["+441512345678", "+15125550100"], "+35312345678", false, None),
            (&["+14155550100", "+15125550100"], "+15125551234", true, Some("+15125550100")),
            (&["+441512345678", "+15125550100"], "+12125551234", true, Some("+15125550100")),
            (&[], "+12125551234", true, None),
        ] {
            let addresses = pool.iter().map(|text| text.parse().unwrap()).collect();
            let found = nearest(addresses, &to.parse().unwrap(), by_area);
            match chosen {
                Some(chosen) => assert_eq!(found.unwrap().as_str(), chosen, "{to}"),
                None => assert_eq!(found.is_none(), pool.is_empty(), "any number is better than none"),
            }
        }
    }

    #[test]
    fn contacts_spread_over_equal_numbers_and_each_keeps_its_own() {
        let pool =
            || (0..3).map(|last| format!("+1555555010{last}").parse().unwrap()).collect::<Vec<Address>>();
        let to = |last: u32| format!("+1555123000{last}").parse::<Address>().unwrap();
        let mut chosen: Vec<Address> = (0..9).filter_map(|last| nearest(pool(), &to(last), false)).collect();
        assert_eq!(nearest(pool(), &to(4), false).as_ref(), chosen.get(4));
        chosen.sort();
        chosen.dedup();
        assert_eq!(chosen.len(), 3);
    }
}

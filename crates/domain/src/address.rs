//! Addresses of people and of ours: phone numbers, and other networks by their prefix.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest address, in characters, that any network of ours uses.
const LENGTH_MAX: usize = 255;

/// The longest name that stands for a sender, as handsets show it (3GPP TS 23.040 §9.1.2.5).
const SENDER_LENGTH_MAX: usize = 11;

/// Where a call or message comes from or goes to.
///
/// The text is kept in its canonical form: `+15555550100`, `whatsapp:+15555550100`, `sip:…`, `client:…`, `webchat:…`,
/// or another network's name, a colon and its own form. A name such as `ACME` is an address of senders only, made with
/// [`Address::alphanumeric_sender`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not an address: a number such as +15555550100, or one of whatsapp:, sip:, client:, webchat: is expected"
)]
pub struct AddressError(pub String);

impl Address {
    /// Returns the address of who is shown as a name in place of a number, and can not be answered.
    pub fn alphanumeric_sender(text: &str) -> Option<Self> {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b" +-_&".contains(&byte);
        let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_name = (1..=SENDER_LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_taken);
        (is_name && has_letter && text.trim() == text).then(|| Self(text.to_owned()))
    }

    /// Returns the canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the network's name as messages' channel types spell it: `sms` for plain numbers.
    pub fn channel_type(&self) -> &str {
        self.0.split_once(':').map_or("sms", |(network, _)| network)
    }

    /// Tells whether this is a plain telephone number.
    pub fn is_phone_number(&self) -> bool {
        self.0.starts_with('+')
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let error = || AddressError(text.chars().take(64).collect());
        if text.chars().count() > LENGTH_MAX || text.chars().any(char::is_control) {
            return Err(error());
        }
        match text.split_once(':') {
            None => e164(text).map(Self).ok_or_else(error),
            Some(("whatsapp", number)) => {
                e164(number).map(|n| Self(format!("whatsapp:{n}"))).ok_or_else(error)
            }
            Some((network, rest)) if is_network(network) && !rest.is_empty() => Ok(Self(text.to_owned())),
            Some(_) => Err(error()),
        }
    }
}

/// A network's name is lower-case ASCII, as in `sip:` or `webchat:`.
fn is_network(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Reads E.164 with the separators that people write; short codes of 3 to 8 digits stand without a plus.
fn e164(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
    let (plus, number) = digits.strip_prefix('+').map_or((false, digits.as_str()), |rest| (true, rest));
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, plus, number.len()) {
        (true, true, 2..=15) => Some(format!("+{number}")),
        (true, false, 3..=8) => Some(number.to_owned()),
        (true, false, 9..=15) => Some(format!("+{number}")),
        _ => None,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().or_else(|error| Self::alphanumeric_sender(&text).ok_or(error)).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_out_canonical() {
        for (given, canonical, channel) in [
            ("+1 (555) 555-0100", "+15555550100", "sms"),
            ("whatsapp:+44 7700 900000", "whatsapp:+447700900000", "whatsapp"),
            ("client:alice", "client:alice", "client"),
            ("sip:bob@example.com:5060", "sip:bob@example.com:5060", "sip"),
            ("12345", "12345", "sms"),
        ] {
            let address: Address = given.parse().unwrap();
            assert_eq!((address.as_str(), address.channel_type()), (canonical, channel));
        }
    }

    #[test]
    fn a_name_is_an_address_of_senders_only() {
        for text in ["ACME", "Acme 24", "a", "A&B-Taxi_1"] {
            let sender = Address::alphanumeric_sender(text).unwrap();
            assert_eq!((sender.as_str(), sender.channel_type()), (text, "sms"));
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        for text in ["", "12345", "ACME ACME ACME", " ACME", "ACME!", "Über"] {
            assert_eq!(Address::alphanumeric_sender(text), None, "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_address() {
        for text in ["", "+", "hello", "whatsapp:alice", "SIP:", "+1555x", "+1234567890123456"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}

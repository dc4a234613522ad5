//! Links to media that work for a while and for everybody: for carriers, which fetch what they send along.

use std::time::Duration;

use domain::{MediaSid, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::BASE;

/// How long a link works: a carrier that is out of reach tries again for hours.
const LIFETIME: Duration = Duration::from_secs(4 * 60 * 60);

/// Says what a ticket is for, so that no other token of ours passes as one.
const PURPOSE: &str = "medium";

#[derive(Serialize, Deserialize)]
struct Ticket {
    aud: String,
    sub: MediaSid,
    exp: i64,
}

/// Returns a link to the content of a medium, signed with the account's token.
pub fn media_link(public_url: &str, auth_token: &str, medium: MediaSid, now: Timestamp) -> String {
    let ticket = Ticket { aud: PURPOSE.to_owned(), sub: medium, exp: (now + LIFETIME).as_secs() };
    let key = EncodingKey::from_secret(auth_token.as_bytes());
    let signed = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &ticket, &key)
        .expect("three plain claims become JSON, and HMAC takes any key");
    format!("{public_url}{BASE}/Content/{signed}")
}

/// Returns the medium that a ticket leads to.
pub(super) fn read(auth_token: &str, ticket: &str, now: Timestamp) -> Option<MediaSid> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[PURPOSE]);
    // The library would look at its own clock.
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(auth_token.as_bytes());
    let read = jsonwebtoken::decode::<Ticket>(ticket, &key, &rules).ok()?.claims;
    (read.exp > now.as_secs()).then_some(read.sub)
}

#[cfg(test)]
mod tests {
    use domain::Sid;

    use super::*;

    #[test]
    fn a_link_works_for_its_time_and_its_account() {
        let (medium, now) = (MediaSid::from_bits(7), Timestamp::from_secs(1_795_300_000));
        let link = media_link("https://example.com", "token", medium, now);
        let ticket = link.rsplit('/').next().unwrap();
        assert_eq!(read("token", ticket, now), Some(medium));
        assert_eq!(read("token", ticket, now + LIFETIME), None);
        assert_eq!(read("other", ticket, now), None);
        assert_eq!(read("token", "nonsense", now), None);
    }
}

//! The asking side of digest authentication: challenges, their nonces, and whether an answer is right.
//!
//! A nonce carries its time, its number and a keyed hash of both, so that nothing is kept for those who never answer.

use std::collections::BTreeMap;

use hmac::{Hmac, Mac};
use subtle::ConstantTimeEq;

use crate::clock::Moment;
use crate::digest::{self, Algorithm, Credentials, Inputs, Parameters};
use crate::message::{Request, text};

/// How long a nonce is good for.
const NONCE_SECS: u64 = 300;

/// Characters of a nonce before its hash: ten of its time, eight of its number.
const STAMP_LENGTH: usize = 18;

/// How many nonces are watched for repeated counts; the oldest are forgotten first.
const NONCES_MAX: usize = 65_536;

/// Asks for credentials and judges the answers.
pub(crate) struct Gatekeeper {
    key: [u8; 32],
    /// How many nonces were made: two that are challenged in the same second count their answers apart.
    made: u32,
    /// The highest count seen by nonce, so that no answer counts twice.
    counts: BTreeMap<String, u32>,
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It proves the user.
    Right,
    /// It is right for a nonce that is too old, unknown or used up: to be asked again.
    Stale,
    /// It proves nothing.
    Wrong,
}

impl Gatekeeper {
    /// A gatekeeper whose nonces are made with that key.
    pub(crate) fn new(key: [u8; 32]) -> Gatekeeper {
        Gatekeeper { key, made: 0, counts: BTreeMap::new() }
    }

    /// The challenges to show, one for each algorithm, in their order.
    pub(crate) fn challenges(
        &mut self,
        now: Moment,
        realm: &str,
        algorithms: &[Algorithm],
        is_stale: bool,
    ) -> Vec<String> {
        let nonce = self.nonce(now.as_secs());
        let stale = if is_stale { ", stale=true" } else { "" };
        let one = |algorithm: &Algorithm| {
            let (realm, name) = (text::quote(realm), algorithm.name());
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={name}, qop=\"auth\"{stale}")
        };
        algorithms.iter().map(one).collect()
    }

    /// Judges an answer to a challenge.
    pub(crate) fn judge(
        &mut self,
        now: Moment,
        request: &Request,
        answer: &Parameters,
        credentials: &Credentials,
    ) -> Judgement {
        if !is_right(request, answer, credentials) {
            return Judgement::Wrong;
        }
        let nonce = answer.get("nonce").unwrap_or_default();
        if !self.is_fresh(now, nonce) || !self.counts_up(nonce, answer.get("nc")) {
            return Judgement::Stale;
        }
        Judgement::Right
    }

    fn nonce(&mut self, secs: u64) -> String {
        self.made = self.made.wrapping_add(1);
        let stamp = format!("{secs:010x}{:08x}", self.made);
        format!("{stamp}{}", self.seal(&stamp))
    }

    fn seal(&self, stamp: &str) -> String {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(stamp.as_bytes());
        digest::hex(&mac.finalize().into_bytes()[..16])
    }

    fn is_fresh(&self, now: Moment, nonce: &str) -> bool {
        let Some((stamp, seal)) = nonce.split_at_checked(STAMP_LENGTH) else { return false };
        let is_ours = bool::from(self.seal(stamp).as_bytes().ct_eq(seal.as_bytes()));
        let made = stamp.get(..10).and_then(|secs| u64::from_str_radix(secs, 16).ok()).unwrap_or(0);
        is_ours && now.as_secs() <= made + NONCE_SECS
    }

    /// A count must be higher than those before it. Without `qop` there is none, and a nonce may be used again.
    fn counts_up(&mut self, nonce: &str, count: Option<&str>) -> bool {
        let Some(count) = count else { return true };
        let Ok(count) = u32::from_str_radix(count, 16) else { return false };
        if self.counts.len() >= NONCES_MAX {
            self.counts.pop_first();
        }
        let last = self.counts.entry(nonce.to_owned()).or_insert(0);
        let rises = count > *last;
        *last = count.max(*last);
        rises
    }
}

fn is_right(request: &Request, answer: &Parameters, credentials: &Credentials) -> bool {
    let (Some(algorithm), Some(given)) = (answer.algorithm(), answer.get("response")) else { return false };
    let qop = match answer.get("qop") {
        Some(qop) if qop.eq_ignore_ascii_case("auth") => answer.get("nc").zip(answer.get("cnonce")),
        Some(_) => return false,
        None => None,
    };
    if answer.get("qop").is_some() && qop.is_none() {
        return false;
    }
    let inputs = Inputs {
        algorithm,
        realm: answer.get("realm").unwrap_or_default(),
        nonce: answer.get("nonce").unwrap_or_default(),
        method: request.method.name(),
        uri: answer.get("uri").unwrap_or_default(),
        qop,
    };
    let expected = digest::response(credentials, &inputs);
    expected
        .is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes())))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::digest::Secret;
    use crate::message::{Headers, Method};

    #[test]
    fn an_answer_counts_once_and_not_for_ever() {
        let mut gatekeeper = Gatekeeper::new([7; 32]);
        let challenges =
            gatekeeper.challenges(at(0), "example.com", &[Algorithm::Sha256, Algorithm::Md5], false);
        assert_eq!(challenges.len(), 2);
        let answer = answered(&challenges, "secret");
        assert_eq!(judged(&mut gatekeeper, 1, &answer), Judgement::Right);
        assert_eq!(judged(&mut gatekeeper, 2, &answer), Judgement::Stale);
        let late = answered(&gatekeeper.challenges(at(0), "example.com", &[Algorithm::Md5], true), "secret");
        assert_eq!(judged(&mut gatekeeper, NONCE_SECS + 1, &late), Judgement::Stale);
    }

    #[test]
    fn phones_that_are_challenged_together_are_let_in_together() {
        let mut gatekeeper = Gatekeeper::new([7; 32]);
        for _ in 0..3 {
            let challenges = gatekeeper.challenges(at(0), "example.com", &[Algorithm::Md5], false);
            assert_eq!(judged(&mut gatekeeper, 0, &answered(&challenges, "secret")), Judgement::Right);
        }
    }

    #[test]
    fn wrong_passwords_and_foreign_nonces_prove_nothing() {
        let mut gatekeeper = Gatekeeper::new([7; 32]);
        let challenges = gatekeeper.challenges(at(0), "example.com", &[Algorithm::Md5], false);
        assert_eq!(judged(&mut gatekeeper, 1, &answered(&challenges, "guess")), Judgement::Wrong);
        let foreign = Gatekeeper::new([8; 32]).challenges(at(0), "example.com", &[Algorithm::Md5], false);
        assert_eq!(judged(&mut gatekeeper, 1, &answered(&foreign, "secret")), Judgement::Stale);
    }

    fn judged(gatekeeper: &mut Gatekeeper, secs: u64, answer: &Parameters) -> Judgement {
        gatekeeper.judge(at(secs), &register(), answer, &alice("secret"))
    }

    fn answered(challenges: &[String], password: &str) -> Parameters {
        let challenges = challenges.iter().map(String::as_str);
        let request = ("REGISTER", "sip:example.com");
        let value = digest::authorization(challenges, &alice(password), request, "c").unwrap();
        Parameters::parse(&value).unwrap()
    }

    fn alice(password: &str) -> Credentials {
        Credentials { user: "alice".to_owned(), secret: Secret::Password(password.to_owned()) }
    }

    fn register() -> Request {
        let uri = "sip:example.com".to_owned();
        Request { method: Method::Register, uri, headers: Headers::default(), body: Vec::new() }
    }

    fn at(secs: u64) -> Moment {
        Duration::from_secs(secs)
    }
}

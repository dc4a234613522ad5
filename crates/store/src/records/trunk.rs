//! Trunks: the SIP peers that bring calls in and take calls out.

use domain::{AccountSid, Timestamp, TrunkSid};
use serde::{Deserialize, Serialize};

/// A SIP trunk.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Trunk {
    /// Its SID.
    pub sid: TrunkSid,
    /// The account it belongs to.
    pub account: AccountSid,
    /// Its name; unique.
    pub name: String,
    /// The networks that its calls come from, as `192.0.2.0/24`.
    pub inbound_networks: Vec<String>,
    /// Where calls go out: the first place that works is taken.
    pub outbound: Vec<TrunkTarget>,
    /// The user name for a challenge, in and out.
    pub username: Option<String>,
    /// The password for a challenge, in and out.
    pub password: Option<String>,
    /// Whether the audio of its calls is encrypted, in and out.
    #[serde(default)]
    pub is_secure: bool,
    /// Whether it stands in the configuration file, where alone it is changed.
    #[serde(default)]
    pub is_from_file: bool,
    /// When it was made.
    pub date_created: Timestamp,
    /// When it was last changed.
    pub date_updated: Timestamp,
}

/// A place where a trunk takes calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrunkTarget {
    /// Its SIP URI without a user, as `sip:gateway.example.com:5060;transport=tcp`.
    pub uri: String,
    /// Places of a lower number are tried first.
    pub priority: u16,
    /// Of those of one priority, the heavier are tried first.
    pub weight: u16,
}

impl Trunk {
    /// Returns whom to call for a number, and the places to send that to, the best first.
    pub fn targets(&self, number: &str) -> Vec<(String, String)> {
        let mut places: Vec<&TrunkTarget> = self.outbound.iter().collect();
        places.sort_by_key(|place| (place.priority, u16::MAX - place.weight));
        places.into_iter().map(|place| (with_user(&place.uri, number), place.uri.clone())).collect()
    }
}

impl std::fmt::Debug for Trunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trunk({}, {})", self.sid, self.name)
    }
}

fn with_user(uri: &str, user: &str) -> String {
    let (scheme, rest) = uri.split_once(':').unwrap_or(("sip", uri));
    format!("{scheme}:{user}@{rest}")
}

record!(Trunk, "trunk", below account, named name);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_at_the_best_place_first() {
        let sid = "00000000000000000000000000000001";
        let place =
            |host: &str, priority, weight| TrunkTarget { uri: format!("sip:{host}"), priority, weight };
        let trunk = Trunk {
            sid: format!("TK{sid}").parse().unwrap(),
            account: format!("AC{sid}").parse().unwrap(),
            name: "main".to_owned(),
            inbound_networks: Vec::new(),
            outbound: vec![place("c", 20, 1), place("b;transport=tcp", 10, 1), place("a", 10, 5)],
            username: None,
            password: None,
            is_secure: false,
            is_from_file: false,
            date_created: Timestamp::from_secs(0),
            date_updated: Timestamp::from_secs(0),
        };
        let called: Vec<String> = trunk.targets("+1555").into_iter().map(|(uri, _)| uri).collect();
        assert_eq!(called, ["sip:+1555@a", "sip:+1555@b;transport=tcp", "sip:+1555@c"]);
    }
}

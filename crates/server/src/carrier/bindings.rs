//! The carriers of the configuration file, and which of our numbers each has.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use carriers::{Carrier, Environment, Settings};
use parking_lot::Mutex;
use serde::Deserialize;
use tokio::time::Instant;

use crate::clock;

/// How many messages' fates are written down side by side at most.
const DESKS: usize = 64;

/// A carrier of the configuration file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct CarrierTable {
    /// Its name, which is part of the URL that its provider posts to; unique.
    pub(crate) name: String,
    /// The numbers that it has, or what they begin with.
    pub(crate) numbers: Vec<String>,
    /// How many messages a second each sender may send.
    pub(crate) rate_per_second: Option<f64>,
    /// What it is, and how it is reached.
    #[serde(flatten)]
    pub(crate) settings: Settings,
}

/// All carriers.
#[derive(Default)]
pub(crate) struct Bindings {
    carriers: Vec<Arc<Bound>>,
    desks: Vec<tokio::sync::Mutex<()>>,
}

/// A carrier with its numbers.
pub(crate) struct Bound {
    /// Its name.
    pub(super) name: String,
    /// The carrier.
    pub(super) carrier: Arc<dyn Carrier>,
    numbers: Vec<String>,
    pace: Option<Pace>,
}

/// When each sender may send next.
struct Pace {
    step: Duration,
    next_by_sender: Mutex<BTreeMap<String, Instant>>,
}

impl Bindings {
    /// Makes the carriers of the configuration file.
    pub(crate) fn open(
        tables: &[CarrierTable],
        client: &webhooks::Client,
        public_url: &str,
    ) -> anyhow::Result<Self> {
        let mut carriers: Vec<Arc<Bound>> = Vec::new();
        for table in tables {
            check(table)?;
            if carriers.iter().any(|bound| bound.name == table.name) {
                bail!("two carriers have the name '{}'\n  hint: names are unique", table.name);
            }
            carriers.push(Arc::new(Bound::open(table.clone(), client.clone(), public_url)));
        }
        Ok(Self { carriers, desks: (0..DESKS).map(|_| tokio::sync::Mutex::default()).collect() })
    }

    /// Returns the carrier that has a number: the one that names the most of it.
    pub(super) fn of(&self, number: &str) -> Option<&Arc<Bound>> {
        let lengths = self.carriers.iter().filter_map(|bound| Some((bound.covers(number)?, bound)));
        lengths.max_by_key(|(length, _)| *length).map(|(_, bound)| bound)
    }

    /// Tells whether a carrier shows messages under a name in place of a number: its table has that name, whole.
    pub(crate) fn takes_name(&self, sender: &str) -> bool {
        self.carriers.iter().any(|bound| bound.numbers.iter().any(|number| number == sender))
    }

    /// Returns the carrier with this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Bound>> {
        self.carriers.iter().find(|bound| bound.name == name)
    }

    /// Returns all carriers.
    pub(super) fn all(&self) -> &[Arc<Bound>] {
        &self.carriers
    }

    /// Returns the desk at which the fate of a provider's message is written down, by one writer at a time.
    pub(super) fn desk(&self, provider_id: &str) -> &tokio::sync::Mutex<()> {
        let mut hasher = DefaultHasher::new();
        provider_id.hash(&mut hasher);
        &self.desks[usize::try_from(hasher.finish() % DESKS as u64).unwrap_or(0)]
    }
}

impl Bound {
    fn open(table: CarrierTable, client: webhooks::Client, public_url: &str) -> Self {
        let CarrierTable { name, numbers, rate_per_second, settings } = table;
        let post_url = format!("{public_url}/carriers/v1/{name}");
        let pace = rate_per_second
            .map(|rate| Pace { step: Duration::from_secs_f64(1.0 / rate), next_by_sender: Mutex::default() });
        let carrier = settings.open(Environment { client, post_url, now: clock::now });
        Self { name, carrier, numbers, pace }
    }

    /// Returns how much of a number this carrier names; none where it is not its own.
    pub(super) fn covers(&self, number: &str) -> Option<usize> {
        let named = self.numbers.iter().filter(|named| number.starts_with(named.as_str()));
        named.map(String::len).max()
    }

    /// Waits until a sender may send its next message.
    pub(super) async fn wait_for_turn(&self, sender: &str) {
        if let Some(pace) = &self.pace {
            tokio::time::sleep_until(pace.take_turn(sender, Instant::now())).await;
        }
    }
}

impl Pace {
    fn take_turn(&self, sender: &str, now: Instant) -> Instant {
        let mut next_by_sender = self.next_by_sender.lock();
        let turn = next_by_sender.get(sender).copied().unwrap_or(now).max(now);
        next_by_sender.insert(sender.to_owned(), turn + self.step);
        turn
    }
}

fn check(table: &CarrierTable) -> anyhow::Result<()> {
    let name = &table.name;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        bail!("a [[carrier]] has the name '{name}': letters, digits, '-' and '_' are expected");
    }
    if table.numbers.is_empty() || table.numbers.iter().any(String::is_empty) {
        bail!(
            "the carrier {name} has no numbers\n  hint: numbers = [\"+15555550100\"], or what they begin with"
        );
    }
    if table.rate_per_second.is_some_and(|rate| !(0.001..=100_000.0).contains(&rate)) {
        bail!("the carrier {name} has a rate_per_second that is none: 0.001 to 100000 is expected");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
        [[carrier]]
        name = 'all'
        kind = 'http'
        numbers = ['+1']
        url = 'https://a.example/'
        secret = 's3cret'
        [[carrier]]
        name = 'one'
        kind = 'twilio'
        numbers = ['+15555550100']
        rate_per_second = 10.0
        account_sid = 'AC1'
        auth_token = 's3cret'";

    #[derive(Debug, Deserialize)]
    struct File {
        carrier: Vec<CarrierTable>,
    }

    #[test]
    fn a_number_goes_to_the_carrier_that_names_the_most_of_it() {
        let bindings = open(FILE).unwrap();
        let carrier_of = |number| bindings.of(number).map(|bound| bound.name.as_str());
        assert_eq!(carrier_of("+15555550100"), Some("one"));
        assert_eq!(carrier_of("+15555550101"), Some("all"));
        assert_eq!(carrier_of("whatsapp:+15555550100"), None);
    }

    #[test]
    fn a_name_that_is_shown_stands_whole_among_the_numbers() {
        let bindings = open(&FILE.replace("['+1']", "['+1', 'ACME']")).unwrap();
        assert!(bindings.takes_name("ACME"));
        assert!(!bindings.takes_name("ACMEX") && !bindings.takes_name("AC"));
    }

    #[test]
    fn a_file_that_can_not_be_right_is_refused() {
        for (from, to, expected) in [
            ("'one'", "'all'", "two carriers have the name 'all'"),
            ("'one'", "'a b'", "letters, digits"),
            ("['+1']", "[]", "has no numbers"),
            ("10.0", "0.0", "rate_per_second"),
        ] {
            let error = open(&FILE.replace(from, to)).err().unwrap();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let error = toml::from_str::<File>(&FILE.replace("secret =", "sekret =")).unwrap_err();
        assert!(error.to_string().contains("sekret"), "{error}");
    }

    #[test]
    fn each_sender_has_a_pace_of_its_own() {
        let bindings = open(FILE).unwrap();
        let pace = bindings.named("one").unwrap().pace.as_ref().unwrap();
        let now = Instant::now();
        let turn = |sender, now| (pace.take_turn(sender, now) - now).as_millis();
        let turns = [(); 3].map(|()| turn("+15555550100", now));
        assert_eq!((turns, turn("+15555550101", now)), ([0, 100, 200], 0));
        assert_eq!(turn("+15555550100", now + Duration::from_secs(1)), 0);
    }

    fn open(file: &str) -> anyhow::Result<Bindings> {
        let file: File = toml::from_str(file).unwrap();
        let client = webhooks::Client::new(webhooks::Options::default());
        Bindings::open(&file.carrier, &client, "https://patchboard.example")
    }
}

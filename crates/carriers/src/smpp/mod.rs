//! SMPP 3.4: one session with a short message centre, over which texts and receipts go both ways.
//!
//! The protocol knows no repetitions: where the session ends before an answer, the message's fate is unknown. A long
//! text goes in parts; the receipt of its last part speaks for it.

mod arrival;
mod receipt;
mod session;
mod text;

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use rusmpp::pdus::SubmitSm;
use rusmpp::types::{COctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, Npi, RegisteredDelivery, Ton};
use serde::Deserialize;

use crate::{Carrier, Environment, Inbox, OutboundMessage, Secret, Submission};
use session::{Answer, Orders};

/// The shortest and the longest pause between two attempts to bind.
const PAUSE_MIN: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// The pause before a part is submitted again, and how often that is done.
const PART_PAUSE: Duration = Duration::from_secs(1);
const PART_ATTEMPTS: u32 = 30;

/// Statuses of SMPP: the queue is full, the rate is exceeded, the centre's own trouble; and of addresses and length.
const QUEUE_FULL: u32 = 0x14;
const THROTTLED: u32 = 0x58;
const SYSTEM_ERROR: u32 = 0x08;
const BAD_LENGTH: u32 = 0x01;
const BAD_SOURCE: u32 = 0x0a;
const BAD_DESTINATION: u32 = 0x0b;

/// How the centre is reached.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The centre's host.
    pub(crate) host: String,
    /// Its port.
    #[serde(default = "default_port")]
    pub(crate) port: u16,
    /// Our name there.
    system_id: String,
    /// The password.
    password: Secret,
    /// The kind of our system, where the centre asks for one.
    #[serde(default)]
    system_type: String,
}

/// A short message centre.
pub(crate) struct Smpp {
    settings: Settings,
    environment: Environment,
    orders: Mutex<Option<Orders>>,
    reference: AtomicU8,
}

#[async_trait]
impl Carrier for Smpp {
    fn knows_repeats(&self) -> bool {
        false
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        if !message.media_urls.is_empty() {
            return Submission::Refused { code: 30_008, reason: "SMPP takes texts without media".to_owned() };
        }
        let Some(orders) = self.orders.lock().clone() else {
            return Submission::Later {
                pause: None,
                reason: "there is no session with the centre".to_owned(),
            };
        };
        let reference = self.reference.fetch_add(1, Ordering::Relaxed);
        let pdus = match pdus(message, reference) {
            Ok(pdus) => pdus,
            Err(refusal) => return refusal,
        };
        let mut accepted = None;
        for pdu in pdus {
            match submit_part(&orders, pdu, accepted.is_some()).await {
                Submission::Accepted { provider_id } => accepted = Some(provider_id),
                other if accepted.is_none() => return other,
                Submission::Refused { reason, .. }
                | Submission::Later { reason, .. }
                | Submission::Unknown { reason } => {
                    return Submission::Unknown { reason: format!("a part was not taken: {reason}") };
                }
            }
        }
        let none = Submission::Unknown { reason: "the text has no parts".to_owned() };
        accepted.map_or(none, |provider_id| Submission::Accepted { provider_id })
    }

    async fn listen(&self, inbox: &dyn Inbox) {
        let mut pause = PAUSE_MIN;
        loop {
            let (orders, taken) = session::orders();
            let on_bound = || *self.orders.lock() = Some(orders);
            let end = session::run(&self.settings, taken, &self.environment, (inbox, on_bound)).await;
            let was_bound = self.orders.lock().take().is_some();
            tracing::warn!(reason = end, "there is no session with a short message centre");
            if was_bound {
                pause = PAUSE_MIN;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }
}

impl Smpp {
    /// Makes the carrier, which binds once it listens.
    pub(crate) fn new(settings: Settings, environment: Environment) -> Self {
        Self { settings, environment, orders: Mutex::default(), reference: AtomicU8::new(0) }
    }
}

fn default_port() -> u16 {
    2775
}

/// What follows a part that the centre has is submitted until it has that too, since a torn text helps nobody.
async fn submit_part(orders: &Orders, pdu: SubmitSm, is_begun: bool) -> Submission {
    let attempts = if is_begun { PART_ATTEMPTS } else { 1 };
    for _ in 1..attempts {
        match judge(orders.submit(pdu.clone()).await) {
            Submission::Later { .. } => tokio::time::sleep(PART_PAUSE).await,
            settled @ (Submission::Accepted { .. }
            | Submission::Refused { .. }
            | Submission::Unknown { .. }) => return settled,
        }
    }
    judge(orders.submit(pdu).await)
}

fn judge(answer: Answer) -> Submission {
    let reason = |status: u32| format!("the centre answered with status 0x{status:08x}");
    let refused = |code, status| Submission::Refused { code, reason: reason(status) };
    match answer {
        Answer::Taken(provider_id) => Submission::Accepted { provider_id },
        Answer::Status(status) => match status {
            QUEUE_FULL | THROTTLED | SYSTEM_ERROR => {
                Submission::Later { pause: None, reason: reason(status) }
            }
            BAD_LENGTH => refused(21_617, status),
            BAD_SOURCE => refused(21_212, status),
            BAD_DESTINATION => refused(21_211, status),
            _ => refused(30_008, status),
        },
        Answer::Lost => Submission::Unknown { reason: "the session ended before the answer".to_owned() },
        Answer::Unsent => {
            Submission::Later { pause: None, reason: "there is no session with the centre".to_owned() }
        }
    }
}

fn pdus(message: &OutboundMessage, reference: u8) -> Result<Vec<SubmitSm>, Submission> {
    let encoded = text::encode(&message.body);
    let Ok(total) = u8::try_from(encoded.parts.len()) else {
        return Err(Submission::Refused {
            code: 21_617,
            reason: "the text has more than 255 parts".to_owned(),
        });
    };
    let source = address(&message.from).ok_or_else(|| judge(Answer::Status(BAD_SOURCE)))?;
    let destination = address(&message.to).ok_or_else(|| judge(Answer::Status(BAD_DESTINATION)))?;
    let parts = (1..=total).zip(encoded.parts);
    Ok(parts
        .map(|(number, octets)| {
            let header: &[u8] = if total > 1 { &[5, 0, 3, reference, total, number] } else { &[] };
            let octets =
                OctetString::from_vec([header, octets.as_slice()].concat()).expect("a part is 160 octets");
            SubmitSm::builder()
                .source_addr_ton(source.0)
                .source_addr_npi(source.1)
                .source_addr(source.2.clone())
                .dest_addr_ton(destination.0)
                .dest_addr_npi(destination.1)
                .destination_addr(destination.2.clone())
                .esm_class(EsmClass::from(if total > 1 { 0x40 } else { 0 }))
                .registered_delivery(RegisteredDelivery::from(1))
                .data_coding(DataCoding::from(encoded.data_coding))
                .short_message(octets)
                .build()
        })
        .collect())
}

fn address(number: &str) -> Option<(Ton, Npi, COctetString<1, 21>)> {
    let digits = number.strip_prefix('+');
    let (ton, npi) = match digits {
        Some(_) => (Ton::International, Npi::Isdn),
        None if number.bytes().all(|byte| byte.is_ascii_digit()) => (Ton::NetworkSpecific, Npi::Unknown),
        None => (Ton::Alphanumeric, Npi::Unknown),
    };
    Some((ton, npi, COctetString::from_string(digits.unwrap_or(number).to_owned()).ok()?))
}

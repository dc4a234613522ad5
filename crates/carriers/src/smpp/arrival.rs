//! What the centre delivers: receipts, whole texts, and parts of texts.

use domain::Timestamp;
use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvValue;
use rusmpp::values::{MessageState, Ton};

use super::{receipt, text};
use crate::{Event, InboundMessage, MessagePart, Receipt, ReceiptStatus};

/// Bits of `esm_class`: the text is a receipt; it begins with a header.
const IS_RECEIPT: u8 = 0x04;
const HAS_HEADER: u8 = 0x40;

/// The shortest number that is taken for an international one where the centre does not say what it is.
const INTERNATIONAL_DIGITS_MIN: usize = 7;

/// Reads deliveries, which have no ids of their own: they are counted.
pub(super) struct Arrivals {
    opened: Timestamp,
    count: u64,
}

impl Arrivals {
    /// Starts to count.
    pub(super) fn new(opened: Timestamp) -> Self {
        Self { opened, count: 0 }
    }

    /// Reads a delivery.
    pub(super) fn read(&mut self, delivery: &DeliverSm) -> Option<Event> {
        let octets = payload(delivery).unwrap_or_else(|| delivery.short_message().as_ref());
        let class = u8::from(delivery.esm_class);
        let coding = u8::from(delivery.data_coding);
        if class & IS_RECEIPT != 0 {
            return receipt_of(delivery, &text::decode(coding, octets)).map(Event::ReceiptArrived);
        }
        let length = octets.first().filter(|_| class & HAS_HEADER != 0);
        let header_length = length.map_or(0, |length| usize::from(*length) + 1).min(octets.len());
        let (header, octets) = octets.split_at(header_length);
        let message = self.message(delivery, text::decode(coding, octets));
        let Some((reference, total, index)) = place_of(header, delivery).filter(|place| place.1 > 1) else {
            return Some(Event::MessageReceived(message));
        };
        let whole = format!("{}/{}/{reference}/{total}", message.from, message.to);
        let units = text::units(coding, octets);
        Some(Event::PartReceived(MessagePart { whole, index, total, units, message }))
    }

    fn message(&mut self, delivery: &DeliverSm, body: String) -> InboundMessage {
        self.count += 1;
        InboundMessage {
            provider_id: format!("{}/{}", self.opened.as_millis(), self.count),
            from: number(delivery.source_addr_ton, delivery.source_addr.as_str()),
            to: number(delivery.dest_addr_ton, delivery.destination_addr.as_str()),
            body,
            ..InboundMessage::default()
        }
    }
}

fn payload(delivery: &DeliverSm) -> Option<&[u8]> {
    delivery.tlvs().iter().find_map(|tlv| match tlv.value() {
        Some(TlvValue::MessagePayload(payload)) => Some(payload.value.as_ref()),
        _ => None,
    })
}

/// Returns reference, number of parts and place of a part: by its header (3GPP TS 23.040 §9.2.3.24), or by TLVs.
fn place_of(header: &[u8], delivery: &DeliverSm) -> Option<(u16, u8, u8)> {
    let mut elements = header.get(1..).unwrap_or_default();
    while let [identifier, length, rest @ ..] = elements {
        let (element, behind) = rest.split_at_checked(usize::from(*length))?;
        match (identifier, element) {
            (0x00, [reference, total, index]) => return Some((u16::from(*reference), *total, *index)),
            (0x08, [high, low, total, index]) => {
                return Some((u16::from_be_bytes([*high, *low]), *total, *index));
            }
            _ => elements = behind,
        }
    }
    let (mut reference, mut total, mut index) = (None, None, None);
    for tlv in delivery.tlvs() {
        match tlv.value() {
            Some(TlvValue::SarMsgRefNum(value)) => reference = Some(*value),
            Some(TlvValue::SarTotalSegments(value)) => total = Some(*value),
            Some(TlvValue::SarSegmentSeqnum(value)) => index = Some(*value),
            _ => {}
        }
    }
    Some((reference?, total?, index?))
}

/// Centres write international numbers without their plus.
fn number(ton: Ton, address: &str) -> String {
    let is_long =
        address.len() >= INTERNATIONAL_DIGITS_MIN && address.bytes().all(|byte| byte.is_ascii_digit());
    if ton == Ton::International || (ton == Ton::Unknown && is_long) {
        format!("+{}", address.trim_start_matches('+'))
    } else {
        address.to_owned()
    }
}

/// Reads a receipt: its TLVs count more than its text.
fn receipt_of(delivery: &DeliverSm, text: &str) -> Option<Receipt> {
    let parsed = receipt::parse(text);
    let (mut id, mut state) = (None, None);
    for tlv in delivery.tlvs() {
        match tlv.value() {
            Some(TlvValue::ReceiptedMessageId(value)) => id = Some(value.as_str()),
            Some(TlvValue::MessageState(value)) => state = word_of(*value),
            _ => {}
        }
    }
    let id = id.or(parsed.as_ref().map(|parsed| parsed.id))?;
    let state = state.or(parsed.as_ref().map(|parsed| parsed.stat))?;
    let (status, code) = match state {
        "DELIVRD" => (ReceiptStatus::Delivered, None),
        "ACCEPTD" | "ENROUTE" | "UNKNOWN" => (ReceiptStatus::Sent, None),
        "EXPIRED" => (ReceiptStatus::Undelivered, Some(30_003)),
        "REJECTD" => (ReceiptStatus::Undelivered, Some(30_007)),
        _ => (ReceiptStatus::Undelivered, Some(30_008)),
    };
    let error = parsed.and_then(|parsed| parsed.err).unwrap_or_default();
    let reason = code.map(|_| format!("{state} {error}").trim().to_owned());
    Some(Receipt { provider_id: id.to_owned(), message: None, status, code, reason })
}

/// Returns what receipts' texts call a state (SMPP 3.4 §5.2.28).
fn word_of(state: MessageState) -> Option<&'static str> {
    let word = match u8::from(state) {
        1 => "ENROUTE",
        2 => "DELIVRD",
        3 => "EXPIRED",
        4 => "DELETED",
        5 => "UNDELIV",
        6 => "ACCEPTD",
        7 => "UNKNOWN",
        8 => "REJECTD",
        _ => return None,
    };
    Some(word)
}

#[cfg(test)]
mod tests {
    use rusmpp::tlvs::MessageDeliveryRequestTlvValue as Tlv;
    use rusmpp::types::{COctetString, OctetString};
    use rusmpp::values::{DataCoding, EsmClass};

    use super::*;

    #[test]
    fn parts_are_placed_by_either_header_or_by_tlvs() {
        let short = delivery(HAS_HEADER, b"\x05\x00\x03\x07\x02\x01Hel", vec![]);
        let long = delivery(HAS_HEADER, b"\x0a\x24\x01\x01\x08\x04\x01\x07\x02\x01\x00Hel", vec![]);
        let tlvs = vec![Tlv::SarMsgRefNum(7), Tlv::SarTotalSegments(2), Tlv::SarSegmentSeqnum(1)];
        let segmented = delivery(0, b"Hel", tlvs);
        for (delivery, reference) in [(short, 7), (segmented, 7)] {
            let Some(Event::PartReceived(part)) = arrivals().read(&delivery) else { panic!("{delivery:?}") };
            assert_eq!(part.whole, format!("+447700900001/+15555550100/{reference}/2"));
            assert_eq!((part.index, part.total, String::from_utf16_lossy(&part.units)), (1, 2, "Hel".into()));
        }
        let Some(Event::PartReceived(part)) = arrivals().read(&long) else { panic!("{long:?}") };
        assert_eq!((part.whole.as_str(), part.index), ("+447700900001/+15555550100/263/2", 1));
    }

    #[test]
    fn receipts_are_read_by_tlv_or_by_text() {
        let id = COctetString::from_string("0A".to_owned()).unwrap();
        let tlvs = vec![Tlv::ReceiptedMessageId(id), Tlv::MessageState(MessageState::Rejected)];
        let told = |octets: &[u8], tlvs| match arrivals().read(&delivery(IS_RECEIPT, octets, tlvs)) {
            Some(Event::ReceiptArrived(receipt)) => Some(receipt),
            other => panic!("{other:?}"),
        };
        let by_tlv = told(b"id:10 stat:DELIVRD err:05F", tlvs).unwrap();
        assert_eq!((by_tlv.provider_id.as_str(), by_tlv.status), ("0A", ReceiptStatus::Undelivered));
        assert_eq!((by_tlv.code, by_tlv.reason.as_deref()), (Some(30_007), Some("REJECTD 05F")));
        let by_text = told(b"id:10 stat:DELIVRD err:000", vec![]).unwrap();
        assert_eq!((by_text.provider_id.as_str(), by_text.status), ("10", ReceiptStatus::Delivered));
        assert_eq!((by_text.code, by_text.reason), (None, None));
    }

    #[test]
    fn torn_headers_tear_nothing_else() {
        for octets in [&b""[..], b"\xff", b"\x05\x00", b"\x02\x00\x09\x01", b"\x00text"] {
            assert!(arrivals().read(&delivery(HAS_HEADER, octets, vec![])).is_some());
        }
    }

    #[test]
    fn only_what_looks_international_gets_a_plus() {
        for (ton, address, expected) in [
            (Ton::International, "447700900001", "+447700900001"),
            (Ton::International, "+447700900001", "+447700900001"),
            (Ton::Unknown, "447700900001", "+447700900001"),
            (Ton::Unknown, "54321", "54321"),
            (Ton::Alphanumeric, "ACME", "ACME"),
        ] {
            assert_eq!(number(ton, address), expected);
        }
    }

    fn arrivals() -> Arrivals {
        Arrivals::new(Timestamp::from_secs(0))
    }

    fn delivery(class: u8, octets: &[u8], tlvs: Vec<Tlv>) -> DeliverSm {
        let mut delivery = DeliverSm::builder()
            .source_addr_ton(Ton::International)
            .source_addr(COctetString::from_string("447700900001".to_owned()).unwrap())
            .dest_addr_ton(Ton::International)
            .destination_addr(COctetString::from_string("15555550100".to_owned()).unwrap())
            .esm_class(EsmClass::from(class))
            .data_coding(DataCoding::from(0))
            .short_message(OctetString::from_vec(octets.to_vec()).unwrap())
            .build();
        delivery.set_tlvs(tlvs);
        delivery
    }
}

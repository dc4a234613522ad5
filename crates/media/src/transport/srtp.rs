//! SRTP and SRTCP with AES in counter mode and HMAC-SHA1 (RFC 3711), for keys that descriptions carry (RFC 4568).
//!
//! Keys are never changed by number of packets, and packets name no key (no MKI).

mod session_keys;
mod window;

use aws_lc_rs::rand;

use self::session_keys::SessionKeys;
use self::window::Sources;
use crate::rtp::{HEADER_BYTES, payload_start};

const KEY_BYTES: usize = 16;
const SALT_BYTES: usize = 14;
/// What a description carries: key and salt.
pub(crate) const MASTER_BYTES: usize = KEY_BYTES + SALT_BYTES;
/// RFC 4568 §6.2: reports have the long tag with either suite.
const RTCP_TAG_BYTES: usize = 10;
/// The head of a report, which stays readable.
const RTCP_HEADER_BYTES: usize = 8;
const RTCP_INDEX_BYTES: usize = 4;
const RTCP_IS_ENCRYPTED: u32 = 1 << 31;

/// A way to encrypt: both have the same cipher, and differ in the length of the tag behind a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suite {
    LongTag,
    ShortTag,
}

impl Suite {
    /// Every suite with its name in descriptions, the better first.
    pub(crate) const ALL: [(Self, &str); 2] =
        [(Self::LongTag, "AES_CM_128_HMAC_SHA1_80"), (Self::ShortTag, "AES_CM_128_HMAC_SHA1_32")];

    fn tag_bytes(self) -> usize {
        match self {
            Self::LongTag => 10,
            Self::ShortTag => 4,
        }
    }
}

/// The secret of one direction; it shows itself to no log.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MasterKey(pub [u8; MASTER_BYTES]);

impl MasterKey {
    /// Makes a key that nobody can guess.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; MASTER_BYTES];
        rand::fill(&mut bytes).expect("the system's randomness does not end");
        Self(bytes)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MasterKey")
    }
}

/// What both sides agreed to encrypt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub suite: Suite,
    pub ours: MasterKey,
    pub theirs: MasterKey,
}

/// The encryption of one leg.
pub(crate) struct Srtp {
    keys: Keys,
    sealer: Sealer,
    opener: Opener,
}

impl Srtp {
    /// Follows an agreement: a direction whose key stays goes on, as its packets do (RFC 3711 §3.3.1).
    pub(crate) fn follow(before: Option<Self>, keys: Keys) -> Self {
        let before = before.filter(|before| before.keys.suite == keys.suite);
        let (sealer, opener) = match before {
            Some(Self { keys: old, sealer, opener }) => (
                Some(sealer).filter(|_| old.ours == keys.ours),
                Some(opener).filter(|_| old.theirs == keys.theirs),
            ),
            None => (None, None),
        };
        Self {
            sealer: sealer.unwrap_or_else(|| Sealer::new(keys.suite, &keys.ours)),
            opener: opener.unwrap_or_else(|| Opener::new(keys.suite, &keys.theirs)),
            keys,
        }
    }

    /// Encrypts an outgoing packet.
    pub(crate) fn seal_rtp(&mut self, packet: &mut Vec<u8>) {
        self.sealer.seal_rtp(packet);
    }

    /// Encrypts an outgoing report.
    pub(crate) fn seal_rtcp(&mut self, packet: &mut Vec<u8>) {
        self.sealer.seal_rtcp(packet);
    }

    /// Decrypts a packet in its place; returns nothing for what is not the peer's, or came before.
    pub(crate) fn open_rtp<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        self.opener.open_rtp(packet)
    }

    /// Decrypts a report in its place; returns nothing for what is not the peer's, or came before.
    pub(crate) fn open_rtcp<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        self.opener.open_rtcp(packet)
    }
}

/// Encrypts the one stream that we send.
struct Sealer {
    suite: Suite,
    rtp: SessionKeys,
    rtcp: SessionKeys,
    /// How often the sequence began anew, and where it stands.
    rollovers: u32,
    sequence: u16,
    reports: u32,
}

impl Sealer {
    fn new(suite: Suite, master: &MasterKey) -> Self {
        let (rtp, rtcp) = (SessionKeys::of_rtp(master), SessionKeys::of_rtcp(master));
        Self { suite, rtp, rtcp, rollovers: 0, sequence: 0, reports: 0 }
    }

    fn seal_rtp(&mut self, packet: &mut Vec<u8>) {
        let (sequence, ssrc) = (sequence_of(packet), ssrc_of(packet, 8));
        self.rollovers = self.rollovers.wrapping_add(u32::from(sequence < self.sequence));
        self.sequence = sequence;
        let index = u64::from(self.rollovers) << 16 | u64::from(sequence);
        self.rtp.apply(ssrc, index, &mut packet[HEADER_BYTES..]);
        let tag = self.rtp.tag([packet, &self.rollovers.to_be_bytes()]);
        packet.extend(&tag.as_ref()[..self.suite.tag_bytes()]);
    }

    fn seal_rtcp(&mut self, packet: &mut Vec<u8>) {
        self.reports = (self.reports + 1) & !RTCP_IS_ENCRYPTED;
        let ssrc = ssrc_of(packet, 4);
        self.rtcp.apply(ssrc, self.reports.into(), &mut packet[RTCP_HEADER_BYTES..]);
        packet.extend((self.reports | RTCP_IS_ENCRYPTED).to_be_bytes());
        let tag = self.rtcp.tag([packet, &[]]);
        packet.extend(&tag.as_ref()[..RTCP_TAG_BYTES]);
    }
}

/// Decrypts what a peer sends.
struct Opener {
    suite: Suite,
    rtp: SessionKeys,
    rtcp: SessionKeys,
    packets: Sources,
    reports: Sources,
}

impl Opener {
    fn new(suite: Suite, master: &MasterKey) -> Self {
        let (rtp, rtcp) = (SessionKeys::of_rtp(master), SessionKeys::of_rtcp(master));
        Self { suite, rtp, rtcp, packets: Sources::default(), reports: Sources::default() }
    }

    fn open_rtp<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        let (packet, tag) = packet.split_at_mut(packet.len().checked_sub(self.suite.tag_bytes())?);
        let start = payload_start(packet)?;
        let ssrc = ssrc_of(packet, 8);
        let index = self.packets.index_of(ssrc, sequence_of(packet))?;
        let rollovers = (index >> 16) as u32;
        if !self.rtp.proves([packet, &rollovers.to_be_bytes()], tag) {
            return None;
        }
        self.packets.take(ssrc, index);
        self.rtp.apply(ssrc, index, packet.get_mut(start..)?);
        Some(packet)
    }

    fn open_rtcp<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        let (proven, tag) = packet.split_at_mut(packet.len().checked_sub(RTCP_TAG_BYTES)?);
        let (report, index) = proven.split_at_mut_checked(proven.len().checked_sub(RTCP_INDEX_BYTES)?)?;
        if report.len() < RTCP_HEADER_BYTES {
            return None;
        }
        let index = u32::from_be_bytes(index.try_into().ok()?);
        let (ssrc, number) = (ssrc_of(report, 4), u64::from(index & !RTCP_IS_ENCRYPTED));
        let is_wanted = index & RTCP_IS_ENCRYPTED != 0 && self.reports.is_new(ssrc, number);
        if !is_wanted || !self.rtcp.proves([report, &index.to_be_bytes()], tag) {
            return None;
        }
        self.reports.take(ssrc, number);
        self.rtcp.apply(ssrc, number, &mut report[RTCP_HEADER_BYTES..]);
        Some(report)
    }
}

fn sequence_of(packet: &[u8]) -> u16 {
    u16::from_be_bytes([packet[2], packet[3]])
}

fn ssrc_of(packet: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([packet[at], packet[at + 1], packet[at + 2], packet[at + 3]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rtp::{Line, Packet};

    #[test]
    fn a_packet_is_readable_to_the_peer_once_and_to_nobody_else() {
        for (suite, _) in Suite::ALL {
            let (mut ours, mut peer) = pair(suite);
            let (mut stranger, _) = pair(suite);
            let sent = packets(1).remove(0);
            let mut sealed = sent.clone();
            ours.seal_rtp(&mut sealed);
            assert_eq!(sealed.len(), sent.len() + suite.tag_bytes());
            assert_ne!(sealed[HEADER_BYTES..sent.len()], sent[HEADER_BYTES..]);
            assert_eq!(stranger.open_rtp(&mut sealed.clone()), None);
            let mut torn = sealed.clone();
            torn[HEADER_BYTES] ^= 1;
            assert_eq!(peer.open_rtp(&mut torn), None);
            assert_eq!(peer.open_rtp(&mut sealed.clone()), Some(&sent[..]));
            assert_eq!(peer.open_rtp(&mut sealed), None, "a packet was taken twice");
        }
    }

    #[test]
    fn packets_may_come_out_of_order_and_the_sequence_begin_anew() {
        let (mut ours, mut peer) = pair(Suite::LongTag);
        let sent = packets(140_000);
        let mut sealed = sent.clone();
        sealed.iter_mut().for_each(|packet| ours.seal_rtp(packet));
        for pair in (0..sealed.len()).collect::<Vec<_>>().chunks(2) {
            for at in pair.iter().rev().filter(|at| *at % 5 != 0) {
                assert_eq!(peer.open_rtp(&mut sealed[*at]), Some(&sent[*at][..]), "packet {at}");
            }
        }
    }

    #[test]
    fn a_report_is_readable_to_the_peer_once() {
        let (mut ours, mut peer) = pair(Suite::ShortTag);
        let sent = vec![0x80, 201, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8];
        for _ in 0..3 {
            let mut sealed = sent.clone();
            ours.seal_rtcp(&mut sealed);
            assert_eq!(sealed.len(), sent.len() + 14);
            assert_eq!(peer.open_rtcp(&mut sealed.clone()), Some(&sent[..]));
            assert_eq!(peer.open_rtcp(&mut sealed), None);
        }
    }

    #[test]
    fn a_direction_goes_on_while_its_key_stays() {
        let (mut ours, mut peer) = pair(Suite::LongTag);
        let mut sealed = packets(1).remove(0);
        ours.seal_rtp(&mut sealed);
        assert!(peer.open_rtp(&mut sealed.clone()).is_some());
        let keys = Keys { ours: MasterKey::random(), ..peer.keys.clone() };
        peer = Srtp::follow(Some(peer), keys);
        assert_eq!(peer.open_rtp(&mut sealed.clone()), None, "what came before was forgotten");
        let keys = Keys { suite: Suite::ShortTag, ..peer.keys.clone() };
        peer = Srtp::follow(Some(peer), keys);
        assert_eq!(peer.open_rtp(&mut sealed), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let (_, mut peer) = pair(Suite::ShortTag);
            prop_assert!(peer.open_rtp(&mut bytes.clone()).is_none());
            prop_assert!(peer.open_rtcp(&mut bytes.clone()).is_none());
        }
    }

    fn pair(suite: Suite) -> (Srtp, Srtp) {
        let (ours, theirs) = (MasterKey::random(), MasterKey::random());
        let peer = Keys { suite, ours: theirs.clone(), theirs: ours.clone() };
        (Srtp::follow(None, Keys { suite, ours, theirs }), Srtp::follow(None, peer))
    }

    /// Packets of one line, as a leg sends them.
    fn packets(count: usize) -> Vec<Vec<u8>> {
        let mut line = Line::new();
        let write = |_| {
            let mut packet = vec![];
            line.write(0, b"what is said", &mut packet);
            assert!(Packet::read(&packet).is_some());
            packet
        };
        (0..count).map(write).collect()
    }
}

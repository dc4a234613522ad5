//! Offer and answer of one RTP leg: from descriptions to what the media thread must know.

use std::net::SocketAddr;

use crate::codec::Codec;
use crate::config::Wishes;
use crate::sdp::{Crypto, Direction, Local, Proposal, Remote, SdpError, is_encrypted};
use crate::transport::srtp::{Keys, MasterKey, Suite};

/// What both sides agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub codec: Codec,
    /// What the codec is numbered in packets to the peer.
    pub payload_type: u8,
    /// What telephone events are numbered, where they were negotiated.
    pub event_payload_type: Option<u8>,
    /// Where packets go until one came from elsewhere; nothing on hold.
    pub rtp: Option<SocketAddr>,
    pub rtcp: Option<SocketAddr>,
    pub has_rtcp_mux: bool,
    /// Whether the peer wants to hear us, and wants to be heard.
    pub is_heard: bool,
    pub is_hearing: bool,
    /// What packets are encrypted with, where they are.
    pub keys: Option<Keys>,
}

/// The state of one leg's negotiation.
#[derive(Debug)]
pub(crate) struct Negotiation {
    local: Local,
    wishes: Wishes,
    /// The codec in use, which a later description should not change without need.
    codec: Option<Codec>,
    /// The transport in use.
    protocol: String,
    /// What we encrypt with, numbered as in our offers: one for each suite, for as long as the leg lives.
    own_cryptos: Vec<Crypto>,
    is_encrypted: bool,
}

impl Negotiation {
    /// Begins the negotiation of a leg that peers reach at `rtp`.
    pub(crate) fn new(rtp: SocketAddr, wishes: &Wishes) -> Self {
        let suites = (1..).zip(Suite::ALL);
        let own_cryptos =
            suites.map(|(tag, (suite, _))| Crypto { tag, suite, key: MasterKey::random() }).collect();
        let protocol = if wishes.needs_encryption { "RTP/SAVP" } else { "RTP/AVP" };
        Self {
            local: Local::new(rtp),
            wishes: wishes.clone(),
            codec: None,
            protocol: protocol.to_owned(),
            own_cryptos,
            is_encrypted: wishes.needs_encryption,
        }
    }

    /// Returns the codec in use.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// Returns an offer.
    pub(crate) fn offer(&mut self) -> String {
        let codecs = self.allowed().into_iter().map(|codec| (codec.offered_payload_type(), codec)).collect();
        let events = [(101, 8_000), (110, 48_000)].into_iter().filter(|(_, clock)| self.has_events(*clock));
        let telephone_events = events.collect();
        let direction = Direction::SendRecv;
        let cryptos = if self.is_encrypted { self.own_cryptos.clone() } else { vec![] };
        self.local.write(&Proposal {
            codecs,
            telephone_events,
            direction,
            has_rtcp_mux: true,
            protocol: &self.protocol,
            cryptos,
            answers: None,
        })
    }

    /// Answers an offer.
    pub(crate) fn answer(&mut self, offer: &str) -> Result<(String, Agreement), SdpError> {
        let remote = Remote::read(offer)?;
        let theirs = remote.cryptos.first();
        let own = theirs.and_then(|theirs| self.own_cryptos.iter().find(|own| own.suite == theirs.suite));
        let pair = own.zip(theirs).map(|(own, theirs)| (own.clone(), theirs.clone()));
        let answered = pair.iter().map(|(own, theirs)| Crypto { tag: theirs.tag, ..own.clone() }).collect();
        let agreement = self.agree(&remote, pair)?;
        let proposal = Proposal {
            codecs: vec![(agreement.payload_type, agreement.codec)],
            telephone_events: agreement
                .event_payload_type
                .iter()
                .map(|format| (*format, agreement.codec.clock_rate()))
                .collect(),
            direction: remote.direction.reversed(),
            has_rtcp_mux: remote.has_rtcp_mux,
            protocol: remote.protocol(),
            cryptos: answered,
            answers: Some(&remote),
        };
        Ok((self.local.write(&proposal), agreement))
    }

    /// Takes the answer to our offer.
    pub(crate) fn accept(&mut self, answer: &str) -> Result<Agreement, SdpError> {
        let remote = Remote::read(answer)?;
        let was_offered = |own: &Crypto, theirs: &Crypto| (own.tag, own.suite) == (theirs.tag, theirs.suite);
        let pair = self.own_cryptos.iter().filter(|_| self.is_encrypted).find_map(|own| {
            let theirs = remote.cryptos.iter().find(|theirs| was_offered(own, theirs))?;
            Some((own.clone(), theirs.clone()))
        });
        self.agree(&remote, pair)
    }

    /// Agrees with a peer's description, and the pair of ours and theirs that is encrypted with.
    fn agree(&mut self, remote: &Remote, pair: Option<(Crypto, Crypto)>) -> Result<Agreement, SdpError> {
        if pair.is_none() && (self.wishes.needs_encryption || is_encrypted(remote.protocol())) {
            return Err(SdpError::NoKey { found: "the audio is not encrypted with a key that was offered" });
        }
        let current = self.codec.and_then(|codec| remote.choose(&[codec]).ok());
        let (payload_type, codec) = match current {
            Some(chosen) => chosen,
            None => remote.choose(&self.wishes.codecs)?,
        };
        self.codec = Some(codec);
        self.is_encrypted = pair.is_some();
        remote.protocol().clone_into(&mut self.protocol);
        let keys = pair.map(|(own, theirs)| Keys { suite: own.suite, ours: own.key, theirs: theirs.key });
        let event = remote.telephone_event(codec).filter(|_| self.wishes.has_telephone_events);
        Ok(Agreement {
            codec,
            payload_type,
            event_payload_type: event,
            rtp: remote.rtp,
            rtcp: remote.rtcp,
            has_rtcp_mux: remote.has_rtcp_mux,
            is_heard: remote.direction.receives(),
            is_hearing: remote.direction.reversed().receives(),
            keys,
        })
    }

    /// Returns the codecs to offer, the one in use first.
    fn allowed(&self) -> Vec<Codec> {
        let mut codecs = self.wishes.codecs.clone();
        codecs.sort_by_key(|codec| Some(*codec) != self.codec);
        codecs
    }

    fn has_events(&self, clock: u32) -> bool {
        self.wishes.has_telephone_events && self.wishes.codecs.iter().any(|codec| codec.clock_rate() == clock)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

    fn negotiation() -> Negotiation {
        Negotiation::new("198.51.100.7:20000".parse().unwrap(), &Wishes::default())
    }

    /// What is answered, from the first stream on, and where packets go.
    fn answered(streams: &str) -> Result<(String, Agreement), SdpError> {
        let (answer, agreement) = negotiation().answer(&format!("{HEAD}{streams}"))?;
        let streams = answer[answer.find("m=").unwrap()..].lines().collect::<Vec<_>>().join("|");
        Ok((streams, agreement))
    }

    #[test]
    fn an_offer_is_answered_line_by_line() {
        for (offer, expected) in [
            (
                "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n",
                "m=audio 20000 RTP/AVP 8 101|a=rtpmap:8 PCMA/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:101 0-15|a=ptime:20|a=sendrecv",
            ),
            (
                "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\na=rtcp-mux\r\n",
                "m=audio 20000 RTP/AVP 0|a=rtpmap:0 PCMU/8000|a=ptime:20|a=rtcp-mux|a=recvonly",
            ),
            (
                "m=audio 4000 RTP/AVP 0\r\na=inactive\r\n",
                "m=audio 20000 RTP/AVP 0|a=rtpmap:0 PCMU/8000|a=ptime:20|a=inactive",
            ),
            (
                "m=video 5000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\nm=audio 4000 RTP/AVP 97 96\r\na=rtpmap:97 speex/8000\r\na=rtpmap:96 opus/48000/2\r\n",
                "m=video 0 RTP/AVP 99|m=audio 20000 RTP/AVP 96|a=rtpmap:96 opus/48000/2|a=ptime:20|a=sendrecv",
            ),
            (
                "m=audio 0 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\n",
                "m=audio 0 RTP/AVP 0|m=audio 20000 RTP/AVP 0|a=rtpmap:0 PCMU/8000|a=ptime:20|a=sendrecv",
            ),
        ] {
            assert_eq!(answered(offer).unwrap().0, expected, "{offer}");
        }
    }

    #[test]
    fn an_offer_that_can_not_be_used_says_why() {
        for (offer, expected) in [
            ("m=audio 0 RTP/AVP 0\r\n", SdpError::NoAudio),
            ("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", SdpError::Transport("UDP/TLS/RTP/SAVPF".to_owned())),
            (
                "m=audio 9 RTP/AVP 18 3\r\n",
                SdpError::NoCodec {
                    offered: "18 3".to_owned(),
                    expected: "PCMU, PCMA, G722, opus".to_owned(),
                },
            ),
            ("m=audio 9 RTP/AVP 0\r\nc=IN IP4 phone.invalid\r\n", SdpError::NoAddress),
        ] {
            assert_eq!(answered(offer).unwrap_err(), expected, "{offer}");
        }
    }

    #[test]
    fn hold_says_who_hears_whom() {
        for (attributes, rtp, is_heard, is_hearing) in [
            ("", Some("192.0.2.1:4000"), true, true),
            ("a=sendonly\r\n", Some("192.0.2.1:4000"), false, true),
            ("a=recvonly\r\n", Some("192.0.2.1:4000"), true, false),
            ("a=inactive\r\n", Some("192.0.2.1:4000"), false, false),
            ("c=IN IP4 0.0.0.0\r\n", None, false, false),
        ] {
            let (_, agreement) = answered(&format!("m=audio 4000 RTP/AVP 0\r\n{attributes}")).unwrap();
            let rtp = rtp.map(|address| address.parse().unwrap());
            assert_eq!(
                (agreement.rtp, agreement.is_heard, agreement.is_hearing),
                (rtp, is_heard, is_hearing),
                "{attributes}"
            );
        }
    }

    #[test]
    fn an_offer_of_ours_is_accepted_and_a_later_one_keeps_the_codec() {
        let (mut caller, mut callee) = (negotiation(), negotiation());
        let only_a_law = Wishes { codecs: vec![Codec::Pcma], ..Wishes::default() };
        callee.wishes = only_a_law;
        let offer = caller.offer();
        let (answer, theirs) = callee.answer(&offer).unwrap();
        let ours = caller.accept(&answer).unwrap();
        assert_eq!((ours.codec, ours.payload_type, ours.event_payload_type), (Codec::Pcma, 8, Some(101)));
        assert_eq!((theirs.codec, theirs.event_payload_type), (Codec::Pcma, Some(101)));
        assert!(caller.offer().contains("RTP/AVP 8 0 9 111 101 110\r\n"));
        let (_, again) = caller.answer(&format!("{HEAD}m=audio 4000 RTP/AVP 0 8\r\n")).unwrap();
        assert_eq!(again.codec, Codec::Pcma);
    }

    #[test]
    fn a_key_that_is_offered_is_answered_and_the_leg_keeps_its_own() {
        let key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
        let offer = |protocol: &str| {
            format!(
                "{HEAD}m=audio 4000 {protocol} 0\r\na=crypto:4 F8_128_HMAC_SHA1_80 inline:{key}\r\n\
                 a=crypto:5 AES_CM_128_HMAC_SHA1_32 inline:{key}|2^31\r\n"
            )
        };
        let mut callee = negotiation();
        let mut answered = vec![];
        for protocol in ["RTP/SAVP", "RTP/SAVP", "RTP/AVP"] {
            let (answer, agreement) = callee.answer(&offer(protocol)).unwrap();
            assert!(answer.contains(&format!("m=audio 20000 {protocol} 0\r\n")), "{answer}");
            let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("a=crypto")).collect();
            assert!(matches!(lines[..], [line] if line.starts_with("a=crypto:5 AES_CM_128_HMAC_SHA1_32 ")));
            answered.push(agreement.keys.unwrap().ours);
        }
        assert!(answered.iter().all(|key| *key == answered[0]));
        let (_, plain) = callee.answer(&format!("{HEAD}m=audio 4000 RTP/AVP 0\r\n")).unwrap();
        assert_eq!(plain.keys, None);
    }

    #[test]
    fn an_offer_of_ours_that_asks_for_encryption_takes_nothing_less() {
        let needs_encryption = Wishes { needs_encryption: true, ..Wishes::default() };
        let caller = || Negotiation::new("198.51.100.7:20000".parse().unwrap(), &needs_encryption);
        let (mut first, mut callee) = (caller(), negotiation());
        let (answer, theirs) = callee.answer(&first.offer()).unwrap();
        let (ours, theirs) = (first.accept(&answer).unwrap().keys.unwrap(), theirs.keys.unwrap());
        assert_eq!((ours.ours, ours.theirs), (theirs.theirs, theirs.ours));
        let plain = format!("{HEAD}m=audio 4000 RTP/AVP 0\r\n");
        let stranger = answer.replace("a=crypto:1", "a=crypto:9");
        for refused in [&plain, &stranger, &answer.replace("a=crypto", "a=ciphers")] {
            assert!(matches!(caller().accept(refused), Err(SdpError::NoKey { .. })), "{refused}");
        }
        assert!(matches!(caller().answer(&plain), Err(SdpError::NoKey { .. })));
    }

    proptest! {
        #[test]
        fn any_description_is_answered_or_refused(lines in proptest::collection::vec(
            prop_oneof![
                "[a-z]=[ -~]{0,40}", "m=audio [0-9]{1,6} RTP/S?AVP( [0-9]{1,3}){0,4}",
                "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[a-zA-Z/+]{38,41}[|=]?[0-9:^]{0,4}",
                "a=rtpmap:[0-9]{1,3} [a-zA-Z]{1,6}/[0-9]{1,6}", "c=IN IP[46] [0-9.:]{1,12}",
            ], 0..12)
        ) {
            let _ = negotiation().answer(&format!("{HEAD}{}\r\n", lines.join("\r\n")));
            let _ = negotiation().answer(&lines.join("\n"));
        }
    }
}

//! A browser's side of a call, as the voice SDK does it: its description names no candidates, ours names all.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test over real sockets, in real time")]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use common::{Side, has_tone, linear, tone, wait};
use media::{Codec, Event, Kind, Onto, Source, Wishes};
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::format::{Codec as RtcCodec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, MediaTime, Mid, TelephoneEvent};
use str0m::net::{Protocol, Receive, TcpType, Transmit};
use str0m::{Candidate, Event as RtcEvent, Input, Output, Rtc, RtcConfig};

#[test]
fn a_browser_that_calls_hears_a_tone_and_its_keys_arrive() {
    let (server, mut browser) = (Side::start(), Browser::new());
    browser.calls(&server, &Wishes::default());
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(browser.hears(700.0));
    browser.presses(5);
    assert!(wait(|| browser.goes_on_while(|| server.events.borrow_mut().try_recv().ok(), is_five)));
    server.media.close(1);
    assert!(server.saw(
        |event| matches!(event, Event::Statistics { leg: 1, statistics } if statistics.packets_received > 0)
    ));
}

#[test]
fn a_browser_that_is_called_hears_a_tone() {
    let (server, mut browser) = (Side::start(), Browser::new());
    let offer = server.media.offer(1, Kind::WebRtc, &Wishes::default()).unwrap();
    assert!(
        offer.contains("a=setup:actpass") && offer.contains("a=ice-lite") && offer.contains("a=candidate:")
    );
    browser.answers(&server, &offer);
    server.media.play(7, Onto::Leg(1), Source::HoldMusic, 0);
    server.media.play(8, Onto::Leg(1), Source::Clip(tone(900.0, 1_000)), 0);
    assert!(browser.hears(900.0));
}

#[test]
fn a_browser_without_udp_talks_by_tcp() {
    let (server, mut browser) = (Side::start(), Browser::by_tcp());
    browser.calls(&server, &Wishes::default());
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(browser.hears(700.0));
    browser.presses(5);
    assert!(wait(|| browser.goes_on_while(|| server.events.borrow_mut().try_recv().ok(), is_five)));
    server.media.close(1);
    assert!(wait(|| browser.is_parted().then_some(())), "its connection ends with the leg");
}

#[test]
fn strangers_at_the_door_for_tcp_keep_nobody_out() {
    let (server, mut browser) = (Side::start(), Browser::by_tcp());
    let offer = server.media.offer(2, Kind::WebRtc, &Wishes::default()).unwrap();
    let door = door_of(&offer);
    let mut strangers: Vec<TcpStream> = (0..300).map(|_| TcpStream::connect(door).unwrap()).collect();
    let nonsense: [&[u8]; 3] = [b"GET / HTTP/1.1\r\n\r\n", &[0, 4, 1, 2, 3, 4], &[0, 200, 0]];
    for (stranger, bytes) in strangers.iter_mut().zip(nonsense.iter().cycle()) {
        // Some were shown the door before.
        let _ = stranger.write_all(bytes);
    }
    browser.calls(&server, &Wishes::default());
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(browser.hears(700.0));
    // Who speaks no ICE is sent away at once, and of those who might there are 256 at most.
    assert!(is_at_end(&strangers[0]), "HTTP is nothing for this door");
    let kept = strangers.iter().filter(|stranger| !is_at_end(stranger)).count();
    assert!((1..256).contains(&kept), "{kept} of 300 are kept");
}

#[test]
fn a_flood_of_nonsense_ends_no_call() {
    let (server, mut browser) = (Side::start(), Browser::new());
    let wishes = Wishes::default();
    browser.calls(&server, &wishes);
    let phone =
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
    let answer = server.media.answer(2, Kind::Rtp, phone, &wishes).unwrap();
    let rtp_port: u16 = answer.split("m=audio ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    // First bytes of STUN, DTLS, RTP and RTCP, then anything.
    let starts: [&[u8]; 5] =
        [&[0, 1, 0, 8, 0x21, 0x12, 0xA4, 0x42], &[22, 254, 253], &[0x80, 0], &[0x81, 200, 0, 6], &[]];
    let mut seed = 7u32;
    for round in 0..2_000 {
        let mut datagram = starts[round % starts.len()].to_vec();
        for _ in 0..round % 97 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            datagram.push((seed >> 24) as u8);
        }
        stranger.send_to(&datagram, browser.server.unwrap()).unwrap();
        stranger.send_to(&datagram, ("127.0.0.1", rtp_port)).unwrap();
    }
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(browser.hears(700.0));
}

#[test]
fn an_offer_of_the_browsers_later_on_is_answered() {
    let (server, mut browser) = (Side::start(), Browser::new());
    browser.calls(&server, &Wishes::default());
    let answer = server.media.renegotiate(1, &browser.reoffer()).unwrap();
    browser.takes(&answer);
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(browser.hears(700.0));
}

#[test]
fn a_page_that_is_loaded_anew_goes_on_with_its_leg() {
    let (server, mut before) = (Side::start(), Browser::new());
    before.calls(&server, &Wishes::default());
    server.media.play(7, Onto::Leg(1), Source::Clip(tone(700.0, 1_000)), 0);
    assert!(before.hears(700.0));
    let mut after = Browser::new();
    let answer = server.media.renegotiate(1, &after.offer()).unwrap();
    after.takes(&answer);
    assert!(after.hears(700.0), "what is played goes on");
    after.presses(5);
    assert!(wait(|| after.goes_on_while(|| server.events.borrow_mut().try_recv().ok(), is_five)));
}

#[test]
fn a_browser_without_a_common_codec_is_told_so() {
    let (server, mut browser) = (Side::start(), Browser::new());
    let wishes = Wishes { codecs: vec![Codec::Pcma], ..Wishes::default() };
    let refusal = server.media.answer(1, Kind::WebRtc, &browser.offer(), &wishes).unwrap_err();
    assert!(refusal.to_string().contains("expected one of PCMA"), "{refusal}");
}

fn is_five(event: &Event) -> bool {
    matches!(event, Event::Digit { leg: 1, digit: '5' })
}

/// A browser: full ICE, and no candidate in what it says.
struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    /// Where UDP does not pass: the address that was told, and the connection once there is one.
    tcp: Option<(SocketAddr, Option<TcpStream>)>,
    mid: Option<Mid>,
    pending: Option<str0m::change::SdpPendingOffer>,
    heard: Vec<i16>,
    is_connected: bool,
    /// Where the server is, once something was sent there.
    server: Option<SocketAddr>,
}

impl Browser {
    fn new() -> Self {
        let mut browser = Self::without_candidates();
        let address = browser.socket.local_addr().unwrap();
        browser.rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        browser
    }

    fn by_tcp() -> Self {
        let mut browser = Self::without_candidates();
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let candidate = Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build();
        browser.rtc.add_local_candidate(candidate.unwrap());
        browser.tcp = Some((address, None));
        browser
    }

    fn without_candidates() -> Self {
        let provider = str0m::crypto::from_feature_flags();
        let mut config = RtcConfig::new().set_crypto_provider(provider.into()).clear_codecs();
        config.codec_config().enable_pcmu(true, false);
        config.codec_config().enable_opus(true, false);
        let eight = Frequency::EIGHT_KHZ;
        config.codec_config().add_config(
            126.into(),
            None,
            RtcCodec::Tele,
            eight,
            None,
            FormatParams::default(),
        );
        let rtc = config.build(Instant::now());
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let (mid, pending, tcp, server) = (None, None, None, None);
        Self { rtc, socket, tcp, mid, pending, heard: vec![], is_connected: false, server }
    }

    fn offer(&mut self) -> String {
        let mut changes = self.rtc.sdp_api();
        self.mid = Some(changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None));
        let (offer, pending) = changes.apply().unwrap();
        self.pending = Some(pending);
        without_candidates(&offer.to_sdp_string())
    }

    /// Offers an ICE restart.
    fn reoffer(&mut self) -> String {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(true);
        let (offer, pending) = changes.apply().unwrap();
        self.pending = Some(pending);
        without_candidates(&offer.to_sdp_string())
    }

    fn takes(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    fn calls(&mut self, server: &Side, wishes: &Wishes) {
        let offer = self.offer();
        let answer = server.media.answer(1, Kind::WebRtc, &offer, wishes).unwrap();
        assert!(answer.contains("telephone-event/8000"), "{answer}");
        self.takes(&answer);
        assert!(wait(|| self.goes_on().then_some(())));
    }

    fn answers(&mut self, server: &Side, offer: &str) {
        let offer = SdpOffer::from_sdp_string(offer).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
        server.media.accept(1, &without_candidates(&answer)).unwrap();
        assert!(wait(|| self.goes_on().then_some(())));
    }

    fn presses(&mut self, event: u8) {
        let mid = self.mid.unwrap();
        let writer = self.rtc.writer(mid).unwrap();
        let format = writer.payload_params().find(|one| one.spec().codec == RtcCodec::PCMU).unwrap().pt();
        let key = TelephoneEvent { event, end: true, volume: 10, duration: Duration::from_millis(160) };
        let time = MediaTime::new(8_000, Frequency::EIGHT_KHZ);
        let payload: &[u8] = &[0xFF; 160];
        writer.telephone_event(key).write(format, Instant::now(), time, payload).unwrap();
    }

    fn hears(&mut self, hertz: f32) -> bool {
        wait(|| {
            self.goes_on();
            (self.heard.len() >= 800)
                .then(|| std::mem::take(&mut self.heard))
                .filter(|heard| has_tone(heard, hertz))
        })
    }

    fn goes_on_while<T>(&mut self, poll: impl Fn() -> Option<T>, is_it: impl Fn(&T) -> bool) -> Option<T> {
        self.goes_on();
        poll().filter(|one| is_it(one))
    }

    /// Sends and takes what there is; tells whether the call is connected.
    fn goes_on(&mut self) -> bool {
        self.drain();
        let mut buffer = [0; 2_000];
        let came = match &self.tcp {
            None => self.socket.recv_from(&mut buffer).map(|(len, source)| (len, source, Protocol::Udp)),
            Some((_, None)) => Err(ErrorKind::WouldBlock.into()),
            Some((_, Some(connection))) => {
                let server = connection.peer_addr().unwrap();
                next_of(connection, &mut buffer).map(|len| (len, server, Protocol::Tcp))
            }
        };
        let input = match came {
            Ok((len, source, protocol)) => {
                let own = self.tcp.as_ref().map(|(own, _)| *own);
                let destination = own.unwrap_or_else(|| self.socket.local_addr().unwrap());
                let receive = Receive::new(protocol, source, destination, &buffer[..len]).unwrap();
                Input::Receive(Instant::now(), receive)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Input::Timeout(Instant::now()),
            Err(error) => panic!("{error}"),
        };
        self.rtc.handle_input(input).unwrap();
        self.drain();
        self.is_connected
    }

    fn transmit(&mut self, datagram: &Transmit) {
        self.server = Some(datagram.destination);
        let Some((_, connection)) = &mut self.tcp else {
            self.socket.send_to(&datagram.contents, datagram.destination).unwrap();
            return;
        };
        let connection = connection.get_or_insert_with(|| TcpStream::connect(datagram.destination).unwrap());
        connection.set_nonblocking(false).unwrap();
        let length = (datagram.contents.len() as u16).to_be_bytes();
        // Behind the end of the leg nobody reads.
        let _ = connection.write_all(&[&length, &*datagram.contents].concat());
    }

    /// Tells whether the server has closed the connection.
    fn is_parted(&self) -> bool {
        self.tcp.as_ref().is_some_and(|(_, connection)| connection.as_ref().is_some_and(is_at_end))
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(datagram) => self.transmit(&datagram),
                Output::Event(RtcEvent::Connected) => self.is_connected = true,
                Output::Event(RtcEvent::MediaAdded(media)) => self.mid = Some(media.mid),
                Output::Event(RtcEvent::MediaData(data)) => {
                    self.heard.extend(data.data.iter().map(|&code| linear(code)));
                }
                Output::Event(_) => {}
            }
        }
    }
}

/// Takes the next datagram of a connection, which stands behind its length (RFC 4571).
fn next_of(connection: &TcpStream, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut length = [0; 2];
    connection.set_nonblocking(true).unwrap();
    if connection.peek(&mut length)? < 2 {
        return Err(ErrorKind::WouldBlock.into());
    }
    connection.set_nonblocking(false).unwrap();
    let mut connection = connection;
    connection.read_exact(&mut length).unwrap();
    let length = usize::from(u16::from_be_bytes(length));
    connection.read_exact(&mut buffer[..length]).unwrap();
    Ok(length)
}

/// Tells whether the other side has closed a connection.
fn is_at_end(mut connection: &TcpStream) -> bool {
    connection.set_nonblocking(true).unwrap();
    match connection.read(&mut [0; 2_000]) {
        Ok(len) => len == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

/// Returns where a description says that connections are taken.
fn door_of(description: &str) -> SocketAddr {
    let candidate =
        description.lines().find(|line| line.contains(" tcp ") && line.contains("tcptype passive"));
    let mut words = candidate.unwrap().split(' ').skip(4);
    let (ip, port) = (words.next().unwrap(), words.next().unwrap());
    SocketAddr::new(ip.parse().unwrap(), port.parse().unwrap())
}

/// The voice SDK sends its description before it has gathered.
fn without_candidates(sdp: &str) -> String {
    let kept = sdp.lines().filter(|line| !line.starts_with("a=candidate") && *line != "a=end-of-candidates");
    kept.flat_map(|line| [line, "\r\n"]).collect()
}

//! A telephone that writes and reads plain texts, and a directory that lets everybody in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use signaling::{
    Admission, Algorithm, Caller, Config, Directory, Event, Invitation, Listener, Purpose, Secret, Signaling,
    Target, Transport, Verdict,
};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedReceiver;

pub(crate) const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                       m=audio 40000 RTP/AVP 0\r\n";

/// Lets everybody in, and asks those who register for a proof where it is told to.
#[derive(Default)]
pub(crate) struct Open {
    pub(crate) challenges: AtomicBool,
}

#[async_trait]
impl Directory for Open {
    async fn admit(&self, caller: &Caller) -> Verdict {
        let is_asked = caller.purpose == Purpose::Registration && caller.proven.is_none();
        if is_asked && self.challenges.load(Ordering::Relaxed) {
            let algorithms = vec![Algorithm::Sha256, Algorithm::Md5];
            return Verdict::Challenge { realm: "example.com".to_owned(), algorithms };
        }
        Verdict::Admit(Admission { domain: Some("SD1".to_owned()), ..Admission::default() })
    }

    async fn secret(&self, _: &str, user: &str) -> Option<Secret> {
        (user == "alice").then(|| Secret::Password("secret".to_owned()))
    }

    async fn serves(&self, host: &str) -> bool {
        host == "ours.example.com"
    }
}

/// A stack, its events and the address of its first socket.
pub(crate) struct Exchange {
    pub(crate) signaling: Signaling,
    pub(crate) directory: Arc<Open>,
    events: UnboundedReceiver<Event>,
}

impl Exchange {
    pub(crate) async fn start(transports: &[Transport]) -> Exchange {
        Self::with(transports, Config::default()).await
    }

    pub(crate) async fn with(transports: &[Transport], config: Config) -> Exchange {
        let at =
            |transport: &Transport| Listener { transport: *transport, address: ([127, 0, 0, 1], 0).into() };
        let config = Config { listeners: transports.iter().map(at).collect(), ..config };
        let directory = Arc::new(Open::default());
        let (signaling, events) = Signaling::start(config, directory.clone()).await.unwrap();
        Exchange { signaling, directory, events }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.signaling.listeners()[0].address
    }

    pub(crate) async fn event(&mut self) -> Event {
        let event = tokio::time::timeout(Duration::from_secs(10), self.events.recv());
        event.await.expect("an event within ten seconds").unwrap()
    }
}

/// A telephone on UDP.
pub(crate) struct Phone {
    socket: UdpSocket,
    exchange: SocketAddr,
}

impl Phone {
    pub(crate) async fn facing(exchange: SocketAddr) -> Phone {
        Phone { socket: UdpSocket::bind("127.0.0.1:0").await.unwrap(), exchange }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// Sends a text; `PHONE` in it stands for the telephone's address.
    pub(crate) async fn send(&self, text: &str) {
        let text = text.replace("PHONE", &self.address().to_string());
        self.send_bytes(text.as_bytes()).await;
    }

    pub(crate) async fn send_bytes(&self, bytes: &[u8]) {
        self.socket.send_to(bytes, self.exchange).await.unwrap();
    }

    pub(crate) async fn receive(&self) -> String {
        let mut buffer = vec![0; 65_535];
        let received = tokio::time::timeout(Duration::from_secs(10), self.socket.recv_from(&mut buffer));
        let (count, _) = received.await.expect("a message within ten seconds").unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    }

    /// Receives until a message begins with that text.
    pub(crate) async fn expect(&self, start: &str) -> String {
        loop {
            let text = self.receive().await;
            if text.starts_with(start) {
                return text;
            }
        }
    }
}

/// The value of the first field of that name.
pub(crate) fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let fields = text.lines().filter_map(|line| line.split_once(": "));
    fields.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

/// The answer to a request that the telephone got.
pub(crate) fn answer_to(request: &str, status: &str, more: &str) -> String {
    let mut text = format!("SIP/2.0 {status}\r\n");
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        text.push_str(&format!("{name}: {}\r\n", field(request, name)));
    }
    format!("{text}To: {};tag=phone\r\nContact: <sip:bob@PHONE>\r\n{more}", field(request, "To"))
}

pub(crate) fn invitation(target: Target) -> Invitation {
    Invitation {
        targets: vec![target],
        from: "sip:+15555550100@127.0.0.1".to_owned(),
        display_name: String::new(),
        to: String::new(),
        headers: vec![("X-Case".to_owned(), "42".to_owned())],
        credentials: None,
        sdp: SDP.to_owned(),
        ring_timeout: Duration::from_secs(30),
    }
}

//! Answers every call and every registration: the other side of load tests by `sipp`.
//!
//! `cargo run --release -p signaling --example answerer -- 5060` listens on that port for UDP and TCP.

use std::sync::Arc;

use async_trait::async_trait;
use signaling::{
    Admission, Caller, Config, Directory, Event, Listener, Secret, Signaling, Transport, Verdict,
};

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
                   m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

struct Open;

#[async_trait]
impl Directory for Open {
    async fn admit(&self, _: &Caller) -> Verdict {
        Verdict::Admit(Admission::default())
    }

    async fn secret(&self, _: &str, _: &str) -> Option<Secret> {
        None
    }

    async fn serves(&self, _: &str) -> bool {
        false
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(5060);
    let listener = |transport| Listener { transport, address: ([127, 0, 0, 1], port).into() };
    let listeners = vec![listener(Transport::Udp), listener(Transport::Tcp)];
    let config = Config { listeners, legs_max: 100_000, ..Config::default() };
    let (signaling, mut events) = Signaling::start(config, Arc::new(Open)).await?;
    let mut ended = 0_u64;
    while let Some(event) = events.recv().await {
        if let Event::Invited(call) = &event {
            signaling.ring(call.leg, None);
            signaling.answer(call.leg, SDP.to_owned());
        }
        if let Event::Reoffered { leg, .. } = event {
            signaling.answer_reoffer(leg, SDP.to_owned());
        }
        if !matches!(event, Event::Ended { .. }) {
            continue;
        }
        ended += 1;
        if ended.is_multiple_of(1000) {
            let (legs, transactions) = signaling.load();
            eprintln!("{ended} calls ended; {legs} legs and {transactions} transactions there");
        }
    }
    Ok(())
}

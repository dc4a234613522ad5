//! Calls over TCP and TLS, and a stream that arrives in pieces.

use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use signaling::{Config, EndCause, Event, Target, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::phone::{Exchange, SDP, invitation};

#[tokio::test]
async fn a_call_goes_over_tcp() {
    let caller = Exchange::start(&[Transport::Tcp]).await;
    let callee = Exchange::start(&[Transport::Tcp]).await;
    let uri = format!("sip:bob@{};transport=tcp", callee.address());
    call(caller, callee, uri).await;
}

#[tokio::test]
async fn a_call_goes_over_tls() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder().with_no_client_auth();
    let server = server.with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let client = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let config = || Config {
        tls: Some(Arc::new(server.clone())),
        tls_client: Some(Arc::new(client.clone())),
        ..Config::default()
    };
    let caller = Exchange::with(&[Transport::Tls], config()).await;
    let callee = Exchange::with(&[Transport::Tls], config()).await;
    let uri = format!("sips:bob@localhost:{}", callee.address().port());
    call(caller, callee, uri).await;
}

#[tokio::test]
async fn a_stream_is_cut_into_messages_and_pings_are_answered() {
    let exchange = Exchange::start(&[Transport::Tcp]).await;
    let mut stream = TcpStream::connect(exchange.address()).await.unwrap();
    let options = |number: u32| {
        format!(
            "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK{number}\r\n\
             From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: o\r\nCSeq: {number} OPTIONS\r\n\
             Content-Length: 3\r\n\r\nabc"
        )
    };
    let text = format!("\r\n\r\n{}{}", options(1), options(2));
    let (first, second) = text.split_at(270);
    stream.write_all(first.as_bytes()).await.unwrap();
    stream.write_all(second.as_bytes()).await.unwrap();
    let mut heard = String::new();
    let mut buffer = [0; 4096];
    while heard.matches("SIP/2.0 200 OK").count() < 2
        || !heard.starts_with("\r\n") && !heard.contains("\r\n\r\n\r\n")
    {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "closed after {heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}

#[tokio::test]
async fn a_target_that_nobody_listens_at_fails_at_once() {
    let mut caller = Exchange::start(&[Transport::Tcp]).await;
    let uri = "sip:bob@127.0.0.1:9;transport=tcp".to_owned();
    caller.signaling.invite(1, invitation(Target::Uri { uri, via: None }));
    let told = caller.event().await;
    assert!(matches!(told, Event::Failed { leg: 1, status: 503, .. }), "{told:?}");
}

#[tokio::test]
async fn a_user_of_ours_who_is_not_registered_is_looked_for_nowhere_else() {
    let mut caller = Exchange::start(&[Transport::Udp]).await;
    let uri = "sip:bob@ours.example.com".to_owned();
    caller.signaling.invite(1, invitation(Target::Uri { uri, via: None }));
    let told = caller.event().await;
    assert!(matches!(told, Event::Failed { leg: 1, status: 480, .. }), "{told:?}");
}

async fn call(mut caller: Exchange, mut callee: Exchange, uri: String) {
    caller.signaling.invite(1, invitation(Target::Uri { uri, via: None }));
    let Event::Invited(call) = callee.event().await else { panic!("no call") };
    callee.signaling.answer(call.leg, SDP.to_owned());
    assert_eq!(caller.event().await, Event::Answered { leg: 1, sdp: Some(SDP.to_owned()) });
    assert_eq!(callee.event().await, Event::Confirmed { leg: call.leg, sdp: None });
    callee.signaling.hang_up(call.leg);
    assert_eq!(caller.event().await, Event::Ended { leg: 1, cause: EndCause::Bye });
}

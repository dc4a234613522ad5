//! Calls over UDP with a telephone whose texts are written by hand.

use signaling::{EndCause, Event, Target, Transport};

use crate::phone::{Exchange, Phone, SDP, answer_to, field, invitation};

const DIALOG: &str = "From: \"Alice\" <sip:alice@example.com>;tag=a1\r\nCall-ID: call-1\r\n\
                      Contact: <sip:alice@PHONE>\r\nMax-Forwards: 70\r\n";

#[tokio::test]
async fn a_telephone_calls_is_answered_and_hangs_up() {
    let mut exchange = Exchange::start(&[Transport::Udp]).await;
    let phone = Phone::facing(exchange.address()).await;
    let head = "INVITE sip:+15555550123@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP PHONE;branch=z9hG4bKi;rport\r\n\
                To: <sip:+15555550123@127.0.0.1>\r\nCSeq: 1 INVITE\r\nX-Order: 7\r\n";
    // Without Content-Length, as some telephones send it.
    phone.send(&format!("{head}{DIALOG}Content-Type: application/sdp\r\n\r\n{SDP}")).await;
    phone.expect("SIP/2.0 100 Trying").await;
    let Event::Invited(call) = exchange.event().await else { panic!("no call") };
    assert_eq!((call.display_name.as_str(), call.offer.as_deref()), ("Alice", Some(SDP)));
    assert_eq!(call.headers, [("X-Order".to_owned(), "7".to_owned())]);
    assert_eq!((call.source, call.admission.domain.as_deref()), (phone.address(), Some("SD1")));
    exchange.signaling.ring(call.leg, None);
    phone.expect("SIP/2.0 180 Ringing").await;
    exchange.signaling.answer(call.leg, SDP.to_owned());
    let answer = phone.expect("SIP/2.0 200 OK").await;
    assert!(answer.ends_with(SDP), "{answer}");
    let to = field(&answer, "To");
    let within = |method: &str, number: u32| {
        format!(
            "{method} sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP PHONE;branch=z9hG4bK{method}\r\nTo: {to}\r\n\
             CSeq: {number} {method}\r\n{DIALOG}\r\n"
        )
    };
    phone.send(&within("ACK", 1)).await;
    assert_eq!(exchange.event().await, Event::Confirmed { leg: call.leg, sdp: None });
    phone.send(&within("BYE", 2)).await;
    phone.expect("SIP/2.0 200 OK").await;
    assert_eq!(exchange.event().await, Event::Ended { leg: call.leg, cause: EndCause::Bye });
    phone.send(&within("INFO", 3)).await;
    phone.expect("SIP/2.0 481").await;
}

#[tokio::test]
async fn a_telephone_is_called_answers_and_is_hung_up() {
    let mut exchange = Exchange::start(&[Transport::Udp]).await;
    let phone = Phone::facing(exchange.address()).await;
    let uri = format!("sip:bob@{}", phone.address());
    exchange.signaling.invite(1, invitation(Target::Uri { uri, via: None }));
    let invite = phone.expect("INVITE ").await;
    assert_eq!((field(&invite, "X-Case"), field(&invite, "Content-Type")), ("42", "application/sdp"));
    phone.send(&answer_to(&invite, "180 Ringing", "\r\n")).await;
    assert_eq!(exchange.event().await, Event::Progressed { leg: 1, status: 180, sdp: None });
    phone.send(&answer_to(&invite, "200 OK", &format!("Content-Type: application/sdp\r\n\r\n{SDP}"))).await;
    assert_eq!(exchange.event().await, Event::Answered { leg: 1, sdp: Some(SDP.to_owned()) });
    let ack = phone.expect("ACK ").await;
    assert!(field(&ack, "To").ends_with(";tag=phone"), "{ack}");
    exchange.signaling.hang_up(1);
    let bye = phone.expect("BYE ").await;
    let mut answer = answer_to(&bye, "200 OK", "\r\n");
    answer = answer.replacen(";tag=phone;tag=phone", ";tag=phone", 1);
    phone.send(&answer).await;
}

#[tokio::test]
async fn a_registered_telephone_is_called_by_the_way_it_came() {
    let mut exchange = Exchange::start(&[Transport::Udp]).await;
    let phone = Phone::facing(exchange.address()).await;
    // The telephone believes in an address that leads nowhere, as behind a NAT.
    phone
        .send(
            "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77:5060;rport;branch=z9hG4bKr\r\n\
             From: <sip:alice@example.com>;tag=a1\r\nTo: <sip:alice@example.com>\r\nCall-ID: reg\r\n\
             CSeq: 1 REGISTER\r\nContact: <sip:alice@192.0.2.77>;expires=120\r\n\r\n",
        )
        .await;
    let answer = phone.expect("SIP/2.0 200 OK").await;
    assert!(field(&answer, "Via").contains(";received=127.0.0.1"), "{answer}");
    let Event::Registered { address, expires_secs: 120, .. } = exchange.event().await else {
        panic!("{answer}")
    };
    let contact = exchange.signaling.contacts(&address).remove(0);
    exchange.signaling.invite(2, invitation(Target::Contact(contact)));
    let invite = phone.expect("INVITE ").await;
    assert!(invite.starts_with("INVITE sip:alice@192.0.2.77 SIP/2.0"), "{invite}");
    phone.send(&answer_to(&invite, "486 Busy Here", "\r\n")).await;
    phone.expect("ACK ").await;
    let reason = "Busy Here".to_owned();
    assert_eq!(exchange.event().await, Event::Failed { leg: 2, status: 486, reason });
}

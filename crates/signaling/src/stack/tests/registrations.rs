//! Devices that register, as texts on the wire.

use std::net::SocketAddr;
use std::time::Duration;

use super::pair::Side;
use crate::event::Event;

#[test]
fn devices_register_are_listed_and_taken_out() {
    let mut registrar = Side::new(2);
    let answer =
        register(&mut registrar, 1, "Contact: <sip:a@192.0.2.5>;q=0.5, <sip:b@192.0.2.6>\r\nExpires: 600");
    assert!(answer.starts_with("SIP/2.0 200 OK"), "{answer}");
    let contacts: Vec<&str> = answer.lines().filter(|line| line.starts_with("Contact")).collect();
    let expected = ["Contact: <sip:b@192.0.2.6>;expires=600", "Contact: <sip:a@192.0.2.5>;expires=600"];
    assert_eq!(contacts, expected);
    assert_eq!(registrar.told().len(), 2);
    let answer = register(&mut registrar, 2, "Contact: <sip:a@192.0.2.5>;expires=0");
    assert!(!answer.contains("a@192.0.2.5") && answer.contains("b@192.0.2.6"), "{answer}");
    let address = "alice@example.com".to_owned();
    let gone = |contact: &str| Event::Unregistered { address: address.clone(), contact: contact.to_owned() };
    assert_eq!(registrar.told(), [gone("sip:a@192.0.2.5")]);
    let answer = register(&mut registrar, 3, "Contact: *\r\nExpires: 0");
    assert!(answer.starts_with("SIP/2.0 200 OK") && !answer.contains("Contact"), "{answer}");
    assert_eq!(registrar.told(), [gone("sip:b@192.0.2.6")]);
}

#[test]
fn what_runs_out_is_told() {
    let mut registrar = Side::new(2);
    register(&mut registrar, 1, "Contact: <sip:a@192.0.2.5>;expires=90");
    registrar.told();
    registrar.stack.advance(Duration::from_secs(90));
    registrar.work();
    assert!(matches!(&registrar.told()[..], [Event::Unregistered { .. }]));
}

#[test]
fn what_can_not_be_registered_is_refused() {
    let cases = [
        ("Contact: <sip:a@192.0.2.5>;expires=5", "SIP/2.0 423 Interval Too Brief"),
        ("Contact: *\r\nExpires: 60", "SIP/2.0 400"),
        ("Contact: *, <sip:a@192.0.2.5>\r\nExpires: 0", "SIP/2.0 400"),
        ("Contact: <sip:a@192.0.2.5", "SIP/2.0 400"),
        ("Require: gruu", "SIP/2.0 420 Bad Extension"),
    ];
    for (number, (fields, expected)) in (1..).zip(cases) {
        let answer = register(&mut Side::new(2), number, fields);
        assert!(answer.starts_with(expected), "{fields}: {answer}");
    }
    let answer = register(&mut Side::new(2), 9, "Contact: <sip:a@192.0.2.5>;expires=5");
    assert!(answer.contains("Min-Expires: 60"), "{answer}");
}

fn register(registrar: &mut Side, number: u32, fields: &str) -> String {
    let text = format!(
        "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK{number}\r\n\
         From: <sip:alice@example.com>;tag=1\r\nTo: <sip:alice@Example.com>\r\nCall-ID: c\r\n\
         CSeq: {number} REGISTER\r\n{fields}\r\n\r\n"
    );
    let device: SocketAddr = ([192, 0, 2, 5], 5060).into();
    registrar.receive(device, text.as_bytes());
    let sent = registrar.work();
    let (_, to, bytes) = sent.last().expect("a REGISTER is answered");
    assert_eq!(*to, device);
    String::from_utf8_lossy(bytes).into_owned()
}

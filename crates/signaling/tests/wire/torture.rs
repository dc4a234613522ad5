//! The torture messages of RFC 4475, sent over a socket, with the answers that its text asks of an end point.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use signaling::Transport;

use crate::phone::{Exchange, Phone, field};

/// Message and the first answer; 0 where none may come. Where the text leaves a choice, ours.
const EXPECTED: [(&str, u16); 50] = [
    // §3.1.1: valid.
    ("TC_WSINV", 481), // Its To has a tag, of a dialog that we do not know.
    ("TC_INTMETH", 405),
    ("TC_ESC01_V", 100),
    ("TC_ESCNULL_V", 200),
    ("TC_ESC02_V", 405),
    ("TC_LWSDISP_V", 200),
    ("TC_LONGREQ_V", 100),
    ("TC_DBLREQ", 200),
    ("TC_SEMIURI_V", 200),
    ("TC_TRANSPORTS_V", 200),
    ("TC_MPART01", 405),
    ("TC_UNREASON_V", 0),
    ("TC_NOREASON_V", 0),
    // §3.1.2: invalid.
    ("TC_BADINV01_I", 400),
    ("TC_CLERR_I", 400),
    ("TC_NCL_I", 400),
    ("TC_SCALAR02_V", 400),
    ("TC_SCALARLG_V", 0),
    ("TC_QUOTBAL_I", 400),
    ("TC_LTGTRURI_I", 400),
    ("TC_LWSRURI_I", 400),
    ("TC_LWSSTART_V", 400),
    ("TC_TRWS_I", 400),
    ("TC_ESCRURI_V", 400),
    ("TC_BADDATE_V", 100), // The date means nothing to us, and is let pass.
    ("TC_REGBADCT_I", 400),
    ("TC_BADASPEC_I", 400),
    ("TC_BADDN_I", 400),
    ("TC_BADVERS_V", 505),
    ("TC_MISMATCH01_V", 400),
    ("TC_MISMATCH02_V", 400),
    ("TC_BIGCODE_V", 0),
    // §3.2 and §3.3: what transactions and applications make of it.
    ("TC_BADBRANCH_V", 200),
    ("TC_INSUF_I", 400),
    ("TC_UNKSCM_V", 416),
    ("TC_NOVELSC_V", 416),
    ("TC_UNKSM2_V", 400),
    ("TC_BEXT01_V", 420),
    ("TC_INVUT_V", 415),
    ("TC_REGAUT01_V", 401),
    ("TC_MULTI01_I", 400),
    ("TC_MCL01_I", 400),
    ("TC_BCAST_V", 0),
    ("TC_ZEROMF_V", 200),
    ("TC_CPARAM01_V", 200),
    ("TC_CPARAM02_V", 200),
    ("TC_REGESCRT_V", 200),
    ("TC_SDP01_V", 406),
    // §3.4: from before RFC 3261.
    ("TC_INV2543_I", 100),
    // Beside the RFC: no version on the request line, and nothing to answer to.
    ("TC_TEST_I", 0),
];

#[tokio::test]
async fn the_torture_messages_are_answered_as_the_rfc_asks() {
    let folder = shared().join("rfc4475");
    if !folder.is_dir() {
        eprintln!("left out: {} is not there", folder.display());
        return;
    }
    for (name, expected) in EXPECTED {
        // One stack each: some of the messages have the same branch, and would pass for repetitions.
        let exchange = Exchange::start(&[Transport::Udp]).await;
        let message = std::fs::read(folder.join(format!("{name}.dat"))).unwrap();
        let is_strange = name == "TC_REGAUT01_V";
        exchange.directory.challenges.store(is_strange, Ordering::Relaxed);
        assert_eq!(first_answer(&exchange, &message).await, expected, "{name}");
    }
}

/// The status of the first answer to a message, or 0 where an OPTIONS that follows is answered before it.
async fn first_answer(exchange: &Exchange, message: &[u8]) -> u16 {
    let phone = Phone::facing(exchange.address()).await;
    phone.send_bytes(message).await;
    // Registrations are answered after the directory: the fence must not overtake it.
    if message.starts_with(b"REGISTER") {
        return status_of(&phone.receive().await);
    }
    phone
        .send(
            "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP PHONE;branch=z9hG4bKfence-PHONE\r\n\
             From: <sip:f@f>;tag=PHONE\r\nTo: <sip:f@f>\r\nCall-ID: fence\r\nCSeq: 1 OPTIONS\r\n\r\n",
        )
        .await;
    let answer = phone.receive().await;
    if field(&answer, "Call-ID") == "fence" { 0 } else { status_of(&answer) }
}

fn status_of(answer: &str) -> u16 {
    answer.strip_prefix("SIP/2.0 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0)
}

fn shared() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    std::env::var("PATCHBOARD_SHARED").map_or_else(|_| PathBuf::from(beside), PathBuf::from)
}

//! One suite for every carrier: each speaks with a fake of its provider, in that provider's own words.

#![allow(clippy::unwrap_used, reason = "tests")]

mod dialects;
mod mail_server;
mod provider;
mod smsc;

use carriers::{Content, Event, FilledTemplate, OutboundMessage, Post, Rejection, Submission};
use dialects::DIALECTS;
use provider::{Answer, NOW, Provider, message};

#[tokio::test]
async fn what_a_provider_takes_has_its_id_and_arrives_whole() {
    for dialect in DIALECTS {
        let provider = Provider::start(dialect, Answer::Accept).await;
        let submission = provider.carrier.submit(&message(dialect)).await;
        let Submission::Accepted { provider_id } = &submission else {
            panic!("{}: {submission:?}", dialect.kind)
        };
        assert_eq!(provider_id, dialect.provider_id, "{}", dialect.kind);
        let requests = provider.requests();
        assert_eq!(requests.len(), 1, "{}", dialect.kind);
        for part in dialect.expected {
            assert!(requests[0].contains(part), "{}: {part} in {}", dialect.kind, requests[0]);
        }
    }
}

#[tokio::test]
async fn a_refusal_is_final_and_gives_the_providers_reason() {
    for dialect in DIALECTS {
        let provider = Provider::start(dialect, Answer::Refuse).await;
        let (code, reason) = dialect.refusal;
        let expected = Submission::Refused { code, reason: reason.to_owned() };
        assert_eq!(provider.carrier.submit(&message(dialect)).await, expected, "{}", dialect.kind);
    }
}

#[tokio::test]
async fn a_provider_that_is_busy_is_asked_later() {
    for dialect in DIALECTS {
        let provider = Provider::start(dialect, Answer::Throttle).await;
        let submission = provider.carrier.submit(&message(dialect)).await;
        let Submission::Later { pause, .. } = submission else { panic!("{}: {submission:?}", dialect.kind) };
        assert_eq!(pause.map(|pause| pause.as_secs()), dialect.pause_secs, "{}", dialect.kind);
    }
}

#[tokio::test]
async fn a_provider_that_can_not_be_reached_is_asked_later() {
    for dialect in DIALECTS {
        let carrier = dialect.open("http://127.0.0.1:1", "127.0.0.1:0");
        let submission = carrier.submit(&message(dialect)).await;
        assert!(matches!(submission, Submission::Later { .. }), "{}: {submission:?}", dialect.kind);
        assert!(!format!("{submission:?}").contains("s3cret"), "{}: {submission:?}", dialect.kind);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_tell_leaves_the_fate_unknown() {
    for dialect in DIALECTS {
        for answer in [Answer::Break, Answer::Nonsense] {
            let provider = Provider::start(dialect, answer).await;
            let submission = provider.carrier.submit(&message(dialect)).await;
            assert!(matches!(submission, Submission::Unknown { .. }), "{}: {submission:?}", dialect.kind);
            assert!(!format!("{submission:?}").contains("s3cret"), "{}: {submission:?}", dialect.kind);
        }
    }
}

#[tokio::test]
async fn messages_and_receipts_are_read_once_the_signature_is_right() {
    for dialect in DIALECTS {
        let provider = Provider::start(dialect, Answer::Accept).await;
        let [Event::MessageReceived(message)] = &provider.told(dialect.message).await[..] else {
            panic!("{}: a message is expected", dialect.kind)
        };
        let (from, to) = dialect.addresses;
        assert_eq!((message.from.as_str(), message.to.as_str()), (from, to), "{}", dialect.kind);
        assert_eq!(message.body, "Guten Tag & more", "{}", dialect.kind);
        let Some(receipt) = dialect.receipt else { continue };
        let [Event::ReceiptArrived(receipt)] = &provider.told(receipt).await[..] else {
            panic!("{}: a receipt is expected", dialect.kind)
        };
        assert_eq!(receipt.provider_id, dialect.provider_id, "{}", dialect.kind);
        let sid = dialect.gives_back_sids.then_some("SM1");
        assert_eq!(receipt.message.as_deref(), sid, "{}", dialect.kind);
        assert_eq!(receipt.status, dialect.receipt_status, "{}", dialect.kind);
        assert_eq!(receipt.code, Some(dialect.failure_code), "{}", dialect.kind);
    }
}

#[tokio::test]
async fn whatsapp_is_told_the_template_that_a_message_is() {
    let dialect = DIALECTS.iter().find(|dialect| dialect.kind == "whatsapp").unwrap();
    let provider = Provider::start(dialect, Answer::Accept).await;
    let template = FilledTemplate {
        name: "appointment".to_owned(),
        language: "en_US".to_owned(),
        values: vec!["Monday".to_owned()],
    };
    let message = OutboundMessage { template: Some(template), ..message(dialect) };
    assert!(matches!(provider.carrier.submit(&message).await, Submission::Accepted { .. }));
    let expected = r#""type":"template","template":{"name":"appointment","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"Monday"}]}]}"#;
    assert!(provider.requests()[0].contains(expected), "{}", provider.requests()[0]);
}

#[tokio::test]
async fn media_that_only_the_carrier_has_can_be_had() {
    for dialect in DIALECTS {
        let Some(told) = dialect.message_with_medium else { continue };
        let provider = Provider::start(dialect, Answer::Accept).await;
        let [Event::MessageReceived(message)] = &provider.told(told).await[..] else {
            panic!("{}: a message is expected", dialect.kind)
        };
        assert_eq!(message.body, "A cat", "{}", dialect.kind);
        let [attachment] = &message.attachments[..] else { panic!("{}: {message:?}", dialect.kind) };
        assert_eq!(attachment.content_type, "image/png", "{}", dialect.kind);
        let content = match &attachment.content {
            Content::Held(bytes) => bytes.clone(),
            Content::AtProvider(key) => provider.carrier.fetch(key).await.unwrap(),
        };
        assert_eq!(content, b"content", "{}", dialect.kind);
    }
}

#[tokio::test]
async fn what_could_not_be_written_down_is_told_again() {
    for dialect in DIALECTS {
        if dialect.sign.is_some() {
            continue;
        }
        let provider = Provider::start(dialect, Answer::Accept).await;
        provider.refuse_next_update();
        let events = provider.told(dialect.message).await;
        assert!(matches!(events[..], [Event::MessageReceived(_)]), "{}: {events:?}", dialect.kind);
    }
}

#[tokio::test]
async fn a_post_with_another_signature_is_not_read() {
    for dialect in DIALECTS {
        let Some(sign) = dialect.sign else { continue };
        let carrier = dialect.open("http://127.0.0.1:1", "127.0.0.1:0");
        let genuine = sign(dialect.message);
        assert!(carrier.read_post(&genuine, NOW).is_ok(), "{}", dialect.kind);
        let body = [genuine.body.as_slice(), b" "].concat();
        let forgeries = [
            Post { body, ..genuine.clone() },
            Post { headers: vec![], ..genuine.clone() },
            Post { headers: sign(dialect.receipt.unwrap()).headers, ..genuine },
        ];
        for forgery in forgeries {
            assert_eq!(carrier.read_post(&forgery, NOW), Err(Rejection::Forged), "{}", dialect.kind);
        }
    }
}

#[test]
fn settings_show_no_secret() {
    for dialect in DIALECTS {
        let settings = dialect.settings("http://127.0.0.1:1", "127.0.0.1:0");
        assert!(!format!("{settings:?}").contains("s3cret"), "{settings:?}");
    }
}

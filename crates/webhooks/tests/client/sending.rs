//! What reaches the application, and what comes back.

use webhooks::{Body, Request, SIGNATURE_HEADER, SignedBody, verify};

use crate::server::{Received, Server, answer, ok};
use crate::{TOKEN, development, pairs};

#[tokio::test]
async fn a_form_is_posted_with_a_signature_that_the_application_can_check() {
    let server = Server::start(|_| ok("<Response/>")).await;
    let form =
        pairs(&[("To", "+15555550100"), ("Body", "Grüße & mehr"), ("MediaUrl", "b"), ("MediaUrl", "a")]);
    let request = Request {
        idempotency_token: Some("EV1".to_owned()),
        ..Request::post(server.url("/sms?x=%20y"), Body::Form(form.clone()))
    };

    let response = development().send(request).await.unwrap();

    assert_eq!((response.status, response.text().as_str()), (200, "<Response/>"));
    assert_eq!(response.content_type, "text/xml");
    assert_eq!(response.url, server.url("/sms?x=%20y"));
    let [received] = &server.received()[..] else { panic!("one request") };
    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/sms?x=%20y"));
    assert_eq!(received.header("content-type"), Some("application/x-www-form-urlencoded; charset=UTF-8"));
    assert_eq!(received.header("i-twilio-idempotency-token"), Some("EV1"));
    assert_eq!(received.header("user-agent"), Some("TwilioProxy/1.1"));
    assert_eq!(received.form(), form);
    assert!(is_signed(&server, received, SignedBody::Form(&form)));
}

#[tokio::test]
async fn a_get_carries_its_form_in_the_signed_query() {
    let server = Server::start(|_| ok("")).await;
    let form = pairs(&[("Digits", "1"), ("Say", "two words")]);
    let request = Request { body: Body::Form(form), ..Request::get(server.url("/gather?step=%7E2")) };

    development().send(request).await.unwrap();

    let [received] = &server.received()[..] else { panic!("one request") };
    assert_eq!(received.path, "/gather?step=%7E2&Digits=1&Say=two+words");
    assert_eq!((received.method.as_str(), received.body.as_str()), ("GET", ""));
    assert!(is_signed(&server, received, SignedBody::Form(&[])));
}

#[tokio::test]
async fn json_is_vouched_for_by_its_hash_in_the_query() {
    let server = Server::start(|_| ok("")).await;
    let json = r#"{"name":"Zoë"}"#;

    development().send(Request::post(server.url("/json"), Body::Json(json.to_owned()))).await.unwrap();

    let [received] = &server.received()[..] else { panic!("one request") };
    assert!(received.path.starts_with("/json?bodySHA256="), "{}", received.path);
    assert_eq!(received.header("content-type"), Some("application/json"));
    assert_eq!(received.body, json);
    assert!(is_signed(&server, received, SignedBody::Raw(json.as_bytes())));
}

#[tokio::test]
async fn text_is_sent_as_it_is_and_signed_like_a_form_when_it_is_one() {
    let server = Server::start(|_| ok("")).await;
    let content_type = "application/x-www-form-urlencoded;charset=utf-8".to_owned();
    let text = "b=2&a=%C3%BC+1".to_owned();

    development().send(Request::post(server.url("/"), Body::Text { content_type, text })).await.unwrap();

    let [received] = &server.received()[..] else { panic!("one request") };
    assert_eq!(received.header("content-type"), Some("application/x-www-form-urlencoded;charset=utf-8"));
    assert_eq!((received.path.as_str(), received.body.as_str()), ("/", "b=2&a=%C3%BC+1"));
    assert!(is_signed(&server, received, SignedBody::Form(&pairs(&[("a", "ü 1"), ("b", "2")]))));
}

#[tokio::test]
async fn user_information_becomes_basic_authentication_and_the_fragment_stays_at_home() {
    let server = Server::start(|_| ok("")).await;
    let url = format!("http://us%20er:p%40ss@{}/private#rc=2&edge=dublin", server.address);
    let request = Request { is_signed: false, ..Request::post(url, Body::Empty) };

    development().send(request).await.unwrap();

    let [received] = &server.received()[..] else { panic!("one request") };
    assert_eq!(received.path, "/private");
    // "us er:p@ss"
    assert_eq!(received.header("authorization"), Some("Basic dXMgZXI6cEBzcw=="));
    assert_eq!(received.header("host"), Some(server.address.to_string().as_str()));
    assert_eq!(received.header(SIGNATURE_HEADER), None);
}

#[tokio::test]
async fn any_status_is_an_answer_and_keeps_its_headers() {
    let server =
        Server::start(|_| answer("503 Busy", "X-Twilio-Function-Concurrency: 3\r\n", "try later")).await;

    let response = development().send(Request::get(server.url("/"))).await.unwrap();

    assert_eq!((response.status, response.is_success(), response.error_code()), (503, false, Some(11200)));
    assert_eq!(response.header("x-twilio-function-concurrency"), Some("3"));
    assert_eq!((response.content_type.as_str(), response.text().as_str()), ("", "try later"));
}

fn is_signed(server: &Server, received: &Received, body: SignedBody<'_>) -> bool {
    let signature = received.header(SIGNATURE_HEADER).expect("the request is signed");
    verify(TOKEN, &server.url(&received.path), body, signature)
}

//! Redirects: what is sent to the next place, and how far it goes.

use webhooks::{Body, Failure, REDIRECTS_MAX, Request, SIGNATURE_HEADER, SignedBody, verify};

use crate::server::{Server, ok, redirect};
use crate::{TOKEN, development, pairs};

#[tokio::test]
async fn a_redirect_changes_method_and_body_as_on_the_web_and_is_signed_anew() {
    let form = pairs(&[("Digits", "1")]);
    for (status, method, kept) in [
        (301, "GET", false),
        (302, "GET", false),
        (303, "GET", false),
        (307, "POST", true),
        (308, "POST", true),
    ] {
        let server = Server::start(move |request| match request.path.as_str() {
            "/old/voice" => redirect(status, "../new?a=1#part"),
            _ => ok("arrived"),
        })
        .await;

        let request = Request::post(server.url("/old/voice"), Body::Form(form.clone()));
        let response = development().send(request).await.unwrap();

        assert_eq!((response.text().as_str(), response.url), ("arrived", server.url("/new?a=1")), "{status}");
        let received = server.received().pop().unwrap();
        let expected = if kept { form.clone() } else { Vec::new() };
        assert_eq!((received.method.as_str(), received.form()), (method, expected.clone()), "{status}");
        assert_eq!(received.header("content-type").is_some(), kept, "{status}");
        let signature = received.header(SIGNATURE_HEADER).unwrap();
        assert!(verify(TOKEN, &server.url("/new?a=1"), SignedBody::Form(&expected), signature), "{status}");
    }
}

#[tokio::test]
async fn credentials_stay_with_their_host() {
    let elsewhere = Server::start(|_| ok("")).await;
    let target = elsewhere.url("/");
    let server = Server::start(move |request| match request.path.as_str() {
        "/start" => redirect(302, "/same-host"),
        _ => redirect(302, &target),
    })
    .await;
    let headers = pairs(&[("Cookie", "a=b"), ("X-Kept", "yes")]);
    let url = format!("http://user:pass@{}/start", server.address);

    development().send(Request { headers, ..Request::get(url) }).await.unwrap();

    let same_host = server.received().pop().unwrap();
    assert_eq!(same_host.path, "/same-host");
    assert!(same_host.header("authorization").is_some() && same_host.header("cookie").is_some());
    let other_host = elsewhere.received().pop().unwrap();
    assert_eq!((other_host.header("authorization"), other_host.header("cookie")), (None, None));
    assert_eq!(other_host.header("x-kept"), Some("yes"));
}

#[tokio::test]
async fn redirects_come_to_an_end() {
    let server = Server::start(|_| redirect(302, "/again")).await;
    let failure = development().send(Request::get(server.url("/"))).await.unwrap_err();
    assert!(matches!(failure, Failure::TooManyRedirects { most: REDIRECTS_MAX, .. }), "{failure}");
    assert_eq!((failure.error_code(), server.received().len()), (11215, REDIRECTS_MAX + 1));
}

#[tokio::test]
async fn a_redirect_is_an_answer_where_it_is_not_to_be_followed_or_names_no_place() {
    let server = Server::start(|_| redirect(302, "/elsewhere")).await;
    let request = Request { follows_redirects: false, ..Request::get(server.url("/")) };
    let response = development().send(request).await.unwrap();
    assert_eq!((response.status, response.header("location")), (302, Some("/elsewhere")));

    let silent = Server::start(|_| crate::server::answer("304 Not Modified", "", "")).await;
    assert_eq!(development().send(Request::get(silent.url("/"))).await.unwrap().status, 304);
}

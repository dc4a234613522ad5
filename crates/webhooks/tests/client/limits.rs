//! Time, size and attempts.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use webhooks::{Failure, Request, TlsProblem};

use crate::development;
use crate::server::{Reply, Server, answer, ok};

const SHORT: Duration = Duration::from_millis(60);

#[tokio::test]
async fn an_answer_that_does_not_come_or_does_not_end_is_a_timeout() {
    let cases = ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"];
    for stalled in cases {
        let server = Server::start(|_| Reply::Stalled(stalled.to_owned())).await;
        let request = Request { timeout: SHORT, ..Request::get(server.url("/")) };
        let failure = development().send(request).await.unwrap_err();
        let target = server.url("/");
        assert_eq!(failure, Failure::Timeout { target, within: SHORT }, "{stalled}");
        assert_eq!((failure.error_code(), failure.is_passing()), (11200, true));
    }
}

#[tokio::test]
async fn the_fragment_of_the_url_shortens_the_wait() {
    let server = Server::start(|_| Reply::Stalled(String::new())).await;
    for fragment in ["tt=100", "ct=100&rt=100"] {
        let failure =
            development().send(Request::get(server.url(&format!("/#{fragment}")))).await.unwrap_err();
        let (target, within) = (server.url("/"), Duration::from_millis(100));
        assert_eq!(failure, Failure::Timeout { target, within }, "{fragment}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_announced_or_not() {
    let announced = || Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_owned());
    for is_announced in [true, false] {
        let server = Server::start(move |_| if is_announced { announced() } else { Reply::Endless }).await;
        let failure = development().send(Request::get(server.url("/"))).await.unwrap_err();
        assert_eq!(failure, Failure::TooLarge { target: server.url("/"), limit_bytes: 65_536 });
        assert_eq!((failure.error_code(), failure.is_passing()), (11750, false));
    }
    let server = Server::start(|_| ok("1234")).await;
    let exact = Request { limit_bytes: 4, ..Request::get(server.url("/")) };
    assert_eq!(development().send(exact).await.unwrap().text(), "1234");
}

#[tokio::test]
async fn a_closed_port_is_unreachable() {
    let failure = development().send(Request::get(closed_port().await)).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable { .. }), "{failure}");
    assert_eq!((failure.error_code(), failure.is_unsent()), (11205, true));
}

#[tokio::test]
async fn what_breaks_off_or_is_not_http_is_a_broken_answer() {
    for raw in ["", "SMTP ready\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        let server = Server::start(|_| Reply::Raw(raw.to_owned())).await;
        let failure = development().send(Request::get(server.url("/"))).await.unwrap_err();
        assert!(matches!(failure, Failure::BrokenAnswer { .. }), "{raw}: {failure}");
        assert_eq!((failure.error_code(), failure.is_unsent()), (11206, false));
    }
}

#[tokio::test]
async fn a_target_that_does_not_speak_tls_is_told_apart() {
    for spoken in ["", "HTTP/1.1 400 This is plain HTTP\r\n\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            // The client speaks first; closing with its words unread would be a reset.
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            stream.write_all(spoken.as_bytes()).await.unwrap();
        };
        let client = development();
        let (outcome, ()) = tokio::join!(client.send(Request::get(url)), serve);
        let failure = outcome.unwrap_err();
        assert!(
            matches!(failure, Failure::Tls { problem: TlsProblem::Handshake, .. }),
            "{spoken}: {failure}"
        );
        assert_eq!(failure.error_code(), 11220);
    }
}

#[tokio::test]
async fn it_is_tried_again_as_often_as_the_url_says_and_for_what_it_says() {
    for (fragment, requests) in
        [("", 1), ("#rc=2", 1), ("#rc=2&rp=5xx", 3), ("#rc=9&rp=all", 6), ("#rp=all", 1)]
    {
        let server = Server::start(|_| answer("500 Oops", "", "")).await;
        let response = development().send(Request::get(server.url(&format!("/{fragment}")))).await.unwrap();
        assert_eq!((response.status, server.received().len()), (500, requests), "{fragment}");
    }
}

async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

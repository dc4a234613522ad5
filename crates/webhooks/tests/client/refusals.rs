//! What the client does not connect to.

use webhooks::{AddressRange, Failure, Request};

use crate::server::{Server, ok, redirect};
use crate::{client, development};

#[tokio::test]
async fn private_targets_are_refused_in_every_spelling() {
    use AddressRange::*;
    let server = Server::start(|_| ok("")).await;
    let port = server.address.port();
    let cases = [
        ("127.0.0.1", Loopback),
        // A name that resolves to loopback.
        ("localhost", Loopback),
        ("LOCALHOST", Loopback),
        ("[::1]", Loopback),
        ("[::ffff:127.0.0.1]", Loopback),
        ("[64:ff9b::7f00:1]", Loopback),
        ("127.0.0.1.", Loopback),
        ("127.1", Loopback),
        ("2130706433", Loopback),
        ("0x7f000001", Loopback),
        ("0177.0.0.1", Loopback),
        ("%31%32%37.0.0.1", Loopback),
        ("１２７.0.0.1", Loopback),
        ("user:pass@127.0.0.1", Loopback),
        ("0.0.0.0", Unspecified),
        ("0", Unspecified),
        ("[::]", Unspecified),
        ("10.0.0.1", Private),
        ("169.254.169.254", Metadata),
        ("[fe80::1]", LinkLocal),
        ("224.0.0.1", Multicast),
    ];
    let closed = client("");
    for (host, range) in cases {
        let failure = closed.send(Request::get(format!("http://{host}:{port}/"))).await.unwrap_err();
        let Failure::NotAllowed { refused, .. } = &failure else { panic!("{host}: {failure}") };
        assert_eq!(
            (refused.range, failure.error_code(), failure.is_passing()),
            (range, 11200, false),
            "{host}"
        );
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn development_mode_and_the_allowlist_open_the_way() {
    let server = Server::start(|_| ok("")).await;
    let named = format!("http://localhost:{}/", server.address.port());
    for client in [development(), client("127.0.0.0/8")] {
        assert_eq!(client.send(Request::get(server.url("/"))).await.unwrap().status, 200);
        assert_eq!(client.send(Request::get(named.clone())).await.unwrap().status, 200);
    }
    let failure = development().send(Request::get("http://10.0.0.1/")).await.unwrap_err();
    assert!(matches!(failure, Failure::NotAllowed { .. }), "{failure}");
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused() {
    let hidden = Server::start(|_| ok("secret")).await;
    let port = hidden.address.port();
    let targets = [
        format!("http://127.0.0.2:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("//127.0.0.2:{port}/"),
        "http://10.0.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ];
    for target in targets {
        let location = target.clone();
        let server = Server::start(move |_| redirect(307, &location)).await;
        // Only the first address is open.
        let failure = client("127.0.0.1").send(Request::get(server.url("/"))).await.unwrap_err();
        assert!(matches!(failure, Failure::NotAllowed { .. }), "{target}: {failure}");
    }
    assert!(hidden.received().is_empty());
}

#[tokio::test]
async fn what_is_no_url_to_request_is_refused_with_what_to_write() {
    let cases = [
        ("", "relative URL without a base"),
        ("/voice", "relative URL without a base"),
        ("ftp://example.com/", "only http and https are requested"),
        ("file:///etc/passwd", "only http and https are requested"),
        ("http://", "empty host"),
        ("http://example.com:99999/", "invalid port number"),
    ];
    for (url, problem) in cases {
        let failure = development().send(Request::get(url)).await.unwrap_err();
        let message = failure.to_string();
        assert!(message.contains(problem) && message.contains("hint: "), "{url}: {message}");
        assert_eq!((failure.error_code(), failure.is_passing()), (11100, false), "{url}");
    }
    let server = Server::start(|_| redirect(302, "gopher://example.com/")).await;
    let failure = development().send(Request::get(server.url("/"))).await.unwrap_err();
    assert!(matches!(failure, Failure::InvalidUrl { .. }), "{failure}");
}

#[tokio::test]
async fn a_header_of_two_lines_is_refused() {
    let headers = vec![("X-Note".to_owned(), "one\r\nX-Other: two".to_owned())];
    let failure =
        development().send(Request { headers, ..Request::get("http://127.0.0.1:9/") }).await.unwrap_err();
    assert_eq!(failure, Failure::InvalidHeader { name: "X-Note".to_owned() });
}

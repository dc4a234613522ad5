//! The HTTP connections of one listener: a peer that keeps a request to itself is let go, so that a flood of them
//! holds no files for long.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use api::Peer;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

/// How long a peer is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// From the end of one request to the end of the next one's head.
    pub(crate) head: Duration,
    /// Within the body of a request.
    pub(crate) pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: Duration::from_secs(60), pause: Duration::from_secs(30) }
    }
}

/// Serves a listener until told to stop, then until the requests that run are answered.
pub(crate) async fn serve<L>(
    mut listener: L,
    router: Router,
    patience: Patience,
    mut stopped: watch::Receiver<bool>,
) where
    L: Listener<Addr = SocketAddr>,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, peer) = listener.accept() => {
                let service = Service { router: router.clone(), peer, patience };
                connections.spawn(converse(stream, service, stopped.clone()));
            }
            // Those that have ended leave the set.
            Some(_) = connections.join_next() => {}
            () = told(&mut stopped) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// What answers one peer.
#[derive(Clone)]
struct Service {
    router: Router,
    peer: SocketAddr,
    patience: Patience,
}

/// Answers what comes on a connection; one that is told to stop answers the request at hand and ends.
async fn converse<S>(stream: S, service: Service, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (peer, patience) = (service.peer, service.patience);
    let service = service_fn(move |request| service.clone().answer(request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "an HTTP connection ended early");
    }
}

/// Returns once the server is to stop.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // The sender lives as long as the server.
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

impl Service {
    async fn answer(self, request: Request<Incoming>) -> Result<Response, Infallible> {
        let mut request = request.map(|body| Body::new(TimeoutBody::new(self.patience.pause, body)));
        request.extensions_mut().insert(ConnectInfo(Peer(self.peer)));
        self.router.oneshot(request).await
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::StatusCode;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

    use super::*;

    const SHORT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_peer_that_keeps_a_head_to_itself_is_let_go() {
        let (mut peer, _stop) = connected(Patience { head: SHORT, ..Patience::default() });
        peer.write_all(b"POST / HTTP/1.1\r\nHost: here\r\n").await.unwrap();
        assert_eq!(rest(&mut peer).await, "");
    }

    #[tokio::test]
    async fn a_peer_that_keeps_a_body_to_itself_is_answered() {
        let (mut peer, _stop) = connected(Patience { pause: SHORT, ..Patience::default() });
        let half = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf";
        peer.write_all(half).await.unwrap();
        let answer = rest(&mut peer).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }

    #[tokio::test]
    async fn a_request_that_runs_is_answered_when_told_to_stop() {
        let (mut peer, stop) = connected(Patience::default());
        peer.write_all(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            .await
            .unwrap();
        let mut go_on = [0; 25];
        peer.read_exact(&mut go_on).await.unwrap();
        stop.send_replace(true);
        peer.write_all(b"whole").await.unwrap();
        let answer = rest(&mut peer).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }

    /// A listener that one peer connects to.
    struct OnePeer(Option<DuplexStream>);

    impl Listener for OnePeer {
        type Io = DuplexStream;
        type Addr = SocketAddr;

        async fn accept(&mut self) -> (DuplexStream, SocketAddr) {
            match self.0.take() {
                Some(stream) => (stream, ([192, 0, 2, 1], 4711).into()),
                None => std::future::pending().await,
            }
        }

        fn local_addr(&self) -> std::io::Result<SocketAddr> {
            Ok(([192, 0, 2, 2], 80).into())
        }
    }

    fn connected(patience: Patience) -> (DuplexStream, watch::Sender<bool>) {
        let (ours, theirs) = tokio::io::duplex(4096);
        let (stop, stopped) = watch::channel(false);
        let router =
            Router::new().route("/", post(|_: ConnectInfo<Peer>, _: Bytes| async { StatusCode::OK }));
        tokio::spawn(serve(OnePeer(Some(ours)), router, patience, stopped));
        (theirs, stop)
    }

    /// Returns all that is yet to come until the connection ends.
    async fn rest(peer: &mut DuplexStream) -> String {
        let mut answer = String::new();
        peer.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

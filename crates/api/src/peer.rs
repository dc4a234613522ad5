//! From where a request comes.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

/// The other end of a connection; servers put it, as connection information, into each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Stands for who asks from within this process.
const UNKNOWN: &str = "unknown";

/// The address of who asks, for counting requests; a proxy on this machine is believed about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientAddr(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for ClientAddr {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.0.ip());
        Ok(Self::of(peer, &parts.headers))
    }
}

impl ClientAddr {
    /// Returns the address; none where no connection is known, as within this process.
    pub(crate) fn known(self) -> Option<String> {
        (self.0 != UNKNOWN).then_some(self.0)
    }

    /// Returns the address of who asks, by the connection and what a proxy says of it.
    pub(crate) fn of(peer: Option<IpAddr>, headers: &HeaderMap) -> Self {
        // The last hop is what our own proxy wrote; those before it are anybody's claim.
        let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let told = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        let is_proxied = peer.is_none_or(|peer| peer.is_loopback());
        let client = told.filter(|_| is_proxied).or(peer);
        Self(client.map_or_else(|| UNKNOWN.to_owned(), |address| address.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 198.51.100.7".parse().unwrap());
        for (peer, client) in [("127.0.0.1", "198.51.100.7"), ("192.0.2.1", "192.0.2.1")] {
            let peer = Some(peer.parse().unwrap());
            assert_eq!(ClientAddr::of(peer, &headers).0, client);
        }
    }
}

//! From a host's name to the addresses that may be connected to.
//!
//! The HTTP client connects to what this resolver returns and asks nobody else, so the address that was checked is
//! the one that is used: a name that changes in between (DNS rebinding) gains nothing.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::guard::{Guard, Refused};

/// The answer of a name service, to come.
pub(crate) type Lookup = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Asks a name service for the addresses of a host.
pub(crate) type NameService = Arc<dyn Fn(String) -> Lookup + Send + Sync>;

/// Looks names up and lets through what the guard allows.
pub(crate) struct GuardedResolver {
    guard: Arc<Guard>,
    names: NameService,
}

/// A name that has no address.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct UnknownName(String);

impl GuardedResolver {
    /// Makes a resolver that asks this name service.
    pub(crate) fn new(guard: Arc<Guard>, names: NameService) -> Self {
        Self { guard, names }
    }

    /// Looks up the addresses of a host that may be connected to.
    pub(crate) fn addresses(
        &self,
        host: String,
    ) -> impl Future<Output = Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>>> + Send + use<>
    {
        let guard = Arc::clone(&self.guard);
        let lookup = (self.names)(host);
        async move {
            let addresses = lookup.await.map_err(|error| UnknownName(error.to_string()))?;
            allowed(&guard, &addresses)
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.addresses(name.as_str().to_owned());
        Box::pin(async move {
            let allowed = found.await?;
            // The HTTP client puts the URL's port in place of 0.
            let sockets: Addrs = Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}

/// Returns the name service of this machine.
pub(crate) fn system_names() -> NameService {
    Arc::new(|name| {
        Box::pin(async move {
            let sockets = tokio::net::lookup_host((name, 0)).await?;
            Ok(sockets.map(|socket| socket.ip()).collect())
        })
    })
}

/// A name may have public addresses beside private ones; it fails when nothing is left of them.
fn allowed(
    guard: &Guard,
    addresses: &[IpAddr],
) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let mut refused: Option<Refused> = None;
    let mut allowed = Vec::new();
    for address in addresses {
        match guard.check(*address) {
            Ok(()) => allowed.push(*address),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    match refused {
        Some(refusal) if allowed.is_empty() => Err(refusal.into()),
        None if allowed.is_empty() => Err(UnknownName("the name service knows no address".to_owned()).into()),
        Some(_) | None => Ok(allowed),
    }
}

//! Where the stack listens, how others reach it, and its limits.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::flow::Transport;

/// How a stack is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// The sockets to open; port 0 takes any.
    pub listeners: Vec<Listener>,
    /// The address by which peers outside of private networks reach this machine, where it is not the bound one.
    pub external_ip: Option<IpAddr>,
    /// What `User-Agent` and `Server` say.
    pub user_agent: String,
    /// Certificate and key of TLS listeners.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// Whom to trust when connecting by TLS.
    pub tls_client: Option<Arc<rustls::ClientConfig>>,
    /// Legs at one time; further calls are answered 503.
    pub legs_max: usize,
    /// Streams at one time; further ones are closed.
    pub connections_max: usize,
    /// The shortest registration that is taken; shorter ones are answered 423.
    pub registration_secs_min: u64,
    /// The longest registration that is given.
    pub registration_secs_max: u64,
    /// How often a watched peer is asked whether it is there.
    pub probe_secs: u64,
}

/// One socket to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// What it speaks.
    pub transport: Transport,
    /// Where it is.
    pub address: SocketAddr,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listeners: Vec::new(),
            external_ip: None,
            user_agent: "Patchboard".to_owned(),
            tls: None,
            tls_client: None,
            legs_max: 10_000,
            connections_max: 10_000,
            registration_secs_min: 60,
            registration_secs_max: 3600,
            probe_secs: 30,
        }
    }
}

//! Carriers: whether their tables are right, and whether their providers are there.

use std::time::Duration;

use tokio::net::TcpStream;

use super::finding::Finding;
use crate::carrier::{Bindings, CarrierTable};
use crate::config::Config;

const NAME: &str = "carrier";

/// How long a provider has to take a connection.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks at each carrier of the configuration file.
pub(super) async fn providers(config: &Config) -> Vec<Finding> {
    let client = webhooks::Client::new(webhooks::Options::default());
    if let Err(error) = Bindings::open(&config.carriers, &client, "") {
        return vec![Finding::fail(NAME, format!("{error:#}"), "correct the [[carrier]] tables")];
    }
    if config.carriers.is_empty() {
        return vec![Finding::ok(NAME, "none: messages stay on the loopback network of development mode")];
    }
    let mut findings = Vec::new();
    for table in &config.carriers {
        findings.push(provider(table).await);
    }
    findings
}

async fn provider(table: &CarrierTable) -> Finding {
    let name = &table.name;
    let Some((host, port)) = table.settings.peer() else {
        return Finding::fail(NAME, format!("{name} has a url that is none"), "write scheme and host");
    };
    let connected = tokio::time::timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await;
    match connected {
        Ok(Ok(_)) if table.settings.is_posted_to() => Finding::ok(
            NAME,
            format!("{name} is there: {host}:{port}; it posts to /carriers/v1/{name} below --public-url"),
        ),
        Ok(Ok(_)) => Finding::ok(NAME, format!("{name} is there: {host}:{port}")),
        Ok(Err(_)) | Err(_) => Finding::warn(
            NAME,
            format!("{name} does not take connections: {host}:{port}"),
            "check the address and the firewall; messages wait up to four hours",
        ),
    }
}

//! Trunks: whether the places that they send calls to answer.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use serde_json::Value;
use signaling::{Caller, Directory, Event, Listener, Secret, Signaling, Transport, Verdict};

use super::finding::Finding;
use crate::client::{self, Client};
use crate::config::Config;
use crate::credentials::Credentials;

const NAME: &str = "trunk";

/// How long places have to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Lets nobody in.
struct Nobody;

/// Looks at each place: as a running server knows it, else by asking those of the configuration file.
pub(super) async fn places(config: &Config, is_running: bool) -> Vec<Finding> {
    let answers = match is_running {
        true => asked_of_server(config).await,
        false => asked_here(config).await,
    };
    match answers {
        Ok(answers) if answers.is_empty() => {
            vec![Finding::ok(
                NAME,
                "none sends calls out: calls reach phones and browsers of this server only",
            )]
        }
        Ok(answers) => answers.into_iter().map(|(uri, status)| place(&uri, &status)).collect(),
        Err(error) => {
            vec![Finding::warn(NAME, format!("they can not be looked at: {error:#}"), "try again in a while")]
        }
    }
}

fn place(uri: &str, status: &str) -> Finding {
    match status {
        "up" => Finding::ok(NAME, format!("{uri} answers")),
        _ => Finding::warn(
            NAME,
            format!("{uri} does not answer OPTIONS"),
            "check the address and the firewall; some carriers answer calls only",
        ),
    }
}

async fn asked_of_server(config: &Config) -> anyhow::Result<BTreeMap<String, String>> {
    let url = client::announced(&config.data).context("the running server has left no address")?;
    let credentials = Credentials::read(&config.data)?.context("the data folder has no credentials")?;
    let answer = Client::http(url, &credentials).get("/v1/trunks?PageSize=1000").await?;
    let trunks = answer["trunks"].as_array().into_iter().flatten();
    let places = trunks.flat_map(|trunk| trunk["outbound"].as_array().into_iter().flatten());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(places.map(|place| (text(&place["uri"]), text(&place["status"]))).collect())
}

async fn asked_here(config: &Config) -> anyhow::Result<BTreeMap<String, String>> {
    let uris: BTreeSet<&String> = config.trunks.iter().flat_map(|trunk| &trunk.outbound).collect();
    let mut answers: BTreeMap<String, String> =
        uris.into_iter().map(|uri| (uri.clone(), "unknown".to_owned())).collect();
    if answers.is_empty() {
        return Ok(answers);
    }
    let listener = |transport| Listener { transport, address: (Ipv4Addr::UNSPECIFIED, 0).into() };
    let listeners = vec![listener(Transport::Udp), listener(Transport::Tcp)];
    let options = signaling::Config { listeners, ..signaling::Config::default() };
    let (signaling, mut events) = Signaling::start(options, Arc::new(Nobody)).await?;
    answers.keys().for_each(|uri| signaling.watch(uri));
    let mut missing = answers.len();
    let listen = async {
        while missing > 0
            && let Some(event) = events.recv().await
        {
            if let Event::PeerChanged { uri, is_up } = event {
                answers.insert(uri, if is_up { "up" } else { "down" }.to_owned());
                missing -= 1;
            }
        }
    };
    // Who has not answered by then is silent.
    let _ = tokio::time::timeout(PATIENCE, listen).await;
    Ok(answers)
}

#[async_trait]
impl Directory for Nobody {
    async fn admit(&self, _: &Caller) -> Verdict {
        Verdict::Refuse { status: 403, reason: String::new() }
    }

    async fn secret(&self, _: &str, _: &str) -> Option<Secret> {
        None
    }

    async fn serves(&self, _: &str) -> bool {
        false
    }
}

//! Options of `serve`: command line over environment over file over default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;

/// The options of `patchboard serve`; what is not given here is looked up in the file, then has a default.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Options {
    /// TOML file with these options, spelled with underscores (`public_url = "…"`)
    #[arg(long, env = "PATCHBOARD_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Folder for the database, credentials and recordings [default: ./data]
    #[arg(long, env = "PATCHBOARD_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of the HTTP listener [default: 127.0.0.1:8080]
    #[arg(long, env = "PATCHBOARD_HTTP", value_name = "ADDR")]
    pub(crate) http: Option<SocketAddr>,
    /// URL under which others reach this server; printed and returned in links and webhook URLs
    #[arg(long, env = "PATCHBOARD_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Domain whose first label names an API, as in studio.EXAMPLE.COM
    #[arg(long, env = "PATCHBOARD_API_DOMAIN", value_name = "DOMAIN")]
    pub(crate) api_domain: Option<String>,
    /// Seconds that a stop waits for running work [default: 10]
    #[arg(long, env = "PATCHBOARD_DRAIN", value_name = "SECONDS")]
    pub(crate) drain: Option<u64>,
    /// Development mode: loopback carrier and local webhooks [default: on while every listener is bound to loopback]
    #[arg(long, env = "PATCHBOARD_DEV", value_name = "BOOL")]
    pub(crate) dev: Option<bool>,
    /// Networks that webhooks may reach although they are private, as in 10.0.0.0/8,192.168.7.0/24
    #[arg(long, env = "PATCHBOARD_WEBHOOK_ALLOW", value_name = "CIDRS")]
    pub(crate) webhook_allow: Option<String>,
    /// Account SID of the first start in place of a random one
    #[arg(long, env = "PATCHBOARD_ACCOUNT_SID", value_name = "SID")]
    pub(crate) account_sid: Option<String>,
    /// Auth token in place of a random one
    #[arg(long, env = "PATCHBOARD_AUTH_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub(crate) auth_token: Option<String>,
    /// Address of the HTTPS listener (put a proxy with TLS in front of this version)
    #[arg(long, env = "PATCHBOARD_HTTPS", value_name = "ADDR", help_heading = "Not in this version")]
    pub(crate) https: Option<String>,
    /// URL of a PostgreSQL database (this version keeps its data in the data folder)
    #[arg(long, env = "PATCHBOARD_DATABASE_URL", value_name = "URL", help_heading = "Not in this version")]
    pub(crate) database_url: Option<String>,
    /// Address of the SIP listener (voice is not part of this version)
    #[arg(long, env = "PATCHBOARD_SIP", value_name = "ADDR", help_heading = "Not in this version")]
    pub(crate) sip: Option<String>,
    /// Address of the SIP listener with TLS (voice is not part of this version)
    #[arg(long, env = "PATCHBOARD_SIPS", value_name = "ADDR", help_heading = "Not in this version")]
    pub(crate) sips: Option<String>,
    /// Ports for media (voice is not part of this version)
    #[arg(long, env = "PATCHBOARD_RTP_PORTS", value_name = "A-B", help_heading = "Not in this version")]
    pub(crate) rtp_ports: Option<String>,
    /// Address that peers outside a NAT see (voice is not part of this version)
    #[arg(long, env = "PATCHBOARD_EXTERNAL_IP", value_name = "IP", help_heading = "Not in this version")]
    pub(crate) external_ip: Option<String>,
}

impl Options {
    /// Returns the options given whose listeners this version does not have: taken, so that scripts need no change.
    fn unused(&self) -> Vec<&'static str> {
        [
            ("--https", &self.https),
            ("--sip", &self.sip),
            ("--sips", &self.sips),
            ("--rtp-ports", &self.rtp_ports),
            ("--external-ip", &self.external_ip),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.as_ref().map(|_| name))
        .collect()
    }
}

/// What the server runs with, every default filled in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    /// Folder for everything that is kept.
    pub(crate) data: PathBuf,
    /// Address of the HTTP listener.
    pub(crate) http: SocketAddr,
    /// URL under which others reach this server, without a slash at its end; from the listener where not given.
    pub(crate) public_url: Option<String>,
    /// Domain whose first label names an API.
    pub(crate) api_domain: Option<String>,
    /// How long a stop waits for running work.
    pub(crate) drain: Duration,
    /// Whether development mode is on.
    pub(crate) is_development: bool,
    /// Networks that webhooks may reach although they are private.
    pub(crate) webhook_allow: webhooks::Allowlist,
    /// The account's SID, where fixed from outside.
    pub(crate) account_sid: Option<String>,
    /// The account's token, where fixed from outside.
    pub(crate) auth_token: Option<String>,
    /// Options given that this version takes no notice of.
    pub(crate) unused: Vec<&'static str>,
}

impl Config {
    /// Joins the options given with those of the file and the defaults.
    pub(crate) fn load(given: Options) -> anyhow::Result<Self> {
        let file = match &given.config {
            Some(path) => read_file(path)?,
            None => Options::default(),
        };
        let unused = given.unused().into_iter().chain(file.unused()).collect();
        if given.database_url.is_some() || file.database_url.is_some() {
            bail!(
                "--database-url is given, but this version keeps its data in the data folder only\n  hint: leave it out"
            );
        }
        let http = given.http.or(file.http).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        Ok(Self {
            data: given.data.or(file.data).unwrap_or_else(|| PathBuf::from("data")),
            http,
            public_url: given.public_url.or(file.public_url).map(|url| checked_url(&url)).transpose()?,
            api_domain: given.api_domain.or(file.api_domain),
            drain: Duration::from_secs(given.drain.or(file.drain).unwrap_or(10)),
            is_development: given.dev.or(file.dev).unwrap_or_else(|| http.ip().is_loopback()),
            webhook_allow: given
                .webhook_allow
                .or(file.webhook_allow)
                .as_deref()
                .map(allowlist)
                .transpose()?
                .unwrap_or_default(),
            account_sid: given.account_sid.or(file.account_sid),
            auth_token: given.auth_token.or(file.auth_token),
            unused,
        })
    }
}

fn read_file(path: &Path) -> anyhow::Result<Options> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} can not be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration file {} is not valid", path.display()))
}

fn allowlist(text: &str) -> anyhow::Result<webhooks::Allowlist> {
    text.parse().with_context(|| format!("--webhook-allow is '{text}'"))
}

/// A public URL has a scheme and a host; links are made by putting a path behind it.
fn checked_url(url: &str) -> anyhow::Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') => Ok(url.trim_end_matches('/').to_owned()),
        _ => bail!("--public-url is '{url}': a URL such as https://calls.example.com is expected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patchboard.toml");
        std::fs::write(&path, "http = '127.0.0.1:9000'\ndrain = 3\npublic_url = 'https://a.example/'")
            .unwrap();
        let options = Options { config: Some(path), drain: Some(7), ..Options::default() };
        let config = Config::load(options).unwrap();
        assert_eq!((config.http.port(), config.drain.as_secs()), (9000, 7));
        assert_eq!(config.public_url.as_deref(), Some("https://a.example"));
        assert_eq!(config.data, PathBuf::from("data"));
    }

    #[test]
    fn development_mode_needs_loopback_unless_asked_for() {
        let on = |http: &str, dev| {
            let options = Options { http: Some(http.parse().unwrap()), dev, ..Options::default() };
            Config::load(options).unwrap().is_development
        };
        assert!(on("127.0.0.1:1", None));
        assert!(!on("0.0.0.0:1", None));
        assert!(on("0.0.0.0:1", Some(true)));
        assert!(!on("127.0.0.1:1", Some(false)));
    }

    #[test]
    fn a_misspelled_option_in_the_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("patchboard.toml");
        std::fs::write(&path, "htpp = '127.0.0.1:9000'").unwrap();
        let error = Config::load(Options { config: Some(path), ..Options::default() }).unwrap_err();
        assert!(format!("{error:#}").contains("htpp"), "{error:#}");
    }
}

//! Options of `serve`: command line over environment over file over default.

mod speech;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;

use crate::carrier::CarrierTable;
use crate::tls;

pub(crate) use speech::SpeechConfig;

/// Where calls come in by default.
const SIP_DEFAULT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 5060));

/// Ports for media by default.
const RTP_PORTS_DEFAULT: (u16, u16) = (20_000, 39_999);

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
    /// Address of the HTTPS listener, which browsers on other machines need for their microphones
    #[arg(long, env = "PATCHBOARD_HTTPS", value_name = "ADDR")]
    pub(crate) https: Option<SocketAddr>,
    /// Makes an own authority and certificate under the data folder; the default where no files are given
    #[arg(long, env = "PATCHBOARD_TLS_SELF_SIGNED")]
    pub(crate) tls_self_signed: bool,
    /// Certificate with its chain, PEM
    #[arg(long, env = "PATCHBOARD_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Key of the certificate, PEM
    #[arg(long, env = "PATCHBOARD_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Address of the SIP listener, UDP and TCP; 'off' for none [default: 127.0.0.1:5060]
    #[arg(long, env = "PATCHBOARD_SIP", value_name = "ADDR")]
    pub(crate) sip: Option<String>,
    /// Address of the SIP listener with TLS
    #[arg(long, env = "PATCHBOARD_SIPS", value_name = "ADDR")]
    pub(crate) sips: Option<SocketAddr>,
    /// Ports for media, the first and the last; browsers come in at the last, UDP and TCP [default: 20000-39999]
    #[arg(long, env = "PATCHBOARD_RTP_PORTS", value_name = "A-B")]
    pub(crate) rtp_ports: Option<String>,
    /// Address that peers outside a NAT see in place of ours
    #[arg(long, env = "PATCHBOARD_EXTERNAL_IP", value_name = "IP")]
    pub(crate) external_ip: Option<IpAddr>,
    /// TwiML application that takes payments for Capture Payments
    #[arg(long, env = "PATCHBOARD_PAYMENT_URL", value_name = "URL", help_heading = "Providers")]
    pub(crate) payment_url: Option<String>,
    /// TwiML application that lets a virtual agent talk for Connect Virtual Agent
    #[arg(long, env = "PATCHBOARD_VIRTUAL_AGENT_URL", value_name = "URL", help_heading = "Providers")]
    pub(crate) virtual_agent_url: Option<String>,
    /// TwiML application that relays what is said for Conversation Relay
    #[arg(long, env = "PATCHBOARD_CONVERSATION_RELAY_URL", value_name = "URL", help_heading = "Providers")]
    pub(crate) conversation_relay_url: Option<String>,
    /// Service that speaks for Say, asked as OpenAI's /v1/audio/speech is
    #[arg(long, env = "PATCHBOARD_SPEECH_URL", value_name = "URL", help_heading = "Providers")]
    pub(crate) speech_url: Option<String>,
    /// Bearer token for that service
    #[arg(
        long,
        env = "PATCHBOARD_SPEECH_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        help_heading = "Providers"
    )]
    pub(crate) speech_token: Option<String>,
    /// Model that it is asked for [default: tts-1]
    #[arg(long, env = "PATCHBOARD_SPEECH_MODEL", value_name = "NAME", help_heading = "Providers")]
    pub(crate) speech_model: Option<String>,
    /// Its voices for a woman and for a man [default: nova,onyx]
    #[arg(long, env = "PATCHBOARD_SPEECH_VOICES", value_name = "WOMAN,MAN", help_heading = "Providers")]
    pub(crate) speech_voices: Option<String>,
    /// Service that puts callers' speech into words for Gather, as servers of Whisper models do; or 'pocketsphinx'
    #[arg(long, env = "PATCHBOARD_SPEECH_RECOGNITION_URL", value_name = "URL", help_heading = "Providers")]
    pub(crate) speech_recognition_url: Option<String>,
    /// Bearer token for that service
    #[arg(
        long,
        env = "PATCHBOARD_SPEECH_RECOGNITION_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        help_heading = "Providers"
    )]
    pub(crate) speech_recognition_token: Option<String>,
    /// Trunks of the file, `[[trunk]]`
    #[arg(skip)]
    #[serde(rename = "trunk")]
    pub(crate) trunks: Vec<TrunkTable>,
    /// Carriers of the file, `[[carrier]]`
    #[arg(skip)]
    #[serde(rename = "carrier")]
    pub(crate) carriers: Vec<CarrierTable>,
    /// URL of a PostgreSQL database (this version keeps its data in the data folder)
    #[arg(long, env = "PATCHBOARD_DATABASE_URL", value_name = "URL", help_heading = "Not in this version")]
    pub(crate) database_url: Option<String>,
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
    /// Who takes payments and lets machines talk with callers.
    pub(crate) providers: flow::Providers,
    /// The account's SID, where fixed from outside.
    pub(crate) account_sid: Option<String>,
    /// The account's token, where fixed from outside.
    pub(crate) auth_token: Option<String>,
    /// Address of the HTTPS listener.
    pub(crate) https: Option<SocketAddr>,
    /// What TLS listeners show.
    pub(crate) tls: tls::Identity,
    /// Where calls come in and their media goes.
    pub(crate) voice: VoiceConfig,
    /// The trunks of the configuration file.
    pub(crate) trunks: Vec<TrunkTable>,
    /// The carriers of the configuration file.
    pub(crate) carriers: Vec<CarrierTable>,
}

/// Where calls come in and their media goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VoiceConfig {
    /// Address of the SIP listener; `None` where it is off.
    pub(crate) sip: Option<SocketAddr>,
    /// Whether the address was given: one that can not be used is then an error, otherwise a warning.
    pub(crate) is_sip_given: bool,
    /// Address of the SIP listener with TLS.
    pub(crate) sips: Option<SocketAddr>,
    /// The first and the last port for media.
    pub(crate) rtp_ports: (u16, u16),
    /// Address that peers outside a NAT see.
    pub(crate) external_ip: Option<IpAddr>,
    /// The services that speak and understand speech.
    pub(crate) speech: SpeechConfig,
}

/// A trunk of the configuration file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TrunkTable {
    /// Its name; unique.
    pub(crate) name: String,
    /// The networks that its calls come from.
    pub(crate) inbound: Vec<String>,
    /// Where calls go out, the best first.
    pub(crate) outbound: Vec<String>,
    /// The user name for challenges.
    pub(crate) username: Option<String>,
    /// The password for challenges.
    pub(crate) password: Option<String>,
    /// Whether the audio of its calls is encrypted.
    pub(crate) secure: bool,
}

impl VoiceConfig {
    fn load(given: &Options, file: &Options) -> anyhow::Result<Self> {
        let sip = given.sip.as_deref().or(file.sip.as_deref());
        let ports = given.rtp_ports.as_deref().or(file.rtp_ports.as_deref());
        Ok(Self {
            sip: sip.map_or(Ok(Some(SIP_DEFAULT)), sip_address)?,
            is_sip_given: sip.is_some(),
            sips: given.sips.or(file.sips),
            rtp_ports: ports.map_or(Ok(RTP_PORTS_DEFAULT), port_range)?,
            external_ip: given.external_ip.or(file.external_ip),
            speech: SpeechConfig::load(given, file)?,
        })
    }

    fn is_loopback(&self) -> bool {
        self.sip.iter().chain(&self.sips).all(|address| address.ip().is_loopback())
    }
}

impl Config {
    /// Joins the options given with those of the file and the defaults.
    pub(crate) fn load(given: Options) -> anyhow::Result<Self> {
        let file = match &given.config {
            Some(path) => read_file(path)?,
            None => Options::default(),
        };
        if given.database_url.is_some() || file.database_url.is_some() {
            bail!(
                "--database-url is given, but this version keeps its data in the data folder only\n  hint: leave it out"
            );
        }
        let http = given.http.or(file.http).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let https = given.https.or(file.https);
        let voice = VoiceConfig::load(&given, &file)?;
        let is_loopback = http.ip().is_loopback()
            && https.is_none_or(|address| address.ip().is_loopback())
            && voice.is_loopback();
        let data = given.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let tls = match (given.tls_cert.or(file.tls_cert), given.tls_key.or(file.tls_key)) {
            (Some(certificate), Some(key)) => tls::Identity::Files(certificate, key),
            (None, None) => tls::Identity::SelfSigned(data.join("tls"), tls_names(https, voice.external_ip)),
            (Some(_), None) | (None, Some(_)) => {
                bail!(
                    "--tls-cert and --tls-key belong together\n  hint: give both, or neither for an own certificate"
                )
            }
        };
        Ok(Self {
            data,
            http,
            https,
            tls,
            voice,
            public_url: given.public_url.or(file.public_url).map(|url| checked_url(&url)).transpose()?,
            api_domain: given.api_domain.or(file.api_domain),
            drain: Duration::from_secs(given.drain.or(file.drain).unwrap_or(10)),
            is_development: given.dev.or(file.dev).unwrap_or(is_loopback),
            webhook_allow: given
                .webhook_allow
                .or(file.webhook_allow)
                .as_deref()
                .map(allowlist)
                .transpose()?
                .unwrap_or_default(),
            providers: flow::Providers {
                payment: given.payment_url.or(file.payment_url),
                virtual_agent: given.virtual_agent_url.or(file.virtual_agent_url),
                conversation_relay: given.conversation_relay_url.or(file.conversation_relay_url),
            },
            account_sid: given.account_sid.or(file.account_sid),
            auth_token: given.auth_token.or(file.auth_token),
            trunks: file.trunks,
            carriers: file.carriers,
        })
    }

    /// Returns the folder of recordings.
    pub(crate) fn recordings(&self) -> PathBuf {
        self.data.join("recordings")
    }
}

fn read_file(path: &Path) -> anyhow::Result<Options> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} can not be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration file {} is not valid", path.display()))
}

/// Names under which a server with an own certificate is reached.
fn tls_names(https: Option<SocketAddr>, external_ip: Option<IpAddr>) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let addresses = https.map(|address| address.ip()).into_iter().chain(external_ip);
    names.extend(addresses.filter(|ip| !ip.is_unspecified() && !ip.is_loopback()).map(|ip| ip.to_string()));
    names
}

fn sip_address(text: &str) -> anyhow::Result<Option<SocketAddr>> {
    if text == "off" {
        return Ok(None);
    }
    let read = text.parse().map(Some);
    read.with_context(|| {
        format!("--sip is '{text}': an address such as 127.0.0.1:5060 is expected, or 'off'")
    })
}

fn port_range(text: &str) -> anyhow::Result<(u16, u16)> {
    let read = || {
        let (first, last) = text.split_once('-')?;
        Some((first.trim().parse::<u16>().ok()?, last.trim().parse::<u16>().ok()?))
    };
    let is_range = |(first, last): &(u16, u16)| 0 < *first && first < last;
    read()
        .filter(is_range)
        .with_context(|| format!("--rtp-ports is '{text}': a range such as 20000-39999 is expected"))
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
    fn listeners_that_are_not_loopback_end_development_mode_whatever_they_carry() {
        let sip = Options { sip: Some("0.0.0.0:5060".to_owned()), ..Options::default() };
        assert!(!Config::load(sip).unwrap().is_development);
        let https = Options { https: Some("0.0.0.0:8443".parse().unwrap()), ..Options::default() };
        assert!(!Config::load(https).unwrap().is_development);
        let off = Options { sip: Some("off".to_owned()), ..Options::default() };
        assert_eq!(Config::load(off).unwrap().voice.sip, None);
    }

    #[test]
    fn ports_for_media_are_a_range() {
        for text in ["20000", "3-2", "a-b", "0-9", "1-70000"] {
            let options = Options { rtp_ports: Some(text.to_owned()), ..Options::default() };
            assert!(Config::load(options).is_err(), "{text}");
        }
        let options = Options { rtp_ports: Some("30000-30999".to_owned()), ..Options::default() };
        assert_eq!(Config::load(options).unwrap().voice.rtp_ports, (30_000, 30_999));
    }

    #[test]
    fn the_reference_has_a_row_for_each_option() {
        let page = include_str!("../../../docs/reference/configuration.md");
        for option in Options::augment_args(clap::Command::new("serve")).get_arguments() {
            let (name, help) = (option.get_long().unwrap(), option.get_help().unwrap());
            let variable = option.get_env().unwrap().to_string_lossy();
            let row = format!("| `--{name}` | `{variable}` | {help} |");
            assert!(page.contains(&row), "docs/reference/configuration.md lacks this row:\n{row}");
        }
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

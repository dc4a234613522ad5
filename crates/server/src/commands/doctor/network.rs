//! How the server is reached: its listeners, the ports of media, the addresses that others see, and its certificate.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;

use super::finding::Finding;
use crate::clock;
use crate::config::Config;
use crate::tls::{self, Identity};

/// Ports that a call takes: RTP, and RTCP beside it.
const PORTS_OF_A_CALL: u16 = 2;

/// Fewer calls at a time than this are worth a word.
const CALLS_GOOD: u16 = 100;

/// A certificate that ends sooner is to be renewed, in days.
const CERTIFICATE_DAYS_GOOD: u64 = 14;

const SECS_OF_A_DAY: u64 = 24 * 60 * 60;

/// Says in a line what is configured.
pub(super) fn summary(config: &Config) -> String {
    let mode = if config.is_development { "development mode" } else { "not in development mode" };
    let sip = config.voice.sip.map_or_else(|| "off".to_owned(), |address| address.to_string());
    format!("HTTP {}, SIP {sip}, {mode}", config.http)
}

/// Tries each address that the server listens at.
pub(super) fn listeners(config: &Config, is_running: bool) -> Vec<Finding> {
    let tcp = |address: SocketAddr| TcpListener::bind(address).map(drop);
    let udp = |address: SocketAddr| UdpSocket::bind(address).map(drop);
    let both = |address: SocketAddr| udp(address).and_then(|()| tcp(address));
    let mut found = vec![listener("HTTP", config.http, tcp, is_running)];
    found.extend(config.https.map(|address| listener("HTTPS", address, tcp, is_running)));
    found.extend(config.voice.sip.map(|address| listener("SIP", address, both, is_running)));
    found.extend(config.voice.sips.map(|address| listener("SIP with TLS", address, tcp, is_running)));
    found
}

fn listener(
    name: &'static str,
    address: SocketAddr,
    bind: impl Fn(SocketAddr) -> io::Result<()>,
    is_running: bool,
) -> Finding {
    match bind(address) {
        Ok(()) => Finding::ok(name, format!("{address} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_running => {
            Finding::ok(name, format!("{address} is taken, as by the server that runs on the data folder"))
        }
        Err(error) => Finding::fail(
            name,
            format!("{address} can not be used: {error}"),
            "stop what listens there (ss -lntup shows it), or choose another address",
        ),
    }
}

/// Tries the first and the last port of media, and counts the calls that fit between them.
pub(super) fn media_ports(config: &Config) -> Finding {
    const NAME: &str = "media ports";
    let (first, last) = config.voice.rtp_ports;
    let calls = (last - first) / PORTS_OF_A_CALL;
    let detail = format!("{first}-{last}, for {calls} legs at a time");
    let is_taken = |port: &u16| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, *port)).is_err();
    if let Some(port) = [first, last].iter().find(|port| is_taken(port)) {
        let hint = "calls pass over ports that are taken; choose a range of their own with --rtp-ports";
        return Finding::warn(NAME, format!("{port} of {first}-{last} is taken"), hint);
    }
    match calls < CALLS_GOOD {
        true => Finding::warn(NAME, detail, "widen the range with --rtp-ports"),
        false => Finding::ok(NAME, detail),
    }
}

/// Looks how long a certificate that can be used is good for.
fn validity(name: &'static str, certificate: &Path) -> Finding {
    let file = certificate.display();
    let Some(ends) = tls::not_after(certificate) else {
        return Finding::warn(
            name,
            format!("{file} does not say until when it is good"),
            "have it made anew",
        );
    };
    let now = clock::now();
    let hint = "renew it and start the server again";
    match ends.secs_since(now) / SECS_OF_A_DAY {
        _ if ends <= now => Finding::fail(name, format!("{file} has ended, {}", ends.to_rfc2822()), hint),
        days if days < CERTIFICATE_DAYS_GOOD => {
            Finding::warn(name, format!("{file} ends in {days} days, {}", ends.to_rfc2822()), hint)
        }
        days => Finding::ok(name, format!("{file} and its key go together, and are good for {days} days")),
    }
}

/// Compares the address that others are told with our own.
pub(super) fn external_address(config: &Config) -> Finding {
    const NAME: &str = "external address";
    let listeners = [config.voice.sip, config.voice.sips, config.https];
    if listeners.into_iter().flatten().all(|address| address.ip().is_loopback()) {
        return Finding::ok(NAME, "not needed: calls come from this machine only");
    }
    let own = own_ip();
    match (config.voice.external_ip, own) {
        (Some(external), Some(own)) if external == own => {
            Finding::ok(NAME, format!("{external} is this machine's own"))
        }
        (Some(external), Some(own)) => Finding::ok(
            NAME,
            format!("{external}, which must lead to {own}: forward SIP and the media ports"),
        ),
        (Some(external), None) => Finding::ok(NAME, external.to_string()),
        (None, Some(own)) if is_private(own) => Finding::warn(
            NAME,
            format!(
                "this machine is {own}, which peers on the internet can not reach: they would hear nothing"
            ),
            "name the public address with --external-ip, unless all calls come from this network",
        ),
        (None, Some(own)) => Finding::ok(NAME, format!("this machine is {own}, which everybody can reach")),
        (None, None) => {
            Finding::warn(NAME, "this machine has no address of its own", "is the network connected?")
        }
    }
}

/// Looks whether applications elsewhere can follow our links.
pub(super) fn public_url(config: &Config) -> Finding {
    const NAME: &str = "public URL";
    match &config.public_url {
        Some(url) => Finding::ok(NAME, url),
        None if config.http.ip().is_loopback() && config.https.is_none() => {
            Finding::ok(NAME, "not needed: the server is for this machine only")
        }
        None => Finding::warn(
            NAME,
            "links and webhook URLs name the listener's address, and signatures are made for it",
            "say by --public-url how others reach this server, as https://calls.example.com",
        ),
    }
}

/// Looks at what TLS listeners show. Our own certificate is made at the first start.
pub(super) fn certificate(config: &Config) -> Finding {
    const NAME: &str = "certificate";
    let has_tls = config.https.is_some() || config.voice.sips.is_some();
    match &config.tls {
        _ if !has_tls && config.http.ip().is_loopback() => {
            Finding::ok(NAME, "not needed: no listener has TLS")
        }
        _ if !has_tls => Finding::warn(
            NAME,
            "no listener has TLS: browsers on other machines give no page their microphone",
            "add --https ADDR, or put a proxy with TLS in front",
        ),
        Identity::Files(certificate, _) => match config.tls.server_config() {
            Ok(_) => validity(NAME, certificate),
            Err(error) => Finding::fail(NAME, format!("{error:#}"), "correct --tls-cert and --tls-key"),
        },
        Identity::SelfSigned(folder, names) => Finding::warn(
            NAME,
            format!("our own, for {}", names.join(", ")),
            format!("import {} where browsers are to trust it", folder.join("ca.pem").display()),
        ),
    }
}

/// The address that packets to other networks leave by; nothing is sent to find it out.
fn own_ip() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use std::time::Duration;

    use super::*;
    use crate::config::Options;

    fn config(change: impl FnOnce(&mut Options)) -> Config {
        let mut options = Options { sip: Some("off".to_owned()), ..Options::default() };
        change(&mut options);
        Config::load(options).unwrap()
    }

    #[test]
    fn an_address_that_is_taken_is_in_the_way_unless_it_is_ours() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = config(|options| options.http = taken.local_addr().ok());
        let verdict = |is_running| listeners(&config, is_running)[0].verdict;
        assert_eq!((verdict(false), verdict(true)), (Verdict::Fail, Verdict::Ok));
        drop(taken);
        assert_eq!(verdict(false), Verdict::Ok);
    }

    #[test]
    fn a_server_for_this_machine_needs_no_address_and_no_certificate() {
        let config = config(|_| ());
        for finding in [external_address(&config), public_url(&config), certificate(&config)] {
            assert_eq!(finding.verdict, Verdict::Ok, "{finding:?}");
        }
    }

    #[test]
    fn a_server_for_others_is_told_what_they_need() {
        let config = config(|options| {
            options.http = "0.0.0.0:8080".parse().ok();
            options.rtp_ports = Some("42000-42050".to_owned());
        });
        for finding in [public_url(&config), certificate(&config), media_ports(&config)] {
            assert_eq!(finding.verdict, Verdict::Warn, "{finding:?}");
        }
    }

    #[test]
    fn a_certificate_is_looked_at_for_when_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cert.pem");
        let ends_in = |days: u32| {
            let mut wanted = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let at = clock::now() + Duration::from_secs(u64::from(days) * SECS_OF_A_DAY + 3_600);
            let date = at.to_iso8601();
            let part = |range: std::ops::Range<usize>| date[range].parse::<u8>().unwrap();
            wanted.not_after = rcgen::date_time_ymd(date[..4].parse().unwrap(), part(5..7), part(8..10));
            let made = wanted.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            std::fs::write(&file, made.pem()).unwrap();
            validity("certificate", &file).verdict
        };
        assert_eq!(ends_in(0), Verdict::Fail, "it ended last midnight");
        assert_eq!(ends_in(13), Verdict::Warn);
        assert_eq!(ends_in(16), Verdict::Ok);
    }

    #[test]
    fn a_certificate_that_is_none_is_in_the_way() {
        let config = config(|options| {
            options.https = "127.0.0.1:8443".parse().ok();
            options.tls_cert = Some("/nowhere/cert.pem".into());
            options.tls_key = Some("/nowhere/key.pem".into());
        });
        assert_eq!(certificate(&config).verdict, Verdict::Fail);
    }
}

//! SIP and SIPS URIs (RFC 3261 §19.1), as far as routing and admission look into them.

use super::text;

/// A SIP or SIPS URI taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uri {
    /// Whether the scheme is `sips`.
    pub(crate) is_secure: bool,
    /// The part before the `@`, as it stands.
    pub(crate) user: Option<String>,
    /// Host name or address in lower case; IPv6 without its brackets.
    pub(crate) host: String,
    /// The port, where one is named.
    pub(crate) port: Option<u16>,
    /// What follows behind semicolons.
    pub(crate) parameters: Vec<(String, Option<String>)>,
    /// Whether header fields follow behind a question mark.
    pub(crate) has_headers: bool,
}

/// Why a text is no SIP URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UriFault {
    /// It has another scheme, which is not looked into.
    OtherScheme,
    /// It breaks the grammar.
    Malformed,
}

impl Uri {
    /// Reads a URI.
    pub(crate) fn parse(text: &str) -> Result<Uri, UriFault> {
        let (scheme, rest) = text.split_once(':').ok_or(UriFault::Malformed)?;
        if !is_scheme(scheme)
            || text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c))
        {
            return Err(UriFault::Malformed);
        }
        let is_secure = scheme.eq_ignore_ascii_case("sips");
        if !is_secure && !scheme.eq_ignore_ascii_case("sip") {
            return Err(UriFault::OtherScheme);
        }
        Self::after_scheme(is_secure, rest).ok_or(UriFault::Malformed)
    }

    /// The value of a parameter in any case; a flag has the empty value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        text::parameter_of(&self.parameters, name)
    }

    /// User and host, as an address of record is compared: escapes undone, the host in lower case.
    pub(crate) fn address_of_record(&self) -> String {
        match &self.user {
            Some(user) => format!("{}@{}", unescape(user), self.host),
            None => self.host.clone(),
        }
    }

    fn after_scheme(is_secure: bool, rest: &str) -> Option<Uri> {
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (place, has_headers) = match place.split_once('?') {
            Some((place, _)) => (place, true),
            None => (place, false),
        };
        let (host_port, parameters) = match place.find(';') {
            Some(at) => (&place[..at], text::parameters(&place[at..]).or_else(|| lenient(&place[at..]))?),
            None => (place, Vec::new()),
        };
        let (host, port) = host_and_port(host_port)?;
        if user.is_some_and(str::is_empty) {
            return None;
        }
        Some(Uri { is_secure, user: user.map(str::to_owned), host, port, parameters, has_headers })
    }
}

/// Host and port of `host`, `host:port`, `[v6]` and `[v6]:port`.
pub(crate) fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, after.trim().strip_prefix(':').or(after.trim().is_empty().then_some(""))?)
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let host = host.trim();
    let is_host = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
    if host.is_empty() || !host.bytes().all(is_host) {
        return None;
    }
    let port = match port.trim() {
        "" => None,
        digits => Some(digits.parse().ok()?),
    };
    Some((host.to_ascii_lowercase(), port))
}

/// A host as it stands in URIs and Via: IPv6 in brackets.
pub(crate) fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// The text with `%XX` undone; what is not UTF-8 afterwards stays escaped.
pub(crate) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match (first, after.get(..2).and_then(hex_byte)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u8::from_str_radix(text, 16).ok()
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// Parameters of URIs may hold characters that no token holds, such as `[` and `/`.
fn lenient(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let list = text.trim_start_matches(';').split(';').map(|part| match part.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (part.to_owned(), None),
    });
    let list: Vec<_> = list.collect();
    list.iter().all(|(name, _)| !name.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_taken_apart() {
        let uri = Uri::parse("sips:user;par=u%40x@Example.COM:5061;transport=tcp;lr?Route=a").unwrap();
        assert!(uri.is_secure && uri.has_headers);
        assert_eq!(uri.user.as_deref(), Some("user;par=u%40x"));
        assert_eq!((uri.host.as_str(), uri.port), ("example.com", Some(5061)));
        assert_eq!((uri.parameter("Transport"), uri.parameter("lr")), (Some("tcp"), Some("")));
        assert_eq!(Uri::parse("sip:[2001:db8::1]:5070").unwrap().host, "2001:db8::1");
    }

    #[test]
    fn what_is_no_sip_uri_says_why() {
        assert_eq!(Uri::parse("tel:+15555550100"), Err(UriFault::OtherScheme));
        for text in ["sip:", "sip:a b@c", "<sip:a@b>", "nothing", "sip:a@b:99999", "sip:@b"] {
            assert_eq!(Uri::parse(text), Err(UriFault::Malformed), "{text}");
        }
    }
}

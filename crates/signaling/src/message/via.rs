//! The Via field: where a response goes back to (RFC 3261 §18.2, RFC 3581).

use super::{text, uri};

/// One member of Via.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Via {
    /// The transport's name as it stands, such as `UDP`.
    pub(crate) transport: String,
    /// The host that the sender gave.
    pub(crate) host: String,
    /// The port that the sender gave.
    pub(crate) port: Option<u16>,
    /// The parameters, such as `branch` and `rport`.
    pub(crate) parameters: Vec<(String, Option<String>)>,
}

/// What a branch of RFC 3261 begins with.
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

impl Via {
    /// Reads one member; `None` where it breaks the grammar.
    pub(crate) fn parse(value: &str) -> Option<Via> {
        let (head, parameters) = value.split_at(value.find(';').unwrap_or(value.len()));
        let mut parts = head.splitn(3, '/');
        let (name, version, rest) = (parts.next()?.trim(), parts.next()?.trim(), parts.next()?.trim());
        let (transport, sent_by) = rest.split_once(|c: char| c.is_whitespace())?;
        if !name.eq_ignore_ascii_case("SIP")
            || !version.starts_with(|c: char| c.is_ascii_digit())
            || !text::is_token(transport)
        {
            return None;
        }
        let (host, port) = uri::host_and_port(sent_by.trim())?;
        Some(Via { transport: transport.to_owned(), host, port, parameters: text::parameters(parameters)? })
    }

    /// Whether a value at least begins as a Via does, so that the sender can make sense of an answer.
    pub(crate) fn is_recognisable(value: &str) -> bool {
        Via::parse(value.split(';').next().unwrap_or_default()).is_some()
    }

    /// The branch, where it has the form of RFC 3261 and more than the cookie.
    pub(crate) fn branch(&self) -> Option<&str> {
        let branch = text::parameter_of(&self.parameters, "branch")?;
        (branch.starts_with(MAGIC_COOKIE) && branch.len() > MAGIC_COOKIE.len()).then_some(branch)
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        text::parameter_of(&self.parameters, name)
    }

    /// The member with the sender's address as it was seen, for the responses (RFC 3581 §4).
    pub(crate) fn stamped(&self, source: std::net::SocketAddr) -> String {
        let port = self.port.map_or_else(String::new, |port| format!(":{port}"));
        let mut stamped = format!("SIP/2.0/{} {}{port}", self.transport, uri::bracketed(&self.host));
        let kept = self.parameters.iter().filter(|(name, _)| !is_stamp(name));
        for (name, value) in kept {
            stamped.push_str(&value.as_ref().map_or(format!(";{name}"), |value| format!(";{name}={value}")));
        }
        if self.parameter("rport").is_some() {
            stamped.push_str(&format!(";rport={}", source.port()));
        }
        if self.parameter("rport").is_some() || self.host != source.ip().to_string() {
            stamped.push_str(&format!(";received={}", source.ip()));
        }
        stamped
    }
}

fn is_stamp(name: &str) -> bool {
    name.eq_ignore_ascii_case("rport") || name.eq_ignore_ascii_case("received")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_is_written_beside_what_the_sender_said() {
        let via = Via::parse("SIP  / 2.0 /UDP\t pc.example.com:5070; rport ;branch=z9hG4bKa").unwrap();
        assert_eq!(via.branch(), Some("z9hG4bKa"));
        let stamped = via.stamped("192.0.2.7:4000".parse().unwrap());
        let expected = "SIP/2.0/UDP pc.example.com:5070;branch=z9hG4bKa;rport=4000;received=192.0.2.7";
        assert_eq!(stamped, expected);
        assert_eq!(Via::parse(&stamped).unwrap().branch(), via.branch());
    }

    #[test]
    fn a_bare_cookie_is_no_branch() {
        assert_eq!(Via::parse("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK").unwrap().branch(), None);
        assert_eq!(Via::parse("SIP/2.0/UDP 192.0.2.15;;,;,,"), None);
    }
}

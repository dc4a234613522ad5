//! Whom an address means: a browser's identity, a SIP address, or a number.

use call::{SipTarget, Target};

/// Reads an address as people and applications write it: `client:alice`, `sip:alice@example.com`, `+1555…`.
pub fn target_of(address: &str) -> Target {
    let address = address.trim();
    if let Some(identity) = address.strip_prefix("client:") {
        return read_client(identity);
    }
    if address.starts_with("sip:") || address.starts_with("sips:") {
        let (username, password) = (String::new(), String::new());
        let uri = address.to_owned();
        return Target::Sip(vec![SipTarget { uri, username, password, headers: Vec::new() }]);
    }
    Target::Number { number: address.to_owned(), trunk: None }
}

/// Reads an identity with the parameters behind it, as in `client:alice?name=value`.
fn read_client(text: &str) -> Target {
    let (identity, query) = text.split_once('?').unwrap_or((text, ""));
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let parameters = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
    Target::Client { identity: decode(identity), parameters }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_of_itself_what_it_is() {
        assert_eq!(
            target_of("+15551230001"),
            Target::Number { number: "+15551230001".to_owned(), trunk: None }
        );
        let parameters = vec![("a b".to_owned(), "1".to_owned())];
        assert_eq!(
            target_of("client:alice?a%20b=1"),
            Target::Client { identity: "alice".to_owned(), parameters }
        );
        assert!(matches!(target_of("sip:alice@example.com"), Target::Sip(_)));
    }
}

//! Addresses as they stand in From, To, Contact, Route and Refer-To: a display name, a URI, parameters.

use super::text;
use super::uri::{Uri, UriFault};

/// A name-addr or addr-spec with its parameters (RFC 3261 §20.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The display name without quotes, empty where there is none.
    pub(crate) display: String,
    /// The URI as it stands.
    pub(crate) uri: String,
    /// The parameters of the field, which are not the URI's.
    pub(crate) parameters: Vec<(String, Option<String>)>,
}

impl Address {
    /// Reads one address; `None` where it breaks the grammar.
    pub(crate) fn parse(value: &str) -> Option<Address> {
        let address = match text::find_bracket(value) {
            Some(open) => Self::bracketed(value, open)?,
            None => Self::bare(value)?,
        };
        (Uri::parse(&address.uri) != Err(UriFault::Malformed)).then_some(address)
    }

    /// The value of a parameter of the field.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        text::parameter_of(&self.parameters, name)
    }

    /// The tag, where there is one.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.parameter("tag").filter(|tag| !tag.is_empty())
    }

    /// The URI taken apart, where it is a SIP URI.
    pub(crate) fn sip(&self) -> Option<Uri> {
        Uri::parse(&self.uri).ok()
    }

    fn bracketed(value: &str, open: usize) -> Option<Address> {
        let display = value[..open].trim();
        let is_quoted = display.len() > 1 && display.starts_with('"') && display.ends_with('"');
        if !is_quoted && display.contains(['"', ',', ':', ';', '@', '(', ')']) {
            return None;
        }
        let (uri, parameters) = value[open + 1..].split_once('>')?;
        let parameters = text::parameters(parameters)?;
        Some(Address { display: text::unquote(display), uri: uri.to_owned(), parameters })
    }

    /// Without brackets, parameters and headers would be the field's, not the URI's (RFC 3261 §20.10).
    fn bare(value: &str) -> Option<Address> {
        let value = value.trim();
        let (uri, parameters) = value.split_at(value.find(';').unwrap_or(value.len()));
        if uri.contains(['?', ',']) {
            return None;
        }
        let parameters = text::parameters(parameters)?;
        Some(Address { display: String::new(), uri: uri.trim().to_owned(), parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_and_without_brackets() {
        let full = Address::parse(r#""A. \"B\" <c>" <sip:a@b;x=1>;tag=9 ; q=0.3"#).unwrap();
        assert_eq!((full.display.as_str(), full.uri.as_str()), (r#"A. "B" <c>"#, "sip:a@b;x=1"));
        assert_eq!((full.tag(), full.parameter("q")), (Some("9"), Some("0.3")));
        let bare = Address::parse("sip:a@b;tag=7").unwrap();
        assert_eq!((bare.uri.as_str(), bare.tag()), ("sip:a@b", Some("7")));
        assert_eq!(Address::parse("caller<sip:a@b>").unwrap().display, "caller");
    }

    #[test]
    fn what_can_be_read_two_ways_is_refused() {
        for text in ["sip:a@b?Route=c", "Bell, A <sip:a@b>", "\"open <sip:a@b>", "< sip:a@b >", "<sip:a@b"] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}

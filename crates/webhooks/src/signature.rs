//! The `X-Twilio-Signature` of a request, made and checked.
//!
//! The rule: HMAC-SHA1 over the URL, followed by each name and value of a form in the order of names. Any other
//! body is vouched for by its SHA-256, which stands in the URL's query as `bodySHA256`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";
/// The query parameter that vouches for a body that is not a form.
pub(crate) const BODY_HASH_PARAMETER: &str = "bodySHA256";

/// The body that a signature is checked against.
#[derive(Debug, Clone, Copy)]
pub enum SignedBody<'a> {
    /// The pairs of a form; empty for a request without a body.
    Form(&'a [(String, String)]),
    /// The bytes of any other body.
    Raw(&'a [u8]),
}

/// Returns the signature of a request for this URL with these form parameters.
pub fn sign(auth_token: &str, url: &str, parameters: &[(String, String)]) -> String {
    STANDARD.encode(code(auth_token, url, parameters).finalize().into_bytes())
}

/// Tells, in constant time, whether a signature was made with this token for this URL and body.
///
/// Senders disagree on naming a scheme's usual port, so the URL counts with and without it.
/// A body that is not a form needs its hash in the URL: nothing else vouches for it.
pub fn verify(auth_token: &str, url: &str, body: SignedBody<'_>, signature: &str) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    let parameters = match body {
        SignedBody::Form(parameters) => parameters,
        SignedBody::Raw(bytes) if is_vouched_for(url, bytes) => &[],
        SignedBody::Raw(_) => return false,
    };
    port_variants(url).iter().any(|url| code(auth_token, url, parameters).verify_slice(&signature).is_ok())
}

/// Returns the lower-case hexadecimal SHA-256 of a body.
pub(crate) fn body_hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Names come in the order of their bytes, and the distinct values of one name likewise.
fn code(auth_token: &str, url: &str, parameters: &[(String, String)]) -> Hmac<Sha1> {
    let mut code =
        Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()).expect("HMAC takes keys of any length");
    code.update(without_fragment(url).as_bytes());
    let mut pairs: Vec<_> = parameters.iter().collect();
    pairs.sort();
    pairs.dedup();
    for (name, value) in pairs {
        code.update(name.as_bytes());
        code.update(value.as_bytes());
    }
    code
}

fn is_vouched_for(url: &str, body: &[u8]) -> bool {
    let query = without_fragment(url).split_once('?').map_or("", |(_, query)| query);
    let hash = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BODY_HASH_PARAMETER);
    // The hash is no secret: the signature covers it.
    hash.map_or(body.is_empty(), |(_, hash)| hash == body_hash(body))
}

/// Returns the URL as it is and, where the port is the scheme's usual one, with the port added or taken away.
fn port_variants(url: &str) -> Vec<String> {
    let mut variants = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return variants };
    let usual_port = if matches!(scheme, "https" | "wss") { ":443" } else { ":80" };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let has_port = host.rfind(':') > host.rfind(']');
    if let Some(bare) = authority.strip_suffix(usual_port).filter(|_| has_port) {
        variants.push(format!("{scheme}://{bare}{tail}"));
    } else if !has_port {
        variants.push(format!("{scheme}://{authority}{usual_port}{tail}"));
    }
    variants
}

fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    type Pairs<'a> = &'a [(&'a str, &'a str)];

    /// The signatures were made by the official Python library's `RequestValidator`.
    const VECTORS: &[(&str, Pairs<'_>, &str)] = &[
        ("https://example.com/voice", &[], "I/1/CNGfrD51pEcaKjw1yyvfOW4="),
        (
            "https://example.com/voice?foo=1&bar=2",
            &[
                ("To", "+18005551212"),
                ("CallSid", "CA1234567890ABCDE"),
                ("Digits", "1234"),
                ("From", "+14158675309"),
                ("Caller", "+14158675309"),
            ],
            "xI0YLlsQj2dH7AamIcn31whjdCY=",
        ),
        (
            "https://example.com:8443/sms",
            &[("Body", "Grüße, 世界 & more"), ("body", "lower case comes last"), ("Empty", "")],
            "pU1e+eeXLXXlBrh6dUcWudsWdFo=",
        ),
        (
            "http://example.com/events?x=%20y",
            &[("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("A", "z")],
            "v1zaXYEigj4i54lv3MU06O1ASbg=",
        ),
        (
            "https://example.com/json?bodySHA256=ed78539db46bbb967b64b6225be6904ef03bbe5be5ab5d18d0799b7b68c2255a",
            &[],
            "8FrndYhMGhbpDo7R9UTn50CSvI4=",
        ),
        ("wss://example.com/stream", &[], "Di+G1b2N0wbmDuc8nbE1S9/4DWA="),
    ];

    #[test]
    fn signatures_are_those_of_the_official_library() {
        for (url, parameters, expected) in VECTORS {
            let parameters = pairs(parameters);
            assert_eq!(sign(TOKEN, url, &parameters), *expected, "{url}");
            assert!(verify(TOKEN, url, SignedBody::Form(&parameters), expected), "{url}");
        }
    }

    #[test]
    fn a_signature_for_anything_else_is_refused() {
        let (url, parameters, signature) = VECTORS[1];
        let parameters = pairs(parameters);
        let form = SignedBody::Form(&parameters);
        assert!(!verify("another token", url, form, signature));
        assert!(!verify(TOKEN, "https://example.com/voice?foo=1&bar=3", form, signature));
        assert!(!verify(TOKEN, url, SignedBody::Form(&parameters[1..]), signature));
        for garbage in ["", "not base64!", "AAAA", VECTORS[0].2] {
            assert!(!verify(TOKEN, url, form, garbage), "{garbage}");
        }
    }

    #[test]
    fn a_body_that_is_not_a_form_counts_only_with_its_hash_in_the_signed_url() {
        let (url, _, signature) = VECTORS[4];
        assert!(verify(TOKEN, url, SignedBody::Raw("{\"a\":[1,\"ü\"]}".as_bytes()), signature));
        assert!(!verify(TOKEN, url, SignedBody::Raw(b"{\"a\":[2]}"), signature));
        let (bare, _, of_bare) = VECTORS[0];
        assert!(verify(TOKEN, bare, SignedBody::Raw(b""), of_bare));
        assert!(!verify(TOKEN, bare, SignedBody::Raw(b"unvouched"), of_bare));
    }

    #[test]
    fn the_usual_port_may_be_named_or_not_and_the_fragment_never_counts() {
        let cases = [
            ("https://example.com/a?b#rc=2", "https://example.com:443/a?b"),
            ("https://example.com:443/a", "https://example.com/a"),
            ("http://example.com", "http://example.com:80"),
            ("http://[2001:db8::1]/", "http://[2001:db8::1]:80/"),
            ("http://[2001:db8::1]:80/", "http://[2001:db8::1]/"),
            ("wss://user:443@example.com/", "wss://user:443@example.com:443/"),
        ];
        for (checked, signed) in cases {
            assert!(
                verify(TOKEN, checked, SignedBody::Form(&[]), &sign(TOKEN, signed, &[])),
                "{checked} {signed}"
            );
        }
        let other = sign(TOKEN, "https://example.com:8443/a", &[]);
        assert!(!verify(TOKEN, "https://example.com/a", SignedBody::Form(&[]), &other));
    }

    fn pairs(parameters: Pairs<'_>) -> Vec<(String, String)> {
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

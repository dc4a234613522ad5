//! Digest authentication (RFC 7616, RFC 8760, RFC 2617) from both sides: what a challenge says, what answers it.

use md5::Digest as _;

use crate::message::text;

/// A hash that digest authentication may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// The one that every phone knows.
    Md5,
    /// The one that is offered first.
    Sha256,
}

/// What proves that somebody is who they say.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// The password itself.
    Password(String),
    /// The hashes of `user:realm:password`, in hexadecimal; a missing one can not be used.
    Hashes {
        /// With MD5.
        md5: Option<String>,
        /// With SHA-256.
        sha256: Option<String>,
    },
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A user and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The user's name.
    pub user: String,
    /// What proves it.
    pub secret: Secret,
}

/// The parameters of a challenge or of its answer, behind the word `Digest`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// What one answer is computed from, beside the secret.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inputs<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) realm: &'a str,
    pub(crate) nonce: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    /// The count and the client's nonce, with `qop=auth`; none as of RFC 2069.
    pub(crate) qop: Option<(&'a str, &'a str)>,
}

impl Algorithm {
    /// The name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The algorithm of that name; none is MD5. Some write SHA-256 without the hyphen.
    pub(crate) fn named(name: Option<&str>) -> Option<Algorithm> {
        match name.map(str::to_ascii_uppercase).as_deref() {
            None | Some("MD5") => Some(Algorithm::Md5),
            Some("SHA-256" | "SHA256") => Some(Algorithm::Sha256),
            Some(_) => None,
        }
    }

    /// The hash of a text, in hexadecimal.
    pub(crate) fn hash(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex(&md5::Md5::digest(text)),
            Algorithm::Sha256 => hex(&sha2::Sha256::digest(text)),
        }
    }
}

impl Parameters {
    /// Reads a field value; `None` where the scheme is another or the form is broken.
    pub(crate) fn parse(value: &str) -> Option<Parameters> {
        let (scheme, rest) = value.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let pair = |part: &str| {
            let (name, value) = part.split_once('=')?;
            Some((name.trim().to_ascii_lowercase(), text::unquote(value.trim())))
        };
        let parts = text::split(rest, ',')?;
        let pairs: Option<Vec<_>> = parts.into_iter().filter(|part| !part.is_empty()).map(pair).collect();
        pairs.map(Parameters)
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The algorithm, where it is one of ours.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::named(self.get("algorithm"))
    }
}

/// The `response` that answers a challenge; `None` where the secret lacks the hash that it takes.
pub(crate) fn response(credentials: &Credentials, inputs: &Inputs<'_>) -> Option<String> {
    let hash = |text: &str| inputs.algorithm.hash(text);
    let ha1 = match (&credentials.secret, inputs.algorithm) {
        (Secret::Password(password), _) => hash(&format!("{}:{}:{password}", credentials.user, inputs.realm)),
        (Secret::Hashes { md5, .. }, Algorithm::Md5) => md5.as_ref()?.to_ascii_lowercase(),
        (Secret::Hashes { sha256, .. }, Algorithm::Sha256) => sha256.as_ref()?.to_ascii_lowercase(),
    };
    let ha2 = hash(&format!("{}:{}", inputs.method, inputs.uri));
    Some(match inputs.qop {
        Some((count, cnonce)) => hash(&format!("{ha1}:{}:{count}:{cnonce}:auth:{ha2}", inputs.nonce)),
        None => hash(&format!("{ha1}:{}:{ha2}", inputs.nonce)),
    })
}

/// The Authorization that answers one of the challenges; the strongest that can be answered is taken.
pub(crate) fn authorization<'a>(
    challenges: impl Iterator<Item = &'a str>,
    credentials: &Credentials,
    (method, uri): (&str, &str),
    cnonce: &str,
) -> Option<String> {
    let known = challenges.filter_map(Parameters::parse).filter(|challenge| challenge.algorithm().is_some());
    let mut known: Vec<Parameters> = known.collect();
    known.sort_by_key(|challenge| std::cmp::Reverse(challenge.algorithm()));
    known.iter().find_map(|challenge| answer(challenge, credentials, (method, uri), cnonce))
}

fn answer(
    challenge: &Parameters,
    credentials: &Credentials,
    (method, uri): (&str, &str),
    cnonce: &str,
) -> Option<String> {
    let (algorithm, realm, nonce) =
        (challenge.algorithm()?, challenge.get("realm")?, challenge.get("nonce")?);
    let has_auth = |qop: &str| qop.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth"));
    let qop = challenge.get("qop").is_some_and(has_auth).then_some(("00000001", cnonce));
    let response = response(credentials, &Inputs { algorithm, realm, nonce, method, uri, qop })?;
    let quoted = text::quote;
    let mut value = format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={}",
        quoted(&credentials.user),
        quoted(realm),
        quoted(nonce),
        quoted(uri),
        algorithm.name()
    );
    if let Some(opaque) = challenge.get("opaque") {
        value.push_str(&format!(", opaque={}", quoted(opaque)));
    }
    if let Some((count, cnonce)) = qop {
        value.push_str(&format!(", qop=auth, nc={count}, cnonce={}", quoted(cnonce)));
    }
    Some(value)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 2617 §3.5 and RFC 7616 §3.9.1.
    #[test]
    fn the_answers_are_those_of_the_standards() {
        let cases = [
            (
                Inputs {
                    algorithm: Algorithm::Md5,
                    realm: "testrealm@host.com",
                    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                    method: "GET",
                    uri: "/dir/index.html",
                    qop: Some(("00000001", "0a4f113b")),
                },
                "Circle Of Life",
                "6629fae49393a05397450978507c4ef1",
            ),
            (rfc_7616(Algorithm::Md5), "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                rfc_7616(Algorithm::Sha256),
                "Circle of Life",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ];
        for (inputs, password, expected) in cases {
            let credentials =
                Credentials { user: "Mufasa".to_owned(), secret: Secret::Password(password.to_owned()) };
            assert_eq!(response(&credentials, &inputs).as_deref(), Some(expected), "{inputs:?}");
        }
    }

    /// RFC 8760 §2.4: of several challenges the strongest is answered.
    #[test]
    fn the_strongest_challenge_is_answered_that_the_secret_allows() {
        let challenges = [
            r#"Digest realm="r", nonce="n", algorithm=MD5, qop="auth,auth-int""#,
            r#"Digest realm="r", nonce="m", algorithm=SHA-256, qop="auth", opaque="o""#,
            r#"Digest realm="r", nonce="s", algorithm=SHA-512-256, qop="auth""#,
        ];
        let password = Credentials { user: "u".to_owned(), secret: Secret::Password("p".to_owned()) };
        let value = authorization(challenges.into_iter(), &password, ("REGISTER", "sip:r"), "c").unwrap();
        assert!(value.contains("algorithm=SHA-256, opaque=\"o\", qop=auth, nc=00000001"), "{value}");
        let md5 = Some(Algorithm::Md5.hash("u:r:p"));
        let hashed = Credentials { user: "u".to_owned(), secret: Secret::Hashes { md5, sha256: None } };
        let value = authorization(challenges.into_iter(), &hashed, ("REGISTER", "sip:r"), "c").unwrap();
        assert!(value.contains("algorithm=MD5"), "{value}");
    }

    fn rfc_7616(algorithm: Algorithm) -> Inputs<'static> {
        Inputs {
            algorithm,
            realm: "http-auth@example.org",
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            method: "GET",
            uri: "/dir/index.html",
            qop: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
        }
    }
}

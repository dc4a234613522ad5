//! Keys in descriptions: the attribute `a=crypto` (RFC 4568).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::transport::srtp::{MASTER_BYTES, MasterKey, Suite};

/// One way to encrypt, with the key of the one whose description it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crypto {
    pub tag: u32,
    pub suite: Suite,
    pub key: MasterKey,
}

impl Crypto {
    /// Reads the attribute's value; returns nothing for what we can not do: other suites, several keys with a name
    /// each (MKI), and parameters, which would have to be obeyed (RFC 4568 §6.3).
    pub(crate) fn read(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let (tag, suite, key) = (words.next()?, words.next()?, words.next()?);
        let (suite, _) = Suite::ALL.into_iter().find(|(_, name)| name.eq_ignore_ascii_case(suite))?;
        let mut parts = key.strip_prefix("inline:")?.split('|');
        let key = STANDARD_NO_PAD.decode(parts.next()?.trim_end_matches('=')).ok()?;
        let has_name = parts.any(|part| part.contains(':'));
        // A hint about the peer's own window (WSH) asks nothing of us.
        if has_name || words.any(|parameter| !parameter.starts_with("WSH=")) {
            return None;
        }
        let key = <[u8; MASTER_BYTES]>::try_from(key).ok()?;
        Some(Self { tag: tag.parse().ok()?, suite, key: MasterKey(key) })
    }

    /// Returns the attribute.
    pub(crate) fn line(&self) -> String {
        let (_, suite) =
            Suite::ALL.into_iter().find(|(suite, _)| *suite == self.suite).expect("ALL lists both");
        format!("a=crypto:{} {suite} inline:{}", self.tag, STANDARD.encode(self.key.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_where_all_that_it_asks_can_be_done() {
        let key = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
        for (value, expected) in [
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}"), Some((1, Suite::LongTag))),
            (format!("7  aes_cm_128_hmac_sha1_32 inline:{key}|2^20 WSH=64"), Some((7, Suite::ShortTag))),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^20|1:4"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key} UNENCRYPTED_SRTP"), None),
            (format!("1 AES_CM_128_HMAC_SHA1_80 inline:{}", &key[1..]), None),
            (format!("1 AES_256_CM_HMAC_SHA1_80 inline:{key}"), None),
            (format!("x AES_CM_128_HMAC_SHA1_80 inline:{key}"), None),
            ("1".to_owned(), None),
        ] {
            let crypto = Crypto::read(&value);
            assert_eq!(crypto.as_ref().map(|crypto| (crypto.tag, crypto.suite)), expected, "{value}");
            if let Some(crypto) = crypto {
                assert_eq!(Crypto::read(crypto.line().strip_prefix("a=crypto:").unwrap()), Some(crypto));
            }
        }
    }
}

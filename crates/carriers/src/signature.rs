//! HMAC-SHA256 in hexadecimal digits, made and checked in constant time.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::Secret;

/// What signatures of this kind begin with.
pub(crate) const PREFIX: &str = "sha256=";

/// Signs the parts as one text.
pub(crate) fn sign(secret: &Secret, parts: &[&[u8]]) -> String {
    let bytes = code(secret, parts).finalize().into_bytes();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{PREFIX}{digits}")
}

/// Tells whether this is the signature of the parts.
pub(crate) fn verify(secret: &Secret, parts: &[&[u8]], signature: &str) -> bool {
    let digits = signature.strip_prefix(PREFIX).and_then(bytes_of);
    digits.is_some_and(|bytes| code(secret, parts).verify_slice(&bytes).is_ok())
}

fn code(secret: &Secret, parts: &[&[u8]]) -> Hmac<Sha256> {
    let key = secret.expose().as_bytes();
    let mut code = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| code.update(part));
    code
}

fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_parts_only() {
        let (secret, parts) = (Secret::from("key"), [b"1700000000.".as_slice(), b"{}"]);
        let signature = sign(&secret, &parts);
        assert!(verify(&secret, &parts, &signature));
        assert!(!verify(&Secret::from("other"), &parts, &signature));
        assert!(!verify(&secret, &[b"1700000001.", b"{}"], &signature));
        for forged in ["", "sha256=", "sha256=zz", &signature[PREFIX.len()..], &signature[..20]] {
            assert!(!verify(&secret, &parts, forged), "{forged}");
        }
    }
}

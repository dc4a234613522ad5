//! Secrets: compared in constant time, kept as digests (keys) or slow hashes (passwords).

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The fewest characters of a password.
pub const PASSWORD_LENGTH_MIN: usize = 8;

/// Returns the digest under which an API key's secret is kept.
pub fn digest(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Tells whether two secrets are the same, in a time that says nothing of where they differ.
pub(crate) fn is_same(given: &str, expected: &str) -> bool {
    Sha256::digest(given).ct_eq(&Sha256::digest(expected)).into()
}

/// Returns the hash under which a password is kept; `salt` is fresh random text of 16 to 64 bytes.
pub fn hash_password(password: &str, salt: &str) -> String {
    let salt = SaltString::encode_b64(salt.as_bytes()).expect("a salt of 16 to 64 bytes is given");
    let hash = hasher().hash_password(password.as_bytes(), &salt);
    hash.expect("argon2 takes any password of up to 4 GiB").to_string()
}

/// Tells whether a password is the one behind a hash; takes long on purpose.
pub fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Argon2id with the parameters that OWASP recommends for servers: 19 MiB, two passes, one lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let hash = hash_password("correct horse", "0123456789abcdef0123456789abcdef");
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_password("correct horse", &hash));
        assert!(!is_password("correct horsf", &hash));
        assert!(!is_password("correct horse", "no hash"));
    }

    #[test]
    fn a_digest_is_lower_case_sha256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(is_same("a", "a") && !is_same("a", "b"));
    }
}

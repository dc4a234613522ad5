//! The keys that packets are encrypted and proven with, derived from a description's (RFC 3711 §4.1, §4.2, §4.3).

use aws_lc_rs::cipher::{AES_128, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::{KEY_BYTES, MasterKey, SALT_BYTES};

/// RFC 3711 §5.2.
const AUTHENTICATION_KEY_BYTES: usize = 20;

/// The keys of the packets, or of the reports, of one direction.
pub(super) struct SessionKeys {
    cipher: EncryptingKey,
    salt: [u8; SALT_BYTES],
    authentication: hmac::Key,
}

impl SessionKeys {
    /// Derives the keys of packets.
    pub(super) fn of_rtp(master: &MasterKey) -> Self {
        Self::derive(master, 0)
    }

    /// Derives the keys of reports.
    pub(super) fn of_rtcp(master: &MasterKey) -> Self {
        Self::derive(master, 3)
    }

    /// Encrypts, or decrypts, what a source sent under a number.
    pub(super) fn apply(&self, ssrc: u32, index: u64, bytes: &mut [u8]) {
        let mut counter = counter(&self.salt);
        xor(&mut counter[4..8], &ssrc.to_be_bytes());
        xor(&mut counter[8..14], &index.to_be_bytes()[2..]);
        apply(&self.cipher, counter, bytes);
    }

    /// Returns the tag of a packet, of which a suite may send a part only.
    pub(super) fn tag(&self, parts: [&[u8]; 2]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.authentication);
        parts.iter().for_each(|part| context.update(part));
        context.sign()
    }

    /// Tells whether a packet's tag is right.
    pub(super) fn proves(&self, parts: [&[u8]; 2], tag: &[u8]) -> bool {
        let expected = self.tag(parts);
        expected.as_ref().get(..tag.len()).is_some_and(|part| verify_slices_are_equal(part, tag).is_ok())
    }

    /// RFC 3711 §4.3.2: the keys of reports have the three labels behind those of packets.
    fn derive(master: &MasterKey, first_label: u8) -> Self {
        let (key, salt) = master.0.split_first_chunk().expect("a master key begins with the key");
        let cipher = cipher(key);
        let part = |label, bytes: &mut [u8]| {
            let mut counter = counter(salt);
            counter[7] ^= label;
            apply(&cipher, counter, bytes);
        };
        let (mut key, mut authentication, mut salt) =
            ([0; KEY_BYTES], [0; AUTHENTICATION_KEY_BYTES], [0; SALT_BYTES]);
        part(first_label, &mut key);
        part(first_label + 1, &mut authentication);
        part(first_label + 2, &mut salt);
        let authentication = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &authentication);
        Self { cipher: self::cipher(&key), salt, authentication }
    }
}

fn cipher(key: &[u8; KEY_BYTES]) -> EncryptingKey {
    let key = UnboundCipherKey::new(&AES_128, key).expect("the key has the cipher's length");
    EncryptingKey::ctr(key).expect("the cipher has a counter mode")
}

/// A salt with two bytes behind it, which count the blocks of one packet.
fn counter(salt: &[u8]) -> [u8; 16] {
    let mut counter = [0; 16];
    counter[..SALT_BYTES].copy_from_slice(salt);
    counter
}

fn apply(cipher: &EncryptingKey, counter: [u8; 16], bytes: &mut [u8]) {
    let context = EncryptionContext::Iv128(FixedLength::from(counter));
    cipher.less_safe_encrypt(bytes, context).expect("counter mode takes any length");
}

fn xor(bytes: &mut [u8], with: &[u8]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_derived_as_in_rfc_3711_b_3() {
        let master = bytes("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6");
        let keys = SessionKeys::of_rtp(&MasterKey(master.try_into().unwrap()));
        assert_eq!(keys.salt[..], bytes("30CBBC08863D8C85D49DB34A9AE1"));
        let mut block = [0; 16];
        apply(&keys.cipher, [0; 16], &mut block);
        let mut expected = [0; 16];
        let derived: [u8; 16] = bytes("C61E7A93744F39EE10734AFE3FF7A087").try_into().unwrap();
        apply(&cipher(&derived), [0; 16], &mut expected);
        assert_eq!(block, expected);
        let key = bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
        assert_eq!(keys.tag([b"a", b"b"]).as_ref(), hmac::sign(&key, b"ab").as_ref());
    }

    #[test]
    fn the_key_stream_is_that_of_rfc_3711_b_2() {
        let key: [u8; 16] = bytes("2B7E151628AED2A6ABF7158809CF4F3C").try_into().unwrap();
        let salt: [u8; 14] = bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
        let authentication = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &[0; 20]);
        let keys = SessionKeys { cipher: cipher(&key), salt, authentication };
        let mut stream = vec![0; 0xFF02 * 16];
        keys.apply(0, 0, &mut stream);
        for (block, expected) in [
            (0x0000, "E03EAD0935C95E80E166B16DD92B4EB4"),
            (0x0001, "D23513162B02D0F72A43A2FE4A5F97AB"),
            (0x0002, "41E95B3BB0A2E8DD477901E4FCA894C0"),
            (0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4"),
            (0xFF00, "362B7C3C6773516318A077D7FC5073AE"),
            (0xFF01, "6A2CC3787889374FBEB4C81B17BA6C44"),
        ] {
            assert_eq!(stream[block * 16..][..16], bytes(expected), "block {block:x}");
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    }
}

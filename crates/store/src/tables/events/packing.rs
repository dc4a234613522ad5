//! The body of a group of events: their JSON, compressed, for each repeats most of what the one before it says.

use lz4_flex::block::{
    compress_into_with_dict, decompress_size_prepended, decompress_size_prepended_with_dict,
    get_maximum_output_size,
};
use router::Notice;

use crate::Error;

/// The first byte of a body that refers to the dictionary; one without compression begins with its array's bracket.
const BY_DICTIONARY: u8 = 2;

/// The first byte of a body that is compressed by what it says itself, as it was written until November 2026.
const BY_ITSELF: u8 = 1;

/// What the first event of a group repeats: the names of fields and their usual values. Bodies on disk refer to it by
/// position: it never changes, another dictionary needs another mark.
const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// How long the mark and the length are that stand in front of the compressed text.
const HEAD: usize = 5;

/// How many bytes the text of an event seldom exceeds: room for it is made once.
const NOTICE_USUAL: usize = 2048;

/// Writes a group of events.
pub(super) fn pack(group: &[Notice]) -> Vec<u8> {
    let mut text = Vec::with_capacity(group.len() * NOTICE_USUAL);
    serde_json::to_writer(&mut text, group).expect("notices have string keys only");
    compress(&text)
}

/// Reads a group of events.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<Notice>, Error> {
    Ok(match body.split_first() {
        Some((&BY_DICTIONARY, rest)) => {
            serde_json::from_slice(&decompress_size_prepended_with_dict(rest, DICTIONARY).map_err(corrupt)?)?
        }
        Some((&BY_ITSELF, rest)) => {
            serde_json::from_slice(&decompress_size_prepended(rest).map_err(corrupt)?)?
        }
        Some(_) | None => serde_json::from_slice(body)?,
    })
}

fn compress(text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("a step of the router announces less than 4 GB");
    let mut body = vec![0; HEAD + get_maximum_output_size(text.len())];
    body[0] = BY_DICTIONARY;
    body[1..HEAD].copy_from_slice(&length.to_le_bytes());
    let size = compress_into_with_dict(text, &mut body[HEAD..], DICTIONARY)
        .expect("there is room for the worst case");
    body.truncate(HEAD + size);
    body.shrink_to_fit();
    body
}

fn corrupt(error: lz4_flex::block::DecompressError) -> Error {
    Error::Corrupt(format!("events can not be unpacked: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_the_one_that_bodies_on_disk_refer_to() {
        let fingerprint = DICTIONARY.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
        });
        assert_eq!(fingerprint, 0xa3d6_412f_fff7_4cb0, "another dictionary needs another mark");
    }

    #[test]
    fn what_was_written_before_the_dictionary_stays_readable() {
        let plain = b"[]";
        let by_itself = [&[BY_ITSELF][..], &lz4_flex::block::compress_prepend_size(plain)].concat();
        for body in [plain.to_vec(), by_itself, compress(plain)] {
            assert!(unpack(&body).unwrap().is_empty());
        }
    }
}

//! The body of a group of events: their JSON, compressed, for each repeats most of what the one before it says.

use lz4_flex::block::{compress_into, decompress_size_prepended, get_maximum_output_size};
use router::Notice;

use crate::Error;

/// The first byte of a body that is compressed; one that is not begins with the bracket of its array.
const COMPRESSED: u8 = 1;

/// How long the mark and the length are that stand in front of the compressed text.
const HEAD: usize = 5;

/// How many bytes the text of an event seldom exceeds: room for it is made once.
const NOTICE_USUAL: usize = 2048;

/// Writes a group of events.
pub(super) fn pack(group: &[Notice]) -> Vec<u8> {
    let mut text = Vec::with_capacity(group.len() * NOTICE_USUAL);
    serde_json::to_writer(&mut text, group).expect("notices have string keys only");
    let length = u32::try_from(text.len()).expect("a step of the router announces less than 4 GB");
    let mut body = vec![0; HEAD + get_maximum_output_size(text.len())];
    body[0] = COMPRESSED;
    body[1..HEAD].copy_from_slice(&length.to_le_bytes());
    let size = compress_into(&text, &mut body[HEAD..]).expect("there is room for the worst case");
    body.truncate(HEAD + size);
    body.shrink_to_fit();
    body
}

/// Reads a group of events.
pub(super) fn unpack(body: &[u8]) -> Result<Vec<Notice>, Error> {
    match body.split_first() {
        Some((&COMPRESSED, compressed)) => {
            let text = decompress_size_prepended(compressed)
                .map_err(|error| Error::Corrupt(format!("events can not be unpacked: {error}")))?;
            Ok(serde_json::from_slice(&text)?)
        }
        Some(_) | None => Ok(serde_json::from_slice(body)?),
    }
}

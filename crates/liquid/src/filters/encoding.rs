//! Filters for URLs and Base64.

use super::{Arguments, FilterResult};
use crate::error::Fault;
use crate::value::Value;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn base64_encode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(encode(value.into_text().as_bytes(), STANDARD)))
}

pub(super) fn base64_decode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    decode(&value.into_text(), STANDARD)
}

pub(super) fn base64_url_safe_encode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(encode(value.into_text().as_bytes(), URL_SAFE)))
}

pub(super) fn base64_url_safe_decode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    decode(&value.into_text(), URL_SAFE)
}

/// Encodes for a form body or query: a space is `+`.
pub(super) fn url_encode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let text = value.into_text();
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::from(encoded))
}

pub(super) fn url_decode<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let text = value.into_text();
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = if *first == b'%' { hex_pair(after) } else { None };
        let byte = if *first == b'+' { b' ' } else { *first };
        decoded.push(escape.unwrap_or(byte));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(decoded).map(Value::from).map_err(|_| {
        Fault::new("filter `url_decode` was given percent escapes that are not UTF-8; expected encoded text")
    })
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

fn encode(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) & 63;
            let letter = char::from(alphabet[sextet as usize]);
            encoded.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    encoded
}

fn decode<'a>(text: &str, alphabet: &[u8; 64]) -> FilterResult<'a> {
    let fault =
        || Fault::new("the text is not Base64 of UTF-8 text; expected what the encoding filter makes");
    let letters = text.trim_end_matches('=');
    let is_padded_as_should_be = text.len() - letters.len() <= 2 && letters.len() % 4 != 1;
    let is_complete = text.len().is_multiple_of(4) || (alphabet == URL_SAFE && text.len() == letters.len());
    if !is_padded_as_should_be || !is_complete {
        return Err(fault());
    }
    let mut decoded = Vec::with_capacity(letters.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0u32, 0);
    for letter in letters.bytes() {
        let sextet = alphabet.iter().position(|known| *known == letter).ok_or_else(fault)?;
        bits = (bits << 6 | sextet as u32) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push((bits >> count) as u8);
        }
    }
    String::from_utf8(decoded).map(Value::from).map_err(|_| fault())
}

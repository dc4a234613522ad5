//! From bytes to lines: the start line, the header fields unfolded, and where the body begins.

use super::headers::Headers;
use super::text;

/// The head of a message; what could be read of it even where something is wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The first line.
    pub(crate) start: String,
    /// The header fields.
    pub(crate) headers: Headers,
    /// Where the body begins.
    pub(crate) body_at: usize,
    /// The first thing that is wrong.
    pub(crate) fault: Option<&'static str>,
}

/// Reads the head. Empty lines before the start line do no harm (RFC 3261 §7.5).
pub(crate) fn head(bytes: &[u8]) -> Head {
    let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut head = Head { body_at: blank, ..Head::default() };
    let mut lines = Vec::new();
    loop {
        let Some(length) = bytes[head.body_at..].iter().position(|byte| *byte == b'\n') else {
            head.fault = Some("the empty line after the header fields is missing");
            head.body_at = bytes.len();
            break;
        };
        let line = &bytes[head.body_at..head.body_at + length];
        head.body_at += length + 1;
        match decoded(line.strip_suffix(b"\r").unwrap_or(line)) {
            line if line.is_empty() => break,
            line => lines.push(line),
        }
    }
    let mut lines = lines.into_iter();
    head.start = lines.next().unwrap_or_default();
    for line in unfolded(lines) {
        add_field(&mut head, &line);
    }
    head
}

/// Text is UTF-8; what is not comes from senders of Latin-1, in which every byte is a character.
fn decoded(line: &[u8]) -> String {
    match std::str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_) => line.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// A line that begins with white space belongs to the one before (RFC 3261 §7.3.1).
fn unfolded(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for line in lines {
        match whole.last_mut().filter(|_| line.starts_with([' ', '\t'])) {
            Some(last) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            None => whole.push(line),
        }
    }
    whole
}

fn add_field(head: &mut Head, line: &str) {
    match line.split_once(':') {
        Some((name, value)) if text::is_token(name.trim_end()) => {
            head.headers.push(name.trim_end(), value.trim());
        }
        _ => head.fault = head.fault.or(Some("a header field has no name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_latin_and_compact_fields_are_read() {
        let head = head(b"\r\n\r\nOPTIONS sip:a SIP/2.0\r\ns : caf\xe9\r\n  two\r\nt: x\r\n\r\nbody");
        assert_eq!(head.start, "OPTIONS sip:a SIP/2.0");
        assert_eq!(head.headers.get("subject"), Some("caf\u{e9} two"));
        assert_eq!((head.headers.get("To"), head.fault), (Some("x"), None));
        assert_eq!(head.body_at, 52);
    }
}

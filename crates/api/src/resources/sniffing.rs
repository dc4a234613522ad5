//! What a file really is: by its first bytes, whatever its name and its sender say.

/// What is taken, and how it is known: the type, a prefix, and where that stands.
const KNOWN: [(&str, &[u8], usize); 11] = [
    ("image/png", b"\x89PNG\r\n\x1a\n", 0),
    ("image/jpeg", b"\xff\xd8\xff", 0),
    ("image/gif", b"GIF8", 0),
    ("image/webp", b"WEBP", 8),
    ("application/pdf", b"%PDF-", 0),
    ("application/zip", b"PK\x03\x04", 0),
    ("audio/mpeg", b"ID3", 0),
    ("audio/ogg", b"OggS", 0),
    ("audio/wav", b"WAVE", 8),
    ("video/mp4", b"ftyp", 4),
    ("video/webm", b"\x1a\x45\xdf\xa3", 0),
];

/// Images that can not run anything: browsers may show them.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Returns the type of a file; none for what is not taken.
///
/// Text is text: a page or a drawing with scripts in it is stored as plain text, which no browser runs.
pub(crate) fn content_type(content: &[u8]) -> Option<&'static str> {
    let starts = |(_, prefix, at): &&(&str, &[u8], usize)| {
        content.get(*at..).is_some_and(|rest| rest.starts_with(prefix))
    };
    if let Some((content_type, ..)) = KNOWN.iter().find(starts) {
        return Some(content_type);
    }
    let is_text = std::str::from_utf8(content).is_ok_and(|text| !text.contains('\0'));
    is_text.then_some("text/plain")
}

/// Tells whether a browser may show it in place; all else is for downloading.
pub(crate) fn is_shown(content_type: &str) -> bool {
    SHOWN.contains(&content_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        for (content, expected) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"RIFF....WEBPVP8 ", Some("image/webp")),
            (b"<svg onload=alert(1)>", Some("text/plain")),
            (b"<!doctype html><script>alert(1)</script>", Some("text/plain")),
            (b"MZ\x90\x00\x03", None),
            (b"\x7fELF\x02\x00", None),
        ] {
            assert_eq!(content_type(content), expected, "{content:?}");
        }
        assert!(is_shown("image/png") && !is_shown("image/svg+xml") && !is_shown("text/plain"));
    }
}

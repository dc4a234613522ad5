//! Texts as short messages carry them: the default alphabet or UCS-2, in parts where one does not hold them.

/// The default alphabet of GSM 03.38, by code.
const ALPHABET: &str = concat!(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ",
    " !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);

/// Its extension, by the code behind the escape.
const EXTENSION: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

const ESCAPE: u8 = 0x1b;

/// What codes of `data_coding` are for the default alphabet, Latin-1 and UCS-2.
pub(crate) const DEFAULT: u8 = 0;
const LATIN_1: u8 = 3;
pub(crate) const UCS_2: u8 = 8;

/// A text as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    /// The code of its alphabet.
    pub(crate) data_coding: u8,
    /// The octets of each part, without headers.
    pub(crate) parts: Vec<Vec<u8>>,
}

/// Encodes a text: in the default alphabet where that has all its characters.
pub(crate) fn encode(text: &str) -> Encoded {
    let septets: Option<Vec<_>> = text.chars().map(septets).collect();
    match septets {
        Some(characters) => Encoded { data_coding: DEFAULT, parts: split(characters, 160, 153) },
        None => {
            let characters = text.chars().map(ucs_2).collect();
            Encoded { data_coding: UCS_2, parts: split(characters, 140, 134) }
        }
    }
}

/// Decodes the octets of a whole text; codes without a character read as U+FFFD.
pub(crate) fn decode(data_coding: u8, octets: &[u8]) -> String {
    match data_coding {
        LATIN_1 => octets.iter().map(|octet| char::from(*octet)).collect(),
        UCS_2 => String::from_utf16_lossy(&units(UCS_2, octets)),
        _ => decode_default(octets),
    }
}

/// Decodes the octets of a part as UTF-16: some senders tear a pair of surrogates between two parts.
pub(crate) fn units(data_coding: u8, octets: &[u8]) -> Vec<u16> {
    match data_coding {
        UCS_2 => octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(),
        _ => decode(data_coding, octets).encode_utf16().collect(),
    }
}

/// Fills parts with whole characters, since handsets show torn ones as two broken ones.
fn split(characters: Vec<Vec<u8>>, whole_max: usize, part_max: usize) -> Vec<Vec<u8>> {
    let total: usize = characters.iter().map(Vec::len).sum();
    let limit = if total <= whole_max { whole_max } else { part_max };
    let mut parts = vec![Vec::new()];
    for character in characters {
        let last = parts.len() - 1;
        if parts[last].len() + character.len() > limit {
            parts.push(character);
        } else {
            parts[last].extend(character);
        }
    }
    parts
}

fn septets(character: char) -> Option<Vec<u8>> {
    if let Some((_, code)) = EXTENSION.iter().find(|(known, _)| *known == character) {
        return Some(vec![ESCAPE, *code]);
    }
    let code = ALPHABET.chars().position(|known| known == character)?;
    u8::try_from(code).ok().filter(|code| *code != ESCAPE).map(|code| vec![code])
}

fn ucs_2(character: char) -> Vec<u8> {
    character.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()).collect()
}

fn decode_default(octets: &[u8]) -> String {
    let mut octets = octets.iter();
    let mut text = String::new();
    while let Some(octet) = octets.next() {
        let character = if *octet == ESCAPE {
            let code = octets.next();
            EXTENSION.iter().find(|(_, known)| Some(known) == code).map(|(character, _)| *character)
        } else {
            ALPHABET.chars().nth(usize::from(*octet))
        };
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_the_default_alphabet_where_it_can_and_parts_where_it_must() {
        for (text, data_coding, lengths) in [
            (String::new(), DEFAULT, vec![0]),
            ("x".repeat(160), DEFAULT, vec![160]),
            ("x".repeat(161), DEFAULT, vec![153, 8]),
            ("€".repeat(80), DEFAULT, vec![160]),
            ("x".repeat(152) + "€xxxxxxxx", DEFAULT, vec![152, 10]),
            ("Ж".repeat(70), UCS_2, vec![140]),
            ("Ж".repeat(71), UCS_2, vec![134, 8]),
            ("Ж".repeat(66) + "😀" + "Ж", UCS_2, vec![138]),
            ("Ж".repeat(66) + "😀ЖЖЖ", UCS_2, vec![132, 10]),
        ] {
            let encoded = encode(&text);
            let found: Vec<_> = encoded.parts.iter().map(Vec::len).collect();
            assert_eq!((encoded.data_coding, found), (data_coding, lengths), "{text}");
            assert_eq!(decode(encoded.data_coding, &encoded.parts.concat()), text);
        }
    }

    #[test]
    fn the_alphabets_codes_are_the_published_ones() {
        assert_eq!(ALPHABET.chars().count(), 128);
        for (text, octets) in [
            ("@ A a", &[0x00, 0x20, 0x41, 0x20, 0x61][..]),
            ("_¡¿à", &[0x11, 0x40, 0x60, 0x7f]),
            ("É Ä€", &[0x1f, 0x20, 0x5b, 0x1b, 0x65]),
        ] {
            assert_eq!(encode(text).parts, [octets]);
        }
        assert_eq!(decode(LATIN_1, b"Gr\xfc\xdfe"), "Grüße");
        assert_eq!(decode(DEFAULT, &[0x1b, 0x00, 0x80, 0x1b]), "\u{fffd}\u{fffd}\u{fffd}");
    }
}

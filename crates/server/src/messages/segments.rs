//! How many SMS segments a text takes: GSM 03.38 where its alphabet suffices, UCS-2 otherwise.

/// The basic alphabet of GSM 03.38, besides ASCII letters and digits: one septet each.
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// Its extension table: an escape and a septet each.
const GSM_EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Returns the number of segments; an empty text takes one.
///
/// A text in one segment has 160 septets or 70 UCS-2 units; longer ones lose 7 septets or 3 units of each to the
/// header that joins them (3GPP TS 23.040 §9.2.3.24.1).
pub(crate) fn count(text: &str) -> u32 {
    let (lengths, single, joined) = match text.chars().map(septets).collect::<Option<Vec<_>>>() {
        Some(septets) => (septets, 160, 153),
        None => (text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    if lengths.iter().sum::<usize>() <= single {
        return 1;
    }
    // An escape sequence or a surrogate pair is not torn apart: it moves to the next segment.
    let mut segments = 1;
    let mut filled = 0;
    for length in lengths {
        if filled + length > joined {
            segments += 1;
            filled = 0;
        }
        filled += length;
    }
    segments
}

/// Puts characters of the alphabet of SMS in place of the typographic ones that word processors write.
pub(crate) fn encode_smartly(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '\u{2035}' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => {
                plain.push('"')
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{2026}' => plain.push_str("..."),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => plain.push(' '),
            '\u{2022}' => plain.push('*'),
            '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            '\u{2039}' => plain.push('<'),
            '\u{203a}' => plain.push('>'),
            '\u{2044}' => plain.push('/'),
            other => plain.push(other),
        }
    }
    plain
}

/// Returns the septets of a character of GSM 03.38.
fn septets(character: char) -> Option<usize> {
    if character.is_ascii_alphanumeric() || GSM_BASIC.contains(character) {
        Some(1)
    } else if GSM_EXTENDED.contains(character) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typographic_characters_become_plain_ones_and_others_stay() {
        let text = "“Ann’s” day\u{a0}– fine… ж 😀";
        assert_eq!(encode_smartly(text), "\"Ann's\" day - fine... ж 😀");
        assert_eq!((count(&"’".repeat(71)), count(&encode_smartly(&"’".repeat(71)))), (2, 1));
    }

    #[test]
    fn segments_are_counted_in_the_alphabet_that_the_text_needs() {
        for (text, segments) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(306), 2),
            ("a".repeat(307), 3),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ж".repeat(70), 1),
            ("ж".repeat(71), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
            ("€".repeat(153), 3),
        ] {
            assert_eq!(count(&text), segments, "{} characters", text.chars().count());
        }
    }
}

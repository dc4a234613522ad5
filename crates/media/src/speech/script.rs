//! What a program is given to say: SSML for one that reads it, else words and pauses.

use twiml::{Speech, SpeechElement, SpeechTag};

use super::Utterance;
use crate::clip::Clip;
use crate::frame::Rate;
use crate::tone;

/// A part of a text for a program that knows no marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Words(String),
    PauseMs(u64),
}

/// The longest pause, as the published description has it.
const PAUSE_MS_MAX: u64 = 10_000;

/// Joins what one who knows no marks says with the pauses between.
pub(crate) async fn perform<E, F: Future<Output = Result<Clip, E>>>(
    utterance: &Utterance,
    say: impl Fn(String) -> F,
) -> Result<Clip, E> {
    let mut clips = vec![];
    for piece in pieces(utterance) {
        clips.push(match piece {
            Piece::Words(words) => say(words).await?,
            Piece::PauseMs(ms) => Clip::from_samples(&tone::silence(ms, Rate::Wide), Rate::Wide.hertz()),
        });
    }
    Ok(Clip::join(&clips))
}

/// Returns the text as words and pauses.
pub(crate) fn pieces(utterance: &Utterance) -> Vec<Piece> {
    let mut pieces = vec![];
    utterance.parts.iter().for_each(|part| flatten(part, &mut pieces));
    pieces.retain(|piece| !matches!(piece, Piece::Words(words) if words.trim().is_empty()));
    pieces
}

/// Returns the text as an SSML document.
pub(crate) fn ssml(utterance: &Utterance) -> String {
    let mut ssml = String::from("<speak>");
    utterance.parts.iter().for_each(|part| write(part, &mut ssml));
    ssml.push_str("</speak>");
    ssml
}

fn flatten(part: &Speech, pieces: &mut Vec<Piece>) {
    match part {
        Speech::Text(words) => say(words, pieces),
        Speech::Marked(element) => match element.tag {
            SpeechTag::Break => pieces.push(Piece::PauseMs(pause_ms(element))),
            SpeechTag::Sub => say(attribute(element, "alias").unwrap_or_default(), pieces),
            SpeechTag::SayAs if is_spelled(element) => say(&spelled(&words_of(element)), pieces),
            SpeechTag::Paragraph | SpeechTag::Sentence => {
                element.content.iter().for_each(|part| flatten(part, pieces));
                pieces.push(Piece::PauseMs(if element.tag == SpeechTag::Paragraph { 600 } else { 300 }));
            }
            SpeechTag::Emphasis
            | SpeechTag::Lang
            | SpeechTag::Phoneme
            | SpeechTag::Prosody
            | SpeechTag::SayAs
            | SpeechTag::Word => element.content.iter().for_each(|part| flatten(part, pieces)),
        },
    }
}

/// Appends words to those before, so that they make one sentence.
fn say(words: &str, pieces: &mut Vec<Piece>) {
    match pieces.last_mut() {
        Some(Piece::Words(before)) => before.push_str(words),
        Some(Piece::PauseMs(_)) | None => pieces.push(Piece::Words(words.to_owned())),
    }
}

fn attribute<'a>(element: &'a SpeechElement, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

fn pause_ms(element: &SpeechElement) -> u64 {
    let time = attribute(element, "time").and_then(|time| {
        let (digits, scale) = match time.strip_suffix("ms") {
            Some(digits) => (digits, 1.0),
            None => (time.strip_suffix('s')?, 1_000.0),
        };
        Some((digits.trim().parse::<f64>().ok()? * scale) as u64)
    });
    let strength = || match attribute(element, "strength").unwrap_or("medium") {
        "none" | "x-weak" => 0,
        "weak" => 200,
        "strong" => 700,
        "x-strong" => 1_000,
        _ => 400,
    };
    time.unwrap_or_else(strength).min(PAUSE_MS_MAX)
}

fn is_spelled(element: &SpeechElement) -> bool {
    matches!(attribute(element, "interpret-as"), Some("characters" | "spell-out" | "digits" | "telephone"))
}

fn words_of(element: &SpeechElement) -> String {
    let mut pieces = vec![];
    element.content.iter().for_each(|part| flatten(part, &mut pieces));
    let words = pieces.into_iter().filter_map(|piece| match piece {
        Piece::Words(words) => Some(words),
        Piece::PauseMs(_) => None,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Sets the characters apart, so that each is said by its name.
fn spelled(words: &str) -> String {
    let letters: Vec<String> = words.chars().filter(|c| c.is_alphanumeric()).map(String::from).collect();
    format!(" {} ", letters.join(", "))
}

fn write(part: &Speech, ssml: &mut String) {
    let element = match part {
        Speech::Text(words) => return escape(words, ssml),
        Speech::Marked(element) => element,
    };
    let name = element.tag.as_str();
    ssml.extend(["<", name]);
    for (attribute, value) in &element.attributes {
        ssml.extend([" ", attribute, "=\""]);
        escape(value, ssml);
        ssml.push('"');
    }
    ssml.push('>');
    element.content.iter().for_each(|part| write(part, ssml));
    ssml.extend(["</", name, ">"]);
}

fn escape(text: &str, xml: &mut String) {
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            other => xml.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use twiml::{Document, Verb};

    use super::*;

    fn utterance(text: &str) -> Utterance {
        let document = Document::parse(&format!("<Response><Say>{text}</Say></Response>")).unwrap().document;
        let [Verb::Say(say)] = document.verbs.as_slice() else { panic!("{document:?}") };
        Utterance { parts: say.speech.clone(), ..Utterance::default() }
    }

    #[test]
    fn marks_become_words_and_pauses() {
        for (text, expected) in [
            ("Good <emphasis level='strong'>morning</emphasis>", "Good morning"),
            ("One<break time='1.5s'/>two<break strength='weak'/>three", "One|1500|two|200|three"),
            ("<sub alias='Doctor'>Dr</sub> Who", "Doctor Who"),
            ("Code <say-as interpret-as='digits'>4 2</say-as>", "Code  4, 2 "),
            ("<p>Hi</p><s>Ann</s>", "Hi|600|Ann|300"),
            ("<break time='99s'/>", "10000"),
        ] {
            let shown = |piece: Piece| match piece {
                Piece::Words(words) => words,
                Piece::PauseMs(ms) => ms.to_string(),
            };
            let pieces: Vec<String> = pieces(&utterance(text)).into_iter().map(shown).collect();
            assert_eq!(pieces.join("|"), expected, "{text}");
        }
    }

    #[test]
    fn marks_are_passed_on_with_what_would_break_them_escaped() {
        let ssml = ssml(&utterance("A &lt; B &amp; <prosody rate=\"slow\">C</prosody>"));
        assert_eq!(ssml, "<speak>A &lt; B &amp; <prosody rate=\"slow\">C</prosody></speak>");
    }
}

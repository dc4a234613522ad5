//! `<Say>`: speaks text.

use serde::{Deserialize, Serialize};

use crate::nouns::{self, Speech};
use crate::schema::{Element, Pass};

/// The longest text that is spoken, in characters.
const TEXT_MAX: usize = 4096;

/// Speaks text to the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Say {
    /// The voice, such as `alice` or `Polly.Joanna`.
    pub voice: Option<String>,
    /// The language, such as `en-GB`.
    pub language: Option<String>,
    /// How often; 0 for ever.
    pub loop_count: Option<u32>,
    /// What is said.
    pub speech: Vec<Speech>,
}

impl Say {
    /// Says a text without marks, once, in the default voice.
    pub fn new(text: impl Into<String>) -> Say {
        Say { speech: vec![Speech::Text(text.into())], ..Say::default() }
    }

    /// Returns how often it is said, once unless written otherwise; 0 is for ever.
    pub fn loop_count(&self) -> u32 {
        self.loop_count.unwrap_or(1)
    }

    /// Returns the words without their marks, for a voice that knows none.
    pub fn plain_text(&self) -> String {
        nouns::plain_text(&self.speech)
    }

    fn check_length(&self, pass: &mut Pass<'_>) {
        let text = self.plain_text();
        if text.is_empty() {
            pass.warn(13520, "has no text: nothing is said");
        } else if text.chars().count() > TEXT_MAX {
            let message = format!("has more than {TEXT_MAX} characters: split it, some voices say no more");
            pass.warn(13521, &message);
        }
    }
}

impl Element for Say {
    const NAME: &'static str = "Say";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("voice", &mut self.voice);
        pass.text("language", &mut self.language);
        pass.number("loop", &mut self.loop_count, 0..=1000, 13510);
        nouns::describe_speech(&mut self.speech, pass);
        self.check_length(pass);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Verb};

    #[test]
    fn a_voice_without_marks_says_the_words() {
        for (text, expected) in [
            ("\n  Good\n morning ", "Good morning"),
            ("One<break time='1s'/>two", "One two"),
            ("<p>Hi</p><p>Ann</p>", "Hi Ann"),
            ("Mr<emphasis level='strong'>.</emphasis> <sub alias='Doctor'>Dr</sub>", "Mr. Doctor"),
            ("<speak>a <i>b</i></speak>", "a b"),
        ] {
            let document =
                Document::parse(&format!("<Response><Say>{text}</Say></Response>")).unwrap().document;
            let [Verb::Say(say)] = document.verbs.as_slice() else { panic!("{document:?}") };
            assert_eq!(say.plain_text(), expected);
        }
    }
}

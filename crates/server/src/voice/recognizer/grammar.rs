//! What a program is to listen for: the hints of a document as a grammar (JSGF), in words that it knows.

use std::collections::BTreeSet;

/// The names of the digits, which a dictionary has in letters.
const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// The hints of a document, each as it is spoken and as it is written.
#[derive(Debug, PartialEq)]
pub(super) struct Phrases(Vec<(String, String)>);

impl Phrases {
    /// Reads hints; one that stands for a class of words (`$OOV_CLASS_…`) is no phrase.
    pub(super) fn of(hints: &[&str]) -> Self {
        let phrases = hints.iter().filter(|hint| !hint.starts_with('$'));
        let phrases = phrases.map(|hint| (spoken(hint), hint.trim().to_owned()));
        Self(phrases.filter(|(spoken, _)| !spoken.is_empty()).collect())
    }

    /// Returns every word that is spoken.
    pub(super) fn words(&self) -> BTreeSet<&str> {
        self.0.iter().flat_map(|(spoken, _)| spoken.split(' ')).collect()
    }

    /// Leaves out what has a word that is not known: one such word spoils a whole grammar.
    pub(super) fn limited_to(mut self, known: &BTreeSet<String>) -> Self {
        self.0.retain(|(spoken, _)| spoken.split(' ').all(|word| known.contains(word)));
        self
    }

    /// Returns the grammar of one phrase of them all; without any there is none.
    pub(super) fn grammar(&self) -> Option<String> {
        let phrases: Vec<&str> = self.0.iter().map(|(spoken, _)| spoken.as_str()).collect();
        let choice = phrases.join(" | ");
        (!phrases.is_empty()).then(|| format!("#JSGF V1.0;\ngrammar hints;\npublic <hint> = {choice};\n"))
    }

    /// Returns what was said as the document writes it.
    pub(super) fn written<'a>(&'a self, said: &'a str) -> &'a str {
        self.0.iter().find(|(spoken, _)| spoken == said).map_or(said, |(_, hint)| hint)
    }
}

/// Returns a hint in small letters, its digits by name and nothing that is not said.
fn spoken(hint: &str) -> String {
    let mut spoken = String::new();
    for c in hint.to_lowercase().chars() {
        match c.to_digit(10) {
            Some(digit) => spoken.push_str(&format!(" {} ", DIGITS[digit as usize])),
            None if c.is_alphabetic() || c == '\'' => spoken.push(c),
            None => spoken.push(' '),
        }
    }
    spoken.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_become_a_grammar_of_what_is_spoken() {
        let phrases =
            Phrases::of(&["Sales", "opening-hours, please!", "I don't know", "42", "$OOV_CLASS_DIGIT", "?"]);
        let grammar = phrases.grammar().unwrap();
        let choice = "sales | opening hours please | i don't know | four two";
        assert_eq!(grammar, format!("#JSGF V1.0;\ngrammar hints;\npublic <hint> = {choice};\n"));
        assert_eq!(phrases.written("four two"), "42");
        assert_eq!(phrases.written("sales"), "Sales");
        assert_eq!(phrases.written("well"), "well");
    }

    #[test]
    fn a_phrase_with_an_unknown_word_is_left_out() {
        let known = BTreeSet::from(["opening".to_owned(), "hours".to_owned(), "at".to_owned()]);
        let phrases = Phrases::of(&["opening hours", "hours at Gizmatron"]);
        assert_eq!(phrases.words(), BTreeSet::from(["at", "gizmatron", "hours", "opening"]));
        assert_eq!(phrases.limited_to(&known), Phrases::of(&["opening hours"]));
        assert_eq!(Phrases::of(&["Gizmatron"]).limited_to(&known).grammar(), None);
    }
}

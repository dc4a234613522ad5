//! What an attribute can hold: text, a number, true or false, keys.

use serde::{Deserialize, Serialize};

/// A type of attribute values.
pub(crate) trait Value: Sized {
    /// Reads a value; none if the text is not of this type.
    fn parse(text: &str) -> Option<Self>;

    /// Writes the value as it is read.
    fn to_text(&self) -> String;

    /// Says to a person what can be written.
    fn expected() -> String;
}

impl Value for String {
    fn parse(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn to_text(&self) -> String {
        self.clone()
    }

    fn expected() -> String {
        "text".to_owned()
    }
}

impl Value for bool {
    fn parse(text: &str) -> Option<bool> {
        [true, false].into_iter().find(|value| value.to_string().eq_ignore_ascii_case(text))
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn expected() -> String {
        "true, false".to_owned()
    }
}

impl Value for u32 {
    fn parse(text: &str) -> Option<u32> {
        text.parse().ok()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn expected() -> String {
        "a whole number".to_owned()
    }
}

/// The keys that end an input; none of them is allowed, and means that no key does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys(String);

impl Keys {
    /// Makes a set of the keys `0`-`9`, `*` and `#`; none if the text holds anything else.
    pub fn new(keys: &str) -> Option<Keys> {
        let is_key = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#');
        keys.chars().all(is_key).then(|| Keys(keys.to_owned()))
    }

    /// Says whether a key is one of these.
    pub fn contains(&self, key: char) -> bool {
        self.0.contains(key)
    }

    /// Returns the keys in the order in which they were written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Keys {
    fn parse(text: &str) -> Option<Keys> {
        Keys::new(text)
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }

    fn expected() -> String {
        "keys of 0-9 * #".to_owned()
    }
}

/// Keys to be played as tones, with pauses: `w` for half a second, `W` for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digits(String);

impl Digits {
    /// Makes a sequence of `0`-`9`, `A`-`D`, `*`, `#`, `w` and `W`; none if the text holds anything else.
    pub fn new(digits: &str) -> Option<Digits> {
        let is_tone = |c: char| c.is_ascii_digit() || matches!(c, 'A'..='D' | '*' | '#' | 'w' | 'W');
        digits.chars().all(is_tone).then(|| Digits(digits.to_owned()))
    }

    /// Returns the sequence as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for Digits {
    fn parse(text: &str) -> Option<Digits> {
        Digits::new(text)
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }

    fn expected() -> String {
        "a sequence of 0-9 A-D * # w W".to_owned()
    }
}

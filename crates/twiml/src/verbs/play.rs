//! `<Play>`: plays a file, or keys as tones.

use serde::{Deserialize, Serialize};

use crate::schema::{Digits, Element, Pass};

/// Plays a file or keys to the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Play {
    /// The file; empty where `digits` are played.
    pub url: String,
    /// How often; 0 for ever.
    pub loop_count: Option<u32>,
    /// Keys to play as tones.
    pub digits: Option<Digits>,
}

impl Play {
    /// Plays a file once.
    pub fn new(url: impl Into<String>) -> Play {
        Play { url: url.into(), ..Play::default() }
    }

    /// Returns how often it is played, once unless written otherwise; 0 is for ever.
    pub fn loop_count(&self) -> u32 {
        self.loop_count.unwrap_or(1)
    }
}

impl Element for Play {
    const NAME: &'static str = "Play";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.number("loop", &mut self.loop_count, 0..=1000, 13410);
        pass.value("digits", &mut self.digits, 13430);
        pass.inner_text(&mut self.url);
    }
}

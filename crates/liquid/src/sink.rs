//! Where a render writes: bounds the length and, where asked, keeps values inside the JSON strings they land in.

use crate::error::RenderError;
use crate::options::Options;
use crate::value::Value;

/// The text that a render or a `capture` block has made so far.
#[derive(Debug)]
pub(crate) struct Sink {
    text: String,
    limit: Option<usize>,
    /// Where in a JSON document the text ends; `None` when values are written as they are.
    json: Option<JsonPosition>,
}

/// What has to be known of JSON text so far to write on inside it.
#[derive(Debug, Clone, Copy, Default)]
struct JsonPosition {
    is_in_string: bool,
    is_after_backslash: bool,
}

impl Sink {
    /// Makes the sink for the text of a template.
    pub(crate) fn new(options: &Options, capacity: usize) -> Self {
        let json = options.json_safe.then(JsonPosition::default);
        Self { text: String::with_capacity(capacity), limit: options.output_limit, json }
    }

    /// Makes the sink for a text that becomes a variable: values are escaped only where that is written.
    pub(crate) fn for_variable(options: &Options) -> Self {
        Self { text: String::new(), limit: options.output_limit, json: None }
    }

    /// Makes a sink for a text that may be written here afterwards, as text of the template.
    pub(crate) fn branch(&self) -> Self {
        Self { text: String::new(), limit: self.limit, json: self.json }
    }

    /// Writes text of the template itself.
    pub(crate) fn write_text(&mut self, text: &str) -> Result<(), RenderError> {
        self.text.push_str(text);
        if let Some(json) = &mut self.json {
            json.advance(text);
        }
        self.check()
    }

    /// Writes what an output shows.
    pub(crate) fn write_value(&mut self, value: &Value<'_>) -> Result<(), RenderError> {
        let start = self.text.len();
        value.write_to(&mut self.text);
        if let Some(json) = &mut self.json {
            if json.is_in_string {
                escape_json(&mut self.text, start);
                json.is_after_backslash = false;
            } else {
                json.advance(&self.text[start..]);
            }
        }
        self.check()
    }

    /// Returns the text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    fn check(&self) -> Result<(), RenderError> {
        match self.limit {
            Some(limit) if self.text.len() > limit => Err(RenderError::OutputTooLong { limit }),
            Some(_) | None => Ok(()),
        }
    }
}

impl JsonPosition {
    fn advance(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.is_after_backslash => self.is_after_backslash = false,
                b'\\' => self.is_after_backslash = self.is_in_string,
                b'"' => self.is_in_string = !self.is_in_string,
                _ => {}
            }
        }
    }
}

/// Escapes what lies behind `start` for the inside of a JSON string.
fn escape_json(text: &mut String, start: usize) {
    if text[start..].bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        let quoted = serde_json::Value::String(text.split_off(start)).to_string();
        text.push_str(&quoted[1..quoted.len() - 1]);
    }
}

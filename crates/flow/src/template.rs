//! A property that may hold Liquid: parsed once per revision, rendered over the execution's context.
//!
//! Liquid stands for itself until the template language is joined.

use domain::Timestamp;
use serde_json::Value;

use crate::Settings;

/// A property that may hold Liquid.
#[derive(Debug)]
pub(crate) struct Template {
    source: String,
}

/// What a template gave where JSON is expected.
#[derive(Debug, PartialEq)]
pub(crate) struct RenderedJson {
    /// The text.
    pub(crate) text: String,
    /// What it says; null for blank text.
    pub(crate) value: Value,
    /// Whether it became JSON only by escaping the values in it.
    pub(crate) was_escaped: bool,
}

impl Template {
    /// Parses text, or says what is wrong with its Liquid and where.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        Ok(Self { source: source.to_owned() })
    }

    /// Takes text that validation has let pass.
    pub(crate) fn lenient(source: &str) -> Self {
        Self { source: source.to_owned() }
    }

    /// Returns the text as its author wrote it.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Tells whether it renders to itself.
    pub(crate) fn is_literal(&self) -> bool {
        is_literal(&self.source)
    }

    /// Renders over the context; an error is a sentence for the step.
    pub(crate) fn render(&self, _: &Value, _: &Settings, _: Timestamp) -> Result<String, String> {
        Ok(self.source.clone())
    }

    /// Renders what must come out as JSON.
    pub(crate) fn render_json(&self, _: &Value, _: &Settings, _: Timestamp) -> Result<RenderedJson, String> {
        let text = self.source.clone();
        if text.trim().is_empty() {
            return Ok(RenderedJson { text, value: Value::Null, was_escaped: false });
        }
        let value = serde_json::from_str(&text)
            .map_err(|error| format!("the rendered text is not valid JSON: {error}"))?;
        Ok(RenderedJson { text, value, was_escaped: false })
    }
}

/// Tells whether text holds no Liquid.
pub(crate) fn is_literal(source: &str) -> bool {
    !source.contains("{{") && !source.contains("{%")
}

//! A property that may hold Liquid: parsed once per revision, rendered over the execution's context.

use domain::Timestamp;
use liquid::Options;
use serde_json::Value;

use crate::Settings;

/// A property that may hold Liquid.
#[derive(Debug)]
pub(crate) struct Template {
    source: String,
    /// `None` for text that renders to itself.
    liquid: Option<liquid::Template>,
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
        let liquid = if is_literal(source) { None } else { Some(liquid::Template::parse(source)) };
        let liquid = liquid.transpose().map_err(|error| error.to_string())?;
        Ok(Self { source: source.to_owned(), liquid })
    }

    /// Takes text that validation has let pass; Liquid that it did not look at stands for itself.
    pub(crate) fn lenient(source: &str) -> Self {
        Self::parse(source).unwrap_or_else(|_| Self { source: source.to_owned(), liquid: None })
    }

    /// Returns the text as its author wrote it.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Tells whether it renders to itself.
    pub(crate) fn is_literal(&self) -> bool {
        self.liquid.is_none()
    }

    /// Renders over the context; an error is a sentence for the step.
    pub(crate) fn render(
        &self,
        context: &Value,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<String, String> {
        self.render_with(context, &options(settings, now))
    }

    /// Renders what must come out as JSON.
    ///
    /// A value with a quote in it breaks the JSON around it: unless the flow is strict, the text is then rendered
    /// once more with values escaped where they land inside a JSON string.
    pub(crate) fn render_json(
        &self,
        context: &Value,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<RenderedJson, String> {
        let options = options(settings, now);
        let text = self.render_with(context, &options)?;
        if text.trim().is_empty() {
            return Ok(RenderedJson { text, value: Value::Null, was_escaped: false });
        }
        let error = match serde_json::from_str(&text) {
            Ok(value) => return Ok(RenderedJson { text, value, was_escaped: false }),
            Err(error) => format!("the rendered text is not valid JSON: {error}"),
        };
        if settings.strict_liquid || self.is_literal() {
            return Err(error);
        }
        let text = self.render_with(context, &Options { json_safe: true, ..options })?;
        let value = serde_json::from_str(&text).map_err(|_| error)?;
        Ok(RenderedJson { text, value, was_escaped: true })
    }

    fn render_with(&self, context: &Value, options: &Options) -> Result<String, String> {
        match &self.liquid {
            Some(liquid) => liquid.render(context, options).map_err(|error| error.to_string()),
            None => Ok(self.source.clone()),
        }
    }
}

/// Tells whether text holds no Liquid.
pub(crate) fn is_literal(source: &str) -> bool {
    !source.contains("{{") && !source.contains("{%")
}

fn options(settings: &Settings, now: Timestamp) -> Options {
    let documented = Options::studio(now);
    Options {
        time_zone: settings.time_zone.clone(),
        loop_limit: settings.loop_limit.or(documented.loop_limit),
        output_limit: settings.output_limit.or(documented.output_limit),
        ..documented
    }
}

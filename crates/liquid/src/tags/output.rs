//! `{{ value | filter }}` and `{% echo value | filter %}`.

use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::expression::Filtered;
use crate::parser::Parser;
use crate::scanner::Markup;
use crate::sink::Sink;

/// A value that is shown.
#[derive(Debug)]
pub(crate) struct Output(Filtered);

impl Output {
    /// Parses the inside; `None` when it is empty and shows nothing.
    pub(crate) fn parse<'t>(
        markup: Markup<'t>,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Option<Self>, ParseError> {
        if markup.text.is_empty() {
            return Ok(None);
        }
        parser.cursor(markup)?.filtered().map(|value| Some(Self(value)))
    }

    /// Shows the value.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<(), RenderError> {
        let value = self.0.evaluate(context)?;
        sink.write_value(&value)
    }
}

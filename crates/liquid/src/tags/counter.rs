//! `{% increment name %}` and `{% decrement name %}`.

use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;
use crate::value::Value;

/// A counter, which begins at zero, and the direction in which it goes.
#[derive(Debug)]
pub(crate) struct Counter {
    name: Box<str>,
    is_increment: bool,
}

impl Counter {
    /// Parses `increment`.
    pub(crate) fn parse_increment<'t>(
        head: TagHead<'t>,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Self, ParseError> {
        Ok(Self { name: name(head, parser)?, is_increment: true })
    }

    /// Parses `decrement`.
    pub(crate) fn parse_decrement<'t>(
        head: TagHead<'t>,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Self, ParseError> {
        Ok(Self { name: name(head, parser)?, is_increment: false })
    }

    /// Shows the count before it goes up, or after it has gone down.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<(), RenderError> {
        let count = context.counters.entry(&self.name).or_default();
        let before = *count;
        *count = if self.is_increment { before.saturating_add(1) } else { before.saturating_sub(1) };
        let shown = if self.is_increment { before } else { *count };
        sink.write_value(&Value::Int(shown))
    }
}

fn name<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Box<str>, ParseError> {
    let mut cursor = parser.cursor(head.markup)?;
    let name = cursor.bound_name()?;
    cursor.expect_end("the end of the tag")?;
    Ok(name)
}

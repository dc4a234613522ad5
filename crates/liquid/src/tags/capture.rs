//! `{% capture name %} … {% endcapture %}`.

use super::{Block, Interrupt};
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;
use crate::value::Value;

/// A variable and the block whose text it gets.
#[derive(Debug)]
pub(crate) struct Capture {
    name: Box<str>,
    block: Block,
}

impl Capture {
    /// Parses the tag and its block.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        let name = cursor.bound_name()?;
        cursor.expect_end("the end of the tag")?;
        let (block, _) = parser.block(head, &["endcapture"])?;
        Ok(Self { name, block })
    }

    /// Renders the block into the variable.
    pub(crate) fn render<'a>(&'a self, context: &mut Context<'a>) -> Result<Interrupt, RenderError> {
        let mut sink = Sink::for_variable(context.options());
        let interrupt = self.block.render(context, &mut sink)?;
        context.assign(&self.name, Value::from(sink.into_text()));
        Ok(interrupt)
    }
}

//! `{% ifchanged %} … {% endifchanged %}`: shows its text when it differs from the last one shown so.

use super::{Block, Interrupt};
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// A block that is shown when its text has changed.
#[derive(Debug)]
pub(crate) struct IfChanged(Block);

impl IfChanged {
    /// Parses the tag and its block.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        parser.block(head, &["endifchanged"]).map(|(block, _)| Self(block))
    }

    /// Renders the block and shows its text unless it is the same as before.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        let mut own = sink.branch();
        let interrupt = self.0.render(context, &mut own)?;
        let text = own.into_text();
        if context.last_changed.as_ref() != Some(&text) {
            sink.write_text(&text)?;
            context.last_changed = Some(text);
        }
        Ok(interrupt)
    }

    /// Says whether the block is blank.
    pub(crate) fn is_blank(&self) -> bool {
        self.0.is_blank()
    }
}

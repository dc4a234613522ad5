//! `{% assign name = value | filter %}`.

use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::expression::Filtered;
use crate::parser::Parser;
use crate::scanner::TagHead;

/// A variable and the value it gets.
#[derive(Debug)]
pub(crate) struct Assign {
    name: Box<str>,
    value: Filtered,
}

impl Assign {
    /// Parses the tag.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        let name = cursor.bound_name()?;
        cursor.expect_sign("=")?;
        Ok(Self { name, value: cursor.filtered()? })
    }

    /// Gives the variable its value.
    pub(crate) fn render<'a>(&'a self, context: &mut Context<'a>) -> Result<(), RenderError> {
        let value = self.value.evaluate(context)?;
        context.assign(&self.name, value);
        Ok(())
    }
}

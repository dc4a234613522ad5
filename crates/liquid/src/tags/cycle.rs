//! `{% cycle 'a', 'b' %}` and `{% cycle group: 'a', 'b' %}`: the next item each time.

use std::borrow::Cow;

use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::expression::Expression;
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// Items that take turns.
#[derive(Debug)]
pub(crate) struct Cycle {
    group: Group,
    items: Vec<Expression>,
}

/// Which cycles share their turn.
#[derive(Debug)]
enum Group {
    /// Those with the same items, given here as they are written.
    Items(String),
    /// Those whose group has the same value.
    Named(Expression),
}

impl Cycle {
    /// Parses the tag.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        let (mut first, mut text) = cursor.expression_with_text()?;
        let mut name = None;
        if cursor.take_sign(":") {
            name = Some(first);
            (first, text) = cursor.expression_with_text()?;
        }
        let mut items = vec![first];
        while cursor.take_sign(",") && !cursor.is_at_end() {
            let (item, item_text) = cursor.expression_with_text()?;
            items.push(item);
            text = text + "," + &item_text;
        }
        cursor.expect_end("`,` and another item, or the end of the tag")?;
        Ok(Self { group: name.map_or(Group::Items(text), Group::Named), items })
    }

    /// Shows the item whose turn it is.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<(), RenderError> {
        let group = match &self.group {
            Group::Items(text) => Cow::Borrowed(text.as_str()),
            // A colon can not begin the items of a cycle without a group.
            Group::Named(name) => Cow::Owned(format!(":{}", name.evaluate(context).into_text())),
        };
        let turn = context.cycles.get(&group).copied().unwrap_or(0);
        let next = if turn + 1 < self.items.len() { turn + 1 } else { 0 };
        context.cycles.insert(group, next);
        match self.items.get(turn) {
            Some(item) => sink.write_value(&item.evaluate(context)),
            // Another cycle of the group, with more items, has gone beyond those of this one.
            None => Ok(()),
        }
    }
}

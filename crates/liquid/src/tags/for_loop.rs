//! `{% for item in list limit: 3 offset: 1 reversed %}` with `{% else %}` for an empty list.

use std::cell::Cell;
use std::rc::Rc;

use super::loop_head::LoopHead;
use super::{Block, Interrupt, LoopState};
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// A block that is rendered for each item.
#[derive(Debug)]
pub(crate) struct ForLoop {
    head: LoopHead,
    block: Block,
    otherwise: Option<Block>,
}

impl ForLoop {
    /// Parses the tag up to `endfor`.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        cursor.bind("forloop");
        let loop_head = LoopHead::parse(cursor)?;
        let (mut block, mut next) = parser.block(head, &["else", "endfor"])?;
        let mut otherwise = None;
        while next.name == "else" {
            let (block, following) = parser.block(head, &["else", "endfor"])?;
            otherwise.get_or_insert(block);
            next = following;
        }
        Block::drop_whitespace(std::iter::once(&mut block).chain(&mut otherwise));
        Ok(Self { head: loop_head, block, otherwise })
    }

    /// Renders the block for each item.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        let items = self.head.items(context)?;
        if items.length == 0 {
            return self.otherwise.as_ref().map_or(Ok(Interrupt::None), |block| block.render(context, sink));
        }
        let state = Rc::new(LoopState {
            name: self.head.name.clone(),
            length: items.length,
            index: Cell::new(0),
            parent: context.innermost_for(),
            columns: None,
        });
        context.enter_loop(&state, "forloop", &self.head.item);
        for index in 0..items.length {
            let place = if self.head.is_reversed { items.length - 1 - index } else { index };
            context.charge()?;
            context.set_item(items.sequence.get(items.start + place));
            state.index.set(index);
            if self.block.render(context, sink)? == Interrupt::Break {
                break;
            }
        }
        context.leave_loop();
        Ok(Interrupt::None)
    }

    /// Says whether both blocks are blank.
    pub(crate) fn is_blank(&self) -> bool {
        std::iter::once(&self.block).chain(&self.otherwise).all(Block::is_blank)
    }
}

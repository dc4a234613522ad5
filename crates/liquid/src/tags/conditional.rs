//! `{% if %}` and `{% unless %}` with `{% elsif %}` and `{% else %}`.

use super::{Block, Interrupt};
use crate::condition::Condition;
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// Blocks of which the first whose condition holds is rendered.
#[derive(Debug)]
pub(crate) struct Conditional {
    /// Whether the first condition must fail for its block, as in `unless`.
    is_unless: bool,
    branches: Vec<(Condition, Block)>,
    otherwise: Option<Block>,
}

impl Conditional {
    /// Parses `if` up to `endif`.
    pub(crate) fn parse_if<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let conditional = Self { is_unless: false, branches: Vec::new(), otherwise: None };
        conditional.parse(head, "endif", parser)
    }

    /// Parses `unless` up to `endunless`.
    pub(crate) fn parse_unless<'t>(
        head: TagHead<'t>,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Self, ParseError> {
        let conditional = Self { is_unless: true, branches: Vec::new(), otherwise: None };
        conditional.parse(head, "endunless", parser)
    }

    /// Renders the block that applies, if any.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        for (index, (condition, block)) in self.branches.iter().enumerate() {
            let holds = condition.holds(context).map_err(|fault| context.blame(fault))?;
            if holds != (self.is_unless && index == 0) {
                return block.render(context, sink);
            }
        }
        self.otherwise.as_ref().map_or(Ok(Interrupt::None), |block| block.render(context, sink))
    }

    /// Says whether all blocks are blank.
    pub(crate) fn is_blank(&self) -> bool {
        self.branches.iter().map(|(_, block)| block).chain(&self.otherwise).all(Block::is_blank)
    }

    fn parse<'t>(
        mut self,
        head: TagHead<'t>,
        end: &str,
        parser: &mut Parser<'t, '_>,
    ) -> Result<Self, ParseError> {
        let mut condition = Some(parser.cursor(head.markup)?.condition()?);
        loop {
            let (block, next) = parser.block(head, &["elsif", "else", end])?;
            match condition.take() {
                Some(condition) => self.branches.push((condition, block)),
                // What follows the first `else` is never reached.
                None => drop(self.otherwise.get_or_insert(block)),
            }
            match next.name {
                "elsif" if self.otherwise.is_none() => {
                    condition = Some(parser.cursor(next.markup)?.condition()?);
                }
                "elsif" | "else" => {}
                _ => break,
            }
        }
        let branches = self.branches.iter_mut().map(|(_, block)| block);
        Block::drop_whitespace(branches.chain(&mut self.otherwise));
        Ok(self)
    }
}

//! `{% case value %}` with `{% when a, b or c %}` and `{% else %}`.

use super::{Block, Interrupt};
use crate::compare::equals;
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::expression::Expression;
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// A value and the blocks for what it may equal.
#[derive(Debug)]
pub(crate) struct Case {
    subject: Expression,
    branches: Vec<Branch>,
}

#[derive(Debug)]
enum Branch {
    /// The block is rendered once for each of the values that matches.
    When(Vec<Expression>, Block),
    /// The block is rendered when nothing before it matched.
    Else(Block),
}

impl Case {
    /// Parses the tag up to `endcase`.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        let subject = cursor.expression()?;
        cursor.expect_end("the end of the tag")?;
        let ends = ["when", "else", "endcase"];
        // Whatever stands before the first `when` is never rendered.
        let (_, mut next) = parser.block(head, &ends)?;
        let mut case = Self { subject, branches: Vec::new() };
        while next.name != "endcase" {
            let values = if next.name == "when" { Some(when_values(next, parser)?) } else { None };
            let (block, following) = parser.block(head, &ends)?;
            case.branches.push(match values {
                Some(values) => Branch::When(values, block),
                None => Branch::Else(block),
            });
            next = following;
        }
        Block::drop_whitespace(case.branches.iter_mut().map(|branch| match branch {
            Branch::When(_, block) | Branch::Else(block) => block,
        }));
        Ok(case)
    }

    /// Renders every block that matches.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        let subject = self.subject.evaluate(context);
        let mut has_matched = false;
        for branch in &self.branches {
            let (block, times) = match branch {
                Branch::When(values, block) => {
                    let matches = |value: &&'a Expression| equals(&subject, &value.evaluate(context));
                    (block, values.iter().filter(matches).count())
                }
                Branch::Else(block) => (block, usize::from(!has_matched)),
            };
            has_matched |= times > 0 && matches!(branch, Branch::When(..));
            for _ in 0..times {
                match block.render(context, sink)? {
                    Interrupt::None => {}
                    interrupt @ (Interrupt::Break | Interrupt::Continue) => return Ok(interrupt),
                }
            }
        }
        Ok(Interrupt::None)
    }

    /// Says whether all blocks are blank.
    pub(crate) fn is_blank(&self) -> bool {
        self.branches.iter().all(|branch| match branch {
            Branch::When(_, block) | Branch::Else(block) => block.is_blank(),
        })
    }
}

fn when_values<'t>(when: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Vec<Expression>, ParseError> {
    let mut cursor = parser.cursor(when.markup)?;
    let mut values = vec![cursor.expression()?];
    while cursor.take_sign(",") || cursor.take_word("or") {
        values.push(cursor.expression()?);
    }
    cursor.expect_end("`,` or `or` and another value, or the end of the tag")?;
    Ok(values)
}

//! `{% tablerow item in list cols: 2 %}`: the rows and cells of an HTML table.

use std::cell::Cell;
use std::rc::Rc;

use super::loop_head::LoopHead;
use super::{Block, Interrupt, LoopState};
use crate::context::Context;
use crate::error::{ParseError, RenderError};
use crate::parser::Parser;
use crate::scanner::TagHead;
use crate::sink::Sink;

/// A block that is rendered into a table cell for each item.
#[derive(Debug)]
pub(crate) struct TableRow {
    head: LoopHead,
    block: Block,
}

impl TableRow {
    /// Parses the tag up to `endtablerow`.
    pub(crate) fn parse<'t>(head: TagHead<'t>, parser: &mut Parser<'t, '_>) -> Result<Self, ParseError> {
        let mut cursor = parser.cursor(head.markup)?;
        cursor.bind("tablerowloop");
        let loop_head = LoopHead::parse(cursor)?;
        let (block, _) = parser.block(head, &["endtablerow"])?;
        Ok(Self { head: loop_head, block })
    }

    /// Renders the cells, in rows of as many as there are columns.
    pub(crate) fn render<'a>(
        &'a self,
        context: &mut Context<'a>,
        sink: &mut Sink,
    ) -> Result<Interrupt, RenderError> {
        let items = self.head.items(context)?;
        let columns = self.columns(items.length, context)?;
        let state = Rc::new(LoopState {
            name: self.head.name.clone(),
            length: items.length,
            index: Cell::new(0),
            parent: None,
            columns: Some(columns),
        });
        context.enter_loop(&state, "tablerowloop", &self.head.item);
        sink.write_text("<tr class=\"row1\">\n")?;
        for index in 0..items.length {
            context.charge()?;
            context.set_item(items.sequence.get(items.start + index));
            state.index.set(index);
            sink.write_text(&format!("<td class=\"col{}\">", index % columns + 1))?;
            let interrupt = self.block.render(context, sink)?;
            sink.write_text("</td>")?;
            if interrupt == Interrupt::Break {
                break;
            }
            if index % columns + 1 == columns && index + 1 < items.length {
                sink.write_text(&format!("</tr>\n<tr class=\"row{}\">", index / columns + 2))?;
            }
        }
        context.leave_loop();
        sink.write_text("</tr>\n")?;
        Ok(Interrupt::None)
    }

    /// Returns the number of columns: as many as items when none is given.
    fn columns<'a>(&'a self, items: usize, context: &Context<'a>) -> Result<usize, RenderError> {
        let given = match &self.head.columns {
            Some(columns) => columns.evaluate_count("cols", context).map_err(|fault| context.blame(fault))?,
            None => None,
        };
        Ok(given.and_then(|columns| usize::try_from(columns).ok()).unwrap_or(items).max(1))
    }
}

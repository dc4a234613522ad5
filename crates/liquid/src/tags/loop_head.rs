//! The head that `for` and `tablerow` share: `item in list limit: 3 offset: 1 reversed`.

use crate::context::Context;
use crate::error::{Fault, ParseError, RenderError};
use crate::expression::Expression;
use crate::markup::Cursor;
use crate::sequence::Sequence;

/// What a loop walks through, and which part of it.
#[derive(Debug)]
pub(crate) struct LoopHead {
    /// The variable that holds the item.
    pub(crate) item: Box<str>,
    /// The variable and the collection as they are written, `item-list`.
    pub(crate) name: String,
    /// Whether the part is walked through from its end.
    pub(crate) is_reversed: bool,
    /// The number of columns, where given.
    pub(crate) columns: Option<Expression>,
    collection: Expression,
    limit: Option<Expression>,
    offset: Offset,
}

/// Where in the collection a loop begins.
#[derive(Debug)]
enum Offset {
    Start,
    At(Expression),
    /// Where the last loop with the same name ended.
    Continue,
}

/// The part of a collection that a loop walks through.
#[derive(Debug)]
pub(crate) struct LoopItems<'a> {
    pub(crate) sequence: Sequence<'a>,
    pub(crate) start: usize,
    pub(crate) length: usize,
}

impl LoopHead {
    /// Parses the head up to its end.
    pub(crate) fn parse(mut cursor: Cursor<'_, '_>) -> Result<Self, ParseError> {
        let item = cursor.word("the name of the loop's variable")?;
        cursor.bind(item);
        if !cursor.take_word("in") {
            return Err(cursor.error("`in`"));
        }
        let (collection, text) = cursor.expression_with_text()?;
        let mut head = Self {
            item: item.into(),
            name: format!("{item}-{text}"),
            is_reversed: false,
            columns: None,
            collection,
            limit: None,
            offset: Offset::Start,
        };
        while !cursor.is_at_end() {
            head.parse_option(&mut cursor)?;
        }
        Ok(head)
    }

    /// Returns the items to walk through, cut at the limit of the render, and notes where a loop that
    /// continues this one begins.
    pub(crate) fn items<'a>(&'a self, context: &mut Context<'a>) -> Result<LoopItems<'a>, RenderError> {
        let sequence = Sequence::of_loop(self.collection.evaluate(context));
        let (offset, limit) = self.window(context).map_err(|fault| context.blame(fault))?;
        let start = offset.min(sequence.len());
        let most = limit.unwrap_or(usize::MAX).min(context.options().loop_limit.unwrap_or(usize::MAX));
        let length = (sequence.len() - start).min(most);
        context.continue_offsets.insert(&self.name, start + length);
        Ok(LoopItems { sequence, start, length })
    }

    fn parse_option(&mut self, cursor: &mut Cursor<'_, '_>) -> Result<(), ParseError> {
        if cursor.take_sign(",") {
            return Ok(());
        }
        if cursor.take_word("reversed") {
            self.is_reversed = true;
            return Ok(());
        }
        let error = cursor.error("`limit:`, `offset:`, `cols:`, `reversed`, or the end of the tag");
        match cursor.take_label() {
            Some("limit") => self.limit = Some(cursor.expression()?),
            Some("cols") => self.columns = Some(cursor.expression()?),
            Some("offset") if cursor.take_word("continue") => self.offset = Offset::Continue,
            Some("offset") => self.offset = Offset::At(cursor.expression()?),
            Some(_) | None => return Err(error),
        }
        Ok(())
    }

    fn window<'a>(&'a self, context: &Context<'a>) -> Result<(usize, Option<usize>), Fault> {
        let offset = match &self.offset {
            Offset::Start => 0,
            Offset::At(offset) => clamp(offset.evaluate_count("offset", context)?.unwrap_or(0)),
            Offset::Continue => context.continue_offsets.get(self.name.as_str()).copied().unwrap_or(0),
        };
        let limit = match &self.limit {
            Some(limit) => limit.evaluate_count("limit", context)?,
            None => None,
        };
        Ok((offset, limit.map(clamp)))
    }
}

fn clamp(count: i64) -> usize {
    usize::try_from(count.max(0)).unwrap_or(usize::MAX)
}

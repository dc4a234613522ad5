//! Builds the tree of a template: blocks of text, outputs and tags, each tag parsed by its own file in `tags`.

use crate::error::ParseError;
use crate::markup::{Cursor, Names};
use crate::scanner::{Markup, Scanner, Segment, TagHead};
use crate::tags::{Block, Node, Output, Tag};

/// The deepest nesting of blocks.
const DEPTH_MAX: usize = 60;

/// Reads a template, or the lines of a `liquid` tag in it.
#[derive(Debug)]
pub(crate) struct Parser<'t, 'n> {
    scanner: Scanner<'t>,
    names: &'n mut Names,
    depth: usize,
    place: Place,
}

/// A byte of the template and the line on which it stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    at: usize,
    line: u32,
}

impl<'t, 'n> Parser<'t, 'n> {
    /// Makes a parser of a whole template, which notes the variables it meets in `names`.
    pub(crate) fn new(source: &'t str, names: &'n mut Names) -> Self {
        Self { scanner: Scanner::new(source), names, depth: 0, place: Place { at: 0, line: 1 } }
    }

    /// Reads the whole template.
    pub(crate) fn template(&mut self) -> Result<Block, ParseError> {
        let mut block = Block::default();
        while let Some(segment) = self.scanner.next()? {
            self.push(segment, &mut block)?;
        }
        Ok(block)
    }

    /// Reads the inside of `opened` up to one of the tags `ends`, and returns that as well.
    pub(crate) fn block(
        &mut self,
        opened: TagHead<'_>,
        ends: &[&str],
    ) -> Result<(Block, TagHead<'t>), ParseError> {
        self.enter(opened)?;
        let mut block = Block::default();
        while let Some(segment) = self.scanner.next()? {
            match segment {
                Segment::Tag(tag) if ends.contains(&tag.name) => {
                    self.depth -= 1;
                    return Ok((block, tag));
                }
                Segment::Text(_) | Segment::Output(_) | Segment::Tag(_) => self.push(segment, &mut block)?,
            }
        }
        Err(self.never_closed(opened))
    }

    /// Reads the lines of a `liquid` tag, each of them a tag.
    pub(crate) fn lines(&mut self, opened: TagHead<'t>) -> Result<Block, ParseError> {
        self.enter(opened)?;
        let markup = opened.markup;
        let range = markup.offset..markup.offset + markup.text.len();
        let scanner = Scanner::lines(self.scanner.source(), range);
        let mut parser = Parser { scanner, names: self.names, depth: self.depth, place: self.place };
        let block = parser.template()?;
        self.depth -= 1;
        Ok(block)
    }

    /// Skips the inside of a comment, in which comments nest and `raw` hides the end.
    pub(crate) fn skip_comment(&mut self, opened: TagHead<'t>) -> Result<(), ParseError> {
        let mut depth = 1;
        while let Some(segment) = self.scanner.next()? {
            let Segment::Tag(tag) = segment else { continue };
            match tag.name {
                "comment" => depth += 1,
                "endcomment" => depth -= 1,
                "raw" => drop(self.scanner.take_until("endraw")),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.never_closed(opened))
    }

    /// Returns the inside of `opened` as it is written, up to the tag `end`.
    pub(crate) fn verbatim(&mut self, opened: TagHead<'t>, end: &str) -> Result<&'t str, ParseError> {
        self.scanner.take_until(end).ok_or_else(|| self.never_closed(opened))
    }

    /// Makes a cursor over the inside of an output or tag.
    pub(crate) fn cursor(&mut self, markup: Markup<'t>) -> Result<Cursor<'t, '_>, ParseError> {
        Cursor::new(self.scanner.source(), markup, self.names)
    }

    /// Makes an error about the tag.
    pub(crate) fn error(&self, tag: TagHead<'_>, message: impl Into<String>) -> ParseError {
        ParseError::at(self.scanner.source(), tag.at, message)
    }

    fn push(&mut self, segment: Segment<'t>, block: &mut Block) -> Result<(), ParseError> {
        let line = match segment {
            Segment::Text(_) => self.place.line,
            Segment::Output(markup) => self.line_of(markup.offset),
            Segment::Tag(head) => self.line_of(head.at),
        };
        let tag = match segment {
            Segment::Text(text) => Some(Tag::Text(text.into())),
            Segment::Output(markup) => Output::parse(markup, self)?.map(Tag::Output),
            Segment::Tag(head) => Tag::parse(head, self)?,
        };
        if let Some(tag) = tag {
            block.push(Node { line, tag });
        }
        Ok(())
    }

    /// Counts on from the place asked for before, so that a template is walked through only once.
    fn line_of(&mut self, at: usize) -> u32 {
        let between = self.scanner.source().get(self.place.at..at).unwrap_or_default();
        let newlines = u32::try_from(between.matches('\n').count()).unwrap_or(u32::MAX);
        self.place = Place { at, line: self.place.line.saturating_add(newlines) };
        self.place.line
    }

    fn enter(&mut self, opened: TagHead<'_>) -> Result<(), ParseError> {
        if self.depth == DEPTH_MAX {
            return Err(self.error(opened, format!("tags may be nested at most {DEPTH_MAX} deep")));
        }
        self.depth += 1;
        Ok(())
    }

    fn never_closed(&self, opened: TagHead<'_>) -> ParseError {
        let name = opened.name;
        self.error(opened, format!("`{name}` is never closed; end it with `{{% end{name} %}}`"))
    }
}

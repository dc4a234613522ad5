//! A text that is read token by token, with what conditions and `order_by` read alike: keywords and paths.

use crate::error::ParseError;
use crate::lexer::{Lexer, Token};
use crate::node::Span;
use crate::path::{Path, Segment};
use crate::scope::Unresolved;

/// How many parentheses, negations and brackets may stand within each other.
pub const DEPTH_MAX: usize = 64;

/// The place in a text up to which it is understood.
pub(crate) struct Cursor<'t> {
    lexer: Lexer<'t>,
    /// The token to be understood next, and where it stands.
    pub(crate) token: Token,
    pub(crate) span: Span,
    /// Where the token before it ends.
    pub(crate) read_to: usize,
    depth: usize,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Result<Self, ParseError> {
        let mut lexer = Lexer::new(text);
        let (token, span) = lexer.next()?;
        Ok(Self { lexer, token, span, read_to: 0, depth: 0 })
    }

    /// Goes on to the next token.
    pub(crate) fn advance(&mut self) -> Result<(), ParseError> {
        self.read_to = self.span.end;
        (self.token, self.span) = self.lexer.next()?;
        Ok(())
    }

    /// Says whether the token is a keyword, in any case.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        self.token == Token::Word && self.written().eq_ignore_ascii_case(keyword)
    }

    /// Takes a keyword where it is the next token, and says whether it was.
    pub(crate) fn eat_keyword(&mut self, keyword: &str) -> Result<bool, ParseError> {
        let is_there = self.is_keyword(keyword);
        if is_there {
            self.advance()?;
        }
        Ok(is_there)
    }

    /// Takes the token that closes what was opened at a byte of the text.
    pub(crate) fn close(&mut self, closing: &Token, open: usize, expected: &str) -> Result<(), ParseError> {
        if self.token == *closing {
            return self.advance();
        }
        let opened = self.fault_at(open, "").position;
        let fault = self.fault(format!("expected {expected}, found {}", self.found()));
        Err(fault.hint(format!("{} is open since position {opened}", &self.text()[open..=open])))
    }

    /// Goes one level deeper, or refuses; the caller comes back up by [`Cursor::ascend`].
    pub(crate) fn descend(&mut self) -> Result<(), ParseError> {
        if self.depth == DEPTH_MAX {
            let fault = self.fault(format!("more than {DEPTH_MAX} levels within each other"));
            return Err(fault.hint("take away parentheses that are not needed"));
        }
        self.depth += 1;
        Ok(())
    }

    pub(crate) fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// path := ident { "." ident | "[" int "]" }
    pub(crate) fn path(
        &mut self,
        resolve: impl FnOnce(Vec<Segment>) -> Result<Path, Unresolved>,
    ) -> Result<Path, ParseError> {
        let start = self.span.start;
        let mut segments = vec![self.key()?];
        loop {
            if self.token == Token::Dot {
                self.advance()?;
                segments.push(self.key()?);
            } else if self.token == Token::OpenBracket {
                segments.push(self.index()?);
            } else {
                break;
            }
        }
        resolve(segments).map_err(|(message, hint)| self.fault_at(start, message).hint(hint))
    }

    fn key(&mut self) -> Result<Segment, ParseError> {
        if self.token != Token::Word {
            let fault = self.fault(format!("expected the name of an attribute, found {}", self.found()));
            return Err(
                fault.hint("a name begins with a letter, _ or $; items of an array are numbered: skills[0]")
            );
        }
        let key = Segment::Key(self.written().into());
        self.advance()?;
        Ok(key)
    }

    fn index(&mut self) -> Result<Segment, ParseError> {
        let open = self.span.start;
        self.advance()?;
        let Some(index) = self.item_number() else {
            let fault = self.fault(format!("expected the number of an item, found {}", self.found()));
            return Err(fault.hint("items count from 0: skills[0]; a key stands after a dot: levels.english"));
        };
        self.advance()?;
        self.close(&Token::CloseBracket, open, "]")?;
        Ok(Segment::Index(index))
    }

    fn item_number(&self) -> Option<usize> {
        if let Token::Number(number) = &self.token { number.as_u64()?.try_into().ok() } else { None }
    }

    /// Names the next token for a message.
    pub(crate) fn found(&self) -> &'t str {
        if self.token == Token::End { "the end" } else { self.written() }
    }

    /// Returns the next token as it is written.
    pub(crate) fn written(&self) -> &'t str {
        &self.text()[self.span.clone()]
    }

    /// Returns the whole text.
    pub(crate) fn text(&self) -> &'t str {
        self.lexer.text()
    }

    /// Makes the error of a fault at the next token.
    pub(crate) fn fault(&self, message: impl Into<String>) -> ParseError {
        self.fault_at(self.span.start, message)
    }

    /// Makes the error of a fault at a byte of the text.
    pub(crate) fn fault_at(&self, byte: usize, message: impl Into<String>) -> ParseError {
        ParseError::new(self.text(), byte, message)
    }
}

//! Reads expressions, filters and conditions from the inside of an output or tag.

use std::collections::BTreeSet;

use crate::condition::{Comparison, Condition, Joint, Operator};
use crate::error::ParseError;
use crate::expression::{Expression, FilterCall, Filtered};
use crate::filters;
use crate::path::{Path, Root, Step};
use crate::scanner::Markup;
use crate::token::{Token, TokenKind, tokens};

/// The deepest nesting of brackets and ranges in one expression.
const BRACKETS_MAX: usize = 50;

/// The variables that a template names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Every path that is read, as far as its steps are written out.
    pub(crate) read: BTreeSet<Vec<String>>,
    /// The names that the template itself assigns, captures, counts or loops over.
    pub(crate) bound: BTreeSet<String>,
}

/// Walks through the tokens of one output or tag.
#[derive(Debug)]
pub(crate) struct Cursor<'t, 'n> {
    source: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    /// The byte behind the markup, where an error about something missing points.
    end: usize,
    brackets: usize,
    names: &'n mut Names,
}

impl<'t, 'n> Cursor<'t, 'n> {
    /// Makes a cursor at the start of `markup`.
    pub(crate) fn new(source: &'t str, markup: Markup<'t>, names: &'n mut Names) -> Result<Self, ParseError> {
        let tokens = tokens(source, markup)?;
        let end = markup.offset + markup.text.len();
        Ok(Self { source, tokens, at: 0, end, brackets: 0, names })
    }

    /// Says whether nothing is left.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    /// Refuses what is left.
    pub(crate) fn expect_end(&self, expected: &str) -> Result<(), ParseError> {
        if self.is_at_end() { Ok(()) } else { Err(self.error(expected)) }
    }

    /// Returns the error that something else stands where `expected` should.
    pub(crate) fn error(&self, expected: &str) -> ParseError {
        let (found, offset) = match self.tokens.get(self.at) {
            Some(token) => (format!("unexpected `{}`", &self.source[token.start..token.end]), token.start),
            None => ("something is missing".to_owned(), self.end),
        };
        ParseError::at(self.source, offset, format!("{found}; expected {expected}"))
    }

    /// Takes the sign if it stands next.
    pub(crate) fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(TokenKind::Sign(found)) if found == sign);
        self.at += usize::from(found);
        found
    }

    /// Takes the word if it stands next.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(TokenKind::Word(word));
        self.at += usize::from(found);
        found
    }

    /// Takes the sign that must stand next.
    pub(crate) fn expect_sign(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.error(&format!("`{sign}`"))) }
    }

    /// Takes any word that must stand next.
    pub(crate) fn word(&mut self, expected: &str) -> Result<&'t str, ParseError> {
        match self.peek() {
            Some(TokenKind::Word(word)) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.error(expected)),
        }
    }

    /// Takes `name:` if it stands next, and returns the name.
    pub(crate) fn take_label(&mut self) -> Option<&'t str> {
        let Some(TokenKind::Word(name)) = self.peek() else { return None };
        let is_label = self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Sign(":"));
        self.at += if is_label { 2 } else { 0 };
        is_label.then_some(name)
    }

    /// Takes the name that a tag binds: a word without question mark, a number, or either in quotes.
    pub(crate) fn bound_name(&mut self) -> Result<Box<str>, ParseError> {
        let name = match self.peek() {
            Some(TokenKind::Word(word)) if !word.ends_with('?') => word.to_owned(),
            Some(TokenKind::Int(int)) if int >= 0 => int.to_string(),
            Some(TokenKind::Text(text)) if !text.is_empty() => text.to_owned(),
            _ => return Err(self.error("a variable name of letters, digits, `_` and `-`")),
        };
        self.at += 1;
        self.bind(&name);
        Ok(name.into())
    }

    /// Notes that the template gives `name` a value itself.
    pub(crate) fn bind(&mut self, name: &str) {
        self.names.bound.insert(name.to_owned());
    }

    /// Reads a literal, range or path.
    pub(crate) fn expression(&mut self) -> Result<Expression, ParseError> {
        let expected = "a variable, a number or a quoted string";
        let expression = match self.peek().ok_or_else(|| self.error(expected))? {
            TokenKind::Int(int) => Expression::Int(int),
            TokenKind::Float(float) => Expression::Float(float),
            TokenKind::Text(text) => Expression::Text(text.into()),
            TokenKind::Word(word) => return self.word_expression(word),
            TokenKind::Sign("(") => return self.nested(Self::range),
            TokenKind::Sign("[") => return self.nested(Self::computed_path),
            TokenKind::Sign(_) => return Err(self.error(expected)),
        };
        self.at += 1;
        Ok(expression)
    }

    /// Reads an expression and returns it with its text, without the whitespace between its tokens.
    pub(crate) fn expression_with_text(&mut self) -> Result<(Expression, String), ParseError> {
        let start = self.at;
        let expression = self.expression()?;
        let texts = self.tokens[start..self.at].iter().map(|token| &self.source[token.start..token.end]);
        Ok((expression, texts.collect()))
    }

    /// Reads an expression with its filters, up to the end.
    pub(crate) fn filtered(mut self) -> Result<Filtered, ParseError> {
        let expression = self.expression()?;
        let mut filters = Vec::new();
        while self.take_sign("|") {
            filters.push(self.filter_call()?);
        }
        self.expect_end("`|` and a filter, or the end")?;
        Ok(Filtered { expression, filters })
    }

    /// Reads a condition up to the end.
    pub(crate) fn condition(mut self) -> Result<Condition, ParseError> {
        let first = self.comparison()?;
        let mut rest = Vec::new();
        while !self.is_at_end() {
            let joint = match () {
                () if self.take_word("and") => Joint::And,
                () if self.take_word("or") => Joint::Or,
                () => return Err(self.error("`and`, `or`, a comparison, or the end of the condition")),
            };
            rest.push((joint, self.comparison()?));
        }
        Ok(Condition { first, rest })
    }

    fn peek(&self) -> Option<TokenKind<'t>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn comparison(&mut self) -> Result<Comparison, ParseError> {
        let left = self.expression()?;
        let operator = match self.peek() {
            Some(TokenKind::Sign(sign)) => Operator::of(sign),
            Some(TokenKind::Word("contains")) => Some(Operator::Contains),
            _ => None,
        };
        let Some(operator) = operator else { return Ok(Comparison { left, right: None }) };
        self.at += 1;
        Ok(Comparison { left, right: Some((operator, self.expression()?)) })
    }

    fn filter_call(&mut self) -> Result<FilterCall, ParseError> {
        let error = self.error("the name of a filter");
        let name = self.word("the name of a filter")?;
        let Some(filter) = filters::find(name) else {
            let message = format!("there is no filter `{name}`{}", filters::suggestion(name));
            return Err(ParseError { message, ..error });
        };
        let mut call = FilterCall { filter, positional: Vec::new(), named: None };
        if self.take_sign(":") {
            self.argument(&mut call)?;
            while self.take_sign(",") {
                self.argument(&mut call)?;
            }
        }
        if !filter.arity.contains(&call.positional.len()) {
            let message =
                format!("filter `{name}` takes {}, not {}", filter.arity_text(), call.positional.len());
            return Err(ParseError { message, ..error });
        }
        Ok(call)
    }

    fn argument(&mut self, call: &mut FilterCall) -> Result<(), ParseError> {
        let error = self.error("");
        let Some(label) = self.take_label() else {
            call.positional.push(self.expression()?);
            return Ok(());
        };
        if call.filter.named != Some(label) {
            let message = format!("filter `{}` takes no argument `{label}:`", call.filter.name);
            return Err(ParseError { message, ..error });
        }
        call.named = Some(self.expression()?);
        Ok(())
    }

    /// Bounds how deep brackets nest, so that no text exhausts the stack.
    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Expression, ParseError>,
    ) -> Result<Expression, ParseError> {
        if self.brackets == BRACKETS_MAX {
            return Err(self.error(&format!("brackets nested at most {BRACKETS_MAX} deep")));
        }
        self.brackets += 1;
        let expression = read(self)?;
        self.brackets -= 1;
        Ok(expression)
    }

    fn range(&mut self) -> Result<Expression, ParseError> {
        self.expect_sign("(")?;
        let first = self.expression()?;
        self.expect_sign("..")?;
        let last = self.expression()?;
        self.expect_sign(")")?;
        Ok(Expression::Range(Box::new(first), Box::new(last)))
    }

    fn word_expression(&mut self, word: &str) -> Result<Expression, ParseError> {
        self.at += 1;
        let is_path = matches!(self.peek(), Some(TokenKind::Sign("." | "[")));
        Ok(match word {
            _ if is_path => return self.path(Root::Name(word.into())),
            "nil" | "null" => Expression::Nil,
            "true" => Expression::Bool(true),
            "false" => Expression::Bool(false),
            "empty" => Expression::Empty,
            "blank" => Expression::Blank,
            _ => return self.path(Root::Name(word.into())),
        })
    }

    fn computed_path(&mut self) -> Result<Expression, ParseError> {
        let name = self.index()?;
        let root =
            if let Expression::Text(name) = name { Root::Name(name) } else { Root::Computed(Box::new(name)) };
        self.path(root)
    }

    fn path(&mut self, root: Root) -> Result<Expression, ParseError> {
        let mut steps = Vec::new();
        loop {
            if self.take_sign(".") {
                steps.push(Step::Name(self.word("a name after `.`")?.into()));
            } else if self.peek() == Some(TokenKind::Sign("[")) {
                steps.push(Step::Index(self.nested(Self::index)?));
            } else {
                break;
            }
        }
        let path = Path { root, steps };
        self.names.read.extend(written_out(&path));
        Ok(Expression::Path(path))
    }

    fn index(&mut self) -> Result<Expression, ParseError> {
        self.expect_sign("[")?;
        let index = self.expression()?;
        self.expect_sign("]")?;
        Ok(index)
    }
}

/// Returns the names of a path up to the first step that is computed.
fn written_out(path: &Path) -> Option<Vec<String>> {
    let Root::Name(root) = &path.root else { return None };
    let steps = path.steps.iter().map_while(|step| match step {
        Step::Name(name) | Step::Index(Expression::Text(name)) => Some(name.to_string()),
        Step::Index(Expression::Int(index)) => Some(index.to_string()),
        Step::Index(_) => None,
    });
    Some(std::iter::once(root.to_string()).chain(steps).collect())
}

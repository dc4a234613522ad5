//! Splits a text into tokens, one at a time, so that the first fault in the text is the one that is reported.

use serde_json::Number;

use crate::compare;
use crate::error::ParseError;
use crate::node::{Operator, Span};

/// The smallest meaningful piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A key, a prefix or a keyword: which one it is depends on where it stands.
    Word,
    Text(String),
    Number(Number),
    Operator(Operator),
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Dot,
    End,
}

/// A place in a text from which tokens are read.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

/// What a symbol means: a token, or the hint of one that other languages have and this has not.
type Symbol = (&'static str, Result<Token, &'static str>);

/// Longer symbols stand before those that they begin with.
const SYMBOLS: [Symbol; 25] = [
    ("===", Err("write == to compare two values")),
    ("!==", Err("write != to compare two values")),
    ("==", Ok(Token::Operator(Operator::Equal))),
    ("!=", Ok(Token::Operator(Operator::NotEqual))),
    (">=", Ok(Token::Operator(Operator::GreaterOrEqual))),
    ("<=", Ok(Token::Operator(Operator::LessOrEqual))),
    (">-", Ok(Token::Operator(Operator::Has))),
    ("<-", Ok(Token::Operator(Operator::In))),
    ("=>", Err("write >=")),
    ("=<", Err("write <=")),
    ("<>", Err("write !=")),
    ("&&", Err("write AND")),
    ("||", Err("write OR")),
    ("&", Err("write AND")),
    ("|", Err("write OR")),
    ("!", Err("write NOT before a condition, or != between two values")),
    ("=", Ok(Token::Operator(Operator::Equal))),
    (">", Ok(Token::Operator(Operator::Greater))),
    ("<", Ok(Token::Operator(Operator::Less))),
    ("(", Ok(Token::OpenParen)),
    (")", Ok(Token::CloseParen)),
    ("[", Ok(Token::OpenBracket)),
    ("]", Ok(Token::CloseBracket)),
    (",", Ok(Token::Comma)),
    (".", Ok(Token::Dot)),
];

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Returns the whole text.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// Reads the next token and says where it stands; at the end of the text, that is [`Token::End`] for ever.
    pub(crate) fn next(&mut self) -> Result<(Token, Span), ParseError> {
        self.at = self.text.len() - self.rest().trim_start().len();
        let start = self.at;
        let token = self.token()?;
        Ok((token, start..self.at))
    }

    fn token(&mut self) -> Result<Token, ParseError> {
        let Some(first) = self.rest().chars().next() else { return Ok(Token::End) };
        match first {
            'A'..='Z' | 'a'..='z' | '_' | '$' => self.word(),
            '0'..='9' => self.number(),
            '+' | '-' if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(),
            '"' | '\'' => self.quoted(first),
            _ => self.symbol(first),
        }
    }

    fn word(&mut self) -> Result<Token, ParseError> {
        let name = self.take_while(is_word);
        if !self.rest().starts_with('-') {
            return Ok(Token::Word);
        }
        let hyphen = self.at;
        let tail = self.take_while(|c| is_word(c) || c == '-');
        let hyphenated = format!("{name}{tail}");
        let renamed = hyphenated.replace('-', "_");
        Err(ParseError::new(self.text, hyphen, format!("\"{hyphenated}\": a key can not have a hyphen"))
            .hint(format!("rename the attribute to {renamed}, or put it in quotes if it is text")))
    }

    fn number(&mut self) -> Result<Token, ParseError> {
        let start = self.at;
        self.at += 1;
        self.take_while(|c| c.is_ascii_digit());
        self.take_after(".");
        if !self.take_after("e") {
            self.take_after("E");
        }
        let digits_end = self.at;
        self.take_while(is_word);
        let written = &self.text[start..self.at];
        if self.at > digits_end {
            let message = format!("\"{written}\" is neither a number nor a name");
            return Err(ParseError::new(self.text, start, message)
                .hint("a name begins with a letter, _ or $; text stands in quotes"));
        }
        match compare::number(written) {
            Some(number) => Ok(Token::Number(number)),
            None => Err(ParseError::new(self.text, start, format!("{written} is too large a number"))
                .hint("put it in quotes if it is text")),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Token, ParseError> {
        let start = self.at;
        let mut content = String::new();
        let mut characters = self.text[start + 1..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            if character == quote {
                self.at = start + 1 + offset + 1;
                return Ok(Token::Text(content));
            }
            let escaped =
                characters.next_if(|(_, next)| character == '\\' && matches!(next, '\'' | '"' | '\\'));
            content.push(escaped.map_or(character, |(_, plain)| plain));
        }
        Err(ParseError::new(self.text, start, "the text that begins here is not closed")
            .hint(format!("end it with {quote}")))
    }

    fn symbol(&mut self, first: char) -> Result<Token, ParseError> {
        let found = SYMBOLS.iter().find(|(symbol, _)| self.rest().starts_with(symbol));
        match found {
            Some((symbol, Ok(token))) => {
                self.at += symbol.len();
                Ok(token.clone())
            }
            Some((symbol, Err(hint))) => {
                Err(ParseError::new(self.text, self.at, format!("unknown operator {symbol}")).hint(*hint))
            }
            None => Err(self.unknown(first)),
        }
    }

    fn unknown(&self, character: char) -> ParseError {
        let error = ParseError::new(self.text, self.at, format!("unexpected character {character:?}"));
        match character {
            '`' | '“' | '”' | '‘' | '’' | '„' => {
                error.hint("put text between straight quotes: ' or \"")
            }
            _ => error.hint("keys have letters A to Z, digits, _ and $; text stands in quotes"),
        }
    }

    /// Takes a mark of a number and the digits after it, with a sign where it is an exponent; nothing where
    /// no digits follow.
    fn take_after(&mut self, mark: &str) -> bool {
        let Some(after) = self.rest().strip_prefix(mark) else { return false };
        let signed = if mark == "." { after } else { after.trim_start_matches(['+', '-']) };
        let signs = after.len() - signed.len();
        if signs > 1 || !signed.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.at += mark.len() + signs;
        self.take_while(|c| c.is_ascii_digit());
        true
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '$'
}

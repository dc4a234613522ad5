//! Cuts the inside of an output or tag into words, numbers, strings and signs.

use crate::error::ParseError;
use crate::scanner::Markup;

/// A word, number, string or sign, and where it stands in the template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: TokenKind<'t>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum TokenKind<'t> {
    /// A name; hyphens inside and a question mark at the end belong to it.
    Word(&'t str),
    /// A whole number.
    Int(i64),
    /// A number with decimals, or one too large to be whole.
    Float(f64),
    /// A string without its quotes.
    Text(&'t str),
    /// A sign: `| . .. : , [ ] ( ) = == != <> < <= > >=`.
    Sign(&'static str),
}

/// Signs, the longer before those that they begin with.
const SIGNS: [&str; 16] =
    ["..", "==", "!=", "<>", "<=", ">=", "|", ".", ":", ",", "[", "]", "(", ")", "<", ">"];

/// Cuts `markup`, which stands in `source`, into tokens.
pub(crate) fn tokens<'t>(source: &'t str, markup: Markup<'t>) -> Result<Vec<Token<'t>>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = markup.text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (kind, length) = token(&markup.text[at..])
            .map_err(|message| ParseError::at(source, markup.offset + at, message))?;
        let start = markup.offset + at;
        tokens.push(Token { kind, start, end: start + length });
        at += length;
    }
    Ok(tokens)
}

/// Reads the token at the start of `rest` and returns it with its length.
fn token(rest: &str) -> Result<(TokenKind<'_>, usize), String> {
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '\'' | '"' => text(rest, first),
        '0'..='9' => Ok(number(rest).unwrap_or_else(|| word(rest))),
        '-' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            number(rest).ok_or_else(|| unexpected(first))
        }
        _ if first.is_alphabetic() || first == '_' => Ok(word(rest)),
        '=' if !rest.starts_with("==") => Ok((TokenKind::Sign("="), 1)),
        _ => {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            sign.map(|sign| (TokenKind::Sign(sign), sign.len())).ok_or_else(|| unexpected(first))
        }
    }
}

fn text(rest: &str, quote: char) -> Result<(TokenKind<'_>, usize), String> {
    let length =
        rest[1..].find(quote).ok_or_else(|| format!("the string is never closed; end it with {quote}"))?;
    Ok((TokenKind::Text(&rest[1..=length]), length + 2))
}

/// Reads a number; `None` where letters follow the digits, as in the widget name `1_menu`.
fn number(rest: &str) -> Option<(TokenKind<'_>, usize)> {
    let digits = |from: usize| from + rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(usize::from(rest.starts_with('-')));
    let fraction = if rest[whole..].starts_with('.') { digits(whole + 1) } else { whole };
    let length = if fraction > whole + 1 { fraction } else { whole };
    if rest[length..].starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let text = &rest[..length];
    let kind = match text.parse() {
        Ok(int) => TokenKind::Int(int),
        Err(_) => TokenKind::Float(text.parse().ok()?),
    };
    Some((kind, length))
}

fn word(rest: &str) -> (TokenKind<'_>, usize) {
    let belongs = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    if rest[length..].starts_with('?') {
        length += 1;
    }
    (TokenKind::Word(&rest[..length]), length)
}

fn unexpected(found: char) -> String {
    format!(
        "unexpected `{found}`; expected a name, a number, a quoted string, a filter after `|`, or an operator"
    )
}

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use super::*;

    #[test]
    fn words_keep_hyphens_and_ranges_keep_their_numbers() {
        assert_eq!(kinds("a-b.c?"), [Word("a-b"), Sign("."), Word("c?")]);
        assert_eq!(kinds("(1..-2.5)"), [Sign("("), Int(1), Sign(".."), Float(-2.5), Sign(")")]);
        assert_eq!(kinds("w.1_menu <= 'x'"), [Word("w"), Sign("."), Word("1_menu"), Sign("<="), Text("x")]);
    }

    #[test]
    fn an_unknown_sign_and_an_open_string_are_errors_at_their_place() {
        assert_eq!(error("a + b"), 3);
        assert_eq!(error("'abc"), 1);
    }

    fn kinds(text: &str) -> Vec<TokenKind<'_>> {
        tokens(text, Markup { text, offset: 0 }).unwrap().into_iter().map(|token| token.kind).collect()
    }

    fn error(text: &str) -> u32 {
        tokens(text, Markup { text, offset: 0 }).unwrap_err().column
    }
}

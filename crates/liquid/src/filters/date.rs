//! The `date` filter: strftime, in the time zone of the options.

use jiff::Zoned;
use jiff::fmt::strtime::{BrokenDownTime, Config};

use super::{Arguments, FilterResult};
use crate::date_text;
use crate::error::Fault;
use crate::number::Number;
use crate::value::Value;

/// The widest that a directive such as `%10d` may pad, so that no format makes a text of any length.
const DIGITS_IN_WIDTH_MAX: usize = 2;

/// Directives that Liquid defines otherwise than our formatter, in terms of others.
const REWRITTEN: [(char, &str); 4] =
    [('c', "%a %b %e %H:%M:%S %Y"), ('x', "%m/%d/%y"), ('X', "%H:%M:%S"), ('L', "%3f")];

/// Formats a date; gives the value itself when it is no date, or when the format is empty.
pub(super) fn date<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let format = arguments.first().to_text();
    if format.is_empty() {
        return Ok(value);
    }
    let date = if let Value::Text(text) = &value {
        date_text::parse(text, arguments.options)
    } else if let Value::Int(_) | Value::Float(_) = value {
        date_text::of_seconds(Number::of(&value).truncate(), arguments.options)
    } else {
        None
    };
    match date {
        Some(date) => format_date(&date, &format).map(Value::from),
        None => Ok(value),
    }
}

fn format_date(date: &Zoned, format: &str) -> Result<String, Fault> {
    let mut text = String::new();
    let format = prepare(format);
    // Lenient: an unknown directive shows as it is written.
    let formatted =
        BrokenDownTime::from(date).format_with_config(&Config::new().lenient(true), &format, &mut text);
    formatted
        .map_err(|error| Fault::new(format!("filter `date` can not use the format {format:?}: {error}")))?;
    Ok(text)
}

/// Rewrites the directives that Liquid defines otherwise, and drops widths that are too large.
fn prepare(format: &str) -> String {
    let mut prepared = String::with_capacity(format.len());
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        prepared.push_str(&rest[..at]);
        let directive = &rest[at + 1..];
        let flags = directive.find(|c: char| !"-_0^#:".contains(c)).unwrap_or(directive.len());
        let digits = directive[flags..].bytes().take_while(u8::is_ascii_digit).count();
        let width = if digits <= DIGITS_IN_WIDTH_MAX { digits } else { 0 };
        let letter = directive[flags + digits..].chars().next();
        let head = ["%", &directive[..flags], &directive[flags..flags + width]].concat();
        match letter {
            Some(letter) => match REWRITTEN.iter().find(|(rewritten, _)| *rewritten == letter) {
                Some((_, directives)) => prepared.push_str(directives),
                None => prepared.extend([head.as_str(), letter.encode_utf8(&mut [0; 4])]),
            },
            None => prepared.extend(["%", head.as_str()]),
        }
        rest = &directive[flags + digits + letter.map_or(0, char::len_utf8)..];
    }
    prepared + rest
}

//! Filters for text that is put into HTML, or comes out of it.

use super::{Arguments, FilterResult};
use crate::value::Value;

/// What `strip_html` drops together with all that stands between the two.
const DROPPED: [(&str, &str); 3] = [("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>")];

pub(super) fn escape<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(escaped(&value.into_text(), |_| false)))
}

/// Escapes, but leaves what is escaped as it is.
pub(super) fn escape_once<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(escaped(&value.into_text(), begins_with_entity)))
}

pub(super) fn newline_to_br<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.into_text().replace("\r\n", "\n").replace('\n', "<br />\n")))
}

/// Drops tags, comments, scripts and styles.
pub(super) fn strip_html<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let mut text = value.into_text().into_owned();
    for (start, end) in DROPPED {
        text = without(&text, start, end);
    }
    Ok(Value::from(without(&text, "<", ">")))
}

fn escaped(text: &str, is_escaped: fn(&str) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        match character {
            '&' if is_escaped(&text[at..]) => escaped.push('&'),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Says whether an entity such as `&lt;` or `&#39;` stands at the start of the text.
fn begins_with_entity(text: &str) -> bool {
    let name = text.strip_prefix('&').unwrap_or(text);
    let (name, belongs): (&str, fn(&char) -> bool) = match name.strip_prefix('#') {
        Some(digits) => (digits, char::is_ascii_digit),
        None => (name, char::is_ascii_alphabetic),
    };
    let length = name.chars().take_while(belongs).count();
    length > 0 && name[length..].starts_with(';')
}

/// Drops everything from each `start` to the `end` that follows it.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(start) {
        let Some(length) = rest[at..].find(end) else { break };
        kept.push_str(&rest[..at]);
        rest = &rest[at + length + end.len()..];
    }
    kept + rest
}

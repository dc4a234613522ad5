//! Filters that change, cut and split text. Values of other kinds are first turned into the text they show.

use std::borrow::Cow;

use super::{Arguments, FilterResult, check_length};
use crate::error::Fault;
use crate::number::Number;
use crate::sequence::Sequence;
use crate::value::Value;

/// Characters that `truncate` leaves without an argument.
const TRUNCATE_LENGTH: i64 = 50;

/// Words that `truncatewords` leaves without an argument.
const TRUNCATE_WORDS: i64 = 15;

pub(super) fn append<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut text = value.into_text().into_owned();
    arguments.first().write_to(&mut text);
    Ok(Value::from(text))
}

pub(super) fn prepend<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let mut text = arguments.first().to_text();
    value.write_to(&mut text);
    Ok(Value::from(text))
}

/// Makes the first letter a capital and all others small.
pub(super) fn capitalize<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    let text = value.into_text();
    let mut capitalized = String::with_capacity(text.len());
    let mut chars = text.chars();
    capitalized.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    let rest = chars.as_str();
    if rest.is_ascii() {
        capitalized.extend(rest.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        capitalized.push_str(&rest.to_lowercase());
    }
    Ok(Value::from(capitalized))
}

pub(super) fn downcase<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.into_text().to_lowercase()))
}

pub(super) fn upcase<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.into_text().to_uppercase()))
}

pub(super) fn strip<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::Text(cut(value.into_text(), str::trim)))
}

pub(super) fn lstrip<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::Text(cut(value.into_text(), str::trim_start)))
}

pub(super) fn rstrip<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::Text(cut(value.into_text(), str::trim_end)))
}

pub(super) fn strip_newlines<'a>(value: Value<'a>, _: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.into_text().replace("\r\n", "").replace('\n', "")))
}

pub(super) fn replace<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (text, part) = (value.into_text(), arguments.first().to_text());
    replace_all(&text, &part, &arguments.second().to_text())
}

pub(super) fn replace_first<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (text, part) = (value.into_text(), arguments.first().to_text());
    Ok(Value::from(text.replacen(&part, &arguments.second().to_text(), 1)))
}

pub(super) fn replace_last<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (text, part) = (value.into_text(), arguments.first().to_text());
    let Some(at) = text.rfind(&part) else { return Ok(Value::Text(text)) };
    let (before, after) = (&text[..at], &text[at + part.len()..]);
    Ok(Value::from([before, &arguments.second().to_text(), after].concat()))
}

pub(super) fn remove<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    replace_all(&value.into_text(), &arguments.first().to_text(), "")
}

pub(super) fn remove_first<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    Ok(Value::from(value.into_text().replacen(&arguments.first().to_text(), "", 1)))
}

pub(super) fn remove_last<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    replace_last(
        value,
        &Arguments { first: arguments.first.clone(), second: None, named: None, ..*arguments },
    )
}

/// Gives the characters, or the items of an array, from an index on; a negative one counts from the end.
pub(super) fn slice<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let start = whole("slice", arguments.first())?;
    let length = arguments.second();
    let length = if length.is_nil() { 1 } else { whole("slice", length)? };
    if let Some(items) = Sequence::of_array(&value) {
        let (start, length) = window(items.len(), start, length);
        return Ok(Value::from((start..start + length).map(|index| items.get(index)).collect::<Vec<_>>()));
    }
    let text = value.into_text();
    let (start, length) = window(text.chars().count(), start, length);
    Ok(Value::from(text.chars().skip(start).take(length).collect::<String>()))
}

/// Splits at every `separator`, at whitespace for a single space, between all characters for none.
pub(super) fn split<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (text, separator) = (value.into_text(), arguments.first().to_text());
    let mut parts: Vec<String> = match separator.as_str() {
        "" => text.chars().map(String::from).collect(),
        " " => text.split_whitespace().map(str::to_owned).collect(),
        _ => text.split(&separator).map(str::to_owned).collect(),
    };
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    Ok(Value::from(parts.into_iter().map(Value::from).collect::<Vec<_>>()))
}

/// Shortens to a number of characters, those of the ending included.
pub(super) fn truncate<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (length, ending) = truncation("truncate", arguments, TRUNCATE_LENGTH)?;
    let text = value.into_text();
    if text.chars().count() <= length {
        return Ok(Value::Text(text));
    }
    let kept = length.saturating_sub(ending.chars().count());
    Ok(Value::from(text.chars().take(kept).chain(ending.chars()).collect::<String>()))
}

/// Shortens to a number of words, and puts single spaces between them.
pub(super) fn truncatewords<'a>(value: Value<'a>, arguments: &Arguments<'a>) -> FilterResult<'a> {
    let (count, ending) = truncation("truncatewords", arguments, TRUNCATE_WORDS)?;
    let count = count.max(1);
    let text = value.into_text();
    let words: Vec<&str> = text.split_whitespace().take(count.saturating_add(1)).collect();
    if words.len() <= count {
        return Ok(Value::Text(text));
    }
    Ok(Value::from(words[..count].join(" ") + &ending))
}

fn cut<'a>(text: Cow<'a, str>, trim: fn(&str) -> &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
        Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
    }
}

fn replace_all<'a>(text: &str, part: &str, replacement: &str) -> FilterResult<'a> {
    if replacement.len() > part.len() {
        let growth = replacement.len() - part.len();
        check_length(text.matches(part).count().saturating_mul(growth).saturating_add(text.len()))?;
    }
    Ok(Value::from(text.replace(part, replacement)))
}

/// Returns the part of `0..size` that begins at `start` and is `length` long, as far as it exists.
fn window(size: usize, start: i64, length: i64) -> (usize, usize) {
    let distance = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
    let start = if start < 0 { size.checked_sub(distance) } else { Some(distance) };
    let Some(start) = start.filter(|start| *start <= size) else { return (0, 0) };
    (start, usize::try_from(length.max(0)).unwrap_or(usize::MAX).min(size - start))
}

fn truncation(filter: &str, arguments: &Arguments<'_>, default: i64) -> Result<(usize, String), Fault> {
    let length = match &arguments.first {
        Some(length) => whole(filter, length)?,
        None => default,
    };
    let ending = arguments.second.as_ref().map_or("...".to_owned(), Value::to_text);
    Ok((usize::try_from(length.max(0)).unwrap_or(usize::MAX), ending))
}

fn whole(filter: &str, value: &Value<'_>) -> Result<i64, Fault> {
    Number::whole(value).ok_or_else(|| {
        Fault::new(format!("filter `{filter}` was given {}; expected a whole number", value.to_json()))
    })
}

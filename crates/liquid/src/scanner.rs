//! Cuts a template into text, outputs `{{ }}` and tags `{% %}`, and the lines of a `liquid` tag into tags.
//!
//! It knows nothing of what stands inside an output or tag; whitespace control is done here.

use std::ops::Range;

use crate::error::ParseError;

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Segment<'t> {
    /// Text that stands for itself, after whitespace control.
    Text(&'t str),
    /// The inside of `{{ }}`.
    Output(Markup<'t>),
    /// A `{% %}`.
    Tag(TagHead<'t>),
}

/// The name and the rest of a tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TagHead<'t> {
    /// The word that says which tag it is; empty where none could be read.
    pub(crate) name: &'t str,
    /// The byte at which the word stands.
    pub(crate) at: usize,
    /// What follows the word.
    pub(crate) markup: Markup<'t>,
}

/// The inside of an output or tag, and where it begins in the template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Markup<'t> {
    pub(crate) text: &'t str,
    pub(crate) offset: usize,
}

/// Walks through a template, or through the lines of a `liquid` tag in it.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'t> {
    source: &'t str,
    at: usize,
    end: usize,
    is_in_lines: bool,
    /// Whether the construct before ended in `-`, so that the text which follows loses leading whitespace.
    trims_next: bool,
}

impl<'t> Scanner<'t> {
    /// Makes a scanner over a whole template.
    pub(crate) fn new(source: &'t str) -> Self {
        Self { source, at: 0, end: source.len(), is_in_lines: false, trims_next: false }
    }

    /// Makes a scanner over the lines in `range`, each of which is a tag.
    pub(crate) fn lines(source: &'t str, range: Range<usize>) -> Self {
        Self { source, at: range.start, end: range.end, is_in_lines: true, trims_next: false }
    }

    /// Returns the template, for the places in error messages.
    pub(crate) fn source(&self) -> &'t str {
        self.source
    }

    /// Returns the next piece, `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Segment<'t>>, ParseError> {
        if self.is_in_lines { Ok(self.next_line()) } else { self.next_piece() }
    }

    /// Skips to behind the tag `end_name` and returns what lies before it untouched; `None` if it is missing.
    pub(crate) fn take_until(&mut self, end_name: &str) -> Option<&'t str> {
        if self.is_in_lines { self.take_lines_until(end_name) } else { self.take_text_until(end_name) }
    }

    fn next_line(&mut self) -> Option<Segment<'t>> {
        while self.at < self.end {
            let rest = &self.source[self.at..self.end];
            let length = rest.find('\n').unwrap_or(rest.len());
            let line = Markup { text: &rest[..length], offset: self.at };
            self.at = (self.at + length + 1).min(self.end);
            if !line.text.trim().is_empty() {
                return Some(tag(line.trimmed()));
            }
        }
        None
    }

    fn next_piece(&mut self) -> Result<Option<Segment<'t>>, ParseError> {
        while self.at < self.end {
            let rest = &self.source[self.at..];
            let length = construct_start(rest);
            if length == 0 {
                return self.construct().map(Some);
            }
            let text = self.trim(&rest[..length], &rest[length..]);
            self.at += length;
            if !text.is_empty() {
                return Ok(Some(Segment::Text(text)));
            }
        }
        Ok(None)
    }

    /// Applies the whitespace control of the constructs before and after a text.
    fn trim(&mut self, text: &'t str, after: &str) -> &'t str {
        let text = if std::mem::take(&mut self.trims_next) { text.trim_start() } else { text };
        if after[after.len().min(2)..].starts_with('-') { text.trim_end() } else { text }
    }

    /// Reads the output or tag at which the scanner stands.
    fn construct(&mut self) -> Result<Segment<'t>, ParseError> {
        let rest = &self.source[self.at..];
        let is_output = rest.starts_with("{{");
        let close = if is_output { "}}" } else { "%}" };
        let Some(length) = rest[2..].find(close) else {
            let message = format!("`{}` is never closed; end it with `{close}`", &rest[..2]);
            return Err(ParseError::at(self.source, self.at, message));
        };
        let mut inner = Markup { text: &rest[2..2 + length], offset: self.at + 2 };
        if let Some(text) = inner.text.strip_prefix('-') {
            inner = Markup { text, offset: inner.offset + 1 };
        }
        self.trims_next = inner.text.ends_with('-');
        inner.text = inner.text.strip_suffix('-').unwrap_or(inner.text);
        self.at += length + 4;
        Ok(if is_output { Segment::Output(inner.trimmed()) } else { tag(inner.trimmed()) })
    }

    fn take_text_until(&mut self, end_name: &str) -> Option<&'t str> {
        let body = &self.source[self.at..];
        let mut searched = 0;
        while let Some(found) = body[searched..].find("{%") {
            let start = searched + found;
            searched = start + 2;
            let Some((length, trims_next)) = end_tag(&body[start..], end_name) else { continue };
            let text = self.trim(&body[..start], &body[start..]);
            self.at += start + length;
            self.trims_next = trims_next;
            return Some(text);
        }
        None
    }

    fn take_lines_until(&mut self, end_name: &str) -> Option<&'t str> {
        let start = self.at;
        while self.at < self.end {
            let before = self.at;
            if let Some(Segment::Tag(tag)) = self.next_line()
                && tag.name == end_name
            {
                return Some(&self.source[start..before]);
            }
        }
        None
    }
}

impl<'t> Markup<'t> {
    /// Returns the markup without the whitespace around it.
    pub(crate) fn trimmed(self) -> Self {
        let text = self.text.trim_start();
        let offset = self.offset + (self.text.len() - text.len());
        Self { text: text.trim_end(), offset }
    }
}

/// Returns where the first `{{` or `{%` begins; the length where there is none.
fn construct_start(text: &str) -> usize {
    let bytes = text.as_bytes();
    let opens = |at: &usize| matches!(bytes.get(at + 1), Some(b'{' | b'%'));
    text.match_indices('{').map(|(at, _)| at).find(opens).unwrap_or(text.len())
}

/// Splits a tag into its name and the rest.
fn tag(inner: Markup<'_>) -> Segment<'_> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let length = match inner.text.strip_prefix('#') {
        Some(_) => 1,
        None => inner.text.find(|c| !is_name(c)).unwrap_or(inner.text.len()),
    };
    let (name, rest) = inner.text.split_at(length);
    let markup = Markup { text: rest, offset: inner.offset + length }.trimmed();
    Segment::Tag(TagHead { name, at: inner.offset, markup })
}

/// Returns the length of the tag `name` at the start of `text`, and whether it trims what follows.
fn end_tag(text: &str, name: &str) -> Option<(usize, bool)> {
    let inner = text.strip_prefix("{%")?;
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let rest = inner.trim_start().strip_prefix(name)?.trim_start();
    let (rest, trims_next) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
    let rest = rest.strip_prefix("%}")?;
    Some((text.len() - rest.len(), trims_next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_in_order_with_whitespace_control_applied() {
        assert_eq!(
            pieces("a {{- b -}} c {% if d %}e"),
            ["text a", "output b", "text c ", "tag if:d", "text e"]
        );
        assert_eq!(pieces("{ {x} {"), ["text { {x} {"]);
    }

    #[test]
    fn an_output_that_is_never_closed_is_an_error_at_its_start() {
        let error = Scanner::new("{{ a").next().unwrap_err();
        assert_eq!(error.to_string(), "line 1, column 1: `{{` is never closed; end it with `}}`");
    }

    #[test]
    fn verbatim_text_ends_at_its_own_end_tag_alone() {
        let mut scanner = Scanner::new("{% if %} {%- endraw -%}  x");
        assert_eq!(scanner.take_until("endraw"), Some("{% if %}"));
        assert_eq!(scanner.next().unwrap(), Some(Segment::Text("x")));
        assert_eq!(Scanner::new("{% endra").take_until("endraw"), None);
    }

    fn pieces(text: &str) -> Vec<String> {
        let mut scanner = Scanner::new(text);
        std::iter::from_fn(|| scanner.next().unwrap())
            .map(|segment| match segment {
                Segment::Text(text) => format!("text {text}"),
                Segment::Output(markup) => format!("output {}", markup.text),
                Segment::Tag(tag) => format!("tag {}:{}", tag.name, tag.markup.text),
            })
            .collect()
    }
}

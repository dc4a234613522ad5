//! The template of a JSON text, read as its author sees it: which values land inside a JSON string.

/// A JSON text with Liquid in it.
#[derive(Debug, Default)]
pub(super) struct JsonSource<'a> {
    /// The interpolations, in order.
    pub(super) interpolations: Vec<Interpolation<'a>>,
    /// How many characters the text has without them.
    pub(super) fixed_length: usize,
    /// Whether tags such as `{% if %}` choose what is rendered.
    pub(super) has_tags: bool,
    /// Whether every JSON string is closed, so that `is_in_string` can be trusted.
    pub(super) is_balanced: bool,
}

/// One `{{ … }}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Interpolation<'a> {
    /// What stands between the braces.
    pub(super) source: &'a str,
    /// What the filters work on.
    pub(super) value: &'a str,
    /// The name of the last filter.
    pub(super) last_filter: Option<&'a str>,
    /// Whether it lands inside a JSON string.
    pub(super) is_in_string: bool,
}

impl<'a> JsonSource<'a> {
    /// Reads a text; Liquid that does not end counts as text.
    pub(super) fn read(text: &'a str) -> Self {
        let mut source = Self::default();
        let mut quotes = Quotes::default();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let (before, markup) = rest.split_at(start);
            source.take_text(before, &mut quotes);
            rest = match markup.get(..2) {
                Some("{{") if let Some((inside, after)) = split(&markup[2..], "}}") => {
                    source.interpolations.push(interpolation(inside, quotes.is_in_string));
                    after
                }
                Some("{%") if let Some((_, after)) = split(&markup[2..], "%}") => {
                    source.has_tags = true;
                    after
                }
                _ => {
                    source.take_text("{", &mut quotes);
                    &markup[1..]
                }
            };
        }
        source.take_text(rest, &mut quotes);
        source.is_balanced = !quotes.is_in_string;
        source
    }

    fn take_text(&mut self, text: &str, quotes: &mut Quotes) {
        text.chars().for_each(|character| quotes.take(character));
        self.fixed_length += text.chars().count();
    }
}

/// Whether the end of what was taken so far is inside a JSON string.
#[derive(Default)]
struct Quotes {
    is_in_string: bool,
    is_escaped: bool,
}

impl Quotes {
    fn take(&mut self, character: char) {
        match character {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' => self.is_escaped = self.is_in_string,
            '"' => self.is_in_string = !self.is_in_string,
            _ => {}
        }
    }
}

fn split<'a>(text: &'a str, end: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(end)
}

fn interpolation(inside: &str, is_in_string: bool) -> Interpolation<'_> {
    let source = inside.trim_matches('-').trim();
    let mut parts = outside_quotes(source).into_iter();
    let value = parts.next().unwrap_or_default().trim();
    let name = |filter: &str| filter.find(':').unwrap_or(filter.len());
    let last_filter = parts.next_back().map(|filter| filter[..name(filter)].trim());
    Interpolation { source, value, last_filter, is_in_string }
}

/// Splits at each `|` that does not stand in quotes.
fn outside_quotes(source: &str) -> Vec<&str> {
    let mut quote = None;
    let is_bar = move |character: char| {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some(_), _) => {}
        }
        quote.is_none() && character == '|'
    };
    source.split(is_bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolations_are_found_with_their_place_and_their_last_filter() {
        let source = JsonSource::read(
            r#"{"a\"b": "{{- x.y -}}", "c": {{ z | default: "|" | to_json }}{% if a %}1{% endif %}}"#,
        );
        let inside = Interpolation { source: "x.y", value: "x.y", last_filter: None, is_in_string: true };
        let outside = Interpolation {
            source: r#"z | default: "|" | to_json"#,
            value: "z",
            last_filter: Some("to_json"),
            is_in_string: false,
        };
        assert_eq!(source.interpolations, [inside, outside]);
        assert!(source.has_tags && source.is_balanced);
        assert_eq!(source.fixed_length, r#"{"a\"b": "", "c": 1}"#.len());
    }

    #[test]
    fn an_open_string_or_interpolation_is_noticed() {
        assert!(!JsonSource::read(r#"{"a": "{{ b }}"#).is_balanced);
        let source = JsonSource::read("{{ a");
        assert_eq!((source.interpolations.len(), source.fixed_length), (0, 4));
    }
}

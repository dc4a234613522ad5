//! Templates of networks that take nothing else to strangers: a text that reads like one is sent as that template.

use serde::Deserialize;

/// A template as the network has approved it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Template {
    /// The name under which it was approved.
    pub(crate) name: String,
    /// Its language, as in `en_US`.
    pub(crate) language: String,
    /// Its text, with `{{1}}`, `{{2}}` … for what varies.
    pub(crate) body: String,
}

impl Template {
    /// Returns what stands for the variables, in their order, where a text reads like this template.
    pub(crate) fn values_in(&self, text: &str) -> Option<Vec<String>> {
        let mut pieces = pieces(&self.body).into_iter();
        let mut rest = text.strip_prefix(pieces.next()?.fixed)?;
        let mut values = Vec::new();
        let mut pieces = pieces.peekable();
        while let Some(piece) = pieces.next() {
            let end = match (piece.fixed, pieces.peek()) {
                ("", None) => rest.len(),
                (fixed, None) => rest.strip_suffix(fixed)?.len(),
                (fixed, Some(_)) => rest.find(fixed)?,
            };
            values.push((piece.number, rest[..end].to_owned()));
            rest = &rest[end + piece.fixed.len()..];
        }
        values.sort();
        let is_whole = rest.is_empty() && values.iter().all(|(_, value)| !value.is_empty());
        is_whole.then(|| values.into_iter().map(|(_, value)| value).collect())
    }
}

/// Fixed text, and the number of the variable in front of it; 0 for none.
struct Piece<'a> {
    number: u32,
    fixed: &'a str,
}

fn pieces(body: &str) -> Vec<Piece<'_>> {
    let mut parts = body.split("{{");
    let first = Piece { number: 0, fixed: parts.next().unwrap_or_default() };
    let rest = parts.filter_map(|part| {
        let (number, fixed) = part.split_once("}}")?;
        Some(Piece { number: number.trim().parse().ok()?, fixed })
    });
    std::iter::once(first).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_reads_like_a_template_gives_its_values_in_order() {
        for (body, text, expected) in [
            ("Hello {{1}}, see you at {{2}}.", "Hello Ann, see you at 9.30.", Some(vec!["Ann", "9.30"])),
            ("{{2}} for {{1}}", "Coffee for Bob", Some(vec!["Bob", "Coffee"])),
            ("Plain", "Plain", Some(vec![])),
            ("Plain", "Plain and more", None),
            ("Hello {{1}}!", "Hello !", None),
            ("Hello {{1}}!", "Good day Ann!", None),
            ("Total: {{1}}", "Total: 12 €", Some(vec!["12 €"])),
        ] {
            let template = Template { name: "t".into(), language: "en".into(), body: body.into() };
            let values = template.values_in(text);
            let expected = expected.map(|values| values.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(values, expected, "{body} / {text}");
        }
    }
}

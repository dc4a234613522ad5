//! Cutting header values apart with regard to quotes and angle brackets (RFC 3261 §25.1).

/// The parts of `value` between separators that stand outside quotes and angle brackets, trimmed.
///
/// `None` where a quote or a bracket is never closed.
pub(crate) fn split(value: &str, separator: char) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut state = Outside::default();
    for (at, c) in value.char_indices() {
        if state.see(c) && c == separator {
            parts.push(value[start..at].trim());
            start = at + c.len_utf8();
        }
    }
    parts.push(value[start..].trim());
    state.is_closed().then_some(parts)
}

/// The place of the first `<` outside quotes.
pub(crate) fn find_bracket(value: &str) -> Option<usize> {
    let mut state = Outside::default();
    value.char_indices().find_map(|(at, c)| {
        state.see(c);
        state.bracketed.then_some(at)
    })
}

/// Whether `text` is a token of RFC 3261 §25.1.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

/// The text of a quoted string, or the text itself where it is not quoted.
pub(crate) fn unquote(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return text.to_owned();
    };
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

/// `text` as a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Parameters `;name=value;flag`, names as they stand; `None` where one has no name.
pub(crate) fn parameters(text: &str) -> Option<Vec<(String, Option<String>)>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let list = split(text.trim().strip_prefix(';')?, ';')?;
    list.into_iter().map(parameter).collect()
}

/// The value of the parameter called `name`, in any case; a flag has the empty value.
pub(crate) fn parameter_of<'a>(list: &'a [(String, Option<String>)], name: &str) -> Option<&'a str> {
    let (_, value) = list.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value.as_deref().unwrap_or_default())
}

fn parameter(text: &str) -> Option<(String, Option<String>)> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim().to_owned())),
        None => (text, None),
    };
    is_token(name).then(|| (name.to_owned(), value))
}

/// Knows whether a character stands outside quotes and angle brackets.
#[derive(Default)]
struct Outside {
    quoted: bool,
    bracketed: bool,
    escaped: bool,
}

impl Outside {
    fn see(&mut self, c: char) -> bool {
        if self.quoted {
            let closes = c == '"' && !self.escaped;
            self.escaped = c == '\\' && !self.escaped;
            self.quoted = !closes;
            return false;
        }
        match c {
            '"' => self.quoted = true,
            '<' => self.bracketed = true,
            '>' => self.bracketed = false,
            _ => return !self.bracketed,
        }
        false
    }

    fn is_closed(&self) -> bool {
        !self.quoted && !self.bracketed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_quotes_and_brackets_do_not_separate() {
        let parts = split(r#""a, \"b" <sip:x;y,z@h>;q=1, <sip:c>"#, ',');
        assert_eq!(parts, Some(vec![r#""a, \"b" <sip:x;y,z@h>;q=1"#, "<sip:c>"]));
        assert_eq!(split("\"never closed", ','), None);
    }

    #[test]
    fn parameters_may_have_room_around_the_sign() {
        let list = parameters("; newparam = newvalue ;\tflag").unwrap();
        assert_eq!(parameter_of(&list, "NewParam"), Some("newvalue"));
        assert_eq!(parameter_of(&list, "flag"), Some(""));
        assert_eq!(parameters(";;a"), None);
    }
}

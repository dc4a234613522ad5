//! Header fields in their order, found by name in any case and in their compact form.

use super::text;

/// The header fields of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<(String, String)>);

/// Compact forms, RFC 3261 §7.3.3 and the extensions that define more.
const COMPACT: [(&str, &str); 14] = [
    ("i", "Call-ID"),
    ("m", "Contact"),
    ("e", "Content-Encoding"),
    ("l", "Content-Length"),
    ("c", "Content-Type"),
    ("f", "From"),
    ("s", "Subject"),
    ("k", "Supported"),
    ("t", "To"),
    ("v", "Via"),
    ("r", "Refer-To"),
    ("b", "Referred-By"),
    ("x", "Session-Expires"),
    ("o", "Event"),
];

impl Headers {
    /// Appends a field; line ends in the value would begin another field, and become spaces.
    pub(crate) fn push(&mut self, name: &str, value: impl Into<String>) {
        let name =
            COMPACT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)).map_or(name, |(_, l)| l);
        let mut value: String = value.into();
        if value.contains(['\r', '\n']) {
            value = value.replace(['\r', '\n'], " ");
        }
        self.0.push((name.to_owned(), value));
    }

    /// The first value of the field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all fields of that name, as they stand.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The members of a field that is a list, over all its lines; empty members are left out.
    pub(crate) fn members<'a>(&'a self, name: &str) -> Vec<&'a str> {
        let lists = self.all(name).flat_map(|value| text::split(value, ',').unwrap_or_default());
        lists.filter(|member| !member.is_empty()).collect()
    }

    /// Whether a list such as `Supported` names the token.
    pub(crate) fn lists(&self, name: &str, token: &str) -> bool {
        self.members(name).iter().any(|member| member.eq_ignore_ascii_case(token))
    }

    /// All fields in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Puts a value in the place of the first field of that name.
    pub(crate) fn replace_first(&mut self, name: &str, value: String) {
        if let Some(field) = self.0.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            field.1 = value;
        }
    }

    /// Takes all fields of that name out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }
}

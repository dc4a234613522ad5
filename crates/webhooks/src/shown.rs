//! URLs as people may see them: without user information, query and fragment, which may hold secrets.

/// Returns the part of a URL that may stand in logs and messages; the text need not be a valid URL.
pub(crate) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return without_user(url).to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    format!("{scheme}://{}{path}", without_user(authority))
}

fn without_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out() {
        let cases = [
            ("https://example.com:8443/voice", "https://example.com:8443/voice"),
            ("https://user:pa@ss@example.com/a@b?token=1#rc=2", "https://example.com/a@b"),
            ("user:pass@example.com", "example.com"),
            ("http://user:pass@", "http://"),
            ("not a url", "not a url"),
            ("", ""),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(url), expected, "{url}");
        }
    }
}

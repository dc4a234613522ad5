//! The client against applications on loopback.

#![allow(clippy::unwrap_used, reason = "tests")]

mod limits;
mod redirects;
mod refusals;
mod sending;
mod server;

use webhooks::{Client, Options};

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A client that may reach what `allow` opens, and nothing else that is not public.
pub(crate) fn client(allow: &str) -> Client {
    Client::new(Options {
        auth_token: TOKEN.to_owned(),
        allow: allow.parse().unwrap(),
        is_development: false,
    })
}

pub(crate) fn development() -> Client {
    Client::new(Options { auth_token: TOKEN.to_owned(), is_development: true, ..Options::default() })
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

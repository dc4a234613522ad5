//! An installation as the commands about flows see it: reached by URL or data folder, read list by list.

use std::path::Path;

use anyhow::{Context, bail};
use domain::AccountSid;
use serde_json::Value;

use crate::client::Client;
use crate::credentials::Credentials;
use crate::platform;

/// Tells whether a source is a server, not a file or folder.
pub(super) fn is_url(source: &str) -> bool {
    source.starts_with("http://") || source.starts_with("https://")
}

/// Reaches an installation by the URL of its server or by its data folder.
pub(super) async fn connect(source: &str) -> anyhow::Result<Client> {
    let Some((scheme, rest)) = source.split_once("://").filter(|_| is_url(source)) else {
        return platform::connect(Path::new(source)).await;
    };
    let (user, address) = rest.rsplit_once('@').map_or((None, rest), |(user, address)| (Some(user), address));
    let (account_sid, auth_token) = match user.and_then(|user| user.split_once(':')) {
        Some((account, token)) => (account.to_owned(), token.to_owned()),
        None => (from_environment("PATCHBOARD_ACCOUNT_SID")?, from_environment("PATCHBOARD_AUTH_TOKEN")?),
    };
    let account_sid: AccountSid = account_sid.parse().context("the account's SID can not be read")?;
    let credentials = Credentials { account_sid, auth_token, logins: Vec::new() };
    Ok(Client::http(format!("{scheme}://{}", address.trim_end_matches('/')), &credentials))
}

/// Reads a list to its end.
pub(super) async fn list(client: &Client, path: &str, key: &str) -> anyhow::Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut next = Some(format!("{path}?PageSize=1000"));
    while let Some(page) = next {
        let mut answer = client.get(&page).await?;
        items.append(&mut answer[key].as_array_mut().map(std::mem::take).unwrap_or_default());
        // The link has the public host; this way to the server may be another one.
        let query = answer["meta"]["next_page_url"].as_str().and_then(|url| url.split_once('?'));
        next = query.map(|(_, query)| format!("{path}?{query}"));
    }
    Ok(items)
}

/// Returns a text of a resource, empty where there is none.
pub(super) fn text<'a>(resource: &'a Value, key: &str) -> &'a str {
    resource[key].as_str().unwrap_or_default()
}

fn from_environment(name: &str) -> anyhow::Result<String> {
    match std::env::var(name) {
        Ok(value) => Ok(value),
        Err(_) => bail!(
            "{name} is not set\n  hint: set it and its sibling, or write http://SID:TOKEN@host; \
             patchboard credentials shows both"
        ),
    }
}

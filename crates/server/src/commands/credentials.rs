//! `patchboard credentials`: shows what the first start made.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::{Installation, say};
use crate::credentials::Credentials;

/// Options of `patchboard credentials`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    installation: Installation,
    /// Print only SID:TOKEN, as `curl -u` takes it
    #[arg(long)]
    basic: bool,
}

/// Prints the credentials of an installation.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let data = &options.installation.data;
    let credentials = Credentials::read(data)?.with_context(|| {
        let folder = data.display();
        format!("{folder} has no credentials\n  hint: start the server once, or name its folder with --data")
    })?;
    say(&if options.basic { basic(&credentials) } else { all(&credentials) });
    Ok(ExitCode::SUCCESS)
}

fn basic(credentials: &Credentials) -> String {
    format!("{}:{}\n", credentials.account_sid, credentials.auth_token)
}

fn all(credentials: &Credentials) -> String {
    let mut text =
        format!("Account SID  {}\nAuth token   {}\n", credentials.account_sid, credentials.auth_token);
    for login in &credentials.logins {
        let roles = login.roles.join(", ");
        text.push_str(&format!("Login        {}  password {}  ({roles})\n", login.login, login.password));
    }
    text
}

//! `credentials.toml`: the account's SID and token, and the logins made at the first start; readable by its owner only.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use domain::{AccountSid, Sid};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::config::Config;

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Credentials {
    /// The account's SID: the user name of the APIs.
    pub(crate) account_sid: AccountSid,
    /// The account's token: the password of the APIs.
    pub(crate) auth_token: String,
    /// The logins made at the first start.
    #[serde(default)]
    pub(crate) logins: Vec<Login>,
}

/// A login made at the first start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Login {
    /// The name typed at login.
    pub(crate) login: String,
    /// Its first password.
    pub(crate) password: String,
    /// What it may do.
    pub(crate) roles: Vec<String>,
}

impl Credentials {
    /// Returns where a data folder keeps them.
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("credentials.toml")
    }

    /// Reads the file of a data folder; none when the server was never started there.
    pub(crate) fn read(data: &Path) -> anyhow::Result<Option<Self>> {
        let path = Self::path(data);
        if !path.exists() {
            return Ok(None);
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("{} can not be read", path.display()))?;
        toml::from_str(&text).map(Some).with_context(|| format!("{} is not valid", path.display()))
    }

    /// Reads the file, or makes it with what the environment fixes and random secrets for the rest.
    ///
    /// A token given from outside takes the place of the one in the file; a different account is refused.
    pub(crate) fn ensure(config: &Config) -> anyhow::Result<Self> {
        let kept = Self::read(&config.data)?;
        let fixed = config.account_sid.as_deref().map(str::parse::<AccountSid>).transpose();
        let fixed = fixed.context("PATCHBOARD_ACCOUNT_SID is not valid")?;
        if let (Some(kept), Some(fixed)) = (&kept, fixed)
            && kept.account_sid != fixed
        {
            bail!(
                "the data folder {} belongs to account {}, PATCHBOARD_ACCOUNT_SID says {fixed}\n  \
                 hint: unset it, or start with another --data folder",
                config.data.display(),
                kept.account_sid
            );
        }
        let mut credentials = kept.clone().unwrap_or_else(|| Self::random(fixed));
        if let Some(token) = &config.auth_token {
            credentials.auth_token.clone_from(token);
        }
        if kept.as_ref() != Some(&credentials) {
            credentials.write(&config.data)?;
        }
        Ok(credentials)
    }

    fn random(account: Option<AccountSid>) -> Self {
        let bits = (u128::from(clock::random_word()) << 64) | u128::from(clock::random_word());
        Self {
            account_sid: account.unwrap_or_else(|| AccountSid::from_bits(bits)),
            auth_token: clock::random_hex(16),
            logins: vec![
                Login::random("agent", &["agent"]),
                Login::random("admin", &["admin", "supervisor", "author"]),
            ],
        }
    }

    /// Writes the file beside its place and moves it there, so that no reader sees half of it.
    fn write(&self, data: &Path) -> anyhow::Result<()> {
        let path = Self::path(data);
        let draft = data.join(".credentials.toml.new");
        let mut file: File =
            File::options().create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(toml::to_string(self)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &path).with_context(|| format!("{} can not be written", path.display()))
    }
}

impl Login {
    fn random(login: &str, roles: &[&str]) -> Self {
        let roles = roles.iter().map(|&role| role.to_owned()).collect();
        Self { login: login.to_owned(), password: clock::random_hex(8), roles }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Options;

    #[test]
    fn the_second_start_keeps_what_the_first_one_made_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), None);
        let first = Credentials::ensure(&config).unwrap();
        assert_eq!(Credentials::ensure(&config).unwrap(), first);
        let mode = fs::metadata(Credentials::path(folder.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn another_account_is_refused_with_both_named() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Credentials::ensure(&config(folder.path(), None)).unwrap();
        let other = "AC00000000000000000000000000000001";
        let error = Credentials::ensure(&config(folder.path(), Some(other))).unwrap_err().to_string();
        assert!(error.contains(other) && error.contains(&kept.account_sid.to_string()), "{error}");
    }

    fn config(data: &Path, account_sid: Option<&str>) -> Config {
        let account_sid = account_sid.map(str::to_owned);
        Config::load(Options { data: Some(data.to_owned()), account_sid, ..Options::default() }).unwrap()
    }
}

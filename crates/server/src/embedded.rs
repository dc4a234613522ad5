//! The whole product in this process, without listeners: for benches and tests that need no socket.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::InboundMessage;
use axum::Router;
use store::Message;

use crate::config::{Config, Options};
use crate::credentials::Credentials;
use crate::platform::{self, Installation};
use crate::{first_start, messages};

/// How often `settle` looks whether errands still run.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A running installation on a data folder.
pub struct Embedded {
    installation: Installation,
    credentials: Credentials,
}

impl Embedded {
    /// Opens the data folder, sets up what a new installation has, and goes on with what was owed.
    pub async fn open(data: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)?;
        let config = Config::load(Options { data: Some(data.to_owned()), ..Options::default() })?;
        let credentials = Credentials::ensure(&config)?;
        let installation = platform::open(&config, &credentials, config.http).await?;
        first_start::ensure(&installation, &credentials).await?;
        Arc::clone(&installation.house).resume().await?;
        tokio::spawn(Arc::clone(&installation.house).keep_time());
        Ok(Self { installation, credentials })
    }

    /// Returns the APIs.
    pub fn router(&self) -> Router {
        self.installation.router.clone()
    }

    /// Returns the account's SID and token.
    pub fn credentials(&self) -> (String, String) {
        (self.credentials.account_sid.to_string(), self.credentials.auth_token.clone())
    }

    /// Takes a message from the loopback network; it is on disk when this returns.
    pub async fn receive_message(&self, message: InboundMessage) -> Result<Message, api::Failure> {
        messages::receive(&self.installation.house, message).await
    }

    /// Returns once no errand waits or runs.
    pub async fn settle(&self) {
        while self.installation.house.errands_waiting() > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

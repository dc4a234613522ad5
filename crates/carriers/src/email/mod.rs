//! E-mail: mails go out by an SMTP server, and come in by a listener of ours.
//!
//! Addresses are `email:` and the mailbox. SMTP knows no repetitions, but bounces give back the message's SID within
//! its Message-ID, so that a message whose answer was lost still finds its truth.

mod listener;
mod outgoing;
mod reading;

use std::net::SocketAddr;

use async_trait::async_trait;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use serde::Deserialize;

use crate::{Carrier, Inbox, OutboundMessage, Secret, Submission};

/// The prefix of addresses of this network.
const NETWORK: &str = "email:";

/// How mails go out and come in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The SMTP server, as in `smtps://user:password@smtp.example.com`.
    pub(crate) url: Secret,
    /// Our mailbox, as in `email:help@example.com`.
    address: String,
    /// The name that stands beside it.
    sender_name: Option<String>,
    /// The subject of mails that answer none.
    #[serde(default = "default_subject")]
    subject: String,
    /// Where mails come in.
    listen: Option<SocketAddr>,
}

/// A mailbox.
pub(crate) struct Email {
    pub(crate) settings: Settings,
}

#[async_trait]
impl Carrier for Email {
    fn knows_repeats(&self) -> bool {
        false
    }

    async fn submit(&self, message: &OutboundMessage) -> Submission {
        let mail = match outgoing::compose(&self.settings, message) {
            Ok(mail) => mail,
            Err(refusal) => return refusal,
        };
        let mut line: AsyncSmtpConnection = match outgoing::connect(&self.settings.url).await {
            Ok(line) => line,
            Err(reason) => return Submission::Later { pause: None, reason },
        };
        let submission = mail.send(&mut line).await;
        // The message's fate is known: how the line ends changes nothing.
        let _ = line.quit().await;
        submission
    }

    async fn listen(&self, inbox: &dyn Inbox) {
        if let Some(address) = self.settings.listen {
            listener::run(address, self.mailbox(), inbox).await;
        }
    }
}

impl Email {
    fn mailbox(&self) -> &str {
        self.settings.address.strip_prefix(NETWORK).unwrap_or(&self.settings.address)
    }
}

fn default_subject() -> String {
    "A message for you".to_owned()
}

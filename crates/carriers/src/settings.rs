//! The list of all carriers that a configuration can name: one line for each.

use std::sync::Arc;

use serde::Deserialize;

use crate::carrier::{Carrier, Environment};
use crate::{generic_http, smpp, telegram, twilio, whatsapp};

/// What a carrier is configured with, by its kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Settings {
    /// Any provider that speaks our signed HTTP.
    Http(generic_http::Settings),
    /// The WhatsApp Cloud API.
    WhatsApp(whatsapp::Settings),
    /// A Telegram bot.
    Telegram(telegram::Settings),
    /// A short message centre.
    Smpp(smpp::Settings),
    /// Twilio, or another Patchboard.
    Twilio(twilio::Settings),
}

impl Settings {
    /// Makes the carrier.
    pub fn open(self, environment: Environment) -> Arc<dyn Carrier> {
        match self {
            Self::Http(settings) => Arc::new(generic_http::GenericHttp { settings, environment }),
            Self::WhatsApp(settings) => Arc::new(whatsapp::WhatsApp { settings, environment }),
            Self::Telegram(settings) => Arc::new(telegram::Telegram { settings, environment }),
            Self::Smpp(settings) => Arc::new(smpp::Smpp::new(settings, environment)),
            Self::Twilio(settings) => Arc::new(twilio::Twilio { settings, environment }),
        }
    }
}

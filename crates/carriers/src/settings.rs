//! The list of all carriers that a configuration can name: one line for each.

use std::sync::Arc;

use serde::Deserialize;
use url::Url;

use crate::carrier::{Carrier, Environment};
use crate::{email, generic_http, smpp, telegram, twilio, whatsapp};

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
    /// A mailbox.
    Email(email::Settings),
    /// Twilio, or another Patchboard.
    Twilio(twilio::Settings),
}

impl Settings {
    /// Returns the host and port at which the provider is reached; none where the settings name no such place.
    pub fn peer(&self) -> Option<(String, u16)> {
        let url = match self {
            Self::Http(settings) => &settings.url,
            Self::WhatsApp(settings) => &settings.url,
            Self::Telegram(settings) => &settings.url,
            Self::Twilio(settings) => &settings.url,
            Self::Email(settings) => settings.url.expose(),
            Self::Smpp(settings) => return Some((settings.host.clone(), settings.port)),
        };
        let url = Url::parse(url).ok()?;
        let port = url.port_or_known_default().or(match url.scheme() {
            "smtp" => Some(25),
            "smtps" => Some(465),
            _ => None,
        });
        Some((url.host_str()?.trim_matches(['[', ']']).to_owned(), port?))
    }

    /// Tells whether the provider posts what it has to tell, so that it must reach this server.
    pub fn is_posted_to(&self) -> bool {
        match self {
            Self::Http(_) | Self::WhatsApp(_) | Self::Twilio(_) => true,
            Self::Telegram(_) | Self::Smpp(_) | Self::Email(_) => false,
        }
    }

    /// Makes the carrier.
    pub fn open(self, environment: Environment) -> Arc<dyn Carrier> {
        match self {
            Self::Http(settings) => Arc::new(generic_http::GenericHttp { settings, environment }),
            Self::WhatsApp(settings) => Arc::new(whatsapp::WhatsApp { settings, environment }),
            Self::Telegram(settings) => Arc::new(telegram::Telegram { settings, environment }),
            Self::Smpp(settings) => Arc::new(smpp::Smpp::new(settings, environment)),
            Self::Email(settings) => Arc::new(email::Email { settings }),
            Self::Twilio(settings) => Arc::new(twilio::Twilio { settings, environment }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_names_where_its_provider_is() {
        for (table, host, port) in [
            ("kind = 'http'\nurl = 'https://acme.example/x'\nsecret = 'x'", "acme.example", 443),
            ("kind = 'telegram'\naddress = 'telegram:x'\ntoken = 'x'", "api.telegram.org", 443),
            ("kind = 'smpp'\nhost = 'smsc'\nsystem_id = 'x'\npassword = 'x'", "smsc", 2775),
            ("kind = 'email'\nurl = 'smtps://u:p@mx'\naddress = 'email:a@b'", "mx", 465),
            ("kind = 'email'\nurl = 'smtp://[::1]:2525'\naddress = 'email:a@b'", "::1", 2525),
        ] {
            let settings: Settings = toml::from_str(table).unwrap();
            assert_eq!(settings.peer(), Some((host.to_owned(), port)), "{table}");
        }
    }
}

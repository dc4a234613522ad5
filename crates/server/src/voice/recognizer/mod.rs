//! What puts callers' speech into words: a service, or Pocketsphinx on this machine; nothing does by default.

mod grammar;
mod pocketsphinx;
mod service;

use media::Clip;
use serde::Deserialize;
use webhooks::Client;

use self::pocketsphinx::Pocketsphinx;
use super::provider::Provider;

/// How Pocketsphinx is got.
pub(crate) const INSTALL: &str = "apt-get install pocketsphinx pocketsphinx-en-us";

/// What is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recognition {
    /// A service.
    Service(Provider),
    /// The program, which may not be installed.
    Pocketsphinx,
}

/// Where speech is put into words.
#[derive(Debug)]
pub(crate) enum Recognizer {
    /// By a service.
    Service(Provider),
    /// By a program of this machine.
    Pocketsphinx(Pocketsphinx),
}

/// What is to be put into words.
pub(super) struct Wanted<'a> {
    /// What was said.
    pub(super) sound: Clip,
    /// The language, `en-US`.
    pub(super) language: &'a str,
    /// Words to expect.
    pub(super) hints: Vec<&'a str>,
    /// The model that the document asks for.
    pub(super) model: Option<&'a str>,
}

/// What was understood; no text where nothing was.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Words {
    /// The text.
    #[serde(default)]
    pub(super) text: String,
    /// How sure the recogniser is, 0 to 1, where it says.
    #[serde(default)]
    pub(super) confidence: Option<f32>,
}

impl Recognizer {
    /// Makes what is configured ready; a program that is not installed is nothing.
    pub(crate) fn find(wanted: &Recognition) -> Option<Self> {
        match wanted {
            Recognition::Service(service) => Some(Self::Service(service.clone())),
            Recognition::Pocketsphinx => {
                let found = Pocketsphinx::find();
                if found.is_none() {
                    tracing::error!(
                        "pocketsphinx is not installed: callers answer by keys alone; hint: {INSTALL}"
                    );
                }
                found.map(Self::Pocketsphinx)
            }
        }
    }

    /// Tells why speech can not be put into words, before anybody is listened to.
    pub(super) fn objection(&self, language: &str, hints: &[&str]) -> Option<&'static str> {
        match self {
            Self::Service(_) => None,
            Self::Pocketsphinx(_) => pocketsphinx::objection(language, hints),
        }
    }

    /// Has speech put into words; the error says what is wrong.
    pub(super) async fn recognize(&self, client: &Client, wanted: &Wanted<'_>) -> Result<Words, String> {
        match self {
            Self::Service(service) => service::recognize(service, client, wanted).await,
            Self::Pocketsphinx(program) => program.recognize(wanted).await,
        }
    }
}

//! What speaks for calls: a service where one is configured, and the programs of this machine where it is not or fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use media::{Clip, Speech, Utterance};
use parking_lot::Mutex;
use serde_json::json;
use webhooks::{Body, Client, Request};

use super::provider::Provider;
use crate::clock;

/// How long a text may take; the caller hears nothing meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);

/// For so long a service that failed is not asked: each caller would wait for it in vain.
const REST: Duration = Duration::from_secs(30);

/// The largest answer: ten minutes of speech as 48 kHz.
const ANSWER_BYTES_MAX: usize = 60 * 1024 * 1024;

/// A service that speaks, as those do that are asked like OpenAI's `/v1/audio/speech`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpeechService {
    /// Where it is.
    pub(crate) provider: Provider,
    /// The model that it is asked for.
    pub(crate) model: String,
    /// The name of its voice for a woman, and for a man.
    pub(crate) voices: (String, String),
}

/// The service has failed and is left alone for a while.
struct Rests;

/// What speaks for calls.
#[derive(Debug)]
pub(crate) struct Speaker {
    service: Option<SpeechService>,
    /// When the service last failed.
    failed_at: Mutex<Option<Instant>>,
    programs: Speech,
}

impl Speaker {
    /// Looks which programs are there, to speak where the service does not.
    pub(crate) fn new(service: Option<SpeechService>) -> Self {
        Self { service, failed_at: Mutex::default(), programs: Speech::find() }
    }

    /// Returns the clip of a text; the error has a hint.
    pub(super) async fn say(&self, client: &Client, utterance: &Utterance) -> Result<Arc<Clip>, String> {
        if let Some(service) = &self.service {
            let ask = |words: String| self.ask(service, client, utterance.is_man(), words);
            if let Ok(clip) = self.programs.say_by(&service.provider.url, utterance, ask).await {
                return Ok(clip);
            }
        }
        self.programs.say(utterance).await.map_err(|error| error.to_string())
    }

    async fn ask(
        &self,
        service: &SpeechService,
        client: &Client,
        is_man: bool,
        words: String,
    ) -> Result<Clip, Rests> {
        if self.failed_at.lock().is_some_and(|at| clock::instant() - at < REST) {
            return Err(Rests);
        }
        service.say(client, is_man, words).await.map_err(|reason| {
            *self.failed_at.lock() = Some(clock::instant());
            tracing::error!(
                %reason,
                "the speech service fails, a program speaks in its place; hint: see --speech-url"
            );
            Rests
        })
    }
}

impl SpeechService {
    async fn say(&self, client: &Client, is_man: bool, words: String) -> Result<Clip, String> {
        let (woman, man) = &self.voices;
        let voice = if is_man { man } else { woman };
        let wanted = json!({"model": self.model, "voice": voice, "input": words, "response_format": "wav"});
        let request = Request {
            timeout: TIMEOUT,
            limit_bytes: ANSWER_BYTES_MAX,
            ..self.provider.request(Body::Json(wanted.to_string()))
        };
        let response = client.send(request).await.map_err(|failure| failure.to_string())?;
        if !response.is_success() {
            return Err(format!("the speech service answers HTTP {}", response.status));
        }
        let bytes = response.body.to_vec();
        let decoded = tokio::task::spawn_blocking(move || Clip::from_file_bytes(bytes)).await;
        let clip = decoded.map_err(|error| error.to_string())?;
        clip.map_err(|error| format!("the speech service answers with no audio: {error}"))
    }
}

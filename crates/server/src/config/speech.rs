//! The services that speak for calls and put speech into words.

use anyhow::bail;
use url::Url;

use super::Options;
use crate::voice::{Provider, Recognition, SpeechService};

const MODEL_DEFAULT: &str = "tts-1";
const VOICES_DEFAULT: &str = "nova,onyx";
/// In place of a URL: the program of this machine.
const POCKETSPHINX: &str = "pocketsphinx";

/// What is configured; without a service the programs of this machine speak, and nothing understands speech.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SpeechConfig {
    /// The service that speaks.
    pub(crate) speech: Option<SpeechService>,
    /// What puts callers' speech into words.
    pub(crate) recognition: Option<Recognition>,
}

impl SpeechConfig {
    pub(super) fn load(given: &Options, file: &Options) -> anyhow::Result<Self> {
        let either = |of: fn(&Options) -> &Option<String>| of(given).clone().or_else(|| of(file).clone());
        let speech_url = either(|options| &options.speech_url);
        let speech = speech_url.map(|url| SpeechService {
            provider: Provider { url, token: either(|options| &options.speech_token) },
            model: either(|options| &options.speech_model).unwrap_or_else(|| MODEL_DEFAULT.to_owned()),
            voices: voices(either(|options| &options.speech_voices).as_deref().unwrap_or(VOICES_DEFAULT)),
        });
        let recognition = either(|options| &options.speech_recognition_url).map(|url| match url.as_str() {
            POCKETSPHINX => Recognition::Pocketsphinx,
            _ => {
                let token = either(|options| &options.speech_recognition_token);
                Recognition::Service(Provider { url, token })
            }
        });
        if let Some(service) = &speech {
            check("--speech-url", &service.provider.url, "such as http://127.0.0.1:8880/v1/audio/speech")?;
        }
        if let Some(Recognition::Service(service)) = &recognition {
            check(
                "--speech-recognition-url",
                &service.url,
                "such as http://127.0.0.1:8081/inference, or 'pocketsphinx',",
            )?;
        }
        Ok(Self { speech, recognition })
    }
}

/// A mistake in a URL is told at the start, not by silence in a call.
fn check(option: &str, url: &str, example: &str) -> anyhow::Result<()> {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(()),
        _ => bail!("{option} is '{url}': a URL {example} is expected"),
    }
}

/// Returns the woman's voice and the man's; one alone is everybody's.
fn voices(names: &str) -> (String, String) {
    let (woman, man) = names.split_once(',').unwrap_or((names, names));
    (woman.trim().to_owned(), man.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_what_the_command_line_leaves_open() {
        let given = Options { speech_voices: Some("amy".to_owned()), ..Options::default() };
        let file = Options {
            speech_url: Some("https://voices.example.com/v1/audio/speech".to_owned()),
            speech_voices: Some("ada, bob".to_owned()),
            ..Options::default()
        };
        let service = SpeechConfig::load(&given, &file).unwrap().speech.unwrap();
        assert_eq!((service.model.as_str(), service.provider.token), ("tts-1", None));
        assert_eq!(service.voices, ("amy".to_owned(), "amy".to_owned()));
        let service = SpeechConfig::load(&Options::default(), &file).unwrap().speech.unwrap();
        assert_eq!(service.voices, ("ada".to_owned(), "bob".to_owned()));
        assert_eq!(SpeechConfig::load(&given, &Options::default()).unwrap(), SpeechConfig::default());
    }

    #[test]
    fn speech_is_understood_by_a_service_or_by_the_program_that_is_named() {
        let recognition = |url: &str| {
            let given = Options { speech_recognition_url: Some(url.to_owned()), ..Options::default() };
            SpeechConfig::load(&given, &Options::default()).map(|config| config.recognition)
        };
        assert_eq!(recognition("pocketsphinx").unwrap(), Some(Recognition::Pocketsphinx));
        let url = "http://127.0.0.1:8081/inference";
        let service = Provider { url: url.to_owned(), token: None };
        assert_eq!(recognition(url).unwrap(), Some(Recognition::Service(service)));
        let refused = recognition("pocketsphynx").unwrap_err().to_string();
        assert!(refused.starts_with("--speech-recognition-url is 'pocketsphynx'"), "{refused}");
    }
}

//! The programs that speak, run as child processes that write a WAV file to their standard output.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::script;
use super::{SpeechError, Utterance};
use crate::clip::Clip;

/// What a program is called and how it is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// English only, with the more natural voices.
    Flite,
    /// A hundred languages, and SSML.
    Espeak,
}

/// A program that was found.
#[derive(Debug)]
pub(super) struct Program {
    kind: Kind,
    path: PathBuf,
}

/// Returns where a program of this machine is, by its `PATH`.
pub fn installed(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

impl Program {
    /// Returns the programs that are installed, the better voice first.
    pub(super) fn find() -> Vec<Self> {
        let find = |kind: Kind| installed(kind.name()).map(|path| Self { kind, path });
        [Kind::Flite, Kind::Espeak].into_iter().filter_map(find).collect()
    }

    pub(super) fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub(super) fn speaks(&self, language: &str) -> bool {
        self.kind == Kind::Espeak || language.to_ascii_lowercase().starts_with("en")
    }

    /// Says a text.
    pub(super) async fn say(&self, utterance: &Utterance, timeout: Duration) -> Result<Clip, SpeechError> {
        match self.kind {
            Kind::Espeak => {
                let language = espeak_voice(utterance);
                self.run(&["-v", &language, "-m", "--stdout", &script::ssml(utterance)], timeout).await
            }
            Kind::Flite => {
                let voice = if utterance.is_man() { "rms" } else { "slt" };
                let say = |words: String| async move {
                    self.run(&["-voice", voice, "-t", &words, "-o", "/dev/stdout"], timeout).await
                };
                script::perform(utterance, say).await
            }
        }
    }

    async fn run(&self, arguments: &[&str], timeout: Duration) -> Result<Clip, SpeechError> {
        let failed = |reason: String| SpeechError::Failed { program: self.name(), reason };
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let mut child = Command::new(&self.path)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let mut stdout = child.stdout.take().expect("standard output is piped");
        // Reading, decoding and resampling wait and compute: none of it on the threads of the runtime.
        let reading = tokio::task::spawn_blocking(move || {
            let mut bytes = vec![];
            stdout.read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(Clip::from_file_bytes(bytes))
        });
        let outcome = tokio::time::timeout(timeout, reading).await;
        if outcome.is_err() {
            let _ = child.kill();
        }
        // It has closed its output or was killed, so that this does not wait.
        let _ = child.wait();
        let read = outcome.map_err(|_| failed(format!("it took more than {} s", timeout.as_secs())))?;
        let clip =
            read.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        clip.map_err(|error| SpeechError::NoAudio { program: self.name(), error })
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Flite => "flite",
            Self::Espeak => "espeak-ng",
        }
    }
}

/// Returns the voice's name: the language, with a variant for a woman.
fn espeak_voice(utterance: &Utterance) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let language: String =
        utterance.language().to_ascii_lowercase().chars().filter(|c| is_plain(*c)).collect();
    // Most regions of a language have no voice of their own.
    let name = match language.as_str() {
        "en-us" | "en-gb" | "pt-br" | "fr-be" | "fr-ch" | "es-419" => language.as_str(),
        other => other.split('-').next().unwrap_or("en"),
    };
    let variant = if utterance.is_man() { "" } else { "+f3" };
    format!("{name}{variant}")
}

//! Spoken text: a program of the machine (flite or espeak-ng) says it once, the clip is kept for all who hear it.

mod program;
mod script;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::clip::{Clip, ClipError};
use program::Program;

pub use program::installed;

/// Programs that run at once; more texts wait.
const PROGRAMS_MAX: usize = 4;
/// Texts that somebody else says at once; those that wait for them do not hold the programs up.
const ASKED_MAX: usize = 16;
/// Clips that are kept; a prompt of ten seconds takes half a megabyte.
const CLIPS_MAX: usize = 500;
/// A text of the greatest length is said in a few seconds.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Utterance {
    /// The words with their marks.
    pub parts: Vec<twiml::Speech>,
    /// The voice of `<Say>`; a man's or a woman's is all that is taken from it.
    pub voice: Option<String>,
    /// The language, such as `en-GB`; American English when there is none.
    pub language: Option<String>,
}

/// Why a text is not heard.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// No program is there.
    #[error(
        "nothing on this machine can speak; hint: install flite (English) or espeak-ng (100 languages), for example with: apt-get install flite espeak-ng"
    )]
    NoProgram,
    /// The program could not be run to its end.
    #[error("{program} could not speak: {reason}; hint: try it in a terminal")]
    Failed {
        /// Its name.
        program: &'static str,
        /// What happened.
        reason: String,
    },
    /// The program wrote no audio.
    #[error("{program} wrote no audio: {error}; hint: is its voice data installed?")]
    NoAudio {
        /// Its name.
        program: &'static str,
        /// What is wrong with what it wrote.
        error: ClipError,
    },
}

/// Says texts and keeps what was said.
#[derive(Debug)]
pub struct Speech {
    programs: Vec<Program>,
    running: Semaphore,
    asked: Semaphore,
    spoken: Mutex<Spoken>,
}

/// The clips by the hash of what they say, and their hashes by age.
#[derive(Debug, Default)]
struct Spoken {
    clips: BTreeMap<[u8; 32], Arc<Clip>>,
    ages: VecDeque<[u8; 32]>,
}

impl Speech {
    /// Looks which programs are there.
    pub fn find() -> Self {
        Self::with(Program::find())
    }

    fn with(programs: Vec<Program>) -> Self {
        let (running, asked) = (Semaphore::new(PROGRAMS_MAX), Semaphore::new(ASKED_MAX));
        Self { programs, running, asked, spoken: Mutex::default() }
    }

    /// Returns the names of the programs that were found, as `doctor` shows them.
    pub fn programs(&self) -> Vec<&'static str> {
        self.programs.iter().map(|program| program.name()).collect()
    }

    /// Returns the clip of a text as a program of this machine says it, at once or long ago.
    pub async fn say(&self, utterance: &Utterance) -> Result<Arc<Clip>, SpeechError> {
        let program = self.choose(utterance.language()).ok_or(SpeechError::NoProgram)?;
        self.once(&self.running, utterance.hash(program.name()), program.say(utterance, TIMEOUT)).await
    }

    /// Returns the clip of a text as somebody else says its words, at once or long ago; the pauses are ours.
    pub async fn say_by<E, F: Future<Output = Result<Clip, E>>>(
        &self,
        name: &str,
        utterance: &Utterance,
        say: impl Fn(String) -> F,
    ) -> Result<Arc<Clip>, E> {
        self.once(&self.asked, utterance.hash(name), script::perform(utterance, say)).await
    }

    /// Has a text said, but for one that was said before or is being said for somebody else.
    async fn once<E>(
        &self,
        turns: &Semaphore,
        hash: [u8; 32],
        saying: impl Future<Output = Result<Clip, E>>,
    ) -> Result<Arc<Clip>, E> {
        if let Some(clip) = self.spoken.lock().clips.get(&hash) {
            return Ok(Arc::clone(clip));
        }
        let _turn = turns.acquire().await;
        if let Some(clip) = self.spoken.lock().clips.get(&hash) {
            return Ok(Arc::clone(clip));
        }
        let clip = Arc::new(saying.await?);
        self.spoken.lock().keep(hash, &clip);
        Ok(clip)
    }

    /// Returns the program for a language; one that does not speak it is better than silence.
    fn choose(&self, language: &str) -> Option<&Program> {
        self.programs.iter().find(|program| program.speaks(language)).or(self.programs.first())
    }
}

impl Spoken {
    fn keep(&mut self, hash: [u8; 32], clip: &Arc<Clip>) {
        if self.clips.insert(hash, Arc::clone(clip)).is_none() {
            self.ages.push_back(hash);
        }
        if self.ages.len() > CLIPS_MAX
            && let Some(oldest) = self.ages.pop_front()
        {
            self.clips.remove(&oldest);
        }
    }
}

impl Utterance {
    /// Says words without marks in the default voice.
    pub fn plain(text: &str) -> Self {
        Self { parts: vec![twiml::Speech::Text(text.to_owned())], ..Self::default() }
    }

    pub(crate) fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("en-US")
    }

    /// Tells whether the voice is a man's.
    pub fn is_man(&self) -> bool {
        /// The men among the voices that TwiML names.
        const MEN: [&str; 12] = [
            "man", "matthew", "joey", "justin", "kevin", "stephen", "brian", "arthur", "russell", "geraint",
            "hans", "mathieu",
        ];
        let voice = self.voice.as_deref().unwrap_or_default().to_ascii_lowercase();
        let name = voice.trim_start_matches("polly.").split('-').next().unwrap_or_default();
        MEN.contains(&name)
    }

    fn hash(&self, speaker: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        let voice = if self.is_man() { "man" } else { "woman" };
        for text in [speaker, &script::ssml(self), self.language(), voice] {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_program_the_error_says_what_to_install() {
        let speech = Speech::with(vec![]);
        let error = speech.say(&Utterance::plain("Hello")).await.unwrap_err();
        assert!(error.to_string().contains("apt-get install flite espeak-ng"), "{error}");
    }

    #[tokio::test]
    async fn a_text_is_said_once_and_kept() {
        let speech = Speech::find();
        if speech.programs().is_empty() {
            return eprintln!("left out: neither flite nor espeak-ng is installed");
        }
        let utterance = Utterance::plain("Press one for hours.");
        let first = speech.say(&utterance).await.unwrap();
        assert!((600..5_000).contains(&first.duration_ms()), "{} ms", first.duration_ms());
        assert!(Arc::ptr_eq(&first, &speech.say(&utterance).await.unwrap()));
        let man = Utterance { voice: Some("Polly.Matthew-Neural".to_owned()), ..utterance };
        assert_ne!(first.samples(), speech.say(&man).await.unwrap().samples());
    }

    #[test]
    fn old_clips_make_room() {
        let clip = Arc::new(Clip::from_samples(&[], 8_000));
        let mut spoken = Spoken::default();
        for at in 0..=CLIPS_MAX as u16 {
            let mut hash = [0; 32];
            hash[..2].copy_from_slice(&at.to_le_bytes());
            spoken.keep(hash, &clip);
        }
        assert_eq!((spoken.clips.len(), spoken.clips.contains_key(&[0; 32])), (CLIPS_MAX, false));
    }
}

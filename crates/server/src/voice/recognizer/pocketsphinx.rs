//! Pocketsphinx with its English model: it tells which of a few phrases was said. Of free speech by telephone it
//! understands next to nothing, so that it is not asked.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::grammar::Phrases;
use super::{Wanted, Words};

const PROGRAM: &str = "pocketsphinx_continuous";

/// Every word that the model knows, one a line with its sounds; comes with the model.
const DICTIONARY: &str = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";

/// A little noise is added, the same each time: it hears nothing beside the perfect silence of a line.
const OPTIONS: [&str; 6] = ["-dither", "yes", "-seed", "1", "-logfn", "/dev/null"];

const UNKNOWN_WORDS: &str =
    "pocketsphinx knows the words of no hint; hint: see its dictionary, cmudict-en-us.dict";

/// How long a sentence may take: the caller waits meanwhile.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The program, where it is installed with its model.
#[derive(Debug)]
pub(crate) struct Pocketsphinx {
    program: PathBuf,
    /// Each that runs takes a core for itself; half of them are left to the calls' audio.
    running: Semaphore,
}

/// What a run of the program reads, in a folder that goes with it.
struct Papers {
    folder: TempDir,
    phrases: Phrases,
}

/// Tells why a document's speech is not for this program.
pub(super) fn objection(language: &str, hints: &[&str]) -> Option<&'static str> {
    match (language.to_lowercase().starts_with("en"), hints) {
        (false, _) => Some(
            "pocketsphinx understands English alone; hint: configure a service (--speech-recognition-url)",
        ),
        (true, []) => Some(
            "pocketsphinx needs hints; hint: name the words to expect, or configure a service (--speech-recognition-url)",
        ),
        (true, [_, ..]) => None,
    }
}

impl Pocketsphinx {
    /// Looks for the program and its model.
    pub(super) fn find() -> Option<Self> {
        let program = media::installed(PROGRAM)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let running = Semaphore::new(cores.div_ceil(2));
        Path::new(DICTIONARY).is_file().then_some(Self { program, running })
    }

    /// Tells which of the hints was said, if any.
    pub(super) async fn recognize(&self, wanted: &Wanted<'_>) -> Result<Words, String> {
        let _turn = self.running.acquire().await;
        let (phrases, wav) = (Phrases::of(&wanted.hints), wanted.sound.to_wav());
        let papers = tokio::task::spawn_blocking(move || Papers::write(phrases, &wav)).await;
        let papers = papers.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        let output = self.run(&papers).await?;
        Ok(Words { text: papers.text(&output.stdout), confidence: None })
    }

    async fn run(&self, papers: &Papers) -> Result<Output, String> {
        let mut command = Command::new(&self.program);
        command.arg("-infile").arg(papers.speech()).arg("-jsgf").arg(papers.grammar()).args(OPTIONS);
        command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(TIMEOUT, command.output()).await;
        let output = output.map_err(|_| format!("{PROGRAM} took more than {} s", TIMEOUT.as_secs()))?;
        let output = output.map_err(|error| format!("{PROGRAM} can not be run: {error}"))?;
        let is_done = output.status.success();
        is_done.then_some(output).ok_or_else(|| format!("{PROGRAM} failed; hint: try it in a terminal"))
    }
}

impl Papers {
    fn write(phrases: Phrases, wav: &[u8]) -> io::Result<Self> {
        let known = known(BufReader::new(File::open(DICTIONARY)?), &phrases.words())?;
        let papers = Self { folder: TempDir::new()?, phrases: phrases.limited_to(&known) };
        std::fs::write(papers.speech(), wav)?;
        let grammar = papers.phrases.grammar().ok_or_else(|| io::Error::other(UNKNOWN_WORDS))?;
        std::fs::write(papers.grammar(), grammar)?;
        Ok(papers)
    }

    fn speech(&self) -> PathBuf {
        self.folder.path().join("speech.wav")
    }

    fn grammar(&self) -> PathBuf {
        self.folder.path().join("hints.gram")
    }

    /// A line for each part between pauses, empty where nothing was understood.
    fn text(&self, output: &[u8]) -> String {
        let output = String::from_utf8_lossy(output);
        let said = output.lines().map(str::trim).filter(|line| !line.is_empty());
        said.map(|line| self.phrases.written(line)).collect::<Vec<_>>().join(" ")
    }
}

/// Returns the words that a dictionary has.
fn known(dictionary: impl BufRead, words: &BTreeSet<&str>) -> io::Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for line in dictionary.lines() {
        let line = line?;
        let word = line.split_whitespace().next().unwrap_or_default();
        if words.contains(word) {
            known.insert(word.to_owned());
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use media::{Clip, Speech, Utterance};

    use super::*;

    async fn hear(text: &str, hints: &[&str]) -> Option<Result<Words, String>> {
        let (Some(program), speech) = (Pocketsphinx::find(), Speech::find()) else { return None };
        if !speech.programs().contains(&"flite") {
            return None;
        }
        let said = speech.say(&Utterance::plain(text)).await.unwrap();
        // With the pause that ends it, as a line has it.
        let silence = Clip::from_samples(&[0; 8_000], 8_000);
        let sound = Clip::join([&silence, said.as_ref(), &silence]);
        Some(
            program.recognize(&Wanted { sound, language: "en-US", hints: hints.to_vec(), model: None }).await,
        )
    }

    #[test]
    fn the_words_of_a_dictionary_are_found_by_what_its_lines_begin_with() {
        let dictionary = "hour AW ER\nhours AW ER Z\nhours(2) AW R Z\n";
        let words = BTreeSet::from(["hour", "hours", "our"]);
        let found = known(dictionary.as_bytes(), &words).unwrap();
        assert_eq!(found, BTreeSet::from(["hour".to_owned(), "hours".to_owned()]));
    }

    #[tokio::test]
    async fn the_hint_that_is_said_is_understood() {
        let hints = ["Sales", "Support", "Opening hours", "Gizmatron"];
        for (said, understood) in
            [("sales", "Sales"), ("opening hours", "Opening hours"), ("support", "Support")]
        {
            let Some(words) = hear(said, &hints).await else {
                return eprintln!("left out: pocketsphinx or flite is not installed");
            };
            assert_eq!(words, Ok(Words { text: understood.to_owned(), confidence: None }));
        }
    }

    #[tokio::test]
    async fn hints_of_which_no_word_is_known_are_an_error() {
        let Some(words) = hear("gizmatron", &["Gizmatron"]).await else {
            return eprintln!("left out: pocketsphinx or flite is not installed");
        };
        assert_eq!(words, Err(UNKNOWN_WORDS.to_owned()));
    }

    #[test]
    fn free_speech_and_other_languages_are_for_others() {
        assert_eq!(objection("en-GB", &["yes", "no"]), None);
        assert!(objection("en-US", &[]).unwrap().contains("needs hints"));
        assert!(objection("de-DE", &["ja"]).unwrap().contains("English alone"));
    }
}

//! Golden transcripts: what happened once and was found right, kept beside the scenarios as NAME.transcript.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;
use simulation::rehearsal::Failure;

use super::outcome::Verdict;

/// Stands before each scenario's name.
const MARK: &str = "=== ";

/// Compares what happened with the file, where there is one.
pub(super) fn compare(path: &Path, verdicts: &mut [Verdict]) -> anyhow::Result<()> {
    let Some(golden) = read(path)? else { return Ok(()) };
    // A scenario that failed has stopped halfway: its transcript has nothing to add.
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.has_passed()) {
        let golden = golden.get(&verdict.name).map_or("", String::as_str);
        verdict.failures.extend(difference(golden, &verdict.transcript.to_string(), verdict.line));
    }
    Ok(())
}

/// Writes what happened; scenarios that did not run or failed keep what was written before.
pub(super) fn write(path: &Path, verdicts: &[Verdict]) -> anyhow::Result<()> {
    let mut golden = read(path)?.unwrap_or_default();
    let passed = verdicts.iter().filter(|verdict| verdict.has_passed());
    golden.extend(passed.map(|verdict| (verdict.name.clone(), verdict.transcript.to_string())));
    let sections: Vec<String> =
        golden.iter().map(|(name, transcript)| format!("{MARK}{name}\n{transcript}")).collect();
    std::fs::write(path, sections.join("\n"))
        .with_context(|| format!("{} can not be written", path.display()))
}

/// Reads the transcripts by the names of their scenarios.
fn read(path: &Path) -> anyhow::Result<Option<BTreeMap<String, String>>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("{} can not be read", path.display())),
    };
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut name = "";
    for line in text.lines() {
        match line.strip_prefix(MARK) {
            Some(next) => name = next,
            None if line.is_empty() => {}
            None => *sections.entry(name.to_owned()).or_default() += &format!("{line}\n"),
        }
    }
    Ok(Some(sections))
}

/// Returns the first line in which two transcripts differ.
fn difference(golden: &str, transcript: &str, line: u64) -> Option<Failure> {
    if golden == transcript {
        return None;
    }
    let lines = golden.lines().zip(transcript.lines());
    let same = lines.take_while(|(golden, came)| golden == came).count();
    let line_of = |text: &str| text.lines().nth(same).unwrap_or("the end").to_owned();
    let hint = "\nhint: --update takes what came for right";
    let expected = if golden.is_empty() { "a transcript of this name".to_owned() } else { line_of(golden) };
    Some(Failure { line, what: "transcript", expected, came: line_of(transcript) + hint })
}

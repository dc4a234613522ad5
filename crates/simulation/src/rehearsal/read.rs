//! Reads scenario files: YAML, in which a key that is not known is an error with its place.

use std::collections::BTreeSet;
use std::fmt;

use serde_saphyr::Error;

use super::{Answers, Lined, Scenario};

/// How far a word may be from a known one to be taken for a slip, in letters.
const SLIP_MAX: usize = 3;

/// Why a scenario file can not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The file, as the caller named it.
    pub path: String,
    /// The line, from 1 on; 0 where the whole file is meant.
    pub line: u64,
    /// The column, from 1 on; 0 where the whole line is meant.
    pub column: u64,
    /// What is wrong.
    pub message: String,
    /// The text of the line.
    pub source_line: String,
    /// What to do.
    pub hint: Option<String>,
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)?;
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}", self.message)?;
        if !self.source_line.is_empty() {
            write!(f, "\n  {}", self.source_line)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Reads the scenarios of a file; `path` is only named in errors.
pub fn read(text: &str, path: &str) -> Result<Vec<Lined<Scenario>>, ReadError> {
    let file = File { text, path };
    let scenarios: Vec<Lined<Scenario>> =
        serde_saphyr::from_str(text).map_err(|error| file.refuse(&error))?;
    if scenarios.is_empty() {
        return Err(file.error(0, "it has no scenario: a list is expected, each with a name and a trigger"));
    }
    let mut names = BTreeSet::new();
    for scenario in &scenarios {
        let name = &scenario.value.name;
        if !names.insert(name) {
            return Err(file.error(scenario.line, format!("the name '{name}' is used twice in this file")));
        }
        let settings = scenario.value.settings.settings();
        settings.map_err(|message| file.error(scenario.line, message))?;
        if let Some(objection) = scenario.value.answers.objection() {
            return Err(file.error(scenario.line, objection));
        }
        for step in &scenario.value.steps {
            if let Some(objection) = step.value.objection() {
                return Err(file.error(step.line, objection));
            }
        }
    }
    Ok(scenarios)
}

/// Reads a file that holds nothing but how the world answers; `path` is only named in errors.
pub fn read_answers(text: &str, path: &str) -> Result<Answers, ReadError> {
    let file = File { text, path };
    let answers: Answers = serde_saphyr::from_str(text).map_err(|error| file.refuse(&error))?;
    match answers.objection() {
        Some(objection) => Err(file.error(0, objection)),
        None => Ok(answers),
    }
}

struct File<'a> {
    text: &'a str,
    path: &'a str,
}

impl File<'_> {
    fn error(&self, line: u64, message: impl Into<String>) -> ReadError {
        let index = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
        let source_line = index.and_then(|index| self.text.lines().nth(index)).unwrap_or_default();
        ReadError {
            path: self.path.to_owned(),
            line,
            column: 0,
            message: message.into(),
            source_line: source_line.to_owned(),
            hint: None,
        }
    }

    fn refuse(&self, error: &Error) -> ReadError {
        let bare = error.without_snippet();
        let location = error.location();
        let (line, column) = location.map_or((0, 0), |location| (location.line(), location.column()));
        // The position stands in front of the message already.
        let message = bare.to_string();
        let place = format!(" at line {line}, column {column}");
        let message = message.strip_suffix(&place).unwrap_or(&message);
        ReadError { column, hint: hint_for(bare), ..self.error(line, message) }
    }
}

/// Names the known key that is nearest to one that is not known.
fn hint_for(error: &Error) -> Option<String> {
    let (word, known) = if let Error::SerdeUnknownField { field, expected, .. } = error {
        (field, expected)
    } else if let Error::SerdeUnknownVariant { variant, expected, .. } = error {
        (variant, expected)
    } else {
        return None;
    };
    let nearest = known.iter().map(|name| (distance(word, name), name)).min()?;
    (nearest.0 <= SLIP_MAX).then(|| format!("did you mean '{}'?", nearest.1))
}

/// Counts the letters to add, remove or replace to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            let cheapest = replaced.min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], cheapest);
        }
    }
    row[b.len()]
}

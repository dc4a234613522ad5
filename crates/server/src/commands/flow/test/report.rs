//! The outcome as text for the terminal.

use std::fmt::Write;

use super::outcome::{Outcome, Suite, Verdict};

/// How wide the column of names is, in characters.
const NAME_WIDTH: usize = 64;

/// Writes the outcome for people.
pub(super) fn text(outcome: &Outcome, lists_untaken: bool) -> String {
    let mut text = String::new();
    for suite in outcome.suites.iter().filter(|suite| !suite.verdicts.is_empty()) {
        text += &suite_text(suite, lists_untaken);
    }
    for broken in &outcome.broken {
        text += &format!("error: {}\n\n", broken.error);
    }
    let failed = outcome.failed();
    let passed = outcome.total() - failed;
    let millis = outcome.duration.as_secs_f64() * 1_000.0;
    let rate = outcome.rate();
    let unread = match outcome.broken.len() {
        0 => String::new(),
        files => format!(", {files} of the files could not run"),
    };
    text += &format!(
        "{passed} passed, {failed} failed{unread} in {millis:.1} ms ({rate:.0} scenarios a second)\n"
    );
    text
}

fn suite_text(suite: &Suite, lists_untaken: bool) -> String {
    let mut text = format!("{}\n", suite.path.display());
    for verdict in &suite.verdicts {
        text += &verdict_text(verdict);
    }
    for (flow, coverage) in &suite.coverage {
        let (taken, total) = (coverage.taken(), coverage.total());
        text += &format!("  coverage of {}: {taken} of {total} transitions\n", flow.display());
        let untaken = coverage.never_taken().filter(|_| lists_untaken);
        for transition in untaken {
            text += &format!("    never taken  {transition}\n");
        }
    }
    text + "\n"
}

fn verdict_text(verdict: &Verdict) -> String {
    let word = if verdict.has_passed() { "ok  " } else { "FAIL" };
    let micros = verdict.duration.as_micros();
    let mut text = format!("  {word}  {:<NAME_WIDTH$} {micros:>6} µs\n", verdict.name);
    for failure in &verdict.failures {
        text += &indented(&failure.to_string(), 8);
    }
    if !verdict.has_passed() {
        text += "        transcript\n";
        text += &indented(&verdict.transcript.to_string(), 10);
    }
    text
}

fn indented(text: &str, width: usize) -> String {
    let mut indented = String::new();
    for line in text.lines() {
        // Writing to a string does not fail.
        let _ = writeln!(indented, "{:width$}{line}", "");
    }
    indented
}

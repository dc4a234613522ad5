//! The outcome as JUnit XML, for machines that collect tests.

use super::outcome::{Broken, Outcome, Suite, Verdict};

/// Writes the outcome as XML.
pub(super) fn xml(outcome: &Outcome) -> String {
    let suites: String = outcome.suites.iter().map(suite_xml).collect();
    let broken: String = outcome.broken.iter().map(broken_xml).collect();
    let errors = outcome.broken.len();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites tests=\"{}\" failures=\"{}\" errors=\"{errors}\" time=\"{:.6}\">\n{suites}{broken}</testsuites>\n",
        outcome.total() + errors,
        outcome.failed(),
        outcome.duration.as_secs_f64()
    )
}

fn suite_xml(suite: &Suite) -> String {
    let name = escaped(&suite.path.display().to_string());
    let cases: String = suite.verdicts.iter().map(|verdict| case_xml(&name, verdict)).collect();
    let seconds: f64 = suite.verdicts.iter().map(|verdict| verdict.duration.as_secs_f64()).sum();
    format!(
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" time=\"{seconds:.6}\">\n{cases}  </testsuite>\n",
        suite.verdicts.len(),
        suite.failed()
    )
}

/// A file that could not run is a test of its own, so that nothing counts it as passed.
fn broken_xml(broken: &Broken) -> String {
    let name = escaped(&broken.path.display().to_string());
    let message = escaped(broken.error.lines().next().unwrap_or_default());
    let details = escaped(&broken.error);
    format!(
        "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    \
         <testcase classname=\"{name}\" name=\"the file can run\" file=\"{name}\">\n      \
         <error message=\"{message}\">{details}</error>\n    </testcase>\n  </testsuite>\n"
    )
}

fn case_xml(class: &str, verdict: &Verdict) -> String {
    let failures: String = verdict.failures.iter().map(|failure| failure.to_string()).collect();
    let opening = format!(
        "    <testcase classname=\"{class}\" name=\"{}\" file=\"{class}\" line=\"{}\" time=\"{:.6}\"",
        escaped(&verdict.name),
        verdict.line,
        verdict.duration.as_secs_f64()
    );
    if verdict.has_passed() {
        return format!("{opening}/>\n");
    }
    let message = failures.lines().next().unwrap_or_default();
    let details = escaped(&format!("{failures}{}", verdict.transcript));
    format!(
        "{opening}>\n      <failure message=\"{}\">{details}</failure>\n    </testcase>\n",
        escaped(message)
    )
}

/// Escapes text for XML; characters that XML 1.0 can not hold become a replacement character.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

//! One run of a scenario: what happened, and where it differed from what was expected.

use std::fmt;

use super::check::check;
use super::{Expectation, Happens, Lined, RehearsedFlow, Scenario, Stage, Step, Transcript};

/// The outcome of a scenario.
#[derive(Debug)]
pub struct Run {
    /// What happened.
    pub transcript: Transcript,
    /// Where it differed from what was expected, in the first expectation that was not met.
    pub failures: Vec<Failure>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The line of the expectation.
    pub line: u64,
    /// The key of the expectation.
    pub what: &'static str,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

impl Run {
    /// Runs a scenario to its end, or to the first expectation that is not met.
    pub fn of(scenario: &Scenario, flow: &RehearsedFlow) -> Self {
        let answers = scenario.answers.clone();
        let mut stage = Stage::begin(flow, &scenario.trigger, answers, scenario.starts_at);
        let mut judged = 0;
        for step in &scenario.steps {
            perform(&mut stage, &step.value);
            if let Some(expected) = &step.value.expect {
                let failures = judge(&stage, expected, judged);
                if !failures.is_empty() {
                    return Self { transcript: stage.into_transcript(), failures };
                }
                judged = stage.transcript().entries().len();
            }
        }
        let failures = scenario.expect.as_ref().map(|expected| judge(&stage, expected, 0));
        Self { failures: failures.unwrap_or_default(), transcript: stage.into_transcript() }
    }

    /// Tells whether all was as expected.
    pub fn has_passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = |text: &str| text.replace('\n', &format!("\n{}", " ".repeat(10)));
        writeln!(f, "{} on line {}", self.what, self.line)?;
        writeln!(f, "expected  {}", indent(&self.expected))?;
        writeln!(f, "came      {}", indent(&self.came))
    }
}

/// Lets a step happen: answers first, since they hold for what the step brings about.
fn perform(stage: &mut Stage<'_>, step: &Step) {
    if let Some(answer) = &step.message {
        stage.answer_messages(answer.clone());
    }
    if let Some(answer) = &step.task {
        stage.answer_tasks(answer.clone());
    }
    if let Some(answers) = &step.http {
        stage.answer_http(answers.clone());
    }
    match step.happens() {
        Some(Happens::Says(said)) => stage.say(said),
        Some(Happens::Wait(duration)) => stage.wait(duration),
        Some(Happens::Stop) => stage.stop(),
        None => {}
    }
}

fn judge(stage: &Stage<'_>, expected: &Lined<Expectation>, from: usize) -> Vec<Failure> {
    let entries = &stage.transcript().entries()[from..];
    let mismatches = check(&expected.value, entries, stage.execution());
    let failure = |mismatch: super::check::Mismatch| Failure {
        line: expected.line,
        what: mismatch.what,
        expected: mismatch.expected,
        came: mismatch.came,
    };
    mismatches.into_iter().map(failure).collect()
}

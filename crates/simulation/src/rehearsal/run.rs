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
            if let Err(objection) = perform(&mut stage, &step.value) {
                let failures = vec![Failure { line: step.line, ..objection }];
                return Self { transcript: stage.into_transcript(), failures };
            }
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

/// Lets a step happen: answers first, since they hold for what the step brings about; only a call can be missing.
fn perform(stage: &mut Stage<'_>, step: &Step) -> Result<(), Failure> {
    if let Some(answer) = &step.message {
        stage.answer_messages(answer.clone());
    }
    if let Some(answer) = &step.task {
        stage.answer_tasks(answer.clone());
    }
    if let Some(answers) = &step.http {
        stage.answer_http(answers.clone());
    }
    if let Some(outcomes) = &step.outcomes {
        stage.end_as(outcomes.clone());
    }
    match step.happens() {
        Some(Happens::Presses(keys)) => return stage.press(keys).map_err(without_call),
        Some(Happens::HangsUp) => return stage.hang_up().map_err(without_call),
        Some(Happens::Says(said)) => stage.say(said),
        Some(Happens::Writes(said)) => stage.write(said),
        Some(Happens::Wait(duration)) => stage.wait(duration),
        Some(Happens::Stop) => stage.stop(),
        None => {}
    }
    Ok(())
}

fn without_call(came: String) -> Failure {
    Failure { line: 0, what: "step", expected: "a call that goes on".to_owned(), came }
}

fn judge(stage: &Stage<'_>, expected: &Lined<Expectation>, from: usize) -> Vec<Failure> {
    let entries = &stage.transcript().entries()[from..];
    let mismatches = check(&expected.value, entries, stage);
    let failure = |mismatch: super::check::Mismatch| Failure {
        line: expected.line,
        what: mismatch.what,
        expected: mismatch.expected,
        came: mismatch.came,
    };
    mismatches.into_iter().map(failure).collect()
}

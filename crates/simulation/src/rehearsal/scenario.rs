//! A scenario as its file spells it: what begins, what happens, what is expected.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use flow::Settings;
use serde::{Deserialize, Deserializer, de};
use twiml::Digits;

use super::duration::duration;
use super::outcome::{self, Outcomes};
use super::{
    Answers, Expectation, HttpAnswer, Lined, MessageAnswer, Said, TaskAnswer, TextOr, TriggerSource,
};

/// When a scenario begins unless it says so: a Monday morning.
const BEGINS_AT: &str = "2026-01-05T09:00:00Z";

/// What can happen in a step, as refusals name it.
const HAPPENS: &str = "says, writes, presses, hangs_up, wait";

/// One story of a flow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What the story tells, in words.
    pub name: String,
    /// The flow's file, relative to the scenario's; the file's own name with `.json` unless given.
    pub flow: Option<String>,
    /// The files of the flows that it runs inside itself, by their SIDs or names; `None` for those that are not there.
    #[serde(default)]
    pub subflows: BTreeMap<String, Option<String>>,
    /// How the flow runs.
    #[serde(default)]
    pub settings: ScenarioSettings,
    /// When it begins.
    #[serde(default = "begins_at", deserialize_with = "timestamp")]
    pub starts_at: Timestamp,
    /// What begins it.
    pub trigger: TriggerSource,
    /// How the world answers from the beginning on.
    #[serde(default)]
    pub answers: Answers,
    /// What happens then, one after the other.
    #[serde(default)]
    pub steps: Vec<Lined<Step>>,
    /// What is expected of the whole run.
    pub expect: Option<Lined<Expectation>>,
}

/// How a flow runs in a scenario.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioSettings {
    /// The IANA name of the zone in which the flow tells time.
    pub time_zone: Option<String>,
    /// Whether JSON that a template broke is left broken.
    #[serde(default)]
    pub strict_liquid: bool,
}

/// What happens, how the world answers from here on, and what is expected of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The contact speaks on the call, or writes where there is none.
    says: Option<TextOr<Said>>,
    /// The contact writes, on a call too.
    writes: Option<TextOr<Said>>,
    /// The caller presses keys; `w` and `W` are pauses of half a second and a second.
    presses: Option<TextOr<Pressed>>,
    /// The caller hangs up.
    #[serde(default)]
    hangs_up: bool,
    /// Time passes.
    #[serde(default, deserialize_with = "duration")]
    wait: Option<Duration>,
    /// Somebody ends the execution by hand.
    #[serde(default)]
    stop: bool,
    /// What becomes of messages from here on, and of those that are pending.
    pub message: Option<MessageAnswer>,
    /// What becomes of tasks from here on, and of those that are pending.
    pub task: Option<TaskAnswer>,
    /// What other systems answer from here on.
    pub http: Option<Vec<HttpAnswer>>,
    /// How what calls wait for ends from here on, and what is pending.
    pub outcomes: Option<Outcomes>,
    /// What is expected of what happened since the last expectation.
    pub expect: Option<Lined<Expectation>>,
}

/// Keys as a scenario spells them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressed(Digits);

impl TryFrom<String> for Pressed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let keys = Digits::new(&text).filter(|keys| !keys.as_str().is_empty());
        keys.map(Self).ok_or_else(|| {
            format!("'{text}' are no keys: 0-9, A-D, # and * are expected, and w or W for a pause")
        })
    }
}

/// What happens in a step, apart from answers.
#[derive(Debug, Clone, Copy)]
pub enum Happens<'a> {
    /// The contact speaks on the call, or writes where there is none.
    Says(&'a Said),
    /// The contact writes.
    Writes(&'a Said),
    /// The caller presses keys.
    Presses(&'a Digits),
    /// The caller hangs up.
    HangsUp,
    /// Time passes.
    Wait(Duration),
    /// Somebody ends the execution by hand.
    Stop,
}

impl Step {
    /// Returns what happens, if anything.
    pub fn happens(&self) -> Option<Happens<'_>> {
        self.all_that_happens().next()
    }

    /// Says what is wrong where a step tells more than one thing, or none.
    pub(super) fn objection(&self) -> Option<String> {
        if self.all_that_happens().count() > 1 {
            return Some(format!("a step tells one thing: {HAPPENS} or stop; make a step of each"));
        }
        if let Some(objection) = self.outcomes.as_ref().and_then(outcome::objection) {
            return Some(objection);
        }
        let is_empty = self.happens().is_none()
            && self.message.is_none()
            && self.task.is_none()
            && self.http.is_none()
            && self.outcomes.is_none()
            && self.expect.is_none();
        is_empty.then(|| {
            format!("the step is empty: {HAPPENS}, stop, message, task, http, outcomes or expect is expected")
        })
    }

    fn all_that_happens(&self) -> impl Iterator<Item = Happens<'_>> {
        let all = [
            self.says.as_ref().map(|TextOr(said)| Happens::Says(said)),
            self.writes.as_ref().map(|TextOr(said)| Happens::Writes(said)),
            self.presses.as_ref().map(|TextOr(Pressed(keys))| Happens::Presses(keys)),
            self.hangs_up.then_some(Happens::HangsUp),
            self.wait.map(Happens::Wait),
            self.stop.then_some(Happens::Stop),
        ];
        all.into_iter().flatten()
    }
}

impl ScenarioSettings {
    /// Returns the engine's settings, or says which value is not known.
    pub fn settings(&self) -> Result<Settings, String> {
        let settings = Settings { strict_liquid: self.strict_liquid, ..Settings::default() };
        match &self.time_zone {
            Some(name) => settings.with_time_zone(name),
            None => Ok(settings),
        }
    }
}

fn begins_at() -> Timestamp {
    Timestamp::parse(BEGINS_AT).expect("the constant is a time")
}

fn timestamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    Timestamp::parse(&text).ok_or_else(|| {
        de::Error::custom(format!("'{text}' is not a time: one such as {BEGINS_AT} is expected"))
    })
}

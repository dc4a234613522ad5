//! Compares what was expected with what happened.

use flow::{Execution, HttpRequest, OutgoingMessage, Step, TaskRequest};
use serde_json::{Map, Value};
use twiml::Verb;

use super::{
    CallState, Entry, Expectation, Happening, Prospect, Stage, TextOr, TextPattern, http, performed_verb,
};

/// What was expected, and what came.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) what: &'static str,
    pub(super) expected: String,
    pub(super) came: String,
}

/// Returns all in which `entries` and the stage differ from what was expected.
pub(super) fn check(expected: &Expectation, entries: &[Entry], stage: &Stage<'_>) -> Vec<Mismatch> {
    let seen = Seen::of(entries);
    let execution = stage.execution();
    let variables = &execution.context()["flow"]["variables"];
    let single = [
        seen.check_messages(expected),
        differing("path", expected.path.as_ref().map(|path| path.join(" → ")), seen.path.join(" → ")),
        check_texts("hears", expected.hears.as_ref(), &seen.heard()),
        seen.check_verbs(expected),
        differing("calls", expected.calls.as_ref().map(|calls| calls.join("\n")), seen.calls.join("\n")),
        differing(
            "call",
            expected.call.map(|state| state.as_str().to_owned()),
            CallState::as_str(stage.call_state()).to_owned(),
        ),
        check_whereabouts(expected, execution),
        seen.check_task(expected),
        seen.check_requests(expected),
        check_texts("errors", expected.errors.as_ref(), &seen.errors),
        check_texts("warnings", expected.warnings.as_ref(), &seen.warnings),
        differing(
            "status",
            expected.status.map(|status| status.as_str().to_owned()),
            execution.status().as_str().to_owned(),
        ),
    ];
    let variables = check_values("variable", &expected.variables, |name| variables.get(name));
    let context = check_values("context", &expected.context, |path| value_at(execution.context(), path));
    single.into_iter().flatten().chain(variables).chain(context).collect()
}

/// What the entries tell, by kind.
#[derive(Default)]
struct Seen<'a> {
    messages: Vec<&'a OutgoingMessage>,
    tasks: Vec<&'a TaskRequest>,
    requests: Vec<&'a HttpRequest>,
    verbs: Vec<&'a Verb>,
    calls: Vec<&'a str>,
    path: Vec<&'a str>,
    errors: Vec<&'a str>,
    warnings: Vec<&'a str>,
}

impl<'a> Seen<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut seen = Self::default();
        for entry in entries {
            match &entry.happening {
                Happening::Began { widget, .. } => seen.path.push(widget),
                Happening::Sent(message) => seen.messages.push(message),
                Happening::AskedForTask(task) => seen.tasks.push(task),
                Happening::Requested(request) => seen.requests.push(request),
                Happening::Left { way, error, warnings, .. } => {
                    seen.path.extend(Some(way.to.as_str()).filter(|to| *to != Step::ENDED));
                    seen.errors.extend(error.as_deref());
                    seen.warnings.extend(warnings.iter().map(String::as_str));
                }
                Happening::Performed(verb) => seen.verbs.push(verb),
                Happening::Dialled(call) => seen.calls.push(&call.to),
                Happening::Wrote(_)
                | Happening::Called(_)
                | Happening::HungUp
                | Happening::Conversed(_)
                | Happening::Answered(_)
                | Happening::Waited(_) => {}
            }
        }
        seen
    }

    fn check_messages(&self, expected: &Expectation) -> Option<Mismatch> {
        let expected = expected.messages.as_ref()?;
        let is_met = expected.len() == self.messages.len()
            && expected
                .iter()
                .zip(&self.messages)
                .all(|(TextOr(expected), message)| expected.is_met_by(message));
        let shows_addresses =
            expected.iter().any(|TextOr(expected)| expected.from.is_some() || expected.to.is_some());
        let shown = |message: &&OutgoingMessage| match shows_addresses {
            true => format!("{:?} from {} to {}", message.body, message.from, message.to),
            false => format!("{:?}", message.body),
        };
        (!is_met).then(|| Mismatch {
            what: "messages",
            expected: listed(expected.iter().map(|TextOr(expected)| expected.to_string())),
            came: listed(self.messages.iter().map(shown)),
        })
    }

    fn heard(&self) -> Vec<String> {
        self.verbs.iter().flat_map(|verb| performed_verb::heard(verb)).collect()
    }

    fn check_verbs(&self, expected: &Expectation) -> Option<Mismatch> {
        let expected = expected.verbs.as_ref()?;
        let is_met = expected.len() == self.verbs.len()
            && expected.iter().zip(&self.verbs).all(|(TextOr(expected), verb)| expected.is_met_by(verb));
        (!is_met).then(|| Mismatch {
            what: "verbs",
            expected: listed(expected.iter().map(|TextOr(expected)| expected.to_string())),
            came: listed(self.verbs.iter().map(|verb| performed_verb::shown(verb))),
        })
    }

    fn check_requests(&self, expected: &Expectation) -> Option<Mismatch> {
        let expected = expected.requests.as_ref()?;
        let is_met = expected.len() == self.requests.len()
            && expected
                .iter()
                .zip(&self.requests)
                .all(|(TextOr(expected), request)| expected.is_met_by(request));
        (!is_met).then(|| Mismatch {
            what: "requests",
            expected: listed(expected.iter().map(|TextOr(expected)| expected.to_string())),
            came: listed(self.requests.iter().map(|request| http::shown(request))),
        })
    }

    fn check_task(&self, expected: &Expectation) -> Option<Mismatch> {
        let TextOr(prospect) = expected.task.as_ref()?;
        let mismatch = |expected: String, came: String| Some(Mismatch { what: "task", expected, came });
        match (prospect, self.tasks.last()) {
            (Prospect::None, None) => None,
            (Prospect::None, Some(task)) => {
                mismatch("no task".to_owned(), format!("one for {}", task.workflow))
            }
            (Prospect::Task(_), None) => mismatch("a task".to_owned(), "none was asked for".to_owned()),
            (Prospect::Task(expected), Some(task)) => {
                let (expected, came): (Vec<_>, Vec<_>) = expected.differences(task).into_iter().unzip();
                (!expected.is_empty()).then(|| mismatch(expected.join(", "), came.join(", "))).flatten()
            }
        }
    }
}

fn check_whereabouts(expected: &Expectation, execution: &Execution) -> Option<Mismatch> {
    let came = execution.visit().map_or("nowhere: it has ended", |visit| visit.widget.as_str());
    differing("waits_at", expected.waits_at.clone(), came.to_owned())
}

fn check_texts(
    what: &'static str,
    expected: Option<&Vec<TextOr<TextPattern>>>,
    came: &[impl AsRef<str>],
) -> Option<Mismatch> {
    let expected = expected?;
    let is_met = expected.len() == came.len()
        && expected.iter().zip(came).all(|(TextOr(pattern), text)| pattern.is_met_by(text.as_ref()));
    (!is_met).then(|| Mismatch {
        what,
        expected: listed(expected.iter().map(|TextOr(pattern)| pattern.to_string())),
        came: listed(came.iter().map(|text| format!("{:?}", text.as_ref()))),
    })
}

fn check_values<'a>(
    what: &'static str,
    expected: &'a Map<String, Value>,
    find: impl Fn(&str) -> Option<&'a Value>,
) -> Vec<Mismatch> {
    let differing = expected.iter().filter_map(|(name, value)| {
        let came = find(name).unwrap_or(&Value::Null);
        let mismatch =
            Mismatch { what, expected: format!("{name} = {value}"), came: format!("{name} = {came}") };
        (came != value).then_some(mismatch)
    });
    differing.collect()
}

fn differing(what: &'static str, expected: Option<String>, came: String) -> Option<Mismatch> {
    let expected = expected.filter(|expected| *expected != came)?;
    Some(Mismatch { what, expected, came })
}

/// Finds the value at a path such as `widgets.ask.inbound.Body`.
fn value_at<'a>(context: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(context, |value, key| match value {
        Value::Object(map) => map.get(key),
        Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    })
}

/// Writes one item a line, so that long messages can be compared.
fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join("\n") }
}

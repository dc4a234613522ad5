//! What happened in a rehearsal, in order: the only thing that it is judged by.

use std::fmt;
use std::time::Duration;

use domain::Timestamp;
use flow::{HttpRequest, OutgoingCall, OutgoingMessage, Step, TaskRequest};
use twiml::Verb;

use super::{Transition, format_duration, http, performed_verb};

/// What happened, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Transcript {
    began_at: Timestamp,
    entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// How long after the beginning.
    pub after: Duration,
    /// What happened.
    pub happening: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// An execution began at this widget.
    Began {
        /// The trigger.
        widget: String,
        /// The trigger's event.
        event: &'static str,
    },
    /// The contact wrote.
    Wrote(String),
    /// The caller did something: spoke, pressed keys or hung up.
    Called(String),
    /// The flow performed a verb on its call, or redirected a message.
    Performed(Box<Verb>),
    /// The flow hung up.
    HungUp,
    /// The flow called the contact.
    Dialled(Box<OutgoingCall>),
    /// The flow began or resumed a conversation.
    Conversed(String),
    /// The flow sent a message.
    Sent(Box<OutgoingMessage>),
    /// The flow asked for a task.
    AskedForTask(Box<TaskRequest>),
    /// The flow called another system.
    Requested(Box<HttpRequest>),
    /// The world answered.
    Answered(String),
    /// A widget was left.
    Left {
        /// The way that was taken; `to` is [`Step::ENDED`] where the execution ended.
        way: Transition,
        /// Whether it belongs to a subflow.
        is_in_subflow: bool,
        /// Why a failure transition was taken.
        error: Option<String>,
        /// What the author should look at.
        warnings: Vec<String>,
    },
    /// Time passed.
    Waited(Duration),
}

impl Transcript {
    /// Begins a transcript.
    pub(super) fn begin(at: Timestamp) -> Self {
        Self { began_at: at, entries: Vec::new() }
    }

    /// Notes what happened.
    pub(super) fn note(&mut self, now: Timestamp, happening: Happening) {
        self.entries.push(Entry { after: now.since(self.began_at), happening });
    }

    /// Returns all that happened.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the ways of the flow itself that were taken, without those of its subflows.
    pub fn transitions(&self) -> impl Iterator<Item = Transition> {
        self.entries.iter().filter_map(|entry| match &entry.happening {
            Happening::Left { way, is_in_subflow: false, .. } => Some(way.clone()),
            Happening::Left { .. }
            | Happening::Began { .. }
            | Happening::Wrote(_)
            | Happening::Called(_)
            | Happening::Performed(_)
            | Happening::HungUp
            | Happening::Dialled(_)
            | Happening::Conversed(_)
            | Happening::Sent(_)
            | Happening::AskedForTask(_)
            | Happening::Requested(_)
            | Happening::Answered(_)
            | Happening::Waited(_) => None,
        })
    }
}

impl Happening {
    /// Tells of a step without its context, which transcripts do not show.
    pub(super) fn left(step: Step) -> Self {
        let is_in_subflow = step.parent_step_sid.is_some();
        let way = Transition { from: step.transitioned_from, event: step.name, to: step.transitioned_to };
        Self::Left { way, is_in_subflow, error: step.error, warnings: step.warnings }
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|entry| entry.fmt(f))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.after.as_secs();
        let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        for (who, what) in self.happening.lines() {
            // A text of several lines stays in its column.
            let what = what.replace('\n', &format!("\n{}", " ".repeat(clock.len() + 11)));
            writeln!(f, "{}", format!("{clock}  {who:<9}{what}").trim_end())?;
        }
        Ok(())
    }
}

impl Happening {
    /// Returns the lines that tell of it, each with who or what it is about.
    fn lines(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Began { widget, event } => vec![("begin", format!("{widget} by {event}"))],
            Self::Wrote(text) => vec![("contact", text.clone())],
            Self::Called(text) => vec![("caller", text.clone())],
            Self::Performed(verb) => performed_lines(verb),
            Self::HungUp => vec![("call", "the flow hangs up".to_owned())],
            Self::Dialled(call) => vec![("call", format!("to {} from {}", call.to, call.from))],
            Self::Conversed(text) => vec![("flow", text.clone())],
            Self::Sent(message) => vec![("flow", shown_message(message))],
            Self::AskedForTask(task) => vec![("task", shown_task(task))],
            Self::Requested(request) => vec![("request", http::shown(request))],
            Self::Answered(text) => vec![("answer", text.clone())],
            Self::Left { way, error, warnings, .. } => left_lines(way, error.as_ref(), warnings),
            Self::Waited(duration) => vec![("wait", format_duration(*duration))],
        }
    }
}

fn shown_message(message: &OutgoingMessage) -> String {
    let content = message.content.as_ref().map(|content| format!("[content {}]", content.sid));
    let media = message.media_urls.iter().map(|link| format!("[media {link}]"));
    let text = Some(message.body.clone()).filter(|body| !body.is_empty());
    let parts: Vec<String> = text.into_iter().chain(content).chain(media).collect();
    parts.join(" ")
}

fn shown_task(task: &TaskRequest) -> String {
    format!(
        "workflow {} channel {} priority {} timeout {} {}",
        task.workflow,
        task.task_channel,
        task.priority,
        task.timeout_secs,
        task.attributes.text()
    )
}

fn performed_lines(verb: &Verb) -> Vec<(&'static str, String)> {
    let heard = performed_verb::heard(verb).into_iter().map(|text| ("hears", text));
    std::iter::once(("call", performed_verb::shown(verb))).chain(heard).collect()
}

fn left_lines(way: &Transition, error: Option<&String>, warnings: &[String]) -> Vec<(&'static str, String)> {
    let error = error.map(|error| ("error", error.clone()));
    let warnings = warnings.iter().map(|warning| ("warning", warning.clone()));
    std::iter::once(("step", way.to_string())).chain(error).chain(warnings).collect()
}

//! What a widget is to the engine: two entry points, what it sees while it runs, and how it answers.

use std::fmt;

use domain::{StepSid, Timestamp};
use serde_json::{Map, Value};

use crate::execution::call::Call;
use crate::execution::subflow::{SubflowReference, SubflowStart};
use crate::execution::{Visit, WaitsFor};
use crate::template::{RenderedJson, Template};
use crate::{Action, Context, HttpResponse, Settings, TriggerKind, WidgetKind};

/// What a compiled widget does.
pub(crate) trait Behaviour: fmt::Debug + Send + Sync {
    /// Begins a visit.
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome;

    /// Goes on with a visit that waits; widgets that never wait leave this as it is.
    fn resume(&self, _scope: &mut Scope<'_>, _resume: Resume) -> Outcome {
        Outcome::KeepWaiting
    }

    /// Returns the other flow that it runs.
    fn subflow(&self) -> Option<&SubflowReference> {
        None
    }
}

/// What a waiting widget is told, a family of events each.
#[derive(Debug)]
pub(crate) enum Resume {
    /// What became of the message that it sent.
    Message(MessageFate),
    /// The task that it asked for: its fields, or why there is none.
    Task(Answer),
    /// The interaction that it asked for: its fields, or why there is none.
    Interaction(Answer),
    /// The conversation that it asked for, or why there is none.
    Conversation(Result<ConversationBinding, String>),
    /// What the other system answered, or why it did not.
    Http(Result<HttpResponse, String>),
    /// What became of the verbs: parameters, or why they can not be performed.
    Verbs(Answer),
    /// The call ended while verbs were performed; its parameters.
    HungUp(Map<String, Value>),
    /// The call that it asked for: its parameters, or why it can not be made.
    Call(Answer),
    /// The contact wrote.
    Reply(Map<String, Value>),
    /// The time it had set has come.
    TimedOut,
}

impl Resume {
    /// Says what happened, as the reason of the step that follows from it.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Message(MessageFate::Accepted(_)) => "the message was taken on".to_owned(),
            Self::Message(MessageFate::Refused { reason, .. } | MessageFate::NotDelivered { reason, .. })
            | Self::Task(Err(reason))
            | Self::Interaction(Err(reason))
            | Self::Conversation(Err(reason))
            | Self::Http(Err(reason))
            | Self::Verbs(Err(reason))
            | Self::Call(Err(reason)) => reason.clone(),
            Self::Task(Ok(_)) => "the task exists".to_owned(),
            Self::Interaction(Ok(_)) => "the interaction and its task exist".to_owned(),
            Self::Conversation(Ok(_)) => "the conversation is there".to_owned(),
            Self::Http(Ok(answer)) => format!("the other system answered with {}", answer.status_code),
            Self::Verbs(Ok(_)) => "the call has performed what it was told".to_owned(),
            Self::Call(Ok(_)) => "the call was answered, or was not".to_owned(),
            Self::HungUp(_) => "the call ended".to_owned(),
            Self::Reply(_) => "the contact wrote".to_owned(),
            Self::TimedOut => "the time that the widget waits was over".to_owned(),
        }
    }
}

/// A conversation whose messages reach the execution.
#[derive(Debug)]
pub(crate) struct ConversationBinding {
    /// Its fields.
    pub(crate) conversation: Map<String, Value>,
    /// The webhook by which its messages come.
    pub(crate) webhook_sid: String,
}

/// What became of a message.
#[derive(Debug)]
pub(crate) enum MessageFate {
    /// It was taken on; its fields.
    Accepted(Map<String, Value>),
    /// It was not taken on.
    Refused {
        /// The published error code.
        code: u32,
        /// Why.
        reason: String,
    },
    /// It was taken on, but did not reach the contact.
    NotDelivered {
        /// The published error code.
        code: u32,
        /// Why.
        reason: String,
    },
}

/// The fields of what a widget asked for, or a sentence that says why it is not there.
pub(crate) type Answer = Result<Map<String, Value>, String>;

/// How a widget answers.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The widget is left.
    Leave(Exit),
    /// The widget asks for something and waits.
    Wait {
        /// What it asks for.
        actions: Vec<Action>,
        /// What it waits for.
        waits_for: WaitsFor,
        /// Until when, if not for ever.
        until: Option<Timestamp>,
    },
    /// What it was told does not concern it.
    KeepWaiting,
    /// Another flow runs inside the visit.
    RunSubflow(SubflowStart),
    /// The execution can not go on here, and why.
    Stop(String),
}

/// How a widget is left, and what it leaves behind.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) way: Way,
    /// Replaces `widgets.<name>` unless empty.
    pub(crate) outputs: Map<String, Value>,
    /// Goes to `flow.variables`.
    pub(crate) variables: Map<String, Value>,
    /// Why a failure transition was taken.
    pub(crate) error: Option<String>,
    /// Whether the flow gives its call away.
    pub(crate) gives_call_away: bool,
    /// Goes to `flow.channel`.
    pub(crate) channel: Map<String, Value>,
    /// Is the execution's conversation from here on.
    pub(crate) conversation: Option<String>,
}

/// The transition that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The one for this event.
    Event(&'static str),
    /// The one at this place in the definition: events such as `match` occur more than once.
    Place(usize),
}

impl Exit {
    /// Leaves by the transition for `event`.
    pub(crate) fn by(event: &'static str) -> Self {
        Self::way(Way::Event(event))
    }

    /// Leaves by this transition.
    pub(crate) fn way(way: Way) -> Self {
        Self {
            way,
            outputs: Map::new(),
            variables: Map::new(),
            error: None,
            gives_call_away: false,
            channel: Map::new(),
            conversation: None,
        }
    }

    /// Leaves by a failure transition, and says why.
    pub(crate) fn failed(event: &'static str, error: impl Into<String>) -> Self {
        Self { error: Some(error.into()), ..Self::by(event) }
    }

    /// Adds what `widgets.<name>` is to hold.
    pub(crate) fn with_outputs(self, outputs: Map<String, Value>) -> Self {
        Self { outputs, ..self }
    }
}

/// What a widget sees of its execution, and the visit that it may write to.
pub(crate) struct Scope<'a> {
    pub(crate) context: &'a Context,
    pub(crate) settings: &'a Settings,
    /// What began the execution.
    pub(crate) trigger: TriggerKind,
    /// What began the flow at hand: in a subflow, the parent.
    pub(crate) entry: TriggerKind,
    /// The call that verbs would be performed on.
    pub(crate) call: Option<&'a Call>,
    /// The conversation to which messages go.
    pub(crate) conversation: Option<&'a str>,
    /// The event that is taken when the widget can not do its work.
    pub(crate) failure_event: &'static str,
    pub(crate) contact_address: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) visit: &'a mut Visit,
}

impl Scope<'_> {
    /// Returns the SID that ties an answer to this visit.
    pub(crate) fn request(&self) -> StepSid {
        self.visit.step_sid
    }

    /// Renders a template; an error is a sentence for the step.
    pub(crate) fn render(&self, template: &Template) -> Result<String, String> {
        template.render(self.context.value(), self.settings, self.now)
    }

    /// Renders what must be JSON; values that had to be escaped for that are a warning.
    pub(crate) fn render_json(&mut self, template: &Template) -> Result<RenderedJson, String> {
        let rendered = template.render_json(self.context.value(), self.settings, self.now)?;
        if rendered.was_escaped {
            self.warn(
                "the rendered text was not valid JSON, so the values in it were escaped; write {{ value | to_json }} \
                 without quotes around it where a value may hold quotes or line breaks",
            );
        }
        Ok(rendered)
    }

    /// Renders a template for a widget that can not fail: what goes wrong becomes a warning and empty text.
    pub(crate) fn render_or_warn(&mut self, template: &Template) -> String {
        self.render(template).unwrap_or_else(|error| {
            self.warn(error);
            String::new()
        })
    }

    /// Notes what the flow's author should look at.
    pub(crate) fn warn(&mut self, warning: impl Into<String>) {
        self.visit.warnings.push(warning.into());
    }
}

/// What the author set on one widget, read with the catalogue's defaults.
pub(crate) struct WidgetSource<'a> {
    pub(crate) kind: &'static WidgetKind,
    pub(crate) properties: &'a Map<String, Value>,
    pub(crate) transitions: &'a [Value],
}

impl WidgetSource<'_> {
    /// Returns a property as text, numbers included; its default when it is absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let default = || self.kind.property(name).and_then(|property| property.default).map(str::to_owned);
        self.properties.get(name).and_then(scalar_text).or_else(default)
    }

    /// Returns a property that is a whole number.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.trim().parse().ok()
    }

    /// Tells whether a property says true, as a boolean or as text.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text.trim() == "true")
    }

    /// Returns a property that may hold Liquid; empty when it is absent and has no default.
    pub(crate) fn template(&self, name: &str) -> Template {
        Template::lenient(&self.text(name).unwrap_or_default())
    }

    /// Returns a property that may hold Liquid, when it is set to more than blanks or has a default.
    pub(crate) fn optional_template(&self, name: &str) -> Option<Template> {
        self.text(name).filter(|text| !text.trim().is_empty()).map(|text| Template::lenient(&text))
    }

    /// Returns the objects of a list property.
    pub(crate) fn list(&self, name: &str) -> impl Iterator<Item = &Map<String, Value>> {
        self.properties.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }
}

/// Returns the text of a string, number or boolean.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

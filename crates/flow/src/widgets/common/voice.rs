//! What the widgets that speak with the caller have in common: performing verbs, and words of their attributes.

use domain::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use twiml::{Announcement, Callback, Document, Keys, Method, Parameter, Play, Say, Verb};

use crate::Action;
use crate::catalogue::{PropertyKind, PropertyType};
use crate::execution::WaitsFor;
use crate::execution::call::has_ended;
use crate::template::Template;
use crate::widget::{Exit, Outcome, Resume, Scope, WidgetSource};

pub(crate) const SAY: PropertyKind = PropertyKind::liquid_text("say", "What is said; SSML is allowed.");
pub(crate) const PLAY: PropertyKind =
    PropertyKind::new("play", PropertyType::Url, "Link of the audio.").liquid();

/// What became of verbs.
#[derive(Debug)]
pub(crate) enum Performed {
    /// They are done; the parameters of the last one's action, or of the call.
    Done(Map<String, Value>),
    /// The call ended meanwhile; its parameters.
    HungUp(Map<String, Value>),
    /// They can not be performed, and why.
    Refused(String),
    /// The time that the widget had set has come.
    TimedOut,
}

/// What the caller is to hear.
#[derive(Debug)]
pub(crate) struct Prompt {
    say: Option<Template>,
    play: Option<Template>,
    voice: Template,
    language: Template,
    loop_count: Option<u32>,
}

/// Performs a verb on the execution's call, if it has one.
pub(crate) fn perform(scope: &Scope<'_>, verb: impl Into<Verb>) -> Outcome {
    unreachable_call(scope).unwrap_or_else(|| {
        let verb = scope.settings.providers.hand_over(verb.into());
        let action = Action::PerformVerbs { request: scope.request(), verbs: vec![verb] };
        Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Call, until: None }
    })
}

/// Returns what happens to a widget that needs a call where none is within reach.
pub(crate) fn unreachable_call(scope: &Scope<'_>) -> Option<Outcome> {
    match scope.call {
        None => Some(Outcome::Leave(Exit::failed(
            scope.failure_event,
            "this widget needs a call, and the execution has none",
        ))),
        Some(call) if !call.is_ours => Some(Outcome::Stop("the call has ended or was taken over".to_owned())),
        Some(_) => None,
    }
}

/// Leaves a widget that has nothing to perform, unless there is no call that could hear of it either.
pub(crate) fn pass_over(scope: &mut Scope<'_>, exit: Exit, warning: String) -> Outcome {
    unreachable_call(scope).unwrap_or_else(|| {
        scope.warn(warning);
        Outcome::Leave(exit)
    })
}

/// Lets a wait end at a time, if there is one.
pub(crate) fn until(outcome: Outcome, deadline: Option<Timestamp>) -> Outcome {
    match outcome {
        Outcome::Wait { actions, waits_for, until } => {
            Outcome::Wait { actions, waits_for, until: deadline.or(until) }
        }
        Outcome::Leave(_) | Outcome::KeepWaiting | Outcome::RunSubflow(_) | Outcome::Stop(_) => outcome,
    }
}

/// Returns what became of the verbs, if that is what happened.
pub(crate) fn fate(resume: Resume) -> Option<Performed> {
    match resume {
        Resume::Verbs(Ok(parameters)) if has_ended(&parameters) => Some(Performed::HungUp(parameters)),
        Resume::Verbs(Ok(parameters)) => Some(Performed::Done(parameters)),
        Resume::Verbs(Err(reason)) => Some(Performed::Refused(reason)),
        Resume::HungUp(parameters) => Some(Performed::HungUp(parameters)),
        Resume::TimedOut => Some(Performed::TimedOut),
        Resume::Message(_)
        | Resume::Task(_)
        | Resume::Interaction(_)
        | Resume::Conversation(_)
        | Resume::Http(_)
        | Resume::Call(_)
        | Resume::Reply(_) => None,
    }
}

/// Leaves by what `exit` makes of the parameters; a call that ended ends the execution.
pub(crate) fn leave(
    scope: &Scope<'_>,
    resume: Resume,
    exit: impl FnOnce(Map<String, Value>) -> Exit,
) -> Outcome {
    match fate(resume) {
        Some(Performed::Done(parameters)) => Outcome::Leave(exit(parameters)),
        Some(Performed::HungUp(_)) => Outcome::Stop("the call has ended".to_owned()),
        Some(Performed::Refused(reason)) => Outcome::Leave(Exit::failed(scope.failure_event, reason)),
        Some(Performed::TimedOut) | None => Outcome::KeepWaiting,
    }
}

/// Leaves as [`leave`] does, but by `hangup` when the call ended.
pub(crate) fn leave_or_hangup(
    scope: &Scope<'_>,
    resume: Resume,
    exit: impl FnOnce(Map<String, Value>) -> Exit,
) -> Outcome {
    match fate(resume) {
        Some(Performed::Done(parameters)) => Outcome::Leave(exit(parameters)),
        Some(Performed::HungUp(parameters)) => Outcome::Leave(Exit::by("hangup").with_outputs(parameters)),
        Some(Performed::Refused(reason)) => Outcome::Leave(Exit::failed(scope.failure_event, reason)),
        Some(Performed::TimedOut) | None => Outcome::KeepWaiting,
    }
}

impl Prompt {
    /// Reads what a widget says or plays.
    pub(crate) fn compile(source: &WidgetSource<'_>) -> Self {
        Self {
            say: source.optional_template("say"),
            play: source.optional_template("play"),
            voice: source.template("voice"),
            language: source.template("language"),
            loop_count: source.number("loop"),
        }
    }

    /// Renders it; nothing where the author left it out or it came out blank.
    pub(crate) fn render(&self, scope: &mut Scope<'_>) -> Option<Announcement> {
        if let Some(say) = &self.say {
            let text = scope.render_or_warn(say);
            return (!text.trim().is_empty()).then(|| self.spoken(scope, &text).into());
        }
        let url = text_of(scope, self.play.as_ref()?)?;
        Some(Play { loop_count: self.loop_count, ..Play::new(url) }.into())
    }

    /// Renders the voice and the language, as templates of later widgets read them.
    pub(crate) fn outputs(&self, scope: &mut Scope<'_>) -> Map<String, Value> {
        let mut outputs = Map::new();
        for (name, template) in [("language", &self.language), ("voice", &self.voice)] {
            outputs.extend(text_of(scope, template).map(|text| (name.to_owned(), Value::String(text))));
        }
        outputs
    }

    fn spoken(&self, scope: &mut Scope<'_>, text: &str) -> Say {
        let voice = text_of(scope, &self.voice).filter(|voice| voice != "default");
        let language = text_of(scope, &self.language);
        Say { voice, language, loop_count: self.loop_count, ..marked_up(text) }
    }
}

/// Renders a property that can not fail; nothing where it comes out blank.
pub(crate) fn text_of(scope: &mut Scope<'_>, template: &Template) -> Option<String> {
    Some(scope.render_or_warn(template).trim().to_owned()).filter(|text| !text.is_empty())
}

/// Reads a word that the language publishes; nothing for any other.
pub(crate) fn word<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_value(Value::from(text?.trim())).ok()
}

/// Reads keys; nothing for text that holds anything else.
pub(crate) fn keys(text: Option<String>) -> Option<Keys> {
    Keys::new(text?.trim())
}

/// Makes a URL with the name of its method; the language's own method where that says nothing.
pub(crate) fn callback(url: Option<String>, method: Option<&str>) -> Callback {
    let method = word::<Method>(method.map(str::to_uppercase).as_deref());
    Callback { method: method.filter(|_| url.is_some()), url }
}

/// Makes parameters of pairs.
pub(crate) fn parameters(pairs: Vec<(String, String)>) -> Vec<Parameter> {
    pairs.into_iter().map(|(name, value)| Parameter { name: Some(name), value: Some(value) }).collect()
}

/// Reads SSML as a document would; text that is none is said as it stands.
fn marked_up(text: &str) -> Say {
    if !text.contains('<') {
        return Say::new(text);
    }
    let text_inside = text.trim().trim_start_matches("<speak>").trim_end_matches("</speak>");
    let parsed = Document::parse(&format!("<Response><Say>{text_inside}</Say></Response>"));
    match parsed.map(|parsed| parsed.document.verbs) {
        Ok(verbs) => match verbs.into_iter().next() {
            Some(Verb::Say(say)) => say,
            Some(_) | None => Say::new(text),
        },
        Err(_) => Say::new(text),
    }
}

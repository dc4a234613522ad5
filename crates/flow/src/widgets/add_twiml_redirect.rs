//! Add TwiML Redirect: lets a TwiML application take over and return.

use std::time::Duration;

use twiml::{Method, Redirect};

use crate::Action;
use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::voice::{self, Performed};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "add-twiml-redirect",
    label: "Add TwiML Redirect",
    group: Group::Tools,
    help: "Lets a TwiML application take over and return.",
    properties: &[
        PropertyKind::new("url", PropertyType::Url, "The application.").liquid().required(),
        PropertyKind::new(
            "method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("POST"),
        PropertyKind::new(
            "timeout",
            PropertyType::IntegerText { min: 0, max: 14400 },
            "Seconds to wait for its return; 0 does not wait.",
        )
        .liquid()
        .default("14400"),
    ],
    events: &[
        EventKind::new("return", "Return"),
        EventKind::new("timeout", "Timed out"),
        EventKind::new("fail", "Failed"),
    ],
    failure_event: Some("fail"),
    outputs: &["<parameter>"],
    compile: Some(compile),
};

/// The longest wait for the application's return, in seconds: four hours.
const TIMEOUT_SECS_MAX: u32 = 14_400;

#[derive(Debug)]
struct AddTwimlRedirect {
    url: Template,
    method: Option<Method>,
    timeout: Template,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(AddTwimlRedirect {
        url: source.template("url"),
        method: voice::word(source.text("method").as_deref()),
        timeout: source.template("timeout"),
    })
}

impl Behaviour for AddTwimlRedirect {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let url = match scope.render(&self.url) {
            Ok(url) if is_url(url.trim()) => url.trim().to_owned(),
            Ok(url) => {
                return failed(format!("'{url}' is not a URL: http:// or https:// and a host are expected"));
            }
            Err(error) => return failed(error),
        };
        let until = scope.now + Duration::from_secs(self.timeout_secs(scope).into());
        let redirect = Redirect { url, method: self.method };
        // A message has no call, but can be redirected as one.
        let performed = if scope.call.is_some() {
            voice::perform(scope, redirect)
        } else {
            let action = Action::PerformVerbs { request: scope.request(), verbs: vec![redirect.into()] };
            Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: None }
        };
        voice::until(performed, Some(until))
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        match voice::fate(resume) {
            Some(Performed::Done(parameters)) => Outcome::Leave(Exit::by("return").with_outputs(parameters)),
            Some(Performed::HungUp(_)) => Outcome::Stop("the call has ended".to_owned()),
            Some(Performed::Refused(reason)) => failed(reason),
            // The application has the call and may keep it.
            Some(Performed::TimedOut) => {
                Outcome::Leave(Exit { gives_call_away: true, ..Exit::by("timeout") })
            }
            None => Outcome::KeepWaiting,
        }
    }
}

impl AddTwimlRedirect {
    fn timeout_secs(&self, scope: &mut Scope<'_>) -> u32 {
        let text = scope.render_or_warn(&self.timeout);
        let seconds = text.trim().parse().ok().filter(|seconds| *seconds <= TIMEOUT_SECS_MAX);
        seconds.unwrap_or_else(|| {
            scope.warn(format!(
                "the timeout '{text}' is not a number of seconds up to {TIMEOUT_SECS_MAX}: {TIMEOUT_SECS_MAX} is used"
            ));
            TIMEOUT_SECS_MAX
        })
    }
}

fn failed(error: impl Into<String>) -> Outcome {
    Outcome::Leave(Exit::failed("fail", error))
}

/// Tells whether text can be requested: what its author forgot to encode is refused here.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

//! Make HTTP Request: calls another system and reads its answer.

use serde_json::{Map, Value};

use crate::action::{HTTP_TIMEOUT_SECS, HTTP_TIMEOUT_SECS_MAX};
use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::{self, ParameterTemplates};
use crate::{HttpKind, HttpMethod, HttpRequest, HttpResponse};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "make-http-request",
    label: "Make HTTP Request",
    group: Group::Tools,
    help: "Calls another system and reads its answer.",
    properties: &[
        PropertyKind::new(
            "method",
            PropertyType::Choice { values: &["GET", "POST"] },
            "How it is requested.",
        )
        .default("GET"),
        PropertyKind::new("url", PropertyType::Url, "Where.").liquid().required(),
        PropertyKind::new("content_type", PropertyType::Text, "What the body is.")
            .default("application/x-www-form-urlencoded;charset=utf-8"),
        PropertyKind::liquid_text("body", "The body."),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value"] },
            "The fields of a form.",
        )
        .liquid(),
        PropertyKind::new(
            "add_twilio_auth",
            PropertyType::Boolean,
            "Whether the account's credentials are sent along.",
        )
        .default("false"),
        PropertyKind::new(
            "timeout",
            PropertyType::Integer { min: 1, max: HTTP_TIMEOUT_SECS_MAX as i64 },
            "Seconds to wait; without it, 10.",
        ),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("failed", "Failed")],
    failure_event: Some("failed"),
    outputs: &["body", "content_type", "status_code", "parsed"],
    compile: Some(compile),
};

#[derive(Debug)]
struct MakeHttpRequest {
    method: HttpMethod,
    url: Template,
    content_type: String,
    body: Template,
    parameters: ParameterTemplates,
    add_twilio_auth: bool,
    timeout_secs: u32,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let is_post = source.text("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    let timeout = source.text("timeout").and_then(|text| text.trim().parse().ok());
    Box::new(MakeHttpRequest {
        method: if is_post { HttpMethod::Post } else { HttpMethod::Get },
        url: source.template("url"),
        content_type: source.text("content_type").unwrap_or_default(),
        body: source.template("body"),
        parameters: ParameterTemplates::compile(source, "parameters"),
        add_twilio_auth: source.flag("add_twilio_auth"),
        timeout_secs: timeout.unwrap_or(HTTP_TIMEOUT_SECS).clamp(1, HTTP_TIMEOUT_SECS_MAX),
    })
}

impl Behaviour for MakeHttpRequest {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.render(scope) {
            Ok(request) => http::request(scope, request),
            Err(error) => Outcome::Leave(Exit::failed("failed", error)),
        }
    }

    fn resume(&self, _scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        http::fate(resume).map_or(Outcome::KeepWaiting, |answer| Outcome::Leave(exit(answer)))
    }
}

impl MakeHttpRequest {
    fn render(&self, scope: &mut Scope<'_>) -> Result<HttpRequest, String> {
        let body = self.render_body(scope)?;
        let is_bare = self.method == HttpMethod::Get && body.is_empty();
        Ok(HttpRequest {
            method: self.method,
            url: http::render_url(scope, &self.url)?,
            content_type: (!is_bare).then(|| self.content_type.clone()),
            body,
            parameters: self.parameters.render(scope)?,
            timeout_secs: self.timeout_secs,
            kind: HttpKind::Http { add_twilio_auth: self.add_twilio_auth },
        })
    }

    /// Renders the body; one that is to be JSON and is not goes as it is, for its receiver to judge.
    fn render_body(&self, scope: &mut Scope<'_>) -> Result<String, String> {
        if !self.content_type.contains("json") {
            return scope.render(&self.body);
        }
        match scope.render_json(&self.body) {
            Ok(rendered) => Ok(rendered.text),
            Err(error) => {
                scope.warn(format!("body: {error}"));
                scope.render(&self.body)
            }
        }
    }
}

/// Leaves with what was answered, by the way that the status says.
fn exit(answer: Result<HttpResponse, String>) -> Exit {
    match answer {
        Ok(response) if response.is_success() => Exit::by("success").with_outputs(outputs(&response)),
        Ok(response) => Exit::failed("failed", http::refusal(&response)).with_outputs(outputs(&response)),
        Err(error) => Exit::failed("failed", error),
    }
}

fn outputs(response: &HttpResponse) -> Map<String, Value> {
    let mut outputs = http::outputs(response);
    outputs.extend(response.json().map(|parsed| ("parsed".to_owned(), parsed)));
    outputs
}

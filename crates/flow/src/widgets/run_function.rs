//! Run Function: calls a function of yours and reads its answer.

use serde_json::{Map, Value};

use crate::action::HTTP_TIMEOUT_SECS;
use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Resume, Scope, WidgetSource};
use crate::widgets::common::http::{self, ParameterTemplates};
use crate::{HttpKind, HttpMethod, HttpRequest, HttpResponse};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "run-function",
    label: "Run Function",
    group: Group::Tools,
    help: "Calls a function of yours and reads its answer.",
    properties: &[
        PropertyKind::new("url", PropertyType::Url, "The function.").liquid(),
        PropertyKind::new("service_sid", PropertyType::Sid { prefix: "ZS" }, "The service that holds it."),
        PropertyKind::new("environment_sid", PropertyType::Sid { prefix: "ZE" }, "The environment."),
        PropertyKind::new("function_sid", PropertyType::Sid { prefix: "ZH" }, "The function's SID."),
        PropertyKind::new("parameters", PropertyType::List { keys: &["key", "value"] }, "What it is given.")
            .liquid(),
    ],
    events: &[EventKind::new("success", "Success"), EventKind::new("fail", "Fail")],
    failure_event: Some("fail"),
    outputs: &["body", "content_type", "status_code", "headers", "parsed"],
    compile: Some(compile),
};

#[derive(Debug)]
struct RunFunction {
    url: Template,
    service: String,
    environment: String,
    function: String,
    parameters: ParameterTemplates,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(RunFunction {
        url: source.template("url"),
        service: source.text("service_sid").unwrap_or_default(),
        environment: source.text("environment_sid").unwrap_or_default(),
        function: source.text("function_sid").unwrap_or_default(),
        parameters: ParameterTemplates::compile(source, "parameters"),
    })
}

impl Behaviour for RunFunction {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        match self.render(scope) {
            Ok(request) => http::request(scope, request),
            Err(error) => Outcome::Leave(Exit::failed("fail", error)),
        }
    }

    fn resume(&self, scope: &mut Scope<'_>, resume: Resume) -> Outcome {
        http::fate(resume).map_or(Outcome::KeepWaiting, |answer| Outcome::Leave(exit(scope, answer)))
    }
}

impl RunFunction {
    fn render(&self, scope: &Scope<'_>) -> Result<HttpRequest, String> {
        Ok(HttpRequest {
            method: HttpMethod::Post,
            url: self.render_url(scope)?,
            content_type: Some("application/x-www-form-urlencoded;charset=utf-8".to_owned()),
            body: String::new(),
            parameters: self.parameters.render(scope)?,
            timeout_secs: HTTP_TIMEOUT_SECS,
            kind: HttpKind::Function {
                service: self.service.clone(),
                environment: self.environment.clone(),
                function: self.function.clone(),
            },
        })
    }

    /// A function that is named by its SID may leave its URL to the shell.
    fn render_url(&self, scope: &Scope<'_>) -> Result<String, String> {
        if self.function.is_empty() {
            return http::render_url(scope, &self.url);
        }
        Ok(scope.render(&self.url)?.trim().to_owned())
    }
}

fn exit(scope: &Scope<'_>, answer: Result<HttpResponse, String>) -> Exit {
    match answer {
        Ok(response) if response.is_success() => Exit::by("success").with_outputs(outputs(scope, &response)),
        Ok(response) => {
            Exit::failed("fail", http::refusal(&response)).with_outputs(outputs(scope, &response))
        }
        Err(error) => Exit::failed("fail", error),
    }
}

/// What earlier runs of the widget parsed stays, key by key, until an object replaces it.
fn outputs(scope: &Scope<'_>, response: &HttpResponse) -> Map<String, Value> {
    let earlier = &scope.context.value()["widgets"][&scope.visit.widget]["parsed"];
    let mut parsed = earlier.as_object().cloned();
    if let Some(Value::Object(object)) = response.json() {
        parsed.get_or_insert_default().extend(object);
    }
    let mut outputs = http::outputs(response);
    outputs.insert("headers".to_owned(), Value::Object(response.headers.clone()));
    outputs.extend(parsed.map(|parsed| ("parsed".to_owned(), Value::Object(parsed))));
    outputs
}

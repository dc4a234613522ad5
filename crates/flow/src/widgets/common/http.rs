//! What the widgets that call other systems have in common: form parameters, waiting, reading the answer.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::action::HTTP_BODY_BYTES_MAX;
use crate::execution::WaitsFor;
use crate::template::Template;
use crate::widget::{Outcome, Resume, Scope, WidgetSource, scalar_text};
use crate::{Action, HttpRequest, HttpResponse};

/// How long after its own time limit an answer may still be on its way, through a restart of the process too.
const GRACE: Duration = Duration::from_secs(30);

/// Parameters before their values are rendered.
#[derive(Debug)]
pub(crate) struct ParameterTemplates(Vec<(String, Template)>);

impl ParameterTemplates {
    /// Reads the `key`s and `value`s of a list property.
    pub(crate) fn compile(source: &WidgetSource<'_>, property: &str) -> Self {
        let parameter = |item: &Map<String, Value>| {
            let value = item.get("value").and_then(scalar_text).unwrap_or_default();
            Some((item.get("key").and_then(scalar_text)?, Template::lenient(&value)))
        };
        Self(source.list(property).filter_map(parameter).collect())
    }

    /// Renders the values, in the author's order.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<Vec<(String, String)>, String> {
        self.0.iter().map(|(key, value)| Ok((key.clone(), scope.render(value)?))).collect()
    }

    /// Renders the values for a widget that can not fail.
    pub(crate) fn render_or_warn(&self, scope: &mut Scope<'_>) -> Vec<(String, String)> {
        self.0.iter().map(|(key, value)| (key.clone(), scope.render_or_warn(value))).collect()
    }
}

/// Renders where a request goes.
pub(crate) fn render_url(scope: &Scope<'_>, url: &Template) -> Result<String, String> {
    let text = scope.render(url)?.trim().to_owned();
    if text.is_empty() {
        return Err(format!(
            "the URL is empty after rendering '{}': http:// or https:// is expected",
            url.source()
        ));
    }
    Ok(text)
}

/// Asks for the request and waits somewhat longer than it may take.
pub(crate) fn request(scope: &Scope<'_>, http: HttpRequest) -> Outcome {
    let until = scope.now + Duration::from_secs(http.timeout_secs.into()) + GRACE;
    let action = Action::RequestHttp { request: scope.request(), http: Box::new(http) };
    Outcome::Wait { actions: vec![action], waits_for: WaitsFor::Answer, until: Some(until) }
}

/// Returns what became of a request: an answer within the published size, or why there is none.
pub(crate) fn fate(resume: Resume) -> Option<Result<HttpResponse, String>> {
    match resume {
        Resume::Http(answer) => Some(answer.and_then(within_limit)),
        Resume::TimedOut => Some(Err("no answer came in time".to_owned())),
        Resume::Message(_)
        | Resume::Task(_)
        | Resume::Interaction(_)
        | Resume::Conversation(_)
        | Resume::Verbs(_)
        | Resume::HungUp(_)
        | Resume::Call(_)
        | Resume::Reply(_) => None,
    }
}

/// Says why an answer does not help.
pub(crate) fn refusal(response: &HttpResponse) -> String {
    format!("the answer has the status {}: 200 to 399 is expected", response.status_code)
}

/// Returns what every answer leaves behind.
pub(crate) fn outputs(response: &HttpResponse) -> Map<String, Value> {
    Map::from_iter([
        ("body".to_owned(), json!(response.body)),
        ("content_type".to_owned(), json!(response.content_type)),
        ("status_code".to_owned(), json!(response.status_code)),
    ])
}

fn within_limit(response: HttpResponse) -> Result<HttpResponse, String> {
    let size = response.body.len();
    if size > HTTP_BODY_BYTES_MAX {
        return Err(format!("the answer has {size} bytes, at most {HTTP_BODY_BYTES_MAX} are allowed"));
    }
    Ok(response)
}

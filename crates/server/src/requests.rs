//! Requests that flows make of other systems: sent by a courier, answered as an event of the execution.

use std::sync::Arc;
use std::time::Duration;

use domain::{ExecutionSid, StepSid};
use flow::{Event, HTTP_BODY_BYTES_MAX, HttpKind, HttpMethod, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::Error;
use webhooks::{Body, Failure, Method, Request, Response};

use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// A request that an execution makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HttpOrder {
    /// The execution that asks.
    pub(crate) execution: ExecutionSid,
    /// The two addresses of the execution's contact.
    pub(crate) contact: Contact,
    /// The visit that asks.
    pub(crate) request: StepSid,
    /// The request.
    pub(crate) http: HttpRequest,
}

/// Sends a request once and owes the execution the answer; after a crash it is sent again with the same token.
pub(crate) async fn send(house: &Arc<House>, owed: &Owed, order: &HttpOrder) -> Result<(), Error> {
    let outcome = match request_of(house, owed, &order.http) {
        Ok(request) => house.webhooks().send(request).await.map_err(|failure| reason(&failure)),
        Err(reason) => Err(reason),
    };
    let event = match outcome {
        Ok(response) => {
            Event::HttpAnswered { request: order.request, response: Box::new(answer_of(&response)) }
        }
        Err(reason) => Event::HttpFailed { request: order.request, reason },
    };
    let mut work = Work::settling(owed);
    work.owe(Errand::TellExecution { execution: order.execution, contact: order.contact.clone(), event });
    house.commit(work).await
}

/// Says what went wrong, and what to do where something can be done.
fn reason(failure: &Failure) -> String {
    match failure {
        Failure::NotAllowed { refused, .. } => format!("{failure}; {}", refused.hint()),
        Failure::InvalidUrl { .. }
        | Failure::InvalidHeader { .. }
        | Failure::UnknownHost { .. }
        | Failure::Unreachable { .. }
        | Failure::Tls { .. }
        | Failure::Timeout { .. }
        | Failure::TooLarge { .. }
        | Failure::TooManyRedirects { .. }
        | Failure::BrokenAnswer { .. } => failure.to_string(),
    }
}

fn request_of(house: &House, owed: &Owed, http: &HttpRequest) -> Result<Request, String> {
    if http.url.is_empty() {
        return Err("the widget names no URL: functions run where their URL says".to_owned());
    }
    let (url, body) = url_and_body(http);
    let mut request = match http.method {
        HttpMethod::Get => Request::get(url),
        HttpMethod::Post => Request::post(url, body.clone()),
    };
    request.method = match http.method {
        HttpMethod::Get => Method::Get,
        HttpMethod::Post => Method::Post,
    };
    request.body = body;
    request.timeout = Duration::from_secs(u64::from(http.timeout_secs));
    request.limit_bytes = HTTP_BODY_BYTES_MAX;
    request.idempotency_token = Some(owed.id.clone());
    if matches!(http.kind, HttpKind::Http { add_twilio_auth: true }) {
        let authorization = api::basic_authorization(&house.account.to_string(), house.auth_token());
        request.headers.push(("Authorization".to_owned(), authorization));
    }
    Ok(request)
}

/// Puts parameters where the widget's page says: the form where there is no other body, else the query.
fn url_and_body(http: &HttpRequest) -> (String, Body) {
    if http.body.is_empty() {
        return (http.url.clone(), Body::Form(http.parameters.clone()));
    }
    let body = match http.content_type.as_deref() {
        Some(content_type) if content_type.starts_with("application/json") => Body::Json(http.body.clone()),
        content_type => Body::Text {
            content_type: content_type.unwrap_or("text/plain;charset=utf-8").to_owned(),
            text: http.body.clone(),
        },
    };
    (with_query(&http.url, &http.parameters), body)
}

fn with_query(url: &str, parameters: &[(String, String)]) -> String {
    if parameters.is_empty() {
        return url.to_owned();
    }
    let pairs: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", api::encode_form(&pairs))
}

fn answer_of(response: &Response) -> HttpResponse {
    let headers =
        response.headers.iter().map(|(name, value)| (name.to_lowercase(), Value::from(value.as_str())));
    HttpResponse {
        status_code: response.status,
        content_type: response.content_type.clone(),
        body: response.text(),
        headers: headers.collect::<Map<_, _>>(),
    }
}

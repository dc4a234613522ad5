//! What drives calls: documents of applications, fetched, and verbs of flows, asked for in this process.

use std::sync::Arc;
use std::time::Duration;

use api::{FlowAnswer, FlowContact, FlowRequest, payloads};
use call::{Event, Link, Parameters, Request};
use domain::{CallSid, FlowSid, StepSid};
use serde_json::Value;
use twiml::{Method, Play, Reject, Say, Verb};
use webhooks::{Body, Failure, Response};

use super::notes::{self, Asking};
use crate::document::{self, Problem, RETRIEVAL_FAILED, WRONG_CONTENT_TYPE};
use crate::flow_webhook;
use crate::house::House;

/// How often and how long it is looked whether an execution knows of the call that it asked for.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS_MAX: u32 = 500;

/// A document that was asked for.
pub(super) struct Wanted {
    pub(super) url: String,
    pub(super) method: Method,
    pub(super) fallback: Option<Link>,
    pub(super) parameters: Parameters,
}

/// A flow's turn that was asked for.
pub(super) struct Turn {
    pub(super) flow: FlowSid,
    pub(super) call: CallSid,
    /// The visit whose verbs are done; none at the beginning.
    pub(super) step: Option<StepSid>,
    /// Whether the flow asked for this call and is just being told of its answer.
    pub(super) was_placed: bool,
    /// Whether another application hands the call back to the flow.
    pub(super) is_return: bool,
    pub(super) parameters: Parameters,
}

/// Fetches a document, or its fallback where the first one fails.
pub(super) async fn fetch(house: &Arc<House>, call: CallSid, request: Request, wanted: Wanted) -> Event {
    let first = webhook(&wanted.url, wanted.method, &wanted.parameters);
    let asking = Asking::begin(call, &wanted.url, wanted.method, &wanted.parameters);
    let mut outcome = send(house, asking, first.clone()).await;
    let mut base_url = wanted.url;
    if let (Err(problem), Some(fallback)) = (&outcome, wanted.fallback) {
        tracing::warn!(url = base_url, code = problem.code, reason = problem.reason, "a document failed");
        let second = first.fallback(&fallback.url, problem.code);
        let asking = Asking::begin(call, &fallback.url, wanted.method, &wanted.parameters);
        outcome = send(house, asking, second).await;
        base_url = fallback.url;
    }
    match outcome {
        Ok(verbs) => Event::DocumentReady { request, base_url, verbs },
        Err(Problem { code, reason }) => Event::DocumentFailed { request, code, reason },
    }
}

/// Tells whether a code is that of a document that could not be had or read, which is noted with its request.
pub(super) fn is_noted(code: u32) -> bool {
    matches!(code, 11200..12200 | WRONG_CONTENT_TYPE)
}

/// Sends a request and reads what comes of it; both are written down.
async fn send(
    house: &Arc<House>,
    asking: Asking<'_>,
    request: webhooks::Request,
) -> Result<Vec<Verb>, Problem> {
    let answer = house.webhooks().send(request).await;
    let done = asking.done(&answer);
    let outcome = read(answer);
    let (house, problem) = (Arc::clone(house), outcome.as_ref().err().cloned());
    // Whoever waits for the document does not wait for the book-keeping.
    tokio::spawn(async move { notes::keep(&house, done, problem.as_ref()).await });
    outcome
}

/// Asks a flow what its call does next; returns the visit that asked for the verbs, if the flow goes on.
pub(super) async fn ask_flow(house: &Arc<House>, request: Request, turn: Turn) -> (Event, Option<StepSid>) {
    if turn.was_placed {
        until_known(house, &turn).await;
    }
    let mut asked = FlowRequest {
        flow: turn.flow,
        contact: FlowContact::Call(turn.call.to_string()),
        step: turn.step,
        is_return: turn.is_return,
        is_waiting: turn.was_placed,
        parameters: turn.parameters,
    };
    let mut next_step = None;
    let verbs = loop {
        match flow_webhook::answer(house, asked.clone()).await {
            Ok(FlowAnswer::Perform { step, verbs }) => {
                next_step = Some(step);
                break verbs;
            }
            Ok(FlowAnswer::PerformLast(verbs)) => break verbs,
            Ok(FlowAnswer::Refuse) => break vec![Verb::from(Reject::default())],
            Ok(FlowAnswer::Nothing) => break Vec::new(),
            Ok(FlowAnswer::AskAgain) => asked = FlowRequest { step: None, is_waiting: true, ..asked },
            Err(failure) => {
                let reason = failure.to_string();
                return (Event::DocumentFailed { request, code: RETRIEVAL_FAILED, reason }, None);
            }
        }
    };
    (Event::DocumentReady { request, base_url: String::new(), verbs }, next_step)
}

/// Waits until the execution that asked for a call has learnt of its answer, by an errand in its own lane.
async fn until_known(house: &House, turn: &Turn) {
    let call = turn.call.to_string();
    for _ in 0..LOOKS_MAX {
        match store::executions::of_call(&house.store, turn.flow, &call).await {
            Ok(None) => tokio::time::sleep(LOOK_EVERY).await,
            Ok(Some(_)) | Err(_) => return,
        }
    }
}

/// Returns the flow whose webhook a URL is, and whether the call is handed back to it.
pub(super) fn flow_behind(house: &House, url: &str) -> Option<(FlowSid, bool)> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let flow = payloads::flow_of_url(path, house.account)?;
    Some((flow, query.split('&').any(|pair| pair.eq_ignore_ascii_case("FlowEvent=return"))))
}

/// Tells a flow that its call has ended, whatever the flow makes of that.
pub(super) async fn tell_flow(house: &Arc<House>, turn: Turn) {
    let told = FlowRequest {
        flow: turn.flow,
        contact: FlowContact::Call(turn.call.to_string()),
        step: None,
        is_return: false,
        is_waiting: false,
        parameters: turn.parameters,
    };
    if let Err(failure) = flow_webhook::answer(house, told).await {
        tracing::warn!(call = %turn.call, %failure, "a flow was not told that its call has ended");
    }
}

/// Makes the request of a webhook.
pub(super) fn webhook(url: &str, method: Method, parameters: &Parameters) -> webhooks::Request {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = parameters.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let body = Body::Form(pairs);
    let request = webhooks::Request::post(url, body);
    let method = match method {
        Method::Get => webhooks::Method::Get,
        Method::Post => webhooks::Method::Post,
    };
    webhooks::Request { method, retries: 1, ..request }
}

/// Reads an answer as verbs: TwiML, or audio to play, or text to say.
fn read(answer: Result<Response, Failure>) -> Result<Vec<Verb>, Problem> {
    let response = document::success(answer)?;
    match document::content_type(&response).as_str() {
        twiml if document::is_twiml(twiml) => document::parse(&response.text()),
        "text/plain" => Ok(vec![Verb::from(Say::new(response.text()))]),
        audio if audio.starts_with("audio/") => Ok(vec![Verb::from(Play::new(response.url.clone()))]),
        "" if response.text().trim().is_empty() => Ok(Vec::new()),
        other => Err(document::wrong_content_type(other)),
    }
}

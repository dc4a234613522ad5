//! What is noted of calls' applications, for the lists of events and notifications: written beside the call's facts.

use std::sync::Arc;
use std::time::Instant;

use domain::{CallSid, Timestamp};
use store::{CallRequest, LogLevel, Notification, Statement, call_notes};
use twiml::Method;
use webhooks::{Failure, Response};

use super::documents;
use crate::clock;
use crate::document::Problem;
use crate::house::House;
use crate::work::Work;

/// How much of an answer is kept, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// What a document's schema warns of: it is passed over, and the call goes on.
const SCHEMA_WARNING: u32 = 12200;

/// A request to an application that is under way.
pub(super) struct Asking<'a> {
    call: CallSid,
    url: &'a str,
    method: Method,
    parameters: &'a call::Parameters,
    sent_at: Timestamp,
    since: Instant,
}

impl<'a> Asking<'a> {
    /// Notes when a request is sent.
    pub(super) fn begin(
        call: CallSid,
        url: &'a str,
        method: Method,
        parameters: &'a call::Parameters,
    ) -> Self {
        Self { call, url, method, parameters, sent_at: clock::now(), since: clock::instant() }
    }

    /// Returns the request with what came of it.
    pub(super) fn done(self, answer: &Result<Response, Failure>) -> CallRequest {
        let response = answer.as_ref().ok();
        let body = response.map(|it| &it.body[..it.body.len().min(BODY_MAX)]).unwrap_or_default();
        CallRequest {
            call: self.call,
            url: self.url.to_owned(),
            method: self.method.as_str().to_owned(),
            parameters: self.parameters.clone(),
            status: response.map(|response| response.status),
            content_type: response.map(|response| response.content_type.clone()).unwrap_or_default(),
            body: String::from_utf8_lossy(body).into_owned(),
            duration_ms: self.since.elapsed().as_millis() as u64,
            date_created: self.sent_at,
        }
    }
}

/// Writes down a request, and what was wrong with its answer.
pub(super) async fn keep(house: &Arc<House>, request: CallRequest, problem: Option<&Problem>) {
    let mut tick = clock::tick();
    let mut work = Work::default();
    work.write(call_notes::insert_request(tick.sid(), &request));
    if let Some(problem) = problem {
        work.write(call_notes::insert_notification(&Notification {
            sid: tick.sid(),
            call: request.call,
            log: LogLevel::Error,
            error_code: problem.code,
            message: problem.reason.clone(),
            request: Some(request),
            date_created: tick.now,
        }));
    }
    if let Err(error) = house.commit(work).await {
        // A call can not be stopped by its book-keeping.
        tracing::error!(%error, "a request to a call's application could not be written down");
    }
}

/// Returns the row of what a document or a caller did wrong, unless it was written down with its request.
pub(super) fn report(call: CallSid, code: u32, message: &str) -> Option<Statement> {
    if documents::is_noted(code) {
        return None;
    }
    let mut tick = clock::tick();
    Some(call_notes::insert_notification(&Notification {
        sid: tick.sid(),
        call,
        log: if code == SCHEMA_WARNING { LogLevel::Warning } else { LogLevel::Error },
        error_code: code,
        message: message.to_owned(),
        request: None,
        date_created: tick.now,
    }))
}

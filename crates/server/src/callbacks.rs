//! Callbacks of TaskRouter: applications are told what happened, and asked what to do with an offer.
//!
//! Each is an errand: repeated until it is answered or given up, always with the errand's id as its token.

use std::sync::Arc;
use std::time::Duration;

use api::Failure;
use api::callbacks::{self, Pairs};
use api::instructions::{Order, Request as Asked};
use domain::{ReservationSid, WorkspaceSid};
use router::{Command, Notice, Offer, Settings, UpdateReservation};
use serde::{Deserialize, Serialize};
use store::Error;
use webhooks::{Backoff, Body, Request, Response, RetryPolicy};

use crate::clock;
use crate::dispatch;
use crate::errand::{Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// How long an application may take to hear of an event (TaskRouter, event callbacks).
const EVENT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long an application may take to answer an offer (TaskRouter, assignment callbacks).
const ASSIGNMENT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often and how patiently an event is told to an application that does not take it.
const EVENT_RETRIES: RetryPolicy = RetryPolicy {
    attempts: 5,
    backoff: Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) },
};

/// An event to tell an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventCallback {
    url: String,
    parameters: Pairs,
}

/// An offer about which an application is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AssignmentCallback {
    workspace: WorkspaceSid,
    reservation: ReservationSid,
    url: String,
    fallback_url: Option<String>,
    parameters: Pairs,
}

impl EventCallback {
    /// Makes the callback that tells these parameters.
    pub(crate) fn new(url: String, parameters: Pairs) -> Self {
        Self { url, parameters }
    }
}

/// Returns what a workspace's application is to hear of an event.
pub(crate) fn of_event(notice: &Notice, settings: &Settings) -> Option<Errand> {
    let url = settings.event_callback_url.as_ref().filter(|url| !url.is_empty())?;
    callbacks::is_wanted(&settings.events_filter, notice).then(|| {
        let parameters = callbacks::event_callback(notice);
        Errand::TellEvent(Box::new(EventCallback { url: url.clone(), parameters }))
    })
}

/// Returns what a workflow's application is asked about an offer.
pub(crate) fn of_offer(offer: &Offer, settings: &Settings) -> Option<Errand> {
    let url = offer.assignment_callback_url.as_ref().filter(|url| !url.is_empty())?;
    Some(Errand::AskForInstruction(Box::new(AssignmentCallback {
        workspace: settings.sid,
        reservation: offer.reservation.sid,
        url: url.clone(),
        fallback_url: offer.fallback_assignment_callback_url.clone().filter(|url| !url.is_empty()),
        parameters: callbacks::assignment_callback(offer, settings, clock::now()),
    })))
}

/// Tells an application of an event, a few times if need be.
pub(crate) async fn tell_event(
    house: &Arc<House>,
    owed: &Owed,
    callback: &EventCallback,
) -> Result<(), Error> {
    let mut attempts = 0;
    while let Err(reason) = post(house, owed, &callback.url, &callback.parameters, EVENT_TIMEOUT).await {
        attempts += 1;
        tracing::warn!(url = callback.url, attempts, reason, "an event callback was not taken");
        let next = EVENT_RETRIES.next_attempt(attempts, clock::now(), clock::random_word());
        let Some(next) = next else { break };
        tokio::time::sleep(next.since(clock::now())).await;
    }
    house.commit(Work::settling(owed)).await
}

/// Asks an application about an offer, and does what it says.
pub(crate) async fn ask(house: &Arc<House>, owed: &Owed, callback: &AssignmentCallback) -> Result<(), Error> {
    if let Some(asked) = instruction(house, owed, callback).await
        && let Err(failure) = carry_out(house, callback, asked).await
    {
        tracing::warn!(reservation = %callback.reservation, %failure, "an instruction was not carried out");
    }
    house.commit(Work::settling(owed)).await
}

async fn carry_out(house: &House, callback: &AssignmentCallback, asked: Asked) -> Result<(), Failure> {
    let (workspace, reservation) = (callback.workspace, callback.reservation);
    let done = match asked {
        Asked::Answer(answer) => {
            let command = UpdateReservation { sid: reservation, if_match: None, answer };
            house.workspaces.get(workspace)?.execute(Command::UpdateReservation(command)).await
        }
        Asked::Instruct(instruction) => {
            dispatch::instruct(house, workspace, Order { reservation, if_match: None, instruction }).await
        }
    };
    done.map(drop)
}

/// Asks the application, then its fallback; none when neither says what to do.
async fn instruction(house: &House, owed: &Owed, callback: &AssignmentCallback) -> Option<Asked> {
    for url in std::iter::once(&callback.url).chain(&callback.fallback_url) {
        let answer = post(house, owed, url, &callback.parameters, ASSIGNMENT_TIMEOUT).await;
        match answer.and_then(|response| callbacks::instruction(&response.text())) {
            Ok(instruction) => return instruction,
            Err(reason) => tracing::warn!(url, reason, "an assignment callback has no answer"),
        }
    }
    None
}

/// Posts a form; anything but success is a reason.
async fn post(
    house: &House,
    owed: &Owed,
    url: &str,
    parameters: &Pairs,
    timeout: Duration,
) -> Result<Response, String> {
    let mut request = Request::post(url, Body::Form(parameters.clone()));
    request.idempotency_token = Some(owed.id.clone());
    request.timeout = timeout;
    let response = house.webhooks().send(request).await.map_err(|failure| failure.to_string())?;
    if response.is_success() { Ok(response) } else { Err(format!("HTTP {}", response.status)) }
}

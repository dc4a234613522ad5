//! Flows driven from outside: whoever has a call or a message asks a flow's webhook what to do with it.
//!
//! The verbs of a call are a script on disk: a request that is repeated, or comes after a restart, gets them again.

use std::sync::Arc;
use std::time::Duration;

use api::{Failure, FlowAnswer, FlowContact, FlowRequest};
use domain::{ExecutionSid, FlowSid, StepSid};
use flow::{Event, Execution, Start, Status, Trigger, TriggerKind, WaitsFor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Error, Page, executions, scripts, webhook_messages};
use tokio::sync::oneshot;
use twiml::Verb;

use crate::errand::Contact;
use crate::executions::{begin, contact_of, give_message, move_on, text_of};
use crate::house::House;
use crate::messages::check_load;
use crate::work::Work;

/// How long a request waits for the flow, which may itself wait for another system: who asks gives up after 15 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// The statuses of a call that is over.
const CALL_IS_OVER: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// What a contact performs for an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Script {
    /// The visit that asked for the last of the verbs.
    step: StepSid,
    verbs: Vec<Verb>,
    /// Whether the execution had ended by then, so that the call ends with the last verb.
    is_last: bool,
}

impl Script {
    /// Makes the script of verbs that one turn of an execution asked for.
    pub(crate) fn of(execution: &Execution, step: StepSid, verbs: Vec<Verb>) -> Self {
        Self { step, verbs, is_last: execution.status() == Status::Ended }
    }

    /// Writes the script as the database keeps it.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("verbs have string keys only")
    }

    async fn fetch(house: &House, execution: ExecutionSid) -> Result<Option<Self>, Error> {
        let text = scripts::fetch(&house.store, execution).await?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Tells whether the contact was handed to another application that returns it.
    fn is_parked(&self) -> bool {
        matches!(self.verbs.last(), Some(Verb::Redirect(_)))
    }
}

/// Tells whether somebody performs an execution's verbs: its call's owner, or who brought its message to the webhook.
pub(crate) async fn has_performer(house: &House, execution: &Execution) -> Result<bool, Error> {
    if execution.call_sid().is_some() {
        return Ok(true);
    }
    let is_message = execution.trigger() == TriggerKind::IncomingMessage;
    // A message that our own networks brought is listed, and nobody waits for an answer to it.
    Ok(is_message && store::messages::fetch(&house.store, execution.initiated_by()).await?.is_none())
}

/// Gives a flow what its webhook was told, and returns what the contact does next.
pub(crate) async fn answer(house: &Arc<House>, request: FlowRequest) -> Result<FlowAnswer, Failure> {
    check_load(house)?;
    let known = find(house, &request).await?;
    let lane = match &known {
        Some(execution) => contact_of(execution),
        None => lane_of_newcomer(house, &request).await?,
    };
    let is_call = matches!(request.contact, FlowContact::Call(_));
    let is_over = is_call && is_over(&request.parameters);
    let (answer, answered) = oneshot::channel();
    let inside = Arc::clone(house);
    house.flow_lanes.push(&lane, async move {
        // Whoever asked may have gone meanwhile.
        let _ = answer.send(take(&inside, request).await);
    });
    match answered.await.map_err(|_| Failure::NotFound)?? {
        Taken::Refused => Ok(FlowAnswer::Refuse),
        Taken::By(execution) if !is_over => Ok(standing_soon(house, execution, is_call).await?),
        Taken::By(_) | Taken::Nobody => Ok(FlowAnswer::Nothing),
    }
}

/// Returns where a request is taken that no execution is known for: the lane in which its execution will go on.
///
/// Only a flow that takes one call of a caller at a time has its calls begin one after another.
async fn lane_of_newcomer(house: &House, request: &FlowRequest) -> Result<Contact, Error> {
    let between = contact_named(request);
    let FlowContact::Call(call) = &request.contact else { return Ok(between) };
    let edition = house.library.published(request.flow, &between.theirs).await?;
    let begins_alone = edition.is_some_and(|edition| !edition.flow.allows_concurrent_calls());
    Ok(if begins_alone { between } else { Contact::of_call(call) })
}

/// Who took a request.
enum Taken {
    /// This execution.
    By(ExecutionSid),
    /// Nobody: the call is over.
    Nobody,
    /// The flow takes one call of a caller at a time, and has one.
    Refused,
}

async fn take(house: &Arc<House>, request: FlowRequest) -> Result<Taken, Failure> {
    if let Some(execution) = taker_before(house, &request).await? {
        return Ok(Taken::By(execution));
    }
    let mut work = Work::default();
    let taken = match find(house, &request).await? {
        Some(execution) => go_on(house, &mut work, execution, request).await?,
        None => begin_for(house, &mut work, request).await?,
    };
    house.commit(work).await?;
    Ok(taken)
}

/// Returns the execution that took this message when it was told before: who did not hear our answer asks again.
///
/// A message that comes back from another application is no repetition.
async fn taker_before(house: &House, request: &FlowRequest) -> Result<Option<ExecutionSid>, Error> {
    match &request.contact {
        FlowContact::Message(message) if request.step.is_none() && !request.is_return => {
            webhook_messages::taker(&house.store, request.flow, message).await
        }
        FlowContact::Message(_) | FlowContact::Call(_) => Ok(None),
    }
}

/// Returns the execution that a request is about: the call's, or the active one between the two addresses.
///
/// An execution that has ended answers what still concerns it; a call that is sent to the flow anew starts anew.
async fn find(house: &House, request: &FlowRequest) -> Result<Option<Execution>, Error> {
    match &request.contact {
        FlowContact::Call(call) => {
            let found = executions::of_call(&house.store, request.flow, call).await?;
            let concerns_it = request.step.is_some() || request.is_waiting || is_over(&request.parameters);
            Ok(found.filter(|found| found.status() == Status::Active || concerns_it))
        }
        FlowContact::Message(_) => {
            let Contact { theirs, ours } = contact_named(request);
            executions::active(&house.store, request.flow, &theirs, &ours).await
        }
    }
}

async fn go_on(
    house: &Arc<House>,
    work: &mut Work,
    mut execution: Execution,
    request: FlowRequest,
) -> Result<Taken, Failure> {
    let sid = execution.sid();
    let event = match returned_to(house, &execution, &request).await? {
        Some(step) => Event::VerbsPerformed { request: step, parameters: request.parameters },
        None => match request.contact {
            FlowContact::Call(_) if is_over(&request.parameters) => {
                Event::CallEnded { parameters: request.parameters }
            }
            // The same question again: the script says what to do.
            FlowContact::Call(_) => return Ok(Taken::By(sid)),
            FlowContact::Message(message) => {
                let taker = hand_over(house, work, request.flow, (message, request.parameters)).await?;
                return Ok(taker.map_or(Taken::Nobody, Taken::By));
            }
        },
    };
    if execution.status() == Status::Active {
        let flow = house.library.flow_of(&execution).await?;
        move_on(house, work, &mut execution, &flow, event).await?;
    }
    Ok(Taken::By(sid))
}

/// Returns the visit whose verbs are done, when that is what a request says.
async fn returned_to(
    house: &House,
    execution: &Execution,
    request: &FlowRequest,
) -> Result<Option<StepSid>, Error> {
    if request.step.is_some() || !request.is_return {
        return Ok(request.step);
    }
    let script = Script::fetch(house, execution.sid()).await?.filter(Script::is_parked);
    let visit = execution.visit().map(|visit| visit.step_sid);
    Ok(script.map(|script| script.step).filter(|step| Some(*step) == visit))
}

async fn begin_for(house: &Arc<House>, work: &mut Work, request: FlowRequest) -> Result<Taken, Failure> {
    let FlowRequest { flow, contact, parameters, .. } = request;
    let call = match contact {
        FlowContact::Message(message) => {
            let taker = hand_over(house, work, flow, (message, parameters)).await?;
            return taker.map(Taken::By).ok_or(Failure::NotPublished);
        }
        FlowContact::Call(_) if is_over(&parameters) => return Ok(Taken::Nobody),
        FlowContact::Call(call) => call,
    };
    let caller = text_of(&parameters, "From").to_owned();
    let edition = house.library.published(flow, &caller).await?.ok_or(Failure::NotPublished)?;
    let flow_revision = edition.revision;
    if !edition.flow.allows_concurrent_calls() && is_on_the_phone(house, flow, &caller).await? {
        return Ok(Taken::Refused);
    }
    let trigger = Trigger::IncomingCall { payload: parameters };
    let start =
        Start { account_sid: house.account, flow_sid: flow, flow_revision, initiated_by: call, trigger };
    Ok(Taken::By(begin(house, work, edition, start).await?))
}

/// Gives the flow a message, and notes who took it.
async fn hand_over(
    house: &Arc<House>,
    work: &mut Work,
    flow: FlowSid,
    (message, parameters): (String, Map<String, Value>),
) -> Result<Option<ExecutionSid>, Error> {
    let taker = give_message(house, work, flow, message.clone(), parameters).await?;
    work.write_all(taker.map(|taker| webhook_messages::put(flow, &message, taker)));
    Ok(taker)
}

/// Tells whether a caller has a call in this flow.
async fn is_on_the_phone(house: &House, flow: FlowSid, caller: &str) -> Result<bool, Error> {
    let filter = executions::Filter {
        flow: Some(flow),
        contact: Some(caller.to_owned()),
        status: Some(Status::Active),
        ..Default::default()
    };
    let running = executions::list(&house.store, &filter, &Page::first(100)).await?.items;
    Ok(running.iter().any(|execution| execution.trigger() == TriggerKind::IncomingCall))
}

/// Waits for the flow to say what comes next; a call comes back to ask again when that takes too long.
async fn standing_soon(house: &House, execution: ExecutionSid, is_call: bool) -> Result<FlowAnswer, Error> {
    let seat = house.audience.sit_down(execution);
    let watch = async {
        loop {
            let moved_on = seat.moved_on();
            match standing(house, execution, is_call).await? {
                Some(answer) => return Ok(answer),
                None => moved_on.await,
            }
        }
    };
    let too_long = if is_call { FlowAnswer::AskAgain } else { FlowAnswer::Nothing };
    tokio::time::timeout(PATIENCE, watch).await.unwrap_or(Ok(too_long))
}

/// Returns what the contact of an execution does next; nothing while the flow is busy.
async fn standing(house: &House, sid: ExecutionSid, is_call: bool) -> Result<Option<FlowAnswer>, Error> {
    let Some(execution) = executions::fetch(&house.store, sid).await? else {
        return Ok(Some(FlowAnswer::Nothing));
    };
    let script = Script::fetch(house, sid).await?;
    let Some(visit) = execution.visit() else {
        let verbs = script.filter(|script| script.is_last).map(|script| script.verbs);
        return Ok(Some(FlowAnswer::PerformLast(verbs.unwrap_or_default())));
    };
    match script.filter(|script| script.step == visit.step_sid) {
        Some(script) => Ok(Some(FlowAnswer::Perform { step: script.step, verbs: script.verbs })),
        None if !is_call && visit.waits_for == WaitsFor::Reply => Ok(Some(FlowAnswer::Nothing)),
        None => Ok(None),
    }
}

fn contact_named(request: &FlowRequest) -> Contact {
    Contact::new(text_of(&request.parameters, "From"), text_of(&request.parameters, "To"))
}

pub(crate) fn is_over(parameters: &Map<String, Value>) -> bool {
    CALL_IS_OVER.contains(&text_of(parameters, "CallStatus"))
}

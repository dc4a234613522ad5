//! Calls that flows ask for: placed once, watched until somebody answers or nobody does, and told to the flow.

use std::sync::Arc;

use call::{CallRecordingWish, Command, CreateCall, Parameters, Program, SipTarget, Subject, Target};
use domain::{CallSid, ExecutionSid, FlowSid, StepSid};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Error;
use twiml::StatusCallback;

use crate::errand::{Contact, Errand, Owed};
use crate::house::House;
use crate::work::Work;

/// A call that an execution asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CallOrder {
    /// The execution that asks.
    pub(crate) execution: ExecutionSid,
    /// The flow that it runs.
    pub(crate) flow: FlowSid,
    /// The two addresses of the execution's contact.
    pub(crate) contact: Contact,
    /// The visit that asks.
    pub(crate) request: StepSid,
    /// The call.
    pub(crate) call: flow::OutgoingCall,
}

/// A call that was placed for an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlacedCall {
    execution: ExecutionSid,
    contact: Contact,
    request: StepSid,
    call: CallSid,
}

/// Places the call of an errand; from then on it is only watched, so that nobody is called twice.
pub(crate) async fn place(house: &Arc<House>, owed: &Owed, order: &CallOrder) -> Result<(), Error> {
    let mut work = Work::settling(owed);
    let (execution, contact, request) = (order.execution, order.contact.clone(), order.request);
    match house.switchboard.place(order.flow, command_of(&order.call)).await {
        Ok(Subject::Call(call)) => {
            work.owe(Errand::AwaitCall(Box::new(PlacedCall { execution, contact, request, call })));
        }
        other => {
            let reason =
                other.map_or_else(|failure| failure.to_string(), |made| format!("{made:?} was made"));
            let event = flow::Event::CallRefused { request, reason };
            work.owe(Errand::TellExecution { execution, contact, event });
        }
    }
    house.commit(work).await
}

/// Waits until a placed call is answered or is not; one that a restart has ended was not.
pub(crate) async fn await_outcome(house: &Arc<House>, owed: &Owed, placed: &PlacedCall) -> Result<(), Error> {
    let parameters = match house.switchboard.outcome(placed.call).await {
        Some(parameters) => parameters,
        None => Parameters::from_iter([
            ("CallSid".to_owned(), Value::from(placed.call.to_string())),
            ("CallStatus".to_owned(), Value::from("failed")),
        ]),
    };
    let event = flow::Event::CallPlaced { request: placed.request, parameters };
    let contact = placed.contact.clone();
    let mut work = Work::settling(owed);
    work.owe(Errand::TellExecution { execution: placed.execution, contact, event });
    house.commit(work).await
}

fn command_of(wish: &flow::OutgoingCall) -> Command {
    let target = match api::target_of(&wish.to) {
        Target::Sip(targets) => Target::Sip(
            targets
                .into_iter()
                .map(|target| SipTarget {
                    username: wish.sip_username.clone(),
                    password: wish.sip_password.clone(),
                    ..target
                })
                .collect(),
        ),
        other @ (Target::Number { .. } | Target::Client { .. }) => other,
    };
    let recording = wish.recording.as_ref().map(|recording| CallRecordingWish {
        channels: recording.channels,
        track: None,
        trim: recording.trim,
        status_callback: StatusCallback {
            url: recording.status_callback.clone(),
            ..StatusCallback::default()
        },
    });
    Command::CreateCall(Box::new(CreateCall {
        target,
        to: wish.to.clone(),
        from: wish.from.clone(),
        caller_name: String::new(),
        program: Program::Flow,
        progress: None,
        timeout_secs: wish.timeout_secs,
        time_limit_secs: None,
        send_digits: wish.send_digits.clone(),
        recording,
        answer_detection: wish.answer_detection.clone(),
        parameters: Parameters::new(),
    }))
}

//! The way to the exchange's loop, for all who ask or tell something about calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use api::Failure;
use call::{Command, Event, Parameters, Playback, Subject};
use domain::{CallSid, FlowSid, StepSid, UserDefinedMessageSid};
use media::Clip;
use parking_lot::Mutex;
use serde_json::Value;
use signaling::Signaling;
use store::Error;
use tokio::sync::{mpsc, oneshot};

use super::arrivals::{Refused, Routed};
use super::devices::{DeviceChange, DeviceId};

/// How many requests may wait for the loop before their senders wait too.
const WAITING_MAX: usize = 4096;

/// Where the outcome of a command is told.
pub(super) type Answer = oneshot::Sender<Result<Subject, Failure>>;

/// What the exchange's loop is asked and told.
pub(crate) enum Request {
    /// Carry out a command and answer once its facts are on disk.
    Execute(Box<Command>, Answer),
    /// Call somebody for a flow, which drives the call from then on.
    Place {
        /// The flow.
        flow: FlowSid,
        /// The command that calls.
        command: Box<Command>,
        /// Where the outcome is told.
        answer: Answer,
    },
    /// Let a flow drive the call that a command makes or changes.
    Drive {
        /// The flow.
        flow: FlowSid,
        /// The command.
        command: Box<Command>,
        /// Where the outcome is told.
        answer: Answer,
    },
    /// Tell whether a call that was placed for a flow is answered, with its parameters; nothing once it is gone.
    AwaitOutcome(CallSid, oneshot::Sender<Option<Parameters>>),
    /// Take note of a fact.
    Tell(Box<Event>),
    /// A call's program was found, or was not.
    Arrived(CallSid, Result<Box<Routed>, Refused>),
    /// A flow has said what its call does next.
    FlowAnswered {
        /// The call.
        call: CallSid,
        /// The answer.
        event: Box<Event>,
        /// The visit that asked for the verbs.
        step: Option<StepSid>,
    },
    /// A flow that a document led to has said what its call does next.
    FlowTookOver {
        /// The call.
        call: CallSid,
        /// The answer.
        event: Box<Event>,
        /// The visit that asked for the verbs.
        step: Option<StepSid>,
    },
    /// Audio was fetched or spoken, or can not be.
    ClipReady(Playback, Result<Arc<Clip>, String>),
    /// A browser's device came, spoke or went.
    Device(DeviceId, DeviceChange),
    /// Send the browser in a call a message; the answer tells whether there is one.
    Message {
        /// The call.
        call: CallSid,
        /// The message's SID.
        sid: UserDefinedMessageSid,
        /// The content.
        content: Value,
        /// Where it is told.
        answer: oneshot::Sender<bool>,
    },
    /// A browser that dropped has had its time to come back to a call.
    GiveUp(DeviceId, CallSid),
    /// End all calls, since the process stops; answered with the signaling that still says farewell.
    Stop(oneshot::Sender<Option<Signaling>>),
}

/// A handle on the exchange's loop; what is sent before the loop starts waits for it.
pub(crate) struct Switchboard {
    requests: mpsc::Sender<Request>,
    inbox: Mutex<Option<mpsc::Receiver<Request>>>,
    devices: AtomicU64,
}

/// The loop has ended.
#[derive(Debug)]
pub(crate) struct Closed;

impl Default for Switchboard {
    fn default() -> Self {
        let (requests, inbox) = mpsc::channel(WAITING_MAX);
        Self { requests, inbox: Mutex::new(Some(inbox)), devices: AtomicU64::new(0) }
    }
}

impl Switchboard {
    /// Has a command carried out; returns once its facts are on disk.
    pub(crate) async fn execute(&self, command: Command) -> Result<Subject, Failure> {
        self.ask(|answer| Request::Execute(Box::new(command), answer)).await
    }

    /// Has somebody called for a flow.
    pub(crate) async fn place(&self, flow: FlowSid, command: Command) -> Result<Subject, Failure> {
        self.ask(|answer| Request::Place { flow, command: Box::new(command), answer }).await
    }

    /// Has a command carried out whose call a flow drives from then on.
    pub(crate) async fn drive(&self, flow: FlowSid, command: Command) -> Result<Subject, Failure> {
        self.ask(|answer| Request::Drive { flow, command: Box::new(command), answer }).await
    }

    /// Waits until a call that was placed for a flow is answered or is not; nothing where there is no such call.
    pub(crate) async fn outcome(&self, call: CallSid) -> Option<Parameters> {
        let (answer, answered) = oneshot::channel();
        self.send(Request::AwaitOutcome(call, answer)).await.ok()?;
        answered.await.ok().flatten()
    }

    /// Sends the browser in a call a message.
    pub(crate) async fn message(
        &self,
        call: CallSid,
        sid: UserDefinedMessageSid,
        content: Value,
    ) -> Result<(), Failure> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Message { call, sid, content, answer };
        self.send(request).await.map_err(|Closed| Failure::Busy)?;
        match answered.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::NotFound),
            Err(_) => Err(Failure::Busy),
        }
    }

    /// Tells facts without waiting: they are lost where the loop is that far behind, or never began.
    pub(crate) fn tell_soon(&self, events: Vec<Event>) {
        for event in events {
            let _ = self.requests.try_send(Request::Tell(Box::new(event)));
        }
    }

    /// Tells a fact; there is nobody to take it once the process stops.
    pub(crate) async fn tell(&self, event: Event) {
        let _ = self.send(Request::Tell(Box::new(event))).await;
    }

    /// Sends a request; there is nobody to take it once the process stops.
    pub(crate) async fn send(&self, request: Request) -> Result<(), Closed> {
        self.requests.send(request).await.map_err(|_| Closed)
    }

    /// Tells what a call runs, or why it is turned away.
    pub(super) async fn arrived(&self, call: CallSid, routed: Result<Result<Routed, Refused>, Error>) {
        let routed = routed.unwrap_or_else(|error| Err(Refused { status: 503, reason: error.to_string() }));
        let _ = self.send(Request::Arrived(call, routed.map(Box::new))).await;
    }

    /// Returns a way to send requests.
    pub(crate) fn requests(&self) -> mpsc::Sender<Request> {
        self.requests.clone()
    }

    /// Hands out what was sent, to the one loop that serves it.
    pub(super) fn take_inbox(&self) -> Option<mpsc::Receiver<Request>> {
        self.inbox.lock().take()
    }

    /// Returns a number that no device had before.
    pub(super) fn next_device(&self) -> DeviceId {
        DeviceId(self.devices.fetch_add(1, Ordering::Relaxed))
    }

    async fn ask(&self, request: impl FnOnce(Answer) -> Request) -> Result<Subject, Failure> {
        let (answer, answered) = oneshot::channel();
        self.send(request(answer)).await.map_err(|Closed| Failure::Busy)?;
        answered.await.map_err(|_| Failure::Busy)?
    }
}

//! What is known of the flows that drive calls: where they are, and who waits for what became of a call.

use call::Parameters;
use domain::{FlowSid, StepSid};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The flow that drives a call.
pub(super) struct Drive {
    pub(super) flow: FlowSid,
    /// The visit whose verbs are being performed.
    pub(super) step: Option<StepSid>,
    /// What became of a call that the flow itself asked for.
    pub(super) outcome: CallOutcome,
    /// Whether the call has ended, and only its outcome is still to be told.
    pub(super) is_over: bool,
    /// The telling of what the hang-up cut short, which comes before that of the end.
    pub(super) farewell: Option<JoinHandle<()>>,
}

/// Whether a flow knows that its call was answered.
pub(super) enum CallOutcome {
    /// It does, or did not ask for the call.
    Told,
    /// It is known, and nobody has asked for it yet.
    Known(Parameters),
    /// It is not known yet; whoever waits for it is told.
    Open(Option<oneshot::Sender<Option<Parameters>>>),
}

impl Drive {
    pub(super) fn new(flow: FlowSid, outcome: CallOutcome) -> Self {
        Self { flow, step: None, outcome, is_over: false, farewell: None }
    }
}

impl CallOutcome {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// Takes note of the outcome of a call, unless it is known already.
    pub(super) fn set(&mut self, parameters: &Parameters) {
        if let Self::Open(waiting) = self {
            *self = match waiting.take().map(|waiting| waiting.send(Some(parameters.clone()))) {
                Some(Ok(())) => Self::Told,
                Some(Err(_)) | None => Self::Known(parameters.clone()),
            };
        }
    }
}

//! `<Connect>` and `<Echo>`: the caller's audio goes to a machine, or back.

use domain::StreamSid;
use twiml::{Connect, ConnectTarget};

use super::{Cut, Perform, ServiceNews, Signal, Stage, Step, Told, WithoutAction};
use crate::{MediaAction, Parameters};

#[derive(Debug)]
pub(super) struct Performance {
    connect: Connect,
    stream: Option<StreamSid>,
    /// What the action is told.
    outcome: Parameters,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(connect: Connect) -> Performance {
        Performance { connect, stream: None, outcome: Parameters::new() }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        match self.connect.target.take() {
            Some(ConnectTarget::Stream(stream)) => {
                self.stream = super::start::open_stream(stage, stream, true);
            }
            Some(target @ (ConnectTarget::ConversationRelay(_) | ConnectTarget::VirtualAgent(_))) => {
                stage.report(12200, format!("<Connect><{}> is not performed here", target.name()));
                self.outcome = failure_of(&target);
            }
            None => stage.report(12200, "<Connect> is empty: <Stream> is expected"),
        }
        if self.stream.is_some() { Step::Continue } else { self.finish() }
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, signal: Signal) -> Step {
        match signal {
            Signal::Service(ServiceNews::StreamEnded(stream)) if self.stream == Some(stream) => self.finish(),
            Signal::PlaybackEnded(_)
            | Signal::TimeReached
            | Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, _: Cut) -> Option<Told> {
        if let Some(stream) = self.stream.take() {
            stage.media(MediaAction::CloseStream { stream });
        }
        None
    }
}

impl Performance {
    fn finish(&self) -> Step {
        let told = Told { action: self.connect.action.clone(), parameters: self.outcome.clone() };
        Step::Ask(told, WithoutAction::NextVerb)
    }
}

/// Says what the action hears of a machine that nobody provides.
fn failure_of(target: &ConnectTarget) -> Parameters {
    const REASON: &str = "no provider is configured";
    let (status, error) = match target {
        ConnectTarget::VirtualAgent(_) => ("VirtualAgentStatus", "VirtualAgentError"),
        ConnectTarget::ConversationRelay(_) | ConnectTarget::Stream(_) => ("SessionStatus", "ErrorMessage"),
    };
    crate::parameters::pairs([(status, "failed".to_owned()), (error, REASON.to_owned())])
}

/// `<Echo>`.
#[derive(Debug)]
pub(super) struct Echo;

impl Perform for Echo {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        stage.media(MediaAction::StartEcho { leg: stage.call });
        Step::Continue
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, stage: &mut Stage<'_>, _: Cut) -> Option<Told> {
        stage.media(MediaAction::StopEcho { leg: stage.call });
        None
    }
}

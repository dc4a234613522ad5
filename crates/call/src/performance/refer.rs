//! `<Refer>`: asks the caller's SIP side to call somebody else.

use twiml::Refer;

use super::{Cut, Perform, ServiceNews, Signal, Stage, Step, Told, WithoutAction};
use crate::LegAction;
use crate::parameters::{add, pairs};

#[derive(Debug)]
pub(super) struct Performance(Refer);

impl Performance {
    /// Makes the performance.
    pub(super) fn new(refer: Refer) -> Performance {
        Performance(refer)
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        if self.0.target.is_empty() {
            stage.report(13241, "<Refer> has no <Sip>: an address such as sip:alice@example.com is expected");
            return Step::Next;
        }
        stage.answer();
        stage.leg(LegAction::Refer { leg: stage.call, to: self.0.target.clone() });
        Step::Continue
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, signal: Signal) -> Step {
        let Signal::Service(ServiceNews::Referred { status, notified }) = signal else {
            return Step::Continue;
        };
        let is_taken = (200..300).contains(&status) && notified.is_none_or(|status| status < 300);
        let result = if is_taken { "completed" } else { "failed" };
        let mut parameters =
            pairs([("ReferCallStatus", result.to_owned()), ("ReferSipResponseCode", status.to_string())]);
        add(&mut parameters, "NotifySipResponseCode", notified);
        Step::Ask(Told { action: self.0.action.clone(), parameters }, WithoutAction::NextVerb)
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

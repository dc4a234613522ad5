//! Verbs that are over at once: `<Leave>`, `<Hangup>`, `<Reject>`, `<Redirect>`, and those that are passed over.

use twiml::Method;

use super::{Cut, Perform, Signal, Stage, Step, Told, WithoutAction};

/// A verb that is nothing but its step.
#[derive(Debug)]
pub(super) struct At(pub(super) fn() -> Step);

/// `<Redirect>`.
#[derive(Debug)]
pub(super) struct Redirecting {
    pub(super) url: String,
    pub(super) method: Method,
}

/// A verb that is parsed but not performed: it is logged, and its action asked as after a failure.
#[derive(Debug)]
pub(super) struct Unsupported {
    pub(super) verb: &'static str,
    pub(super) told: Told,
}

impl Perform for At {
    fn enter(&mut self, _: &mut Stage<'_>) -> Step {
        (self.0)()
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

impl Perform for Redirecting {
    /// An empty URL is the document's own.
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        let url = stage.resolve(&self.url);
        if url.is_empty() {
            stage.report(13710, "<Redirect> has no URL, nor has its document: it is passed over");
            return Step::Next;
        }
        Step::GoTo { url, method: self.method }
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

impl Perform for Unsupported {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.report(12200, format!("<{}> is not performed on calls here", self.verb));
        let action = std::mem::take(&mut self.told.action);
        let parameters = std::mem::take(&mut self.told.parameters);
        Step::Ask(Told { action, parameters }, WithoutAction::NextVerb)
    }

    fn on_signal(&mut self, _: &mut Stage<'_>, _: Signal) -> Step {
        Step::Continue
    }

    fn leave(&mut self, _: &mut Stage<'_>, _: Cut) -> Option<Told> {
        None
    }
}

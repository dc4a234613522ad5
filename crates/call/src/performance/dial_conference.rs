//! `<Dial><Conference>`: the caller takes part until leaving, or until the conference ends.

use std::time::Duration;

use domain::{ConferenceSid, Timestamp};
use twiml::{Conference, Dial};

use super::{Cut, Heard, PartnerNews, Perform, Signal, Stage, Step, Told, WithoutAction};
use crate::exchange::Exit;
use crate::parameters::pairs;

#[derive(Debug)]
pub(super) struct Performance {
    dial: Dial,
    conference: Conference,
    joined: Option<(ConferenceSid, Timestamp)>,
}

impl Performance {
    /// Makes the performance.
    pub(super) fn new(dial: Dial, conference: Conference) -> Performance {
        Performance { dial, conference, joined: None }
    }
}

impl Perform for Performance {
    fn enter(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.answer();
        let run = stage.call().run(stage.lane);
        let base = run.and_then(|run| run.base()).and_then(|(base, _)| url::Url::parse(base).ok());
        let resolve = |written: &str| {
            let joined = base.as_ref().and_then(|base| base.join(written).ok());
            joined.map_or_else(|| written.to_owned(), String::from)
        };
        match stage.exchange.join(stage.call, &self.conference, resolve) {
            Ok(conference) => {
                self.joined = Some((conference, stage.exchange.now()));
                stage.set_timer(Some(Duration::from_secs(u64::from(self.dial.time_limit_secs()))));
                Step::Continue
            }
            Err((code, reason)) => {
                stage.report(code, reason);
                Step::Next
            }
        }
    }

    fn on_signal(&mut self, stage: &mut Stage<'_>, signal: Signal) -> Step {
        match signal {
            Signal::Partner(PartnerNews::ConferenceLeft) => self.finish(),
            Signal::Caller(Heard::Digit('*')) if self.dial.hangup_on_star() => self.exit(stage),
            Signal::TimeReached => self.exit(stage),
            Signal::PlaybackEnded(_)
            | Signal::Caller(_)
            | Signal::Leg(..)
            | Signal::Service(_)
            | Signal::Partner(_)
            | Signal::Queue(_) => Step::Continue,
        }
    }

    fn leave(&mut self, stage: &mut Stage<'_>, cut: Cut) -> Option<Told> {
        let is_over = cut != Cut::Redirected;
        stage.exchange.exit(stage.call, if is_over { Exit::HungUp } else { Exit::Updated });
        is_over.then(|| self.told())
    }
}

impl Performance {
    fn exit(&mut self, stage: &mut Stage<'_>) -> Step {
        stage.exchange.exit(stage.call, Exit::HungUp);
        self.finish()
    }

    fn finish(&self) -> Step {
        Step::Ask(self.told(), WithoutAction::NextVerb)
    }

    fn told(&self) -> Told {
        let mut parameters = pairs([("DialCallStatus", "answered".to_owned())]);
        if let Some((conference, _)) = self.joined {
            parameters.extend(pairs([("ConferenceSid", conference.to_string())]));
        }
        Told { action: self.dial.action.clone(), parameters }
    }
}

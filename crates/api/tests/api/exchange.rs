//! Calls without lines: the real exchange, whose legs ring and are answered at once and whose recordings last 2 s.

use std::collections::VecDeque;
use std::path::Path;

use api::Failure;
use call::{Action, Command, Event, Exchange, LegAction, MediaAction, Refusal, Settings, Subject};
use domain::{AccountSid, FlowSid, Tick};
use parking_lot::Mutex;
use store::{Unit, calls};

use crate::client::PUBLIC_URL;

/// Who is called at this address is never there.
pub(crate) const NOBODY: &str = "sip:nobody@example.com";

pub(crate) struct FakeExchange {
    account: AccountSid,
    exchange: Mutex<Exchange>,
    /// What was done to legs and audio, for tests that look.
    pub(crate) deeds: Mutex<Vec<Action>>,
    /// The flows that were to drive calls.
    pub(crate) flows: Mutex<Vec<FlowSid>>,
    recordings: tempfile::TempDir,
}

impl FakeExchange {
    pub(crate) fn new(account_sid: AccountSid) -> Self {
        let settings = Settings { account_sid, api_url: PUBLIC_URL.to_owned() };
        Self {
            account: account_sid,
            exchange: Mutex::new(Exchange::new(settings)),
            deeds: Mutex::default(),
            flows: Mutex::default(),
            recordings: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn recordings(&self) -> &Path {
        self.recordings.path()
    }

    pub(crate) fn note_flow(&self, flow: FlowSid) {
        self.flows.lock().push(flow);
    }

    pub(crate) fn execute(
        &self,
        command: Command,
        tick: impl Fn() -> Tick,
    ) -> Result<(Unit, Subject), Failure> {
        let outcome = self.exchange.lock().execute(command, &mut tick()).map_err(failure_of)?;
        Ok((self.settle(outcome.actions, tick), outcome.subject))
    }

    pub(crate) fn handle(&self, event: Event, tick: impl Fn() -> Tick) -> Unit {
        let actions = self.exchange.lock().handle(event, &mut tick());
        self.settle(actions, tick)
    }

    /// Writes what is to be written and answers what is asked, until nothing is left to do.
    fn settle(&self, actions: Vec<Action>, tick: impl Fn() -> Tick) -> Unit {
        let mut unit = Unit::new();
        let mut events = VecDeque::new();
        let mut actions = actions;
        loop {
            for action in actions.drain(..) {
                if let Action::Changed(record) = &action {
                    unit.push(calls::write(self.account, record));
                }
                events.extend(answers(&action));
                self.deeds.lock().push(action);
            }
            let Some(event) = events.pop_front() else { return unit };
            actions = self.exchange.lock().handle(event, &mut tick());
        }
    }
}

/// Returns what the world says to an action.
fn answers(action: &Action) -> Vec<Event> {
    if let Action::Leg(LegAction::Place(placement)) = action {
        let call = placement.leg;
        return match format!("{:?}", placement.target).contains(NOBODY) {
            true => vec![Event::LegRang { call }],
            false => vec![Event::LegRang { call }, Event::LegAnswered { call }],
        };
    }
    let Action::Media(MediaAction::StopRecording { recording }) = action else { return Vec::new() };
    vec![Event::RecordingEnded { recording: *recording, duration_ms: 2_000, is_silent: false }]
}

fn failure_of(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::NotFound { .. } => Failure::NotFound,
        Refusal::Invalid { parameter, reason } => Failure::Invalid { parameter, reason },
        Refusal::WrongState { reason } => Failure::WrongState(reason),
        Refusal::Conflict { reason } => Failure::Taken(reason),
    }
}

//! The exchange's loop: it owns the engine, decides, commits and only then acts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use api::Failure;
use call::{
    Action, Command, Event, Exchange, LegAction, MediaAction, Outcome, Parameters, Question, Refusal, Subject,
};
use domain::{CallSid, FlowSid, StepSid, Timestamp};
use signaling::Signaling;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};
use tokio::sync::oneshot;

use super::audio::Audio;
use super::devices::{DeviceChange, DeviceId};
use super::documents::{self, Turn, Wanted};
use super::drives::{CallOutcome, Drive};
use super::lines::{DeviceCall, Heard, Lines, Said};
use super::switchboard::{Answer, Request};
use super::{arrivals, device_messages, notes, notices, router_desk};
use crate::clock;
use crate::flow_webhook;
use crate::house::House;
use crate::work::Work;

/// How many requests one commit takes at most.
const BATCH_MAX: usize = 256;

/// How long a call at least waits for a browser that dropped.
const RECONNECT_SECS_MIN: u64 = 3;

/// The loop with all that it owns.
pub(super) struct Service {
    pub(super) house: Arc<House>,
    pub(super) exchange: Exchange,
    pub(super) inbox: Receiver<Request>,
    pub(super) signals: UnboundedReceiver<signaling::Event>,
    pub(super) sounds: UnboundedReceiver<media::Event>,
    pub(super) lines: Lines,
    pub(super) audio: Audio,
    /// Calls that a flow drives.
    pub(super) drives: BTreeMap<CallSid, Drive>,
    /// Facts that came of acting, to be told to the exchange in the next round.
    pub(super) echoes: VecDeque<Event>,
}

/// What one round decided.
#[derive(Default)]
pub(super) struct Round {
    work: Work,
    deeds: Vec<Action>,
    answers: Vec<(Answer, Result<Subject, Failure>)>,
    /// Who is told that all calls were hung up, with what.
    pub(super) stopped: Option<(oneshot::Sender<Option<Signaling>>, Option<Signaling>)>,
}

impl Service {
    /// Serves until the process stops.
    pub(super) async fn run(mut self) {
        let mut requests = Vec::new();
        loop {
            // 1. Wait for requests, for what lines and audio tell, or for the engine's own next deadline.
            let mut round = Round::default();
            if self.echoes.is_empty() {
                tokio::select! {
                    count = self.inbox.recv_many(&mut requests, BATCH_MAX) => if count == 0 { return },
                    Some(signal) = self.signals.recv() => self.take_signal(signal, &mut round),
                    Some(sound) = self.sounds.recv() => self.take_sound(sound, &mut round),
                    () = sleep_until(self.exchange.next_timeout()) => {}
                }
            }
            // 2. Decide what all that has come meanwhile brings about.
            self.decide(&mut requests, &mut round);
            // 3. Commit, then act and answer.
            self.finish(round).await;
        }
    }

    fn decide(&mut self, requests: &mut Vec<Request>, round: &mut Round) {
        while let Some(event) = self.echoes.pop_front() {
            self.handle(event, round);
        }
        for request in requests.drain(..) {
            self.take(request, round);
        }
        for _ in 0..BATCH_MAX {
            let Ok(signal) = self.signals.try_recv() else { break };
            self.take_signal(signal, round);
        }
        for _ in 0..BATCH_MAX {
            let Ok(sound) = self.sounds.try_recv() else { break };
            self.take_sound(sound, round);
        }
        if self.exchange.next_timeout().is_some_and(|at| at <= clock::now()) {
            self.handle(Event::TimeReached, round);
        }
    }

    fn take(&mut self, request: Request, round: &mut Round) {
        match request {
            Request::Execute(command, answer) => {
                let outcome = self.execute(*command, round);
                round.answers.push((answer, outcome));
            }
            Request::AwaitOutcome(call, answer) => self.await_outcome(call, answer),
            Request::Tell(event) => self.handle(*event, round),
            Request::Place { flow, command, answer } => {
                let outcome = self.execute(*command, round);
                self.drive(&outcome, flow, CallOutcome::Open(None));
                round.answers.push((answer, outcome));
            }
            Request::Drive { flow, command, answer } => {
                let outcome = self.execute(*command, round);
                self.drive(&outcome, flow, CallOutcome::Told);
                round.answers.push((answer, outcome));
            }
            // Whoever has given up meanwhile is not there to be answered.
            Request::Arrived(call, Ok(_)) if !self.lines.has(call) => {}
            Request::Arrived(call, Ok(routed)) => {
                if let Some(flow) = routed.flow {
                    self.drives.insert(call, Drive::new(flow, CallOutcome::Told));
                }
                self.handle(Event::CallArrived(Box::new(routed.arrival)), round);
            }
            Request::Arrived(call, Err(refused)) => {
                tracing::warn!(%call, status = refused.status, reason = refused.reason, "a call is turned away");
                self.lines.refuse_sip(call, refused.status, &refused.reason);
                self.lines.refuse(call, &refused.reason);
            }
            Request::FlowAnswered { call, event, step } => {
                if let Some(drive) = self.drives.get_mut(&call) {
                    drive.step = step;
                }
                self.handle(*event, round);
            }
            Request::FlowTookOver { call, event, step } => self.perform_for_flow(call, *event, step, round),
            Request::ClipReady(playback, clip) => {
                let failed = self.audio.clip_ready(playback, clip, &self.lines);
                self.echoes.extend(failed);
            }
            Request::Message { call, sid, content, answer } => {
                // Whoever asked may have gone meanwhile.
                let _ = answer.send(self.lines.message(call, sid, content));
            }
            Request::Device(id, change) => self.take_device(id, change, round),
            Request::Stop(answer) => self.stop(answer, round),
            Request::GiveUp(device, call) => {
                if let Some(event) = self.lines.give_up(device, call) {
                    self.handle(event, round);
                }
            }
        }
    }

    /// Performs what a flow says that has just taken a call over; it is not asked by URLs from here on.
    fn perform_for_flow(&mut self, call: CallSid, event: Event, step: Option<StepSid>, round: &mut Round) {
        if let Some(drive) = self.drives.get_mut(&call) {
            drive.step = step;
        }
        let Event::DocumentReady { verbs, .. } = event else { return self.handle(event, round) };
        if let Err(failure) = self.execute(Command::Perform { call, verbs }, round) {
            tracing::info!(%call, %failure, "a call ended before its flow could go on");
        }
    }

    /// Notes which flow drives the call that a command has made or changed.
    fn drive(&mut self, done: &Result<Subject, Failure>, flow: FlowSid, outcome: CallOutcome) {
        if let Ok(Subject::Call(call)) = done {
            self.drives.insert(*call, Drive::new(flow, outcome));
        }
    }

    fn take_signal(&mut self, signal: signaling::Event, round: &mut Round) {
        match self.lines.take_signal(signal) {
            Heard::Nothing => {}
            Heard::Fact(event) => self.handle(event, round),
            Heard::Call(call, invited) => {
                let house = Arc::clone(&self.house);
                tokio::spawn(async move {
                    let routed = arrivals::route_sip(&house, call, &invited).await;
                    house.switchboard.arrived(call, routed).await;
                });
            }
        }
    }

    fn take_sound(&mut self, sound: media::Event, round: &mut Round) {
        if let media::Event::Connected { leg } = sound {
            self.lines.note_audio(leg, false);
        }
        // A page that is loaded anew ends its audio just before its socket: it is given time to come back.
        if let media::Event::Lost { leg } = sound
            && self.lines.is_browser(leg)
        {
            if let Some((device, call, secs)) = self.lines.note_audio(leg, true) {
                self.keep_for_a_while(device, vec![call], secs);
            }
            return;
        }
        if let Some(event) = self.audio.take(sound, &self.lines) {
            self.handle(event, round);
        }
    }

    fn take_device(&mut self, id: DeviceId, change: DeviceChange, round: &mut Round) {
        match change {
            DeviceChange::Came(device) => self.lines.connect(id, *device),
            DeviceChange::Said(said) => match self.lines.take_frame(id, *said) {
                Said::Nothing => {}
                Said::Facts(events) => events.into_iter().for_each(|event| self.handle(event, round)),
                Said::Call(device_call) => self.route(device_call),
                Said::Message(call, content) => device_messages::pass_on(&self.house, call, content),
            },
            DeviceChange::Went => {
                let (events, kept, secs) = self.lines.disconnect(id);
                events.into_iter().for_each(|event| self.handle(event, round));
                self.keep_for_a_while(id, kept, secs);
            }
        }
    }

    fn route(&self, device_call: DeviceCall) {
        let house = Arc::clone(&self.house);
        tokio::spawn(async move {
            let routed = arrivals::route_device(&house, &device_call).await;
            house.switchboard.arrived(device_call.call, routed).await;
        });
    }

    /// Gives a browser that dropped time to come back to its calls.
    fn keep_for_a_while(&self, id: DeviceId, calls: Vec<CallSid>, secs: u64) {
        for call in calls {
            let requests = self.house.switchboard.requests();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(secs.max(RECONNECT_SECS_MIN))).await;
                // The loop may have ended with the process.
                let _ = requests.send(Request::GiveUp(id, call)).await;
            });
        }
    }

    fn handle(&mut self, event: Event, round: &mut Round) {
        let actions = self.exchange.handle(event, &mut clock::tick());
        self.plan(actions, round);
    }

    pub(super) fn execute(&mut self, command: Command, round: &mut Round) -> Result<Subject, Failure> {
        let Outcome { actions, subject } =
            self.exchange.execute(command, &mut clock::tick()).map_err(failure_of)?;
        self.plan(actions, round);
        Ok(subject)
    }

    /// Writes what is to be written, and keeps what is to be done after the commit.
    fn plan(&mut self, actions: Vec<Action>, round: &mut Round) {
        for action in actions {
            match action {
                Action::Changed(record) => {
                    round.work.write(store::calls::write(self.house.account, &record));
                }
                Action::Notify(notice) => round.work.owe(notices::errand(*notice)),
                Action::Report { call, code, message } => {
                    tracing::warn!(%call, code, message, "a call's application did something wrong");
                    round.work.write_all(notes::report(call, code, &message));
                }
                deed @ (Action::Leg(_)
                | Action::Media(_)
                | Action::Ask { .. }
                | Action::TellCallEnded { .. }
                | Action::Router(_)) => round.deeds.push(deed),
            }
        }
    }

    async fn finish(&mut self, round: Round) {
        let Round { work, deeds, answers, stopped } = round;
        let written = match work.is_empty() {
            true => Ok(()),
            false => self.house.commit(work).await,
        };
        if let Err(error) = &written {
            // A call can not be stopped by its book-keeping: people are talking.
            tracing::error!(%error, "facts of calls could not be written");
        }
        for deed in deeds {
            self.act(deed);
        }
        for (answer, outcome) in answers {
            // Whoever asked may have gone meanwhile.
            let _ = answer.send(written.clone().map_err(Failure::from).and(outcome));
        }
        if let Some((answer, signaling)) = stopped {
            // Whoever asked may have lost patience meanwhile.
            let _ = answer.send(signaling);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Leg(leg) => self.act_on_leg(leg),
            Action::Media(media) => self.act_on_media(media),
            Action::Ask { request, call, question } => self.ask(request, call, question),
            Action::TellCallEnded { call, parameters } => {
                self.tell_flow_of_end(call, parameters);
            }
            Action::Router(action) => router_desk::perform(&self.house, action),
            // These were done with the commit.
            Action::Notify(_) | Action::Changed(_) | Action::Report { .. } => {}
        }
    }

    fn act_on_leg(&mut self, action: LegAction) {
        self.echoes.extend(self.lines.perform(action));
    }

    fn act_on_media(&mut self, action: MediaAction) {
        self.echoes.extend(self.audio.perform(action, &self.lines));
    }

    /// Asks an application or a flow; the answer comes back as a request to this loop.
    fn ask(&mut self, request: call::Request, call: CallSid, question: Question) {
        match question {
            Question::Document { url, method, fallback, parameters } => {
                if let Some((flow, is_return)) = documents::flow_behind(&self.house, &url) {
                    return self.hand_to_flow(request, call, flow, is_return, with_query(parameters, &url));
                }
                let wanted = Wanted { url, method, fallback, parameters };
                let house = Arc::clone(&self.house);
                tokio::spawn(async move {
                    let event = documents::fetch(&house, call, request, wanted).await;
                    house.switchboard.tell(event).await;
                });
            }
            Question::Flow { parameters } => self.ask_flow(request, call, parameters),
        }
    }

    /// Lets a flow of ours drive a call that a document leads to it.
    fn hand_to_flow(
        &mut self,
        request: call::Request,
        call: CallSid,
        flow: FlowSid,
        is_return: bool,
        parameters: Parameters,
    ) {
        self.drives.insert(call, Drive::new(flow, CallOutcome::Told));
        let turn = Turn { flow, call, step: None, was_placed: false, is_return, parameters };
        let house = Arc::clone(&self.house);
        tokio::spawn(async move {
            let (event, step) = documents::ask_flow(&house, request, turn).await;
            let answered = Request::FlowTookOver { call, event: Box::new(event), step };
            // The loop may have ended with the process.
            let _ = house.switchboard.send(answered).await;
        });
    }

    fn ask_flow(&mut self, request: call::Request, call: CallSid, parameters: Parameters) {
        let Some(drive) = self.drives.get_mut(&call) else {
            let reason = "no flow drives this call".to_owned();
            self.echoes.push_back(Event::DocumentFailed { request, code: 11200, reason });
            return;
        };
        let was_placed = drive.outcome.is_open();
        drive.outcome.set(&parameters);
        let is_over = flow_webhook::is_over(&parameters);
        let turn = Turn {
            flow: drive.flow,
            call,
            step: drive.step.take(),
            was_placed,
            is_return: false,
            parameters,
        };
        let house = Arc::clone(&self.house);
        let asked = tokio::spawn(async move {
            let (event, step) = documents::ask_flow(&house, request, turn).await;
            let answered = Request::FlowAnswered { call, event: Box::new(event), step };
            // The loop may have ended with the process.
            let _ = house.switchboard.send(answered).await;
        });
        drive.farewell = is_over.then_some(asked);
    }

    /// Tells a flow that its call is over; one that was never answered is the outcome that it waits for.
    fn tell_flow_of_end(&mut self, call: CallSid, parameters: Parameters) {
        let Some(mut drive) = self.drives.remove(&call) else { return };
        if drive.outcome.is_open() {
            drive.outcome.set(&parameters);
            if matches!(drive.outcome, CallOutcome::Known(_)) {
                drive.is_over = true;
                self.drives.insert(call, drive);
            }
            return;
        }
        let turn =
            Turn { flow: drive.flow, call, step: None, was_placed: false, is_return: false, parameters };
        notices::tell_flow_of_end(&self.house, turn, drive.farewell);
    }

    fn await_outcome(&mut self, call: CallSid, answer: oneshot::Sender<Option<Parameters>>) {
        let Some(drive) = self.drives.get_mut(&call) else { return };
        match std::mem::replace(&mut drive.outcome, CallOutcome::Told) {
            CallOutcome::Known(parameters) => {
                // Whoever asked may have gone meanwhile.
                let _ = answer.send(Some(parameters));
                if drive.is_over {
                    self.drives.remove(&call);
                }
            }
            CallOutcome::Open(_) => drive.outcome = CallOutcome::Open(Some(answer)),
            CallOutcome::Told => {}
        }
    }
}

/// Adds what a URL says to the parameters of its request.
fn with_query(mut parameters: Parameters, url: &str) -> Parameters {
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
    };
    parameters.extend(pairs.map(|(name, value)| (decode(name), decode(value).into())));
    parameters
}

/// Makes the API's failure of the engine's refusal.
pub(super) fn failure_of(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::NotFound { .. } => Failure::NotFound,
        Refusal::Invalid { parameter, reason } => Failure::Invalid { parameter, reason },
        Refusal::WrongState { reason } => Failure::WrongState(reason),
        Refusal::Conflict { reason } => Failure::Taken(reason),
    }
}

/// Sleeps until a deadline; for ever where there is none.
async fn sleep_until(deadline: Option<Timestamp>) {
    match deadline {
        Some(at) => tokio::time::sleep(at.since(clock::now())).await,
        None => std::future::pending().await,
    }
}

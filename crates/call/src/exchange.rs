//! The exchange: one aggregate with all calls, its door, and what the rest of the engine asks of it.

mod asking;
mod calls;
mod commands;
mod conferences;
mod facts;
mod instructions;
mod progress;
mod queues;
mod reads;
mod recordings;
mod running;
mod screening;
mod streams;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(crate) use self::calls::NewLeg;
pub(crate) use self::conferences::Exit;
pub(crate) use self::recordings::{NewRecording, callback};

use domain::{CallSid, ConferenceSid, QueueSid, RecordingSid, Sid, TaskSid, Tick, Timestamp};

use crate::call::Call;
use crate::conference::Conference;
use crate::performance::Signal;
use crate::queue::Queue;
use crate::recording::Recording;
use crate::run::Lane;
use crate::timer::{Timer, Timers};
use crate::{
    Action, Command, Event, MediaAction, Onto, Outcome, ParticipantRecord, Playback, Record, Refusal,
    Request, Settings, Source,
};

/// All calls of the installation, with the queues and conferences in which they meet.
#[derive(Debug)]
pub struct Exchange {
    pub(crate) settings: Settings,
    /// Live calls only.
    pub(crate) calls: BTreeMap<CallSid, Call>,
    pub(crate) queues: BTreeMap<QueueSid, Queue>,
    /// Live conferences only.
    pub(crate) conferences: BTreeMap<ConferenceSid, Conference>,
    /// Who is being called into a conference, by the call.
    pub(crate) invited: BTreeMap<CallSid, ParticipantRecord>,
    /// Recordings whose file is not there yet.
    pub(crate) recordings: BTreeMap<RecordingSid, Recording>,
    /// The callers of live tasks.
    pub(crate) calls_by_task: BTreeMap<TaskSid, CallSid>,
    pub(crate) timers: Timers,
    /// Who asked, by question: a call's program, or a conference that makes an announcement.
    asking: BTreeMap<Request, Asker>,
    /// Who hears what is played.
    playing: BTreeMap<Playback, Onto>,
    /// What calls have to tell each other in the step at hand.
    inbox: VecDeque<(CallSid, Lane, Signal)>,
    changed_calls: BTreeSet<CallSid>,
    changed_queues: BTreeSet<QueueSid>,
    changed_conferences: BTreeSet<ConferenceSid>,
    changed_participants: BTreeSet<(ConferenceSid, CallSid)>,
    actions: Vec<Action>,
    next_request: u64,
    next_playback: u64,
    /// The time and the SIDs of the step at hand.
    tick: Tick,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    Run(CallSid, Lane),
    Conference(ConferenceSid),
}

impl Exchange {
    /// Makes an exchange without calls.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            calls: BTreeMap::new(),
            queues: BTreeMap::new(),
            conferences: BTreeMap::new(),
            invited: BTreeMap::new(),
            recordings: BTreeMap::new(),
            calls_by_task: BTreeMap::new(),
            timers: Timers::default(),
            asking: BTreeMap::new(),
            playing: BTreeMap::new(),
            inbox: VecDeque::new(),
            changed_calls: BTreeSet::new(),
            changed_queues: BTreeSet::new(),
            changed_conferences: BTreeSet::new(),
            changed_participants: BTreeSet::new(),
            actions: Vec::new(),
            next_request: 0,
            next_playback: 0,
            tick: Tick::new(Timestamp::default(), 0),
        }
    }

    /// Applies one event and returns what the world must do.
    pub fn handle(&mut self, event: Event, tick: &mut Tick) -> Vec<Action> {
        self.tick = tick.clone();
        self.apply(event);
        self.settle();
        *tick = self.tick.clone();
        std::mem::take(&mut self.actions)
    }

    /// Carries out a command, or says why not. A refusal changes nothing.
    pub fn execute(&mut self, command: Command, tick: &mut Tick) -> Result<Outcome, Refusal> {
        self.tick = tick.clone();
        let subject = self.carry_out(command)?;
        self.settle();
        *tick = self.tick.clone();
        Ok(Outcome { actions: std::mem::take(&mut self.actions), subject })
    }

    /// Returns when the exchange next wants to be called with [`Event::TimeReached`].
    pub fn next_timeout(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// Lets the calls tell each other all that the step has brought, then notes what has changed.
    fn settle(&mut self) {
        while let Some((call, lane, signal)) = self.inbox.pop_front() {
            self.deliver(call, lane, signal);
        }
        self.note_changes();
    }

    fn reach_time(&mut self) {
        while let Some(timer) = self.timers.pop_due(self.tick.now) {
            match timer {
                Timer::Ringing(call) => self.stop_ringing(call),
                Timer::TimeLimit(call) => self.hang_up(call),
                Timer::Verb(call, lane) => self.tell(call, lane, Signal::TimeReached),
                Timer::Again(call) => self.begin_again(call),
                Timer::Ask(call, lane) => self.ask_what_was_held(call, lane),
            }
        }
    }
}

/// What the rest of the engine asks of the exchange.
impl Exchange {
    /// Returns the time of the step at hand.
    pub(crate) fn now(&self) -> Timestamp {
        self.tick.now
    }

    /// Returns a fresh SID.
    pub(crate) fn sid<S: Sid>(&mut self) -> S {
        self.tick.sid()
    }

    /// Asks something of the world.
    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Logs what a document or a caller did wrong.
    pub(crate) fn report(&mut self, call: CallSid, code: u32, message: impl Into<String>) {
        self.act(Action::Report { call, code, message: message.into() });
    }

    /// Tells a call's program something, once the step at hand has been done.
    pub(crate) fn tell(&mut self, call: CallSid, lane: Lane, signal: Signal) {
        self.inbox.push_back((call, lane, signal));
    }

    /// Plays something.
    pub(crate) fn play(&mut self, onto: Onto, source: Source, loops: u32) -> Playback {
        self.next_playback += 1;
        let playback = Playback(self.next_playback);
        self.playing.insert(playback, onto);
        self.act(Action::Media(MediaAction::Play { playback, onto, source, loops }));
        playback
    }

    /// Stops something that is played, unless it has come to its end.
    pub(crate) fn stop_playing(&mut self, playback: Playback) {
        if self.playing.remove(&playback).is_some() {
            self.act(Action::Media(MediaAction::StopPlaying { playback }));
        }
    }

    /// Notes that a call's record is to be written.
    pub(crate) fn change(&mut self, call: CallSid) -> Option<&mut Call> {
        let now = self.tick.now;
        let call = self.calls.get_mut(&call)?;
        self.changed_calls.insert(call.facts.sid);
        call.facts.date_updated = now;
        Some(call)
    }

    fn note_changes(&mut self) {
        for sid in std::mem::take(&mut self.changed_calls) {
            let record = self.calls.get(&sid).map(|call| Record::Call(Box::new(call.facts.clone())));
            self.actions.extend(record.map(Action::Changed));
        }
        for sid in std::mem::take(&mut self.changed_queues) {
            let now = self.tick.now;
            let record = self.queues.get(&sid).map(|queue| Record::Queue(Box::new(queue.record(now))));
            self.actions.extend(record.map(Action::Changed));
        }
        for sid in std::mem::take(&mut self.changed_conferences) {
            let conference = self.conferences.get(&sid);
            let record = conference.map(|conference| Record::Conference(Box::new(conference.facts.clone())));
            self.actions.extend(record.map(Action::Changed));
        }
        for (conference, call) in std::mem::take(&mut self.changed_participants) {
            let conference = self.conferences.get(&conference);
            let participant = conference.and_then(|conference| conference.participants.get(&call));
            let record = participant.map(|who| Record::Participant(Box::new(who.facts.clone())));
            self.actions.extend(record.map(Action::Changed));
        }
    }
}

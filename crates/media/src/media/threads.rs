//! The way of commands to the media threads: each goes to the thread on which its leg or mixer lives.

use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use mio::Waker;
use parking_lot::Mutex;

use super::placement::{Move, Placement};
use crate::command::{Command, Onto, RecordingOf};

/// The media threads.
#[derive(Debug)]
pub(super) struct Threads {
    entrances: Vec<Entrance>,
    /// Held while a command is sent, so that all threads see moves and commands in one order.
    placement: Mutex<Placement>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

/// How one thread is reached.
#[derive(Debug)]
pub(super) struct Entrance {
    pub commands: mpsc::Sender<Command>,
    pub waker: Arc<Waker>,
}

impl Threads {
    pub(super) fn new(entrances: Vec<Entrance>, running: Vec<JoinHandle<()>>) -> Self {
        let placement = Mutex::new(Placement::new(entrances.len()));
        Self { entrances, placement, running: Mutex::new(running) }
    }

    /// Gives a new leg a home and has it opened there.
    pub(super) fn open(&self, leg: u64, is_browser: bool, command: Command) {
        let mut placement = self.placement.lock();
        let thread = placement.open(leg, is_browser);
        self.send(thread, command);
    }

    /// Lets a leg go.
    pub(super) fn close(&self, leg: u64) {
        let mut placement = self.placement.lock();
        if let Some(thread) = placement.close(leg) {
            self.send(thread, Command::Close { leg });
        }
    }

    /// Sends what is about one leg; of one that is unknown, any thread knows as little.
    pub(super) fn tell_leg(&self, leg: u64, command: Command) {
        let placement = self.placement.lock();
        self.send(placement.leg(leg).unwrap_or_default(), command);
    }

    /// Sends what is about one place.
    pub(super) fn tell_place(&self, onto: Onto, command: Command) {
        let placement = self.placement.lock();
        let thread = match onto {
            Onto::Leg(leg) => placement.leg(leg),
            Onto::Mixer(mixer) => placement.mixer(mixer),
        };
        self.send(thread.unwrap_or_default(), command);
    }

    /// Begins a recording where what it is of lives.
    pub(super) fn record(&self, of: RecordingOf, command: Command) {
        match of {
            RecordingOf::Leg(leg, _) | RecordingOf::Bridge(leg, _) => self.tell_leg(leg, command),
            RecordingOf::Mixer(mixer) => self.tell_place(Onto::Mixer(mixer), command),
        }
    }

    /// Sends what is about a playback or a recording: to all, and only one of them knows it.
    pub(super) fn tell_all(&self, command: impl Fn() -> Command) {
        let _order = self.placement.lock();
        self.send_all(command);
    }

    /// Opens a stream where its leg lives.
    pub(super) fn open_stream(&self, stream: u64, leg: u64, command: Command) {
        let mut placement = self.placement.lock();
        let thread = placement.open_stream(stream, leg);
        self.send(thread.unwrap_or_default(), command);
    }

    /// Sends what is about a stream; to all when its leg is gone before it.
    pub(super) fn tell_stream(&self, stream: u64, command: impl Fn() -> Command) {
        let placement = self.placement.lock();
        match placement.stream(stream) {
            Some(thread) => self.send(thread, command()),
            None => self.send_all(command),
        }
    }

    /// Closes a stream.
    pub(super) fn close_stream(&self, stream: u64) {
        self.tell_stream(stream, || Command::CloseStream { stream });
        self.placement.lock().close_stream(stream);
    }

    /// Lets two legs hear each other, on one thread.
    pub(super) fn connect(&self, leg: u64, other: u64) {
        let mut placement = self.placement.lock();
        let moved = placement.connect(leg, other);
        self.move_circle(moved);
        self.send(placement.leg(leg).unwrap_or_default(), Command::Connect { leg, other });
    }

    /// Parts two legs.
    pub(super) fn disconnect(&self, leg: u64, other: u64) {
        let mut placement = self.placement.lock();
        placement.part(leg, other);
        let thread = placement.leg(leg).or(placement.leg(other));
        self.send(thread.unwrap_or_default(), Command::Disconnect { leg, other });
    }

    /// Makes a leg a member of a mixer, on one thread with its other members.
    pub(super) fn join(&self, mixer: u64, leg: u64, command: Command) {
        let mut placement = self.placement.lock();
        let moved = placement.join(mixer, leg);
        self.move_circle(moved);
        self.send(placement.leg(leg).unwrap_or_default(), command);
    }

    /// Takes a leg out of a mixer.
    pub(super) fn leave(&self, mixer: u64, leg: u64) {
        let mut placement = self.placement.lock();
        let thread = placement.mixer(mixer).or(placement.leg(leg));
        placement.leave(mixer, leg);
        self.send(thread.unwrap_or_default(), Command::Leave { mixer, leg });
    }

    /// Ends all threads and waits for them.
    pub(super) fn shutdown(&self) {
        self.tell_all(|| Command::Shutdown);
        for thread in self.running.lock().drain(..) {
            let _ = thread.join();
        }
    }

    /// The departure is sent before the arrival, always: so each wait is for an older move, and none for itself.
    fn move_circle(&self, moved: Option<Move>) {
        let Some(Move { circle, from, to }) = moved else { return };
        let (luggage, arrival) = mpsc::channel();
        let waker = Arc::clone(&self.entrances[to].waker);
        self.send(from, Command::Depart { circle, luggage, waker });
        self.send(to, Command::Await { arrival });
    }

    fn send_all(&self, command: impl Fn() -> Command) {
        (0..self.entrances.len()).for_each(|thread| self.send(thread, command()));
    }

    fn send(&self, thread: usize, command: Command) {
        let entrance = &self.entrances[thread];
        // A thread that has ended has nothing left to do.
        let _ = entrance.commands.send(command);
        let _ = entrance.waker.wake();
    }
}

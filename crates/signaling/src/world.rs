//! What the stack asks of the world, and what it needs from it: time, chance, and ears for its wishes.

use hmac::{Hmac, Mac};

use crate::clock::{Moment, Timers};
use crate::digest;
use crate::directory::Caller;
use crate::event::{Event, LegId};
use crate::flow::Flow;
use crate::locating::Wanted;
use crate::message::via::MAGIC_COOKIE;

/// Everything that may be due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// A transaction's.
    Transaction(u64, TransactionTimer),
    /// A leg's.
    Leg(LegId, LegTimer),
    /// A registered contact may have run out.
    Bindings,
    /// A watched peer is to be asked whether it is there.
    Probe(String),
}

/// What is due for a transaction; the letters are those of RFC 3261 §17.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransactionTimer {
    /// A, E, G: send again.
    Repeat,
    /// B, F, H: give up.
    GiveUp,
    /// D, I, J, K, L, M: forget.
    Forget,
}

/// What is due for a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegTimer {
    /// The reliable provisional response of that number may have to be sent again, after that pause.
    Repeat(u32, std::time::Duration),
    /// The interval with that number is half over: refresh.
    Refresh(u32),
    /// The interval with that number ran out without a refresh.
    Expire(u32),
    /// Nobody answered.
    RingTimeout,
    /// The INVITE of that transaction was not heard of: the next address is tried.
    NextHop(u64),
    /// A re-INVITE that collided may be tried again.
    TryAgain,
}

/// One wish of the stack.
#[derive(Debug)]
pub(crate) enum Output {
    /// Send these bytes.
    Transmit(Flow, Vec<u8>),
    /// Tell the application.
    Tell(Event),
    /// Find something out and come back with the number.
    Ask(u64, Question),
}

/// What the stack has to find out.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    /// Whether somebody may come in.
    Admit(Box<Caller>),
    /// What proves a user of a realm.
    Credentials {
        /// The realm.
        realm: String,
        /// The user.
        user: String,
    },
    /// Where a host is to be called.
    Resolve(Wanted),
}

/// Time, chance, timers and wishes: handed to whatever part of the stack is at work.
pub(crate) struct World {
    /// The time of the event that is being handled.
    pub(crate) now: Moment,
    /// What is due when.
    pub(crate) timers: Timers<Timer>,
    /// The wishes, in order.
    pub(crate) outputs: Vec<Output>,
    seed: [u8; 32],
    drawn: u64,
}

impl World {
    /// A world whose chance comes from a seed.
    pub(crate) fn new(seed: [u8; 32]) -> World {
        World { now: Moment::ZERO, timers: Timers::new(), outputs: Vec::new(), seed, drawn: 0 }
    }

    /// A text that nobody can guess: for tags, branches, Call-IDs and nonces.
    pub(crate) fn token(&mut self) -> String {
        self.drawn += 1;
        let mut mac =
            Hmac::<sha2::Sha256>::new_from_slice(&self.seed).expect("HMAC takes keys of any length");
        mac.update(&self.drawn.to_be_bytes());
        digest::hex(&mac.finalize().into_bytes()[..10])
    }

    /// A branch of its own for a new transaction.
    pub(crate) fn branch(&mut self) -> String {
        format!("{MAGIC_COOKIE}{}", self.token())
    }

    /// Asks for bytes to be sent.
    pub(crate) fn transmit(&mut self, flow: Flow, bytes: Vec<u8>) {
        self.outputs.push(Output::Transmit(flow, bytes));
    }

    /// Tells the application.
    pub(crate) fn tell(&mut self, event: Event) {
        self.outputs.push(Output::Tell(event));
    }
}

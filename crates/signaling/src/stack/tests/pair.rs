//! Two stacks and a wire between them, moved by hand.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Moment;
use crate::config::{Config, Listener};
use crate::digest::Secret;
use crate::directory::{Admission, Verdict};
use crate::door::Framing;
use crate::event::{Event, LegId};
use crate::flow::{Flow, Transport};
use crate::invitation::{Command, Invitation, Target};
use crate::places::Places;
use crate::stack::{Answer, Stack};
use crate::world::{Output, Question};

pub(super) const CALL: LegId = 7;
pub(super) const SDP: &str = "v=0\r\nm=audio 4000 RTP/AVP 0\r\n";
pub(super) const SDP_HOLD: &str = "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n";

/// A caller at 10.0.0.1 and a callee at 10.0.0.2.
pub(super) struct Pair {
    pub(super) caller: Side,
    pub(super) callee: Side,
    now: Moment,
    wire: VecDeque<(SocketAddr, SocketAddr, Vec<u8>)>,
    sent: usize,
    lost: Option<usize>,
    is_cut: bool,
}

/// One stack with its application.
pub(super) struct Side {
    pub(super) stack: Stack,
    pub(super) verdict: Verdict,
    address: SocketAddr,
    told: Vec<Event>,
    now: Moment,
}

impl Default for Pair {
    fn default() -> Self {
        Pair {
            caller: Side::new(1),
            callee: Side::new(2),
            now: Moment::ZERO,
            wire: VecDeque::new(),
            sent: 0,
            lost: None,
            is_cut: false,
        }
    }
}

impl Pair {
    /// A pair whose wire loses the message of that number.
    pub(super) fn losing(number: usize) -> Pair {
        Pair { lost: Some(number), ..Pair::default() }
    }

    /// A pair in the middle of a call.
    pub(super) fn talking() -> Pair {
        let mut pair = Pair::default();
        pair.invite(invitation());
        let leg = crate::event::INBOUND_LEG | 1;
        pair.callee(Command::Answer { leg, sdp: SDP.to_owned() });
        pair.forget_told();
        pair
    }

    pub(super) fn invite(&mut self, invitation: Invitation) {
        self.caller(Command::Invite { leg: CALL, invitation: Box::new(invitation) });
    }

    pub(super) fn caller(&mut self, command: Command) {
        self.caller.command(command);
        self.settle();
    }

    pub(super) fn callee(&mut self, command: Command) {
        self.callee.command(command);
        self.settle();
    }

    /// Loses everything from here on.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn mend(&mut self) {
        self.is_cut = false;
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, secs: u64) {
        let end = self.now + Duration::from_secs(secs);
        self.settle();
        while let Some(next) = self.next().filter(|next| *next <= end) {
            self.now = next;
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    pub(super) fn forget_told(&mut self) {
        self.caller.told();
        self.callee.told();
    }

    /// Once all timers have run out, neither side remembers anything.
    pub(super) fn assert_nothing_is_left(&mut self) {
        self.pass(200);
        assert_eq!((self.caller.stack.load(), self.callee.stack.load()), ((0, 0), (0, 0)));
    }

    fn next(&self) -> Option<Moment> {
        [&self.caller, &self.callee].into_iter().filter_map(|side| side.stack.next_timeout()).min()
    }

    fn settle(&mut self) {
        loop {
            for side in [&mut self.caller, &mut self.callee] {
                side.now = self.now;
                side.stack.advance(self.now);
                self.wire.extend(side.work());
            }
            let Some((from, to, bytes)) = self.wire.pop_front() else { return };
            self.sent += 1;
            if self.is_cut || self.lost == Some(self.sent - 1) {
                continue;
            }
            let side = if to == self.caller.address { &mut self.caller } else { &mut self.callee };
            if to == side.address {
                side.receive(from, &bytes);
            }
        }
    }
}

impl Side {
    pub(super) fn new(number: u8) -> Side {
        let address: SocketAddr = ([10, 0, 0, number], 5060).into();
        let listeners = vec![Listener { transport: Transport::Udp, address }];
        let places = Places { listeners, external_ip: None, own_ip: address.ip() };
        let stack = Stack::new(Arc::new(Config::default()), places, Arc::default(), [number; 32]);
        let verdict = Verdict::Admit(Admission::default());
        Side { stack, verdict, address, told: Vec::new(), now: Moment::ZERO }
    }

    pub(super) fn command(&mut self, command: Command) {
        self.stack.command(self.now, command);
    }

    pub(super) fn receive(&mut self, from: SocketAddr, bytes: &[u8]) {
        let flow = Flow { transport: Transport::Udp, peer: from, socket: Some(0) };
        self.stack.receive(self.now, bytes, Framing::Datagram, flow);
    }

    /// What was told since the last time.
    pub(super) fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.told)
    }

    /// The status of every failure among what was told.
    pub(super) fn failures(&mut self) -> Vec<u16> {
        let status = |event| if let Event::Failed { status, .. } = event { Some(status) } else { None };
        self.told().into_iter().filter_map(status).collect()
    }

    /// Answers the stack's questions and takes what it sends.
    pub(super) fn work(&mut self) -> Vec<(SocketAddr, SocketAddr, Vec<u8>)> {
        let mut sent = Vec::new();
        loop {
            let outputs = self.stack.take_outputs();
            if outputs.is_empty() {
                return sent;
            }
            for output in outputs {
                match output {
                    Output::Transmit(flow, bytes) => sent.push((self.address, flow.peer, bytes)),
                    Output::Tell(event) => self.told.push(event),
                    Output::Ask(number, question) => {
                        let answer = self.answer(question);
                        self.stack.answered(self.now, number, answer);
                    }
                }
            }
        }
    }

    fn answer(&self, question: Question) -> Answer {
        match question {
            Question::Admit(caller) if caller.proven.is_some() => {
                Answer::Verdict(Verdict::Admit(Admission::default()))
            }
            Question::Admit(_) => Answer::Verdict(self.verdict.clone()),
            Question::Credentials { .. } => Answer::Secret(Some(Secret::Password("secret".to_owned()))),
            Question::Resolve(wanted) => Answer::Addresses(wanted.host, Vec::new()),
        }
    }
}

pub(super) fn invitation() -> Invitation {
    Invitation {
        targets: vec![Target::Uri { uri: "sip:bob@10.0.0.2".to_owned(), via: None }],
        from: "sip:alice@example.com".to_owned(),
        display_name: "Alice".to_owned(),
        to: String::new(),
        headers: vec![("X-Twilio-CallSid".to_owned(), "CA1".to_owned())],
        credentials: None,
        sdp: SDP.to_owned(),
        ring_timeout: Duration::from_secs(30),
    }
}

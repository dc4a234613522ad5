//! The handle by which the application calls, answers and hangs up.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::config::{Config, Listener};
use crate::directory::Directory;
use crate::event::{Event, LegId};
use crate::invitation::{Command, Invitation};
use crate::registrar::{Contact, Registrar};
use crate::service::{Service, Shared};

/// SIP as the application has it. Cheap to clone; when the last is dropped, the sockets are closed.
#[derive(Clone)]
pub struct Signaling {
    commands: mpsc::UnboundedSender<Command>,
    registrar: Arc<Mutex<Registrar>>,
    load: Arc<Mutex<(usize, usize)>>,
    listeners: Arc<[Listener]>,
}

impl Signaling {
    /// Opens the sockets and starts to answer; what happens comes out of the receiver.
    pub async fn start(
        config: Config,
        directory: Arc<dyn Directory>,
    ) -> io::Result<(Signaling, mpsc::UnboundedReceiver<Event>)> {
        let (commands, taken) = mpsc::unbounded_channel();
        let (events, told) = mpsc::unbounded_channel();
        let shared = Shared { registrar: Arc::default(), load: Arc::default() };
        let (service, listeners) = Service::open(config, directory, taken, (events, &shared)).await?;
        tokio::spawn(service.run());
        let Shared { registrar, load } = shared;
        Ok((Signaling { commands, registrar, load, listeners: listeners.into() }, told))
    }

    /// Returns the sockets with the ports that they got.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }

    /// Returns how many legs and transactions there are.
    pub fn load(&self) -> (usize, usize) {
        *self.load.lock()
    }

    /// Lets an inbound caller know that it rings; with an SDP, hear something before the answer.
    pub fn ring(&self, leg: LegId, sdp: Option<String>) {
        self.give(Command::Ring { leg, sdp });
    }

    /// Answers an inbound call.
    pub fn answer(&self, leg: LegId, sdp: String) {
        self.give(Command::Answer { leg, sdp });
    }

    /// Refuses an inbound call; an empty reason is the status's usual phrase.
    pub fn reject(&self, leg: LegId, status: u16, reason: impl Into<String>) {
        self.give(Command::Reject { leg, status, reason: reason.into() });
    }

    /// Ends a call, whatever it has come to.
    pub fn hang_up(&self, leg: LegId) {
        self.give(Command::HangUp { leg });
    }

    /// Calls somebody. The leg is the application's to choose, without [`crate::INBOUND_LEG`].
    pub fn invite(&self, leg: LegId, invitation: Invitation) {
        self.give(Command::Invite { leg, invitation: Box::new(invitation) });
    }

    /// Answers a change of the session by the other side; an offer of ours where it asked for one.
    pub fn answer_reoffer(&self, leg: LegId, sdp: String) {
        self.give(Command::AnswerReoffer { leg, sdp });
    }

    /// Refuses a change of the session by the other side.
    pub fn refuse_reoffer(&self, leg: LegId, status: u16) {
        self.give(Command::RefuseReoffer { leg, status });
    }

    /// Asks the other side for a change of the session.
    pub fn reoffer(&self, leg: LegId, sdp: String) {
        self.give(Command::Reoffer { leg, sdp });
    }

    /// Asks the other side to call somebody else.
    pub fn refer(&self, leg: LegId, to: impl Into<String>) {
        self.give(Command::Refer { leg, to: to.into() });
    }

    /// Tells the side that asked for a transfer how it goes; a final status ends the reports.
    pub fn report_referral(&self, leg: LegId, status: u16) {
        self.give(Command::ReportReferral { leg, status });
    }

    /// Sends a key by INFO, for peers that take no other.
    pub fn send_info_digit(&self, leg: LegId, digit: char) {
        self.give(Command::SendInfoDigit { leg, digit });
    }

    /// Asks a peer from time to time whether it is there.
    pub fn watch(&self, uri: impl Into<String>) {
        self.give(Command::Watch { uri: uri.into() });
    }

    /// Asks a peer no further.
    pub fn unwatch(&self, uri: &str) {
        self.give(Command::Unwatch { uri: uri.to_owned() });
    }

    /// Returns where the devices of an address, `user@host`, can be called; the preferred first.
    pub fn contacts(&self, address: &str) -> Vec<Contact> {
        self.registrar.lock().contacts(address)
    }

    /// Refuses new calls from here on.
    pub fn drain(&self) {
        self.give(Command::Drain);
    }

    /// Hangs up nothing, refuses new calls, and waits until the last leg is gone or the time is over.
    pub async fn drained(&self, at_most: Duration) {
        self.drain();
        let empty = async {
            while self.load().0 > 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(at_most, empty).await.ok();
    }

    fn give(&self, command: Command) {
        // The loop ends only with the runtime; then there is nobody to call either.
        self.commands.send(command).ok();
    }
}

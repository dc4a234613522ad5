//! How calls end: by us, by the other side, or by silence.

use super::Stack;
use crate::event::{EndCause, Event, LegId};
use crate::leg::State;
use crate::message::Method;

impl Stack {
    /// Ends a call, whatever it has come to.
    pub(super) fn hang_up(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match &mut leg.state {
            State::Invited { .. } => self.reject(id, 480, ""),
            State::Answered { hangs_up, .. } => *hangs_up = true,
            State::Calling(_) => self.give_up(id, 487),
            State::Talking => self.bye(id),
            State::Leaving => {}
        }
    }

    /// Says good-bye; the leg stays until it was heard.
    pub(super) fn bye(&mut self, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.state = State::Leaving;
        leg.interval = None;
        let offer_in = leg.offer_in.take();
        if let Some(transaction) = offer_in {
            self.transactions.refuse(&mut self.world, transaction, 487);
        }
        self.request_within(id, Method::Bye, |_| {});
    }

    /// The other side says good-bye.
    pub(super) fn hung_up(&mut self, id: LegId, transaction: u64) {
        self.transactions.refuse(&mut self.world, transaction, 200);
        let Some(leg) = self.forget(id) else { return };
        if let Some(offer) = leg.offer_in {
            self.transactions.refuse(&mut self.world, offer, 487);
        }
        match leg.state {
            State::Invited { transaction } => {
                self.transactions.refuse(&mut self.world, transaction, 487);
                self.world.tell(Event::Cancelled { leg: id });
            }
            State::Answered { .. } | State::Talking => {
                self.world.tell(Event::Ended { leg: id, cause: EndCause::Bye });
            }
            State::Calling(_) | State::Leaving => {}
        }
    }

    /// Nobody confirmed a 2xx of ours.
    pub(super) fn unconfirmed(&mut self, transaction: u64) {
        let Some(server) = self.transactions.server(transaction) else { return };
        let tag = server.request.to_tag().unwrap_or_else(|| server.tag.clone());
        let key = (server.request.call_id().to_owned(), tag);
        if let Some(leg) = self.legs_by_dialog.get(&key).copied() {
            self.lose(leg, EndCause::NotConfirmed);
        }
    }

    /// Ends a call because of silence, and says so to both sides.
    pub(super) fn lose(&mut self, id: LegId, cause: EndCause) {
        let Some(leg) = self.legs.get(&id) else { return };
        // Who has hung up already is not told that it is over.
        let is_known = leg.is_talking() && !matches!(leg.state, State::Answered { hangs_up: true, .. });
        self.bye(id);
        if is_known {
            self.world.tell(Event::Ended { leg: id, cause });
        }
    }
}

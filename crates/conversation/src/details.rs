//! The conversation's own resource: its names, its state and its timers.
//!
//! The table of states stands here; `step::living` moves a conversation along it.

use std::time::Duration;

use domain::{
    AccountSid, Attributes, ConversationServiceSid, ConversationSid, MessagingServiceSid, Timestamp, named,
};
use serde::{Deserialize, Serialize};

named! {
    /// Where a conversation stands in its life.
    pub enum ConversationState {
        /// It is being set up; messages wait.
        Initializing = "initializing",
        /// People write.
        Active = "active",
        /// Nobody has written for a while.
        Inactive = "inactive",
        /// It is over and can only be read.
        Closed = "closed",
    }
}

named! {
    /// Why a conversation's state changed.
    pub enum StateReason {
        /// Somebody asked for it.
        Api = "API",
        /// Its timer ran out.
        Timer = "TIMER",
        /// Something happened in it: a message, or the end of its last task.
        Event = "EVENT",
    }
}

/// After how much silence a conversation changes its state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerSettings {
    /// From the last message to inactive.
    pub inactive: Option<Duration>,
    /// From inactive, or without that timer from the last message, to closed.
    pub closed: Option<Duration>,
}

/// The mailbox that an e-mail conversation is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailBinding {
    /// Its address.
    pub address: String,
    /// The name beside the address.
    pub name: Option<String>,
}

/// The conversation's own resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The conversation.
    pub sid: ConversationSid,
    /// The account that it belongs to.
    pub account_sid: AccountSid,
    /// The service that it belongs to.
    pub service_sid: ConversationServiceSid,
    /// The messaging service that its messages go through.
    pub messaging_service_sid: Option<MessagingServiceSid>,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// The name by which applications find it.
    pub unique_name: Option<String>,
    /// The user's own facts.
    pub attributes: Attributes,
    /// Where it stands in its life.
    pub state: ConversationState,
    /// After how much silence that changes.
    pub timers: TimerSettings,
    /// The mailbox that it is bound to.
    pub email: Option<EmailBinding>,
    /// The index of the next message.
    pub next_index: u64,
    /// When somebody last wrote, or it was created.
    pub date_active: Timestamp,
    /// When its state last changed.
    pub date_state: Timestamp,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

impl ConversationState {
    /// Tells whether a conversation in this state may be brought to another, or is there already.
    pub(crate) fn may_become(self, next: ConversationState) -> bool {
        use ConversationState::*;
        match (self, next) {
            (Initializing, Initializing | Active | Closed) => true,
            (Active | Inactive, Active | Inactive | Closed) => true,
            (Closed, Closed) => true,
            (Initializing, Inactive) => false,
            (Active | Inactive, Initializing) => false,
            (Closed, Initializing | Active | Inactive) => false,
        }
    }

    /// Tells whether people may still write, so that addresses stay bound.
    pub fn is_open(self) -> bool {
        self != ConversationState::Closed
    }
}

impl Details {
    /// Returns when silence makes the conversation inactive.
    pub fn date_inactive(&self) -> Option<Timestamp> {
        let silence = self.timers.inactive.filter(|_| self.state == ConversationState::Active);
        silence.map(|silence| self.date_active + silence)
    }

    /// Returns when silence closes the conversation.
    pub fn date_closed(&self) -> Option<Timestamp> {
        let since = match self.state {
            ConversationState::Initializing | ConversationState::Closed => return None,
            ConversationState::Inactive => self.date_state,
            ConversationState::Active => self.date_inactive().unwrap_or(self.date_active),
        };
        self.timers.closed.map(|silence| since + silence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_conversation_stays_closed() {
        for next in ConversationState::ALL {
            let is_closed = *next == ConversationState::Closed;
            assert_eq!(ConversationState::Closed.may_become(*next), is_closed, "{next}");
        }
    }

    #[test]
    fn what_has_begun_is_never_initializing_again() {
        use ConversationState::*;
        for state in [Active, Inactive, Closed] {
            assert!(!state.may_become(Initializing), "{state}");
            assert!(state == Closed || state.may_become(Closed), "{state}");
        }
    }
}

//! The conversation's own life: from state to state, by request, by silence, or by what happens in it.

use std::time::Duration;

use domain::{Tick, Timestamp};

use crate::{
    ChannelStatus, Conversation, ConversationState, Fact, InvitePurpose, Origin, Refusal, StateReason,
    TaskClosing,
};

/// How long a paused channel waits for its agent.
const PAUSE_MAX: Duration = Duration::from_secs(14 * 86_400);
/// How long an inactive channel waits for the customer.
const INACTIVE_MAX: Duration = Duration::from_secs(90 * 86_400);

impl Conversation {
    /// Refuses what adds to a conversation that is over.
    pub(crate) fn check_open(&self) -> Result<(), Refusal> {
        let details = &self.row.details;
        if details.state.is_open() { Ok(()) } else { Err(Refusal::Closed(details.sid)) }
    }

    /// Moves the conversation to a state; one that is over takes its channel along.
    pub(crate) fn become_state(
        &mut self,
        next: ConversationState,
        reason: StateReason,
        origin: &Origin,
        tick: &mut Tick,
    ) {
        let from = self.row.details.state;
        if from == next || !from.may_become(next) {
            return;
        }
        if next == ConversationState::Closed {
            self.close_open_channel(TaskClosing::Wrap, tick);
        }
        self.row.details.state = next;
        if next == ConversationState::Active {
            self.row.details.date_active = tick.now;
        }
        self.row.details.date_state = tick.now;
        self.row.details.date_updated = tick.now;
        self.changed();
        self.announce(Fact::StateUpdated { from, to: next, reason }, origin, tick.now);
    }

    /// Does all that is due.
    pub(crate) fn reach_time(&mut self, tick: &mut Tick) {
        self.end_silence(tick);
        if self.is_deleted {
            return;
        }
        self.end_waiting(tick);
        let is_due = |at: Option<Timestamp>| at.is_some_and(|at| at <= tick.now);
        let (inactive, closed) = (self.row.details.date_inactive(), self.row.details.date_closed());
        if is_due(closed) {
            self.become_state(ConversationState::Closed, StateReason::Timer, &Origin::engine(), tick);
        } else if is_due(inactive) {
            self.become_state(ConversationState::Inactive, StateReason::Timer, &Origin::engine(), tick);
        }
    }

    /// Returns when a channel has waited long enough for its agent or the customer.
    pub(crate) fn next_channel_limit(&self) -> Option<Timestamp> {
        let channel = &self.open_interaction()?.channel;
        match channel.status {
            ChannelStatus::Pause => Some(channel.date_status + PAUSE_MAX),
            ChannelStatus::Inactive => Some(channel.date_status + INACTIVE_MAX),
            ChannelStatus::Setup
            | ChannelStatus::Active
            | ChannelStatus::Transfer
            | ChannelStatus::Closed
            | ChannelStatus::Failed => None,
        }
    }

    fn end_waiting(&mut self, tick: &mut Tick) {
        if self.next_channel_limit().is_none_or(|at| at > tick.now) {
            return;
        }
        let Some(interaction) = self.open_interaction() else { return };
        let (sid, routing) = (interaction.sid, interaction.channel.routing.to_anyone());
        if interaction.channel.status == ChannelStatus::Pause {
            self.bring_back(sid, routing, InvitePurpose::Return, tick);
        } else {
            self.become_state(ConversationState::Closed, StateReason::Timer, &Origin::engine(), tick);
        }
    }
}

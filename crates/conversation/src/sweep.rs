//! The sweep: checks that every open conversation has somebody, repairs what has not, and reports it.
//!
//! Each step of the engine keeps that promise by itself; the sweep is for what was lost outside of it.

use std::collections::BTreeSet;

use domain::{InteractionSid, TaskSid, Tick};

use crate::{
    Action, ChannelStatus, Conversation, ConversationState, Fact, InviteStatus, Origin, Repair, StateReason,
    TaskEnd, TaskEndPolicy,
};

/// What the world knows that the conversation may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The tasks that live.
    pub live_tasks: BTreeSet<TaskSid>,
    /// What follows where a task is gone.
    pub policy: TaskEndPolicy,
}

/// What the sweep did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Swept {
    /// What the world must do.
    pub actions: Vec<Action>,
    /// What was repaired; each was announced too.
    pub repairs: Vec<Repair>,
}

impl Conversation {
    /// Tells what is wrong with an open conversation that nobody looks after; none for all others.
    pub fn orphan(&self) -> Option<Repair> {
        let last = self.last_interaction()?;
        let is_open = !self.is_deleted && self.row.details.state.is_open();
        let status = last.channel.status;
        if is_open && status == ChannelStatus::Closed {
            return Some(Repair::ConversationLeftOpen);
        }
        (is_open && status.must_be_attended() && !last.is_attended()).then_some(Repair::ChannelUnattended)
    }

    /// Checks the conversation against what the world knows, and repairs it.
    ///
    /// Tasks that were asked for and do not exist yet are asked for again.
    pub fn sweep(&mut self, survey: &Survey, tick: &mut Tick) -> Swept {
        let mut repairs = vec![];
        if !self.is_deleted {
            self.end_lost_tasks(survey, &mut repairs, tick);
            self.repair_orphan(survey.policy, &mut repairs, tick);
            self.ask_again();
        }
        for repair in &repairs {
            self.announce(Fact::OrphanRepaired(*repair), &Origin::engine(), tick.now);
        }
        Swept { actions: self.take_actions(), repairs }
    }

    fn end_lost_tasks(&mut self, survey: &Survey, repairs: &mut Vec<Repair>, tick: &mut Tick) {
        let invites = self.interactions.values().flat_map(|interaction| &interaction.invites);
        let counted_on = invites.filter(|invite| !invite.status.is_ended());
        let lost = counted_on.filter_map(|invite| {
            let task = invite.task_sid.filter(|task| !survey.live_tasks.contains(task))?;
            Some((invite.sid, task))
        });
        for (invite, task) in lost.collect::<Vec<_>>() {
            self.end_task(invite, task, (TaskEnd::Deleted, survey.policy), tick);
            repairs.push(Repair::TaskGone);
        }
    }

    fn repair_orphan(&mut self, policy: TaskEndPolicy, repairs: &mut Vec<Repair>, tick: &mut Tick) {
        let last = self.last_interaction().map(|last| last.sid);
        let (Some(orphan), Some(interaction)) = (self.orphan(), last) else { return };
        repairs.push(orphan);
        self.repair(orphan, interaction, policy, tick);
    }

    fn repair(
        &mut self,
        orphan: Repair,
        interaction: InteractionSid,
        policy: TaskEndPolicy,
        tick: &mut Tick,
    ) {
        match orphan {
            Repair::TaskGone | Repair::ChannelUnattended => {
                self.follow_policy(interaction, policy, None, tick)
            }
            Repair::ConversationLeftOpen => {
                self.become_state(ConversationState::Closed, StateReason::Event, &Origin::engine(), tick);
            }
        }
    }

    fn ask_again(&mut self) {
        let Some(interaction) = self.open_interaction() else { return };
        let sid = interaction.sid;
        let requested = interaction.invites.iter().filter(|invite| invite.status == InviteStatus::Requested);
        for invite in requested.cloned().collect::<Vec<_>>() {
            self.request_task(sid, invite);
        }
    }
}

//! Tasks end, set-ups and transfers fail: what follows, so that no conversation is left with nobody there.

use domain::{InteractionSid, InteractionTransferSid, InviteSid, TaskSid, Tick, WorkflowSid};

use crate::interaction::ChannelEvent;
use crate::{
    Conversation, ConversationState, Fact, InteractionTransfer, Invite, InvitePurpose, InviteStatus, Origin,
    Routing, StateReason, TaskEnd, TaskEndPolicy, TransferStatus,
};

/// How often the policy seeks another agent without anybody accepting.
pub(crate) const REINVITES_MAX: u32 = 10;

impl Conversation {
    /// Takes note that the task of an invite has ended.
    pub(crate) fn end_task(
        &mut self,
        sid: InviteSid,
        task: TaskSid,
        (why, policy): (TaskEnd, TaskEndPolicy),
        tick: &mut Tick,
    ) {
        let found = self.find_invite(sid).filter(|(_, invite)| !invite.status.is_ended());
        // Who closed the channel or left has ended the task, and knows.
        let Some((interaction, invite)) = found.map(|(interaction, invite)| (interaction, invite.clone()))
        else {
            return;
        };
        if invite.status == InviteStatus::Requested {
            // The end of a task may be told before its beginning.
            self.open_invite(sid, task, tick);
        }
        self.set_invite(interaction, sid, InviteStatus::Ended, Some(task), tick);
        let invites = &mut self.change_interaction(interaction, tick.now).invites;
        if let Some(ended) = invites.iter_mut().find(|ended| ended.sid == sid) {
            ended.task_end = Some(why);
        }
        self.dismiss(interaction, sid, tick);
        self.follow_end(interaction, &invite, policy, tick);
    }

    /// Does what follows the end of an invite: `invite` is as it was before.
    pub(crate) fn follow_end(
        &mut self,
        interaction: InteractionSid,
        invite: &Invite,
        policy: TaskEndPolicy,
        tick: &mut Tick,
    ) {
        let is_accepted = invite.status == InviteStatus::Accepted;
        if let InvitePurpose::Transfer(transfer) = invite.purpose {
            self.end_hand_over(interaction, transfer, TransferStatus::Failed, tick);
        }
        match invite.purpose {
            // Nobody took it over, or the agent who paused it did not come: whoever is free may.
            InvitePurpose::Transfer(_) | InvitePurpose::Resume(_) if !is_accepted => {
                self.seek_again_if_unattended(interaction, tick);
            }
            InvitePurpose::Opening
            | InvitePurpose::Joining
            | InvitePurpose::Transfer(_)
            | InvitePurpose::Fallback
            | InvitePurpose::Return
            | InvitePurpose::Resume(_)
            | InvitePurpose::Policy => {
                let was_policy = invite.purpose == InvitePurpose::Policy;
                let tried = invite.routing.workflow_sid.filter(|_| was_policy);
                self.follow_policy(interaction, policy, tried, tick);
            }
        }
    }

    /// Seeks anyone, where neither an agent nor a task is left.
    pub(crate) fn seek_again_if_unattended(&mut self, interaction: InteractionSid, tick: &mut Tick) {
        if self.is_unattended(interaction) {
            let routing = self.interactions[&interaction].channel.routing.to_anyone();
            self.invite(interaction, routing, InvitePurpose::Fallback, tick);
        }
    }

    /// Does what the workspace says, where neither an agent nor a task is left; `tried` is the workflow that the
    /// policy has tried already.
    pub(crate) fn follow_policy(
        &mut self,
        interaction: InteractionSid,
        policy: TaskEndPolicy,
        tried: Option<WorkflowSid>,
        tick: &mut Tick,
    ) {
        if !self.is_unattended(interaction) {
            return;
        }
        let channel = &self.interactions[&interaction].channel;
        let anyone = channel.routing.to_anyone();
        let routing = match policy {
            TaskEndPolicy::Reinvite if channel.reinvites < REINVITES_MAX => Some(anyone),
            TaskEndPolicy::Workflow(workflow) if tried != Some(workflow) => {
                Some(Routing { workflow_sid: Some(workflow), queue_sid: None, ..anyone })
            }
            TaskEndPolicy::Close | TaskEndPolicy::Reinvite | TaskEndPolicy::Workflow(_) => None,
        };
        match routing {
            Some(routing) => {
                self.change_interaction(interaction, tick.now).channel.reinvites += 1;
                self.invite(interaction, routing, InvitePurpose::Policy, tick);
            }
            None => self.become_state(ConversationState::Closed, StateReason::Event, &Origin::engine(), tick),
        }
    }

    /// Gives the conversation back to whom it was taken from, as the interaction never came to be.
    pub(crate) fn fail_set_up(&mut self, interaction: InteractionSid, reason: String, tick: &mut Tick) {
        let channel = &mut self.change_interaction(interaction, tick.now).channel;
        channel.error_message = Some(reason.clone());
        let sid = channel.sid;
        self.move_channel(interaction, ChannelEvent::SetUpFailed, tick);
        let fact = Fact::ChannelCreateFailed(interaction, sid, reason.clone());
        self.announce(fact, &Origin::engine(), tick.now);
        self.settle_interaction(interaction, Err(reason));
        self.wake_flows();
        if !self.is_someone_there() {
            self.become_state(ConversationState::Closed, StateReason::Event, &Origin::engine(), tick);
        }
    }

    /// Ends a transfer that is under way.
    pub(crate) fn end_hand_over(
        &mut self,
        interaction: InteractionSid,
        sid: InteractionTransferSid,
        status: TransferStatus,
        tick: &mut Tick,
    ) {
        let transfers = &mut self.change_interaction(interaction, tick.now).transfers;
        let under_way = |transfer: &&mut InteractionTransfer| {
            transfer.sid == sid && transfer.status == TransferStatus::Active
        };
        let Some(transfer) = transfers.iter_mut().find(under_way) else { return };
        transfer.status = status;
        transfer.date_updated = tick.now;
        let transfer = transfer.clone();
        self.announce_transfer(interaction, transfer, tick);
        self.move_channel(interaction, ChannelEvent::HandOverEnded, tick);
    }

    pub(crate) fn announce_transfer(
        &mut self,
        interaction: InteractionSid,
        transfer: InteractionTransfer,
        tick: &Tick,
    ) {
        let fact = Fact::TransferUpdated(interaction, Box::new(transfer));
        self.announce(fact, &Origin::engine(), tick.now);
    }

    /// Tells whether a flow or an application hears the contact, or somebody else on a chat reads along.
    pub(crate) fn is_someone_there(&self) -> bool {
        let on_chat = self.participants.values().filter(|participant| participant.identity().is_some());
        let is_bound = self.participants.values().any(|participant| participant.pair().is_some());
        !self.row.webhooks.is_empty() || on_chat.count() + usize::from(is_bound) >= 2
    }

    fn is_unattended(&self, interaction: InteractionSid) -> bool {
        let interaction = &self.interactions[&interaction];
        interaction.channel.status.must_be_attended() && !interaction.is_attended()
    }
}

//! Agents are sought: an invite and its task, from the request to the task's existence.

use domain::{InteractionChannelSid, InteractionSid, InviteSid, TaskSid, Tick};

use crate::interaction::ChannelEvent;
use crate::{
    Action, Conversation, Fact, Interaction, Invite, InvitePurpose, InviteStatus, Noun, Origin, Refusal,
    Routing, TaskClosing, TaskEndPolicy, TaskRequest,
};

impl Conversation {
    /// Returns the interaction that has not ended.
    pub fn open_interaction(&self) -> Option<&Interaction> {
        self.last_interaction().filter(|last| !last.channel.status.is_ended())
    }

    /// Returns the interaction that was begun last.
    pub(crate) fn last_interaction(&self) -> Option<&Interaction> {
        self.interactions.values().max_by_key(|interaction| interaction.ordinal)
    }

    /// Returns the interaction of a channel.
    pub fn by_channel(&self, sid: InteractionChannelSid) -> Result<&Interaction, Refusal> {
        let found = self.interactions.values().find(|interaction| interaction.channel.sid == sid);
        found.ok_or_else(|| Refusal::not_found(Noun::InteractionChannel, sid))
    }

    /// Returns an invite with its interaction's SID.
    pub fn find_invite(&self, sid: InviteSid) -> Option<(InteractionSid, &Invite)> {
        let mut all = self
            .interactions
            .values()
            .flat_map(|interaction| interaction.invites.iter().map(|invite| (interaction.sid, invite)));
        all.find(|(_, invite)| invite.sid == sid)
    }

    /// Seeks an agent.
    pub(crate) fn invite(
        &mut self,
        interaction: InteractionSid,
        routing: Routing,
        purpose: InvitePurpose,
        tick: &mut Tick,
    ) -> InviteSid {
        let sid = tick.sid();
        let invite = Invite {
            sid,
            routing,
            purpose,
            status: InviteStatus::Requested,
            task_sid: None,
            task_end: None,
            date_created: tick.now,
            date_updated: tick.now,
        };
        self.change_interaction(interaction, tick.now).invites.push(invite.clone());
        self.announce(Fact::InviteCreated(interaction, sid), &Origin::engine(), tick.now);
        self.request_task(interaction, invite);
        sid
    }

    /// Asks for the task of an invite.
    pub(crate) fn request_task(&mut self, interaction: InteractionSid, invite: Invite) {
        let attributes = self.task_attributes(&self.interactions[&interaction], &invite);
        let accepted_for = match invite.purpose {
            InvitePurpose::Resume(worker) => Some(worker),
            InvitePurpose::Opening
            | InvitePurpose::Joining
            | InvitePurpose::Transfer(_)
            | InvitePurpose::Fallback
            | InvitePurpose::Return
            | InvitePurpose::Policy => None,
        };
        let request = TaskRequest {
            interaction_sid: interaction,
            invite_sid: invite.sid,
            routing: invite.routing,
            attributes,
            accepted_for,
        };
        self.act(Action::CreateTask(Box::new(request)));
    }

    /// Seeks an agent for a channel that rests or is paused.
    pub(crate) fn bring_back(
        &mut self,
        interaction: InteractionSid,
        routing: Routing,
        purpose: InvitePurpose,
        tick: &mut Tick,
    ) {
        self.reopen(interaction, tick);
        self.invite(interaction, routing, purpose, tick);
    }

    /// Takes a channel that rests or is paused out of its rest, for somebody who is about to be sought.
    pub(crate) fn reopen(&mut self, interaction: InteractionSid, tick: &Tick) {
        let channel = &mut self.change_interaction(interaction, tick.now).channel;
        channel.paused_by = None;
        channel.has_custom_routing = false;
        self.rest_flows();
        self.move_channel(interaction, ChannelEvent::Resumed, tick);
    }

    /// Takes note that the task of an invite exists; one whose invite is over is taken back.
    pub(crate) fn open_invite(&mut self, sid: InviteSid, task_sid: TaskSid, tick: &mut Tick) {
        let found = self.find_invite(sid).map(|(interaction, invite)| (interaction, invite.clone()));
        let Some((interaction, invite)) = found.filter(|(_, invite)| !invite.status.is_ended()) else {
            return self.act(Action::EndTask { task_sid, how: TaskClosing::Cancel });
        };
        if invite.status != InviteStatus::Requested {
            return;
        }
        self.set_invite(interaction, sid, InviteStatus::Open, Some(task_sid), tick);
        if invite.purpose == InvitePurpose::Opening {
            self.move_channel(interaction, ChannelEvent::TaskCreated, tick);
            self.settle_interaction(interaction, Ok(task_sid));
        }
    }

    /// Takes note that the task of an invite can not be created.
    pub(crate) fn refuse_invite(
        &mut self,
        sid: InviteSid,
        reason: String,
        policy: TaskEndPolicy,
        tick: &mut Tick,
    ) {
        let found = self.find_invite(sid).filter(|(_, invite)| invite.status == InviteStatus::Requested);
        let Some((interaction, invite)) = found.map(|(interaction, invite)| (interaction, invite.clone()))
        else {
            return;
        };
        self.set_invite(interaction, sid, InviteStatus::Ended, None, tick);
        if invite.purpose == InvitePurpose::Opening {
            self.fail_set_up(interaction, reason, tick);
        } else {
            self.follow_end(interaction, &invite, policy, tick);
        }
    }

    /// Takes an invite back before anybody came by it.
    pub(crate) fn withdraw_invite(&mut self, interaction: InteractionSid, sid: InviteSid, tick: &mut Tick) {
        let Some((_, invite)) = self.find_invite(sid) else { return };
        let (status, purpose, task) = (invite.status, invite.purpose, invite.task_sid);
        if !status.is_waiting() {
            return;
        }
        self.set_invite(interaction, sid, InviteStatus::Ended, task, tick);
        if let Some(task_sid) = task {
            self.act(Action::EndTask { task_sid, how: TaskClosing::Cancel });
        } else if purpose == InvitePurpose::Opening {
            self.settle_interaction(
                interaction,
                Err("the conversation ended before its task existed".to_owned()),
            );
        }
    }

    /// Moves an invite along.
    pub(crate) fn set_invite(
        &mut self,
        interaction: InteractionSid,
        sid: InviteSid,
        status: InviteStatus,
        task: Option<TaskSid>,
        tick: &Tick,
    ) {
        let invites = &mut self.change_interaction(interaction, tick.now).invites;
        if let Some(invite) = invites.iter_mut().find(|invite| invite.sid == sid) {
            invite.status = status;
            invite.task_sid = task.or(invite.task_sid);
            invite.date_updated = tick.now;
        }
    }

    /// Moves a channel along its table, and tells of it.
    pub(crate) fn move_channel(&mut self, interaction: InteractionSid, event: ChannelEvent, tick: &Tick) {
        let channel = &self.interactions[&interaction].channel;
        let Some(next) = channel.status.after(event) else { return };
        let sid = channel.sid;
        let channel = &mut self.change_interaction(interaction, tick.now).channel;
        channel.status = next;
        channel.date_status = tick.now;
        self.announce(Fact::ChannelStatusUpdated(interaction, sid, next), &Origin::engine(), tick.now);
    }

    pub(crate) fn settle_interaction(
        &mut self,
        interaction_sid: InteractionSid,
        task: Result<TaskSid, String>,
    ) {
        let token = self.interactions[&interaction_sid].token.clone();
        self.act(Action::SettleInteraction { interaction_sid, token, task });
    }
}

//! People go out of an interaction, one by one or all at once when its channel rests or closes.

use domain::{InteractionParticipantSid, InteractionSid, InviteSid, ParticipantSid, Tick};

use crate::interaction::ChannelEvent;
use crate::{
    Action, Conversation, Fact, InteractionParticipant, InviteStatus, Origin, TaskClosing, TransferStatus,
};

impl Conversation {
    /// Lets somebody go; without the last agent the channel is inactive until the customer writes.
    pub(crate) fn leave(
        &mut self,
        interaction: InteractionSid,
        participant: InteractionParticipantSid,
        how: TaskClosing,
        tick: &mut Tick,
    ) {
        let found = |one: &&InteractionParticipant| one.sid == participant && !one.has_left;
        let Some(gone) = self.interactions[&interaction].participants.iter().find(found).cloned() else {
            return;
        };
        self.count_out(interaction, participant, tick);
        self.unseat(interaction, &gone, tick);
        if let Some(work) = gone.work {
            self.set_invite(interaction, work.invite_sid, InviteStatus::Ended, None, tick);
            self.act(Action::EndTask { task_sid: work.task_sid, how });
        }
        let left = &self.interactions[&interaction];
        if left.channel.status.must_be_attended() && !left.is_attended() {
            self.move_channel(interaction, ChannelEvent::Left, tick);
        }
    }

    /// Lets go whoever has this seat in the conversation.
    pub(crate) fn leave_as(&mut self, seat: ParticipantSid, how: TaskClosing, tick: &mut Tick) {
        let Some(interaction) = self.open_interaction() else { return };
        let sid = interaction.sid;
        let seated = interaction.participants.iter().filter(|one| one.participant_sid == Some(seat));
        for participant in seated.map(|one| one.sid).collect::<Vec<_>>() {
            self.leave(sid, participant, how, tick);
        }
    }

    /// Lets go all agents of an invite whose task has ended.
    pub(crate) fn dismiss(&mut self, interaction: InteractionSid, invite: InviteSid, tick: &mut Tick) {
        let came_by = |one: &&InteractionParticipant| one.work.is_some_and(|work| work.invite_sid == invite);
        let agents: Vec<_> = self.interactions[&interaction].agents().filter(came_by).cloned().collect();
        for agent in agents {
            self.count_out(interaction, agent.sid, tick);
            self.unseat(interaction, &agent, tick);
        }
    }

    /// Closes the channel that has not ended, if there is one.
    pub(crate) fn close_open_channel(&mut self, how: TaskClosing, tick: &mut Tick) {
        if let Some(interaction) = self.open_interaction() {
            let sid = interaction.sid;
            self.close_channel(sid, how, tick);
        }
    }

    /// Ends an interaction: nobody is sought any more, the agents' tasks end, their seats stay for the record.
    pub(crate) fn close_channel(&mut self, sid: InteractionSid, how: TaskClosing, tick: &mut Tick) {
        self.stop_seeking(sid, tick);
        let present: Vec<_> =
            self.interactions[&sid].participants.iter().filter(|one| !one.has_left).cloned().collect();
        for participant in present {
            self.count_out(sid, participant.sid, tick);
            if let Some(work) = participant.work {
                self.set_invite(sid, work.invite_sid, InviteStatus::Ended, None, tick);
                self.act(Action::EndTask { task_sid: work.task_sid, how });
            }
        }
        self.move_channel(sid, ChannelEvent::Closed, tick);
    }

    /// Lets an interaction rest: the agents go, the customer stays.
    pub(crate) fn rest_channel(&mut self, sid: InteractionSid, has_custom_routing: bool, tick: &mut Tick) {
        self.stop_seeking(sid, tick);
        let agents: Vec<_> = self.interactions[&sid].agents().map(|agent| agent.sid).collect();
        for agent in agents {
            self.leave(sid, agent, TaskClosing::Complete, tick);
        }
        self.move_channel(sid, ChannelEvent::Left, tick);
        self.change_interaction(sid, tick.now).channel.has_custom_routing = has_custom_routing;
        if has_custom_routing {
            self.wake_flows();
        }
    }

    /// Keeps flows from hearing what is written, while agents have the conversation.
    pub(crate) fn rest_flows(&mut self) {
        let of_flows =
            self.row.webhooks.values().filter(|webhook| webhook.is_studio()).map(|webhook| webhook.sid);
        for sid in of_flows.collect::<Vec<_>>() {
            if let Some(webhook) = self.row.webhooks.remove(&sid) {
                self.row.resting_webhooks.insert(sid, webhook);
            }
        }
        self.changed();
    }

    /// Tells whether flows must not hear what is written.
    pub(crate) fn have_agents_taken_over(&self) -> bool {
        self.open_interaction().is_some_and(|interaction| !interaction.channel.has_custom_routing)
    }

    /// Lets flows hear again what is written.
    pub(crate) fn wake_flows(&mut self) {
        let resting = std::mem::take(&mut self.row.resting_webhooks);
        self.row.webhooks.extend(resting);
        self.changed();
    }

    fn stop_seeking(&mut self, sid: InteractionSid, tick: &mut Tick) {
        let interaction = &self.interactions[&sid];
        let invites: Vec<_> = interaction.invites.iter().map(|invite| invite.sid).collect();
        let transfers: Vec<_> = interaction.transfers.iter().map(|transfer| transfer.sid).collect();
        for invite in invites {
            self.withdraw_invite(sid, invite, tick);
        }
        for transfer in transfers {
            self.end_hand_over(sid, transfer, TransferStatus::Failed, tick);
        }
    }

    fn count_out(&mut self, interaction: InteractionSid, sid: InteractionParticipantSid, tick: &Tick) {
        let participants = &mut self.change_interaction(interaction, tick.now).participants;
        let Some(participant) = participants.iter_mut().find(|one| one.sid == sid) else { return };
        participant.has_left = true;
        let fact = Fact::InteractionParticipantLeft(interaction, Box::new(participant.clone()));
        self.announce(fact, &Origin::engine(), tick.now);
    }

    /// Takes somebody's seat away, unless they are there by another invite too; a customer's stays.
    fn unseat(&mut self, interaction: InteractionSid, gone: &InteractionParticipant, tick: &Tick) {
        let is_there = self.interactions[&interaction]
            .participants
            .iter()
            .any(|one| !one.has_left && one.participant_sid == gone.participant_sid);
        let is_customer = gone.kind == crate::InteractionParticipantKind::Customer;
        if let Some(seat) = gone.participant_sid.filter(|_| !is_there && !is_customer) {
            self.take_out(seat, &Origin::engine(), tick);
        }
    }
}

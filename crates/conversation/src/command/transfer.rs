//! Commands about transfers.

use domain::{InteractionChannelSid, InteractionParticipantSid, InteractionTransferSid, Tick};
use serde::{Deserialize, Serialize};

use crate::interaction::ChannelEvent;
use crate::{
    ChannelStatus, Conversation, InteractionParticipantKind, InteractionTransfer, InvitePurpose, Noun,
    Refusal, Subject, TaskClosing, TransferMode, TransferStatus, TransferTarget,
};

/// The longest note of a transfer, in characters.
const NOTE_MAX: usize = 4096;

/// Hands an interaction on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTransfer {
    /// The channel.
    pub channel_sid: InteractionChannelSid,
    /// The agent who hands it on.
    pub from: InteractionParticipantSid,
    /// To whom.
    pub to: TransferTarget,
    /// What that agent does meanwhile.
    pub mode: TransferMode,
    /// What the next agent should know, at most 4096 characters.
    pub note: Option<String>,
}

impl Conversation {
    pub(crate) fn start_transfer(
        &mut self,
        command: StartTransfer,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let interaction = self.by_channel(command.channel_sid)?;
        let (sid, status) = (interaction.sid, interaction.channel.status);
        let routing = command.to.routing(&interaction.channel.routing);
        let (_, agent) = self.present(command.from)?;
        if agent.kind != InteractionParticipantKind::Agent || status != ChannelStatus::Active {
            let reason = format!("an agent hands on a channel that is active; this one is {status}");
            return Err(Refusal::WrongState { reason });
        }
        let length = command.note.as_deref().unwrap_or_default().chars().count();
        if length > NOTE_MAX {
            let reason = format!("the note is {length} characters long, at most {NOTE_MAX} are allowed");
            return Err(Refusal::invalid("Note", reason));
        }
        let transfer_sid = tick.sid();
        let invite_sid = self.invite(sid, routing, InvitePurpose::Transfer(transfer_sid), tick);
        let transfer = InteractionTransfer {
            sid: transfer_sid,
            mode: command.mode,
            status: TransferStatus::Active,
            from: command.from,
            to: command.to,
            invite_sid,
            note: command.note,
            date_created: tick.now,
            date_updated: tick.now,
        };
        self.change_interaction(sid, tick.now).transfers.push(transfer.clone());
        self.announce_transfer(sid, transfer, tick);
        self.move_channel(sid, ChannelEvent::HandedOn, tick);
        if command.mode == TransferMode::Cold {
            self.leave(sid, command.from, TaskClosing::Wrap, tick);
        }
        Ok(Subject::InteractionTransfer(transfer_sid))
    }

    pub(crate) fn cancel_transfer(
        &mut self,
        sid: InteractionTransferSid,
        tick: &mut Tick,
    ) -> Result<Subject, Refusal> {
        let mut all = self
            .interactions
            .values()
            .flat_map(|interaction| interaction.transfers.iter().map(|transfer| (interaction.sid, transfer)));
        let found = all.find(|(_, transfer)| transfer.sid == sid);
        let (interaction, transfer) =
            found.ok_or_else(|| Refusal::not_found(Noun::InteractionTransfer, sid))?;
        if transfer.status != TransferStatus::Active {
            return Err(Refusal::wrong_state(format!("transfer {sid} is {} and stays so", transfer.status)));
        }
        let invite = transfer.invite_sid;
        self.withdraw_invite(interaction, invite, tick);
        self.end_hand_over(interaction, sid, TransferStatus::Failed, tick);
        self.seek_again_if_unattended(interaction, tick);
        Ok(Subject::InteractionTransfer(sid))
    }
}

//! How an agent lets a conversation go: hands it on, leaves it to a colleague, or ends it.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use conversation::{
    ChannelChange, Command, LeaveInteraction, StartTransfer, TaskClosing, TransferMode, UpdateChannel,
};
use domain::InteractionTransferSid;
use serde::Deserialize;

use super::agent::Seat;
use super::thread::{BASE, show};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::reply::{Answer, Reply};
use crate::resources::flex::transfer_target;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}/transfers"), post(hand_on))
        .route(&format!("{BASE}/transfers/{{transfer}}/cancel"), post(call_off))
        .route(&format!("{BASE}/leave"), post(leave))
        .route(&format!("{BASE}/end"), post(end))
}

#[derive(Deserialize)]
struct InPath {
    transfer: InteractionTransferSid,
}

/// Hands the conversation on: `cold` leaves it, `warm` stays until leaving by hand.
async fn hand_on(State(app): State<Shared>, seat: Seat, Form(form): Form) -> Answer {
    let command = StartTransfer {
        channel_sid: seat.channel,
        from: seat.own.sid,
        to: transfer_target(&form.required("To")?)?,
        mode: form.parsed("Type")?.unwrap_or(TransferMode::Cold),
        note: form.text("Note").filter(|note| !note.trim().is_empty()),
    };
    seat.converse(&app, Command::StartTransfer(command)).await?;
    Ok(Reply::created(show(&app, &seat).await?))
}

async fn call_off(State(app): State<Shared>, seat: Seat, Path(path): Path<InPath>) -> Answer {
    let (interaction, own, sid) = (seat.interaction, seat.own.sid, path.transfer);
    let is_own = seat.look(&app, move |it| {
        let mut all = it.interactions().filter(|one| one.sid == interaction).flat_map(|one| &one.transfers);
        all.any(|transfer| transfer.sid == sid && transfer.from == own)
    });
    is_own.await?.then_some(()).ok_or_else(ApiError::not_found)?;
    seat.converse(&app, Command::CancelTransfer(sid)).await?;
    Ok(Reply::ok(show(&app, &seat).await?))
}

/// Leaves the conversation to who else is there; the agent's task is wrapped up.
async fn leave(State(app): State<Shared>, seat: Seat) -> Answer {
    let command = LeaveInteraction { participant_sid: seat.own.sid, how: TaskClosing::Wrap };
    seat.converse(&app, Command::LeaveInteraction(command)).await?;
    Ok(Reply::ok(show(&app, &seat).await?))
}

/// Ends the conversation for all; the agents' tasks are wrapped up.
async fn end(State(app): State<Shared>, seat: Seat) -> Answer {
    let change = ChannelChange::Close(TaskClosing::Wrap);
    seat.converse(&app, Command::UpdateChannel(UpdateChannel { channel_sid: seat.channel, change })).await?;
    Ok(Reply::ok(show(&app, &seat).await?))
}

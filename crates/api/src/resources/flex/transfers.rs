//! Transfers: an agent hands an interaction on, and stays (warm) or leaves (cold).

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{
    Command, InteractionTransfer, StartTransfer, Subject, TransferMode, TransferStatus, TransferTarget,
};
use domain::InteractionTransferSid;
use serde::Deserialize;
use serde_json::{Value, json};

use super::below_channel;
use super::place::Channel;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};
use crate::resources::conversations::unexpected;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_channel("/Transfers"), get(list).post(create))
        .route(&below_channel("/Transfers/{transfer}"), get(fetch).post(update))
}

#[derive(Deserialize)]
struct InPath {
    transfer: InteractionTransferSid,
}

async fn list(State(app): State<Shared>, channel: Channel, list: List) -> Answer {
    let (shown, account) = (channel.clone(), app.account);
    channel
        .here
        .find(&app, move |_, interaction| {
            let page = list.cut(interaction.transfers.iter().collect(), |transfer| transfer.sid.to_string());
            Some(list.reply("transfers", each(page, |transfer| present(&shown, account, transfer))))
        })
        .await
}

async fn create(State(app): State<Shared>, channel: Channel, Form(form): Form) -> Answer {
    let command = StartTransfer {
        channel_sid: channel.sid,
        from: form.required_as("From")?,
        to: target(&form.required("To")?)?,
        mode: form.parsed("Type")?.unwrap_or(TransferMode::Cold),
        note: form.text("Note"),
    };
    let subject = channel.here.converse(&app, Command::StartTransfer(command)).await?;
    let Subject::InteractionTransfer(sid) = subject else { return Err(unexpected(subject)) };
    Ok(Reply::created(show(&app, &channel, sid).await?))
}

async fn fetch(State(app): State<Shared>, channel: Channel, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(show(&app, &channel, path.transfer).await?))
}

/// The only change by hand is to call a transfer off: `Status=failed`.
async fn update(
    State(app): State<Shared>,
    channel: Channel,
    Path(path): Path<InPath>,
    Form(form): Form,
) -> Answer {
    show(&app, &channel, path.transfer).await?;
    match form.required_as("Status")? {
        TransferStatus::Failed => channel.here.converse(&app, Command::CancelTransfer(path.transfer)).await?,
        other @ (TransferStatus::Active | TransferStatus::Completed) => {
            let reason = format!("'{other}' can not be set: failed, which calls it off, is expected");
            return Err(ApiError::invalid("Status", reason));
        }
    };
    Ok(Reply::ok(show(&app, &channel, path.transfer).await?))
}

/// Reads to whom a conversation is handed on.
pub(in crate::resources) fn target(text: &str) -> Result<TransferTarget, ApiError> {
    let worker = text.parse().map(TransferTarget::Worker);
    let queue = || text.parse().map(TransferTarget::Queue);
    let workflow = || text.parse().map(TransferTarget::Workflow);
    let expected = "the SID of a worker (WK…), a queue (WQ…) or a workflow (WW…) is expected";
    worker
        .or_else(|_| queue())
        .or_else(|_| workflow())
        .map_err(|_| ApiError::invalid("To", format!("'{text}' is none: {expected}")))
}

async fn show(app: &App, channel: &Channel, sid: InteractionTransferSid) -> Result<Value, ApiError> {
    let (shown, account) = (channel.clone(), app.account);
    channel
        .here
        .find(app, move |_, interaction| {
            let found = interaction.transfers.iter().find(|transfer| transfer.sid == sid);
            found.map(|transfer| present(&shown, account, transfer))
        })
        .await
}

fn present(channel: &Channel, account: domain::AccountSid, transfer: &InteractionTransfer) -> Value {
    let to = match transfer.to {
        TransferTarget::Worker(sid) => sid.to_string(),
        TransferTarget::Queue(sid) => sid.to_string(),
        TransferTarget::Workflow(sid) => sid.to_string(),
    };
    json!({
        "sid": transfer.sid,
        "account_sid": account,
        "instance_sid": null,
        "interaction_sid": channel.here.sid,
        "channel_sid": channel.sid,
        "execution_sid": null,
        "type": transfer.mode,
        "status": transfer.status,
        "from": transfer.from,
        "to": to,
        "invite_sid": transfer.invite_sid,
        "note": transfer.note,
        "note_sid": null,
        "summary_sid": null,
        "date_created": transfer.date_created.to_iso8601(),
        "date_updated": transfer.date_updated.to_iso8601(),
        "url": channel.url(&format!("/Transfers/{}", transfer.sid)),
    })
}

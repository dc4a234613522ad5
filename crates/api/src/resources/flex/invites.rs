//! Invites: agents who are sought for an interaction, and their answers.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{AnswerInvite, Command, CreateInvite, Subject};
use domain::{InviteSid, ReservationSid, named};
use serde::Deserialize;
use serde_json::{Value, json};

use super::place::Channel;
use super::{below_channel, routing};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::conversations::unexpected;

named! {
    /// The published answers to an invite.
    pub enum InviteAnswer {
        /// The agent comes.
        Accept = "accept",
        /// The agent does not.
        Decline = "decline",
    }
}

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_channel("/Invites"), get(list).post(create))
        .route(&below_channel("/Invites/{invite}"), get(fetch).post(answer))
}

#[derive(Deserialize)]
struct InPath {
    invite: InviteSid,
}

async fn list(State(app): State<Shared>, channel: Channel, list: List) -> Answer {
    let all =
        channel.here.find(&app, |_, it| Some(it.invites.iter().map(|invite| invite.sid).collect::<Vec<_>>()));
    let page = list.cut(all.await?, InviteSid::to_string);
    let mut shown = Vec::new();
    for sid in &page.items {
        shown.push(present(&app, &channel, *sid).await?);
    }
    let mut shown = shown.into_iter();
    Ok(list.reply("invites", each(page, |_| shown.next().unwrap_or_default())))
}

async fn create(State(app): State<Shared>, channel: Channel, Form(form): Form) -> Answer {
    let command = CreateInvite { channel_sid: channel.sid, routing: routing::read(&form)? };
    let subject = channel.here.converse(&app, Command::CreateInvite(Box::new(command))).await?;
    let Subject::Invite(sid) = subject else { return Err(unexpected(subject)) };
    routing::wait_for_task(&app, &channel.here, sid).await?;
    Ok(Reply::ok(present(&app, &channel, sid).await?))
}

async fn fetch(State(app): State<Shared>, channel: Channel, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &channel, path.invite).await?))
}

async fn answer(
    State(app): State<Shared>,
    channel: Channel,
    Path(path): Path<InPath>,
    Form(form): Form,
) -> Answer {
    // An invite of another channel is not found here.
    present(&app, &channel, path.invite).await?;
    let command = AnswerInvite {
        invite_sid: path.invite,
        reservation_sid: reservation(&form)?,
        is_accepted: form.required_as::<InviteAnswer>("Action")? == InviteAnswer::Accept,
    };
    channel.here.converse(&app, Command::AnswerInvite(command)).await?;
    Ok(Reply::ok(present(&app, &channel, path.invite).await?))
}

/// Reads `{"type": "taskrouter", "reservation": {"sid": "WR…"}}`.
fn reservation(form: &Parameters) -> Result<ReservationSid, ApiError> {
    let routing = form.object("Routing")?.ok_or_else(|| ApiError::missing("Routing"))?;
    let sid = routing.get("reservation").and_then(|reservation| reservation["sid"].as_str());
    let expected = "{\"type\": \"taskrouter\", \"reservation\": {\"sid\": \"WR…\"}} is expected";
    let sid = sid.ok_or_else(|| ApiError::invalid("Routing", expected))?;
    sid.parse().map_err(|error| ApiError::invalid("Routing", error))
}

async fn present(app: &App, channel: &Channel, sid: InviteSid) -> Result<Value, ApiError> {
    let status = channel.here.find(app, move |_, interaction| {
        interaction.invites.iter().find(|invite| invite.sid == sid).map(|invite| invite.status)
    });
    Ok(json!({
        "sid": sid,
        "interaction_sid": channel.here.sid,
        "channel_sid": channel.sid,
        "status": status.await?,
        "routing": routing::present(app, &channel.here, sid).await?,
        "url": channel.url(&format!("/Invites/{sid}")),
    }))
}

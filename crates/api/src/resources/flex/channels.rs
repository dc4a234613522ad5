//! The channel of an interaction: what it is, and its end, rest, pause and return.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{ChannelChange, ChannelStatus, Command, Interaction, TaskClosing, UpdateChannel};
use serde_json::{Value, json};

use super::place::{Channel, Here};
use super::{INTERACTIONS, below_channel};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::platform::Failure;
use crate::reply::{Answer, Reply};

/// The published code of a channel that could not be set up.
const SETUP_FAILED: u32 = 19_025;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{INTERACTIONS}/{{interaction}}/Channels"), get(list))
        .route(&below_channel(""), get(fetch).post(update))
}

async fn list(State(app): State<Shared>, here: Here, list: List) -> Answer {
    let url = here.url.clone();
    here.find(&app, move |_, interaction| {
        let page = list.cut(vec![interaction], |interaction| interaction.channel.sid.to_string());
        Some(list.reply("channels", each(page, |interaction| present(&url, interaction))))
    })
    .await
}

async fn fetch(State(app): State<Shared>, channel: Channel) -> Answer {
    Ok(Reply::ok(show(&app, &channel).await?))
}

async fn update(State(app): State<Shared>, channel: Channel, Form(form): Form) -> Answer {
    let command = UpdateChannel { channel_sid: channel.sid, change: change(&form)? };
    channel.here.converse(&app, Command::UpdateChannel(command)).await?;
    Ok(Reply::ok(show(&app, &channel).await?))
}

/// Beside the published statuses, `pause` (with the `ParticipantSid` of its agent) and `active` pause and resume, and
/// `CustomRouting` leaves the next message of a channel at rest to the author's own logic.
fn change(form: &Parameters) -> Result<ChannelChange, ApiError> {
    let status = form.required_as("Status")?;
    match status {
        ChannelStatus::Pause => Ok(ChannelChange::Pause(form.required_as("ParticipantSid")?)),
        ChannelStatus::Active => Ok(ChannelChange::Resume),
        ChannelStatus::Setup
        | ChannelStatus::Transfer
        | ChannelStatus::Inactive
        | ChannelStatus::Closed
        | ChannelStatus::Failed => published(status, form),
    }
}

fn published(status: ChannelStatus, form: &Parameters) -> Result<ChannelChange, ApiError> {
    let change = ChannelChange::read(status, routing(form)?).map_err(Failure::from)?;
    Ok(match (change, form.boolean("CustomRouting")?) {
        (ChannelChange::Rest { .. }, Some(has_custom_routing)) => ChannelChange::Rest { has_custom_routing },
        (change, _) => change,
    })
}

fn routing(form: &Parameters) -> Result<Option<TaskClosing>, ApiError> {
    let Some(routing) = form.object("Routing")? else { return Ok(None) };
    let inside = |error: ApiError| ApiError::invalid("Routing", error.message());
    Parameters::from_object(&routing).parsed("status").map_err(inside)
}

async fn show(app: &App, channel: &Channel) -> Result<Value, ApiError> {
    let url = channel.here.url.clone();
    channel.here.find(app, move |_, interaction| Some(present(&url, interaction))).await
}

fn present(url: &str, interaction: &Interaction) -> Value {
    let channel = &interaction.channel;
    let url = format!("{url}/Channels/{}", channel.sid);
    json!({
        "sid": channel.sid,
        "interaction_sid": interaction.sid,
        "type": channel.kind,
        "status": channel.status,
        "error_code": channel.error_message.as_ref().map(|_| SETUP_FAILED),
        "error_message": channel.error_message,
        "links": {
            "participants": format!("{url}/Participants"),
            "invites": format!("{url}/Invites"),
            "transfers": format!("{url}/Transfers"),
        },
        "url": url,
    })
}

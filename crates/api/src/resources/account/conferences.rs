//! Conferences: by SID, or by friendly name while they are live.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use call::{Announcement, Command, ConferenceRecord, ConferenceStatus, EndConference};
use domain::ConferenceSid;
use serde_json::{Value, json};
use store::calls;
use twiml::Method;

use super::{Named, Ours, below_account, call_form, day, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::API_VERSION;
use crate::reply::{Answer, Reply};

/// The states of conferences.
const STATUSES: [ConferenceStatus; 3] =
    [ConferenceStatus::Init, ConferenceStatus::InProgress, ConferenceStatus::Completed];

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Conferences.json"), get(list))
        .route(&below_account("/Conferences/{sid}"), get(fetch).post(update))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let filter = filter(&list.query)?;
    let found = calls::list_conferences(&app.store, &filter, &list.page().newest_first()).await?;
    Ok(list.reply_2010("conferences", each(found, |conference| present(&app, &conference))))
}

fn filter(query: &Parameters) -> Result<calls::ConferenceFilter, ApiError> {
    let [created_from, created_before] = day(query, "DateCreated")?;
    let [updated_from, updated_before] = day(query, "DateUpdated")?;
    let status = query.word("Status", &STATUSES, ConferenceStatus::as_str)?;
    Ok(calls::ConferenceFilter {
        name: query.filled("FriendlyName").map(str::to_owned),
        status: status.map(|status| status.to_string()),
        created_from,
        created_before,
        updated_from,
        updated_before,
    })
}

async fn fetch(State(app): State<Shared>, Named(name): Named<String>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, &name).await?)))
}

async fn update(State(app): State<Shared>, Named(name): Named<String>, Form(form): Form) -> Answer {
    let sid = find(&app, &name).await?.sid;
    let announce = call_form::link(&form, ["AnnounceUrl", "AnnounceMethod"], Method::Post)?;
    let ended = format!("The conference {sid} has ended");
    match (form.filled("Status"), announce) {
        (Some("completed"), _) => {
            let command = Command::EndConference(EndConference { conference: sid });
            live(app.platform.command_call(command).await, &ended)?;
        }
        (Some(other), _) => {
            let reason = format!("'{other}' can not be set: completed is expected");
            return Err(ApiError::invalid("Status", reason));
        }
        (None, Some(link)) => {
            let command = Command::Announce(Announcement { conference: sid, link });
            live(app.platform.command_call(command).await, &ended)?;
        }
        (None, None) => return Err(ApiError::missing("Status")),
    }
    Ok(Reply::ok(present(&app, &find(&app, &sid.to_string()).await?)))
}

/// Returns the conference with this SID, or the live one of this name.
pub(super) async fn find(app: &App, name: &str) -> Result<ConferenceRecord, ApiError> {
    let found = match name.parse::<ConferenceSid>() {
        Ok(sid) => calls::fetch_conference(&app.store, sid).await?,
        Err(_) => {
            let all = calls::live_conferences(&app.store).await?;
            all.into_iter().find(|conference| conference.friendly_name == name)
        }
    };
    found.ok_or_else(ApiError::not_found)
}

fn present(app: &App, conference: &ConferenceRecord) -> Value {
    let own = format!("/Conferences/{}", conference.sid);
    json!({
        "sid": conference.sid,
        "account_sid": app.account,
        "friendly_name": conference.friendly_name,
        "status": conference.status,
        "region": conference.region,
        "reason_conference_ended": conference.ending,
        "call_sid_ending_conference": conference.ended_by,
        "api_version": API_VERSION,
        "date_created": conference.date_created.to_rfc2822(),
        "date_updated": conference.date_updated.to_rfc2822(),
        "uri": uri(app.account, &format!("{own}.json")),
        "subresource_uris": {
            "participants": uri(app.account, &format!("{own}/Participants.json")),
            "recordings": uri(app.account, &format!("{own}/Recordings.json")),
        },
    })
}

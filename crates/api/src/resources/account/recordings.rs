//! Recordings of calls and conferences: begun, interrupted, ended, listed, removed with their files.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use call::{
    Command, RecordingName, RecordingRecord, RecordingSource, RecordingState, RecordingStatus,
    StartRecording, Subject, UpdateRecording,
};
use domain::{CallSid, ConferenceSid, RecordingSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Listing, Unit, calls};
use twiml::{RecordingChannels, RecordingTrack, Trim};

use super::{Named, Ours, below_account, call_form, conferences, day, live, recording_files, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::{API_VERSION, PRICE_UNIT};
use crate::reply::{Answer, Reply};

/// How the path names the recording that runs.
const CURRENT: &str = "Twilio.CURRENT";

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let of_one = || get(fetch).post(update).delete(remove);
    Router::new()
        .route(&below_account("/Recordings.json"), get(list))
        .route(&below_account("/Recordings/{sid}"), get(show_or_download).delete(remove_any))
        .route(&below_account("/Calls/{call}/Recordings.json"), get(list).post(start))
        .route(&below_account("/Calls/{call}/Recordings/{sid}"), of_one())
        .route(&below_account("/Conferences/{conference}/Recordings.json"), get(list))
        .route(&below_account("/Conferences/{conference}/Recordings/{sid}"), of_one())
}

/// Whose recordings a path is about.
#[derive(Deserialize)]
struct Owner {
    call: Option<CallSid>,
    conference: Option<String>,
}

#[derive(Deserialize)]
struct OneRecording {
    call: Option<CallSid>,
    conference: Option<String>,
    sid: Document<String>,
}

async fn list(State(app): State<Shared>, _: Ours, Path(owner): Path<Owner>, list: List) -> Answer {
    let call = owner.call.map(|call| call.to_string());
    let conference = match &owner.conference {
        Some(name) => Some(conferences::find(&app, name).await?.sid.to_string()),
        None => None,
    };
    let named = |name: &str| list.query.filled(name).map(str::to_owned);
    let [created_from, created_before] = day(&list.query, "DateCreated")?;
    let filter = calls::RecordingFilter {
        call: call.or_else(|| named("CallSid")),
        conference: conference.or_else(|| named("ConferenceSid")),
        created_from,
        created_before,
    };
    let found: Listing<RecordingRecord> =
        calls::list_recordings(&app.store, &filter, &list.page().newest_first()).await?;
    let below = below(&owner);
    Ok(list.reply_2010("recordings", each(found, |recording| present(&app, &recording, &below))))
}

async fn start(State(app): State<Shared>, _: Ours, Path(owner): Path<Owner>, Form(form): Form) -> Answer {
    let call = owner.call.ok_or_else(ApiError::not_found)?;
    super::calls::find(&app, call).await?;
    let command = Command::StartRecording(Box::new(StartRecording {
        source: RecordingSource::StartCallRecordingApi,
        call,
        channels: form.word("RecordingChannels", RecordingChannels::ALL, RecordingChannels::as_str)?,
        track: form.word("RecordingTrack", RecordingTrack::ALL, RecordingTrack::as_str)?,
        trim: form.word("Trim", Trim::ALL, Trim::as_str)?,
        status_callback: call_form::recording_callback(&form, "RecordingStatusCallback")?,
    }));
    let made = live(app.platform.command_call(command).await, &format!("The call {call} has ended"))?;
    Ok(Reply::created(present(&app, &find(&app, sid_of(made)?).await?, &below(&owner))))
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<OneRecording>) -> Answer {
    let (recording, owner) = one(&app, path).await?;
    Ok(Reply::ok(present(&app, &recording, &below(&owner))))
}

async fn update(
    State(app): State<Shared>,
    _: Ours,
    Path(path): Path<OneRecording>,
    Form(form): Form,
) -> Answer {
    let state = state(&form)?;
    let (recording, owner) = one(&app, path).await?;
    let change = UpdateRecording { recording: RecordingName::Sid(recording.sid), state };
    let ended = format!("The recording {} has ended", recording.sid);
    live(app.platform.command_call(Command::UpdateRecording(change)).await, &ended)?;
    Ok(Reply::ok(present(&app, &find(&app, recording.sid).await?, &below(&owner))))
}

async fn remove(State(app): State<Shared>, _: Ours, Path(path): Path<OneRecording>) -> Answer {
    let (recording, _) = one(&app, path).await?;
    forget(&app, &recording).await
}

/// Shows the facts under `.json`, and the sound under `.wav` or the bare SID.
async fn show_or_download(
    State(app): State<Shared>,
    Named(name): Named<String>,
    list: List,
    headers: HeaderMap,
    uri: axum::http::Uri,
) -> Result<Response, ApiError> {
    let (sid, extension) = name.split_once('.').unwrap_or((name.as_str(), ""));
    let sid: RecordingSid = sid.parse().map_err(|_| ApiError::not_found())?;
    let recording = find(&app, sid).await?;
    match (extension, uri.path().ends_with(".json")) {
        ("", true) => Ok(Reply::ok(present(&app, &recording, "")).into_response()),
        ("" | "wav", false) => {
            let channels = list.query.within("RequestedChannels", 1..=2)?;
            recording_files::download(&app, &recording, channels, &headers).await
        }
        ("mp3", false) => recording_files::download_mp3(&app, &recording, &headers).await,
        _ => Err(ApiError::not_found()),
    }
}

async fn remove_any(State(app): State<Shared>, Named(sid): Named<RecordingSid>) -> Answer {
    forget(&app, &find(&app, sid).await?).await
}

async fn forget(app: &App, recording: &RecordingRecord) -> Answer {
    if !matches!(recording.status, RecordingStatus::Completed | RecordingStatus::Absent) {
        let message = format!("The recording {} is {}: stop it first", recording.sid, recording.status);
        return Err(ApiError::new(catalog::CALL_STATE, message));
    }
    app.store.commit(Unit::new().with(calls::delete_recording(recording.sid))).await?;
    recording_files::remove(app, recording.sid).await;
    Ok(Reply::deleted())
}

fn state(form: &Parameters) -> Result<RecordingState, ApiError> {
    let keeps_silence = match form.filled("PauseBehavior") {
        None | Some("silence") => true,
        Some("skip") => false,
        Some(other) => {
            let reason = format!("'{other}' is not known: skip or silence is expected");
            return Err(ApiError::invalid("PauseBehavior", reason));
        }
    };
    match form.required("Status")?.as_str() {
        "paused" => Ok(RecordingState::Paused { keeps_silence }),
        "in-progress" => Ok(RecordingState::InProgress),
        "stopped" => Ok(RecordingState::Stopped),
        other => Err(ApiError::invalid(
            "Status",
            format!("'{other}' can not be set: paused, in-progress or stopped is expected"),
        )),
    }
}

/// Returns the recording of a path, which must be its owner's.
async fn one(app: &App, path: OneRecording) -> Result<(RecordingRecord, Owner), ApiError> {
    let conference = match &path.conference {
        Some(name) => Some(conferences::find(app, name).await?.sid),
        None => None,
    };
    let found = match path.sid.0.as_str() {
        CURRENT => current(app, path.call, conference).await?,
        sid => find(app, sid.parse().map_err(|_| ApiError::not_found())?).await?,
    };
    let is_owned = path.call.is_none_or(|call| found.call == call)
        && conference.is_none_or(|conference| found.conference == Some(conference));
    match is_owned {
        true => Ok((found, Owner { call: path.call, conference: path.conference })),
        false => Err(ApiError::not_found()),
    }
}

/// Returns the recording that was begun last of those that run.
async fn current(
    app: &App,
    call: Option<CallSid>,
    conference: Option<ConferenceSid>,
) -> Result<RecordingRecord, ApiError> {
    let mut running = calls::unfinished_recordings(&app.store).await?;
    running.retain(|it| {
        it.status != RecordingStatus::Stopped
            && call.is_none_or(|call| it.call == call)
            && conference.is_none_or(|conference| it.conference == Some(conference))
    });
    let latest = running.into_iter().max_by_key(|it| (it.started_at, it.sid));
    latest.ok_or_else(|| ApiError::new(catalog::CALL_STATE, "No recording runs"))
}

async fn find(app: &App, sid: RecordingSid) -> Result<RecordingRecord, ApiError> {
    calls::fetch_recording(&app.store, sid).await?.ok_or_else(ApiError::not_found)
}

fn sid_of(subject: Subject) -> Result<RecordingSid, ApiError> {
    match subject {
        Subject::Recording(sid) => Ok(sid),
        Subject::Call(_)
        | Subject::Queue(_)
        | Subject::Conference(_)
        | Subject::Participant(..)
        | Subject::Stream(..) => Err(ApiError::not_found()),
    }
}

fn below(owner: &Owner) -> String {
    match (owner.call, &owner.conference) {
        (Some(call), _) => format!("/Calls/{call}"),
        (None, Some(conference)) => format!("/Conferences/{conference}"),
        (None, None) => String::new(),
    }
}

fn present(app: &App, recording: &RecordingRecord, below: &str) -> Value {
    let sid = recording.sid;
    let updated =
        recording.duration_ms.map(|millis| recording.started_at + std::time::Duration::from_millis(millis));
    json!({
        "sid": sid,
        "account_sid": app.account,
        "call_sid": recording.call,
        "conference_sid": recording.conference,
        "status": recording.status,
        "source": recording.source,
        "channels": recording.channels,
        "track": recording.track.as_str(),
        "start_time": recording.started_at.to_rfc2822(),
        "duration": recording.duration_ms.map(|millis| millis.div_ceil(1000).to_string()),
        "price": null,
        "price_unit": PRICE_UNIT,
        "error_code": null,
        "encryption_details": null,
        "api_version": API_VERSION,
        "date_created": recording.started_at.to_rfc2822(),
        "date_updated": updated.unwrap_or(recording.started_at).to_rfc2822(),
        "media_url": format!("{}{}", app.public_url, uri(app.account, &format!("/Recordings/{sid}"))),
        "subresource_uris": {},
        "uri": uri(app.account, &format!("{below}/Recordings/{sid}.json")),
    })
}

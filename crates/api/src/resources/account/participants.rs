//! Participants of conferences, by call SID or label: called in, changed, removed.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use call::{Command, CreateCall, CreateParticipant, KickParticipant, ParticipantRecord, UpdateParticipant};
use domain::CallSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::calls;
use twiml::{
    Beep, Callback, Conference, ConferenceEvent, ConferenceRecord, JitterBufferSize, Method, StatusCallback,
    Trim,
};

use super::conferences::find;
use super::{Ours, below_account, call_form, live, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// The longest label, in characters.
const LABEL_MAX: usize = 128;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Conferences/{conference}/Participants.json"), get(list).post(create))
        .route(
            &below_account("/Conferences/{conference}/Participants/{sid}"),
            get(fetch).post(update).delete(remove),
        )
}

#[derive(Deserialize)]
struct OfConference {
    conference: String,
}

#[derive(Deserialize)]
struct OneParticipant {
    conference: String,
    sid: Document<String>,
}

/// A conference has few participants: they are filtered in memory.
async fn list(State(app): State<Shared>, _: Ours, Path(path): Path<OfConference>, list: List) -> Answer {
    let conference = find(&app, &path.conference).await?;
    let (muted, hold) = (list.query.boolean("Muted")?, list.query.boolean("Hold")?);
    let coaching = list.query.boolean("Coaching")?;
    let mut all = calls::participants(&app.store, conference.sid).await?;
    all.retain(|it| {
        muted.is_none_or(|muted| it.is_muted == muted)
            && hold.is_none_or(|hold| it.is_on_hold == hold)
            && coaching.is_none_or(|coaching| it.coaches.is_some() == coaching)
    });
    let page = list.cut(all, |it| it.call.to_string());
    Ok(list.reply_2010("participants", each(page, |it| present(&app, &it))))
}

/// Calls somebody into a conference; a name that no live conference has makes one.
async fn create(
    State(app): State<Shared>,
    _: Ours,
    Path(path): Path<OfConference>,
    Form(form): Form,
) -> Answer {
    let call = call_form::call(&form)?;
    let name = match path.conference.starts_with("CF") && path.conference.len() == 34 {
        true => live_name(&app, &path.conference).await?,
        false => path.conference,
    };
    let conference = seat(&form, name)?;
    let answered = CreateCall { time_limit_secs: call_form::time_limit(&form)?, ..call };
    let command = Command::CreateParticipant(Box::new(CreateParticipant { call: answered, conference }));
    match app.platform.command_call(command).await? {
        call::Subject::Participant(sid, call) => {
            Ok(Reply::created(present(&app, &one(&app, &sid.to_string(), &call.to_string()).await?)))
        }
        call::Subject::Call(_)
        | call::Subject::Queue(_)
        | call::Subject::Conference(_)
        | call::Subject::Recording(_)
        | call::Subject::Stream(..) => Err(ApiError::not_found()),
    }
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<OneParticipant>) -> Answer {
    Ok(Reply::ok(present(&app, &one(&app, &path.conference, &path.sid.0).await?)))
}

async fn update(
    State(app): State<Shared>,
    _: Ours,
    Path(path): Path<OneParticipant>,
    Form(form): Form,
) -> Answer {
    let before = one(&app, &path.conference, &path.sid.0).await?;
    let command = Command::UpdateParticipant(Box::new(change(&before, &form)?));
    live(app.platform.command_call(command).await, &not_there(&before))?;
    let (conference, call) = (before.conference.to_string(), before.call.to_string());
    Ok(Reply::ok(present(&app, &one(&app, &conference, &call).await?)))
}

async fn remove(State(app): State<Shared>, _: Ours, Path(path): Path<OneParticipant>) -> Answer {
    let before = one(&app, &path.conference, &path.sid.0).await?;
    let kick = KickParticipant { conference: before.conference, participant: before.call.to_string() };
    live(app.platform.command_call(Command::KickParticipant(kick)).await, &not_there(&before))?;
    Ok(Reply::deleted())
}

/// Reads what a form changes of a participant.
fn change(before: &ParticipantRecord, form: &Parameters) -> Result<UpdateParticipant, ApiError> {
    Ok(UpdateParticipant {
        is_muted: form.boolean("Muted")?,
        is_on_hold: form.boolean("Hold")?,
        hold: call_form::link(form, ["HoldUrl", "HoldMethod"], Method::Get)?,
        announce: call_form::link(form, ["AnnounceUrl", "AnnounceMethod"], Method::Post)?,
        wait: call_form::link(form, ["WaitUrl", "WaitMethod"], Method::Post)?,
        beeps_on_exit: form.boolean("BeepOnExit")?,
        ends_on_exit: form.boolean("EndConferenceOnExit")?,
        is_coaching: form.boolean("Coaching")?,
        coaches: form.parsed("CallSidToCoach")?,
        ..UpdateParticipant::of(before.conference, before.call.to_string())
    })
}

/// A conference that has a SID is joined while it is live.
async fn live_name(app: &App, sid: &str) -> Result<String, ApiError> {
    let conference = find(app, sid).await?;
    match conference.status {
        call::ConferenceStatus::Init | call::ConferenceStatus::InProgress => Ok(conference.friendly_name),
        call::ConferenceStatus::Completed => {
            Err(ApiError::new(catalog::CALL_STATE, format!("The conference {sid} has ended")))
        }
    }
}

/// Describes how the participant takes part, in the words of TwiML.
fn seat(form: &Parameters, name: String) -> Result<Conference, ApiError> {
    let label = form.filled("Label").map(str::to_owned);
    if label.as_ref().is_some_and(|label| label.chars().count() > LABEL_MAX) {
        return Err(ApiError::invalid("Label", format!("at most {LABEL_MAX} characters are expected")));
    }
    let coached: Option<CallSid> = form.parsed("CallSidToCoach")?;
    let is_coaching = form.boolean("Coaching")?.unwrap_or(coached.is_some());
    Ok(Conference {
        name,
        muted: form.boolean("Muted")?,
        beep: form.word("Beep", Beep::ALL, Beep::as_str)?,
        start_on_enter: form.boolean("StartConferenceOnEnter")?,
        end_on_exit: form.boolean("EndConferenceOnExit")?,
        wait: Callback {
            url: form.text("WaitUrl"),
            method: form.word("WaitMethod", Method::ALL, Method::as_str)?,
        },
        participants_max: form.within("MaxParticipants", 2..=250)?,
        record: record(form)?,
        coach: coached.filter(|_| is_coaching).map(|call| call.to_string()),
        trim: form.word("ConferenceTrim", Trim::ALL, Trim::as_str)?,
        status_callback: StatusCallback {
            url: call_form::absolute(form, "ConferenceStatusCallback")?,
            method: form.word("ConferenceStatusCallbackMethod", Method::ALL, Method::as_str)?,
            events: form.words(
                "ConferenceStatusCallbackEvent",
                ConferenceEvent::ALL,
                ConferenceEvent::as_str,
            )?,
        },
        recording_status_callback: call_form::recording_callback(form, "ConferenceRecordingStatusCallback")?,
        jitter_buffer_size: form.word("JitterBufferSize", JitterBufferSize::ALL, JitterBufferSize::as_str)?,
        participant_label: label,
        ..Conference::default()
    })
}

/// `true` and `false` stand for the words.
fn record(form: &Parameters) -> Result<Option<ConferenceRecord>, ApiError> {
    match form.filled("ConferenceRecord") {
        Some("true") => Ok(Some(ConferenceRecord::RecordFromStart)),
        Some("false") => Ok(Some(ConferenceRecord::DoNotRecord)),
        Some(_) | None => form.word("ConferenceRecord", ConferenceRecord::ALL, ConferenceRecord::as_str),
    }
}

/// Returns the participant with this call SID or label.
async fn one(app: &App, conference: &str, name: &str) -> Result<ParticipantRecord, ApiError> {
    let conference = find(app, conference).await?;
    let mut all = calls::participants(&app.store, conference.sid).await?.into_iter();
    let is_it = |it: &ParticipantRecord| it.call.to_string() == name || it.label.as_deref() == Some(name);
    all.find(is_it).ok_or_else(ApiError::not_found)
}

fn not_there(participant: &ParticipantRecord) -> String {
    format!("The call {} does not take part in {}", participant.call, participant.conference)
}

fn present(app: &App, participant: &ParticipantRecord) -> Value {
    let own = format!("/Conferences/{}/Participants/{}.json", participant.conference, participant.call);
    json!({
        "account_sid": app.account,
        "call_sid": participant.call,
        "conference_sid": participant.conference,
        "label": participant.label,
        "status": participant.status,
        "muted": participant.is_muted,
        "hold": participant.is_on_hold,
        "coaching": participant.coaches.is_some(),
        "call_sid_to_coach": participant.coaches,
        "start_conference_on_enter": participant.starts_on_enter,
        "end_conference_on_exit": participant.ends_on_exit,
        "queue_time": null,
        "date_created": participant.date_created.to_rfc2822(),
        "date_updated": participant.date_updated.to_rfc2822(),
        "uri": uri(app.account, &own),
    })
}

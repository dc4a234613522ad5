//! Messages in both directions.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{MessageSid, Timestamp};
use serde_json::{Value, json};
use store::messages::{self, Filter};
use store::{InstallationSettings, Message, Unit, resources};

use super::message_form::AHEAD_MIN_SECS;
use super::{Named, Ours, below_account, day, message_form, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::{API_VERSION, PRICE_UNIT, direction};
use crate::reply::{Answer, Reply};

/// How many digits of a recipient are not shown of a message with `AddressRetention=obfuscate`.
const HIDDEN_DIGITS: usize = 4;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Messages.json"), get(list).post(create))
        .route(&below_account("/Messages/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let filter = filter(&list.query)?;
    let found = messages::list(&app.store, app.account, &filter, &list.page().newest_first()).await?;
    Ok(list.reply_2010("messages", each(found, |message| present(&message))))
}

fn filter(query: &Parameters) -> Result<Filter, ApiError> {
    let [sent_from, sent_before] = day(query, "DateSent")?;
    Ok(Filter { to: query.address_text("To"), from: query.address_text("From"), sent_from, sent_before })
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let settings: Option<InstallationSettings> =
        resources::fetch(&app.store, InstallationSettings::KEY).await?;
    let ahead = settings.and_then(|settings| settings.schedule_ahead_secs).unwrap_or(AHEAD_MIN_SECS);
    let wanted = message_form::message(&form, app.now(), Duration::from_secs(u64::from(ahead)))?;
    Ok(Reply::created(present(&app.platform.send_message(wanted).await?)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<MessageSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

/// A message's text can disappear, and one that is scheduled can be called off.
async fn update(State(app): State<Shared>, Named(sid): Named<MessageSid>, Form(form): Form) -> Answer {
    let message = find(&app, sid).await?;
    match (form.text("Body").as_deref(), form.filled("Status")) {
        (None, Some("canceled")) => Ok(Reply::ok(present(&app.platform.cancel_message(sid).await?))),
        (None, Some(other)) => {
            Err(ApiError::invalid("Status", format!("'{other}' is not known: canceled is expected")))
        }
        (None, None) => Err(ApiError::missing("Body")),
        (Some(""), _) if message.status.is_waiting() => {
            Err(ApiError::invalid("Body", "the message has not been sent yet: it can be emptied afterwards"))
        }
        (Some(""), _) => {
            let message = Message { body: String::new(), date_updated: app.now(), ..message };
            app.store.commit(Unit::new().with(messages::put(&message))).await?;
            Ok(Reply::ok(present(&message)))
        }
        (Some(_), _) => Err(ApiError::invalid(
            "Body",
            "a message can not be changed: an empty text, to remove it, is expected",
        )),
    }
}

async fn remove(State(app): State<Shared>, Named(sid): Named<MessageSid>) -> Answer {
    let message = find(&app, sid).await?;
    if message.status.is_waiting() {
        return Err(ApiError::new(
            catalog::CONFLICT,
            format!("Message {sid} has not been sent yet: delete it afterwards"),
        ));
    }
    app.store.commit(Unit::new().with(messages::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

/// Returns a message of this account.
pub(super) async fn find(app: &App, sid: MessageSid) -> Result<Message, ApiError> {
    let found = messages::fetch(&app.store, &sid.to_string()).await?;
    found.filter(|message| message.account == app.account).ok_or_else(ApiError::not_found)
}

/// Presents a message.
pub(crate) fn present(message: &Message) -> Value {
    let own = format!("/Messages/{}", message.sid);
    json!({
        "sid": message.sid,
        "account_sid": message.account,
        "messaging_service_sid": message.messaging_service_sid,
        "from": message.from,
        "to": recipient(message),
        "body": message.body,
        "direction": direction(message.direction),
        "status": message.status.as_str(),
        "num_segments": message.segments.to_string(),
        "num_media": message.media.len().to_string(),
        "price": null,
        "price_unit": PRICE_UNIT,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "api_version": API_VERSION,
        "date_created": message.date_created.to_rfc2822(),
        "date_updated": message.date_updated.to_rfc2822(),
        "date_sent": message.date_sent.map(Timestamp::to_rfc2822),
        "uri": uri(message.account, &format!("{own}.json")),
        "subresource_uris": subresources(message, &own),
    })
}

fn recipient(message: &Message) -> String {
    let mut shown = message.to.to_string();
    if message.options.obfuscates_address && message.status.is_final() {
        let kept = shown.char_indices().rev().nth(HIDDEN_DIGITS - 1).map_or(0, |(place, _)| place);
        shown.replace_range(kept.., &"X".repeat(HIDDEN_DIGITS));
    }
    shown
}

fn subresources(message: &Message, own: &str) -> Value {
    let link = |tail: &str| uri(message.account, &format!("{own}/{tail}.json"));
    match message.options.provides_feedback {
        true => json!({ "media": link("Media"), "feedback": link("Feedback") }),
        false => json!({ "media": link("Media") }),
    }
}

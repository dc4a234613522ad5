//! Messages in both directions.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{MessageSid, Timestamp};
use serde_json::{Value, json};
use store::messages::{self, Filter};
use store::{Message, MessageStatus, Unit};

use super::{Named, Ours, below_account, day, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::{API_VERSION, PRICE_UNIT, direction};
use crate::platform::OutboundMessage;
use crate::reply::{Answer, Reply};

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
    let to =
        form.filled("To").ok_or_else(|| ApiError::new(catalog::TO_MISSING, "To: a recipient is expected"))?;
    let outbound = OutboundMessage {
        from: form.required("From")?,
        to: to.to_owned(),
        body: form.text("Body").unwrap_or_default(),
        media_urls: form.all("MediaUrl").into_iter().filter(|url| !url.trim().is_empty()).collect(),
        status_callback: form.filled("StatusCallback").map(str::to_owned),
    };
    Ok(Reply::created(present(&app.platform.send_message(outbound).await?)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<MessageSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

/// The only change is to make a message's text disappear.
async fn update(State(app): State<Shared>, Named(sid): Named<MessageSid>, Form(form): Form) -> Answer {
    let message = find(&app, sid).await?;
    match (form.text("Body").as_deref(), form.filled("Status")) {
        (None, Some(_)) => Err(ApiError::invalid(
            "Status",
            "only scheduled messages can be canceled, and none are scheduled here",
        )),
        (None, None) => Err(ApiError::missing("Body")),
        (Some(""), _) if message.status == MessageStatus::Queued => {
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
    if message.status == MessageStatus::Queued {
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
        "to": message.to,
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
        "subresource_uris": { "media": uri(message.account, &format!("{own}/Media.json")) },
    })
}

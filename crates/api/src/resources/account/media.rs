//! Media of messages. A medium has no row of its own: its SID is its message's, with its place counted up.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::{MediaSid, MessageSid, Sid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Message, Unit, messages, resources};

use super::messages::find;
use super::{Ours, below_account, uri};
use crate::app::Shared;
use crate::error::ApiError;
use crate::form::{Document, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};
use crate::resources::media::serve;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Messages/{message}/Media.json"), get(list))
        .route(&below_account("/Messages/{message}/Media/{sid}"), get(fetch).delete(remove))
}

#[derive(Deserialize)]
struct OfMessage {
    message: MessageSid,
}

#[derive(Deserialize)]
struct Medium {
    message: MessageSid,
    sid: String,
}

async fn list(State(app): State<Shared>, _: Ours, Path(path): Path<OfMessage>, list: List) -> Answer {
    let message = find(&app, path.message).await?;
    let page = list.cut(places(&message).collect(), |place| sid_of(&message, *place).to_string());
    Ok(list.reply_2010("media_list", each(page, |place| present(&message, place))))
}

/// Answers with the facts under `.json`, and leads to the medium itself without.
async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<Medium>) -> Result<Response, ApiError> {
    let message = find(&app, path.message).await?;
    let place = place_of(&message, &path.sid).ok_or_else(ApiError::not_found)?;
    if path.sid.ends_with(".json") {
        return Ok(Reply::ok(present(&message, place)).into_response());
    }
    let medium = &message.media[place];
    let kept: Option<store::Medium> = match medium.kept {
        Some(sid) => resources::fetch(&app.store, &sid.to_string()).await?,
        None => None,
    };
    match kept {
        Some(kept) => serve(&app, &kept).await,
        None => Ok(Redirect::temporary(&medium.url).into_response()),
    }
}

/// A medium that is removed leaves its place empty, so that the others keep their SIDs.
async fn remove(State(app): State<Shared>, _: Ours, Path(path): Path<Medium>) -> Answer {
    let mut message = find(&app, path.message).await?;
    let place = place_of(&message, &path.sid).ok_or_else(ApiError::not_found)?;
    message.media[place].url.clear();
    app.store.commit(Unit::new().with(messages::put(&message))).await?;
    Ok(Reply::deleted())
}

/// Returns the place of a medium that is still there.
fn place_of(message: &Message, text: &str) -> Option<usize> {
    let Document(sid) = Document::<MediaSid>::parse(text)?;
    places(message).find(|place| sid_of(message, *place) == sid)
}

fn places(message: &Message) -> impl Iterator<Item = usize> + '_ {
    (0..message.media.len()).filter(|place| !message.media[*place].url.is_empty())
}

fn sid_of(message: &Message, place: usize) -> MediaSid {
    MediaSid::from_bits(message.sid.bits().wrapping_add(place as u128))
}

fn present(message: &Message, place: usize) -> Value {
    let sid = sid_of(message, place);
    json!({
        "sid": sid,
        "account_sid": message.account,
        "parent_sid": message.sid,
        "content_type": message.media[place].content_type,
        "date_created": message.date_created.to_rfc2822(),
        "date_updated": message.date_updated.to_rfc2822(),
        "uri": uri(message.account, &format!("/Messages/{}/Media/{sid}.json", message.sid)),
    })
}

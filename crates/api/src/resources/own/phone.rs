//! The try-it phone, in development mode: who it is, what it can call, and the messages it exchanged.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::json;
use store::messages::{self, Filter};
use store::{Message, Page, PhoneNumber, resources};

use crate::app::Shared;
use crate::auth::access_token::{Claims, Grants, OutgoingGrant, VoiceGrant};
use crate::auth::own_key::own_key;
use crate::error::ApiError;
use crate::paging::List;
use crate::reply::{Answer, Reply};
use crate::resources::account::messages::present;

/// The name under which the phone calls.
const IDENTITY: &str = "phone";

/// How long its token lasts.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/dev/phone-token", post(create_token))
        .route("/v1/dev/phone-numbers", get(list_numbers))
        .route("/v1/dev/messages", get(list_messages))
}

/// Makes a token that may call, and is never called.
async fn create_token(State(app): State<Shared>) -> Answer {
    let (now, key) = (app.now(), own_key(&app).await?);
    let outgoing = Some(OutgoingGrant::default());
    let voice = Some(VoiceGrant { incoming: None, outgoing });
    let grants = Grants { identity: IDENTITY.to_owned(), voice, ..Grants::default() };
    let token = Claims::issued_by(&key, grants, now, now + LIFETIME).sign(&key)?;
    let expires = (now + LIFETIME).to_iso8601();
    Ok(Reply::created(json!({ "token": token, "identity": IDENTITY, "expires": expires })))
}

async fn list_numbers(State(app): State<Shared>) -> Answer {
    let numbers = resources::all::<PhoneNumber>(&app.store, &app.account.to_string()).await?;
    let shown: Vec<_> = numbers
        .iter()
        .map(|it| json!({ "phone_number": it.address, "friendly_name": it.friendly_name }))
        .collect();
    Ok(Reply::ok(json!({ "phone_numbers": shown })))
}

/// Lists the newest messages between a `Contact` and one of our numbers (`Number`), oldest first.
async fn list_messages(State(app): State<Shared>, list: List) -> Answer {
    let address = |name: &str| list.query.address_text(name).ok_or_else(|| ApiError::missing(name));
    let (contact, number) = (address("Contact")?, address("Number")?);
    let page = list.page().newest_first();
    let mut found = between(&app, &contact, &number, &page).await?;
    found.extend(between(&app, &number, &contact, &page).await?);
    found.sort_by_key(|message| (message.date_created, message.sid));
    let shown: Vec<_> = found.iter().map(present).collect();
    Ok(Reply::ok(json!({ "messages": shown })))
}

async fn between(app: &Shared, from: &str, to: &str, page: &Page) -> Result<Vec<Message>, ApiError> {
    let filter = Filter { from: Some(from.to_owned()), to: Some(to.to_owned()), ..Filter::default() };
    Ok(messages::list(&app.store, app.account, &filter, page).await?.items)
}

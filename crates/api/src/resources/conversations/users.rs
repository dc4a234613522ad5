//! Users: what is known of an identity on a chat, by SID or identity.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::Seat;
use domain::{Attributes, Timestamp, UserSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ConversationService, ConversationUser, Unit, resources};

use super::parameters::{ByRest, text_over};
use super::place::Service;
use super::{in_both_forms, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// The longest identity, in characters.
const IDENTITY_MAX: usize = 256;
/// The longest attributes, in characters.
const ATTRIBUTES_MAX: usize = 4_096;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/Users", get(list).post(create))
        .merge(in_both_forms("/Users/{user}", get(fetch).post(update).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    user: String,
}

async fn list(State(app): State<Shared>, service: Service, list: List) -> Answer {
    let found = resources::list(&app.store, &service.sid.to_string(), &list.page()).await?;
    Ok(list.reply("users", each(found, |user| present(&service.url, &user))))
}

async fn create(State(app): State<Shared>, service: Service, _: ByRest, Form(form): Form) -> Answer {
    let it = services::find(&app, service.sid).await?;
    let identity = identity(&form.required("Identity")?)?;
    let mut tick = app.platform.tick();
    let user = changed(blank(&it, tick.sid(), identity, tick.now), &form)?;
    match app.store.commit(Unit::new().with(resources::insert(&user))).await {
        Ok(()) => Ok(Reply::created(present(&service.url, &user))),
        Err(store::Error::Duplicate(_)) => {
            let message = format!("Identity: there is a user '{}' in this service already", user.identity);
            Err(ApiError::new(catalog::CONFLICT, message))
        }
        Err(error) => Err(error.into()),
    }
}

async fn fetch(State(app): State<Shared>, service: Service, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&service.url, &find(&app, &service, &path.user).await?)))
}

async fn update(
    State(app): State<Shared>,
    service: Service,
    Path(path): Path<InPath>,
    _: ByRest,
    Form(form): Form,
) -> Answer {
    let before = find(&app, &service, &path.user).await?;
    let read_at = before.date_updated;
    let user = ConversationUser { date_updated: app.now(), ..changed(before, &form)? };
    app.store.commit(Unit::new().with(resources::update(&user, read_at))).await?;
    Ok(Reply::ok(present(&service.url, &user)))
}

async fn remove(State(app): State<Shared>, service: Service, Path(path): Path<InPath>, _: ByRest) -> Answer {
    let sid = find(&app, &service, &path.user).await?.sid.to_string();
    let unit = Unit::new().with(resources::delete_below(&sid)).with(resources::delete(&sid));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

/// Reads an identity.
pub(crate) fn identity(text: &str) -> Result<String, ApiError> {
    let length = text.chars().count();
    match length <= IDENTITY_MAX {
        true => Ok(text.to_owned()),
        false => {
            let reason = format!("it is {length} characters long, at most {IDENTITY_MAX} are allowed");
            Err(ApiError::invalid("Identity", reason))
        }
    }
}

/// Makes the user of who takes part by an identity, where there is none yet.
pub(super) async fn ensure(app: &App, service: &ConversationService, seat: &Seat) -> Result<(), ApiError> {
    let Seat::Identity(identity) = seat else { return Ok(()) };
    let mut tick = app.platform.tick();
    let user = blank(service, tick.sid(), identity.clone(), tick.now);
    match app.store.commit(Unit::new().with(resources::insert(&user))).await {
        Ok(()) | Err(store::Error::Duplicate(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Returns a user of a service, by SID or identity.
pub(super) async fn find(app: &App, service: &Service, name: &str) -> Result<ConversationUser, ApiError> {
    let parent = service.sid.to_string();
    let found: Option<ConversationUser> = match name.parse::<UserSid>() {
        Ok(sid) => resources::fetch(&app.store, &sid.to_string()).await?,
        Err(_) => resources::by_name(&app.store, &parent, name).await?,
    };
    found.filter(|user| user.service_sid == service.sid).ok_or_else(ApiError::not_found)
}

fn blank(service: &ConversationService, sid: UserSid, identity: String, now: Timestamp) -> ConversationUser {
    ConversationUser {
        sid,
        account_sid: service.account_sid,
        service_sid: service.sid,
        identity,
        friendly_name: None,
        attributes: Attributes::default(),
        role_sid: service.user_role_sid,
        date_created: now,
        date_updated: now,
    }
}

fn changed(before: ConversationUser, form: &Parameters) -> Result<ConversationUser, ApiError> {
    let attributes = match form.text("Attributes") {
        Some(text) => Attributes::parse(&text, ATTRIBUTES_MAX)
            .map_err(|error| ApiError::invalid("Attributes", error))?,
        None => before.attributes,
    };
    Ok(ConversationUser {
        friendly_name: text_over(form, "FriendlyName", before.friendly_name),
        role_sid: form.parsed("RoleSid")?.unwrap_or(before.role_sid),
        attributes,
        ..before
    })
}

fn present(url: &str, user: &ConversationUser) -> Value {
    let url = format!("{url}/Users/{}", user.sid);
    json!({
        "sid": user.sid,
        "account_sid": user.account_sid,
        "chat_service_sid": user.service_sid,
        "role_sid": user.role_sid,
        "identity": user.identity,
        "friendly_name": user.friendly_name,
        "attributes": user.attributes.text(),
        // Only clients on a chat make somebody reachable.
        "is_online": null,
        "is_notifiable": null,
        "date_created": user.date_created.to_iso8601(),
        "date_updated": user.date_updated.to_iso8601(),
        "links": { "user_conversations": format!("{url}/Conversations") },
        "url": url,
    })
}

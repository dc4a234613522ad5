//! API keys, which the API also calls signing keys: their secret is shown once, when they are made.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::KeySid;
use serde_json::{Value, json};
use store::{Key, Unit, resources};

use super::{Named, Ours, below_account};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};
use crate::secrets;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Keys.json"), get(list).post(create))
        .route(&below_account("/Keys/{sid}"), get(fetch).post(update).delete(remove))
        .route(&below_account("/SigningKeys.json"), get(list_signing_keys).post(create))
        .route(&below_account("/SigningKeys/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    list_as(&app, &list, "keys").await
}

async fn list_signing_keys(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    list_as(&app, &list, "signing_keys").await
}

async fn list_as(app: &App, list: &List, name: &str) -> Answer {
    let found = resources::list::<Key>(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply_2010(name, each(found, |key| present(&key))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let secret = app.platform.secret();
    let key = Key {
        sid: tick.sid(),
        account: app.account,
        friendly_name: form.text("FriendlyName").unwrap_or_default(),
        secret_digest: secrets::digest(&secret),
        secret: Some(secret.clone()),
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.store.commit(Unit::new().with(resources::insert(&key))).await?;
    let mut body = present(&key);
    body["secret"] = json!(secret);
    Ok(Reply::created(body))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<KeySid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

async fn update(State(app): State<Shared>, Named(sid): Named<KeySid>, Form(form): Form) -> Answer {
    let before = find(&app, sid).await?;
    let key = Key {
        friendly_name: form.text("FriendlyName").unwrap_or_else(|| before.friendly_name.clone()),
        date_updated: app.now(),
        ..before.clone()
    };
    app.store.commit(Unit::new().with(resources::update(&key, before.date_updated))).await?;
    Ok(Reply::ok(present(&key)))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<KeySid>) -> Answer {
    find(&app, sid).await?;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, sid: KeySid) -> Result<Key, ApiError> {
    let found: Option<Key> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

fn present(key: &Key) -> Value {
    json!({
        "sid": key.sid,
        "friendly_name": key.friendly_name,
        "date_created": key.date_created.to_rfc2822(),
        "date_updated": key.date_updated.to_rfc2822(),
    })
}

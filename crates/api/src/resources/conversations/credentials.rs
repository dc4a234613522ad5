//! Credentials of push services: their names are kept, their secrets are not, since nothing is pushed.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::CredentialSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{PushCredential, Unit, resources};

use super::BASE;
use super::parameters::text_over;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

const TYPES: [&str; 3] = ["apn", "gcm", "fcm"];

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}/Credentials"), get(list).post(create))
        .route(&format!("{BASE}/Credentials/{{credential}}"), get(fetch).post(update).delete(remove))
}

#[derive(Deserialize)]
struct InPath {
    credential: CredentialSid,
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let found = resources::list(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("credentials", each(found, |it| present(&app, &it))))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let push_type = push_type(&form.required("Type")?)?;
    let mut tick = app.platform.tick();
    let credential = PushCredential {
        sid: tick.sid(),
        account_sid: app.account,
        friendly_name: text_over(&form, "FriendlyName", None),
        push_type,
        is_sandbox: form.boolean("Sandbox")?.unwrap_or(false),
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.store.commit(Unit::new().with(resources::insert(&credential))).await?;
    Ok(Reply::created(present(&app, &credential)))
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, path.credential).await?)))
}

async fn update(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let before = find(&app, path.credential).await?;
    let read_at = before.date_updated;
    let credential = PushCredential {
        friendly_name: text_over(&form, "FriendlyName", before.friendly_name.clone()),
        is_sandbox: form.boolean("Sandbox")?.unwrap_or(before.is_sandbox),
        date_updated: app.now(),
        ..before
    };
    app.store.commit(Unit::new().with(resources::update(&credential, read_at))).await?;
    Ok(Reply::ok(present(&app, &credential)))
}

async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let sid = find(&app, path.credential).await?.sid;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, sid: CredentialSid) -> Result<PushCredential, ApiError> {
    let found: Option<PushCredential> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

fn push_type(text: &str) -> Result<String, ApiError> {
    let known = TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(text));
    let expected =
        || ApiError::invalid("Type", format!("'{text}' is not known: apn, gcm or fcm is expected"));
    known.map(str::to_owned).ok_or_else(expected)
}

fn present(app: &App, credential: &PushCredential) -> Value {
    json!({
        "sid": credential.sid,
        "account_sid": credential.account_sid,
        "friendly_name": credential.friendly_name,
        "type": credential.push_type,
        "sandbox": if credential.is_sandbox { "True" } else { "False" },
        "date_created": credential.date_created.to_iso8601(),
        "date_updated": credential.date_updated.to_iso8601(),
        "url": format!("{}{BASE}/Credentials/{}", app.public_url, credential.sid),
    })
}

//! The templates themselves.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::ContentSid;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::{Content, Unit, resources};

use super::BASE;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// What a template can look like, as published.
const TYPES: [&str; 15] = [
    "twilio/text",
    "twilio/media",
    "twilio/location",
    "twilio/list-picker",
    "twilio/call-to-action",
    "twilio/quick-reply",
    "twilio/card",
    "twilio/catalog",
    "twilio/carousel",
    "twilio/flows",
    "twilio/schedule",
    "whatsapp/card",
    "whatsapp/authentication",
    "whatsapp/flows",
    "twilio/phone-number-request",
];

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(BASE, get(list).post(create))
        .route(&format!("{BASE}/{{content}}"), get(fetch).put(update).delete(remove))
}

/// The template in a path.
#[derive(Deserialize)]
pub(super) struct InPath {
    pub(super) content: ContentSid,
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let found = resources::list(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("contents", each(found, |content| present(&app, &content))))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let language = form.required("Language")?;
    let blank = Content {
        sid: tick.sid(),
        account: app.account,
        friendly_name: String::new(),
        language,
        variables: Map::new(),
        types: types(&form)?.ok_or_else(|| ApiError::missing("types"))?,
        approval: None,
        date_created: tick.now,
        date_updated: tick.now,
    };
    let content = change(blank, &form)?;
    app.store.commit(Unit::new().with(resources::insert(&content))).await?;
    Ok(Reply::created(present(&app, &content)))
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, path.content).await?)))
}

async fn update(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let before = find(&app, path.content).await?;
    let read_at = before.date_updated;
    let mut content = change(before, &form)?;
    content.date_updated = app.now();
    app.store.commit(Unit::new().with(resources::update(&content, read_at))).await?;
    Ok(Reply::ok(present(&app, &content)))
}

async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let sid = find(&app, path.content).await?.sid;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

/// Returns a template of this account.
pub(super) async fn find(app: &App, sid: ContentSid) -> Result<Content, ApiError> {
    let found: Option<Content> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

fn change(old: Content, form: &Parameters) -> Result<Content, ApiError> {
    Ok(Content {
        friendly_name: form.text("FriendlyName").unwrap_or(old.friendly_name),
        language: form.filled("Language").map_or(old.language, str::to_owned),
        variables: variables(form)?.unwrap_or(old.variables),
        types: types(form)?.unwrap_or(old.types),
        ..old
    })
}

/// Values are texts; other JSON becomes its text.
fn variables(form: &Parameters) -> Result<Option<Map<String, Value>>, ApiError> {
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let given = form.object("Variables")?;
    Ok(given.map(|given| given.into_iter().map(|(name, value)| (name, json!(text(value)))).collect()))
}

/// Reads what a template looks like; what a type does not set is left out.
fn types(form: &Parameters) -> Result<Option<Map<String, Value>>, ApiError> {
    let Some(given) = form.object("Types")? else { return Ok(None) };
    let mut types = Map::new();
    for (name, fields) in given {
        let known = TYPES.iter().find(|known| **known == name);
        let known = known.ok_or_else(|| {
            let reason = format!("'{name}' is not known: one of {} is expected", TYPES.join(", "));
            ApiError::invalid("types", reason)
        })?;
        match fields {
            Value::Null => {}
            Value::Object(fields) if !fields.is_empty() => {
                types.insert((*known).to_owned(), without_nulls(Value::Object(fields)));
            }
            Value::Object(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(ApiError::invalid("types", format!("{known} is an object with fields")));
            }
        }
    }
    if types.is_empty() {
        return Err(ApiError::invalid("types", "at least one such as twilio/text is expected"));
    }
    Ok(Some(types))
}

/// Official libraries write null where nothing was set.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let set = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(set.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn present(app: &App, content: &Content) -> Value {
    let url = format!("{}{BASE}/{}", app.public_url, content.sid);
    json!({
        "sid": content.sid,
        "account_sid": content.account,
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": content.date_created.to_iso8601(),
        "date_updated": content.date_updated.to_iso8601(),
        "url": url,
        "links": {
            "approval_create": format!("{url}/ApprovalRequests/whatsapp"),
            "approval_fetch": format!("{url}/ApprovalRequests"),
        },
    })
}

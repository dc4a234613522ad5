//! Roles: what people on a chat may do.

use std::str::FromStr;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::Permission;
use domain::RoleSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ConversationRole, Unit, resources};

use super::place::Service;
use super::{in_both_forms, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_both_forms("/Roles", get(list).post(create))
        .merge(in_both_forms("/Roles/{role}", get(fetch).post(update).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    role: RoleSid,
}

async fn list(State(app): State<Shared>, service: Service, list: List) -> Answer {
    services::find(&app, service.sid).await?;
    let found = resources::list(&app.store, &service.sid.to_string(), &list.page()).await?;
    Ok(list.reply("roles", each(found, |role| present(&service.url, &role))))
}

async fn create(State(app): State<Shared>, service: Service, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let role = ConversationRole {
        sid: tick.sid(),
        account_sid: app.account,
        service_sid: service.sid,
        friendly_name: form.required("FriendlyName")?,
        scope: form.required_as("Type")?,
        permissions: permissions(&form)?,
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.store.commit(Unit::new().with(resources::insert(&role))).await?;
    Ok(Reply::created(present(&service.url, &role)))
}

async fn fetch(State(app): State<Shared>, service: Service, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&service.url, &find(&app, &service, path.role).await?)))
}

async fn update(
    State(app): State<Shared>,
    service: Service,
    Path(path): Path<InPath>,
    Form(form): Form,
) -> Answer {
    let before = find(&app, &service, path.role).await?;
    let read_at = before.date_updated;
    let role = ConversationRole { permissions: permissions(&form)?, date_updated: app.now(), ..before };
    app.store.commit(Unit::new().with(resources::update(&role, read_at))).await?;
    Ok(Reply::ok(present(&service.url, &role)))
}

async fn remove(State(app): State<Shared>, service: Service, Path(path): Path<InPath>) -> Answer {
    let role = find(&app, &service, path.role).await?.sid;
    let it = services::find(&app, service.sid).await?;
    if [it.creator_role_sid, it.participant_role_sid, it.user_role_sid].contains(&role) {
        let message =
            format!("Role {role} is a default of its service: name another in its Configuration first");
        return Err(ApiError::new(catalog::CONFLICT, message));
    }
    app.store.commit(Unit::new().with(resources::delete(&role.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, service: &Service, sid: RoleSid) -> Result<ConversationRole, ApiError> {
    services::find(app, service.sid).await?;
    let found: Option<ConversationRole> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.filter(|role| role.service_sid == service.sid).ok_or_else(ApiError::not_found)
}

fn permissions(form: &Parameters) -> Result<Vec<String>, ApiError> {
    let read = |text: String| {
        let permission =
            Permission::from_str(&text).map_err(|error| ApiError::invalid("Permission", error))?;
        Ok(permission.to_string())
    };
    match form.list("Permission") {
        given if given.is_empty() => Err(ApiError::missing("Permission")),
        given => given.into_iter().map(read).collect(),
    }
}

fn present(url: &str, role: &ConversationRole) -> Value {
    json!({
        "sid": role.sid,
        "account_sid": role.account_sid,
        "chat_service_sid": role.service_sid,
        "friendly_name": role.friendly_name,
        "type": role.scope,
        "permissions": role.permissions,
        "date_created": role.date_created.to_iso8601(),
        "date_updated": role.date_updated.to_iso8601(),
        "url": format!("{url}/Roles/{}", role.sid),
    })
}

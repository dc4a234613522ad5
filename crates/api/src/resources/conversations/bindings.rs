//! The devices of a service's users; clients on a chat bind them, requests by REST see and remove them.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::BindingSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{PushBinding, Unit, resources};

use super::in_service;
use super::place::Service;
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Path;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    in_service("/Bindings", get(list)).merge(in_service("/Bindings/{binding}", get(fetch).delete(remove)))
}

#[derive(Deserialize)]
struct InPath {
    binding: BindingSid,
}

async fn list(State(app): State<Shared>, service: Service, list: List) -> Answer {
    let (kinds, identities) = (list.query.list("BindingType"), list.query.all("Identity"));
    let mut all = resources::all::<PushBinding>(&app.store, &service.sid.to_string()).await?;
    all.retain(|it| {
        (kinds.is_empty() || kinds.contains(&it.binding_type))
            && (identities.is_empty() || identities.contains(&it.identity))
    });
    let page = list.cut(all, |it| it.sid.to_string());
    Ok(list.reply("bindings", each(page, |it| present(&service.url, &it))))
}

async fn fetch(State(app): State<Shared>, service: Service, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&service.url, &find(&app, &service, path.binding).await?)))
}

async fn remove(State(app): State<Shared>, service: Service, Path(path): Path<InPath>) -> Answer {
    let sid = find(&app, &service, path.binding).await?.sid;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, service: &Service, sid: BindingSid) -> Result<PushBinding, ApiError> {
    let found: Option<PushBinding> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.filter(|it| it.service_sid == service.sid).ok_or_else(ApiError::not_found)
}

fn present(url: &str, binding: &PushBinding) -> Value {
    json!({
        "sid": binding.sid,
        "account_sid": binding.account_sid,
        "chat_service_sid": binding.service_sid,
        "credential_sid": binding.credential_sid,
        "endpoint": binding.endpoint,
        "identity": binding.identity,
        "binding_type": binding.binding_type,
        "message_types": binding.message_types,
        "date_created": binding.date_created.to_iso8601(),
        "date_updated": binding.date_updated.to_iso8601(),
        "url": format!("{url}/Bindings/{}", binding.sid),
    })
}

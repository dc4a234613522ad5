//! Lists of addresses from which SIP domains take calls.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::IpAccessControlListSid;
use serde_json::{Value, json};
use store::{IpAccessControlList, SipDomain, Unit, resources};

use super::{Named, Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/SIP/IpAccessControlLists.json"), get(list).post(create))
        .route(&below_account("/SIP/IpAccessControlLists/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let account = app.account.to_string();
    let found = resources::list::<IpAccessControlList>(&app.store, &account, &list.page()).await?;
    Ok(list.reply_2010("ip_access_control_lists", each(found, |it| present(&it))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let made = IpAccessControlList {
        sid: tick.sid(),
        account: app.account,
        friendly_name: form.required("FriendlyName")?,
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.store.commit(Unit::new().with(resources::insert(&made))).await?;
    Ok(Reply::created(present(&made)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<IpAccessControlListSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

async fn update(
    State(app): State<Shared>,
    Named(sid): Named<IpAccessControlListSid>,
    Form(form): Form,
) -> Answer {
    let before = find(&app, sid).await?;
    let friendly_name = form.required("FriendlyName")?;
    let after = IpAccessControlList { friendly_name, date_updated: app.now(), ..before.clone() };
    app.store.commit(Unit::new().with(resources::update(&after, before.date_updated))).await?;
    Ok(Reply::ok(present(&after)))
}

/// Removes a list with its addresses, unless a domain still lets them in.
async fn remove(State(app): State<Shared>, Named(sid): Named<IpAccessControlListSid>) -> Answer {
    find(&app, sid).await?;
    let domains = resources::all::<SipDomain>(&app.store, &app.account.to_string()).await?;
    let user = domains.iter().find(|domain| domain.call_access_lists.contains(&sid));
    if let Some(domain) = user {
        let message = format!("{sid} is mapped to the SIP domain {}: unmap it first", domain.domain_name);
        return Err(ApiError::new(catalog::CONFLICT, message));
    }
    let own = sid.to_string();
    let unit = Unit::new().with(resources::delete_below(&own)).with(resources::delete(&own));
    app.store.commit(unit).await?;
    Ok(Reply::deleted())
}

/// Returns the list with this SID.
pub(super) async fn find(app: &App, sid: IpAccessControlListSid) -> Result<IpAccessControlList, ApiError> {
    let found: Option<IpAccessControlList> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

fn present(list: &IpAccessControlList) -> Value {
    let own = format!("/SIP/IpAccessControlLists/{}", list.sid);
    json!({
        "sid": list.sid,
        "account_sid": list.account,
        "friendly_name": list.friendly_name,
        "date_created": list.date_created.to_rfc2822(),
        "date_updated": list.date_updated.to_rfc2822(),
        "uri": uri(list.account, &format!("{own}.json")),
        "subresource_uris": { "ip_addresses": uri(list.account, &format!("{own}/IpAddresses.json")) },
    })
}

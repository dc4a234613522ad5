//! The addresses of an access control list: one, or the network around it.

use std::net::IpAddr;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::{IpAccessControlListSid, IpAddressSid};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{IpAddress, Unit, resources};

use super::ip_access_control_lists::find as find_list;
use super::{Ours, below_account, uri};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Document, Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    let below = |tail: &str| below_account(&format!("/SIP/IpAccessControlLists/{{list}}/IpAddresses{tail}"));
    Router::new()
        .route(&below(".json"), get(list).post(create))
        .route(&below("/{sid}"), get(fetch).post(update).delete(remove))
}

#[derive(Deserialize)]
struct OfList {
    list: IpAccessControlListSid,
}

#[derive(Deserialize)]
struct OneAddress {
    list: IpAccessControlListSid,
    sid: Document<IpAddressSid>,
}

async fn list(State(app): State<Shared>, _: Ours, Path(path): Path<OfList>, list: List) -> Answer {
    find_list(&app, path.list).await?;
    let found = resources::list::<IpAddress>(&app.store, &path.list.to_string(), &list.page()).await?;
    Ok(list.reply_2010("ip_addresses", each(found, |it| present(&it))))
}

async fn create(State(app): State<Shared>, _: Ours, Path(path): Path<OfList>, Form(form): Form) -> Answer {
    find_list(&app, path.list).await?;
    let mut tick = app.platform.tick();
    let address: IpAddr = form.required_as("IpAddress")?;
    let made = IpAddress {
        sid: tick.sid(),
        account: app.account,
        list: path.list,
        friendly_name: form.required("FriendlyName")?,
        address,
        prefix_length: prefix_length(&form, address)?.unwrap_or(bits(address)),
        date_created: tick.now,
        date_updated: tick.now,
    };
    app.store.commit(Unit::new().with(resources::insert(&made))).await?;
    Ok(Reply::created(present(&made)))
}

async fn fetch(State(app): State<Shared>, _: Ours, Path(path): Path<OneAddress>) -> Answer {
    Ok(Reply::ok(present(&find(&app, &path).await?)))
}

async fn update(
    State(app): State<Shared>,
    _: Ours,
    Path(path): Path<OneAddress>,
    Form(form): Form,
) -> Answer {
    let before = find(&app, &path).await?;
    let address = form.parsed("IpAddress")?.unwrap_or(before.address);
    let after = IpAddress {
        address,
        prefix_length: prefix_length(&form, address)?.unwrap_or(before.prefix_length.min(bits(address))),
        friendly_name: form.filled("FriendlyName").unwrap_or(&before.friendly_name).to_owned(),
        date_updated: app.now(),
        ..before.clone()
    };
    app.store.commit(Unit::new().with(resources::update(&after, before.date_updated))).await?;
    Ok(Reply::ok(present(&after)))
}

async fn remove(State(app): State<Shared>, _: Ours, Path(path): Path<OneAddress>) -> Answer {
    let address = find(&app, &path).await?;
    app.store.commit(Unit::new().with(resources::delete(&address.sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, path: &OneAddress) -> Result<IpAddress, ApiError> {
    let found: Option<IpAddress> = resources::fetch(&app.store, &path.sid.0.to_string()).await?;
    found.filter(|it| it.list == path.list).ok_or_else(ApiError::not_found)
}

fn prefix_length(form: &Parameters, address: IpAddr) -> Result<Option<u8>, ApiError> {
    let given = form.within("CidrPrefixLength", 0..=u32::from(bits(address)))?;
    Ok(given.and_then(|length| u8::try_from(length).ok()))
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn present(address: &IpAddress) -> Value {
    let own = format!("/SIP/IpAccessControlLists/{}/IpAddresses/{}.json", address.list, address.sid);
    json!({
        "sid": address.sid,
        "account_sid": address.account,
        "ip_access_control_list_sid": address.list,
        "friendly_name": address.friendly_name,
        "ip_address": address.address,
        "cidr_prefix_length": address.prefix_length,
        "date_created": address.date_created.to_rfc2822(),
        "date_updated": address.date_updated.to_rfc2822(),
        "uri": uri(address.account, &own),
    })
}

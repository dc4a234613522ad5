//! Trunks: the SIP peers that bring calls in and take calls out. Those of the configuration file are changed there.

use std::net::IpAddr;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::TrunkSid;
use serde_json::{Value, json};
use store::{Role, Trunk, TrunkTarget, Unit, resources};

use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// How much a place weighs unless said otherwise.
const WEIGHT: u16 = 10;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/trunks", get(list).post(create))
        .route("/v1/trunks/{sid}", get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, caller: Caller, list: List) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let found = resources::list::<Trunk>(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("trunks", each(found, |trunk| present(&app, &trunk))))
}

async fn create(State(app): State<Shared>, caller: Caller, Form(form): Form) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let mut tick = app.platform.tick();
    let blank = Trunk {
        sid: tick.sid(),
        account: app.account,
        name: form.required("FriendlyName")?,
        inbound_networks: Vec::new(),
        outbound: Vec::new(),
        username: None,
        password: None,
        is_secure: false,
        is_from_file: false,
        date_created: tick.now,
        date_updated: tick.now,
    };
    let trunk = change(blank, &form)?;
    save(&app, Unit::new().with(resources::insert(&trunk)), &trunk).await?;
    Ok(Reply::created(present(&app, &trunk)))
}

async fn fetch(State(app): State<Shared>, caller: Caller, Path(sid): Path<TrunkSid>) -> Answer {
    caller.must_be(&[Role::Admin])?;
    Ok(Reply::ok(present(&app, &find(&app, sid).await?)))
}

async fn update(
    State(app): State<Shared>,
    caller: Caller,
    Path(sid): Path<TrunkSid>,
    Form(form): Form,
) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let before = changeable(&app, sid).await?;
    let trunk = Trunk { date_updated: app.now(), ..change(before.clone(), &form)? };
    save(&app, Unit::new().with(resources::update(&trunk, before.date_updated)), &trunk).await?;
    Ok(Reply::ok(present(&app, &trunk)))
}

async fn remove(State(app): State<Shared>, caller: Caller, Path(sid): Path<TrunkSid>) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let trunk = changeable(&app, sid).await?;
    save(&app, Unit::new().with(resources::delete(&sid.to_string())), &trunk).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, sid: TrunkSid) -> Result<Trunk, ApiError> {
    let found: Option<Trunk> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

async fn changeable(app: &App, sid: TrunkSid) -> Result<Trunk, ApiError> {
    let trunk = find(app, sid).await?;
    match trunk.is_from_file {
        false => Ok(trunk),
        true => {
            let message =
                format!("The trunk {} stands in the configuration file: change it there", trunk.name);
            Err(ApiError::new(catalog::CONFLICT, message))
        }
    }
}

/// Writes a change and lets calls go by it from then on.
async fn save(app: &App, unit: Unit, trunk: &Trunk) -> Result<(), ApiError> {
    match app.store.commit(unit).await {
        Err(store::Error::Duplicate(_)) => {
            let message = format!("FriendlyName: '{}' is the name of another trunk", trunk.name);
            return Err(ApiError::new(catalog::CONFLICT, message));
        }
        other => other?,
    }
    Ok(app.platform.reload_trunks().await?)
}

fn change(before: Trunk, form: &Parameters) -> Result<Trunk, ApiError> {
    let optional = |name: &str, old: Option<String>| match form.text(name) {
        Some(given) => Some(given).filter(|text| !text.is_empty()),
        None => old,
    };
    Ok(Trunk {
        name: form.filled("FriendlyName").map_or(before.name, str::to_owned),
        inbound_networks: networks(form)?.unwrap_or(before.inbound_networks),
        outbound: places(form)?.unwrap_or(before.outbound),
        username: optional("Username", before.username),
        password: optional("Password", before.password),
        is_secure: form.boolean("Secure")?.unwrap_or(before.is_secure),
        ..before
    })
}

/// Reads `InboundNetworks`, repeated or with commas; none when it is not given, no network when it is empty.
fn networks(form: &Parameters) -> Result<Option<Vec<String>>, ApiError> {
    const NAME: &str = "InboundNetworks";
    if form.text(NAME).is_none() {
        return Ok(None);
    }
    let given = form.list(NAME);
    let expected = "an address or a network such as 192.0.2.0/24 is expected";
    match given.iter().find(|text| network(text).is_none()) {
        Some(wrong) => Err(ApiError::invalid(NAME, format!("'{wrong}' is not known: {expected}"))),
        None => Ok(Some(given.iter().filter_map(|text| network(text)).collect())),
    }
}

fn network(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(it, length)| (it, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let length: u8 = length.map_or(Ok(bits), str::parse).ok().filter(|length| *length <= bits)?;
    Some(format!("{address}/{length}"))
}

/// Reads `Outbound`: SIP addresses, the first one preferred, or JSON with priorities and weights.
fn places(form: &Parameters) -> Result<Option<Vec<TrunkTarget>>, ApiError> {
    const NAME: &str = "Outbound";
    let Some(text) = form.text(NAME) else { return Ok(None) };
    let places: Vec<TrunkTarget> = if text.trim_start().starts_with('[') {
        let expected = "a list of {\"uri\", \"priority\", \"weight\"} is expected";
        serde_json::from_str(&text)
            .map_err(|error| ApiError::invalid(NAME, format!("{error}: {expected}")))?
    } else {
        let uris = form.list(NAME).into_iter().zip(0..);
        uris.map(|(uri, priority)| TrunkTarget { uri, priority, weight: WEIGHT }).collect()
    };
    let is_sip = |uri: &str| {
        let rest = uri.strip_prefix("sip:").or_else(|| uri.strip_prefix("sips:"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', ' ']))
    };
    match places.iter().find(|place| !is_sip(&place.uri)) {
        Some(TrunkTarget { uri, .. }) => {
            let expected =
                "an address without a user such as sip:gateway.example.com;transport=tcp is expected";
            Err(ApiError::invalid(NAME, format!("'{uri}' can not be used: {expected}")))
        }
        None => Ok(Some(places)),
    }
}

/// A place with how it was found when it was last asked.
fn present_place(app: &App, place: &TrunkTarget) -> Value {
    let status = match app.platform.answers(&place.uri) {
        Some(true) => "up",
        Some(false) => "down",
        None => "unknown",
    };
    json!({"uri": place.uri, "priority": place.priority, "weight": place.weight, "status": status})
}

/// The password is never shown.
fn present(app: &App, trunk: &Trunk) -> Value {
    json!({
        "sid": trunk.sid,
        "account_sid": trunk.account,
        "friendly_name": trunk.name,
        "inbound_networks": trunk.inbound_networks,
        "outbound": trunk.outbound.iter().map(|place| present_place(app, place)).collect::<Vec<_>>(),
        "username": trunk.username,
        "has_password": trunk.password.is_some(),
        "secure": trunk.is_secure,
        "from_file": trunk.is_from_file,
        "date_created": trunk.date_created.to_iso8601(),
        "date_updated": trunk.date_updated.to_iso8601(),
        "url": format!("{}/v1/trunks/{}", app.public_url, trunk.sid),
    })
}

//! Deployments: where visitors chat. Each has a key that pages name, and an address whose configuration says who hears.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{AddressConfiguration, AddressKind, AutoCreation, Listener};
use domain::{Address, FlowSid, Tick, WebchatDeploymentSid};
use serde_json::{Value, json};
use store::{FlowRecord, Role, Unit, WebchatDeployment, WebchatRating, resources};

use super::opening_hours::{OpeningHours, zone};
use super::origins;
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

/// What the widget's CSS variables are called.
const THEME: [&str; 10] =
    ["accent", "on-accent", "background", "surface", "text", "muted", "border", "radius", "font", "side"];

/// The most characters of a theme's value.
const THEME_VALUE_MAX: usize = 100;

/// The most characters of what visitors read.
const TEXT_MAX: usize = 1_000;

/// How often a flow is given a message again that it could not take.
const RETRIES: u32 = 3;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/webchat-deployments", get(list).post(create))
        .route("/v1/webchat-deployments/{sid}", get(fetch).post(update).delete(remove))
        .route("/v1/webchat-deployments/{sid}/ratings", get(ratings))
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let account = app.account.to_string();
    let found = resources::list::<WebchatDeployment>(&app.store, &account, &list.page()).await?;
    Ok(list.reply("webchat_deployments", each(found, |deployment| present(&app, &deployment))))
}

async fn create(State(app): State<Shared>, caller: Caller, Form(form): Form) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let mut tick = app.platform.tick();
    let blank = WebchatDeployment {
        sid: tick.sid(),
        account: app.account,
        key: new_key(&app),
        friendly_name: form.required("FriendlyName")?,
        address: address(&form.required("Address")?)?,
        allowed_origins: vec![],
        is_enabled: true,
        opening_hours: String::new(),
        time_zone: "UTC".to_owned(),
        greeting: String::new(),
        offline_text: String::new(),
        theme: BTreeMap::new(),
        date_created: tick.now,
        date_updated: tick.now,
    };
    let deployment = changed(blank, &form)?;
    let mut unit = Unit::new().with(resources::insert(&deployment));
    if let Some(flow) = form.parsed::<FlowSid>("FlowSid")? {
        unit.push(resources::insert(&configuration(&app, &deployment, flow, &mut tick).await?));
    }
    app.store.commit(unit).await?;
    Ok(Reply::created(present(&app, &deployment)))
}

async fn fetch(State(app): State<Shared>, Path(sid): Path<WebchatDeploymentSid>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, sid).await?)))
}

async fn update(
    State(app): State<Shared>,
    caller: Caller,
    Path(sid): Path<WebchatDeploymentSid>,
    Form(form): Form,
) -> Answer {
    caller.must_be(&[Role::Admin])?;
    let before = find(&app, sid).await?;
    let read_at = before.date_updated;
    let mut deployment = changed(before, &form)?;
    if form.boolean("RotateKey")?.unwrap_or(false) {
        deployment.key = new_key(&app);
    }
    deployment.date_updated = app.now();
    app.store.commit(Unit::new().with(resources::update(&deployment, read_at))).await?;
    Ok(Reply::ok(present(&app, &deployment)))
}

/// Deletes a deployment: its visitors' tokens end with it, their conversations go on.
async fn remove(State(app): State<Shared>, caller: Caller, Path(sid): Path<WebchatDeploymentSid>) -> Answer {
    caller.must_be(&[Role::Admin])?;
    find(&app, sid).await?;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn ratings(State(app): State<Shared>, Path(sid): Path<WebchatDeploymentSid>, list: List) -> Answer {
    find(&app, sid).await?;
    let found = resources::list::<WebchatRating>(&app.store, &sid.to_string(), &list.page()).await?;
    let shown = |rating: WebchatRating| {
        json!({
            "conversation_sid": rating.conversation,
            "score": rating.score,
            "comment": rating.comment,
            "date_created": rating.date_created.to_iso8601(),
        })
    };
    Ok(list.reply("ratings", each(found, shown)))
}

async fn find(app: &App, sid: WebchatDeploymentSid) -> Result<WebchatDeployment, ApiError> {
    resources::fetch(&app.store, &sid.to_string()).await?.ok_or_else(ApiError::not_found)
}

/// Takes over what is given; the key and the rest stay.
fn changed(before: WebchatDeployment, form: &Parameters) -> Result<WebchatDeployment, ApiError> {
    let opening_hours = form.text("OpeningHours").unwrap_or(before.opening_hours);
    OpeningHours::parse(&opening_hours).map_err(|reason| ApiError::invalid("OpeningHours", reason))?;
    let time_zone = form.filled("TimeZone").map_or(before.time_zone, str::to_owned);
    zone(&time_zone).map_err(|reason| ApiError::invalid("TimeZone", reason))?;
    Ok(WebchatDeployment {
        friendly_name: text(form, "FriendlyName", before.friendly_name)?,
        address: form.filled("Address").map_or(Ok(before.address), address)?,
        allowed_origins: allowed_origins(form)?.unwrap_or(before.allowed_origins),
        is_enabled: form.boolean("Enabled")?.unwrap_or(before.is_enabled),
        opening_hours,
        time_zone,
        greeting: text(form, "Greeting", before.greeting)?,
        offline_text: text(form, "OfflineText", before.offline_text)?,
        theme: theme(form)?.unwrap_or(before.theme),
        ..before
    })
}

fn text(form: &Parameters, name: &str, before: String) -> Result<String, ApiError> {
    let text = form.text(name).unwrap_or(before);
    match text.chars().count() > TEXT_MAX {
        true => Err(ApiError::invalid(name, format!("at most {TEXT_MAX} characters are expected"))),
        false => Ok(text),
    }
}

fn address(text: &str) -> Result<String, ApiError> {
    let expected = || {
        let reason = format!("'{text}' is no address of a web chat: one such as webchat:shop is expected");
        ApiError::invalid("Address", reason)
    };
    let address: Address = text.parse().map_err(|_| expected())?;
    match address.channel_type() {
        "webchat" => Ok(address.to_string()),
        _ => Err(expected()),
    }
}

fn allowed_origins(form: &Parameters) -> Result<Option<Vec<String>>, ApiError> {
    const NAME: &str = "AllowedOrigins";
    if form.text(NAME).is_none() {
        return Ok(None);
    }
    let read: Result<Vec<String>, String> = form.list(NAME).iter().map(|text| origins::parse(text)).collect();
    let read = read.map_err(|reason| ApiError::invalid(NAME, reason))?;
    match read.len() > origins::ORIGINS_MAX {
        true => Err(ApiError::invalid(NAME, format!("at most {} are expected", origins::ORIGINS_MAX))),
        false => Ok(Some(read)),
    }
}

/// Reads the values of CSS variables; one that could end its declaration is refused.
fn theme(form: &Parameters) -> Result<Option<BTreeMap<String, String>>, ApiError> {
    const NAME: &str = "Theme";
    let Some(object) = form.object(NAME)? else { return Ok(None) };
    let mut theme = BTreeMap::new();
    for (name, value) in object {
        let value = value.as_str().unwrap_or_default().to_owned();
        let is_plain = !value.is_empty()
            && value.chars().count() <= THEME_VALUE_MAX
            && !value.contains(['{', '}', ';', '<', '>', '\\'])
            && !value.to_ascii_lowercase().contains("url(");
        if !THEME.contains(&name.as_str()) || !is_plain {
            let expected = THEME.join(", ");
            let reason =
                format!("'{name}' can not be used: texts with one CSS value for {expected} are expected");
            return Err(ApiError::invalid(NAME, reason));
        }
        theme.insert(name, value);
    }
    Ok(Some(theme))
}

/// Makes the configuration by which a flow hears of the address's conversations.
async fn configuration(
    app: &App,
    deployment: &WebchatDeployment,
    flow: FlowSid,
    tick: &mut Tick,
) -> Result<AddressConfiguration, ApiError> {
    let found: Option<FlowRecord> = resources::fetch(&app.store, &flow.to_string()).await?;
    if found.is_none() {
        return Err(ApiError::invalid("FlowSid", format!("there is no flow {flow}")));
    }
    let listener = Listener::Studio { flow_sid: flow, retry_count: RETRIES };
    Ok(AddressConfiguration {
        sid: tick.sid(),
        account_sid: app.account,
        kind: AddressKind::Chat,
        address: deployment.address.clone(),
        friendly_name: Some(deployment.friendly_name.clone()),
        address_country: None,
        auto_creation: AutoCreation { is_enabled: true, service_sid: None, listener },
        date_created: tick.now,
        date_updated: tick.now,
    })
}

fn new_key(app: &App) -> String {
    format!("webchat-{}", app.platform.secret())
}

fn present(app: &App, deployment: &WebchatDeployment) -> Value {
    json!({
        "sid": deployment.sid,
        "account_sid": deployment.account,
        "key": deployment.key,
        "friendly_name": deployment.friendly_name,
        "address": deployment.address,
        "allowed_origins": deployment.allowed_origins,
        "enabled": deployment.is_enabled,
        "opening_hours": deployment.opening_hours,
        "time_zone": deployment.time_zone,
        "greeting": deployment.greeting,
        "offline_text": deployment.offline_text,
        "theme": deployment.theme,
        "date_created": deployment.date_created.to_iso8601(),
        "date_updated": deployment.date_updated.to_iso8601(),
        "url": format!("{}/v1/webchat-deployments/{}", app.public_url, deployment.sid),
    })
}

//! Address configurations: which of our addresses make conversations of the messages that come to them.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::{AddressConfiguration, AddressKind, AutoCreation, HookMethod, Listener};
use domain::{Address, AddressConfigurationSid, FlowSid, named};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{FlowRecord, Unit, resources};

use super::parameters::text_over;
use super::{BASE, hooks, services};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};

const PATH: &str = "/Configuration/Addresses";
/// How often a failed hand-over to a flow is repeated, where nothing is said and at most.
const RETRIES: u32 = 3;

named! {
    /// The published kinds of who hears of a new conversation.
    pub enum ListenerKind {
        /// An application.
        Webhook = "webhook",
        /// A flow.
        Studio = "studio",
        /// The webhooks of account and service only.
        Default = "default",
    }
}

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}{PATH}"), get(list).post(create))
        .route(&format!("{BASE}{PATH}/{{address}}"), get(fetch).post(update).delete(remove))
}

#[derive(Deserialize)]
struct InPath {
    address: String,
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let kind = list.query.parsed::<AddressKind>("Type")?;
    let mut all = resources::all::<AddressConfiguration>(&app.store, &app.account.to_string()).await?;
    all.retain(|it| kind.is_none_or(|kind| it.kind == kind));
    let page = list.cut(all, |it| it.sid.to_string());
    Ok(list.reply("address_configurations", each(page, |it| present(&app, &it))))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    let kind = form.required_as("Type")?;
    let mut tick = app.platform.tick();
    let configuration = AddressConfiguration {
        sid: tick.sid(),
        account_sid: app.account,
        kind,
        address: address(kind, &form.required("Address")?)?,
        friendly_name: text_over(&form, "FriendlyName", None),
        address_country: text_over(&form, "AddressCountry", None),
        auto_creation: auto_creation(&app, &form, None).await?,
        date_created: tick.now,
        date_updated: tick.now,
    };
    match app.store.commit(Unit::new().with(resources::insert(&configuration))).await {
        Ok(()) => Ok(Reply::created(present(&app, &configuration))),
        Err(store::Error::Duplicate(_)) => {
            let message = format!("Address: {} has a configuration already", configuration.address);
            Err(ApiError::new(catalog::CONFLICT, message))
        }
        Err(error) => Err(error.into()),
    }
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, &path.address).await?)))
}

async fn update(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let before = find(&app, &path.address).await?;
    let read_at = before.date_updated;
    let configuration = AddressConfiguration {
        friendly_name: text_over(&form, "FriendlyName", before.friendly_name.clone()),
        auto_creation: auto_creation(&app, &form, Some(before.auto_creation.clone())).await?,
        date_updated: app.now(),
        ..before
    };
    app.store.commit(Unit::new().with(resources::update(&configuration, read_at))).await?;
    Ok(Reply::ok(present(&app, &configuration)))
}

async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let sid = find(&app, &path.address).await?.sid;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

/// Returns a configuration by SID, or by the address itself.
async fn find(app: &App, name: &str) -> Result<AddressConfiguration, ApiError> {
    let found = match name.parse::<AddressConfigurationSid>() {
        Ok(sid) => resources::fetch(&app.store, &sid.to_string()).await?,
        Err(_) => resources::by_name(&app.store, &app.account.to_string(), name).await?,
    };
    found.ok_or_else(ApiError::not_found)
}

/// Reads an address in its canonical form; that of a web chat is nobody's number and may be any text.
fn address(kind: AddressKind, text: &str) -> Result<String, ApiError> {
    let reads_as = |network: &str| {
        let address: Address = text.parse().map_err(|error| ApiError::invalid("Address", error))?;
        match address.channel_type() == network {
            true => Ok(address.to_string()),
            false => {
                let reason = format!("'{text}' is no address of the type {kind}");
                Err(ApiError::invalid("Address", reason))
            }
        }
    };
    match kind {
        AddressKind::Sms => reads_as("sms"),
        AddressKind::Whatsapp => reads_as("whatsapp"),
        AddressKind::Messenger
        | AddressKind::Gbm
        | AddressKind::Email
        | AddressKind::Rcs
        | AddressKind::Apple
        | AddressKind::Chat => Ok(text.trim().to_owned()),
    }
}

async fn auto_creation(
    app: &App,
    form: &Parameters,
    before: Option<AutoCreation>,
) -> Result<AutoCreation, ApiError> {
    let before =
        before.unwrap_or(AutoCreation { is_enabled: false, service_sid: None, listener: Listener::Default });
    let service = form.parsed("AutoCreation.ConversationServiceSid")?;
    if let Some(sid) = service {
        let reason = format!("there is no service {sid}");
        let missing = |_| ApiError::invalid("AutoCreation.ConversationServiceSid", reason);
        services::find(app, sid).await.map_err(missing)?;
    }
    let listener = listener(form, before.listener)?;
    if let Listener::Studio { flow_sid, .. } = &listener {
        check_flow(app, *flow_sid).await?;
    }
    Ok(AutoCreation {
        is_enabled: form.boolean("AutoCreation.Enabled")?.unwrap_or(before.is_enabled),
        service_sid: service.or(before.service_sid),
        listener,
    })
}

async fn check_flow(app: &App, flow: FlowSid) -> Result<(), ApiError> {
    let found: Option<FlowRecord> = resources::fetch(&app.store, &flow.to_string()).await?;
    let missing = || ApiError::invalid("AutoCreation.StudioFlowSid", format!("there is no flow {flow}"));
    found.map(drop).ok_or_else(missing)
}

/// Reads who hears of new conversations; parameters of another kind than before need their kind.
fn listener(form: &Parameters, before: Listener) -> Result<Listener, ApiError> {
    let kind = form.parsed("AutoCreation.Type")?.unwrap_or(match &before {
        Listener::Default => ListenerKind::Default,
        Listener::Webhook { .. } => ListenerKind::Webhook,
        Listener::Studio { .. } => ListenerKind::Studio,
    });
    match kind {
        ListenerKind::Default => Ok(Listener::Default),
        ListenerKind::Webhook => webhook(form, before),
        ListenerKind::Studio => studio(form, before),
    }
}

fn webhook(form: &Parameters, before: Listener) -> Result<Listener, ApiError> {
    let (old_url, old_method, old_filters) = match before {
        Listener::Webhook { url, method, filters } => (Some(url), method, filters),
        Listener::Default | Listener::Studio { .. } => (None, HookMethod::Post, vec![]),
    };
    let given = form.filled("AutoCreation.WebhookUrl").map(str::to_owned);
    let url = given.or(old_url).ok_or_else(|| ApiError::missing("AutoCreation.WebhookUrl"))?;
    let filters = match form.text("AutoCreation.WebhookFilters") {
        Some(_) => hooks::events(form, "AutoCreation.WebhookFilters")?,
        None => old_filters,
    };
    let method = hooks::method(form, "AutoCreation.WebhookMethod")?.unwrap_or(old_method);
    Ok(Listener::Webhook { url, method, filters })
}

fn studio(form: &Parameters, before: Listener) -> Result<Listener, ApiError> {
    let (old_flow, old_count) = match before {
        Listener::Studio { flow_sid, retry_count } => (Some(flow_sid), retry_count),
        Listener::Default | Listener::Webhook { .. } => (None, RETRIES),
    };
    let given = form.parsed("AutoCreation.StudioFlowSid")?;
    let flow_sid = given.or(old_flow).ok_or_else(|| ApiError::missing("AutoCreation.StudioFlowSid"))?;
    let retry_count = form.number("AutoCreation.StudioRetryCount")?.unwrap_or(old_count);
    if retry_count > RETRIES {
        let reason = format!("'{retry_count}' is too many: 0 to {RETRIES} is expected");
        return Err(ApiError::invalid("AutoCreation.StudioRetryCount", reason));
    }
    Ok(Listener::Studio { flow_sid, retry_count })
}

fn present(app: &App, it: &AddressConfiguration) -> Value {
    json!({
        "sid": it.sid,
        "account_sid": it.account_sid,
        "type": it.kind,
        "address": it.address,
        "friendly_name": it.friendly_name,
        "address_country": it.address_country,
        "auto_creation": present_creation(&it.auto_creation),
        "date_created": it.date_created.to_iso8601(),
        "date_updated": it.date_updated.to_iso8601(),
        "url": format!("{}{BASE}{PATH}/{}", app.public_url, it.sid),
    })
}

fn present_creation(creation: &AutoCreation) -> Value {
    let mut shown = match &creation.listener {
        Listener::Default => json!({ "type": ListenerKind::Default }),
        Listener::Webhook { url, method, filters } => json!({
            "type": ListenerKind::Webhook,
            "webhook_url": url,
            "webhook_method": method,
            "webhook_filters": filters,
        }),
        Listener::Studio { flow_sid, retry_count } => json!({
            "type": ListenerKind::Studio,
            "studio_flow_sid": flow_sid,
            "studio_retry_count": retry_count,
        }),
    };
    shown["enabled"] = creation.is_enabled.into();
    shown["conversation_service_sid"] = json!(creation.service_sid);
    shown
}

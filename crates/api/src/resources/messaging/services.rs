//! Messaging services.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::MessagingServiceSid;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{MessagingService, OptOutWords, PoolSender, ServiceLabels, Unit, Webhook, resources};

use super::{BASE, opt_out_words};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::{Form, Path};
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::reply::{Answer, Reply};
use crate::resources::webhook_forms;

/// The longest that messages may wait for their carrier, in seconds.
const VALIDITY_MAX: u32 = 36_000;
/// The longest name, in characters.
const NAME_MAX: usize = 64;

/// Returns the routes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{BASE}/Services"), get(list).post(create))
        .route(&format!("{BASE}/Services/{{service}}"), get(fetch).post(update).delete(remove))
}

/// The service in a path.
#[derive(Deserialize)]
pub(super) struct InPath {
    pub(super) service: MessagingServiceSid,
}

async fn list(State(app): State<Shared>, list: List) -> Answer {
    let found = resources::list(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply("services", each(found, |service| present(&app, &service))))
}

async fn create(State(app): State<Shared>, Form(form): Form) -> Answer {
    form.required("FriendlyName")?;
    let service = change(blank(&app), &form)?;
    app.store.commit(Unit::new().with(resources::insert(&service))).await?;
    Ok(Reply::created(present(&app, &service)))
}

async fn fetch(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    Ok(Reply::ok(present(&app, &find(&app, path.service).await?)))
}

async fn update(State(app): State<Shared>, Path(path): Path<InPath>, Form(form): Form) -> Answer {
    let before = find(&app, path.service).await?;
    let read_at = before.date_updated;
    let mut service = change(before, &form)?;
    service.date_updated = app.now();
    app.store.commit(Unit::new().with(resources::update(&service, read_at))).await?;
    Ok(Reply::ok(present(&app, &service)))
}

/// Its numbers are free for other services afterwards; who has opted out of it stays opted out of nothing else.
async fn remove(State(app): State<Shared>, Path(path): Path<InPath>) -> Answer {
    let sid = find(&app, path.service).await?.sid;
    let mut unit = Unit::new().with(resources::delete_below(&sid.to_string()));
    for sender in senders(&app, sid).await? {
        unit.push(resources::delete(&PoolSender::key(sender.number)));
    }
    app.store.commit(unit.with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

/// Returns a service of this account.
pub(super) async fn find(app: &App, sid: MessagingServiceSid) -> Result<MessagingService, ApiError> {
    let found: Option<MessagingService> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

/// Returns the pool of a service, oldest first: an installation has few numbers.
pub(super) async fn senders(app: &App, service: MessagingServiceSid) -> Result<Vec<PoolSender>, ApiError> {
    let mut all: Vec<PoolSender> = resources::all(&app.store, &app.account.to_string()).await?;
    all.retain(|sender| sender.service == service);
    Ok(all)
}

fn blank(app: &App) -> MessagingService {
    let mut tick = app.platform.tick();
    MessagingService {
        sid: tick.sid(),
        account: app.account,
        friendly_name: String::new(),
        inbound: webhook_forms::blank(),
        uses_number_webhooks: false,
        status_callback: None,
        is_sticky: true,
        matches_area_code: true,
        encodes_smartly: true,
        validity_secs: VALIDITY_MAX,
        opt_out_words: OptOutWords::default(),
        labels: ServiceLabels {
            converts_mms: true,
            scan_message_content: "inherit".to_owned(),
            falls_back_to_long_code: true,
            is_synchronous_validation: false,
            usecase: "undeclared".to_owned(),
        },
        date_created: tick.now,
        date_updated: tick.now,
    }
}

/// Applies what a form gives; an empty URL clears one.
fn change(old: MessagingService, form: &Parameters) -> Result<MessagingService, ApiError> {
    let flag = |name: &str, old: bool| form.boolean(name).map(|given| given.unwrap_or(old));
    Ok(MessagingService {
        friendly_name: name(form)?.unwrap_or(old.friendly_name),
        inbound: inbound(form, old.inbound)?,
        uses_number_webhooks: flag("UseInboundWebhookOnNumber", old.uses_number_webhooks)?,
        status_callback: webhook_forms::optional(form, "StatusCallback", old.status_callback),
        is_sticky: flag("StickySender", old.is_sticky)?,
        matches_area_code: flag("AreaCodeGeomatch", old.matches_area_code)?,
        encodes_smartly: flag("SmartEncoding", old.encodes_smartly)?,
        validity_secs: form.within("ValidityPeriod", 1..=VALIDITY_MAX)?.unwrap_or(old.validity_secs),
        opt_out_words: opt_out_words::change(form, old.opt_out_words)?,
        labels: labels(form, old.labels)?,
        ..old
    })
}

fn name(form: &Parameters) -> Result<Option<String>, ApiError> {
    match form.filled("FriendlyName") {
        Some(name) if name.chars().count() > NAME_MAX => {
            let reason = format!("it has more than {NAME_MAX} characters: a shorter one is expected");
            Err(ApiError::invalid("FriendlyName", reason))
        }
        name => Ok(name.map(str::to_owned)),
    }
}

fn inbound(form: &Parameters, old: Webhook) -> Result<Webhook, ApiError> {
    Ok(Webhook {
        url: webhook_forms::optional(form, "InboundRequestUrl", old.url),
        method: webhook_forms::method(form, "InboundMethod")?.or(old.method),
        fallback_url: webhook_forms::optional(form, "FallbackUrl", old.fallback_url),
        fallback_method: webhook_forms::method(form, "FallbackMethod")?.or(old.fallback_method),
        application_sid: None,
    })
}

fn labels(form: &Parameters, old: ServiceLabels) -> Result<ServiceLabels, ApiError> {
    let flag = |name: &str, old: bool| form.boolean(name).map(|given| given.unwrap_or(old));
    let scan = form.word("ScanMessageContent", &["inherit", "enable", "disable"], |word| word)?;
    Ok(ServiceLabels {
        converts_mms: flag("MmsConverter", old.converts_mms)?,
        scan_message_content: scan.map_or(old.scan_message_content, str::to_owned),
        falls_back_to_long_code: flag("FallbackToLongCode", old.falls_back_to_long_code)?,
        is_synchronous_validation: flag("SynchronousValidation", old.is_synchronous_validation)?,
        usecase: form.filled("Usecase").map_or(old.usecase, str::to_owned),
    })
}

fn present(app: &App, service: &MessagingService) -> Value {
    let url = format!("{}{BASE}/Services/{}", app.public_url, service.sid);
    let mut shown = json!({
        "sid": service.sid,
        "account_sid": service.account,
        "friendly_name": service.friendly_name,
        "inbound_request_url": service.inbound.url,
        "inbound_method": service.inbound.method,
        "fallback_url": service.inbound.fallback_url,
        "fallback_method": service.inbound.fallback_method,
        "status_callback": service.status_callback,
        "sticky_sender": service.is_sticky,
        "mms_converter": service.labels.converts_mms,
        "smart_encoding": service.encodes_smartly,
        "scan_message_content": service.labels.scan_message_content,
        "fallback_to_long_code": service.labels.falls_back_to_long_code,
        "area_code_geomatch": service.matches_area_code,
        "synchronous_validation": service.labels.is_synchronous_validation,
        "validity_period": service.validity_secs,
        "usecase": service.labels.usecase,
        "us_app_to_person_registered": false,
        "use_inbound_webhook_on_number": service.uses_number_webhooks,
        "date_created": service.date_created.to_iso8601(),
        "date_updated": service.date_updated.to_iso8601(),
        "url": url,
        "links": { "phone_numbers": format!("{url}/PhoneNumbers") },
    });
    opt_out_words::present(&service.opt_out_words, &mut shown);
    shown
}

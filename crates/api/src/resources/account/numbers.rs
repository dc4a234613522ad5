//! Incoming phone numbers: addresses of ours, and what runs for a call or a message.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use conversation::AddressConfiguration;
use domain::{Address, PhoneNumberSid};
use serde_json::{Value, json};
use store::{PhoneNumber, PoolSender, Unit, resources};

use super::{Named, Ours, below_account, uri, webhooks};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::API_VERSION;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/IncomingPhoneNumbers.json"), get(list).post(create))
        // An address of ours is of no kind: which one it was bought as is history.
        .route(&below_account("/IncomingPhoneNumbers/Local.json"), get(list).post(create))
        .route(&below_account("/IncomingPhoneNumbers/Mobile.json"), get(none).post(create))
        .route(&below_account("/IncomingPhoneNumbers/TollFree.json"), get(none).post(create))
        .route(&below_account("/IncomingPhoneNumbers/{sid}"), get(fetch).post(update).delete(remove))
}

/// An installation has few numbers: they are filtered in memory.
async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let number = list.query.address_text("PhoneNumber");
    let name = list.query.filled("FriendlyName");
    let mut all = resources::all::<PhoneNumber>(&app.store, &app.account.to_string()).await?;
    all.retain(|it| {
        number.as_deref().is_none_or(|number| it.address.as_str().contains(number))
            && name.is_none_or(|name| it.friendly_name == name)
    });
    let page = list.cut(all, |it| it.sid.to_string());
    Ok(list.reply_2010("incoming_phone_numbers", each(page, |it| present(&it))))
}

/// All numbers are shown as local ones, so that there are none of other kinds.
async fn none(_: Ours, list: List) -> Answer {
    let page = list.cut(vec![], |it: &PhoneNumber| it.sid.to_string());
    Ok(list.reply_2010("incoming_phone_numbers", each(page, |it| present(&it))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let address = address(&form.required("PhoneNumber")?)?;
    let blank = PhoneNumber {
        sid: tick.sid(),
        account: app.account,
        friendly_name: address.to_string(),
        address,
        voice: webhooks::blank(),
        sms: webhooks::blank(),
        status_callback: None,
        status_callback_method: "POST".to_owned(),
        voice_receive_mode: "voice".to_owned(),
        voice_caller_id_lookup: false,
        conversations_exclusive: None,
        date_created: tick.now,
        date_updated: tick.now,
    };
    let number = change(blank, &form)?;
    let unit = Unit::new().with(resources::insert(&number));
    match app.store.commit(leave_conversations(&app, unit, &number, None).await?).await {
        Ok(()) => Ok(Reply::created(present(&number))),
        Err(store::Error::Duplicate(_)) => {
            let message = format!("PhoneNumber: {} is provisioned already", number.address);
            Err(ApiError::new(catalog::NUMBER_TAKEN, message))
        }
        Err(error) => Err(error.into()),
    }
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<PhoneNumberSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

async fn update(State(app): State<Shared>, Named(sid): Named<PhoneNumberSid>, Form(form): Form) -> Answer {
    let before = find(&app, sid).await?;
    let mut number = change(before.clone(), &form)?;
    number.date_updated = app.now();
    let unit = Unit::new().with(resources::update(&number, before.date_updated));
    app.store.commit(leave_conversations(&app, unit, &number, before.sms.url).await?).await?;
    Ok(Reply::ok(present(&number)))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<PhoneNumberSid>) -> Answer {
    find(&app, sid).await?;
    let unit = Unit::new().with(resources::delete(&PoolSender::key(sid)));
    app.store.commit(unit.with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, sid: PhoneNumberSid) -> Result<PhoneNumber, ApiError> {
    let found: Option<PhoneNumber> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

/// What was said last counts: a number that is given another `SmsUrl` takes its messages out of conversations.
async fn leave_conversations(
    app: &App,
    unit: Unit,
    number: &PhoneNumber,
    before: Option<String>,
) -> Result<Unit, ApiError> {
    if number.sms.url.is_none() || number.sms.url == before {
        return Ok(unit);
    }
    let (account, address) = (app.account.to_string(), number.address.as_str());
    let found: Option<AddressConfiguration> = resources::by_name(&app.store, &account, address).await?;
    Ok(match found.filter(|found| found.auto_creation.is_enabled) {
        Some(mut configuration) => {
            configuration.auto_creation.is_enabled = false;
            configuration.date_updated = app.now();
            unit.with(resources::put(&configuration))
        }
        None => unit,
    })
}

fn address(text: &str) -> Result<Address, ApiError> {
    text.parse().map_err(|error| ApiError::new(catalog::NUMBER_INVALID, format!("PhoneNumber: {error}")))
}

/// Applies what a form gives; an empty URL clears one.
fn change(mut number: PhoneNumber, form: &Parameters) -> Result<PhoneNumber, ApiError> {
    if let Some(name) = form.text("FriendlyName") {
        number.friendly_name = name;
    }
    number.voice = webhooks::change(number.voice, form, "Voice")?;
    number.sms = webhooks::change(number.sms, form, "Sms")?;
    number.status_callback = webhooks::optional(form, "StatusCallback", number.status_callback);
    if let Some(method) = webhooks::method(form, "StatusCallbackMethod")? {
        number.status_callback_method = method;
    }
    if let Some(mode) = form.filled("VoiceReceiveMode") {
        number.voice_receive_mode = receive_mode(mode)?;
    }
    number.voice_caller_id_lookup =
        form.boolean("VoiceCallerIdLookup")?.unwrap_or(number.voice_caller_id_lookup);
    number.conversations_exclusive =
        form.boolean("ConversationsExclusive")?.or(number.conversations_exclusive);
    Ok(number)
}

fn receive_mode(mode: &str) -> Result<String, ApiError> {
    match mode {
        "voice" | "fax" => Ok(mode.to_owned()),
        other => Err(ApiError::invalid(
            "VoiceReceiveMode",
            format!("'{other}' is not known: voice or fax is expected"),
        )),
    }
}

fn present(number: &PhoneNumber) -> Value {
    let has_voice = number.address.is_phone_number() || number.address.as_str().starts_with("sip:");
    let has_sms = !number.address.as_str().starts_with("sip:");
    json!({
        "sid": number.sid,
        "account_sid": number.account,
        "phone_number": number.address,
        "friendly_name": number.friendly_name,
        "capabilities": { "voice": has_voice, "sms": has_sms, "mms": has_sms, "fax": false },
        "voice_url": number.voice.url,
        "voice_method": number.voice.method,
        "voice_fallback_url": number.voice.fallback_url,
        "voice_fallback_method": number.voice.fallback_method,
        "voice_application_sid": number.voice.application_sid,
        "voice_receive_mode": number.voice_receive_mode,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "sms_url": number.sms.url,
        "sms_method": number.sms.method,
        "sms_fallback_url": number.sms.fallback_url,
        "sms_fallback_method": number.sms.fallback_method,
        "sms_application_sid": number.sms.application_sid,
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "conversations_exclusive": number.conversations_exclusive,
        "address_sid": null,
        "address_requirements": "none",
        "beta": false,
        "identity_sid": null,
        "origin": "hosted",
        "trunk_sid": null,
        "emergency_status": "Inactive",
        "emergency_address_sid": null,
        "emergency_address_status": "unregistered",
        "bundle_sid": null,
        "status": "in-use",
        "type": "local",
        "api_version": API_VERSION,
        "date_created": number.date_created.to_rfc2822(),
        "date_updated": number.date_updated.to_rfc2822(),
        "uri": uri(number.account, &format!("/IncomingPhoneNumbers/{}.json", number.sid)),
    })
}

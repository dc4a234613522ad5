//! TwiML applications: what runs for a call or a message, under a SID of its own.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::ApplicationSid;
use serde_json::{Value, json};
use store::{TwimlApplication, Unit, resources};

use super::{Named, Ours, below_account, uri, webhooks};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::API_VERSION;
use crate::reply::{Answer, Reply};

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/Applications.json"), get(list).post(create))
        .route(&below_account("/Applications/{sid}"), get(fetch).post(update).delete(remove))
}

/// An installation has few applications: they are filtered in memory.
async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let mut all = resources::all::<TwimlApplication>(&app.store, &app.account.to_string()).await?;
    if let Some(name) = list.query.filled("FriendlyName") {
        all.retain(|it| it.friendly_name == name);
    }
    let page = list.cut(all, |it| it.sid.to_string());
    Ok(list.reply_2010("applications", each(page, |it| present(&it))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let blank = TwimlApplication {
        sid: tick.sid(),
        account: app.account,
        friendly_name: String::new(),
        voice: webhooks::blank(),
        sms: webhooks::blank(),
        status_callback: None,
        status_callback_method: "POST".to_owned(),
        sms_status_callback: None,
        message_status_callback: None,
        voice_caller_id_lookup: false,
        public_application_connect_enabled: false,
        date_created: tick.now,
        date_updated: tick.now,
    };
    let application = change(blank, &form)?;
    app.store.commit(Unit::new().with(resources::insert(&application))).await?;
    Ok(Reply::created(present(&application)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<ApplicationSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

async fn update(State(app): State<Shared>, Named(sid): Named<ApplicationSid>, Form(form): Form) -> Answer {
    let before = find(&app, sid).await?;
    let application = TwimlApplication { date_updated: app.now(), ..change(before.clone(), &form)? };
    app.store.commit(Unit::new().with(resources::update(&application, before.date_updated))).await?;
    Ok(Reply::ok(present(&application)))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<ApplicationSid>) -> Answer {
    find(&app, sid).await?;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

async fn find(app: &App, sid: ApplicationSid) -> Result<TwimlApplication, ApiError> {
    let found: Option<TwimlApplication> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

fn change(before: TwimlApplication, form: &Parameters) -> Result<TwimlApplication, ApiError> {
    let optional = |name: &str, old| webhooks::optional(form, name, old);
    Ok(TwimlApplication {
        friendly_name: form.text("FriendlyName").unwrap_or(before.friendly_name),
        voice: webhooks::change(before.voice, form, "Voice")?,
        sms: webhooks::change(before.sms, form, "Sms")?,
        status_callback: optional("StatusCallback", before.status_callback),
        status_callback_method: webhooks::method(form, "StatusCallbackMethod")?
            .unwrap_or(before.status_callback_method),
        sms_status_callback: optional("SmsStatusCallback", before.sms_status_callback),
        message_status_callback: optional("MessageStatusCallback", before.message_status_callback),
        voice_caller_id_lookup: form.boolean("VoiceCallerIdLookup")?.unwrap_or(before.voice_caller_id_lookup),
        public_application_connect_enabled: form
            .boolean("PublicApplicationConnectEnabled")?
            .unwrap_or(before.public_application_connect_enabled),
        ..before
    })
}

fn present(application: &TwimlApplication) -> Value {
    json!({
        "sid": application.sid,
        "account_sid": application.account,
        "friendly_name": application.friendly_name,
        "voice_url": application.voice.url,
        "voice_method": application.voice.method,
        "voice_fallback_url": application.voice.fallback_url,
        "voice_fallback_method": application.voice.fallback_method,
        "voice_caller_id_lookup": application.voice_caller_id_lookup,
        "status_callback": application.status_callback,
        "status_callback_method": application.status_callback_method,
        "sms_url": application.sms.url,
        "sms_method": application.sms.method,
        "sms_fallback_url": application.sms.fallback_url,
        "sms_fallback_method": application.sms.fallback_method,
        "sms_status_callback": application.sms_status_callback,
        "message_status_callback": application.message_status_callback,
        "public_application_connect_enabled": application.public_application_connect_enabled,
        "api_version": API_VERSION,
        "date_created": application.date_created.to_rfc2822(),
        "date_updated": application.date_updated.to_rfc2822(),
        "uri": uri(application.account, &format!("/Applications/{}.json", application.sid)),
    })
}

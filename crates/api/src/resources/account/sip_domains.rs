//! SIP domains: what runs for calls to them, whether phones register there, and how they are challenged.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use domain::SipDomainSid;
use serde_json::{Value, json};
use store::{SipDomain, Unit, Webhook, resources};

use super::{Named, Ours, below_account, uri, webhooks};
use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::form::Form;
use crate::paging::{List, each};
use crate::parameters::Parameters;
use crate::payloads::API_VERSION;
use crate::reply::{Answer, Reply};

/// The algorithms of challenges, and the order of a new domain: the safer first, the one that all phones know last.
const ALGORITHMS: [&str; 2] = ["SHA-256", "MD5"];

/// The longest host name.
const NAME_LENGTH_MAX: usize = 253;

/// Returns the routes.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&below_account("/SIP/Domains.json"), get(list).post(create))
        .route(&below_account("/SIP/Domains/{sid}"), get(fetch).post(update).delete(remove))
}

async fn list(State(app): State<Shared>, _: Ours, list: List) -> Answer {
    let found = resources::list::<SipDomain>(&app.store, &app.account.to_string(), &list.page()).await?;
    Ok(list.reply_2010("domains", each(found, |domain| present(&domain))))
}

async fn create(State(app): State<Shared>, _: Ours, Form(form): Form) -> Answer {
    let mut tick = app.platform.tick();
    let domain_name = name(&form.required("DomainName")?)?;
    let blank = SipDomain {
        sid: tick.sid(),
        account: app.account,
        friendly_name: domain_name.clone(),
        domain_name,
        voice: webhooks::blank(),
        status_callback: None,
        status_callback_method: "POST".to_owned(),
        takes_registrations: false,
        emergency_calling_enabled: false,
        is_secure: false,
        byoc_trunk_sid: None,
        emergency_caller_sid: None,
        digest_algorithms: ALGORITHMS.join(","),
        call_credential_lists: Vec::new(),
        call_access_lists: Vec::new(),
        registration_credential_lists: Vec::new(),
        date_created: tick.now,
        date_updated: tick.now,
    };
    let domain = change(blank, &form)?;
    save(&app, Unit::new().with(resources::insert(&domain)), &domain).await?;
    Ok(Reply::created(present(&domain)))
}

async fn fetch(State(app): State<Shared>, Named(sid): Named<SipDomainSid>) -> Answer {
    Ok(Reply::ok(present(&find(&app, sid).await?)))
}

async fn update(State(app): State<Shared>, Named(sid): Named<SipDomainSid>, Form(form): Form) -> Answer {
    let before = find(&app, sid).await?;
    let domain = SipDomain { date_updated: app.now(), ..change(before.clone(), &form)? };
    save(&app, Unit::new().with(resources::update(&domain, before.date_updated)), &domain).await?;
    Ok(Reply::ok(present(&domain)))
}

async fn remove(State(app): State<Shared>, Named(sid): Named<SipDomainSid>) -> Answer {
    find(&app, sid).await?;
    app.store.commit(Unit::new().with(resources::delete(&sid.to_string()))).await?;
    Ok(Reply::deleted())
}

/// Returns the SIP domain with this SID.
pub(super) async fn find(app: &App, sid: SipDomainSid) -> Result<SipDomain, ApiError> {
    let found: Option<SipDomain> = resources::fetch(&app.store, &sid.to_string()).await?;
    found.ok_or_else(ApiError::not_found)
}

async fn save(app: &App, unit: Unit, domain: &SipDomain) -> Result<(), ApiError> {
    match app.store.commit(unit).await {
        Err(store::Error::Duplicate(_)) => {
            let message = format!("DomainName: {} exists already", domain.domain_name);
            Err(ApiError::new(catalog::CONFLICT, message))
        }
        other => Ok(other?),
    }
}

fn change(before: SipDomain, form: &Parameters) -> Result<SipDomain, ApiError> {
    let optional = |name: &str, old| webhooks::optional(form, name, old);
    let flag = |name: &str, old: bool| Ok::<_, ApiError>(form.boolean(name)?.unwrap_or(old));
    // A domain has no application of its own.
    let voice = Webhook { application_sid: None, ..webhooks::change(before.voice, form, "Voice")? };
    Ok(SipDomain {
        domain_name: form.filled("DomainName").map(name).transpose()?.unwrap_or(before.domain_name),
        friendly_name: form.text("FriendlyName").unwrap_or(before.friendly_name),
        voice,
        status_callback: optional("VoiceStatusCallbackUrl", before.status_callback),
        status_callback_method: webhooks::method(form, "VoiceStatusCallbackMethod")?
            .unwrap_or(before.status_callback_method),
        takes_registrations: flag("SipRegistration", before.takes_registrations)?,
        emergency_calling_enabled: flag("EmergencyCallingEnabled", before.emergency_calling_enabled)?,
        is_secure: flag("Secure", before.is_secure)?,
        byoc_trunk_sid: optional("ByocTrunkSid", before.byoc_trunk_sid),
        emergency_caller_sid: optional("EmergencyCallerSid", before.emergency_caller_sid),
        digest_algorithms: algorithms(form)?.unwrap_or(before.digest_algorithms),
        ..before
    })
}

/// A domain is a host name, which SIP addresses name behind their @.
fn name(given: &str) -> Result<String, ApiError> {
    let name = given.trim().to_ascii_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    match name.len() <= NAME_LENGTH_MAX && name.split('.').all(is_label) {
        true => Ok(name),
        false => Err(ApiError::invalid(
            "DomainName",
            format!("'{given}' is not a host name: one such as phones.example.com is expected"),
        )),
    }
}

fn algorithms(form: &Parameters) -> Result<Option<String>, ApiError> {
    let chosen = form.words("DigestAlgorithms", &ALGORITHMS, |name| name)?;
    Ok((!chosen.is_empty()).then(|| chosen.join(",")))
}

fn present(domain: &SipDomain) -> Value {
    let own = format!("/SIP/Domains/{}", domain.sid);
    let below = |tail: &str| uri(domain.account, &format!("{own}/{tail}.json"));
    let kinds = [
        (!domain.call_access_lists.is_empty(), "IP_ACL"),
        (!domain.call_credential_lists.is_empty(), "CREDENTIAL_LIST"),
    ];
    let auth: Vec<&str> = kinds.into_iter().filter(|(is_used, _)| *is_used).map(|(_, name)| name).collect();
    json!({
        "sid": domain.sid,
        "account_sid": domain.account,
        "domain_name": domain.domain_name,
        "friendly_name": domain.friendly_name,
        "auth_type": auth.join(","),
        "voice_url": domain.voice.url,
        "voice_method": domain.voice.method,
        "voice_fallback_url": domain.voice.fallback_url,
        "voice_fallback_method": domain.voice.fallback_method,
        "voice_status_callback_url": domain.status_callback,
        "voice_status_callback_method": domain.status_callback_method,
        "sip_registration": domain.takes_registrations,
        "emergency_calling_enabled": domain.emergency_calling_enabled,
        "secure": domain.is_secure,
        "byoc_trunk_sid": domain.byoc_trunk_sid,
        "emergency_caller_sid": domain.emergency_caller_sid,
        "digest_algorithms": domain.digest_algorithms,
        "api_version": API_VERSION,
        "date_created": domain.date_created.to_rfc2822(),
        "date_updated": domain.date_updated.to_rfc2822(),
        "uri": uri(domain.account, &format!("{own}.json")),
        "subresource_uris": {
            "credential_list_mappings": below("CredentialListMappings"),
            "ip_access_control_list_mappings": below("IpAccessControlListMappings"),
            "auth_calls_credential_list_mappings": below("Auth/Calls/CredentialListMappings"),
            "auth_calls_ip_access_control_list_mappings": below("Auth/Calls/IpAccessControlListMappings"),
            "auth_registrations_credential_list_mappings": below("Auth/Registrations/CredentialListMappings"),
        },
    })
}

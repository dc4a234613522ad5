//! The webhooks of numbers, applications and SIP domains, as forms give them: an empty URL clears one.

use store::Webhook;

use crate::error::ApiError;
use crate::parameters::Parameters;

/// Returns webhooks without a URL.
pub(crate) fn blank() -> Webhook {
    let post = Some("POST".to_owned());
    Webhook { method: post.clone(), fallback_method: post, ..Webhook::default() }
}

/// Applies what a form gives for one kind of contact: `VoiceUrl`, `VoiceMethod` ….
pub(crate) fn change(old: Webhook, form: &Parameters, kind: &str) -> Result<Webhook, ApiError> {
    Ok(Webhook {
        method: method(form, &format!("{kind}Method"))?.or(old.method),
        fallback_method: method(form, &format!("{kind}FallbackMethod"))?.or(old.fallback_method),
        url: optional(form, &format!("{kind}Url"), old.url),
        fallback_url: optional(form, &format!("{kind}FallbackUrl"), old.fallback_url),
        application_sid: optional(form, &format!("{kind}ApplicationSid"), old.application_sid),
    })
}

/// Returns a text that a form may change; an empty one clears it.
pub(crate) fn optional(form: &Parameters, name: &str, old: Option<String>) -> Option<String> {
    match form.text(name) {
        Some(given) => Some(given.trim().to_owned()).filter(|text| !text.is_empty()),
        None => old,
    }
}

/// Returns the method that a form gives.
pub(crate) fn method(form: &Parameters, name: &str) -> Result<Option<String>, ApiError> {
    match form.filled(name).map(str::to_ascii_uppercase) {
        Some(method) if !matches!(method.as_str(), "GET" | "POST") => {
            Err(ApiError::invalid(name, format!("'{method}' is not known: GET or POST is expected")))
        }
        method => Ok(method),
    }
}

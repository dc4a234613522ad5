//! Parameters that several resources share: who hears of a request, timers, and texts that an empty value clears.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use conversation::{EmailBinding, Origin, TimerSettings, parse_timer};
use domain::Address;
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::parameters::Parameters;
use crate::platform::Failure;

/// The header by which a request by REST has webhooks told.
const WEBHOOK_ENABLED: &str = "x-twilio-webhook-enabled";

/// A request by REST: webhooks hear of what it does where its header asks for that.
pub(crate) struct ByRest(pub(crate) Origin);

impl<S: Sync> FromRequestParts<S> for ByRest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let given = parts.headers.get(WEBHOOK_ENABLED).and_then(|value| value.to_str().ok());
        match given.map(str::trim).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "false") => Ok(Self(Origin::api())),
            Some("true") => Ok(Self(Origin { is_heard: true, ..Origin::api() })),
            Some(other) => Err(ApiError::invalid(
                "X-Twilio-Webhook-Enabled",
                format!("'{other}' is not known: true or false is expected"),
            )),
        }
    }
}

/// Reads the timers that a form gives over those that there are; an empty one ends a timer.
pub(super) fn timers(
    form: &Parameters,
    names: [&str; 2],
    before: TimerSettings,
) -> Result<TimerSettings, ApiError> {
    let read = |name: &str, before| match form.text(name) {
        Some(text) => parse_timer(name, &text).map_err(|refusal| ApiError::from(Failure::from(refusal))),
        None => Ok(before),
    };
    let [inactive, closed] = names;
    Ok(TimerSettings { inactive: read(inactive, before.inactive)?, closed: read(closed, before.closed)? })
}

/// Writes a timer as ISO 8601 does.
pub(super) fn present_timer(timer: Option<std::time::Duration>) -> Value {
    timer.map_or(Value::Null, |timer| {
        let (secs, mut text) = (timer.as_secs(), "P".to_owned());
        if secs >= 86_400 {
            text.push_str(&format!("{}D", secs / 86_400));
        }
        let parts = [(secs % 86_400 / 3_600, 'H'), (secs % 3_600 / 60, 'M'), (secs % 60, 'S')];
        let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
        if !parts.is_empty() || secs < 86_400 {
            text.push('T');
        }
        parts.iter().for_each(|(count, unit)| text.push_str(&format!("{count}{unit}")));
        json!(if secs == 0 { "PT0S".to_owned() } else { text })
    })
}

/// Reads the mailbox that a form binds a conversation to.
pub(super) fn email(form: &Parameters) -> Option<EmailBinding> {
    let address = form.filled("Bindings.Email.Address")?.to_owned();
    Some(EmailBinding { address, name: form.filled("Bindings.Email.Name").map(str::to_owned) })
}

/// Reads an address that must be given.
pub(super) fn address(form: &Parameters, name: &str) -> Result<Address, ApiError> {
    form.required_as(name)
}

/// Returns what a form gives, with an empty text for none, over what there was.
pub(super) fn text_over(form: &Parameters, name: &str, before: Option<String>) -> Option<String> {
    form.text(name).map_or(before, |text| Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timers_are_written_as_they_are_read() {
        for text in ["PT1M", "PT10M", "P3D", "P1DT1H30M", "PT36H", "PT90S"] {
            let timer = parse_timer("Timers.Closed", text).unwrap();
            let written = present_timer(timer);
            assert_eq!(parse_timer("Timers.Closed", written.as_str().unwrap()).unwrap(), timer, "{written}");
        }
        assert_eq!(present_timer(Some(Duration::from_secs(90_060))), "P1DT1H1M");
        assert_eq!(present_timer(None), Value::Null);
    }
}

//! The form of `POST Messages`: every published parameter, read and checked.

use std::time::Duration;

use domain::{MessagingServiceSid, Sid, Timestamp};
use store::SendOptions;

use super::call_form::absolute;
use crate::error::ApiError;
use crate::error_catalog as catalog;
use crate::parameters::Parameters;
use crate::platform::OutboundMessage;

/// How long before and how far ahead a message can be scheduled, as published.
const AHEAD_MAX: Duration = Duration::from_secs(35 * 24 * 60 * 60);
/// The least of it where the installation sets nothing.
pub(crate) const AHEAD_MIN_SECS: u32 = 15 * 60;
/// The longest that a message may wait for its carrier, in seconds.
const VALIDITY_MAX: u32 = 36_000;

/// Reads the message that a form asks for; `ahead_min` is the least time by which a message is scheduled.
pub(super) fn message(
    form: &Parameters,
    now: Timestamp,
    ahead_min: Duration,
) -> Result<OutboundMessage, ApiError> {
    let to =
        form.filled("To").ok_or_else(|| ApiError::new(catalog::TO_MISSING, "To: a recipient is expected"))?;
    check_unused(form)?;
    let service = form.filled("MessagingServiceSid").map(str::to_owned);
    Ok(OutboundMessage {
        from: sender(form, service.as_deref())?,
        fallback_from: form.filled("FallbackFrom").map(str::to_owned),
        to: to.to_owned(),
        body: form.text("Body").unwrap_or_default(),
        media_urls: form.all("MediaUrl").into_iter().filter(|url| !url.trim().is_empty()).collect(),
        status_callback: status_callback(form)?,
        application: application(form)?,
        content_sid: form.filled("ContentSid").map(str::to_owned),
        content_variables: form.filled("ContentVariables").map(str::to_owned),
        options: options(form, service.as_deref(), now, ahead_min)?,
        messaging_service: service,
        conversation: None,
    })
}

fn sender(form: &Parameters, service: Option<&str>) -> Result<String, ApiError> {
    match (form.filled("From"), service) {
        (Some(from), _) => Ok(from.trim().to_owned()),
        (None, Some(_)) => Ok(String::new()),
        (None, None) => {
            let message = "From: a number of this account, or MessagingServiceSid, is expected";
            Err(ApiError::new(catalog::SENDER_MISSING, message))
        }
    }
}

fn status_callback(form: &Parameters) -> Result<Option<String>, ApiError> {
    let coded = |error: ApiError| ApiError::new(catalog::STATUS_CALLBACK_INVALID, error.message());
    absolute(form, "StatusCallback").map_err(coded)
}

fn application(form: &Parameters) -> Result<Option<domain::ApplicationSid>, ApiError> {
    form.parsed("ApplicationSid")
        .map_err(|error| ApiError::new(catalog::APPLICATION_INVALID, error.message().to_owned()))
}

fn options(
    form: &Parameters,
    service: Option<&str>,
    now: Timestamp,
    ahead_min: Duration,
) -> Result<SendOptions, ApiError> {
    let retains = |name: &str, other| word(form, name, &["retain", other]);
    Ok(SendOptions {
        send_at: send_at(form, service, now, ahead_min)?,
        validity_secs: form.within("ValidityPeriod", 1..=VALIDITY_MAX)?,
        attempt: form.number("Attempt")?,
        is_smart_encoded: form.boolean("SmartEncoded")?,
        provides_feedback: form.boolean("ProvideFeedback")?.unwrap_or(false),
        discards_content: retains("ContentRetention", "discard")? == Some("discard"),
        obfuscates_address: retains("AddressRetention", "obfuscate")? == Some("obfuscate"),
        content: None,
    })
}

/// Reads when the message is to be sent, where that is not at once.
fn send_at(
    form: &Parameters,
    service: Option<&str>,
    now: Timestamp,
    ahead_min: Duration,
) -> Result<Option<Timestamp>, ApiError> {
    let kind = word(form, "ScheduleType", &["fixed"])?;
    let Some(text) = form.filled("SendAt") else {
        return match kind {
            Some(_) => Err(ApiError::new(catalog::SEND_AT_MISSING, "SendAt: ScheduleType needs a time")),
            None => Ok(None),
        };
    };
    let is_service = |text: &str| text.starts_with(MessagingServiceSid::PREFIX);
    if service.is_none() && !form.filled("From").is_some_and(is_service) {
        let message = "MessagingServiceSid: only messages of a messaging service can be scheduled";
        return Err(ApiError::new(catalog::SCHEDULE_NEEDS_SERVICE, message));
    }
    let within = Timestamp::parse(text).filter(|at| *at >= now + ahead_min && *at <= now + AHEAD_MAX);
    within.map(Some).ok_or_else(|| {
        let message = format!(
            "SendAt: '{}' is no time between {} seconds and 35 days ahead, such as {}",
            text.chars().take(64).collect::<String>(),
            ahead_min.as_secs(),
            (now + ahead_min * 2).to_iso8601(),
        );
        ApiError::new(catalog::SEND_AT_INVALID, message)
    })
}

/// Checks parameters of networks that are not here, so that what is wrong with them is heard of here too.
fn check_unused(form: &Parameters) -> Result<(), ApiError> {
    for name in ["ForceDelivery", "ShortenUrls", "SendAsMms"] {
        form.boolean(name)?;
    }
    word(form, "TrafficType", &["free"])?;
    word(form, "RiskCheck", &["enable", "disable"])?;
    match form.filled("MaxPrice").map(str::parse::<f64>) {
        Some(Ok(price)) if price >= 0.0 => Ok(()),
        Some(_) => Err(ApiError::invalid("MaxPrice", "a price such as 0.05 is expected")),
        None => Ok(()),
    }
}

fn word(form: &Parameters, name: &str, all: &[&'static str]) -> Result<Option<&'static str>, ApiError> {
    form.word(name, all, |word| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_795_300_000);
    const QUARTER: Duration = Duration::from_secs(15 * 60);

    #[test]
    fn what_can_not_be_sent_is_refused_by_its_published_code() {
        let service = format!("MG{:032x}", 1);
        for (given, code) in [
            ("From=%2B1555&Body=x", 21604),
            ("To=%2B1555&Body=x", 21603),
            ("To=1&From=2&StatusCallback=nonsense", 21609),
            ("To=1&From=2&ApplicationSid=AP1", 21218),
            ("To=1&From=2&ValidityPeriod=0", 20001),
            ("To=1&From=2&ValidityPeriod=36001", 20001),
            ("To=1&From=2&MaxPrice=free", 20001),
            ("To=1&From=2&ProvideFeedback=maybe", 20001),
            ("To=1&From=2&ContentRetention=burn", 20001),
            ("To=1&From=2&ScheduleType=fixed", 35111),
            ("To=1&From=2&ScheduleType=daily&SendAt=2027-01-01T00:00:00Z", 20001),
            ("To=1&From=2&ScheduleType=fixed&SendAt=2027-01-01T00:00:00Z", 35118),
        ] {
            let refused = read(given).expect_err(given);
            assert_eq!(refused.entry().code, code, "{given}: {}", refused.message());
        }
        for (ahead, is_taken) in
            [(14, false), (16, true), (35 * 24 * 60 - 1, true), (35 * 24 * 60 + 1, false)]
        {
            let at = (NOW + Duration::from_secs(ahead * 60)).to_iso8601();
            let read = read(&format!("To=1&MessagingServiceSid={service}&ScheduleType=fixed&SendAt={at}"));
            assert_eq!(
                read.map_err(|error| error.entry().code).err(),
                (!is_taken).then_some(35114),
                "{ahead}"
            );
        }
    }

    fn read(text: &str) -> Result<OutboundMessage, ApiError> {
        message(&Parameters::parse(text.as_bytes()).unwrap(), NOW, QUARTER)
    }
}

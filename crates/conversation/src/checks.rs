//! Checks of parameters that several commands share, with the published limits.

use std::time::Duration;

use domain::Attributes;
use jiff::{Span, SpanRelativeTo};

use crate::{Refusal, TimerSettings};

/// The longest name of a conversation, identity or subject, in characters.
const NAME_MAX: usize = 256;
/// The longest attributes of a conversation, in characters.
pub(crate) const CONVERSATION_ATTRIBUTES_MAX: usize = 16_384;
/// The longest attributes of a message or participant, in characters.
pub(crate) const ATTRIBUTES_MAX: usize = 4_096;
/// The shortest silence until a conversation is inactive.
const INACTIVE_MIN: Duration = Duration::from_secs(60);
/// The shortest silence until a conversation is closed.
const CLOSED_MIN: Duration = Duration::from_secs(600);

/// Returns a text that is not too long.
pub(crate) fn name(parameter: &str, text: String) -> Result<String, Refusal> {
    let length = text.chars().count();
    if length > NAME_MAX {
        let reason = format!("the text is {length} characters long, at most {NAME_MAX} are allowed");
        return Err(Refusal::invalid(parameter, reason));
    }
    Ok(text)
}

/// Returns a text that is not too long, or none for an empty one, which clears it.
pub(crate) fn optional_name(parameter: &str, text: Option<String>) -> Result<Option<String>, Refusal> {
    text.filter(|text| !text.is_empty()).map(|text| name(parameter, text)).transpose()
}

/// Returns attributes that are a JSON object and not too long.
pub(crate) fn attributes(text: Option<&str>, limit: usize) -> Result<Attributes, Refusal> {
    Attributes::parse(text.unwrap_or_default(), limit).map_err(|error| Refusal::invalid("Attributes", error))
}

/// Returns timers that are not too short.
pub(crate) fn timers(timers: TimerSettings) -> Result<TimerSettings, Refusal> {
    for (parameter, given, least) in
        [("Timers.Inactive", timers.inactive, INACTIVE_MIN), ("Timers.Closed", timers.closed, CLOSED_MIN)]
    {
        if given.is_some_and(|given| given < least) {
            let reason = format!("at least {} seconds are expected", least.as_secs());
            return Err(Refusal::invalid(parameter, reason));
        }
    }
    Ok(timers)
}

/// Reads a timer as ISO 8601 writes durations, `PT10M` or `P3D`; an empty text is no timer.
pub fn parse_timer(parameter: &str, text: &str) -> Result<Option<Duration>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let span: Option<Span> = text.trim().parse().ok();
    let exact = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let duration = exact.and_then(|exact| Duration::try_from(exact).ok());
    duration.map(Some).ok_or_else(|| {
        let given: String = text.chars().take(64).collect();
        Refusal::invalid(
            parameter,
            format!("'{given}' is not a duration: ISO 8601 such as PT10M or P3D is expected"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_read_as_iso_8601() {
        for (text, secs) in [("PT1M", 60), ("PT10M", 600), ("P3D", 259_200), ("PT1H30M", 5_400)] {
            assert_eq!(parse_timer("Timers.Closed", text), Ok(Some(Duration::from_secs(secs))), "{text}");
        }
        assert_eq!(parse_timer("Timers.Closed", ""), Ok(None));
        for text in ["ten minutes", "-PT1M", "P1M", "60"] {
            let refusal = parse_timer("Timers.Closed", text).unwrap_err();
            assert!(refusal.to_string().starts_with(&format!("Timers.Closed: '{text}' is not")), "{refusal}");
        }
    }

    #[test]
    fn timers_that_are_too_short_say_what_is_expected() {
        let short = TimerSettings { inactive: None, closed: Some(Duration::from_secs(599)) };
        assert_eq!(
            timers(short).unwrap_err().to_string(),
            "Timers.Closed: at least 600 seconds are expected"
        );
    }
}

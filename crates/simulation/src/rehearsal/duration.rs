//! Durations as people write them: `90s`, `1h30m`, `2d`.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// The units, the largest first, in seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The longest that is taken, in seconds: ten years, far beyond what an execution lives.
const SECS_MAX: u64 = 10 * 365 * 86_400;

/// Reads a duration such as `3700s`, `90m` or `1h30m`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let seconds = seconds_of(text.trim()).filter(|seconds| *seconds <= SECS_MAX);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        format!(
            "'{text}' is not a duration: numbers with d, h, m or s are expected, such as 90s, 1h30m or 2d, \
             ten years at most"
        )
    })
}

/// Writes a duration in the form that [`parse_duration`] reads.
pub fn format_duration(duration: Duration) -> String {
    let mut rest = duration.as_secs();
    let mut text = String::new();
    for (unit, seconds) in UNITS {
        if rest >= seconds {
            text.push_str(&format!("{}{unit}", rest / seconds));
            rest %= seconds;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Reads a duration of a scenario file.
pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map(Some).map_err(de::Error::custom)
}

fn seconds_of(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut digits = String::new();
    for character in text.chars() {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        let (_, seconds) = UNITS.iter().find(|(unit, _)| *unit == character)?;
        let number: u64 = digits.parse().ok()?;
        total = total.checked_add(number.checked_mul(*seconds)?)?;
        digits.clear();
    }
    (digits.is_empty() && !text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_in_the_same_form() {
        for (text, seconds, written) in [
            ("3700s", 3_700, "1h1m40s"),
            ("1h30m", 5_400, "1h30m"),
            ("30d", 2_592_000, "30d"),
            ("0s", 0, "0s"),
        ] {
            let duration = parse_duration(text).unwrap();
            assert_eq!(
                (duration.as_secs(), format_duration(duration).as_str()),
                (seconds, written),
                "{text}"
            );
        }
        for text in ["", "60", "s", "1x", "-1s", "1.5h", "999999999999d"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}

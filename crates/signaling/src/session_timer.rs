//! How long a session may last without a sign of life (RFC 4028).

use std::time::Duration;

use crate::message::Headers;

/// The shortest interval that the standard allows.
pub(crate) const INTERVAL_SECS_MIN: u64 = 90;
/// The interval that we ask for.
pub(crate) const INTERVAL_SECS: u64 = 1800;

/// An interval that both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    /// How long the session lasts from one refresh on.
    pub(crate) secs: u64,
    /// Whether the refreshing is ours.
    pub(crate) is_ours: bool,
}

/// The interval asked for is too short to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooShort;

impl Interval {
    /// What to agree to when a request comes in.
    pub(crate) fn asked(headers: &Headers) -> Result<Option<Interval>, TooShort> {
        match session_expires(headers) {
            Some((secs, _)) if secs < INTERVAL_SECS_MIN => Err(TooShort),
            Some((secs, refresher)) => {
                Ok(Some(Interval { secs, is_ours: refresher.as_deref() == Some("uas") }))
            }
            None if headers.lists("Supported", "timer") => {
                Ok(Some(Interval { secs: INTERVAL_SECS, is_ours: true }))
            }
            None => Ok(None),
        }
    }

    /// What the other side agreed to in its 2xx.
    pub(crate) fn agreed(headers: &Headers) -> Option<Interval> {
        let (secs, refresher) = session_expires(headers)?;
        Some(Interval { secs: secs.max(INTERVAL_SECS_MIN), is_ours: refresher.as_deref() != Some("uas") })
    }

    /// What Session-Expires says in the 2xx to the other side's request.
    pub(crate) fn header_of_answer(self) -> String {
        format!("{};refresher={}", self.secs, if self.is_ours { "uas" } else { "uac" })
    }

    /// When a refresh of ours is due.
    pub(crate) fn refresh_after(self) -> Duration {
        Duration::from_secs(self.secs / 2)
    }

    /// When the session is given up (§10): a third of the interval before its end, at most 32 s.
    pub(crate) fn give_up_after(self) -> Duration {
        Duration::from_secs(self.secs - (self.secs / 3).min(32))
    }
}

fn session_expires(headers: &Headers) -> Option<(u64, Option<String>)> {
    let mut parts = headers.get("Session-Expires")?.split(';');
    let secs = parts.next()?.trim().parse().ok()?;
    let refresher = parts.find_map(|part| part.trim().strip_prefix("refresher="));
    Some((secs, refresher.map(str::to_ascii_lowercase)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree_who_refreshes() {
        let asked = |value: &str| {
            let mut headers = Headers::default();
            headers.push("Session-Expires", value);
            (Interval::asked(&headers), Interval::agreed(&headers).map(|agreed| agreed.is_ours))
        };
        assert_eq!(asked("60").0, Err(TooShort));
        assert_eq!(asked("120"), (Ok(Some(Interval { secs: 120, is_ours: false })), Some(true)));
        assert_eq!(
            asked("120; refresher=uas"),
            (Ok(Some(Interval { secs: 120, is_ours: true })), Some(false))
        );
    }
}

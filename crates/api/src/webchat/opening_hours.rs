//! Opening hours as people write them: `Mon-Fri 09:00-12:00 13:00-17:00, Sat 10:00-14:00`.

use domain::Timestamp;
use jiff::tz::TimeZone;

/// The days of a week as they are written.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What is expected, for people.
const EXPECTED: &str =
    "days and times such as 'Mon-Fri 09:00-12:00 13:00-17:00, Sat 10:00-14:00' are expected";

/// When somebody is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpeningHours {
    slots: Vec<Slot>,
}

/// From one minute of a day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    /// From 0 for Monday.
    day: usize,
    from: u32,
    to: u32,
}

impl OpeningHours {
    /// Reads opening hours; none at all means always.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let slots: Result<Vec<Vec<Slot>>, String> = parts.map(part).collect();
        Ok(Self { slots: slots?.concat() })
    }

    /// Tells whether somebody is there at a time.
    pub(super) fn are_now(&self, now: Timestamp, zone: &TimeZone) -> bool {
        if self.slots.is_empty() {
            return true;
        }
        let Ok(at) = jiff::Timestamp::from_second(now.as_secs()) else { return true };
        let local = at.to_zoned(zone.clone());
        let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u32::from(local.hour().unsigned_abs()) * 60 + u32::from(local.minute().unsigned_abs());
        self.slots.iter().any(|slot| slot.day == day && (slot.from..slot.to).contains(&minute))
    }
}

/// Returns the time zone with this name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    let expected = || format!("'{name}' is not known: a name such as Europe/Berlin is expected");
    TimeZone::get(name).map_err(|_| expected())
}

fn part(text: &str) -> Result<Vec<Slot>, String> {
    let wrong = || format!("'{text}' can not be read: {EXPECTED}");
    let mut words = text.split_whitespace();
    let (first, last) = days(words.next().unwrap_or_default()).ok_or_else(wrong)?;
    let times: Option<Vec<(u32, u32)>> = words.map(span).collect();
    let times = times.filter(|times| !times.is_empty()).ok_or_else(wrong)?;
    let on = |day: usize| times.iter().map(move |(from, to)| Slot { day, from: *from, to: *to });
    Ok((first..=last).flat_map(on).collect())
}

fn days(text: &str) -> Option<(usize, usize)> {
    let day = |name: &str| DAYS.iter().position(|known| name.eq_ignore_ascii_case(known));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((day(first)?, day(last)?)).filter(|(first, last)| first <= last)
}

fn span(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    Some((minute(from)?, minute(to)?)).filter(|(from, to)| from < to)
}

fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(hour * 60 + minute).filter(|total| minute < 60 && *total <= 24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_there_in_the_slots_of_the_day_in_the_time_zone() {
        let hours = OpeningHours::parse("Mon-Fri 09:00-12:00 13:00-17:00, Sat 10:00-14:00").unwrap();
        let zone = zone("Europe/Berlin").unwrap();
        for (at, is_open) in [
            ("2026-11-23T08:30:00Z", true),
            ("2026-11-23T07:59:00Z", false),
            ("2026-11-23T11:30:00Z", false),
            ("2026-11-28T12:59:00Z", true),
            ("2026-11-28T13:00:00Z", false),
            ("2026-11-29T10:00:00Z", false),
        ] {
            assert_eq!(hours.are_now(Timestamp::parse(at).unwrap(), &zone), is_open, "{at}");
        }
        assert!(OpeningHours::parse("").unwrap().are_now(Timestamp::from_secs(0), &zone));
    }

    #[test]
    fn what_can_not_be_read_is_named() {
        for text in ["Mon", "Fri-Mon 09:00-10:00", "Mon 10:00-09:00", "Mon 9-10", "Someday 09:00-10:00"] {
            let reason = OpeningHours::parse(text).unwrap_err();
            assert!(reason.contains(text) && reason.contains("expected"), "{reason}");
        }
    }
}

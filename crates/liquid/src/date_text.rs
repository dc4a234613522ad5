//! Reads dates as people and APIs write them, in the time zone of the options where the text names none.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::options::Options;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The parts of a date as they turn up in a text.
#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    zone: Option<TimeZone>,
}

/// Reads `now`, `today`, seconds since 1970, or a date with or without time.
pub(crate) fn parse(text: &str, options: &Options) -> Option<Zoned> {
    let text = text.trim();
    if text == "now" || text == "today" {
        let now = Timestamp::from_microsecond(options.now.as_micros()).ok()?;
        return Some(now.to_zoned(options.time_zone.clone()));
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_seconds(text.parse().ok()?, options);
    }
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let rfc2822 = jiff::fmt::rfc2822::DateTimeParser::new();
        rfc2822.parse_timestamp(text).ok()
    });
    if let Some(moment) = moment {
        return Some(moment.to_zoned(options.time_zone.clone()));
    }
    parse_loosely(text, options)
}

/// Returns the moment so many seconds after 1970 began.
pub(crate) fn of_seconds(seconds: i64, options: &Options) -> Option<Zoned> {
    Some(Timestamp::from_second(seconds).ok()?.to_zoned(options.time_zone.clone()))
}

/// Reads forms such as `March 14, 2016`, `14 Mar 2016 3:30 pm`, `2016-03-14 15:30 UTC` and `3/14/2016`.
fn parse_loosely(text: &str, options: &Options) -> Option<Zoned> {
    let mut parts = Parts::default();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        parts.read(word)?;
    }
    let date = Date::new(parts.year?, parts.month?, parts.day.unwrap_or(1)).ok()?;
    let civil = date.to_datetime(parts.time.unwrap_or_else(Time::midnight));
    let zone = parts.zone.unwrap_or_else(|| options.time_zone.clone());
    Some(civil.to_zoned(zone).ok()?.with_time_zone(options.time_zone.clone()))
}

impl Parts {
    /// Takes in a word; `None` when it is not of a date.
    fn read(&mut self, word: &str) -> Option<()> {
        let lower = word.to_ascii_lowercase();
        if let Ok(civil) = word.parse::<DateTime>() {
            self.set_date(civil.date());
            self.time = word.contains(['T', 't', ' ']).then(|| civil.time()).or(self.time);
        } else if lower == "am" || lower == "pm" {
            self.time = Some(on_half(self.time?, &lower)?);
        } else if word.contains(':') {
            self.time = Some(time(&lower)?);
        } else if word.contains('/') {
            self.set_date(slashed(word)?);
        } else if lower == "utc" || lower == "gmt" || lower == "z" {
            self.zone = Some(TimeZone::UTC);
        } else if word.starts_with(['+', '-']) {
            self.zone = Some(TimeZone::fixed(offset(word)?));
        } else if let Some(month) = named(&MONTHS, &lower) {
            self.month = i8::try_from(month + 1).ok();
        } else if named(&WEEKDAYS, &lower).is_none() {
            self.read_number(&lower)?;
        }
        Some(())
    }

    /// A number of up to two digits, or one such as `14th`, is the day; one of four is the year.
    fn read_number(&mut self, word: &str) -> Option<()> {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match digits.len() {
            1 | 2 if self.day.is_none() => self.day = Some(digits.parse().ok()?),
            4 if self.year.is_none() => self.year = Some(digits.parse().ok()?),
            _ => return None,
        }
        Some(())
    }

    fn set_date(&mut self, date: Date) {
        (self.year, self.month, self.day) = (Some(date.year()), Some(date.month()), Some(date.day()));
    }
}

/// Finds a name by its first three letters or all of them.
fn named(names: &[&str], word: &str) -> Option<usize> {
    let word = word.trim_end_matches('.');
    let is_word = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    names.iter().position(|name| is_word && word.starts_with(name))
}

/// Reads `15:30`, `15:30:59` and `3:30pm`.
fn time(word: &str) -> Option<Time> {
    let half = if word.ends_with('m') { word.get(word.len() - 2..)? } else { "" };
    let mut numbers = word.strip_suffix(half)?.split(':').map(|number| number.parse::<i8>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let second = numbers.next().unwrap_or(Some(0))?;
    let time = Time::new(hour, minute, second, 0).ok()?;
    if half.is_empty() { Some(time) } else { on_half(time, half) }
}

/// Turns a time of a clock with twelve hours into one with twenty-four.
fn on_half(time: Time, half: &str) -> Option<Time> {
    let hour = match (half, time.hour()) {
        ("am", 12) => 0,
        ("am", hour @ 1..12) => hour,
        ("pm", 12) => 12,
        ("pm", hour @ 1..12) => hour + 12,
        _ => return None,
    };
    Time::new(hour, time.minute(), time.second(), 0).ok()
}

/// Reads `2016/3/14`, or `3/14/2016` as it is written in the United States.
fn slashed(word: &str) -> Option<Date> {
    let mut numbers = word.split('/').map(|number| number.parse::<i16>().ok());
    let (first, second, third) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (year, month, day) = if first > 31 { (first, second, third) } else { (third, first, second) };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Reads `+0200` and `-05:00`.
fn offset(word: &str) -> Option<Offset> {
    let digits = word[1..].replace(':', "");
    let number: i32 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    let seconds = (number / 100 * 60 + number % 100) * 60;
    Offset::from_seconds(if word.starts_with('-') { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_and_apis_write_them() {
        let same = [
            "2016-03-14T15:30:00Z",
            "2016-03-14 15:30:00 UTC",
            "2016-03-14 16:30 +0100",
            "2016-03-14T15:30:00",
            "March 14, 2016 3:30 pm",
            "Mon, 14 Mar 2016 15:30:00 +0000",
            "14th Mar. 2016 15:30",
            "3/14/2016 3:30pm",
            "1457969400",
        ];
        for text in same {
            assert_eq!(read(text).as_deref(), Some("2016-03-14 15:30"), "{text}");
        }
        assert_eq!(read("2016-03-14").as_deref(), Some("2016-03-14 00:00"));
        assert_eq!(read("now").as_deref(), Some("1970-01-01 00:00"));
    }

    #[test]
    fn what_is_no_date_is_not_read_as_one() {
        for text in ["", "Ada", "12", "+15550001111", "2016-13-40", "3:30", "-", "1:2:3:4pm"] {
            assert_eq!(read(text).filter(|_| text != "12"), None, "{text}");
        }
    }

    fn read(text: &str) -> Option<String> {
        let options = Options::studio(domain::Timestamp::from_secs(0));
        parse(text, &options).map(|date| date.strftime("%Y-%m-%d %H:%M").to_string())
    }
}

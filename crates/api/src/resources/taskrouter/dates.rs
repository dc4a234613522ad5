//! Dates in the engine's own values: it tells time in microseconds, people read ISO 8601.

use domain::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The engine's names of times.
const TIMES: &[&str] = &["at", "since", "expires", "task_queue_entered", "virtual_start_time"];

/// What holds the user's own values, whatever their names.
const OPAQUE: &str = "saw";

/// Writes one of the engine's values as JSON with dates.
pub(super) fn dated(value: &impl Serialize) -> Value {
    let mut json = serde_json::to_value(value).expect("the engine's values have text for keys");
    date(&mut json);
    json
}

fn date(json: &mut Value) {
    match json {
        Value::Object(members) => {
            for (name, member) in members.iter_mut().filter(|(name, _)| *name != OPAQUE) {
                match member.as_i64().filter(|_| TIMES.contains(&name.as_str())) {
                    Some(micros) => *member = Timestamp::from_micros(micros).to_iso8601().into(),
                    None => date(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(date),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_become_dates_and_what_users_wrote_stays() {
        let value = json!({ "at": 1_000_000, "next": [{ "since": 0, "secs": 5 }], "saw": { "at": 1 }, "expires": null });
        let expected = json!({
            "at": "1970-01-01T00:00:01Z", "next": [{ "since": "1970-01-01T00:00:00Z", "secs": 5 }],
            "saw": { "at": 1 }, "expires": null,
        });
        assert_eq!(dated(&value), expected);
    }
}

//! What the applications of TaskRouter are told and asked: the parameters of event and assignment callbacks, and
//! the instruction that answers the latter.

use domain::Timestamp;
use router::{CallInstruction, Notice, Offer, ReservationAnswer, Settings};
use serde_json::{Map, Value};

use crate::instructions::{Instruction, Request};
use crate::parameters::Parameters;
use crate::resources::{event_data, resource_of};

/// The pairs of a callback's form.
pub type Pairs = Vec<(String, String)>;

/// Returns the parameters that tell an application what happened.
pub fn event_callback(notice: &Notice) -> Pairs {
    let resource = resource_of(notice);
    let mut pairs = Vec::new();
    put(&mut pairs, "Sid", notice.sid);
    put(&mut pairs, "EventType", notice.kind);
    put(&mut pairs, "EventDescription", notice.description());
    put(&mut pairs, "AccountSid", notice.account_sid);
    put(&mut pairs, "ResourceType", resource.kind);
    put(&mut pairs, "ResourceSid", resource.sid);
    put(&mut pairs, "Timestamp", notice.at.as_secs());
    put(&mut pairs, "TimestampMs", notice.at.as_millis());
    if let Value::Object(data) = event_data(notice) {
        pairs.extend(data.iter().map(|(name, value)| (pascal_case(name), text_of(value))));
    }
    pairs
}

/// Tells whether an application wants to hear of an event: an empty filter takes all.
pub fn is_wanted(events_filter: &str, notice: &Notice) -> bool {
    let mut wanted = events_filter.split(',').map(str::trim).filter(|kind| !kind.is_empty()).peekable();
    wanted.peek().is_none() || wanted.any(|kind| kind == notice.kind.as_str())
}

/// Returns the parameters that ask an application what to do with an offer.
pub fn assignment_callback(offer: &Offer, settings: &Settings, now: Timestamp) -> Pairs {
    let mut pairs = Vec::new();
    put(&mut pairs, "Timestamp", now.as_secs());
    put(&mut pairs, "AccountSid", settings.account_sid);
    put(&mut pairs, "WorkspaceSid", settings.sid);
    put_some(&mut pairs, "WorkflowSid", offer.task.workflow_sid);
    put_some(&mut pairs, "TaskQueueSid", offer.task.task_queue_sid);
    put(&mut pairs, "WorkerSid", offer.worker.worker.sid);
    put(&mut pairs, "WorkerName", &offer.worker.worker.friendly_name);
    put(&mut pairs, "WorkerAttributes", offer.worker.worker.attributes.text());
    put(&mut pairs, "TaskSid", offer.task.sid);
    put(&mut pairs, "TaskAttributes", offer.task.attributes.text());
    put(&mut pairs, "TaskAge", offer.task.age_secs(now));
    put(&mut pairs, "TaskPriority", offer.task.priority);
    put(&mut pairs, "TaskChannelSid", offer.task.task_channel_sid);
    put(&mut pairs, "ReservationSid", offer.reservation.sid);
    pairs
}

/// Reads the instruction that answers an assignment callback; an empty answer gives none.
pub fn instruction(body: &str) -> Result<Option<Request>, String> {
    const NAME: &str = "instruction";
    if body.trim().is_empty() {
        return Ok(None);
    }
    let given: Map<String, Value> = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let fields = Parameters::from_object(&given);
    let request = match fields.filled(NAME) {
        None => return Ok(None),
        Some("accept") => Request::Answer(ReservationAnswer::Accept),
        Some("reject") => {
            let activity = fields.parsed("ActivitySid").map_err(|error| error.message().to_owned())?;
            Request::Answer(ReservationAnswer::Reject(activity))
        }
        Some(other) => {
            let name: CallInstruction =
                other.parse().map_err(|_| format!("'{other}' is not an instruction"))?;
            let instruction = Instruction::of_answer(name, &fields);
            Request::Instruct(instruction.map_err(|error| error.message().to_owned())?)
        }
    };
    Ok(Some(request))
}

fn put(pairs: &mut Pairs, name: &str, value: impl ToString) {
    pairs.push((name.to_owned(), value.to_string()));
}

fn put_some(pairs: &mut Pairs, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        put(pairs, name, value);
    }
}

/// Turns `task_queue_sid` into `TaskQueueSid`.
fn pascal_case(name: &str) -> String {
    let capitalise = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    name.split('_').map(capitalise).collect()
}

/// A form holds text: null is empty, everything but text keeps its JSON.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_read_and_nonsense_is_named() {
        assert_eq!(instruction(" "), Ok(None));
        assert_eq!(instruction("{}"), Ok(None));
        let accept = Request::Answer(ReservationAnswer::Accept);
        assert_eq!(instruction(r#"{"instruction":"accept"}"#), Ok(Some(accept)));
        let reject = Request::Answer(ReservationAnswer::Reject(None));
        assert_eq!(instruction(r#"{"instruction":"reject"}"#), Ok(Some(reject)));
        let dequeue = instruction(r#"{"instruction":"dequeue","to":"+1","timeout":20}"#).unwrap().unwrap();
        let Request::Instruct(Instruction::Dequeue(dequeue)) = dequeue else { panic!("{dequeue:?}") };
        assert_eq!((dequeue.to.as_deref(), dequeue.timeout_secs), (Some("+1"), 20));
        let redirect = instruction(r#"{"instruction":"redirect","url":"http://a"}"#);
        assert!(redirect.is_err_and(|reason| reason.contains("CallSid")));
        assert_eq!(instruction(r#"{"instruction":"sing"}"#), Err("'sing' is not an instruction".into()));
        assert!(instruction("accept").is_err());
    }

    #[test]
    fn callbacks_spell_names_in_pascal_case() {
        assert_eq!(pascal_case("worker_time_in_previous_activity_ms"), "WorkerTimeInPreviousActivityMs");
    }
}

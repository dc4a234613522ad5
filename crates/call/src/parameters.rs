//! What requests carry: the standard parameters of a call, and pairs beside them.

use serde_json::{Map, Value};

use crate::Settings;
use crate::call::Call;

/// The parameters of a request, all of them text, in the order in which they are sent.
pub type Parameters = Map<String, Value>;

/// Makes parameters of pairs.
pub(crate) fn pairs<const N: usize>(pairs: [(&str, String); N]) -> Parameters {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

/// Adds a pair, where there is a value.
pub(crate) fn add(parameters: &mut Parameters, name: &str, value: Option<impl ToString>) {
    parameters.extend(value.map(|value| (name.to_owned(), Value::String(value.to_string()))));
}

/// Returns what every request about a call carries.
pub(crate) fn standard(call: &Call, settings: &Settings) -> Parameters {
    let facts = &call.facts;
    let mut parameters = pairs([
        ("CallSid", facts.sid.to_string()),
        ("AccountSid", settings.account_sid.to_string()),
        ("From", facts.from.clone()),
        ("To", facts.to.clone()),
        ("Caller", facts.from.clone()),
        ("Called", facts.to.clone()),
        ("CallStatus", facts.status.to_string()),
        ("Direction", facts.direction.to_string()),
        ("ApiVersion", "2010-04-01".to_owned()),
    ]);
    add(&mut parameters, "ForwardedFrom", facts.forwarded_from.as_ref());
    add(&mut parameters, "CallerName", facts.caller_name.as_ref());
    add(&mut parameters, "ParentCallSid", facts.parent);
    add(&mut parameters, "AnsweredBy", facts.answered_by.as_ref());
    add(&mut parameters, "MachineDetectionDuration", call.screening.after_ms);
    for (name, value) in &call.parameters {
        parameters.entry(name.clone()).or_insert_with(|| value.clone());
    }
    parameters
}

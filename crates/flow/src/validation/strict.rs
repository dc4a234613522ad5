//! The strict check: what the published service refuses although everything here reads it, such as a number that is
//! written as text.

use serde_json::{Map, Value};

use super::property_check::type_name;
use super::{Findings, validate};
use crate::catalogue::{PropertyKind, PropertyType};
use crate::template::is_literal;
use crate::widget_kind;

/// The widgets that need an execution which the REST API began.
const ONLY_BY_REST: [&str; 2] = ["start-conversation", "resume-conversation"];

/// The event with which the REST API begins an execution.
const REST: &str = "incomingRequest";

/// Checks a definition as [`validate`] does, and as strictly as the published service.
pub fn validate_strictly(definition: &Value) -> Findings {
    let mut findings = validate(definition);
    let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_begun_by_rest = states.iter().any(begins_by_rest);
    for (place, state) in states.iter().enumerate() {
        let Some(kind) = state["type"].as_str().and_then(widget_kind) else { continue };
        if ONLY_BY_REST.contains(&kind.type_name) && !is_begun_by_rest {
            let message = format!("{} can only be used in flows triggered by the REST API", kind.type_name);
            findings.error(&format!("#/states/{place}/type"), message);
        }
        let no_properties = Map::new();
        let properties = state["properties"].as_object().unwrap_or(&no_properties);
        for property in kind.properties {
            let path = format!("#/states/{place}/properties/{}", property.name);
            if let Some(value) = properties.get(property.name) {
                check_type(&path, value, property, &mut findings);
            }
        }
    }
    findings
}

fn begins_by_rest(state: &Value) -> bool {
    let mut ways = state["transitions"].as_array().into_iter().flatten();
    state["type"] == "trigger"
        && ways.any(|way| way["event"] == REST && way["next"].as_str().is_some_and(|next| !next.is_empty()))
}

fn check_type(path: &str, value: &Value, property: &PropertyKind, findings: &mut Findings) {
    let found = type_name(value);
    let expected = expected_type(property);
    let is_template = property.is_liquid && value.as_str().is_some_and(|text| !is_literal(text));
    if found == expected || is_template {
        return;
    }
    if value.is_null() {
        return findings.error(path, "must not be null");
    }
    let message = format!("{found} found, {expected} expected");
    if !findings.errors.iter().any(|known| known.property_path == path) {
        findings.error(path, message);
    }
}

/// Returns the JSON type with which the published editor writes a property.
fn expected_type(property: &PropertyKind) -> &'static str {
    match property.value {
        PropertyType::Integer { .. } => "integer",
        PropertyType::Boolean => "boolean",
        PropertyType::List { .. } => "array",
        PropertyType::Object => "object",
        PropertyType::Text
        | PropertyType::Url
        | PropertyType::JsonText { .. }
        | PropertyType::Sid { .. }
        | PropertyType::IntegerText { .. }
        | PropertyType::Choice { .. } => "string",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_read_all_the_same_is_refused_as_the_published_service_refuses_it() {
        for (kind, properties, expected) in [
            ("gather-input-on-call", json!({ "timeout": "5" }), "timeout: string found, integer expected"),
            (
                "gather-input-on-call",
                json!({ "stop_gather": "true" }),
                "stop_gather: string found, boolean expected",
            ),
            ("gather-input-on-call", json!({ "timeout": null }), "timeout: must not be null"),
            ("send-to-flex", flex(json!(0)), "priority: integer found, string expected"),
            ("send-message", json!({ "body": 5 }), "body: integer found, string expected"),
            ("send-message", json!({ "body": true }), "body: boolean found, string expected"),
        ] {
            let definition = flow(kind, properties);
            let (lenient, strict) = (validate(&definition), validate_strictly(&definition));
            let told: Vec<String> = strict.errors.iter().map(told).collect();
            assert_eq!(told, [format!("#/states/1/properties/{expected}")]);
            assert!(lenient.errors.len() <= 1);
        }
        for properties in [flex(json!("0")), flex(json!("{{flow.variables.prio}}"))] {
            assert!(validate_strictly(&flow("send-to-flex", properties)).errors.is_empty());
        }
    }

    #[test]
    fn conversations_are_begun_only_where_rest_begins_the_flow() {
        let participants = json!([{ "type": "chat", "identity": "ann" }]);
        let properties = json!({ "conversation_service_sid": "IS1", "participants": participants });
        let mut definition = flow("start-conversation", properties);
        let told: Vec<String> = validate_strictly(&definition).errors.iter().map(told).collect();
        let refusal =
            "#/states/1/type: start-conversation can only be used in flows triggered by the REST API";
        assert_eq!(told, [refusal]);
        definition["states"][0]["transitions"][0]["event"] = json!("incomingRequest");
        assert!(validate_strictly(&definition).errors.is_empty());
    }

    fn told(problem: &crate::Problem) -> String {
        format!("{}: {}", problem.property_path, problem.message)
    }

    fn flex(priority: Value) -> Value {
        json!({ "workflow": "WW1", "channel": "TC1", "priority": priority })
    }

    fn flow(kind: &str, properties: Value) -> Value {
        let ways = json!([{ "event": "incomingMessage", "next": "it" }]);
        json!({
            "description": "A flow", "initial_state": "Trigger", "flags": {},
            "states": [
                { "name": "Trigger", "type": "trigger", "properties": {}, "transitions": ways },
                { "name": "it", "type": kind, "properties": properties, "transitions": [] },
            ],
        })
    }
}

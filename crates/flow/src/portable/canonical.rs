//! Flows as files: one spelling for each definition, so that differences between versions show what was changed,
//! and names of resources in the place of SIDs, so that one file fits every installation.

use serde_json::{Map, Value};

use super::bindings::{Bindings, ResourceKind};
use crate::catalogue::{PropertyKind, PropertyType};
use crate::widget_kind;

const DEFINITION_KEYS: &[&str] = &["description", "states", "initial_state", "flags"];
const STATE_KEYS: &[&str] = &["name", "type", "transitions", "properties"];
const TRANSITION_KEYS: &[&str] = &["event", "next", "conditions"];
const CONDITION_KEYS: &[&str] = &["friendly_name", "arguments", "type", "value"];

/// The place on the canvas: where a widget is moved about, what it does stays on top.
const OFFSET: &str = "offset";

/// Returns the same definition with its keys in a fixed order; lists keep theirs, since it can matter.
pub fn canonical(definition: &Value) -> Value {
    in_canonical_order(definition, &|_, value| value.clone())
}

/// Returns the text of a canonical definition: two spaces, one line at the end.
pub fn canonical_text(definition: &Value) -> String {
    let text = serde_json::to_string_pretty(&canonical(definition));
    text.expect("a JSON value can be written") + "\n"
}

/// Returns the canonical definition with names in the place of the SIDs that are bound.
pub fn with_names(definition: &Value, bindings: &Bindings) -> Value {
    in_canonical_order(definition, &|property, value| {
        replaced(property, value, |kind, sid| bindings.name(kind, sid))
    })
}

/// Returns the canonical definition with SIDs in the place of the names that are bound.
pub fn with_sids(definition: &Value, bindings: &Bindings) -> Value {
    in_canonical_order(definition, &|property, value| {
        replaced(property, value, |kind, name| bindings.sid(kind, name))
    })
}

/// What is done to the value of a property that the catalogue knows.
type OnProperty<'a> = &'a dyn Fn(&PropertyKind, &Value) -> Value;

fn replaced<'a>(
    property: &PropertyKind,
    value: &Value,
    find: impl Fn(ResourceKind, &str) -> Option<&'a str>,
) -> Value {
    let PropertyType::Sid { prefix } = property.value else { return value.clone() };
    let found = value.as_str().zip(ResourceKind::of_prefix(prefix)).and_then(|(text, kind)| find(kind, text));
    found.map_or_else(|| value.clone(), Value::from)
}

fn in_canonical_order(definition: &Value, on_property: OnProperty<'_>) -> Value {
    ordered(definition, DEFINITION_KEYS, &|key, value| match key {
        "states" => each(value, &|state| state_in_order(state, on_property)),
        _ => sorted(value),
    })
}

fn state_in_order(state: &Value, on_property: OnProperty<'_>) -> Value {
    let type_name = state["type"].as_str().unwrap_or_default();
    ordered(state, STATE_KEYS, &|key, value| match key {
        "transitions" => each(value, &transition_in_order),
        "properties" => properties_in_order(type_name, value, on_property),
        _ => sorted(value),
    })
}

fn transition_in_order(transition: &Value) -> Value {
    ordered(transition, TRANSITION_KEYS, &|key, value| match key {
        "conditions" => {
            each(value, &|condition| ordered(condition, CONDITION_KEYS, &|_, value| sorted(value)))
        }
        _ => sorted(value),
    })
}

fn properties_in_order(type_name: &str, properties: &Value, on_property: OnProperty<'_>) -> Value {
    let known = widget_kind(type_name).map(|kind| kind.properties).unwrap_or_default();
    let keys: Vec<&str> = known.iter().map(|property| property.name).collect();
    let mut properties =
        ordered(properties, &keys, &|key, value| match known.iter().find(|property| property.name == key) {
            Some(property) => property_in_order(property, &on_property(property, value)),
            None => sorted(value),
        });
    if let Some(properties) = properties.as_object_mut()
        && let Some(offset) = properties.shift_remove(OFFSET)
    {
        properties.insert(OFFSET.to_owned(), offset);
    }
    properties
}

fn property_in_order(property: &PropertyKind, value: &Value) -> Value {
    match property.value {
        PropertyType::List { keys } => each(value, &|item| ordered(item, keys, &|_, value| sorted(value))),
        PropertyType::Text
        | PropertyType::Url
        | PropertyType::JsonText { .. }
        | PropertyType::Sid { .. }
        | PropertyType::Integer { .. }
        | PropertyType::IntegerText { .. }
        | PropertyType::Boolean
        | PropertyType::Choice { .. }
        | PropertyType::Object => sorted(value),
    }
}

/// Puts these keys first and the others behind them by the alphabet; what is no object is only sorted inside.
fn ordered(value: &Value, first: &[&str], inside: &dyn Fn(&str, &Value) -> Value) -> Value {
    let Some(object) = value.as_object() else { return sorted(value) };
    let place = |key: &str| first.iter().position(|it| *it == key).unwrap_or(first.len());
    let mut entries: Vec<_> = object.iter().collect();
    entries.sort_by_key(|(key, _)| (place(key), key.as_str()));
    let entries = entries.into_iter().map(|(key, value)| (key.clone(), inside(key, value)));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn each(value: &Value, item: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(item).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            sorted(value)
        }
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(_) => ordered(value, &[], &|_, value| sorted(value)),
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_have_a_fixed_order_and_names_stand_for_sids() {
        let definition = json!({
            "flags": { "b": 1, "allow_concurrent_calls": true },
            "zeta": null,
            "states": [{
                "properties": {
                    "offset": { "y": 2, "x": 1 }, "zzz": 1, "channel": "TC9", "workflow": "WW1", "attributes": "{}",
                },
                "transitions": [{ "next": "a", "event": "callComplete" }],
                "type": "send-to-flex",
                "name": "agent",
            }],
            "description": "d",
        });
        let text = canonical_text(&with_names(&definition, &bindings()));
        let expected = concat!(
            "{\n  \"description\": \"d\",\n  \"states\": [\n    {\n      \"name\": \"agent\",\n",
            "      \"type\": \"send-to-flex\",\n      \"transitions\": [\n        {\n",
            "          \"event\": \"callComplete\",\n          \"next\": \"a\"\n        }\n      ],\n",
            "      \"properties\": {\n        \"workflow\": \"Anyone\",\n        \"channel\": \"TC9\",\n",
            "        \"attributes\": \"{}\",\n        \"zzz\": 1,\n        \"offset\": {\n",
            "          \"x\": 1,\n          \"y\": 2\n        }\n      }\n    }\n  ],\n",
            "  \"flags\": {\n    \"allow_concurrent_calls\": true,\n    \"b\": 1\n  },\n  \"zeta\": null\n}\n",
        );
        assert_eq!(text, expected);
    }

    proptest! {
        #[test]
        fn what_was_exported_comes_back_when_it_is_imported_and_exported(
            workflow in "WW[12]|Anyone|VIP|other",
            subflow in any::<Option<bool>>(),
            extra in json_value(),
        ) {
            let definition = json!({ "states": [
                { "type": "send-to-flex", "properties": { "workflow": workflow, "x": extra } },
                { "type": "run-subflow", "properties": { "flow_sid": subflow.map(|_| "FW1") }, "y": extra },
                extra,
            ] });
            let bindings = bindings();
            let exported = with_names(&definition, &bindings);
            prop_assert_eq!(with_names(&with_sids(&exported, &bindings), &bindings), exported.clone());
            prop_assert_eq!(canonical(&exported), exported.clone());
            prop_assert_eq!(&canonical(&definition), &definition, "only the order of keys changes");
            if workflow.starts_with("WW") {
                prop_assert_eq!(with_sids(&exported, &bindings), canonical(&definition));
            }
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            ".{0,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn bindings() -> Bindings {
        let file = json!({ "workflows": { "Anyone": "WW1", "VIP": "WW2" }, "flows": { "Menu": "FW1" } });
        serde_json::from_value(file).unwrap()
    }
}

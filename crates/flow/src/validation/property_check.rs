//! The check of a widget's properties against what the catalogue says of them.

use domain::Attributes;
use serde_json::{Map, Value};

use crate::Findings;
use crate::catalogue::{PropertyKind, PropertyType, WidgetKind};
use crate::template::{Template, is_literal};
use crate::validation::MISSING;
use crate::widget::scalar_text;

/// Checks the properties of a widget of this kind; unknown ones are left alone.
pub(super) fn check_properties(
    path: &str,
    properties: Option<&Value>,
    kind: &WidgetKind,
    findings: &mut Findings,
) {
    let no_properties = Map::new();
    let properties = match properties {
        None | Some(Value::Null) => &no_properties,
        Some(Value::Object(properties)) => properties,
        Some(other) => return findings.error(path, format!("{} found, object expected", type_name(other))),
    };
    for property in kind.properties {
        check_property(
            &format!("{path}/{}", property.name),
            properties.get(property.name),
            property,
            findings,
        );
    }
}

/// Checks that text holds no broken Liquid.
pub(super) fn check_template(path: &str, text: &str, findings: &mut Findings) {
    if let Err(error) = Template::parse(text) {
        findings.error(path, format!("the Liquid can not be read: {error}"));
    }
}

/// Says which values would have been right.
pub(super) fn enumeration(found: &str, values: impl Iterator<Item = &'static str>) -> String {
    let values: Vec<_> = values.collect();
    format!("does not have a value in the enumeration [{}]: '{found}' found", values.join(", "))
}

/// Names the JSON type of a value as schema validators do.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn check_property(path: &str, value: Option<&Value>, property: &PropertyKind, findings: &mut Findings) {
    let value = match value {
        Some(Value::Null) if property.is_required => return findings.error(path, "must not be null"),
        None if property.is_required => return findings.error(path, MISSING),
        None | Some(Value::Null) => return,
        Some(value) => value,
    };
    if value.as_str().is_some_and(|text| text.trim().is_empty()) {
        if property.is_required {
            findings.error(path, format!("{MISSING}: it is empty"));
        }
        return;
    }
    if let Some(text) = value.as_str().filter(|text| property.is_liquid && !is_literal(text)) {
        return check_liquid(path, text, property, findings);
    }
    check_value(path, value, property, findings);
}

/// Liquid can be anything once it is rendered, where the property is a scalar.
fn check_liquid(path: &str, text: &str, property: &PropertyKind, findings: &mut Findings) {
    match property.value {
        PropertyType::List { .. } => findings.error(path, "string found, array expected"),
        PropertyType::Object => findings.error(path, "string found, object expected"),
        PropertyType::Text
        | PropertyType::Url
        | PropertyType::JsonText { .. }
        | PropertyType::Sid { .. }
        | PropertyType::Integer { .. }
        | PropertyType::IntegerText { .. }
        | PropertyType::Boolean
        | PropertyType::Choice { .. } => check_template(path, text, findings),
    }
}

fn check_value(path: &str, value: &Value, property: &PropertyKind, findings: &mut Findings) {
    match property.value {
        PropertyType::Text | PropertyType::Url => check_text(path, value, findings),
        PropertyType::Sid { prefix } => check_sid(path, value, prefix, findings),
        PropertyType::JsonText { length_max } => check_json_text(path, value, length_max, findings),
        PropertyType::Integer { min, max } => check_integer(path, value, "integer", (min, max), findings),
        PropertyType::IntegerText { min, max } => check_integer(path, value, "string", (min, max), findings),
        PropertyType::Boolean => check_boolean(path, value, findings),
        PropertyType::Choice { values } => check_choice(path, value, values, findings),
        PropertyType::List { keys } => check_list(path, value, keys, findings),
        PropertyType::Object if value.is_object() => {}
        PropertyType::Object => findings.error(path, format!("{} found, object expected", type_name(value))),
    }
}

/// Numbers are taken for text, as some exports have them.
fn check_text(path: &str, value: &Value, findings: &mut Findings) {
    if !value.is_string() && !value.is_number() {
        findings.error(path, format!("{} found, string expected", type_name(value)));
    }
}

/// What an import will fill in (`${FLOW_SID}`) or names by its own means is taken; Liquid comes too late.
fn check_sid(path: &str, value: &Value, prefix: &str, findings: &mut Findings) {
    match value.as_str() {
        Some(text) if !is_literal(text) => {
            findings.error(path, format!("must be a valid, non-liquid sid ({prefix}…): '{text}' found"));
        }
        Some(_) | None => check_text(path, value, findings),
    }
}

/// Fixed text that is no JSON object, or too long, fails at every run; that is worth a warning, not a refusal.
fn check_json_text(path: &str, value: &Value, length_max: usize, findings: &mut Findings) {
    let Some(text) = value.as_str() else {
        return findings.error(path, format!("{} found, string expected", type_name(value)));
    };
    if let Err(error) = Attributes::parse(text, length_max) {
        findings.warning(path, format!("fails at every run: {error}"));
    }
}

/// Whole numbers are taken as numbers and as text, whichever the widget's own exports have.
fn check_integer(path: &str, value: &Value, expected: &str, range: (i64, i64), findings: &mut Findings) {
    let (min, max) = range;
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_i64(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match (number, value) {
        (Some(number), _) if number < min => {
            findings.error(path, format!("must have a minimum value of {min}: {number} found"));
        }
        (Some(number), _) if number > max => {
            findings.error(path, format!("must have a maximum value of {max}: {number} found"));
        }
        (Some(_), _) => {}
        (None, Value::String(text)) => {
            findings.error(path, format!("'{text}' found, a whole number from {min} to {max} expected"));
        }
        (None, other) => findings.error(path, format!("{} found, {expected} expected", type_name(other))),
    }
}

fn check_boolean(path: &str, value: &Value, findings: &mut Findings) {
    let is_boolean =
        value.is_boolean() || value.as_str().is_some_and(|text| text == "true" || text == "false");
    if !is_boolean {
        findings.error(path, format!("{} found, boolean expected", type_name(value)));
    }
}

fn check_choice(path: &str, value: &Value, values: &'static [&'static str], findings: &mut Findings) {
    match value.as_str() {
        Some(text) if values.contains(&text) => {}
        Some(text) => findings.error(path, enumeration(text, values.iter().copied())),
        None => findings.error(path, format!("{} found, string expected", type_name(value))),
    }
}

fn check_list(path: &str, value: &Value, keys: &[&str], findings: &mut Findings) {
    let Some(items) = value.as_array() else {
        return findings.error(path, format!("{} found, array expected", type_name(value)));
    };
    for (place, item) in items.iter().enumerate() {
        let path = format!("{path}/{place}");
        match (keys.first(), item) {
            (None, item) => check_text(&path, item, findings),
            (Some(first), Value::Object(item)) => check_item(&path, item, first, findings),
            (Some(_), other) => findings.error(&path, format!("{} found, object expected", type_name(other))),
        }
    }
}

fn check_item(path: &str, item: &Map<String, Value>, required_key: &str, findings: &mut Findings) {
    if !item.contains_key(required_key) {
        findings.error(&format!("{path}/{required_key}"), MISSING);
    }
    for (key, value) in item {
        let path = format!("{path}/{key}");
        match (value.as_str(), scalar_text(value)) {
            (Some(text), _) => check_template(&path, text, findings),
            (None, None) if !value.is_null() => {
                findings.error(&path, format!("{} found, string expected", type_name(value)));
            }
            (None, _) => {}
        }
    }
}

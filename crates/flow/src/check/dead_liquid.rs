//! Liquid where it is not rendered.

use serde_json::Value;

use super::model::Model;
use super::{Report, Rule, Severity};
use crate::catalogue::PropertyType;
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "dead-liquid",
    severity: Severity::Warning,
    reason: "Some properties are taken as they are written: Liquid in them is not rendered.",
    hint: "write a fixed value, or choose between widgets with a split",
    example: r#""flow_revision": "{{ flow.data.revision }}""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for widget in &model.widgets {
        for property in widget.kind.properties.iter().filter(|property| !property.is_liquid) {
            // Of SIDs and numbers, the schema's rule says that Liquid is no value.
            let is_text = matches!(property.value, PropertyType::Text | PropertyType::Url);
            if let Some(text) = widget.text(property.name).filter(|text| is_text && !is_literal(text)) {
                report.add(widget.property_path(property.name), format!("'{text}' is not rendered here"));
            }
        }
        let variables = widget.properties.and_then(|properties| properties.get("variables"));
        for (place, item) in variables.and_then(Value::as_array).into_iter().flatten().enumerate() {
            if let Some(key) = item["key"].as_str().filter(|key| !is_literal(key)) {
                let path = format!("{}/{place}/key", widget.property_path("variables"));
                report.add(path, format!("the name of a variable is fixed: '{key}' is not rendered"));
            }
        }
    }
}

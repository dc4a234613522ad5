//! Set Variables: writes `flow.variables`, and the same under its own name.

use serde_json::{Map, Value};

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::template::Template;
use crate::widget::{Behaviour, Exit, Outcome, Scope, WidgetSource, scalar_text};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "set-variables",
    label: "Set Variables",
    group: Group::Flow,
    help: "Sets variables that later widgets read as flow.variables.<key>.",
    properties: &[PropertyKind::new(
        "variables",
        PropertyType::List { keys: &["key", "value", "type", "index"] },
        "The variables; a value of type json_object is parsed.",
    )
    .liquid()],
    events: &[EventKind::new("next", "Next")],
    failure_event: None,
    outputs: &["<key>"],
    compile: Some(compile),
};

#[derive(Debug)]
struct SetVariables(Vec<Variable>);

#[derive(Debug)]
struct Variable {
    key: String,
    value: Template,
    is_json: bool,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let variable = |item: &Map<String, Value>| {
        Some(Variable {
            key: item.get("key").and_then(scalar_text)?,
            value: Template::lenient(&item.get("value").and_then(scalar_text).unwrap_or_default()),
            is_json: item.get("type").is_some_and(|kind| kind == "json_object"),
        })
    };
    Box::new(SetVariables(source.list("variables").filter_map(variable).collect()))
}

impl Behaviour for SetVariables {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let variables: Map<_, _> =
            self.0.iter().map(|variable| (variable.key.clone(), variable.evaluate(scope))).collect();
        Outcome::Leave(Exit { variables: variables.clone(), ..Exit::by("next").with_outputs(variables) })
    }
}

impl Variable {
    fn evaluate(&self, scope: &mut Scope<'_>) -> Value {
        if !self.is_json {
            return typed(scope.render_or_warn(&self.value));
        }
        match scope.render_json(&self.value) {
            Ok(rendered) if rendered.value.is_null() => Value::String(String::new()),
            Ok(rendered) => rendered.value,
            Err(error) => {
                scope.warn(format!("the variable '{}' is kept as text: {error}", self.key));
                Value::String(scope.render(&self.value).unwrap_or_default())
            }
        }
    }
}

/// Turns a bare number into a number where nothing of the text is lost, as `007` would be.
fn typed(text: String) -> Value {
    let bare = text.trim();
    match serde_json::from_str::<Value>(bare) {
        Ok(number @ Value::Number(_)) if format!("{number}") == bare => number,
        Ok(_) | Err(_) => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bare_number_becomes_a_number_unless_something_would_be_lost() {
        for (text, value) in [
            (" 2\n", json!(2)),
            ("-1.5", json!(-1.5)),
            ("007", json!("007")),
            ("+15555550100", json!("+15555550100")),
            ("123456789012345678901234567890", json!("123456789012345678901234567890")),
            (" two ", json!(" two ")),
            ("true", json!("true")),
            ("", json!("")),
        ] {
            assert_eq!(typed(text.to_owned()), value);
        }
    }
}

//! Values that an author names: rendered, and typed as the author says.

use serde_json::{Map, Value};

use crate::template::Template;
use crate::widget::{Scope, WidgetSource, scalar_text};

/// Variables before their values are rendered.
#[derive(Debug)]
pub(crate) struct VariableTemplates(Vec<Variable>);

#[derive(Debug)]
struct Variable {
    key: String,
    value: Template,
    is_json: bool,
}

impl VariableTemplates {
    /// Reads the `key`s, `value`s and `type`s of a list property.
    pub(crate) fn compile(source: &WidgetSource<'_>, property: &str) -> Self {
        let variable = |item: &Map<String, Value>| {
            Some(Variable {
                key: item.get("key").and_then(scalar_text)?,
                value: Template::lenient(&item.get("value").and_then(scalar_text).unwrap_or_default()),
                is_json: item.get("type").is_some_and(|kind| kind == "json_object"),
            })
        };
        Self(source.list(property).filter_map(variable).collect())
    }

    /// Renders all values; what goes wrong becomes a warning.
    pub(crate) fn evaluate(&self, scope: &mut Scope<'_>) -> Map<String, Value> {
        self.0.iter().map(|variable| (variable.key.clone(), variable.evaluate(scope))).collect()
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

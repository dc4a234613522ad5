//! Liquid that can not be parsed.

use super::model::{Model, Text};
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "broken-template",
    severity: Severity::Error,
    reason: "Liquid that can not be parsed keeps the flow from being published.",
    hint: "line and column count inside this text; every {{ needs its }}, every {% if %} its {% endif %}",
    example: r#""body": "Hello {{ flow.data.name""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for (text, error) in texts(model) {
        report.add(&text.path, format!("the Liquid can not be read: {error}"));
    }
}

/// Returns the texts that can not be parsed, and why.
pub(super) fn texts<'a>(
    model: &'a Model<'_>,
) -> impl Iterator<Item = (&'a Text<'a>, &'a liquid::ParseError)> {
    let texts = model.widgets.iter().flat_map(|widget| &widget.texts);
    texts.filter_map(|text| Some((text, text.template.as_ref().err()?)))
}

//! Attributes that pass their limit, or can.

use super::json_source::{Interpolation, JsonSource};
use super::model::Model;
use super::{Report, Rule, Severity};
use crate::catalogue::PropertyType;
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "json-too-long",
    severity: Severity::Warning,
    reason: "Task attributes over 1024 characters take the failure transition: nothing is cut.",
    hint: "pass on the few values that agents need, or shorten text with | truncate: 200",
    example: r#""attributes": "{ \"all\": {{ widgets.lookup.parsed | to_json }} }""#,
    run,
};

/// The last names of values that can be long: texts of contacts, answers of other systems, whole objects.
const LONG_NAMES: &[&str] = &[
    "Body",
    "body",
    "parsed",
    "SpeechResult",
    "ChannelAttributes",
    "pre_engagement_data",
    "AddOns",
    "add_ons",
    "data",
    "variables",
    "memory",
    "HandoffData",
    "trigger",
    "widgets",
    "flow",
    "message",
    "call",
    "conversation",
    "inbound",
    "outbound",
    "parameters",
];

/// Filters that bound the length.
const SHORTENING_FILTERS: &[&str] = &["truncate", "truncatewords", "slice", "size", "first", "last", "date"];

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for text in model.widgets.iter().flat_map(|widget| widget.json_texts()) {
        let Some(PropertyType::JsonText { length_max }) = text.property.map(|property| property.value) else {
            continue;
        };
        if is_literal(text.source) {
            // The schema's rule measures fixed text.
            continue;
        }
        let source = JsonSource::read(text.source);
        if source.fixed_length > length_max && !source.has_tags {
            let message = format!("{} characters before any value is filled in", source.fixed_length);
            report.add(&text.path, format!("{message}, at most {length_max} are allowed"));
        } else if let Some(interpolation) =
            source.interpolations.iter().find(|interpolation| can_be_long(interpolation))
        {
            let message = format!(
                "'{{{{ {} }}}}' can make the text longer than {length_max} characters",
                interpolation.source
            );
            report.add(&text.path, message);
        }
    }
}

fn can_be_long(interpolation: &Interpolation<'_>) -> bool {
    let name = interpolation.value.rsplit('.').next().unwrap_or_default();
    let is_widget =
        interpolation.value.strip_prefix("widgets.").is_some_and(|rest| !rest.contains(['.', '[']));
    let is_shortened = interpolation.source.split('|').skip(1).any(|filter| {
        let name = filter.split(':').next().unwrap_or_default();
        SHORTENING_FILTERS.contains(&name.trim())
    });
    (is_widget || LONG_NAMES.contains(&name)) && !is_shortened
}

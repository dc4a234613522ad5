//! Values that can break the JSON around them.

use super::json_source::{Interpolation, JsonSource};
use super::model::Model;
use super::{Report, Rule, Severity};
use crate::template::is_literal;

pub(super) static RULE: Rule = Rule {
    code: "json-can-break",
    severity: Severity::Warning,
    reason: "A quote or line break in a value breaks the JSON around it, and a hand-over then has no attributes. \
             A flow without `strict_liquid` is rendered a second time here, with such values escaped; elsewhere, and \
             with `strict_liquid`, the widget fails.",
    hint: "write {{ value | to_json }} without quotes around it",
    example: r#""attributes": "{ \"name\": \"{{ trigger.message.Body }}\" }""#,
    run,
};

/// What no value of these names can hold is a quote or a line break.
const PLAIN_NAMES: &[&str] = &[
    "address",
    "age",
    "apiversion",
    "body_length",
    "called",
    "caller",
    "callstatus",
    "channel_type",
    "confidence",
    "count",
    "dialcallduration",
    "dialcallstatus",
    "digits",
    "direction",
    "from",
    "id",
    "index",
    "nummedia",
    "priority",
    "queueresult",
    "queuetime",
    "recordingduration",
    "sid",
    "size",
    "status",
    "status_code",
    "to",
];

/// Filters that give a number, or text that JSON strings can hold.
const PLAIN_FILTERS: &[&str] = &[
    "abs",
    "at_least",
    "at_most",
    "base64_encode",
    "base64_url_safe_encode",
    "ceil",
    "date",
    "divided_by",
    "floor",
    "minus",
    "modulo",
    "plus",
    "round",
    "size",
    "sum",
    "times",
    "url_encode",
];

/// Filters that give what can stand in JSON without quotes.
const BARE_FILTERS: &[&str] = &[
    "abs",
    "at_least",
    "at_most",
    "ceil",
    "default",
    "divided_by",
    "floor",
    "minus",
    "modulo",
    "plus",
    "round",
    "size",
    "sum",
    "times",
    "to_json",
];

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for text in model.widgets.iter().flat_map(|widget| widget.json_texts()) {
        let source = JsonSource::read(text.source);
        if is_literal(text.source) || text.template.is_err() || !source.is_balanced {
            continue;
        }
        for fault in source.interpolations.iter().filter_map(fault) {
            report.add(&text.path, fault);
        }
    }
}

fn fault(interpolation: &Interpolation<'_>) -> Option<String> {
    let filter = interpolation.last_filter.unwrap_or_default();
    let source = interpolation.source;
    if !interpolation.is_in_string {
        let message =
            format!("'{{{{ {source} }}}}' stands in JSON without quotes: text, or nothing, breaks it");
        return (!BARE_FILTERS.contains(&filter) && !is_literal_value(interpolation.value))
            .then_some(message);
    }
    if filter == "to_json" {
        return Some(format!(
            "'{{{{ {source} }}}}' brings quotes of its own into a JSON string and breaks it"
        ));
    }
    let message = format!("a quote or line break in '{{{{ {source} }}}}' breaks the JSON around it");
    let is_plain = is_plain(interpolation.value)
        || PLAIN_FILTERS.contains(&filter)
        || is_literal_value(interpolation.value);
    (!is_plain).then_some(message)
}

fn is_plain(value: &str) -> bool {
    let name = value.rsplit('.').next().unwrap_or_default().to_lowercase();
    PLAIN_NAMES.contains(&name.as_str()) || name.ends_with("sid") || name.ends_with("_id")
}

/// Text and numbers of the author's own are as the author wants them.
fn is_literal_value(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_digit() || "\"'-".contains(first))
}

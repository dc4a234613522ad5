//! The words of a flow: what its conditions compare with, and which values its templates read from outside.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// Words that few conditions name.
const MISFITS: [&str; 3] = ["x", "", "1"];

/// What templates read of the answers of other systems.
static ANSWERED: LazyLock<Regex> = LazyLock::new(|| expression(r"widgets\.[\w-]+\.parsed\.([\w.-]+)"));

/// What templates read of a trigger's parameters.
static TRIGGERED: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"(?:trigger\.(?:call|message|conversation|request\.parameters|parent\.parameters)|flow\.data)\.([\w.-]+)",
    )
});

/// What templates read of a TwiML application that returns, or of a bot: any output of a widget.
static RETURNED: LazyLock<Regex> = LazyLock::new(|| expression(r"widgets\.[\w-]+\.([A-Za-z]\w*)\b"));

/// The words and the values of a flow.
#[derive(Debug)]
pub(super) struct Lexicon {
    /// The trigger's events that lead somewhere.
    pub(super) triggers: Vec<String>,
    /// What conditions compare with, and what fits none of them.
    pub(super) words: Vec<String>,
    /// The texts with Liquid that conditions compare, each with the words that it is compared with.
    compared: Vec<(String, Vec<String>)>,
    /// Where other systems are, as far as it is known before the flow runs.
    pub(super) urls: Vec<String>,
    /// Paths in the answers of other systems.
    pub(super) answered: Vec<String>,
    /// Paths in the trigger's parameters.
    pub(super) triggered: Vec<String>,
    /// Names of what comes back from elsewhere.
    pub(super) returned: Vec<String>,
}

impl Lexicon {
    /// Reads a definition.
    pub(super) fn of(definition: &Value) -> Self {
        let text = definition.to_string();
        let compared: Vec<_> = conditions(definition).map(compared).collect();
        let misfits = MISFITS.map(str::to_owned);
        Self {
            triggers: triggers(definition),
            words: BTreeSet::from_iter(compared.iter().flat_map(|(_, words)| words.clone()).chain(misfits))
                .into_iter()
                .collect(),
            compared,
            urls: urls(definition),
            answered: found(&ANSWERED, &text),
            triggered: found(&TRIGGERED, &text),
            returned: found(&RETURNED, &text),
        }
    }
}

impl Lexicon {
    /// Returns the words that what holds this path is compared with.
    pub(super) fn words_for(&self, path: &str) -> Vec<&String> {
        let compared = self.compared.iter().filter(|(text, _)| text.contains(path));
        compared.flat_map(|(_, words)| words).collect()
    }
}

/// Sets the value at a path such as `a.b`, and makes the maps on the way.
pub(super) fn set_at(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((name, rest)) => {
            // What is read as a whole too may hold a text already.
            let mut inner = map.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
            set_at(&mut inner, rest, value);
            map.insert(name.to_owned(), Value::Object(inner));
        }
    }
}

fn triggers(definition: &Value) -> Vec<String> {
    let states = definition["states"].as_array().into_iter().flatten();
    let trigger =
        states.filter(|state| state["type"] == "trigger").flat_map(|state| state["transitions"].as_array());
    let wired = trigger.flatten().filter(|way| way["next"].as_str().is_some_and(|next| !next.is_empty()));
    wired.filter_map(|way| way["event"].as_str()).map(str::to_owned).collect()
}

fn conditions(definition: &Value) -> impl Iterator<Item = &Value> {
    let states = definition["states"].as_array().into_iter().flatten();
    let ways = states.flat_map(|state| state["transitions"].as_array()).flatten();
    ways.flat_map(|way| way["conditions"].as_array()).flatten()
}

/// Conditions also compare with numbers that lie beside what they name.
fn compared(condition: &Value) -> (String, Vec<String>) {
    let value = condition["value"].as_str().unwrap_or_default().trim();
    let mut words: Vec<String> = value.split(',').map(|word| word.trim().to_owned()).collect();
    words.push(value.to_owned());
    if let Ok(number) = value.parse::<i64>() {
        words.extend([number.saturating_sub(1), number.saturating_add(1)].map(|number| number.to_string()));
    }
    words.retain(|word| !word.contains("{{"));
    (condition["arguments"][0].as_str().unwrap_or_default().to_owned(), words)
}

fn urls(definition: &Value) -> Vec<String> {
    let states = definition["states"].as_array().into_iter().flatten();
    let urls = states.filter_map(|state| state["properties"]["url"].as_str());
    let known = urls.map(|url| url.split("{{").next().unwrap_or_default().to_owned());
    let known: BTreeSet<String> = known.filter(|url| !url.is_empty()).collect();
    known.into_iter().collect()
}

fn found(expression: &Regex, text: &str) -> Vec<String> {
    let paths = expression.captures_iter(text).filter_map(|found| found.get(1));
    let paths: BTreeSet<String> =
        paths.map(|path| path.as_str().trim_end_matches(['.', '-']).to_owned()).collect();
    paths.into_iter().collect()
}

fn expression(source: &str) -> Regex {
    Regex::new(source).expect("the constant is a regular expression")
}

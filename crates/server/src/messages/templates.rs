//! Content templates: what a message says when its placeholders are filled.

use api::OutboundMessage;
use carriers::FilledTemplate;
use domain::ContentSid;
use serde_json::{Map, Value};
use store::{Content, Error, Message, MessageContent, resources};

use super::composing::{Unsent, rejected};
use crate::house::House;

/// Where the types of templates keep the text that every network can show, in the order of preference.
const TEXT_FIELDS: [&str; 4] = ["body", "title", "header_text", "label"];

/// What a message says.
#[derive(Default)]
pub(super) struct Filled {
    pub(super) body: String,
    pub(super) media_urls: Vec<String>,
    /// The template that says it.
    pub(super) content: Option<MessageContent>,
}

/// Returns text and media of a message: its own, or those of its template.
pub(super) async fn fill(house: &House, wanted: &OutboundMessage) -> Result<Filled, Unsent> {
    let Some(sid) = &wanted.content_sid else {
        if wanted.content_variables.is_some() {
            return Err(rejected(21654, "ContentSid", "ContentVariables fill a template: name it"));
        }
        return Ok(Filled {
            body: wanted.body.clone(),
            media_urls: wanted.media_urls.clone(),
            content: None,
        });
    };
    let content = find(house, sid).await?;
    let Content { types, variables: mut values, .. } = content.clone();
    values.extend(variables(wanted.content_variables.as_deref())?);
    let content =
        MessageContent { sid: content.sid, variables: Some(Value::Object(values.clone()).to_string()) };
    Ok(Filled { content: Some(content), ..render(&types, &values) })
}

/// Returns the template that a message is, where it was handed in to WhatsApp under a name.
pub(crate) async fn approved_template(
    house: &House,
    message: &Message,
) -> Result<Option<FilledTemplate>, Error> {
    let Some(used) = &message.options.content else { return Ok(None) };
    let found: Option<Content> = resources::fetch(&house.store, &used.sid.to_string()).await?;
    let Some((content, approval)) = found.and_then(|mut it| it.approval.take().map(|name| (it, name))) else {
        return Ok(None);
    };
    let values: Map<String, Value> = serde_json::from_str(used.variables.as_deref().unwrap_or("{}"))?;
    let texts = content.types.values().filter_map(|form| form.get("body")?.as_str());
    let names = texts.map(placeholders).next().unwrap_or_default();
    let value = |name: &String| values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let values = names.iter().map(value).collect();
    Ok(Some(FilledTemplate { name: approval.name, language: content.language, values }))
}

/// Returns the template with this SID.
async fn find(house: &House, sid: &str) -> Result<Content, Unsent> {
    let unknown =
        || rejected(21655, "ContentSid", format!("there is no content template '{sid}' in this account"));
    let sid: ContentSid = sid.trim().parse().map_err(|_| unknown())?;
    let found: Option<Content> = resources::fetch(&house.store, &sid.to_string()).await?;
    found.ok_or_else(unknown)
}

fn variables(text: Option<&str>) -> Result<Map<String, Value>, Unsent> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Map::new()) };
    let invalid = |reason: &str| rejected(21656, "ContentVariables", reason.to_owned());
    let read: Map<String, Value> = serde_json::from_str(text)
        .map_err(|_| invalid("a JSON object such as {\"1\": \"Ann\"} is expected"))?;
    match read.iter().find(|(_, value)| !matches!(value, Value::String(text) if !text.is_empty())) {
        Some((name, _)) => Err(invalid(&format!("the value of '{name}' is a text that is not empty"))),
        None => Ok(read),
    }
}

/// Renders the first type that has a text or media; networks with richer types are told the template itself.
fn render(types: &Map<String, Value>, values: &Map<String, Value>) -> Filled {
    let filled = types.values().map(|form| Filled {
        body: TEXT_FIELDS
            .iter()
            .find_map(|field| form.get(*field)?.as_str())
            .map_or_else(String::new, |text| insert(text, values)),
        media_urls: media(form, values),
        content: None,
    });
    let mut found = filled.filter(|filled| !filled.body.is_empty() || !filled.media_urls.is_empty());
    found.next().unwrap_or_default()
}

/// A type has one link to a medium, or a list of them.
fn media(form: &Value, values: &Map<String, Value>) -> Vec<String> {
    match form.get("media") {
        Some(Value::String(url)) => vec![insert(url, values)],
        Some(Value::Array(urls)) => {
            urls.iter().filter_map(Value::as_str).map(|url| insert(url, values)).collect()
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => vec![],
    }
}

/// Puts values in place of `{{1}}` or `{{name}}`; a placeholder without a value stays as it is.
fn insert(text: &str, values: &Map<String, Value>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            rest = after;
            filled.push_str("{{");
            break;
        };
        match values.get(name.trim()).and_then(Value::as_str) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = behind;
    }
    filled + rest
}

/// Returns the names of a text's placeholders, each once; numbers in their order.
fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let pieces = text.split("{{").skip(1).filter_map(|piece| piece.split_once("}}"));
    for (name, _) in pieces {
        if !names.iter().any(|known| known == name.trim()) {
            names.push(name.trim().to_owned());
        }
    }
    names.sort_by_key(|name| name.parse().unwrap_or(u32::MAX));
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_unknown_ones_stay() {
        let values = object(json!({ "1": "Ann {{2}}", "day": "Monday" }));
        for (text, filled) in [
            ("Hello {{1}}, see you {{ day }}", "Hello Ann {{2}}, see you Monday"),
            ("{{2}} {{", "{{2}} {{"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(insert(text, &values), filled);
        }
    }

    #[test]
    fn placeholders_are_named_once_and_in_their_order() {
        assert_eq!(placeholders("{{2}} and {{ 10 }}, {{1}} and {{2}} {{"), ["1", "2", "10"]);
        assert_eq!(placeholders("{{name}} at {{time}}"), ["name", "time"]);
        assert_eq!(placeholders("nothing"), [""; 0]);
    }

    #[test]
    fn the_first_type_with_a_text_is_what_every_network_shows() {
        let types = object(json!({
            "twilio/flows": { "pages": [] },
            "twilio/card": { "title": "Hi {{1}}", "media": ["https://example.com/{{2}}.png"] },
            "twilio/text": { "body": "never" },
        }));
        let filled = render(&types, &object(json!({ "1": "Ann", "2": "cat" })));
        assert_eq!(
            (filled.body.as_str(), filled.media_urls),
            ("Hi Ann", vec!["https://example.com/cat.png".into()])
        );
    }

    #[test]
    fn values_are_texts_that_say_something() {
        assert!(variables(Some(r#"{"1": "Ann"}"#)).is_ok_and(|values| values["1"] == "Ann"));
        for text in ["Ann", "[]", r#"{"1": ""}"#, r#"{"1": null}"#] {
            assert!(variables(Some(text)).is_err(), "{text}");
        }
    }

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }
}

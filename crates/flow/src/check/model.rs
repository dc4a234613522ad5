//! What rules look at: the widgets that can be read, the ways between them, and the texts with Liquid.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::reach::Reach;
use crate::catalogue::{PropertyKind, PropertyType, WidgetKind};
use crate::portable::Bindings;
use crate::validation::WIDGETS_MAX;
use crate::widget_kind;

/// A flow as far as it can be read; what can not be is the business of the schema's rule.
pub(super) struct Model<'a> {
    pub(super) definition: &'a Value,
    pub(super) bindings: &'a Bindings,
    pub(super) widgets: Vec<Widget<'a>>,
    /// Places in `widgets`.
    places_by_name: BTreeMap<&'a str, usize>,
    trigger: Option<usize>,
    /// Which widgets an execution can come to from which.
    onward: Reach,
}

/// One widget of a known type.
pub(super) struct Widget<'a> {
    pub(super) path: String,
    pub(super) name: &'a str,
    pub(super) kind: &'static WidgetKind,
    pub(super) properties: Option<&'a Map<String, Value>>,
    pub(super) ways: Vec<Way<'a>>,
    pub(super) texts: Vec<Text<'a>>,
}

/// One transition.
pub(super) struct Way<'a> {
    pub(super) path: String,
    pub(super) event: &'a str,
    pub(super) next: Option<usize>,
    pub(super) conditions: &'a [Value],
}

/// One text that may hold Liquid.
pub(super) struct Text<'a> {
    pub(super) path: String,
    pub(super) source: &'a str,
    pub(super) template: Result<liquid::Template, liquid::ParseError>,
    /// The property that it is the whole value of.
    pub(super) property: Option<&'static PropertyKind>,
}

impl<'a> Model<'a> {
    /// Reads a definition; any JSON will do.
    pub(super) fn of(definition: &'a Value, bindings: &'a Bindings) -> Self {
        let states = definition["states"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut widgets: Vec<_> = states.iter().take(WIDGETS_MAX).enumerate().filter_map(widget).collect();
        let places_by_name: BTreeMap<_, _> =
            widgets.iter().enumerate().map(|(place, (widget, _))| (widget.name, place)).collect();
        for (widget, transitions) in &mut widgets {
            widget.ways = ways(&widget.path, transitions, &places_by_name);
        }
        let widgets: Vec<_> = widgets.into_iter().map(|(widget, _)| widget).collect();
        let trigger = definition["initial_state"].as_str().and_then(|name| places_by_name.get(name)).copied();
        let onward = Reach::of(&followers(&widgets, |_| true));
        Self { definition, bindings, widgets, places_by_name, trigger, onward }
    }

    /// Returns the widget with this name.
    pub(super) fn widget(&self, name: &str) -> Option<(usize, &Widget<'a>)> {
        let place = *self.places_by_name.get(name)?;
        Some((place, &self.widgets[place]))
    }

    /// Returns the widgets to which executions can come, with their places.
    pub(super) fn reachable(&self) -> impl Iterator<Item = (usize, &Widget<'a>)> {
        self.widgets.iter().enumerate().filter(|(place, _)| self.is_reachable(*place))
    }

    /// Tells whether an execution can come to a widget.
    pub(super) fn is_reachable(&self, place: usize) -> bool {
        self.trigger.is_some_and(|trigger| self.onward.leads(trigger, place))
    }

    /// Tells whether an execution can come to widget `to` after it left `from` by one of these events.
    pub(super) fn can_follow(&self, to: usize, from: usize, is_event: impl Fn(&str) -> bool) -> bool {
        let mut ways = self.widgets[from].ways.iter().filter(|way| is_event(way.event));
        self.is_reachable(from) && ways.any(|way| way.next.is_some_and(|next| self.onward.leads(next, to)))
    }

    /// Tells whether an execution that the trigger began with one of these events can come to a widget.
    pub(super) fn can_begin(&self, to: usize, events: &[&str]) -> bool {
        self.trigger.is_some_and(|trigger| self.can_follow(to, trigger, |event| events.contains(&event)))
    }
}

impl<'a> Widget<'a> {
    /// Returns the text of a property.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.properties?.get(name)?.as_str()
    }

    /// Returns the place of a property.
    pub(super) fn property_path(&self, name: &str) -> String {
        format!("{}/properties/{name}", self.path)
    }

    /// Returns the texts that must be JSON once they are rendered.
    pub(super) fn json_texts(&self) -> impl Iterator<Item = &Text<'a>> {
        let sends_json = self.text("content_type").is_some_and(|kind| kind.starts_with("application/json"));
        self.texts.iter().filter(move |text| {
            text.property.is_some_and(|property| match property.value {
                PropertyType::JsonText { .. } => true,
                PropertyType::Text => sends_json && property.name == "body",
                PropertyType::Url
                | PropertyType::Sid { .. }
                | PropertyType::Integer { .. }
                | PropertyType::IntegerText { .. }
                | PropertyType::Boolean
                | PropertyType::Choice { .. }
                | PropertyType::List { .. }
                | PropertyType::Object => false,
            })
        })
    }
}

impl Text<'_> {
    /// Returns the paths that the text reads; none of text that can not be parsed.
    pub(super) fn variables(&self) -> impl Iterator<Item = &[String]> {
        self.template.iter().flat_map(liquid::Template::variables)
    }
}

/// Reads a widget, and hands its transitions back for when all names are known.
fn widget((place, state): (usize, &Value)) -> Option<(Widget<'_>, &[Value])> {
    let kind = widget_kind(state["type"].as_str()?)?;
    let path = format!("#/states/{place}");
    let properties = state["properties"].as_object();
    let transitions = state["transitions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut texts: Vec<_> = properties.into_iter().flat_map(|it| property_texts(&path, kind, it)).collect();
    texts.extend(transitions.iter().enumerate().flat_map(|it| condition_texts(&path, it)));
    let name = state["name"].as_str()?;
    Some((Widget { path, name, kind, properties, ways: Vec::new(), texts }, transitions))
}

fn property_texts<'a>(
    path: &str,
    kind: &'static WidgetKind,
    properties: &'a Map<String, Value>,
) -> Vec<Text<'a>> {
    let mut texts = Vec::new();
    for property in kind.properties.iter().filter(|property| property.is_liquid) {
        let path = format!("{path}/properties/{}", property.name);
        match properties.get(property.name) {
            Some(Value::String(source)) => texts.push(text(path, source, Some(property))),
            Some(Value::Array(items)) => texts.extend(item_texts(&path, items)),
            None | Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {}
        }
    }
    texts
}

fn item_texts<'a>(path: &str, items: &'a [Value]) -> Vec<Text<'a>> {
    let objects = items.iter().enumerate().filter_map(|(place, item)| Some((place, item.as_object()?)));
    let texts = objects.flat_map(|(place, item)| {
        let texts = item.iter().filter_map(|(key, value)| Some((key, value.as_str()?)));
        texts.map(move |(key, source)| text(format!("{path}/{place}/{key}"), source, None))
    });
    texts.collect()
}

fn condition_texts<'a>(path: &str, (place, transition): (usize, &'a Value)) -> Vec<Text<'a>> {
    let conditions = transition["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut texts = Vec::new();
    for (condition_place, condition) in conditions.iter().enumerate() {
        let path = format!("{path}/transitions/{place}/conditions/{condition_place}");
        if let Some(source) = condition["arguments"][0].as_str() {
            texts.push(text(format!("{path}/arguments/0"), source, None));
        }
        if let Some(source) = condition["value"].as_str() {
            texts.push(text(format!("{path}/value"), source, None));
        }
    }
    texts
}

fn text<'a>(path: String, source: &'a str, property: Option<&'static PropertyKind>) -> Text<'a> {
    Text { path, source, template: liquid::Template::parse(source), property }
}

fn ways<'a>(path: &str, transitions: &'a [Value], places: &BTreeMap<&str, usize>) -> Vec<Way<'a>> {
    let way = |(place, transition): (usize, &'a Value)| Way {
        path: format!("{path}/transitions/{place}"),
        event: transition["event"].as_str().unwrap_or_default(),
        next: transition["next"].as_str().and_then(|name| places.get(name)).copied(),
        conditions: transition["conditions"].as_array().map(Vec::as_slice).unwrap_or_default(),
    };
    transitions.iter().enumerate().map(way).collect()
}

/// Returns for each widget those that come next, as far as both are `taken`.
pub(super) fn followers(widgets: &[Widget<'_>], taken: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let followers = |(place, widget): (usize, &Widget<'_>)| {
        let next = widget.ways.iter().filter_map(|way| way.next);
        next.filter(|next| taken(place) && taken(*next)).collect()
    };
    widgets.iter().enumerate().map(followers).collect()
}

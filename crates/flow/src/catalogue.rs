//! The widget catalogue as data: what validation, the editor's forms, completion and the reference docs are made of.

use serde::{Serialize, Serializer};

use crate::widget::{Behaviour, WidgetSource};
use crate::widgets;

/// One type of widget: what it is called, what can be set, how it can be left.
#[derive(Debug, Clone, Serialize)]
pub struct WidgetKind {
    /// The `type` in definitions.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The name that people see.
    pub label: &'static str,
    /// The drawer of the editor in which it lies.
    pub group: Group,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// What can be set.
    pub properties: &'static [PropertyKind],
    /// How it can be left.
    pub events: &'static [EventKind],
    /// The event that is taken when the widget can not do its work.
    pub failure_event: Option<&'static str>,
    /// What `widgets.<name>` holds after it was left.
    pub outputs: &'static [&'static str],
    /// Makes the behaviour of one widget; `None` for what this version does not run.
    #[serde(rename = "is_run", serialize_with = "whether_some")]
    pub(crate) compile: Option<Compile>,
}

/// Makes a widget's behaviour of what its author set.
pub(crate) type Compile = fn(&WidgetSource<'_>) -> Box<dyn Behaviour>;

/// A drawer of the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Triggers, splits, variables, subflows.
    Flow,
    /// Calls.
    Voice,
    /// Messages and conversations.
    Messaging,
    /// Hand-over to agents and bots.
    Connect,
    /// Requests to other systems.
    Tools,
}

/// One property of a widget.
#[derive(Debug, Clone, Serialize)]
pub struct PropertyKind {
    /// The key in `properties`.
    pub name: &'static str,
    /// What values it takes.
    #[serde(flatten)]
    pub value: PropertyType,
    /// Whether the flow is invalid without it.
    pub is_required: bool,
    /// What stands for an absent value, as the definition would spell it.
    pub default: Option<&'static str>,
    /// Whether the value may hold Liquid.
    pub is_liquid: bool,
    /// What it is for, in a sentence.
    pub help: &'static str,
}

/// What values a property takes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PropertyType {
    /// Any text.
    Text,
    /// A link.
    Url,
    /// Text that must be a JSON object after rendering, at most so many characters.
    JsonText {
        /// The most characters.
        length_max: usize,
    },
    /// A SID, or a name for one that an import fills in.
    Sid {
        /// The letters in front.
        prefix: &'static str,
    },
    /// A whole number, written as a JSON number.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A whole number, written as a JSON string.
    IntegerText {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// True or false.
    Boolean,
    /// One of these texts.
    Choice {
        /// The texts.
        values: &'static [&'static str],
    },
    /// A list of objects with these keys.
    List {
        /// The keys that an item may have; the first is required.
        keys: &'static [&'static str],
    },
    /// An object of the widget's own shape.
    Object,
}

/// One way to leave a widget.
#[derive(Debug, Clone, Serialize)]
pub struct EventKind {
    /// The `event` in definitions.
    pub event: &'static str,
    /// The label that people see.
    pub label: &'static str,
}

/// Returns all types of widget, in the order in which the editor shows them.
pub fn catalogue() -> &'static [&'static WidgetKind] {
    widgets::ALL
}

/// Returns the type of widget with this name.
pub fn widget_kind(type_name: &str) -> Option<&'static WidgetKind> {
    widgets::ALL.iter().copied().find(|kind| kind.type_name == type_name)
}

impl WidgetKind {
    /// Tells whether this version runs widgets of this type.
    pub fn is_run(&self) -> bool {
        self.compile.is_some()
    }

    /// Returns the property with this name.
    pub fn property(&self, name: &str) -> Option<&'static PropertyKind> {
        self.properties.iter().find(|property| property.name == name)
    }
}

impl PropertyKind {
    /// Describes an optional property without default that takes no Liquid.
    pub(crate) const fn new(name: &'static str, value: PropertyType, help: &'static str) -> Self {
        Self { name, value, is_required: false, default: None, is_liquid: false, help }
    }

    /// Describes an optional text that may hold Liquid.
    pub(crate) const fn liquid_text(name: &'static str, help: &'static str) -> Self {
        Self::new(name, PropertyType::Text, help).liquid()
    }

    /// Lets the value hold Liquid.
    pub(crate) const fn liquid(mut self) -> Self {
        self.is_liquid = true;
        self
    }

    /// Makes the property required.
    pub(crate) const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// Gives what stands for an absent value.
    pub(crate) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }
}

impl EventKind {
    /// Describes one way out.
    pub(crate) const fn new(event: &'static str, label: &'static str) -> Self {
        Self { event, label }
    }
}

fn whether_some<S: Serializer>(compile: &Option<Compile>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(compile.is_some())
}

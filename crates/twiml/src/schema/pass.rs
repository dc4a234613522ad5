//! One pass over what an element may hold: from XML into fields, or from fields into XML.

use std::ops::RangeInclusive;

use super::{Callback, OneOf, StatusCallback, Value};
use crate::warning::{SCHEMA, Warnings};
use crate::xml::{XmlElement, XmlNode};

/// The direction of a pass over an element.
pub(crate) enum Pass<'a> {
    Read(Reading<'a>),
    Write(&'a mut XmlElement),
}

/// An element that is read, and what of it was asked for so far.
pub(crate) struct Reading<'a> {
    pub(crate) xml: &'a XmlElement,
    warnings: &'a mut Warnings,
    attributes: Vec<&'static str>,
    children: Vec<&'a str>,
    is_text_expected: bool,
}

impl Pass<'_> {
    /// Takes an attribute; a value of the wrong type gets a warning with `code`, and the default.
    pub(crate) fn value<T: Value>(&mut self, name: &'static str, field: &mut Option<T>, code: u32) {
        match self {
            Pass::Write(xml) => write_attribute(xml, name, field.as_ref().map(T::to_text)),
            Pass::Read(reading) => {
                let Some(text) = reading.attribute(name) else { return };
                *field = T::parse(text).or_else(|| T::parse(text.trim()));
                if field.is_none() {
                    let expected = format!("expected {}; the default is used", T::expected());
                    reading.warn_of_value(code, name, &expected);
                }
            }
        }
    }

    /// Takes an attribute of text.
    pub(crate) fn text(&mut self, name: &'static str, field: &mut Option<String>) {
        self.value(name, field, SCHEMA);
    }

    /// Takes an attribute that is a whole number; one out of range becomes the nearest in range, or the default.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        field: &mut Option<u32>,
        range: RangeInclusive<u32>,
        code: u32,
    ) {
        match self {
            Pass::Write(xml) => write_attribute(xml, name, field.map(|number| number.to_string())),
            Pass::Read(reading) => {
                let Some(text) = reading.attribute(name) else { return };
                let nearest = nearest(text.trim(), &range);
                let is_exact = nearest.is_some_and(|number| text.trim().parse() == Ok(number));
                *field = nearest;
                if !is_exact {
                    let used = nearest.map_or("the default".to_owned(), |number| number.to_string());
                    let expected = format!("expected {}; {used} is used", describe_range(&range));
                    reading.warn_of_value(code, name, &expected);
                }
            }
        }
    }

    /// Takes an attribute that lists words, separated by blanks or commas.
    pub(crate) fn list<T: Value>(&mut self, name: &'static str, field: &mut Vec<T>, code: u32) {
        match self {
            Pass::Write(xml) => {
                let words: Vec<String> = field.iter().map(T::to_text).collect();
                write_attribute(xml, name, (!words.is_empty()).then(|| words.join(" ")));
            }
            Pass::Read(reading) => {
                let Some(text) = reading.attribute(name) else { return };
                for word in text.split([' ', '\t', '\n', ',']).filter(|word| !word.is_empty()) {
                    match T::parse(word) {
                        Some(value) => field.push(value),
                        None => {
                            let expected = format!("'{word}' is left out; expected {}", T::expected());
                            reading.warn_of_value(code, name, &expected);
                        }
                    }
                }
            }
        }
    }

    /// Takes the attributes of a URL and its method.
    pub(crate) fn callback(&mut self, names: [&'static str; 2], field: &mut Callback, code: u32) {
        self.text(names[0], &mut field.url);
        self.value(names[1], &mut field.method, code);
    }

    /// Takes the attributes of a URL, its method and its events.
    pub(crate) fn status_callback<E: Value>(
        &mut self,
        names: [&'static str; 3],
        field: &mut StatusCallback<E>,
        code: u32,
    ) {
        self.text(names[0], &mut field.url);
        self.value(names[1], &mut field.method, SCHEMA);
        self.list(names[2], &mut field.events, code);
    }

    /// Takes the text directly inside the element, without blanks at both ends.
    pub(crate) fn inner_text(&mut self, field: &mut String) {
        match self {
            Pass::Write(xml) => xml.push_text(field),
            Pass::Read(reading) => {
                reading.is_text_expected = true;
                *field = reading.xml.text();
            }
        }
    }

    /// Takes all children of some kinds, in their order.
    pub(crate) fn children<C: OneOf>(&mut self, field: &mut Vec<C>) {
        match self {
            Pass::Write(xml) => {
                xml.content.extend(field.iter().map(|child| XmlNode::Element(child.write())));
            }
            Pass::Read(reading) => {
                reading.children.extend(C::NAMES);
                let named = reading.xml.elements().filter(|child| C::NAMES.contains(&child.name.as_str()));
                field.extend(named.filter_map(|child| C::read(child, reading.warnings)));
            }
        }
    }

    /// Takes one child of some kinds; further ones get a warning.
    pub(crate) fn child<C: OneOf>(&mut self, field: &mut Option<C>) {
        let mut children: Vec<C> = field.take().into_iter().collect();
        self.children(&mut children);
        self.keep_first(&mut children, 1, C::NAMES);
        *field = children.pop();
    }

    /// Takes the children that hold nothing but text.
    pub(crate) fn text_children(&mut self, name: &'static str, field: &mut Vec<String>) {
        match self {
            Pass::Write(xml) => {
                for text in field {
                    let mut child = XmlElement::new(name);
                    child.push_text(text);
                    xml.content.push(XmlNode::Element(child));
                }
            }
            Pass::Read(reading) => {
                reading.children.push(name);
                let named = reading.xml.elements().filter(|child| child.name == name);
                for child in named {
                    Reading { is_text_expected: true, ..Reading::new(child, reading.warnings) }
                        .warn_of_the_rest(SCHEMA);
                    field.push(child.text());
                }
            }
        }
    }

    /// Takes one child that holds nothing but text.
    pub(crate) fn text_child(&mut self, name: &'static str, field: &mut Option<String>) {
        let mut texts: Vec<String> = field.take().into_iter().collect();
        self.text_children(name, &mut texts);
        self.keep_first(&mut texts, 1, &[name]);
        *field = texts.pop();
    }

    /// Takes text that stands in a child of its own, or directly inside the element where there is no such child.
    pub(crate) fn text_or_child(
        &mut self,
        name: &'static str,
        field: &mut String,
        is_written_as_child: bool,
    ) {
        let is_child = is_written_as_child && !field.is_empty();
        let mut child = is_child.then(|| std::mem::take(field));
        self.inner_text(field);
        self.text_child(name, &mut child);
        let Some(text) = child else { return };
        if !field.is_empty() {
            self.warn(SCHEMA, &format!("has text beside <{name}>: the text is left out"));
        }
        *field = text;
    }

    /// Leaves out children beyond the published number.
    pub(crate) fn keep_first<C>(&mut self, children: &mut Vec<C>, count: usize, names: &[&str]) {
        if children.len() > count {
            let message = format!("holds more than {count} of {}: the further are left out", tags(names));
            self.warn(SCHEMA, &message);
            children.truncate(count);
        }
    }

    /// Warns about the element that is read; its name is put before the message.
    pub(crate) fn warn(&mut self, code: u32, message: &str) {
        if let Pass::Read(reading) = self {
            let message = format!("<{}> {message}", reading.xml.name);
            reading.warnings.add(code, reading.xml.line, message);
        }
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(xml: &'a XmlElement, warnings: &'a mut Warnings) -> Reading<'a> {
        Reading { xml, warnings, attributes: vec![], children: vec![], is_text_expected: false }
    }

    /// Takes the whole content as known: the caller reads it itself.
    pub(crate) fn take_content(&mut self) -> (&'a XmlElement, &mut Warnings) {
        self.is_text_expected = true;
        self.children.extend(self.xml.elements().map(|child| child.name.as_str()));
        (self.xml, self.warnings)
    }

    /// Warns about everything that nobody asked for.
    pub(crate) fn warn_of_the_rest(self, nesting_code: u32) {
        let (name, line) = (&self.xml.name, self.xml.line);
        for (attribute, _) in &self.xml.attributes {
            if !self.attributes.contains(&attribute.as_str()) && !is_about_xml(attribute) {
                let message = format!("<{name}> has no attribute '{attribute}': left out");
                self.warnings.add(SCHEMA, line, message);
            }
        }
        for child in self.xml.elements().filter(|child| !self.children.contains(&child.name.as_str())) {
            let message = misplaced(name, &child.name, &self.children);
            self.warnings.add(nesting_code, child.line, message);
        }
        if !self.is_text_expected && !self.xml.text().is_empty() {
            self.warnings.add(nesting_code, line, format!("<{name}> holds no text: left out"));
        }
    }

    fn attribute(&mut self, name: &'static str) -> Option<&'a str> {
        self.attributes.push(name);
        self.xml.attribute(name)
    }

    fn warn_of_value(&mut self, code: u32, name: &str, expected: &str) {
        let value = self.xml.attribute(name).unwrap_or_default();
        let message = format!("<{}> {name}='{value}': {expected}", self.xml.name);
        self.warnings.add(code, self.xml.line, message);
    }
}

fn write_attribute(xml: &mut XmlElement, name: &str, value: Option<String>) {
    xml.attributes.extend(value.map(|value| (name.to_owned(), value)));
}

/// Returns the number of a range that is nearest to what a text says; none if it says no whole number, or zero or
/// less where that is none: the nearest would then be the opposite of what the default stands for.
fn nearest(text: &str, range: &RangeInclusive<u32>) -> Option<u32> {
    let number: i128 = text.parse().ok()?;
    if number <= 0 && number < i128::from(*range.start()) {
        return None;
    }
    u32::try_from(number.clamp(i128::from(*range.start()), i128::from(*range.end()))).ok()
}

fn describe_range(range: &RangeInclusive<u32>) -> String {
    match (*range.start(), *range.end()) {
        (0, u32::MAX) => "a whole number".to_owned(),
        (start, u32::MAX) => format!("a whole number from {start}"),
        (start, end) => format!("a whole number from {start} to {end}"),
    }
}

/// Says whether an attribute speaks of the file, as schema locations and namespaces do.
fn is_about_xml(attribute: &str) -> bool {
    ["xmlns", "xmlns:", "xsi:"].iter().any(|prefix| match prefix.strip_suffix(':') {
        Some(_) => attribute.starts_with(prefix),
        None => attribute == *prefix,
    })
}

fn misplaced(parent: &str, child: &str, known: &[&str]) -> String {
    match known.iter().find(|name| name.eq_ignore_ascii_case(child)) {
        Some(name) => format!("<{child}> is left out: write <{name}>, names are case-sensitive"),
        None if known.is_empty() => format!("<{child}> inside <{parent}> is left out: it holds no elements"),
        None => format!("<{child}> inside <{parent}> is left out: expected {}", tags(known)),
    }
}

fn tags(names: &[&str]) -> String {
    let tags: Vec<String> = names.iter().map(|name| format!("<{name}>")).collect();
    tags.join(", ")
}

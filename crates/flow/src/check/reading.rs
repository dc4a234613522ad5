//! The variables that the templates of reachable widgets read.

use super::model::{Model, Text};

/// One variable that one text reads.
pub(super) struct Reading<'a> {
    /// The place of the widget that reads.
    pub(super) widget: usize,
    pub(super) text: &'a Text<'a>,
    /// The variable, such as `widgets`, `menu`, `Digits`.
    pub(super) variable: Vec<&'a str>,
}

/// Returns every variable that a widget can come to read, once for each text.
pub(super) fn readings<'a>(model: &'a Model<'a>) -> impl Iterator<Item = Reading<'a>> {
    model.reachable().flat_map(|(widget, it)| {
        it.texts.iter().flat_map(move |text| {
            let variable = |path: &'a [String]| path.iter().map(String::as_str).collect();
            text.variables().map(move |path| Reading { widget, text, variable: variable(path) })
        })
    })
}

//! The filters: one list of names, and what they share. Each function works on one value and its arguments.

mod any;
mod array;
mod date;
mod encoding;
mod html;
mod math;
mod select;
mod string;

use std::fmt;
use std::ops::RangeInclusive;

use crate::error::Fault;
use crate::options::Options;
use crate::value::Value;

/// What a filter is given besides the value.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub(crate) first: Option<Value<'a>>,
    pub(crate) second: Option<Value<'a>>,
    /// The value of the one argument that goes by name.
    pub(crate) named: Option<Value<'a>>,
    pub(crate) options: &'a Options,
}

/// What a filter gives.
pub(crate) type FilterResult<'a> = Result<Value<'a>, Fault>;

/// What a filter does.
pub(crate) type Function = for<'a> fn(Value<'a>, &Arguments<'a>) -> FilterResult<'a>;

/// A filter as the parser knows it.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    /// How many arguments it takes besides the named one.
    pub(crate) arity: RangeInclusive<usize>,
    /// The name of the argument that goes by name.
    pub(crate) named: Option<&'static str>,
    pub(crate) function: Function,
}

/// Every filter by name.
static FILTERS: [Filter; 60] = [
    filter("abs", 0..=0, math::abs),
    filter("append", 1..=1, string::append),
    filter("at_least", 1..=1, math::at_least),
    filter("at_most", 1..=1, math::at_most),
    filter("base64_decode", 0..=0, encoding::base64_decode),
    filter("base64_encode", 0..=0, encoding::base64_encode),
    filter("base64_url_safe_decode", 0..=0, encoding::base64_url_safe_decode),
    filter("base64_url_safe_encode", 0..=0, encoding::base64_url_safe_encode),
    filter("capitalize", 0..=0, string::capitalize),
    filter("ceil", 0..=0, math::ceil),
    filter("compact", 0..=1, array::compact),
    filter("concat", 1..=1, array::concat),
    filter("date", 1..=1, date::date),
    Filter { named: Some("allow_false"), ..filter("default", 0..=1, any::default) },
    filter("divided_by", 1..=1, math::divided_by),
    filter("downcase", 0..=0, string::downcase),
    filter("escape", 0..=0, html::escape),
    filter("escape_once", 0..=0, html::escape_once),
    filter("find", 1..=2, select::find),
    filter("find_index", 1..=2, select::find_index),
    filter("first", 0..=0, array::first),
    filter("floor", 0..=0, math::floor),
    filter("has", 1..=2, select::has),
    filter("join", 0..=1, array::join),
    filter("last", 0..=0, array::last),
    filter("lstrip", 0..=0, string::lstrip),
    filter("map", 1..=1, array::map),
    filter("minus", 1..=1, math::minus),
    filter("modulo", 1..=1, math::modulo),
    filter("newline_to_br", 0..=0, html::newline_to_br),
    filter("plus", 1..=1, math::plus),
    filter("prepend", 1..=1, string::prepend),
    filter("reject", 1..=2, select::reject),
    filter("remove", 1..=1, string::remove),
    filter("remove_first", 1..=1, string::remove_first),
    filter("remove_last", 1..=1, string::remove_last),
    filter("replace", 1..=2, string::replace),
    filter("replace_first", 1..=2, string::replace_first),
    filter("replace_last", 2..=2, string::replace_last),
    filter("reverse", 0..=0, array::reverse),
    filter("round", 0..=1, math::round),
    filter("rstrip", 0..=0, string::rstrip),
    filter("size", 0..=0, any::size),
    filter("slice", 1..=2, string::slice),
    filter("sort", 0..=1, array::sort),
    filter("sort_natural", 0..=1, array::sort_natural),
    filter("split", 1..=1, string::split),
    filter("strip", 0..=0, string::strip),
    filter("strip_html", 0..=0, html::strip_html),
    filter("strip_newlines", 0..=0, string::strip_newlines),
    filter("sum", 0..=1, array::sum),
    filter("times", 1..=1, math::times),
    filter("to_json", 0..=0, any::to_json),
    filter("truncate", 0..=2, string::truncate),
    filter("truncatewords", 0..=2, string::truncatewords),
    filter("uniq", 0..=1, array::uniq),
    filter("upcase", 0..=0, string::upcase),
    filter("url_decode", 0..=0, encoding::url_decode),
    filter("url_encode", 0..=0, encoding::url_encode),
    filter("where", 1..=2, select::where_),
];

/// The longest text that a filter may build of two others, in bytes.
const BUILT_TEXT_MAX: usize = 1 << 20;

/// Returns the filter of that name.
pub(crate) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

/// Returns a sentence that offers the filter whose name looks most like `name`, or nothing.
pub(crate) fn suggestion(name: &str) -> String {
    let simple = |name: &str| name.to_lowercase().replace(['_', '-'], "");
    let wanted = simple(name);
    let alike = |filter: &&Filter| {
        let known = simple(filter.name);
        known == wanted || known.starts_with(&wanted) || wanted.starts_with(&known)
    };
    FILTERS.iter().find(alike).map_or(String::new(), |filter| format!("; did you mean `{}`?", filter.name))
}

impl Filter {
    /// Says how many arguments the filter takes.
    pub(crate) fn arity_text(&self) -> String {
        match (self.arity.start(), self.arity.end()) {
            (0, 0) => "no arguments".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        }
    }
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl<'a> Arguments<'a> {
    /// Returns the first argument; nil when it is missing.
    fn first(&self) -> &Value<'a> {
        self.first.as_ref().unwrap_or(&Value::Nil)
    }

    /// Returns the second argument; nil when it is missing.
    fn second(&self) -> &Value<'a> {
        self.second.as_ref().unwrap_or(&Value::Nil)
    }
}

const fn filter(name: &'static str, arity: RangeInclusive<usize>, function: Function) -> Filter {
    Filter { name, arity, named: None, function }
}

/// Refuses to build a text of `length` bytes when that is too long.
fn check_length(length: usize) -> Result<(), Fault> {
    if length > BUILT_TEXT_MAX {
        return Err(Fault::new(format!("a filter may make a text of at most {BUILT_TEXT_MAX} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_nearly_named_is_offered() {
        assert_eq!(suggestion("upCase"), "; did you mean `upcase`?");
        assert_eq!(suggestion("urlencode"), "; did you mean `url_encode`?");
        assert_eq!(suggestion("frobnicate"), "");
    }
}

//! Checks of parameters that several commands share.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::Attributes;

use crate::Refusal;

/// The largest priority.
pub(crate) const PRIORITY_MAX: u32 = i32::MAX as u32;
/// The longest attributes of a task or worker, in characters.
const ATTRIBUTES_MAX: usize = 4096;
/// The longest name, in characters.
const FRIENDLY_NAME_MAX: usize = 64;

/// Returns a name that has characters, and not too many.
pub(crate) fn friendly_name(text: &str) -> Result<Arc<str>, Refusal> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(Refusal::invalid("FriendlyName", "a name is expected, found none"));
    }
    if length > FRIENDLY_NAME_MAX {
        let reason = format!("the name is {length} characters long, at most {FRIENDLY_NAME_MAX} are allowed");
        return Err(Refusal::invalid("FriendlyName", reason));
    }
    Ok(text.into())
}

/// Returns attributes that are a JSON object and not too long.
pub(crate) fn attributes(text: &str) -> Result<Arc<Attributes>, Refusal> {
    let attributes = Attributes::parse(text, ATTRIBUTES_MAX);
    attributes.map(Arc::new).map_err(|error| Refusal::invalid("Attributes", error))
}

/// Returns a number that lies within a range.
pub(crate) fn within<T: PartialOrd + Display>(
    parameter: &'static str,
    number: T,
    range: RangeInclusive<T>,
) -> Result<T, Refusal> {
    if range.contains(&number) {
        return Ok(number);
    }
    let reason = format!("{number} is given, {} to {} is expected", range.start(), range.end());
    Err(Refusal::invalid(parameter, reason))
}

/// Returns an address, or none for an empty text, which clears it.
pub(crate) fn url(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

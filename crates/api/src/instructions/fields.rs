//! The fields of an instruction, whatever stands before their names.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::error::ApiError;
use crate::parameters::Parameters;

/// What of a call's progress can be told.
const CALL_EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

/// How a URL is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// With the parameters in the URL.
    Get,
    /// With the parameters in the body.
    Post,
}

/// The parameters of one instruction.
pub(super) struct Fields<'a> {
    parameters: &'a Parameters,
    prefix: &'static str,
}

impl<'a> Fields<'a> {
    /// Reads parameters whose names begin with a prefix.
    pub(super) fn new(parameters: &'a Parameters, prefix: &'static str) -> Self {
        Self { parameters, prefix }
    }

    /// Returns a text that is not blank.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.parameters.filled(&self.full(name)).map(str::to_owned)
    }

    /// Returns a text that must be given.
    pub(super) fn required(&self, name: &str) -> Result<String, ApiError> {
        self.parameters.required(&self.full(name))
    }

    /// Returns a field read as what it must be.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.parameters.parsed(&self.full(name))
    }

    /// Returns a field that must be given, read as what it must be.
    pub(super) fn required_as<T: FromStr<Err: Display>>(&self, name: &str) -> Result<T, ApiError> {
        self.parameters.required_as(&self.full(name))
    }

    /// Returns a yes or no.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, ApiError> {
        Ok(self.parameters.boolean(&self.full(name))?.unwrap_or(default))
    }

    /// Returns a number within bounds.
    pub(super) fn number(&self, name: &str, bounds: RangeInclusive<u32>) -> Result<Option<u32>, ApiError> {
        let name = self.full(name);
        match self.parameters.number(&name)? {
            Some(number) if !bounds.contains(&number) => {
                let (least, most) = bounds.into_inner();
                Err(ApiError::invalid(&name, format!("{number} is given, {least} to {most} is expected")))
            }
            number => Ok(number),
        }
    }

    /// Returns the value of a choice.
    pub(super) fn one_of<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, ApiError> {
        let Some(given) = self.text(name) else { return Ok(None) };
        let found = choices.iter().find(|(choice, _)| choice.eq_ignore_ascii_case(given.trim()));
        let unknown = || {
            let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            let reason = format!("'{given}' is not known: one of {} is expected", names.join(", "));
            ApiError::invalid(&self.full(name), reason)
        };
        found.map(|(_, value)| Some(*value)).ok_or_else(unknown)
    }

    /// Returns how a URL is requested.
    pub(super) fn method(&self, name: &str) -> Result<Method, ApiError> {
        let methods = [("GET", Method::Get), ("POST", Method::Post)];
        Ok(self.one_of(name, &methods)?.unwrap_or(Method::Post))
    }

    /// Returns which events of a call are told, under whichever of these names.
    pub(super) fn call_events(&self, names: &[&str]) -> Result<Vec<String>, ApiError> {
        self.events(names, &CALL_EVENTS)
    }

    /// Returns which of the known events are told, under whichever of these names.
    pub(super) fn events(&self, names: &[&str], known: &[&str]) -> Result<Vec<String>, ApiError> {
        let mut events = Vec::new();
        for name in names.iter().map(|name| self.full(name)) {
            // A callback's answer may separate them by spaces, as TwiML does.
            let given = self.parameters.list(&name);
            for event in given.iter().flat_map(|text| text.split_whitespace()) {
                if !known.contains(&event) {
                    let reason = format!("'{event}' is not known: {} are expected", known.join(", "));
                    return Err(ApiError::invalid(&name, reason));
                }
                events.push(event.to_owned());
            }
        }
        Ok(events)
    }

    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

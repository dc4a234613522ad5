//! Pairs of a name and a value that are handed on: to a client, an application, a stream, a SIP peer.

use serde::{Deserialize, Serialize};

use crate::schema::{Element, Pass};

/// A pair for whoever answers or listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameter {
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

impl Element for Parameter {
    const NAME: &'static str = "Parameter";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.text("value", &mut self.value);
    }
}

/// A setting of a virtual agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

impl Element for Config {
    const NAME: &'static str = "Config";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.text("value", &mut self.value);
    }
}

/// A header of an INVITE.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Header {
    /// Its name.
    pub name: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

impl Element for Header {
    const NAME: &'static str = "Header";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.text("value", &mut self.value);
    }
}

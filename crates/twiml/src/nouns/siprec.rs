//! `<Siprec>`: the call's audio to a SIP recorder.

use serde::{Deserialize, Serialize};

use super::{Parameter, Track};
use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// A copy of the audio for a recorder that is configured as a connector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Siprec {
    /// A name to stop it by, unique in the call.
    pub name: Option<String>,
    /// The connector that knows the recorder.
    pub connector_name: Option<String>,
    /// Which side is sent.
    pub track: Option<Track>,
    /// Who is told of it.
    pub status_callback: Callback,
    /// Pairs that the recorder is told.
    pub parameters: Vec<Parameter>,
}

impl Siprec {
    /// Returns which side is sent; what the caller says unless written otherwise.
    pub fn track(&self) -> Track {
        self.track.unwrap_or(Track::Inbound)
    }
}

impl Element for Siprec {
    const NAME: &'static str = "Siprec";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.text("connectorName", &mut self.connector_name);
        pass.value("track", &mut self.track, SCHEMA);
        pass.callback(["statusCallback", "statusCallbackMethod"], &mut self.status_callback, SCHEMA);
        pass.children(&mut self.parameters);
    }
}

//! `<Stream>`: the call's audio over a WebSocket.

use serde::{Deserialize, Serialize};

use super::Parameter;
use crate::schema::{Callback, Element, Pass, choice};
use crate::warning::SCHEMA;

choice! {
    /// Which side of the call is sent.
    pub enum Track { Inbound = "inbound_track", Outbound = "outbound_track", Both = "both_tracks" }
}

/// A stream of audio to an application, and back where it is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stream {
    /// A name to stop it by, unique in the call.
    pub name: Option<String>,
    /// The connector that knows the peer.
    pub connector_name: Option<String>,
    /// The peer, `wss://…`.
    pub url: Option<String>,
    /// Which side is sent.
    pub track: Option<Track>,
    /// Who is told of the stream.
    pub status_callback: Callback,
    /// Pairs that the peer is told at the start.
    pub parameters: Vec<Parameter>,
}

impl Stream {
    /// Returns which side is sent; what the caller says unless written otherwise.
    pub fn track(&self) -> Track {
        self.track.unwrap_or(Track::Inbound)
    }
}

impl Element for Stream {
    const NAME: &'static str = "Stream";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("name", &mut self.name);
        pass.text("connectorName", &mut self.connector_name);
        pass.text("url", &mut self.url);
        pass.value("track", &mut self.track, SCHEMA);
        pass.callback(["statusCallback", "statusCallbackMethod"], &mut self.status_callback, SCHEMA);
        pass.children(&mut self.parameters);
    }
}

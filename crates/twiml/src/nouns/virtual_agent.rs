//! `<VirtualAgent>`: a talking machine behind a connector.

use serde::{Deserialize, Serialize};

use super::{Config, Parameter};
use crate::schema::{Callback, Element, Pass};
use crate::warning::SCHEMA;

/// A virtual agent to talk to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VirtualAgent {
    /// The connector that knows the agent.
    pub connector_name: Option<String>,
    /// The language of the conversation.
    pub language: Option<String>,
    /// Whether the mood of the caller is told.
    pub sentiment_analysis: Option<bool>,
    /// Who is told of the conversation.
    pub status_callback: Callback,
    /// Settings of the agent.
    pub configs: Vec<Config>,
    /// Pairs that the agent is told.
    pub parameters: Vec<Parameter>,
}

impl Element for VirtualAgent {
    const NAME: &'static str = "VirtualAgent";

    fn describe(&mut self, pass: &mut Pass<'_>) {
        pass.text("connectorName", &mut self.connector_name);
        pass.text("language", &mut self.language);
        pass.value("sentimentAnalysis", &mut self.sentiment_analysis, SCHEMA);
        pass.callback(["statusCallback", "statusCallbackMethod"], &mut self.status_callback, SCHEMA);
        pass.children(&mut self.configs);
        pass.children(&mut self.parameters);
    }
}

//! Subflows: which other flows a flow runs inside itself, and what its execution keeps while one of them runs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Context;
use crate::execution::Visit;
use crate::widget::WidgetSource;

/// Another flow as a Run Subflow widget names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubflowReference {
    /// The flow, as the author named it: normally a SID.
    pub flow_sid: String,
    /// `LatestPublished`, `LatestDraft` or the number of a revision.
    pub revision: String,
}

/// What a widget asks of its execution: to run this flow with these parameters.
#[derive(Debug)]
pub(crate) struct SubflowStart {
    pub(crate) reference: SubflowReference,
    pub(crate) parameters: Map<String, Value>,
}

/// The parent's side of a subflow that runs: all that is taken up again when it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Parent {
    /// What runs meanwhile.
    pub(crate) subflow: SubflowReference,
    /// The visit to the widget that runs it.
    pub(crate) visit: Visit,
    /// What the parent's templates can read.
    pub(crate) context: Context,
    /// How often in a row the parent's widget was entered.
    pub(crate) visits_in_a_row: u32,
}

impl SubflowReference {
    /// Reads what a Run Subflow widget names.
    pub(crate) fn read(source: &WidgetSource<'_>) -> Self {
        let text = |name| source.text(name).unwrap_or_default().trim().to_owned();
        Self { flow_sid: text("flow_sid"), revision: text("flow_revision") }
    }
}

//! Run Subflow: runs another flow inside this execution.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::execution::subflow::{SubflowReference, SubflowStart};
use crate::widget::{Behaviour, Outcome, Scope, WidgetSource};
use crate::widgets::common::variables::VariableTemplates;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "run-subflow",
    label: "Run Subflow",
    group: Group::Flow,
    help: "Runs another flow inside this execution.",
    properties: &[
        PropertyKind::new("flow_sid", PropertyType::Sid { prefix: "FW" }, "The flow; no Liquid.").required(),
        PropertyKind::new(
            "flow_revision",
            PropertyType::Text,
            "LatestPublished, LatestDraft or the number of a revision.",
        )
        .default("LatestPublished"),
        PropertyKind::new(
            "parameters",
            PropertyType::List { keys: &["key", "value", "type"] },
            "What the subflow reads as trigger.parent.parameters.",
        )
        .liquid(),
    ],
    events: &[EventKind::new("completed", "Subflow ended"), EventKind::new("failed", "Subflow failed")],
    failure_event: Some("failed"),
    outputs: &["<variable>"],
    compile: Some(compile),
};

#[derive(Debug)]
struct RunSubflow {
    reference: SubflowReference,
    parameters: VariableTemplates,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(RunSubflow {
        reference: SubflowReference::read(source),
        parameters: VariableTemplates::compile(source, "parameters"),
    })
}

impl Behaviour for RunSubflow {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let parameters = self.parameters.evaluate(scope);
        Outcome::RunSubflow(SubflowStart { reference: self.reference.clone(), parameters })
    }

    fn subflow(&self) -> Option<&SubflowReference> {
        Some(&self.reference)
    }
}

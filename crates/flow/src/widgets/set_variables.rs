//! Set Variables: writes `flow.variables`, and the same under its own name.

use crate::catalogue::{EventKind, Group, PropertyKind, PropertyType, WidgetKind};
use crate::widget::{Behaviour, Exit, Outcome, Scope, WidgetSource};
use crate::widgets::common::variables::VariableTemplates;

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "set-variables",
    label: "Set Variables",
    group: Group::Flow,
    help: "Sets variables that later widgets read as flow.variables.<key>.",
    properties: &[PropertyKind::new(
        "variables",
        PropertyType::List { keys: &["key", "value", "type", "index"] },
        "The variables; a value of type json_object is parsed.",
    )
    .liquid()],
    events: &[EventKind::new("next", "Next")],
    failure_event: None,
    outputs: &["<key>"],
    compile: Some(compile),
};

#[derive(Debug)]
struct SetVariables(VariableTemplates);

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    Box::new(SetVariables(VariableTemplates::compile(source, "variables")))
}

impl Behaviour for SetVariables {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let variables = self.0.evaluate(scope);
        Outcome::Leave(Exit { variables: variables.clone(), ..Exit::by("next").with_outputs(variables) })
    }
}

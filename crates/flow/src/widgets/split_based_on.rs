//! Split Based On: takes the first branch whose conditions hold.

use crate::catalogue::{EventKind, Group, PropertyKind, WidgetKind};
use crate::condition::Condition;
use crate::widget::{Behaviour, Exit, Outcome, Scope, Way, WidgetSource};

pub(crate) static KIND: WidgetKind = WidgetKind {
    type_name: "split-based-on",
    label: "Split Based On…",
    group: Group::Flow,
    help: "Takes the first branch whose condition holds.",
    properties: &[PropertyKind::liquid_text(
        "input",
        "What is compared: a variable such as {{widgets.ask.inbound.Body}}.",
    )],
    events: &[
        EventKind::new("noMatch", "No condition matches"),
        EventKind::new("match", "Condition matches"),
    ],
    failure_event: None,
    outputs: &[],
    compile: Some(compile),
};

#[derive(Debug)]
struct Split {
    branches: Vec<Branch>,
}

/// A `match` transition: its place, and what must hold for it.
#[derive(Debug)]
struct Branch {
    place: usize,
    conditions: Vec<Condition>,
}

fn compile(source: &WidgetSource<'_>) -> Box<dyn Behaviour> {
    let input = source.text("input").unwrap_or_default();
    let mut branches = Vec::new();
    for (place, transition) in source.transitions.iter().enumerate() {
        let conditions = transition["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let conditions: Vec<_> =
            conditions.iter().filter_map(|one| Condition::compile(one, &input)).collect();
        if transition["event"] == "match" && !conditions.is_empty() {
            branches.push(Branch { place, conditions });
        }
    }
    Box::new(Split { branches })
}

impl Branch {
    fn question(&self, scope: &Scope<'_>) -> String {
        self.conditions.iter().map(|one| one.question(scope)).collect::<Vec<_>>().join(" and ")
    }
}

impl Behaviour for Split {
    fn enter(&self, scope: &mut Scope<'_>) -> Outcome {
        let taken = self.branches.iter().find(|branch| branch.conditions.iter().all(|one| one.holds(scope)));
        scope.visit.reason = Some(match taken {
            Some(branch) => branch.question(scope),
            None => {
                let asked: Vec<String> = self.branches.iter().map(|branch| branch.question(scope)).collect();
                format!("none holds: {}", asked.join("; "))
            }
        });
        Outcome::Leave(match taken {
            Some(branch) => Exit::way(Way::Place(branch.place)),
            None => Exit::by("noMatch"),
        })
    }
}

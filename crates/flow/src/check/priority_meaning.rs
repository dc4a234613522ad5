//! What a task's priority means where the flow runs.

use super::model::Model;
use super::{Report, Rule, Severity};
use crate::portable::PriorityOrder;

pub(super) static RULE: Rule = Rule {
    code: "priority-meaning",
    severity: Severity::Note,
    reason: "Published pages contradict each other on which priority goes first; here a setting of the workspace \
             (`PriorityOrder`) decides, and the larger number is the default.",
    hint: "the workspace's setting PriorityOrder turns the order round; --workspace says how it is set",
    example: r#""priority": "5""#,
    run,
};

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    for widget in &model.widgets {
        let Some(priority) = widget.properties.and_then(|properties| properties.get("priority")) else {
            continue;
        };
        let priority = priority.as_str().map_or_else(|| priority.to_string(), str::to_owned);
        let workflow = widget.text("workflow").or_else(|| widget.text("workflow_sid")).unwrap_or_default();
        if priority.trim().is_empty() || widget.kind.property("priority").is_none() {
            continue;
        }
        let (order, whose) = match model.bindings.priority_order(workflow) {
            Some(order) => (order, "in this workflow's workspace"),
            None => (PriorityOrder::default(), "unless the workspace is set otherwise"),
        };
        report.add(widget.property_path("priority"), meaning(priority.trim(), order, whose));
    }
}

fn meaning(priority: &str, order: PriorityOrder, whose: &str) -> String {
    let rule = match order {
        PriorityOrder::LargestFirst => "larger numbers go first",
        PriorityOrder::ZeroFirst => "smaller numbers go first",
    };
    let place = match (priority.parse::<u32>(), order) {
        (Ok(0), PriorityOrder::LargestFirst) => {
            ", and no task comes after it but younger ones of the same priority"
        }
        (Ok(0), PriorityOrder::ZeroFirst) => {
            ", and no task comes before it but older ones of the same priority"
        }
        (Ok(_), PriorityOrder::LargestFirst) => ", before the tasks with the default 0",
        (Ok(_), PriorityOrder::ZeroFirst) => ", after the tasks with the default 0",
        (Err(_), _) => "",
    };
    format!("priority {priority}: {whose}, {rule}{place}")
}

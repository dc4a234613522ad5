//! Voice widgets where there can not be a call.

use super::model::Model;
use super::{Report, Rule, Severity};
use crate::catalogue::Group;

pub(super) static RULE: Rule = Rule {
    code: "voice-without-call",
    severity: Severity::Warning,
    reason: "A widget that speaks, listens or connects needs a call: an incoming one, or one that Make Outgoing Call \
             got answered.",
    hint: "begin at the trigger's 'Incoming call', or put Make Outgoing Call in front",
    example: r#"trigger "incomingMessage" → say-play"#,
    run,
};

/// What begins with a call, or may: a parent flow brings its own.
const CALL_TRIGGERS: &[&str] = &["incomingCall", "incomingParent"];

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    let makes_calls = |type_name: &str| type_name.starts_with("make-outgoing-call");
    let callers: Vec<usize> =
        model.reachable().filter(|it| makes_calls(it.1.kind.type_name)).map(|it| it.0).collect();
    for (place, widget) in model.reachable().filter(|it| needs_call(it.1.kind.type_name, it.1.kind.group)) {
        let called = |caller: &usize| model.can_follow(place, *caller, |event| event.starts_with("answered"));
        if !model.can_begin(place, CALL_TRIGGERS) && !callers.iter().any(called) {
            let message = format!("'{}' needs a call, and no path that leads to it has one", widget.name);
            report.add(format!("{}/type", widget.path), message);
        }
    }
}

fn needs_call(type_name: &str, group: Group) -> bool {
    match group {
        Group::Voice => !type_name.starts_with("make-outgoing-call"),
        Group::Connect => type_name == "enqueue-call",
        Group::Flow | Group::Messaging | Group::Tools => false,
    }
}

//! Loops in which nothing takes time.

use std::collections::BTreeSet;

use super::model::{Model, Widget, followers};
use super::reach::rounds;
use super::{Report, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    code: "loop-without-wait",
    severity: Severity::Warning,
    reason: "A loop in which no widget waits for the contact or for time runs through the step limit in a moment; \
             one without a way out always does.",
    hint: "put a widget that waits into the loop, or count the rounds and leave by a split",
    example: r#"make-http-request "failed" → the same make-http-request"#,
    run,
};

/// The widgets that do their work at once; all others wait for the contact, the carrier or an audio.
const INSTANT: &[&str] = &[
    "split-based-on",
    "set-variables",
    "send-message",
    "run-function",
    "make-http-request",
    "start-conversation",
    "resume-conversation",
    "record-call",
    "fork-stream",
];

fn run(model: &Model<'_>, report: &mut Report<'_>) {
    let is_instant: Vec<bool> = (0..model.widgets.len()).map(|place| is_instant(model, place)).collect();
    for round in rounds(&followers(&model.widgets, |place| is_instant[place])) {
        let names: Vec<_> = round.iter().map(|place| model.widgets[*place].name).collect();
        let message = format!("{} can go round without waiting for anything", names.join(", "));
        let path = format!("{}/name", model.widgets[round[0]].path);
        let round: BTreeSet<usize> = round.into_iter().collect();
        if round.iter().any(|place| has_way_out(&model.widgets[*place], &round)) {
            report.add(path, message);
        } else {
            report.add_as(Severity::Error, path, format!("{message}, and never leave"));
        }
    }
}

fn is_instant(model: &Model<'_>, place: usize) -> bool {
    model.is_reachable(place) && INSTANT.contains(&model.widgets[place].kind.type_name)
}

/// A transition that leads nowhere is a way out, too: the flow ends.
fn has_way_out(widget: &Widget<'_>, round: &BTreeSet<usize>) -> bool {
    let leads_out = |event: &str| {
        let mut ways = widget.ways.iter().filter(|way| way.event == event);
        let stays = |next: Option<usize>| next.is_some_and(|next| round.contains(&next));
        // There may be no branch for `match`; every other event happens whether it is wired or not.
        if event == "match" {
            ways.any(|way| !stays(way.next))
        } else {
            !stays(ways.next().and_then(|way| way.next))
        }
    };
    widget.kind.events.iter().any(|known| leads_out(known.event))
}

//! A flow as Mermaid text, for Markdown.

use std::fmt::Write;

use super::drawing::{Drawing, WidgetBox};

/// Writes a flow as text.
pub(super) fn write(drawing: &Drawing) -> String {
    let mut text = String::from("flowchart TD\n");
    for (place, widget) in drawing.boxes.iter().enumerate() {
        put(&mut text, format_args!("w{place}{}", shape(widget)));
    }
    for line in &drawing.lines {
        let (from, port, to) = (&drawing.boxes[line.from], line.port, line.to);
        let arrow = if line.is_taken { "==>" } else { "-->" };
        put(
            &mut text,
            format_args!("w{} {arrow}|\"{}\"| w{to}", line.from, escaped(&from.ports[port].label)),
        );
    }
    let visited: Vec<String> = (0..drawing.boxes.len())
        .filter(|place| drawing.boxes[*place].is_visited)
        .map(|place| format!("w{place}"))
        .collect();
    if !visited.is_empty() {
        put(&mut text, format_args!("classDef visited stroke:#e8590c,stroke-width:3px"));
        put(&mut text, format_args!("class {} visited", visited.join(",")));
    }
    text
}

fn shape(widget: &WidgetBox) -> String {
    let (open, close) = match widget.type_name.as_str() {
        "trigger" => ("([", "])"),
        "split-based-on" => ("{{", "}}"),
        _ => ("[", "]"),
    };
    format!("{open}\"<b>{}</b><br/>{}\"{close}", escaped(&widget.name), escaped(&widget.label))
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "    {line}").expect("a string takes all text");
}

/// Mermaid spells signs by their entity between `#` and `;`.
fn escaped(text: &str) -> String {
    let spell = |character: char| match character {
        '#' => "#35;".to_owned(),
        '"' => "#quot;".to_owned(),
        '<' => "#lt;".to_owned(),
        '>' => "#gt;".to_owned(),
        '&' => "#amp;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_flow_becomes_boxes_and_arrows_and_the_way_taken_is_marked() {
        let definition = json!({ "states": [
            { "name": "Trigger", "type": "trigger", "transitions": [
                { "event": "incomingMessage", "next": "which" }, { "event": "incomingCall" },
            ] },
            { "name": "which", "type": "split-based-on", "transitions": [
                { "event": "match", "next": "which", "conditions": [{ "friendly_name": "If \"a\" > b" }] },
            ] },
        ] });
        let mut drawing = Drawing::of(&definition);
        let step =
            json!({ "name": "incomingMessage", "transitioned_from": "Trigger", "transitioned_to": "which" });
        drawing.mark(&json!({ "steps": [step] }));
        let expected = "flowchart TD
    w0([\"<b>Trigger</b><br/>Trigger\"])
    w1{{\"<b>which</b><br/>Split Based On…\"}}
    w0 ==>|\"Incoming message\"| w1
    w1 -->|\"If #quot;a#quot; #gt; b\"| w1
    classDef visited stroke:#e8590c,stroke-width:3px
    class w0,w1 visited
";
        assert_eq!(write(&drawing), expected);
    }
}

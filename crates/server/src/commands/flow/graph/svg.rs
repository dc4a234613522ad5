//! A flow as SVG.

use std::fmt::Write;

use flow::Group;

use super::drawing::{Drawing, Line, WidgetBox};
use super::layout::{Frame, HEAD, layout, port_height};

/// The least reach of a curve at its ends.
const REACH: f64 = 40.0;

const STYLE: &str = "\
    text { font: 12px 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif; fill: #22272e }\n\
    .name { font-weight: bold; font-size: 13px }\n\
    .type { font-size: 11px; fill: #fff }\n\
    .unwired { fill: #8a939d }\n\
    .box { fill: #fff; stroke: #c3cad1 }\n\
    .line { fill: none; stroke: #7b8794; stroke-width: 1.4 }\n\
    .visited { stroke: #e8590c; stroke-width: 2.5 }\n";

/// Draws a flow.
pub(super) fn draw(drawing: &Drawing) -> String {
    let layout = layout(drawing);
    let mut svg = String::new();
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    let title = escaped(&drawing.title);
    put(
        &mut svg,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#f6f7f9\"/>"
        ),
    );
    put(&mut svg, format_args!("<defs>{}{}</defs>", arrow("arrow", "#7b8794"), arrow("taken", "#e8590c")));
    for (line, route) in drawing.lines.iter().zip(&layout.routes) {
        put_line(&mut svg, line, route);
    }
    for (widget, frame) in drawing.boxes.iter().zip(&layout.frames) {
        put_box(&mut svg, widget, frame);
    }
    svg.push_str("</svg>\n");
    svg
}

fn arrow(id: &str, color: &str) -> String {
    format!(
        "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{color}\"/></marker>"
    )
}

fn put_line(svg: &mut String, line: &Line, route: &[(f64, f64, f64)]) {
    let Some((x, y, _)) = route.first() else { return };
    let mut path = format!("M{x:.1} {y:.1}");
    for pair in route.windows(2) {
        let [(x0, y0, leaves), (x1, y1, comes)] = [pair[0], pair[1]];
        let reach = REACH.max((x1 - x0).abs() / 2.0);
        let (c0, c1) = (x0 + leaves * reach, x1 - comes * reach);
        path.push_str(&format!(" C{c0:.1} {y0:.1} {c1:.1} {y1:.1} {x1:.1} {y1:.1}"));
    }
    let (class, arrow) = if line.is_taken { ("line visited", "taken") } else { ("line", "arrow") };
    put(svg, format_args!("<path class=\"{class}\" d=\"{path}\" marker-end=\"url(#{arrow})\"/>"));
}

fn put_box(svg: &mut String, widget: &WidgetBox, frame: &Frame) {
    let Frame { x, y, width, height } = *frame;
    let class = if widget.is_visited { "box visited" } else { "box" };
    let color = color(widget.group);
    put(
        svg,
        format_args!(
            "<g transform=\"translate({x:.1} {y:.1})\">\n\
         <rect class=\"{class}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\"/>\n\
         <path d=\"M0.5 20V6.5a6 6 0 0 1 6 -6H{:.1}a6 6 0 0 1 6 6V20z\" fill=\"{color}\"/>\n\
         <text class=\"type\" x=\"10\" y=\"14\">{}</text>\n<text class=\"name\" x=\"10\" y=\"{:.1}\">{}</text>",
            width - 6.5,
            escaped(&widget.label),
            HEAD - 7.0,
            escaped(&widget.name),
        ),
    );
    for (place, port) in widget.ports.iter().enumerate() {
        let (middle, label) = (port_height(place), escaped(&port.label));
        let (class, fill) = if port.is_wired { ("", color) } else { ("unwired", "#fff") };
        put(
            svg,
            format_args!(
                "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\
             <circle cx=\"{width:.1}\" cy=\"{middle:.1}\" r=\"3.5\" fill=\"{fill}\" stroke=\"{color}\"/>",
                width - 12.0,
                middle + 4.0,
            ),
        );
    }
    put(svg, format_args!("</g>"));
}

fn color(group: Option<Group>) -> &'static str {
    match group {
        Some(Group::Flow) => "#52606d",
        Some(Group::Voice) => "#0b7285",
        Some(Group::Messaging) => "#2b8a3e",
        Some(Group::Connect) => "#a61e4d",
        Some(Group::Tools) => "#5f3dc4",
        None => "#868e96",
    }
}

fn put(svg: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(svg, "{line}").expect("a string takes all text");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

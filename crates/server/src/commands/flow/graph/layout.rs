//! The places of boxes and lines: columns from left to right, few crossings, lines as level as can be.

use std::collections::BTreeMap;

use super::drawing::{Drawing, Line, WidgetBox};
use super::layers::layers;

/// The height of the part of a box above its ports.
pub(super) const HEAD: f64 = 44.0;
/// The height of a port.
pub(super) const ROW: f64 = 19.0;

const BOTTOM: f64 = 6.0;
const WIDTH_MIN: f64 = 150.0;
const CHARACTER: f64 = 7.2;
/// Names are bold.
const NAME_CHARACTER: f64 = 8.4;
const PADDING: f64 = 32.0;
const COLUMN_GAP: f64 = 90.0;
const ROW_GAP: f64 = 26.0;
const MARGIN: f64 = 24.0;
/// The height that a line takes where it passes a column.
const BEND: f64 = 8.0;
/// More than a box is high.
const HEIGHT_RANK: f64 = 10_000.0;
/// How often the order and the heights are improved, to the right and back.
const SWEEPS: usize = 12;

/// Where everything is drawn.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) frames: Vec<Frame>,
    /// For each line, the points that it passes, with the direction in which it does: 1 is to the right.
    pub(super) routes: Vec<Vec<(f64, f64, f64)>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The place of a box.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What stands in a column: a box, or a line that passes it.
struct Slot {
    column: usize,
    height: f64,
    top: f64,
}

/// A piece of a line between two columns, with the heights at which it is fastened below the tops of its slots.
struct Link {
    left: (usize, f64),
    right: (usize, f64),
}

/// One end of a link, as the slot at it sees it.
struct Tie {
    other: usize,
    other_height: f64,
    own_height: f64,
}

struct Grid {
    slots: Vec<Slot>,
    /// By the column on the left.
    links: Vec<Vec<Link>>,
    /// The slots of each column from top to bottom.
    columns: Vec<Vec<usize>>,
    /// The slots that each line passes between its boxes.
    bends: Vec<Vec<usize>>,
    is_back: Vec<bool>,
}

/// Finds a place for everything.
pub(super) fn layout(drawing: &Drawing) -> Layout {
    let mut grid = Grid::of(drawing);
    // The last sweep is to the right: there ports say who comes first.
    for sweep in 0..=SWEEPS {
        grid.order(sweep % 2 == 0);
    }
    grid.stack();
    for sweep in 0..SWEEPS {
        grid.level(sweep % 2 == 0);
    }
    grid.draw(drawing)
}

impl Grid {
    fn of(drawing: &Drawing) -> Self {
        let layers = layers(drawing.boxes.len(), &drawing.lines);
        let slot = |(place, it): (usize, &WidgetBox)| Slot {
            column: layers.of_box[place],
            height: height(it),
            top: 0.0,
        };
        let columns = layers.of_box.iter().max().map_or(0, |last| last + 1);
        let mut grid = Self {
            slots: drawing.boxes.iter().enumerate().map(slot).collect(),
            links: (0..columns).map(|_| Vec::new()).collect(),
            columns: vec![Vec::new(); columns],
            bends: Vec::new(),
            is_back: layers.is_back,
        };
        for place in layers.order {
            grid.columns[grid.slots[place].column].push(place);
        }
        for (place, line) in drawing.lines.iter().enumerate() {
            let bends = grid.add_line(line, grid.is_back[place]);
            grid.bends.push(bends);
        }
        grid
    }

    /// Adds the bends of a line and ties them together; a line that leads back bends in the columns of its boxes, too.
    fn add_line(&mut self, line: &Line, is_back: bool) -> Vec<usize> {
        let (from, to) = (self.slots[line.from].column, self.slots[line.to].column);
        let columns: Vec<usize> =
            if is_back { (to..=from).rev().collect() } else { (from + 1..to).collect() };
        let bends: Vec<usize> = columns.into_iter().map(|column| self.add_bend(column)).collect();
        let ends = [(line.from, port_height(line.port)), (line.to, HEAD / 2.0)];
        let passed = bends.iter().map(|bend| (*bend, BEND / 2.0));
        let stops: Vec<(usize, f64)> = match is_back {
            true => passed.collect(),
            false => [ends[0]].into_iter().chain(passed).chain([ends[1]]).collect(),
        };
        for pair in stops.windows(2) {
            let (left, right) = if is_back { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            let column = self.slots[left.0].column;
            self.links[column].push(Link { left, right });
        }
        bends
    }

    fn add_bend(&mut self, column: usize) -> usize {
        self.slots.push(Slot { column, height: BEND, top: 0.0 });
        self.columns[column].push(self.slots.len() - 1);
        self.slots.len() - 1
    }

    /// Sorts each column by where its neighbours stand, on the left or on the right.
    fn order(&mut self, to_right: bool) {
        let mut rank = vec![0.0; self.slots.len()];
        for column in in_direction(self.columns.len(), to_right) {
            let ties = self.ties(column, to_right);
            let mut sorted: Vec<(f64, usize)> = Vec::new();
            for (place, slot) in self.columns[column].iter().enumerate() {
                // The heights decide between lines that come from the same box.
                let rank = |tie: &Tie| rank[tie.other] + tie.other_height / HEIGHT_RANK;
                let ranks = ties.get(slot).into_iter().flatten().map(rank);
                sorted.push((average(ranks).unwrap_or(place as f64), *slot));
            }
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.columns[column] = sorted.into_iter().map(|(_, slot)| slot).collect();
            for (place, slot) in self.columns[column].iter().enumerate() {
                rank[*slot] = place as f64;
            }
        }
    }

    /// Returns what ties the slots of a column to the one before it.
    fn ties(&self, column: usize, to_right: bool) -> BTreeMap<usize, Vec<Tie>> {
        let between = if to_right { column.checked_sub(1) } else { Some(column) };
        let mut ties: BTreeMap<usize, Vec<Tie>> = BTreeMap::new();
        for link in between.and_then(|between| self.links.get(between)).into_iter().flatten() {
            let (own, other) = if to_right { (link.right, link.left) } else { (link.left, link.right) };
            ties.entry(own.0).or_default().push(Tie {
                other: other.0,
                other_height: other.1,
                own_height: own.1,
            });
        }
        ties
    }

    fn stack(&mut self) {
        for column in &self.columns {
            let mut top = 0.0;
            for slot in column {
                self.slots[*slot].top = top;
                top += self.slots[*slot].height + ROW_GAP;
            }
        }
    }

    /// Moves the slots of each column to where their lines are level, as far as there is room.
    fn level(&mut self, to_right: bool) {
        for column in in_direction(self.columns.len(), to_right) {
            let ties = self.ties(column, to_right);
            let wish = |slot: &usize| {
                let top = |tie: &Tie| self.slots[tie.other].top + tie.other_height - tie.own_height;
                let tops = ties.get(slot).into_iter().flatten().map(top);
                average(tops).unwrap_or(self.slots[*slot].top)
            };
            let wishes: Vec<f64> = self.columns[column].iter().map(wish).collect();
            let heights: Vec<f64> =
                self.columns[column].iter().map(|slot| self.slots[*slot].height + ROW_GAP).collect();
            for (slot, top) in self.columns[column].iter().zip(apart(&wishes, &heights)) {
                self.slots[*slot].top = top;
            }
        }
    }

    fn draw(&self, drawing: &Drawing) -> Layout {
        let highest = self.slots.iter().map(|slot| slot.top).fold(f64::INFINITY, f64::min);
        let top = |slot: usize| self.slots[slot].top - highest + MARGIN;
        let columns = self.column_places(drawing);
        let place = |(place, slot): (usize, &Slot)| {
            let (x, width) = columns[slot.column];
            Frame { x, y: top(place), width, height: slot.height }
        };
        let frames: Vec<Frame> = self.slots.iter().enumerate().map(place).collect();
        let lines = drawing.lines.iter().enumerate();
        let routes = lines.map(|(place, line)| self.route(line, place, &frames)).collect();
        let right = frames.iter().map(|frame| frame.x + frame.width).fold(0.0, f64::max);
        let bottom = frames.iter().map(|frame| frame.y + frame.height).fold(0.0, f64::max);
        // Lines that lead back need room on both sides.
        let (width, height) = (right + MARGIN * 2.0, bottom + MARGIN);
        Layout { frames: frames[..drawing.boxes.len()].to_vec(), routes, width, height }
    }

    fn route(&self, line: &Line, place: usize, frames: &[Frame]) -> Vec<(f64, f64, f64)> {
        let (from, to) = (frames[line.from], frames[line.to]);
        let mut route = vec![(from.x + from.width, from.y + port_height(line.port), 1.0)];
        for bend in &self.bends[place] {
            let Frame { x, y, width, height } = frames[*bend];
            let (left, right, y) = (x, x + width, y + height / 2.0);
            if self.is_back[place] {
                route.extend([(right, y, -1.0), (left, y, -1.0)]);
            } else {
                route.extend([(left, y, 1.0), (right, y, 1.0)]);
            }
        }
        route.push((to.x, to.y + HEAD / 2.0, 1.0));
        route
    }

    /// Returns the left edge and the width of each column.
    fn column_places(&self, drawing: &Drawing) -> Vec<(f64, f64)> {
        let mut x = MARGIN * 2.0;
        let mut places = Vec::new();
        for column in &self.columns {
            let boxes = column.iter().filter_map(|slot| drawing.boxes.get(*slot));
            let width = boxes.map(width).fold(WIDTH_MIN, f64::max);
            places.push((x, width));
            x += width + COLUMN_GAP;
        }
        places
    }
}

/// Returns the height of a port's middle below the top of its box.
pub(super) fn port_height(port: usize) -> f64 {
    HEAD + ROW * (port as f64 + 0.5)
}

fn height(it: &WidgetBox) -> f64 {
    HEAD + ROW * it.ports.len() as f64 + BOTTOM
}

fn width(it: &WidgetBox) -> f64 {
    let length = |text: &String| text.chars().count() as f64;
    let labels = it.ports.iter().map(|port| &port.label).chain([&it.label]);
    let widths = labels.map(|label| length(label) * CHARACTER);
    widths.fold(length(&it.name) * NAME_CHARACTER, f64::max) + PADDING
}

fn in_direction(columns: usize, to_right: bool) -> Box<dyn Iterator<Item = usize>> {
    if to_right { Box::new(0..columns) } else { Box::new((0..columns).rev()) }
}

fn average(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Returns tops as near to the wishes as can be without overlap: neighbours that press on each other move as one.
fn apart(wishes: &[f64], heights: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let mut offsets = Vec::new();
    for (wish, height) in wishes.iter().zip(heights) {
        offsets.push(before);
        let mut block = (wish - before, 1);
        while let Some((mean, size)) = blocks.pop_if(|last| last.0 > block.0) {
            let both = size + block.1;
            block = ((mean * size as f64 + block.0 * block.1 as f64) / both as f64, both);
        }
        blocks.push(block);
        before += height;
    }
    let means = blocks.iter().flat_map(|(mean, size)| std::iter::repeat_n(*mean, *size));
    means.zip(offsets).map(|(mean, offset)| mean + offset).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn boxes_do_not_overlap_and_lines_begin_and_end_at_their_boxes() {
        let state = |name: &str, next: &[&str]| {
            let transitions: Vec<_> =
                next.iter().map(|next| json!({ "event": "next", "next": next })).collect();
            json!({ "name": name, "type": "set-variables", "transitions": transitions })
        };
        let states = [
            state("a", &["b", "c", "d"]),
            state("b", &["d"]),
            state("c", &["a", "c"]),
            state("d", &["e"]),
            state("e", &["b"]),
            state("alone", &[]),
        ];
        let drawing = Drawing::of(&json!({ "states": states }));
        let layout = layout(&drawing);
        for (place, a) in layout.frames.iter().enumerate() {
            for b in &layout.frames[..place] {
                let is_apart = a.x + a.width <= b.x
                    || b.x + b.width <= a.x
                    || a.y + a.height <= b.y
                    || b.y + b.height <= a.y;
                assert!(is_apart, "{a:?} {b:?}");
            }
            assert!(a.x > 0.0 && a.y > 0.0 && a.x + a.width < layout.width && a.y + a.height < layout.height);
        }
        for (line, route) in drawing.lines.iter().zip(&layout.routes) {
            let (from, to) = (layout.frames[line.from], layout.frames[line.to]);
            assert_eq!(route[0].0, from.x + from.width);
            assert_eq!(route.last().map(|last| last.0), Some(to.x));
        }
    }

    #[test]
    fn neighbours_that_press_on_each_other_move_as_one() {
        assert_eq!(apart(&[10.0, 10.0, 100.0], &[20.0, 20.0, 20.0]), [0.0, 20.0, 100.0]);
    }
}

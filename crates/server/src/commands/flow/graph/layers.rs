//! The columns of a drawing: which boxes stand in which, so that as many lines as possible lead to the right.

use super::drawing::Line;

/// Where each box stands, and which lines lead back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layers {
    /// The column of each box.
    pub(super) of_box: Vec<usize>,
    /// Whether each line leads to a column on the left, or to its own.
    pub(super) is_back: Vec<bool>,
    /// The boxes in the order in which they are first come to.
    pub(super) order: Vec<usize>,
}

/// Sorts boxes into columns: each behind all that lead to it, loops aside.
pub(super) fn layers(boxes: usize, lines: &[Line]) -> Layers {
    let lines_by_box = lines_by_box(boxes, lines);
    let (is_back, order, finished) = walk(boxes, lines, &lines_by_box);
    let mut of_box = vec![0; boxes];
    // Boxes are finished after all that they lead to; read from the back, before.
    for from in finished.into_iter().rev() {
        for line in lines_by_box[from].iter().filter(|line| !is_back[**line]) {
            let to = lines[*line].to;
            of_box[to] = of_box[to].max(of_box[from] + 1);
        }
    }
    Layers { of_box, is_back, order }
}

fn lines_by_box(boxes: usize, lines: &[Line]) -> Vec<Vec<usize>> {
    let mut by_box = vec![Vec::new(); boxes];
    for (place, line) in lines.iter().enumerate() {
        by_box[line.from].push(place);
    }
    by_box
}

/// Walks along the lines, depth first; a line to a box that is still being walked closes a loop.
fn walk(boxes: usize, lines: &[Line], lines_by_box: &[Vec<usize>]) -> (Vec<bool>, Vec<usize>, Vec<usize>) {
    let mut is_back = vec![false; lines.len()];
    let (mut is_seen, mut is_open) = (vec![false; boxes], vec![false; boxes]);
    let (mut order, mut finished) = (Vec::new(), Vec::new());
    for root in 0..boxes {
        let mut way = Vec::new();
        if !is_seen[root] {
            (is_seen[root], is_open[root]) = (true, true);
            order.push(root);
            way.push((root, 0));
        }
        while let Some((at, next)) = way.last_mut() {
            let Some(line) = lines_by_box[*at].get(*next).copied() else {
                is_open[*at] = false;
                finished.push(*at);
                way.pop();
                continue;
            };
            *next += 1;
            let to = lines[line].to;
            is_back[line] = is_open[to];
            if !is_seen[to] {
                (is_seen[to], is_open[to]) = (true, true);
                order.push(to);
                way.push((to, 0));
            }
        }
    }
    (is_back, order, finished)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stand_behind_what_leads_to_them_and_loops_lead_back() {
        let line = |(from, to)| Line { from, port: 0, to, is_taken: false };
        let lines: Vec<_> = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 1), (3, 3)].map(line).to_vec();
        let layers = layers(5, &lines);
        assert_eq!(layers.of_box, [0, 1, 2, 3, 0]);
        assert_eq!(layers.is_back, [false, false, false, false, true, true]);
        assert_eq!(layers.order, [0, 1, 2, 3, 4]);
    }
}

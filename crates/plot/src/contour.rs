//! Where a field has a value: marching squares.

use super::Grid;
use std::collections::BTreeMap;

type Point = (f64, f64);
/// An edge of the lattice: column, row, whether it runs upwards.
type Edge = (usize, usize, bool);

/// The lines along which the field is `level`, each as its points in order; closed ones end where they begin.
pub(super) fn lines(grid: &Grid, level: f64) -> Vec<Vec<Point>> {
    let mut next: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for r in 0..grid.rows - 1 {
        for c in 0..grid.columns - 1 {
            for (a, b) in cell(grid, level, c, r) {
                next.entry(a).or_default().push(b);
                next.entry(b).or_default().push(a);
            }
        }
    }
    // Open lines first, from their ends, then the closed ones.
    let ends: Vec<Edge> = next.iter().filter(|(_, n)| n.len() == 1).map(|(e, _)| *e).collect();
    let all: Vec<Edge> = next.keys().copied().collect();
    let mut lines = Vec::new();
    for start in ends.into_iter().chain(all) {
        let line = follow(&mut next, start);
        if line.len() > 1 {
            lines.push(line.into_iter().map(|e| crossing(grid, level, e)).collect());
        }
    }
    lines
}

/// Take the line that begins at `start` out of the map.
fn follow(next: &mut BTreeMap<Edge, Vec<Edge>>, start: Edge) -> Vec<Edge> {
    let mut line = vec![start];
    let mut here = start;
    while let Some(there) = next.get_mut(&here).and_then(Vec::pop) {
        if let Some(back) = next.get_mut(&there)
            && let Some(i) = back.iter().position(|e| *e == here)
        {
            back.remove(i);
        }
        line.push(there);
        here = there;
    }
    line
}

/// The pieces of the line in one cell, each from edge to edge.
fn cell(grid: &Grid, level: f64, c: usize, r: usize) -> Vec<(Edge, Edge)> {
    let above = |c: usize, r: usize| grid.value(c, r) > level;
    let (bottom, top, left, right) = ((c, r, false), (c, r + 1, false), (c, r, true), (c + 1, r, true));
    let corners = [above(c, r), above(c + 1, r), above(c + 1, r + 1), above(c, r + 1)];
    let finite =
        [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1)].iter().all(|p| grid.value(p.0, p.1).is_finite());
    let number = corners.iter().enumerate().fold(0, |n, (i, up)| n | (usize::from(*up) << i));
    // In a saddle the mean decides which corners belong together.
    let middle =
        (grid.value(c, r) + grid.value(c + 1, r) + grid.value(c + 1, r + 1) + grid.value(c, r + 1)) / 4.0;
    match number {
        _ if !finite => vec![],
        0 | 15 => vec![],
        1 | 14 => vec![(left, bottom)],
        2 | 13 => vec![(bottom, right)],
        3 | 12 => vec![(left, right)],
        4 | 11 => vec![(right, top)],
        6 | 9 => vec![(bottom, top)],
        7 | 8 => vec![(left, top)],
        n if (n == 5) == (middle > level) => vec![(left, top), (bottom, right)],
        _ => vec![(left, bottom), (right, top)],
    }
}

/// The place on an edge where the field, linear between its ends, is `level`.
fn crossing(grid: &Grid, level: f64, (c, r, up): Edge) -> Point {
    let (c2, r2) = if up { (c, r + 1) } else { (c + 1, r) };
    let (a, b) = (grid.value(c, r), grid.value(c2, r2));
    let t = if a == b { 0.5 } else { ((level - a) / (b - a)).clamp(0.0, 1.0) };
    let ((x1, y1), (x2, y2)) = (grid.at(c, r), grid.at(c2, r2));
    (x1 + t * (x2 - x1), y1 + t * (y2 - y1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(f: impl Fn(f64, f64) -> f64) -> Grid {
        Grid::of(41, (-2.0, 2.0), (-2.0, 2.0), |p| p.iter().map(|&(x, y)| f(x, y)).collect())
    }

    #[test]
    fn a_circle_is_one_closed_line() {
        let lines = lines(&grid(|x, y| (x * x + y * y).sqrt()), 1.03);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|(x, y)| ((x * x + y * y).sqrt() - 1.03).abs() < 0.01));
    }

    #[test]
    fn a_plane_has_a_straight_line_from_side_to_side() {
        let lines = lines(&grid(|x, y| x + 2.0 * y), 0.1);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|(x, y)| (x + 2.0 * y - 0.1).abs() < 1e-12));
        let (first, last) = (lines[0][0], lines[0][lines[0].len() - 1]);
        assert_eq!((first.0.abs(), last.0.abs()), (2.0, 2.0));
    }

    #[test]
    fn a_saddle_keeps_its_two_branches_apart() {
        for level in [0.05, -0.05] {
            let lines = lines(&grid(|x, y| x * y), level);
            assert_eq!(lines.len(), 2, "{level}");
            assert!(lines.iter().flatten().all(|(x, y)| (x * y - level).abs() < 0.02));
        }
        assert!(lines(&grid(|_, _| f64::NAN), 0.0).is_empty());
    }
}

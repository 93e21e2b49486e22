//! Ten digits written by a pen: 28x28 grey values in the columns `1`..`784`, row by row, and `label`.
//!
//! A digit is one of several ways to write it ([`GLYPHS`]). Its control points tremble, the line through
//! them becomes a chain of short segments, the whole is bent, slanted, turned, squeezed and moved, and each
//! pixel gets ink by its distance to the nearest segment. Only IEEE arithmetic, so the bits are the same
//! everywhere.

use super::strokes::{GLYPHS, Path, Stroke};
use super::{Drawing, Draws};
use crate::table::{Cells, Column, Numbers};
use feedforward_base::elementary::cos_sin;

pub(super) const ABOUT: &str = "handwritten digits, 28x28 grey values, drawn stroke by stroke; noise = unsteadiness of the hand";
pub(super) const ROWS: usize = 12_000;
pub(super) const NOISE: f64 = 1.0;

const SIDE: usize = 28;
const PIXELS: usize = SIDE * SIDE;
/// Height of a digit before it is scaled, in pixels.
const HEIGHT: f64 = 19.0;
/// Segments between two control points of a curve.
const STEPS: usize = 6;
/// Rows that are drawn before they are spread over the columns.
const TOGETHER: usize = 64;

type Point = (f64, f64);

pub(super) fn make(d: Drawing) -> Vec<Column> {
    let mut pixels: Vec<Vec<u8>> = (0..PIXELS).map(|_| Vec::with_capacity(d.rows)).collect();
    let mut labels = Vec::with_capacity(d.rows);
    let mut images = vec![[0; PIXELS]; TOGETHER];
    let mut draws = d.draws().peekable();
    let mut segments = Vec::new();
    while draws.peek().is_some() {
        let mut drawn = 0;
        for (image, mut draws) in images.iter_mut().zip(draws.by_ref().take(TOGETHER)) {
            labels.push(draw(&mut draws, d.noise, &mut segments, image));
            drawn += 1;
        }
        for (p, column) in pixels.iter_mut().enumerate() {
            column.extend(images[..drawn].iter().map(|image| image[p]));
        }
    }
    let column = |name: String, values| Column::new(name, Cells::Number(Numbers::U8(values)));
    let mut columns: Vec<Column> =
        pixels.into_iter().zip(1..).map(|(values, i): (_, usize)| column(i.to_string(), values)).collect();
    columns.push(column("label".into(), labels));
    columns
}

/// Draw one digit; `segments` is scratch memory.
fn draw(draws: &mut Draws, noise: f64, segments: &mut Vec<(Point, Point)>, image: &mut [u8; PIXELS]) -> u8 {
    let label = draws.below(10);
    let ways = GLYPHS[label];
    let glyph = ways[draws.below(ways.len())];
    let hand = Hand::new(draws, noise);
    segments.clear();
    for stroke in glyph {
        trace(stroke, &hand, draws, noise, segments);
    }
    centre(segments, draws, noise);
    ink(segments, draws, noise, image);
    label as u8
}

/// How one digit as a whole is written.
struct Hand {
    /// Glyph to pixels: x' = x·xx + y·xy, y' = x·yx + y·yy.
    map: [f64; 4],
    /// Width of a bend and its phase in turns, along x and along y.
    bend: [(f64, f64); 2],
}

impl Hand {
    fn new(draws: &mut Draws, noise: f64) -> Hand {
        let high = HEIGHT * (1.0 + 0.1 * noise * draws.uniform(-1.0, 1.0));
        let wide = high * 0.76 * (1.0 + 0.25 * noise * draws.uniform(-1.0, 1.0));
        // More people lean to the right than to the left.
        let slant = 0.12 + draws.normal(0.18 * noise);
        let (c, s) = cos_sin(draws.normal(0.027 * noise));
        let bend = [(); 2].map(|()| (draws.normal(0.04 * noise), draws.uniform(0.0, 1.0)));
        Hand { map: [c * wide, -s * high - c * slant * high, s * wide, c * high - s * slant * high], bend }
    }
    fn place(&self, (x, y): Point) -> Point {
        let x = x - 0.5 + self.bend[0].0 * cos_sin(0.8 * y + self.bend[0].1).1;
        let y = y - 0.5 + self.bend[1].0 * cos_sin(0.8 * x + self.bend[1].1).1;
        let [xx, xy, yx, yy] = self.map;
        (x * xx + y * xy, x * yx + y * yy)
    }
}

/// Append the segments of a stroke, in pixels around (0, 0).
fn trace(stroke: &Stroke, hand: &Hand, draws: &mut Draws, noise: f64, segments: &mut Vec<(Point, Point)>) {
    let mut points = [(0.0, 0.0); 16];
    let n = stroke.points.len();
    for (own, (x, y)) in points.iter_mut().zip(stroke.points) {
        *own = (x + draws.normal(0.026 * noise), y + draws.normal(0.026 * noise));
    }
    let (spans, steps) = match stroke.path {
        Path::Corners => (n - 1, 2),
        Path::Curve => (n - 1, STEPS),
        Path::Ring => (n, STEPS),
    };
    let at = |i: usize, offset: isize| match stroke.path {
        Path::Ring => points[(i + n).wrapping_add_signed(offset) % n],
        _ => points[i.saturating_add_signed(offset).min(n - 1)],
    };
    let mut last = hand.place(points[0]);
    for i in 0..spans {
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            let next = hand.place(match stroke.path {
                Path::Corners => mix(at(i, 0), at(i, 1), t),
                Path::Curve | Path::Ring => spline([at(i, -1), at(i, 0), at(i, 1), at(i, 2)], t),
            });
            segments.push((last, next));
            last = next;
        }
    }
}

fn mix(a: Point, b: Point, t: f64) -> Point {
    (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
}

/// Catmull and Rom's curve from `p[1]` (t = 0) to `p[2]` (t = 1).
fn spline(p: [Point; 4], t: f64) -> Point {
    let one = |a: f64, b: f64, c: f64, d: f64| {
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    };
    (one(p[0].0, p[1].0, p[2].0, p[3].0), one(p[0].1, p[1].1, p[2].1, p[3].1))
}

/// Move the centre of the line to the middle of the picture, give or take.
fn centre(segments: &mut [(Point, Point)], draws: &mut Draws, noise: f64) {
    let (mut length, mut x, mut y) = (0.0, 0.0, 0.0);
    for (a, b) in &*segments {
        let l = ((b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1)).sqrt();
        length += l;
        x += 0.5 * l * (a.0 + b.0);
        y += 0.5 * l * (a.1 + b.1);
    }
    let middle = 0.5 * (SIDE - 1) as f64;
    let dx = middle - x / length + draws.normal(1.1 * noise);
    let dy = middle - y / length + draws.normal(1.1 * noise);
    for (a, b) in segments {
        *a = (a.0 + dx, a.1 + dy);
        *b = (b.0 + dx, b.1 + dy);
    }
}

/// Give each pixel ink by its distance to the nearest segment.
fn ink(segments: &[(Point, Point)], draws: &mut Draws, noise: f64, image: &mut [u8; PIXELS]) {
    let half = 1.05 + 0.4 * noise.min(1.0) * draws.uniform(-1.0, 1.0);
    let strength = 255.0 * (1.0 - 0.2 * noise.min(1.0) * draws.uniform(0.0, 1.0));
    // The edge fades over 1.2 pixels.
    const FADE: f64 = 1.2;
    let reach = half + 0.5 * FADE;
    let mut nearest = [reach * reach; PIXELS];
    let span = |a: f64, b: f64| {
        // A cast from f64 ends at 0 below and at SIDE above.
        let low = (a.min(b) - reach).max(0.0) as usize;
        (low, ((a.max(b) + reach + 1.0).max(0.0) as usize).min(SIDE))
    };
    for &(a, b) in segments {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let square = (dx * dx + dy * dy).max(1e-12);
        let ((left, right), (top, bottom)) = (span(a.0, b.0), span(a.1, b.1));
        for row in top..bottom {
            for col in left..right {
                let (px, py) = (col as f64 - a.0, row as f64 - a.1);
                let t = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
                let (ex, ey) = (px - t * dx, py - t * dy);
                let near = &mut nearest[row * SIDE + col];
                *near = near.min(ex * ex + ey * ey);
            }
        }
    }
    for (grey, near) in image.iter_mut().zip(nearest) {
        let cover = ((reach - near.sqrt()) / FADE).clamp(0.0, 1.0);
        *grey = if cover == 0.0 {
            0
        } else {
            let grain = 1.0 - 0.15 * noise.min(1.0) * draws.uniform(0.0, 1.0);
            (strength * cover * grain + 0.5) as u8
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{Recipe, generate};

    fn greys(rows: usize, noise: f64) -> (Vec<Vec<u8>>, Vec<u8>) {
        let t = generate("digits", &Recipe { rows, noise: Some(noise), seed: 1 }).unwrap();
        assert_eq!((t.columns[0].name.as_str(), t.columns[783].name.as_str()), ("1", "784"));
        assert_eq!(t.columns[784].name, "label");
        let mut columns: Vec<Vec<u8>> = t
            .columns
            .iter()
            .map(|c| match c.here() {
                Cells::Number(Numbers::U8(v)) => v.clone(),
                _ => panic!("bytes"),
            })
            .collect();
        let labels = columns.pop().unwrap();
        (columns, labels)
    }

    #[test]
    fn every_digit_occurs_and_has_ink_in_the_middle() {
        let (pixels, labels) = greys(500, 1.0);
        for digit in 0..10 {
            assert!((25..=80).contains(&labels.iter().filter(|l| **l == digit).count()), "{digit}");
        }
        for r in 0..500 {
            let ink: Vec<f64> = pixels.iter().map(|p| f64::from(p[r]) / 255.0).collect();
            let share = ink.iter().sum::<f64>() / PIXELS as f64;
            assert!((0.02..0.35).contains(&share), "row {r}: {share}");
            let edge = (0..SIDE).map(|i| ink[i] + ink[i * SIDE] + ink[i * SIDE + SIDE - 1] + ink[PIXELS - 1 - i]);
            assert!(edge.sum::<f64>() < 8.0, "row {r} leaves the picture");
        }
    }

    #[test]
    fn a_steady_hand_writes_each_way_in_one_place() {
        let (pixels, labels) = greys(60, 0.0);
        let image = |r: usize| pixels.iter().map(|p| p[r]).collect::<Vec<_>>();
        for digit in 0..10 {
            let mut kinds: Vec<Vec<u8>> = (0..60).filter(|&r| labels[r] == digit).map(image).collect();
            kinds.sort();
            kinds.dedup();
            assert!(kinds.len() <= GLYPHS[digit as usize].len(), "{digit}: {}", kinds.len());
        }
    }

    #[test]
    fn a_wild_hand_is_no_panic() {
        let (pixels, _) = greys(50, 1000.0);
        assert_eq!(pixels.len(), PIXELS);
    }

    #[test]
    fn strokes_fit_their_memory() {
        for stroke in GLYPHS.iter().flat_map(|ways| ways.iter()).flat_map(|g| g.iter()) {
            assert!((2..=16).contains(&stroke.points.len()));
        }
    }

    #[test]
    fn splines_go_through_their_points() {
        let p = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)];
        assert_eq!((spline(p, 0.0), spline(p, 1.0)), (p[1], p[2]));
    }
}

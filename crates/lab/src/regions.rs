//! How many linear pieces a ReLU network has: counted exactly in one and two dimensions.
//!
//! A box is cut, layer by layer, by the line on which each unit's pre-activation is 0; in every piece the network is
//! affine. A network of one input is one of two that ignores the second. Montúfar, Pascanu, Cho and Bengio 2014: l
//! layers of n units on d inputs can have (⌊n/d⌋)^(d(l−1)) · Σ_{j ≤ d} C(n, j) regions or more.

use crate::experiment::Outcome;
use crate::net::Net;
use crate::points::{even, stream};
use feedforward_base::{Error, Result};
use feedforward_network::reference::Dense;
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};
use serde_json::json;

type Point = [f64; 2];
/// a = m[0] x₁ + m[1] x₂ + m[2].
type Row = [f64; 3];

/// Relative to what is added up, smaller pre-activations are 0.
const ZERO: f64 = 1e-11;
/// More pieces than this are not counted.
const MOST: usize = 2_000_000;

/// A convex polygon on which all layers so far are affine.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its corners in order.
    pub corners: Vec<Point>,
    /// Units above 0, over all hidden layers.
    pub active: usize,
    /// The activations of the last layer.
    map: Vec<Row>,
}

/// The pieces of a network in a box.
#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    /// One per pattern of active units.
    pub pieces: Vec<Piece>,
    /// Connected regions on which the output is one affine function.
    pub linear: usize,
}

/// Cut the box `x`, `y` by the ReLU layers of a network and put its linear output on top.
///
/// Layers of one input are taken as of two, the second without weight.
///
/// # Errors
/// More than two inputs; millions of pieces.
pub fn count(layers: &[Dense], x: (f64, f64), y: (f64, f64)) -> Result<Regions> {
    let inputs = layers.first().and_then(|l| l.w.first()).map_or(0, Vec::len);
    if !(1..=2).contains(&inputs) {
        return Err(Error::bad_value("the number of inputs", inputs, "1 or 2, to count regions"));
    }
    let corners = vec![[x.0, y.0], [x.1, y.0], [x.1, y.1], [x.0, y.1]];
    let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    let mut pieces = vec![Piece { corners, active: 0, map: identity[..inputs].to_vec() }];
    for (l, layer) in layers.iter().enumerate() {
        pieces.iter_mut().for_each(|p| p.map = affine(layer, &p.map));
        if l + 1 == layers.len() {
            break;
        }
        for unit in 0..layer.b.len() {
            pieces = pieces.into_iter().flat_map(|p| split(p, unit)).collect();
            if pieces.len() > MOST {
                let e = Error::bad_value("the number of regions", pieces.len(), format!("at most {MOST}"));
                return Err(e.hint("take fewer units or layers"));
            }
        }
        pieces.iter_mut().for_each(rectify);
    }
    let linear = merge(&pieces);
    Ok(Regions { pieces, linear })
}

/// The pre-activations of a layer whose inputs are `map`.
fn affine(layer: &Dense, map: &[Row]) -> Vec<Row> {
    let unit = |(w, b): (&Vec<f64>, &f64)| {
        let mut row = [0.0, 0.0, *b];
        for (w, m) in w.iter().zip(map) {
            for i in 0..3 {
                row[i] += w * m[i];
            }
        }
        row
    };
    layer.w.iter().zip(&layer.b).map(unit).collect()
}

/// The value at a point; 0 where rounding could have made it.
fn at(m: &Row, p: Point) -> f64 {
    let (a, b) = (m[0] * p[0], m[1] * p[1]);
    let z = a + b + m[2];
    if z.abs() <= ZERO * (a.abs() + b.abs() + m[2].abs()) { 0.0 } else { z }
}

/// Cut a piece where unit `unit` is 0.
fn split(piece: Piece, unit: usize) -> Vec<Piece> {
    let z: Vec<f64> = piece.corners.iter().map(|p| at(&piece.map[unit], *p)).collect();
    if !(z.iter().any(|z| *z > 0.0) && z.iter().any(|z| *z < 0.0)) {
        return vec![piece];
    }
    let (mut above, mut below) = (Vec::new(), Vec::new());
    let n = piece.corners.len();
    for i in 0..n {
        let (p, q, a, b) = (piece.corners[i], piece.corners[(i + 1) % n], z[i], z[(i + 1) % n]);
        if a >= 0.0 {
            above.push(p);
        }
        if a <= 0.0 {
            below.push(p);
        }
        if a * b < 0.0 {
            let t = a / (a - b);
            let cut = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
            above.push(cut);
            below.push(cut);
        }
    }
    let part = |corners| Piece { corners, active: piece.active, map: piece.map.clone() };
    vec![part(above), part(below)]
}

/// z → max(0, z): in a piece no unit changes sign.
fn rectify(piece: &mut Piece) {
    let middle = middle(&piece.corners);
    for row in &mut piece.map {
        if at(row, middle) > 0.0 {
            piece.active += 1;
        } else {
            *row = [0.0; 3];
        }
    }
}

fn middle(corners: &[Point]) -> Point {
    let n = corners.len() as f64;
    [0, 1].map(|i| corners.iter().map(|p| p[i]).sum::<f64>() / n)
}

/// Connected regions of one affine output: pieces of the same function that share a side are one.
fn merge(pieces: &[Piece]) -> usize {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    let first = |i: usize| pieces[i].map.iter().flatten().copied().collect::<Vec<f64>>();
    let keys: Vec<Vec<f64>> = (0..pieces.len()).map(first).collect();
    let compare = |a: &usize, b: &usize| {
        let pairs = keys[*a].iter().zip(&keys[*b]);
        pairs.map(|(a, b)| a.total_cmp(b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    order.sort_by(compare);
    let same = |a: usize, b: usize| {
        keys[a].iter().zip(&keys[b]).all(|(a, b)| (a - b).abs() <= 1e-9 * (1.0 + a.abs() + b.abs()))
    };
    let mut root: Vec<usize> = (0..pieces.len()).collect();
    let mut regions = pieces.len();
    for (k, &i) in order.iter().enumerate() {
        for &j in order[k + 1..].iter().take_while(|&&j| same(i, j)) {
            let (a, b) = (top(&root, i), top(&root, j));
            if a != b && share_a_side(&pieces[i].corners, &pieces[j].corners) {
                root[a] = b;
                regions -= 1;
            }
        }
    }
    regions
}

fn top(root: &[usize], mut i: usize) -> usize {
    while root[i] != i {
        i = root[i];
    }
    i
}

/// Whether two polygons have a stretch of their sides in common.
fn share_a_side(a: &[Point], b: &[Point]) -> bool {
    let sides = |p: &[Point]| (0..p.len()).map(|i| (p[i], p[(i + 1) % p.len()])).collect::<Vec<_>>();
    let b = sides(b);
    sides(a).into_iter().any(|s| b.iter().any(|t| overlap(s, *t)))
}

fn overlap((p, q): (Point, Point), (r, s): (Point, Point)) -> bool {
    let d = [q[0] - p[0], q[1] - p[1]];
    let length = (d[0] * d[0] + d[1] * d[1]).sqrt();
    let off = |x: Point| (d[0] * (x[1] - p[1]) - d[1] * (x[0] - p[0])).abs() / length;
    let scale = length + p[0].abs() + p[1].abs();
    if length == 0.0 || off(r) > 1e-9 * scale || off(s) > 1e-9 * scale {
        return false;
    }
    let along = |x: Point| (d[0] * (x[0] - p[0]) + d[1] * (x[1] - p[1])) / length;
    let (a, b) = (along(r).min(along(s)), along(r).max(along(s)));
    b.min(length) - a.max(0.0) > 1e-9 * scale
}

/// What is counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The folding network of d inputs, l hidden layers and n units each, in the unit box.
    Folding {
        /// 1 or 2.
        d: usize,
        /// 1 or more.
        l: usize,
        /// d or more.
        n: usize,
    },
    /// A network of these units, input first, as training would start it, biases spread; in [−3, 3]ᵈ.
    Random(Vec<usize>),
}

/// `ff lab regions`: the number, the bounds, the picture.
///
/// # Errors
/// Sizes that cannot be; as [`count`].
pub fn run(ask: &Ask, seed: u64) -> Result<Outcome> {
    let (layers, side) = match ask {
        Ask::Folding { d, l, n } => {
            if !(1..=2).contains(d) || *l == 0 || n < d {
                let want = "1 or 2 inputs, 1 layer or more, as many units as inputs or more";
                return Err(Error::bad_value("--folding", format!("{d},{l},{n}"), want));
            }
            (folding(*d, *l, *n), (0.0, 1.0))
        }
        Ask::Random(units) => (random(units, seed)?, (-3.0, 3.0)),
    };
    let d = layers[0].w[0].len();
    let regions = count(&layers, side, side)?;
    let hidden: Vec<usize> = layers[..layers.len() - 1].iter().map(|l| l.b.len()).collect();
    let shape: Vec<String> = [d].iter().chain(&hidden).map(ToString::to_string).collect();
    let shape = format!("{}-1", shape.join("-"));
    let (l, n) = (hidden.len() as u64, hidden.iter().copied().min().unwrap_or(0) as u64);
    let equal = hidden.iter().all(|h| *h as u64 == n) && n >= d as u64;
    let total: usize = hidden.iter().sum();
    let shallow = arrangement(d as u64, total as u64);
    let mut lines = vec![
        format!(
            "network                        {shape}, ReLU, in [{}, {}]{}",
            side.0,
            side.1,
            if d == 2 { "²" } else { "" }
        ),
        format!("linear regions                 {}", regions.linear),
        format!("patterns of active units       {}", regions.pieces.len()),
        format!("one layer of as many units     {shallow} at most"),
    ];
    if equal {
        lines.insert(
            3,
            format!(
                "Montúfar's lower bound         {} for the most such a network can have",
                bound(d as u64, l, n)
            ),
        );
    }
    let figure = draw(&layers, &regions, &shape, side, d);
    let numbers = json!({
        "shape": shape, "inputs": d, "hidden": hidden, "linear_regions": regions.linear,
        "patterns": regions.pieces.len(), "one_layer_at_most": shallow,
        "lower_bound": equal.then(|| bound(d as u64, l, n)), "box": [side.0, side.1],
    });
    Ok(Outcome { lines, numbers, figure })
}

/// The layers of a network as training would start it, with biases that spread its lines over the box.
fn random(units: &[usize], seed: u64) -> Result<Vec<Dense>> {
    let spec = Spec::new(units, Activation::Relu, Loss::SquaredError);
    let mut layers = Net::initial(&spec, seed)?.dense();
    let draws = stream(seed, 8);
    for (i, b) in (0..).zip(layers.iter_mut().flat_map(|l| &mut l.b)) {
        *b = 0.7 * draws.normal(i);
    }
    Ok(layers)
}

fn draw(layers: &[Dense], regions: &Regions, shape: &str, side: (f64, f64), d: usize) -> Figure {
    let title = format!("{} linear regions of {shape}", regions.linear);
    if d == 1 {
        let value = |x: f64| {
            let mut a = vec![x];
            for (l, layer) in layers.iter().enumerate() {
                let z = layer
                    .w
                    .iter()
                    .zip(&layer.b)
                    .map(|(w, b)| w.iter().zip(&a).map(|(w, a)| w * a).sum::<f64>() + b);
                a = z.map(|z| if l + 1 < layers.len() { z.max(0.0) } else { z }).collect();
            }
            a[0]
        };
        let ends = |p: &Piece| {
            p.corners
                .iter()
                .map(|c| c[0])
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)))
        };
        let mut at: Vec<f64> = regions.pieces.iter().flat_map(|p| [ends(p).0, ends(p).1]).collect();
        at.sort_by(f64::total_cmp);
        at.dedup_by(|a, b| (*a - *b).abs() < 1e-12);
        let points: Vec<(f64, f64)> = at.into_iter().map(|x| (x, value(x))).collect();
        let items = vec![Item::marked(points, 0, "output, with its breaks")];
        return Figure::new(&title, 1, vec![Panel::new("", Axis::new("x"), Axis::new("output"), items)]);
    }
    let most = regions.pieces.iter().map(|p| p.active).max().unwrap_or(1).max(1) as f64;
    let area = |p: &Piece| Item::Area {
        corners: p.corners.iter().map(|c| (c[0], c[1])).collect(),
        shade: 0.95 * p.active as f64 / most,
    };
    let axis = |name: &str| Axis::new(name).range(side.0, side.1);
    let items = regions.pieces.iter().map(area).collect();
    let panel = Panel::plane("", axis("x₁"), axis("x₂"), items);
    Figure::new(&title, 1, vec![panel]).caption("The stronger the shade, the more units are active.")
}

/// n over j.
fn choose(n: u64, j: u64) -> u64 {
    (0..j).fold(1, |c, i| c * (n - i) / (i + 1))
}

/// Σ_{j ≤ d} C(n, j): what n hyperplanes in general position make of ℝᵈ.
pub fn arrangement(d: u64, n: u64) -> u64 {
    (0..=d.min(n)).map(|j| choose(n, j)).sum()
}

/// Montúfar's lower bound for the most regions of `l` hidden layers of `n` units on `d` inputs.
pub fn bound(d: u64, l: u64, n: u64) -> u64 {
    (n / d).pow((d * (l - 1)) as u32) * arrangement(d, n)
}

/// The network that reaches the bound in the unit box: every hidden layer but the last folds each coordinate of the
/// box ⌊n/d⌋ times onto itself, the last one cuts what all folds share.
pub fn folding(d: usize, l: usize, n: usize) -> Vec<Dense> {
    let p = n / d;
    let mut layers = Vec::new();
    // Of the coordinates of the box, as a linear function of what the layer before says.
    let mut read: Vec<Vec<f64>> =
        (0..d).map(|c| (0..d).map(|k| f64::from(u8::from(k == c))).collect()).collect();
    for _ in 1..l {
        let (mut w, mut b, mut next) = (Vec::new(), Vec::new(), vec![vec![0.0; n]; d]);
        for c in 0..d {
            for i in 0..p {
                let slope = if i == 0 { p as f64 } else { 2.0 * p as f64 };
                next[c][w.len()] = if i % 2 == 0 { 1.0 } else { -1.0 };
                w.push(read[c].iter().map(|r| slope * r).collect());
                b.push(-2.0 * i as f64);
            }
        }
        let inputs = read[0].len();
        w.resize(n, vec![0.0; inputs]);
        b.resize(n, -1.0);
        layers.push(Dense { w, b, own: vec![] });
        read = next;
    }
    let (cuts, offsets) = general_lines(d, n);
    let mix = |cut: &Vec<f64>| {
        (0..read[0].len()).map(|k| cut.iter().zip(&read).map(|(c, r)| c * r[k]).sum()).collect::<Vec<f64>>()
    };
    layers.push(Dense { w: cuts.iter().map(mix).collect(), b: offsets, own: vec![] });
    // An output in which every unit counts differently.
    let out = (0..n).map(|i| 1.0 + (i as f64 + 1.0).sqrt()).collect();
    layers.push(Dense { w: vec![out], b: vec![0.0], own: vec![] });
    layers
}

/// `n` hyperplanes in general position that all meet inside the unit box: (weights, offsets).
pub fn general_lines(d: usize, n: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    if d == 1 {
        let places = even(n + 2, 0.0, 1.0);
        // The first unit is active on the left, the others on the right, so that no end of the box is without one.
        let side = |i: usize| if i == 0 { -1.0 } else { 1.0 };
        return (0..n).map(|i| (vec![side(i)], -side(i) * places[i + 1])).unzip();
    }
    // Lines near the middle, turned by equal angles over less than half a turn, each a little farther out: any two
    // meet in the box, and no three in one point.
    let line = |i: usize| {
        let angle = 0.3 + 2.5 * i as f64 / n as f64;
        let (s, c) = angle.sin_cos();
        // Every other one looks the other way: wherever one goes outwards, some unit is active.
        let side = if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        (vec![side * c, side * s], -side * (0.5 * (c + s) + 0.06 + 0.08 * i as f64 / n as f64))
    };
    (0..n).map(line).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: (f64, f64) = (0.0, 1.0);

    #[test]
    fn binomials() {
        assert_eq!([choose(8, 0), choose(8, 1), choose(8, 2), choose(8, 8), choose(5, 6)], [1, 8, 28, 1, 0]);
        assert_eq!(arrangement(2, 8), 37);
        assert_eq!([bound(1, 2, 4), bound(2, 2, 4), bound(2, 3, 4)], [20, 44, 176]);
    }

    #[test]
    fn folding_networks_reach_the_bound() {
        for (d, l, n) in
            [(1, 1, 5), (1, 2, 4), (1, 3, 3), (2, 1, 8), (2, 2, 4), (2, 3, 4), (2, 2, 7), (2, 1, 30)]
        {
            let regions = count(&folding(d, l, n), UNIT, UNIT).unwrap();
            let want = bound(d as u64, l as u64, n as u64) as usize;
            assert_eq!((regions.pieces.len(), regions.linear), (want, want), "{d} {l} {n}");
        }
    }

    #[test]
    fn pieces_fill_the_box_and_are_affine() {
        let regions = count(&folding(2, 2, 6), UNIT, UNIT).unwrap();
        let area = |c: &[Point]| {
            let n = c.len();
            (0..n).map(|i| c[i][0] * c[(i + 1) % n][1] - c[(i + 1) % n][0] * c[i][1]).sum::<f64>() / 2.0
        };
        let total: f64 = regions.pieces.iter().map(|p| area(&p.corners)).sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
        assert!(regions.pieces.iter().all(|p| area(&p.corners) > 1e-12));
    }

    #[test]
    fn units_that_say_nothing_make_no_regions() {
        let silent = |w: f64| {
            let hidden = Dense { w: vec![vec![1.0, 0.0], vec![0.0, 1.0]], b: vec![-0.5, -0.5], own: vec![] };
            vec![hidden, Dense { w: vec![vec![1.0, w]], b: vec![0.0], own: vec![] }]
        };
        let both = count(&silent(1.0), UNIT, UNIT).unwrap();
        assert_eq!((both.pieces.len(), both.linear), (4, 4));
        let one = count(&silent(0.0), UNIT, UNIT).unwrap();
        assert_eq!((one.pieces.len(), one.linear), (4, 2));
        assert!(count(&[Dense { w: vec![vec![0.0; 3]], b: vec![0.0], own: vec![] }], UNIT, UNIT).is_err());
    }
}

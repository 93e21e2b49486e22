//! Fischer and Zahn: points of the plane near a curve have one number to say, and a network with one unit in its
//! middle finds it.

use crate::experiment::Outcome;
use crate::net::{How, Net, Rows, Truth, flat};
use crate::points::{even, stream};
use feedforward_base::Result;
use feedforward_base::elementary::cos_sin;
use feedforward_network::{Activation, Layer, Loss, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};
use serde_json::json;

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Points near the curve.
    pub points: Vec<(f64, f64)>,
    /// The same after a network with one unit in its middle.
    pub through_one_unit: Vec<(f64, f64)>,
    /// The same on the straight line that fits best.
    pub on_a_line: Vec<(f64, f64)>,
    /// Mean squared distance moved, of the points' variance: through one unit.
    pub lost_by_curve: f64,
    /// On the line.
    pub lost_by_line: f64,
    /// The curve that the middle unit runs along.
    pub curve: Vec<(f64, f64)>,
}

/// `rows` points near an arc of a circle; deviation `noise` across it.
pub fn arc(rows: usize, noise: f64, seed: u64) -> Vec<(f64, f64)> {
    let draws = stream(seed, 3);
    let one = |r: usize| {
        let t = draws.uniform(2 * r as u64);
        let radius = 1.0 + noise * draws.normal(2 * r as u64 + 1);
        // Two thirds of a turn.
        let (c, s) = cos_sin(-0.08 + 0.66 * t);
        (radius * c, radius * s)
    };
    (0..rows).map(one).collect()
}

fn squares(a: &[(f64, f64)], b: &[(f64, f64)]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sum::<f64>() / a.len() as f64
}

/// The points on the straight line through their mean along their widest direction.
fn on_a_line(points: &[(f64, f64)], mean: (f64, f64)) -> Vec<(f64, f64)> {
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|p| f(p.0 - mean.0, p.1 - mean.1)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    // The eigenvector of the larger eigenvalue.
    let half = 0.5 * (xx - yy);
    let largest = 0.5 * (xx + yy) + (half * half + xy * xy).sqrt();
    let (u, v) = if xy != 0.0 {
        (largest - yy, xy)
    } else if xx >= yy {
        (1.0, 0.0)
    } else {
        (0.0, 1.0)
    };
    let length = (u * u + v * v).sqrt();
    let (u, v) = (u / length, v / length);
    let project = |p: &(f64, f64)| {
        let t = (p.0 - mean.0) * u + (p.1 - mean.1) * v;
        (mean.0 + t * u, mean.1 + t * v)
    };
    points.iter().map(project).collect()
}

/// Train a 2-24-1-24-2 network to give back what it is given, and compare with a straight line.
///
/// # Errors
/// What the engine refuses.
pub fn find(rows: usize, noise: f64, epochs: u64, seed: u64) -> Result<Found> {
    let points = arc(rows, noise, seed);
    let x = flat(&points);
    let mut spec = Spec::new(&[2, 24, 1, 24, 2], Activation::Tanh, Loss::SquaredError);
    spec.layers[1] = Layer { activation: Activation::Linear, ..spec.layers[1] };
    spec.learning_rate = 0.005;
    let data = Rows { x: x.clone(), inputs: 2, y: Truth::Values(x.clone()) };
    let (net, _) = Net::train(&spec, &data, How { epochs, batch: 20, seed })?;
    let layers = net.layers(&x);
    let pairs = |a: &[f64]| a.chunks(2).map(|p| (p[0], p[1])).collect::<Vec<_>>();
    let through = pairs(&layers[4]);
    let n = rows as f64;
    let mean = (points.iter().map(|p| p.0).sum::<f64>() / n, points.iter().map(|p| p.1).sum::<f64>() / n);
    let variance = squares(&points, &vec![mean; rows]);
    let line = on_a_line(&points, mean);
    let codes = &layers[2];
    let (low, high) =
        codes.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), c| (l.min(*c), h.max(*c)));
    // The second half of the network alone.
    let half = Spec { inputs: 1, layers: spec.layers[2..].to_vec(), ..spec.clone() };
    let dense = net.dense();
    let after: Vec<(Vec<f64>, Vec<f64>)> = dense[2..].iter().map(|d| (d.w.concat(), d.b.clone())).collect();
    let curve = pairs(&Net::with(&half, &after)?.outputs(&even(121, low, high)));
    Ok(Found {
        lost_by_curve: squares(&points, &through) / variance,
        lost_by_line: squares(&points, &line) / variance,
        points,
        through_one_unit: through,
        on_a_line: line,
        curve,
    })
}

/// `ff lab manifold`.
///
/// # Errors
/// As [`find`].
pub fn run(rows: usize, epochs: u64, seed: u64) -> Result<Outcome> {
    let found = find(rows, 0.05, epochs, seed)?;
    let axis = |name: &str| Axis::new(name).range(-1.3, 1.3);
    let panel = |title: &str, items: Vec<Item>| Panel::plane(title, axis("x₁"), axis("x₂"), items);
    let panels = vec![
        panel(
            "Points near a curve, and what one unit keeps",
            vec![
                Item::points(found.points.clone(), 1, "points"),
                Item::line(found.curve.clone(), 0, "as the middle unit runs from end to end"),
            ],
        ),
        panel(
            "What one straight direction keeps",
            vec![
                Item::points(found.points.clone(), 1, "points"),
                Item::points(found.on_a_line.clone(), 0, "on the best line"),
            ],
        ),
    ];
    let figure = Figure::new("A manifold of one dimension in the plane", 2, panels).caption(
        "A 2-24-1-24-2 network that is trained to give back its input must say each point with one number. It finds \
         the curve; a straight line cannot.",
    );
    let percent = |x: f64| format!("{:.1} % of the variance", 100.0 * x);
    let lines = vec![
        format!("lost by one unit             {}", percent(found.lost_by_curve)),
        format!("lost by one straight line    {}", percent(found.lost_by_line)),
    ];
    let numbers = json!({ "lost_by_curve": found.lost_by_curve, "lost_by_line": found.lost_by_line });
    Ok(Outcome { lines, numbers, figure })
}

//! Two classes in a plane: where one unit fails, what a hidden layer does to the plane, and what boundaries networks
//! learn.

use crate::experiment::Outcome;
use crate::net::{How, Net, Rows, flat};
use crate::points::{Classed, clouds, plane};
use feedforward_base::Result;
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::{Axis, Figure, Grid, Item, Panel};
use serde_json::json;

/// Points of a lattice on one side of a picture.
const LATTICE: usize = 90;

/// What is drawn and trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planes {
    /// Points of each set.
    pub rows: usize,
    /// Deviation of the clouds.
    pub deviation: f64,
    /// Passes over the points.
    pub epochs: u64,
    /// Starts of the 2-2-1 network; the best is shown.
    pub starts: u64,
    /// Of points and networks.
    pub seed: u64,
}

impl Default for Planes {
    fn default() -> Self {
        Planes { rows: 200, deviation: 0.3, epochs: 300, starts: 6, seed: 0 }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The four clouds.
    pub data: Classed,
    /// Logistic regression, and its accuracy.
    pub logistic: (Net, f64),
    /// The best 2-2-1 network, and its accuracy.
    pub best: (Net, f64),
    /// Accuracy of every start of the 2-2-1 network.
    pub starts: Vec<f64>,
}

/// Olteanu: logistic regression beside the 2-2-1 network (tanh, sigmoid) on the same four clouds.
///
/// # Errors
/// What the engine refuses.
pub fn compare(ask: &Planes) -> Result<Seen> {
    let data = clouds(ask.rows, ask.deviation, ask.seed);
    let rows = Rows::plane(&data.points, data.y.clone());
    let train = |units: &[usize], seed: u64| -> Result<(Net, f64)> {
        let mut spec = Spec::new(units, Activation::Tanh, Loss::BinaryCrossEntropy);
        spec.learning_rate = 0.02;
        // Small weights keep the hidden activations apart from ±1 and the boundary round.
        spec.penalty.l2 = 0.002;
        let (net, _) = Net::train(&spec, &rows, How { epochs: ask.epochs, batch: 20, seed })?;
        let accuracy = net.accuracy(&rows);
        Ok((net, accuracy))
    };
    let logistic = train(&[2, 1], ask.seed)?;
    let mut all = Vec::new();
    for start in 0..ask.starts.max(1) {
        all.push(train(&[2, 2, 1], ask.seed.wrapping_add(start))?);
    }
    let starts: Vec<f64> = all.iter().map(|n| n.1).collect();
    let best = crate::net::largest(&starts);
    let best = all.swap_remove(best);
    Ok(Seen { data, logistic, best, starts })
}

/// A shape, its network, its accuracy.
pub type Judged = (String, Net, f64);

/// Sarkar: learned boundaries of one hidden layer and of two, of 32 and 16 units, on two spirals.
///
/// # Errors
/// What the engine refuses.
pub fn boundaries(ask: &Planes) -> Result<(Classed, Vec<Judged>)> {
    let data = plane("spirals", ask.rows, 0.05, ask.seed)?;
    let rows = Rows::plane(&data.points, data.y.clone());
    let mut nets = Vec::new();
    for units in [&[2, 16, 1][..], &[2, 32, 16, 1]] {
        let mut spec = Spec::new(units, Activation::Tanh, Loss::BinaryCrossEntropy);
        spec.learning_rate = 0.01;
        let how = How { epochs: 5 * ask.epochs, batch: 20, seed: ask.seed };
        let (net, _) = Net::train(&spec, &rows, how)?;
        let accuracy = net.accuracy(&rows);
        nets.push((spec.shape(), net, accuracy));
    }
    Ok((data, nets))
}

/// The smallest square around the origin that holds all points, with a margin.
fn side(data: &Classed) -> f64 {
    let most = data.points.iter().map(|p| p.0.abs().max(p.1.abs())).fold(0.0, f64::max);
    1.08 * most
}

fn marks(data: &Classed) -> [Item; 2] {
    [Item::points(data.of(0.0), 0, "class 0"), Item::points(data.of(1.0), 1, "class 1")]
}

/// The input plane `zoom` times as wide as the points need: the network's probability in shades, its boundary, the
/// points.
pub fn boundary(title: &str, net: &Net, data: &Classed, zoom: f64) -> Panel {
    let wide = zoom * side(data);
    let range = (-wide, wide);
    let grid = Grid::of(LATTICE, range, range, |p| net.outputs(&flat(p)));
    let mut items = vec![
        Item::Heat { grid: grid.clone(), range: (0.0, 1.0), name: "output".into() },
        Item::Contour { grid, level: 0.5, series: 4, name: "output ½".into() },
    ];
    items.extend(marks(data));
    let axis = |name: &str| Axis::new(name).range(-wide, wide);
    Panel::plane(title, axis("x₁"), axis("x₂"), items)
}

/// The plane of the two hidden activations: the points as they arrive there, and the straight line that the output
/// unit draws.
pub fn hidden_plane(title: &str, net: &Net, data: &Classed) -> Panel {
    let arrive = |y: f64| -> Vec<(f64, f64)> {
        let a = net.layers(&flat(&data.of(y))).swap_remove(1);
        a.chunks(2).map(|a| (a[0], a[1])).collect()
    };
    let last = &net.dense()[1];
    let range = (-1.12, 1.12);
    let grid = Grid::of(LATTICE, range, range, |p| {
        let z = |p: &(f64, f64)| last.w[0][0] * p.0 + last.w[0][1] * p.1 + last.b[0];
        p.iter().map(|p| 1.0 / (1.0 + (-z(p)).exp())).collect()
    });
    let items = vec![
        Item::Heat { grid: grid.clone(), range: (0.0, 1.0), name: "output".into() },
        Item::Contour { grid, level: 0.5, series: 4, name: "output ½".into() },
        Item::points(arrive(0.0), 0, "class 0"),
        Item::points(arrive(1.0), 1, "class 1"),
    ];
    let axis = |name: &str| Axis::new(name).range(range.0, range.1);
    Panel::plane(title, axis("a₁, first hidden unit"), axis("a₂, second hidden unit"), items)
}

/// `ff lab planes`: all six pictures.
///
/// # Errors
/// What the engine refuses.
pub fn run(ask: &Planes) -> Result<Outcome> {
    let seen = compare(ask)?;
    let (spirals, nets) = boundaries(ask)?;
    let percent = |x: f64| format!("{:.1} %", 100.0 * x);
    let (net, accuracy) = (&seen.best.0, seen.best.1);
    let mut panels = vec![
        boundary(
            &format!("Logistic regression: {}", percent(seen.logistic.1)),
            &seen.logistic.0,
            &seen.data,
            1.0,
        ),
        boundary(&format!("2-2-1 network: {}", percent(accuracy)), net, &seen.data, 1.0),
        hidden_plane("The same in the hidden plane", net, &seen.data),
        boundary("The same, zoomed out", net, &seen.data, 6.0),
    ];
    for (shape, net, accuracy) in &nets {
        let layers = if shape.matches('-').count() == 2 { "One hidden layer" } else { "Two hidden layers" };
        panels.push(boundary(&format!("{layers}, {shape}: {}", percent(*accuracy)), net, &spirals, 1.0));
    }
    let figure = Figure::new("What a hidden layer does to a plane", 3, panels).caption(
        "No line separates the clouds, so logistic regression does no better than chance. Two hidden tanh units move \
         them so that a line does: straight in the hidden plane, the boundary is curved in the input plane. Zoomed \
         out it is two lines again. Below right, boundaries on two spirals.",
    );
    let stuck = seen.starts.iter().filter(|a| **a < 0.9).count();
    let mut lines = vec![
        format!("logistic regression    {} of the points", percent(seen.logistic.1)),
        format!("2-2-1, best start      {}", percent(accuracy)),
        format!("2-2-1, all starts      {} ({stuck} stuck)", list(&seen.starts)),
    ];
    lines.extend(nets.iter().map(|(shape, _, a)| format!("{shape:<22} {} of two spirals", percent(*a))));
    let numbers = json!({
        "logistic_regression": seen.logistic.1,
        "mlp_2_2_1": accuracy,
        "starts": seen.starts,
        "spirals": nets.iter().map(|(shape, _, a)| json!({ "shape": shape, "accuracy": a })).collect::<Vec<_>>(),
    });
    Ok(Outcome { lines, numbers, figure })
}

fn list(all: &[f64]) -> String {
    all.iter().map(|a| format!("{:.0} %", 100.0 * a)).collect::<Vec<_>>().join(", ")
}

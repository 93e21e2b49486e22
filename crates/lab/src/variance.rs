//! Fischer and Zahn: bias and variance of networks, by training them on many independent sets.

use crate::net::{How, Net, Rows};
use crate::points::{even, stream};
use feedforward_base::Result;
use feedforward_base::elementary::cos_sin;
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};

/// What is drawn and trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// Independent training sets.
    pub sets: usize,
    /// Points of each.
    pub points: usize,
    /// σ, the deviation of y around the true function.
    pub noise: f64,
    /// Hidden units; 0 for a straight line.
    pub hidden: usize,
    /// Passes over the points.
    pub epochs: u64,
}

/// The decomposition, as means over x.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// (mean of the fits − f)².
    pub bias2: f64,
    /// Variance of the fits, divided by their number.
    pub variance: f64,
    /// E (h − f)²: bias² + variance, without noise.
    pub against_truth: f64,
    /// E (h − y)² with fresh noise in y: bias² + variance + σ².
    pub against_noisy: f64,
    /// x, and each fit there.
    pub x: Vec<f64>,
    /// One list per training set.
    pub fits: Vec<Vec<f64>>,
}

/// The true function on [−1, 1]: one period of a sine.
pub fn truth(x: f64) -> f64 {
    cos_sin(0.5 * x).1
}

/// `n` points of the true function with noise; another `set`, other points.
pub fn sample(n: usize, noise: f64, set: u64) -> Vec<(f64, f64)> {
    let draws = stream(set, 4);
    let one = |i: u64| {
        let x = 2.0 * draws.uniform(2 * i) - 1.0;
        (x, truth(x) + noise * draws.normal(2 * i + 1))
    };
    (0..n as u64).map(one).collect()
}

/// The network that all sets are given.
pub fn spec(hidden: usize) -> Spec {
    let units = if hidden == 0 { vec![1, 1] } else { vec![1, hidden, 1] };
    let mut spec = Spec::new(&units, Activation::Tanh, Loss::SquaredError);
    spec.learning_rate = 0.02;
    spec
}

/// Train one network per set and take their errors apart.
///
/// # Errors
/// What the engine refuses.
pub fn decompose(ask: &Ask) -> Result<Decomposition> {
    let x = even(101, -1.0, 1.0);
    let wide: Vec<f64> = x.iter().map(|x| 3.0 * x).collect();
    let mut fits = Vec::new();
    for set in 0..ask.sets as u64 {
        let points: Vec<(f64, f64)> =
            sample(ask.points, ask.noise, set).into_iter().map(|(x, y)| (3.0 * x, y)).collect();
        let how = How { epochs: ask.epochs, batch: 10, seed: set };
        fits.push(Net::train(&spec(ask.hidden), &Rows::curve(&points), how)?.0.outputs(&wide));
    }
    let n = ask.sets as f64;
    let mean = |i: usize| fits.iter().map(|f| f[i]).sum::<f64>() / n;
    let over = |f: &dyn Fn(usize) -> f64| (0..x.len()).map(f).sum::<f64>() / x.len() as f64;
    let noise = stream(7, 5);
    let noisy = |set: usize, i: usize| truth(x[i]) + ask.noise * noise.normal((set * x.len() + i) as u64);
    Ok(Decomposition {
        bias2: over(&|i| (mean(i) - truth(x[i])).powi(2)),
        variance: over(&|i| fits.iter().map(|f| (f[i] - mean(i)).powi(2)).sum::<f64>() / n),
        against_truth: over(&|i| fits.iter().map(|f| (f[i] - truth(x[i])).powi(2)).sum::<f64>() / n),
        against_noisy: over(&|i| (0..ask.sets).map(|s| (fits[s][i] - noisy(s, i)).powi(2)).sum::<f64>() / n),
        x,
        fits,
    })
}

/// The fits of several networks over each other, and bias² and variance against the number of hidden units.
///
/// # Errors
/// As [`decompose`].
pub fn figure(ask: &Ask, hidden: &[usize]) -> Result<(Vec<Decomposition>, Figure)> {
    let all = hidden.iter().map(|h| decompose(&Ask { hidden: *h, ..*ask })).collect::<Result<Vec<_>>>()?;
    let mut panels: Vec<Panel> = Vec::new();
    for i in [0, all.len() - 1] {
        let d = &all[i];
        let name = |n: usize| if n == 0 { "independent training sets" } else { "" };
        let mut items: Vec<Item> = d
            .fits
            .iter()
            .enumerate()
            .map(|(n, f)| Item::line(d.x.iter().copied().zip(f.iter().copied()).collect(), 5, name(n)))
            .collect();
        items.push(Item::line(d.x.iter().map(|x| (*x, truth(*x))).collect(), 0, "true function"));
        let title = format!("{} hidden units, {} training sets of {}", hidden[i], ask.sets, ask.points);
        panels.push(Panel::new(&title, Axis::new("x"), Axis::new("y").range(-1.8, 1.8), items));
    }
    let line = |f: &dyn Fn(&Decomposition) -> f64| {
        hidden.iter().zip(&all).map(|(h, d)| (*h as f64, f(d))).collect::<Vec<_>>()
    };
    panels.push(Panel::new(
        "Error against the true function",
        Axis::new("hidden units"),
        Axis::new("mean square"),
        vec![
            Item::marked(line(&|d| d.bias2), 0, "bias²"),
            Item::marked(line(&|d| d.variance), 1, "variance"),
            Item::marked(line(&|d| d.against_truth), 2, "their sum"),
        ],
    ));
    Ok((all, Figure::new("Bias and variance", 3, panels)))
}

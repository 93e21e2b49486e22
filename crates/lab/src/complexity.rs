//! Fischer and Zahn: the error on the training and on the validation part against complexity, the size of the training
//! set and the number of epochs.

use crate::net::{How, Net, Rows};
use crate::noisy::{mean_square, sample, spec};
use feedforward_base::Result;
use feedforward_network::Spec;
use feedforward_plot::{Axis, Figure, Item, Panel};

/// Mean square errors on the two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errors {
    /// Hidden units, rows or epochs.
    pub at: f64,
    /// On the training part.
    pub train: f64,
    /// On the validation part.
    pub valid: f64,
}

/// The three curves.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// Against hidden units.
    pub complexity: Vec<Errors>,
    /// Against the number of training rows.
    pub rows: Vec<Errors>,
    /// Against epochs, from the same start.
    pub epochs: Vec<Errors>,
}

/// What is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Rows of the training part where something else varies.
    pub rows: usize,
    /// Hidden units where something else varies.
    pub hidden: usize,
    /// Epochs where something else varies.
    pub epochs: u64,
    /// Deviation of y.
    pub noise: f64,
    /// The numbers of hidden units.
    pub try_hidden: Vec<usize>,
    /// The numbers of rows.
    pub try_rows: Vec<usize>,
    /// The numbers of epochs.
    pub try_epochs: Vec<usize>,
}

/// A sample of the sine whose x suit the initial weights.
fn rows(n: usize, noise: f64, set: u64) -> Rows {
    let points = sample(n, noise, set);
    Rows::curve(&points.into_iter().map(|(x, y)| (3.0 * x, y)).collect::<Vec<_>>())
}

/// Train and judge.
///
/// # Errors
/// What the engine refuses.
pub fn curves(ask: &Ask) -> Result<Curves> {
    let valid = rows(400, ask.noise, 1000);
    let one = |at: usize, spec: &Spec, n: usize, epochs: u64| -> Result<Errors> {
        let train = rows(n, ask.noise, 1);
        // The number of steps is the same for any number of rows.
        let (net, _) = Net::train(spec, &train, How { epochs, batch: 10, seed: 1 })?;
        Ok(Errors { at: at as f64, train: mean_square(&net, &train), valid: mean_square(&net, &valid) })
    };
    let complexity = ask.try_hidden.iter().map(|h| one(*h, &spec(*h), ask.rows, ask.epochs));
    let usual = spec(ask.hidden);
    let steps = ask.epochs * ask.rows as u64;
    let by_rows = ask.try_rows.iter().map(|n| one(*n, &usual, *n, (steps / *n as u64).max(1)));
    let by_epochs = ask.try_epochs.iter().map(|e| one(*e, &usual, ask.rows, *e as u64));
    Ok(Curves {
        complexity: complexity.collect::<Result<_>>()?,
        rows: by_rows.collect::<Result<_>>()?,
        epochs: by_epochs.collect::<Result<_>>()?,
    })
}

/// The three curves drawn.
pub fn figure(curves: &Curves) -> Figure {
    let panel = |title: &str, x: Axis, all: &[Errors]| {
        let line = |f: fn(&Errors) -> f64| all.iter().map(|e| (e.at, f(e))).collect::<Vec<_>>();
        let items = vec![
            Item::marked(line(|e| e.train), 0, "training part"),
            Item::marked(line(|e| e.valid), 1, "validation part"),
        ];
        Panel::new(title, x, Axis::new("mean square error").log(10), items)
    };
    let panels = vec![
        panel("Complexity", Axis::new("hidden units"), &curves.complexity),
        panel("Size of the training part", Axis::new("rows").log(2), &curves.rows),
        panel("Training time", Axis::new("epochs").log(2), &curves.epochs),
    ];
    Figure::new("Three ways to see overfitting", 3, panels)
}

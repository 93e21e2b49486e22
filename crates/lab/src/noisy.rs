//! Rows of a known function with known noise, and the network that learns them: where bias, variance and noise can be
//! told apart.

use crate::net::{Net, Rows, Truth};
use crate::points::stream;
use crate::universality::{FUNCTIONS, Function};
use feedforward_base::Stream;
use feedforward_network::{Activation, Loss, Spec};

/// y = f(x) + noise, x even over [−1, 1].
#[derive(Clone, Copy, Debug)]
pub struct Noisy {
    /// The true function.
    pub function: &'static Function,
    /// σ, the deviation of y around it.
    pub noise: f64,
}

/// The lectures' function: one period of a sine.
pub const SINE: &Function = &FUNCTIONS[0];

/// Inputs three times as wide as the interval suit the initial weights better.
const WIDEN: f64 = 3.0;

impl Noisy {
    /// The sine with noise σ.
    pub fn sine(noise: f64) -> Self {
        Noisy { function: SINE, noise }
    }
    /// `n` points; of one stream a longer list begins with the shorter one.
    pub fn points(&self, n: usize, draws: Stream) -> Vec<(f64, f64)> {
        let one = |i: u64| {
            let x = 2.0 * draws.uniform(2 * i) - 1.0;
            (x, self.function.at(x) + self.noise * draws.normal(2 * i + 1))
        };
        (0..n as u64).map(one).collect()
    }
}

/// `n` points of the sine; another `set`, other points.
pub fn sample(n: usize, noise: f64, set: u64) -> Vec<(f64, f64)> {
    Noisy::sine(noise).points(n, stream(set, 4))
}

/// Points as [`spec`]'s networks read them.
pub fn rows(points: &[(f64, f64)]) -> Rows {
    Rows::curve(&points.iter().map(|(x, y)| (WIDEN * x, *y)).collect::<Vec<_>>())
}

/// One input, `hidden` tanh units, one linear output; a straight line for 0 units.
pub fn spec(hidden: usize) -> Spec {
    let units = if hidden == 0 { vec![1, 1] } else { vec![1, hidden, 1] };
    let mut spec = Spec::new(&units, Activation::Tanh, Loss::SquaredError);
    spec.learning_rate = 0.02;
    spec
}

/// What such a network says at places of [−1, 1].
pub fn fit(net: &Net, x: &[f64]) -> Vec<f64> {
    net.outputs(&x.iter().map(|x| WIDEN * x).collect::<Vec<_>>())
}

/// The mean square of output − y.
pub fn mean_square(net: &Net, rows: &Rows) -> f64 {
    let Truth::Values(y) = &rows.y else { return f64::NAN };
    net.outputs(&rows.x).iter().zip(y).map(|(a, y)| (a - y) * (a - y)).sum::<f64>() / y.len() as f64
}

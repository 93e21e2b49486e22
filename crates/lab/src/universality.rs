//! One hidden layer fits any continuous function on an interval (Cybenko 1989), given units enough: by hand, and by
//! training, which the theorem says nothing about.

use crate::experiment::Outcome;
use crate::net::{How, Net, Rows, Truth};
use crate::points::even;
use feedforward_base::elementary::cos_sin;
use feedforward_base::{Error, Result};
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};
use serde_json::json;

/// A function on [−1, 1].
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What users call it.
    pub name: &'static str,
    /// In words.
    pub about: &'static str,
    f: fn(f64) -> f64,
}

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "sin", about: "one period of a sine", f: |x| cos_sin(0.5 * x).1 },
    Function {
        name: "step",
        about: "a jump at 0, which no continuous network can follow there",
        f: |x| f64::from(u8::from(x > 0.0)),
    },
    Function { name: "abs", about: "a kink at 0", f: f64::abs },
    Function {
        name: "bumps",
        about: "two bumps of different width",
        f: |x| bump(x, -0.4, 0.3) + 0.6 * bump(x, 0.45, 0.12),
    },
    Function {
        name: "waves",
        about: "a sine that runs faster and faster",
        f: |x| cos_sin(1.5 * (x + 1.0) * (x + 1.0) / 2.0).1,
    },
];

/// 1 at the centre, about 0 two widths away.
fn bump(x: f64, centre: f64, width: f64) -> f64 {
    let t = (x - centre) / width;
    1.0 / (1.0 + t * t * t * t)
}

impl Function {
    /// The function of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn find(name: &str) -> Result<&'static Function> {
        let known = FUNCTIONS.iter().map(|f| f.name);
        FUNCTIONS.iter().find(|f| f.name == name).ok_or_else(|| Error::unknown("function", name, known))
    }
    /// Its value.
    pub fn at(&self, x: f64) -> f64 {
        (self.f)(x)
    }
}

/// What is tried.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The function.
    pub function: &'static Function,
    /// Hidden units, one network for each number.
    pub widths: Vec<usize>,
    /// Passes over the points.
    pub epochs: u64,
    /// Of the networks.
    pub seed: u64,
}

/// One width.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Hidden units.
    pub width: usize,
    /// Root mean square error of the network that was set by hand.
    pub by_hand: f64,
    /// Root mean square error of the network that was trained.
    pub trained: f64,
    /// The largest error of the one by hand.
    pub by_hand_worst: f64,
    /// (x, by hand, trained).
    pub curve: Vec<[f64; 3]>,
}

/// Points to learn from, and between them points to judge by.
const LEARN: usize = 200;
const JUDGE: usize = 801;

/// A network of one hidden layer of sigmoid units set by hand: unit i is a steep step at the middle of the i-th of
/// `width` even pieces, as high as the function rises there. This is the visual proof that Sarkar's slides point to.
///
/// # Errors
/// No unit.
pub fn by_hand(f: &Function, width: usize) -> Result<Net> {
    let spec = Spec::new(&[1, width, 1], Activation::Sigmoid, Loss::SquaredError);
    let piece = 2.0 / width as f64;
    let middle = |i: usize| -1.0 + (i as f64 + 0.5) * piece;
    // A step is over within a fifth of a piece.
    let steep = 40.0 / piece;
    let b = (0..width).map(|i| -steep * middle(i)).collect();
    let ends = even(width + 1, -1.0, 1.0);
    let heights = (0..width).map(|i| f.at(ends[i + 1]) - f.at(ends[i])).collect();
    Net::with(&spec, &[(vec![steep; width], b), (heights, vec![f.at(-1.0)])])
}

/// A network of one hidden layer of tanh units, trained.
///
/// # Errors
/// No unit; numbers that are no longer finite.
pub fn trained(f: &Function, width: usize, epochs: u64, seed: u64) -> Result<Net> {
    let mut spec = Spec::new(&[1, width, 1], Activation::Tanh, Loss::SquaredError);
    spec.learning_rate = 0.01;
    spec.schedule = feedforward_network::Schedule::parse("cosine")?;
    // Inputs three times as wide as the interval suit the initial weights better.
    let x: Vec<f64> = even(LEARN, -1.0, 1.0);
    let rows = Rows {
        x: x.iter().map(|x| WIDEN * x).collect(),
        inputs: 1,
        y: Truth::Values(x.iter().map(|x| f.at(*x)).collect()),
    };
    let (mut net, _) = Net::train(&spec, &rows, How { epochs, batch: 20, seed })?;
    // The factor goes into the first weights.
    let mut layers: Vec<(Vec<f64>, Vec<f64>)> =
        net.dense().iter().map(|d| (d.w.concat(), d.b.clone())).collect();
    layers[0].0.iter_mut().for_each(|w| *w *= WIDEN);
    net = Net::with(&spec, &layers)?;
    Ok(net)
}

const WIDEN: f64 = 3.0;

/// Fit with one width.
///
/// # Errors
/// As [`trained`].
pub fn fit(f: &Function, width: usize, epochs: u64, seed: u64) -> Result<Fit> {
    let x = even(JUDGE, -1.0, 1.0);
    let hand = by_hand(f, width)?.outputs(&x);
    let learned = trained(f, width, epochs, seed)?.outputs(&x);
    let square = |y: &[f64]| x.iter().zip(y).map(|(x, y)| (f.at(*x) - y).powi(2)).sum::<f64>() / JUDGE as f64;
    let worst = x.iter().zip(&hand).map(|(x, y)| (f.at(*x) - y).abs()).fold(0.0, f64::max);
    Ok(Fit {
        width,
        by_hand: square(&hand).sqrt(),
        trained: square(&learned).sqrt(),
        by_hand_worst: worst,
        curve: (0..JUDGE).map(|i| [x[i], hand[i], learned[i]]).collect(),
    })
}

/// `ff lab universality`: the error against the width, and some of the fits.
///
/// # Errors
/// As [`trained`]; no width.
pub fn run(ask: &Ask) -> Result<Outcome> {
    if ask.widths.is_empty() || ask.widths.contains(&0) {
        return Err(Error::bad_value("--widths", format!("{:?}", ask.widths), "numbers of units, 1 or more"));
    }
    let f = ask.function;
    let fits = ask.widths.iter().map(|w| fit(f, *w, ask.epochs, ask.seed)).collect::<Result<Vec<_>>>()?;
    let error = |of: fn(&Fit) -> f64| fits.iter().map(|f| (f.width as f64, of(f))).collect::<Vec<_>>();
    let mut panels = vec![Panel::new(
        "Error against width",
        Axis::new("hidden units").log(2),
        Axis::new("root mean square error").log(10),
        vec![
            Item::marked(error(|f| f.by_hand), 0, "steps set by hand"),
            Item::marked(error(|f| f.trained), 1, "tanh units, trained"),
        ],
    )];
    let shown = [0, fits.len() / 3, 2 * fits.len() / 3];
    let mut shown: Vec<usize> = shown.into_iter().filter(|i| *i < fits.len()).collect();
    shown.dedup();
    for i in shown {
        let fit = &fits[i];
        let line =
            |of: &dyn Fn(&[f64; 3]) -> f64| fit.curve.iter().map(|c| (c[0], of(c))).collect::<Vec<_>>();
        panels.push(Panel::new(
            &format!("{} hidden unit{}", fit.width, if fit.width == 1 { "" } else { "s" }),
            Axis::new("x"),
            Axis::new("y"),
            vec![
                Item::line(line(&|c| f.at(c[0])), 4, f.name),
                Item::line(line(&|c| c[1]), 0, "by hand"),
                Item::line(line(&|c| c[2]), 1, "trained"),
            ],
        ));
    }
    let figure = Figure::new(&format!("One hidden layer and a function: {}", f.about), 2, panels).caption(
        "Steps set by hand come as near as one likes, the faster the smoother the function: that is the theorem. It \
         says nothing of how many units are needed, or whether training finds their weights.",
    );
    let line =
        |f: &Fit| format!("{:>5} units    by hand {:<10.2e} trained {:.2e}", f.width, f.by_hand, f.trained);
    let each = |f: &Fit| json!({ "width": f.width, "by_hand": f.by_hand, "by_hand_worst": f.by_hand_worst, "trained": f.trained });
    Ok(Outcome {
        lines: fits.iter().map(line).collect(),
        numbers: json!({ "function": f.name, "fits": fits.iter().map(each).collect::<Vec<_>>() }),
        figure,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand_the_error_falls_with_the_width() {
        for f in FUNCTIONS.iter().filter(|f| f.name != "step") {
            let error = |width: usize| {
                let x = even(JUDGE, -1.0, 1.0);
                let y = by_hand(f, width).unwrap().outputs(&x);
                x.iter().zip(&y).map(|(x, y)| (f.at(*x) - y).abs()).fold(0.0, f64::max)
            };
            assert!(
                error(256) < 0.07 && error(256) < 0.3 * error(16),
                "{}: {} {}",
                f.name,
                error(16),
                error(256)
            );
        }
        assert!(Function::find("sine").unwrap_err().to_string().contains("function"));
    }
}

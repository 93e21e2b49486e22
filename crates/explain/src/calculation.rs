//! A calculation as a file has it: parameters, samples, and what a slide prints.

use crate::samples::Samples;
use crate::trace::{Setting, Trace};
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::{Activation, Loss, Optimizer, Spec};
use serde::Deserialize;

/// A number that a slide prints otherwise than it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Misprint {
    /// Which matrix: `a` of layer 1.
    pub what: String,
    /// The sample, from 1.
    pub sample: usize,
    /// The unit, from 1.
    pub unit: usize,
    /// What the slide prints.
    pub printed: f64,
    /// What it is.
    pub right: f64,
}

/// A network with all its numbers, and samples: the layout of `examples/two_two_one.toml`.
#[derive(Clone, Debug, Deserialize)]
pub struct Calculation {
    title: String,
    #[serde(default)]
    source: String,
    x: Vec<Vec<f64>>,
    #[serde(default)]
    y: Vec<Vec<f64>>,
    #[serde(default = "yes")]
    biases: bool,
    #[serde(default = "squared_error")]
    loss: Loss,
    #[serde(default = "sgd")]
    optimizer: String,
    #[serde(default = "one")]
    learning_rate: f64,
    layers: Vec<Layer>,
    #[serde(default)]
    printed: Vec<Printed>,
}

fn squared_error() -> Loss {
    Loss::SquaredError
}

fn sgd() -> String {
    Optimizer::SGD.name().into()
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

#[derive(Clone, Debug, Deserialize)]
struct Layer {
    activation: Activation,
    w: Vec<Vec<f64>>,
    #[serde(default)]
    b: Vec<f64>,
}

/// Numbers as a slide prints them, a row for each sample.
#[derive(Clone, Debug, Deserialize)]
struct Printed {
    layer: usize,
    what: String,
    decimals: i32,
    numbers: Vec<Vec<f64>>,
}

impl Calculation {
    /// From TOML.
    ///
    /// # Errors
    /// Text that is no TOML, a key that is missing or of another kind.
    pub fn read(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| {
            let what = e.message().lines().next().unwrap_or_default().to_string();
            let error = Error::new(ErrorKind::Malformed { format: "calculation".into(), what });
            let before = e.span().and_then(|span| text.get(..span.start));
            let row = |before: &str| Place::default().row(1 + before.matches('\n').count() as u64);
            let place = before.map_or_else(Place::default, row);
            error.at(place).hint("`examples/two_two_one.toml` shows the layout")
        })
    }
    /// The network and the samples, with `learning_rate` instead of the file's; `name` is where they come from.
    ///
    /// # Errors
    /// Matrices whose shapes do not fit each other, classes that are none, an unknown optimizer.
    pub fn setting(&self, name: &str, learning_rate: Option<f64>) -> Result<Setting> {
        self.check_shapes()?;
        let inputs = self.x.first().map_or(0, Vec::len);
        let units: Vec<usize> =
            std::iter::once(inputs).chain(self.layers.iter().map(|l| l.w.len())).collect();
        let mut spec = Spec::new(&units, Activation::Linear, self.loss);
        for (layer, own) in spec.layers.iter_mut().zip(&self.layers) {
            layer.activation = own.activation;
        }
        (spec.optimizer, spec.learning_rate) = (Optimizer::parse(&self.optimizer)?, self.learning_rate);
        let names = |what: &str, n: usize| (1..=n).map(|i| format!("{what}{i}")).collect();
        let source = if self.source.is_empty() { String::new() } else { format!(" ({})", self.source) };
        Ok(Setting {
            title: format!("{name}, {}{source}", self.title),
            theta: self.layers.iter().map(Layer::dense).collect(),
            samples: Samples {
                x: self.x.clone(),
                y: self.y.iter().map(|y| truth(&spec, y)).collect::<Result<_>>()?,
                weights: None,
            },
            rows: (1..=self.x.len() as u64).collect(),
            input_names: names("x", inputs),
            output_names: names("y", spec.outputs()),
            biases: self.biases,
            learning_rate,
            notes: Vec::new(),
            spec,
        })
    }
    /// What the slides print otherwise than `trace`, the calculation's own, has it.
    pub fn misprints(&self, trace: &Trace) -> Vec<Misprint> {
        self.printed.iter().flat_map(|p| p.misprints(trace)).collect()
    }
    /// Every row of a matrix is as long as what it is multiplied with.
    fn check_shapes(&self) -> Result<()> {
        let bad = |name: String, have: usize, want: usize| {
            Err(Error::bad_value(name, format!("{have} numbers"), format!("{want} numbers")))
        };
        if self.x.is_empty() || self.layers.is_empty() {
            return Err(Error::bad_value("the calculation", "nothing", "at least one layer and one sample"));
        }
        let inputs = self.x[0].len();
        for (r, x) in (1..).zip(&self.x) {
            if x.len() != inputs {
                return bad(format!("x of sample {r}"), x.len(), inputs);
            }
        }
        let mut before = inputs;
        for (l, layer) in (1..).zip(&self.layers) {
            for (unit, row) in (1..).zip(&layer.w) {
                if row.len() != before {
                    return bad(format!("row {unit} of w of layer {l}"), row.len(), before);
                }
            }
            if !layer.b.is_empty() && layer.b.len() != layer.w.len() {
                return bad(format!("b of layer {l}"), layer.b.len(), layer.w.len());
            }
            before = layer.w.len();
        }
        if let Some(p) = self.printed.iter().find(|p| !(1..=self.layers.len()).contains(&p.layer)) {
            let want = format!("a layer, 1 to {}", self.layers.len());
            return Err(Error::bad_value("a printed layer", p.layer, want));
        }
        let of_y = if self.loss.wants_classes() { 1 } else { before };
        for (r, y) in (1..).zip(&self.y) {
            if y.len() != of_y {
                return bad(format!("y of sample {r}"), y.len(), of_y);
            }
        }
        if !self.y.is_empty() && self.y.len() != self.x.len() {
            let have = format!("of {} samples", self.y.len());
            return Err(Error::bad_value("y", have, format!("of {} samples, as many as x", self.x.len())));
        }
        Ok(())
    }
}

impl Layer {
    fn dense(&self) -> Dense {
        let units = self.w.len();
        let b = if self.b.is_empty() { vec![0.0; units] } else { self.b.clone() };
        let own =
            if self.activation.is_learned() { vec![self.activation.usual_own(); units] } else { Vec::new() };
        Dense { w: self.w.clone(), b, own }
    }
}

/// A row of y: the number of a class, or a value per output.
fn truth(spec: &Spec, y: &[f64]) -> Result<Truth> {
    if !spec.loss.wants_classes() {
        return Ok(Truth::Values(y.to_vec()));
    }
    let class = y[0];
    if class < 0.0 || class.fract() != 0.0 || class >= spec.outputs() as f64 {
        let want = format!("the number of a class, 0 to {}", spec.outputs().saturating_sub(1));
        return Err(Error::bad_value("y", class, want));
    }
    Ok(Truth::Class(class as usize))
}

impl Printed {
    fn misprints(&self, trace: &Trace) -> Vec<Misprint> {
        let layer = &trace.layers[self.layer - 1];
        let ours = if self.what == "z" { &layer.z } else { &layer.a };
        let half = 0.5 * 10f64.powi(-self.decimals);
        let mut all = Vec::new();
        for (sample, (printed, ours)) in (1..).zip(self.numbers.iter().zip(ours)) {
            for (unit, (&printed, &right)) in (1..).zip(printed.iter().zip(ours)) {
                // A number halfway between two is rounded either way.
                if (printed - right).abs() > half * (1.0 + 1e-9) {
                    all.push(Misprint { what: self.what.clone(), sample, unit, printed, right });
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "title = 't'\nx = [[1, 2]]\ny = [[1]]\nloss = 'binary_cross_entropy'\n\
                         [[layers]]\nactivation = 'sigmoid'\nw = [[0.5, -1]]\nb = [2]\n";

    #[test]
    fn a_calculation_is_traced() {
        let setting = Calculation::read(SMALL).unwrap().setting("file", Some(0.25)).unwrap();
        let trace = Trace::of(setting).unwrap();
        assert_eq!(trace.layers[0].z, [[0.5]]);
        assert_eq!(trace.lesson.unwrap().learning_rate, 0.25);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let said = |from: &str, to: &str| {
            assert!(SMALL.contains(from), "{from}");
            let text = SMALL.replace(from, to);
            let trace = Calculation::read(&text).and_then(|c| c.setting("file", None)).and_then(Trace::of);
            trace.unwrap_err().to_string()
        };
        for (from, to, want) in [
            ("[[0.5, -1]]", "[[0.5]]", "row 1 of w of layer 1"),
            ("b = [2]", "b = [2, 3]", "b of layer 1"),
            ("x = [[1, 2]]", "x = [[1, 2], [3]]", "x of sample 2"),
            ("x = [[1, 2]]", "x = []", "at least one layer"),
            ("y = [[1]]", "y = [[1, 0]]", "y of sample 1"),
            ("y = [[1]]", "y = [[1], [0]]", "as many as x"),
            ("'sigmoid'", "'sigmoyd'", "row 6"),
            ("title = 't'", "title = ", "row 1"),
            (
                "b = [2]",
                "b = [2]\n[[printed]]\nlayer = 0\nwhat = 'z'\ndecimals = 1\nnumbers = []",
                "printed layer",
            ),
            ("y = [[1]]", "y = [[1]]\noptimizer = 'adams'", "adams"),
        ] {
            let said = said(from, to);
            assert!(said.contains(want), "{to}: {said}");
        }
    }
}

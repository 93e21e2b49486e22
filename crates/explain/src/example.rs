//! The three calculations of the lectures that `ff trace --example` shows.

use crate::samples::Samples;
use crate::trace::{Setting, Trace};
use feedforward_base::{Error, Result};
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::{Activation, Loss, Optimizer, Spec};
use serde::Deserialize;

/// A calculation of the lectures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// S05: one dense layer meets one sample.
    Dense,
    /// S06: one dense layer meets a batch of two.
    Batch,
    /// S36: three weights, one after the other, forward and backward.
    Wang,
}

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

impl Example {
    /// All of them.
    pub const ALL: [Example; 3] = [Example::Dense, Example::Batch, Example::Wang];

    /// The name that users type.
    pub fn name(self) -> &'static str {
        match self {
            Example::Dense => "dense",
            Example::Batch => "batch",
            Example::Wang => "wang",
        }
    }
    /// Its number among the things that the lectures teach.
    pub fn id(self) -> &'static str {
        match self {
            Example::Dense => "S05",
            Example::Batch => "S06",
            Example::Wang => "S36",
        }
    }
    /// The example of that name or number.
    ///
    /// # Errors
    /// An unknown name.
    pub fn parse(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|e| e.name() == name || e.id().eq_ignore_ascii_case(name));
        found.ok_or_else(|| Error::unknown("example", name, Self::ALL.iter().map(|e| e.name())))
    }
    /// The network and the samples, with `learning_rate` instead of the lecture's.
    pub fn setting(self, learning_rate: Option<f64>) -> Setting {
        self.page().setting(self.id(), learning_rate)
    }
    /// What the slides print otherwise than `trace`, the example's own, has it.
    pub fn misprints(self, trace: &Trace) -> Vec<Misprint> {
        self.page().printed.iter().flat_map(|p| p.misprints(trace)).collect()
    }
    fn page(self) -> Page {
        let text = match self {
            Example::Dense => include_str!("../../../testdata/lectures/S05.toml"),
            Example::Batch => include_str!("../../../testdata/lectures/S06.toml"),
            Example::Wang => include_str!("../../../testdata/lectures/S36.toml"),
        };
        // A test reads all three, and the text is part of the program.
        toml::from_str(text).unwrap_or_else(|e| unreachable!("{}: {e}", self.id()))
    }
}

/// An example as its file has it.
#[derive(Debug, Deserialize)]
struct Page {
    title: String,
    source: String,
    x: Vec<Vec<f64>>,
    #[serde(default)]
    y: Vec<Vec<f64>>,
    biases: bool,
    #[serde(default = "squared_error")]
    loss: Loss,
    #[serde(default = "one")]
    learning_rate: f64,
    layers: Vec<Layer>,
    #[serde(default)]
    printed: Vec<Printed>,
}

fn squared_error() -> Loss {
    Loss::SquaredError
}

fn one() -> f64 {
    1.0
}

#[derive(Debug, Deserialize)]
struct Layer {
    activation: Activation,
    w: Vec<Vec<f64>>,
    #[serde(default)]
    b: Vec<f64>,
}

/// Numbers as a slide prints them, a row for each sample.
#[derive(Debug, Deserialize)]
struct Printed {
    layer: usize,
    what: String,
    decimals: i32,
    numbers: Vec<Vec<f64>>,
}

impl Page {
    fn setting(&self, id: &str, learning_rate: Option<f64>) -> Setting {
        let inputs = self.x.first().map_or(0, Vec::len);
        let units: Vec<usize> =
            std::iter::once(inputs).chain(self.layers.iter().map(|l| l.w.len())).collect();
        let mut spec = Spec::new(&units, Activation::Linear, self.loss);
        for (layer, own) in spec.layers.iter_mut().zip(&self.layers) {
            layer.activation = own.activation;
        }
        (spec.optimizer, spec.learning_rate) = (Optimizer::SGD, self.learning_rate);
        let dense = |l: &Layer| {
            let b = if l.b.is_empty() { vec![0.0; l.w.len()] } else { l.b.clone() };
            Dense { w: l.w.clone(), b, own: Vec::new() }
        };
        let names = |what: &str, n: usize| (1..=n).map(|i| format!("{what}{i}")).collect();
        Setting {
            title: format!("{id}, {} ({})", self.title, self.source),
            theta: self.layers.iter().map(dense).collect(),
            samples: Samples {
                x: self.x.clone(),
                y: self.y.iter().cloned().map(Truth::Values).collect(),
                weights: None,
            },
            rows: (1..=self.x.len() as u64).collect(),
            input_names: names("x", inputs),
            output_names: names("y", spec.outputs()),
            biases: self.biases,
            learning_rate,
            notes: Vec::new(),
            spec,
        }
    }
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

    #[test]
    fn every_example_is_sound() {
        for example in Example::ALL {
            let trace = Trace::of(example.setting(None)).unwrap();
            assert!(trace.engine_difference < 1e-15, "{}: {}", example.id(), trace.engine_difference);
            assert_eq!(Example::parse(example.id()).unwrap(), example);
        }
    }

    /// E23: the only number of the three that the slides have wrong.
    #[test]
    fn one_misprint_is_found() {
        let found = |e: Example| e.misprints(&Trace::of(e.setting(None)).unwrap());
        assert_eq!(found(Example::Dense), []);
        let batch = found(Example::Batch);
        assert_eq!(batch.len(), 1, "{batch:?}");
        assert_eq!((batch[0].what.as_str(), batch[0].sample, batch[0].unit), ("a", 2, 3));
    }
}

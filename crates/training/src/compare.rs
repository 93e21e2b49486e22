//! Where the parameters of two models of one shape differ most.

use crate::model::{Model, Theta};
use feedforward_network::{Layout, Spec};
use serde::Serialize;

/// The largest difference in a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerDifference {
    /// From 1.
    pub layer: usize,
    /// Numbers that differ.
    pub differ: usize,
    /// Numbers of the layer.
    pub of: usize,
    /// The largest difference; `None` if none differ.
    pub largest: Option<NumberDifference>,
}

/// Two numbers at one place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NumberDifference {
    /// `weight`, `bias` or `slope`.
    pub part: &'static str,
    /// The unit, from 1.
    pub unit: usize,
    /// Of a weight the input, from 1.
    pub input: Option<usize>,
    /// The number of the one.
    pub one: f64,
    /// The number of the other.
    pub other: f64,
}

/// The largest difference of each layer; `None` if the shapes or the learned numbers are not the same.
pub fn layers(one: &Model, other: &Model) -> Option<Vec<LayerDifference>> {
    let (a, b) = (plain(&one.spec, &one.theta), plain(&other.spec, &other.theta));
    let same = a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a.sizes() == b.sizes());
    same.then(|| (1..).zip(a.iter().zip(&b)).map(|(layer, (a, b))| a.difference(b, layer)).collect())
}

/// The numbers of a layer in f64, which holds those of f32 exactly; weights row by row.
struct Plain {
    inputs: usize,
    weights: Vec<f64>,
    biases: Vec<f64>,
    own: Vec<f64>,
}

impl Plain {
    fn sizes(&self) -> [usize; 4] {
        [self.inputs, self.weights.len(), self.biases.len(), self.own.len()]
    }

    fn difference(&self, other: &Plain, layer: usize) -> LayerDifference {
        let inputs = self.inputs;
        let parts = [
            ("weight", &self.weights, &other.weights),
            ("bias", &self.biases, &other.biases),
            ("slope", &self.own, &other.own),
        ];
        let mut all = LayerDifference { layer, differ: 0, of: 0, largest: None };
        for (part, one, other) in parts {
            all.of += one.len();
            for (i, (&one, &other)) in one.iter().zip(other).enumerate() {
                // −0 and 0 are other bits.
                if one.to_bits() == other.to_bits() {
                    continue;
                }
                all.differ += 1;
                let known = all.largest.as_ref().map_or(-1.0, |d| (d.one - d.other).abs());
                if (one - other).abs() > known {
                    let weight = part == "weight";
                    let unit = if weight { i / inputs } else { i } + 1;
                    let input = weight.then(|| i % inputs + 1);
                    all.largest = Some(NumberDifference { part, unit, input, one, other });
                }
            }
        }
        all
    }
}

fn plain(spec: &Spec, theta: &Theta) -> Vec<Plain> {
    let layout = Layout::new(spec);
    let theta: Vec<f64> = match theta {
        Theta::F32(theta) => theta.iter().map(|&x| x.into()).collect(),
        Theta::F64(theta) => theta.clone(),
    };
    let layer = |l: usize| Plain {
        inputs: layout.units(l - 1),
        weights: layout.rows(&theta, l),
        biases: theta[layout.b(l)].to_vec(),
        own: theta[layout.own(l)].to_vec(),
    };
    (1..=layout.last()).map(layer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model_file::testing::model;

    #[test]
    fn one_weight_is_found() {
        let one = model();
        let layout = Layout::new(&one.spec);
        let mut other = one.clone();
        let Theta::F32(theta) = &mut other.theta else { panic!("f32") };
        let mut rows = layout.rows(theta, 1);
        // Unit 66, which lies in the second panel; input 2.
        rows[65 * 3 + 1] += 0.5;
        layout.set_rows(theta, 1, &rows);
        theta[layout.b(2).start] += 0.25;
        let found = layers(&one, &other).unwrap();
        let place = |d: &LayerDifference| {
            let n = d.largest.clone().unwrap();
            (d.differ, d.of, n.part, n.unit, n.input, n.other - n.one)
        };
        assert_eq!(place(&found[0]), (1, 280, "weight", 66, Some(2), 0.5));
        assert_eq!(place(&found[1]), (1, 213, "bias", 1, None, 0.25));
        assert!(layers(&one, &one).unwrap().iter().all(|d| d.differ == 0 && d.largest.is_none()));
        assert_eq!(layers(&one, &crate::model_file::testing::small()), None);
    }
}

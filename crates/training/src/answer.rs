//! What a network says about rows, and how that is judged.

use crate::judgement::Judgement;
use crate::labels::Labels;
use crate::metric::decide;
use crate::part::Part;
use feedforward_data::prepare::{Preparation, Target, Targets};
use feedforward_kernels::{Element, Kernels};
use feedforward_network::{Plan, Tape, step};

/// What a network says about the rows of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The activations of the output layer, rows x outputs.
    pub outputs: Vec<f64>,
    /// Their mean loss; NaN where the table has no targets or no row counts.
    pub loss: f64,
}

/// Pass a part through the network, in portions of the plan's batch.
pub fn say<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    labels: &mut Labels<T>,
    part: Part<'_, T>,
) -> Said {
    let mut outputs = Vec::with_capacity(part.rows.len() * plan.spec().outputs());
    let (mut loss, mut weight) = (0.0, 0.0);
    for rows in part.rows.chunks(plan.batch()) {
        let m = rows.len();
        kernels.gather(part.table.view(), rows, tape.input(m));
        step::forward(plan, kernels, theta, tape, m);
        outputs.extend(tape.output(m).data().iter().map(|a| a.to_f64()));
        if part.table.targets != Targets::None {
            labels.gather(part.table, rows);
            let view = labels.view();
            let share = view.weights.map_or(m as f64, |w| w.iter().map(|w| w.to_f64()).sum());
            loss += share * step::judge(plan, kernels, tape, view);
            weight += share;
        }
    }
    Said { outputs, loss: loss / weight }
}

/// One number for a progress line: accuracy for classes, R² over all columns for numbers.
pub fn score<T: Element>(part: Part<'_, T>, said: &Said) -> f64 {
    let rows = part.rows.len();
    let outputs = said.outputs.len() / rows;
    match &part.table.targets {
        Targets::Classes(classes) => {
            let decided = said.outputs.chunks(outputs).map(|a| match a {
                [p] => decide(&[1.0 - p, *p], 0.5),
                all => decide(all, 0.5),
            });
            let right = decided.zip(part.rows).filter(|(class, r)| *class == classes[**r as usize]);
            right.count() as f64 / rows as f64
        }
        Targets::Numbers { data, columns } => {
            let truth: Vec<f64> = part
                .rows
                .iter()
                .flat_map(|&r| &data[r as usize * columns..][..*columns])
                .map(|y| y.to_f64())
                .collect();
            let mean = truth.iter().sum::<f64>() / truth.len() as f64;
            let spread: f64 = truth.iter().map(|y| (y - mean) * (y - mean)).sum();
            let error: f64 = truth.iter().zip(&said.outputs).map(|(y, a)| (a - y) * (a - y)).sum();
            if spread > 0.0 { 1.0 - error / spread } else { 0.0 }
        }
        Targets::None => f64::NAN,
    }
}

/// rows x classes from the network's outputs: one sigmoid output p becomes (1 − p, p).
pub fn probabilities(outputs: Vec<f64>, classes: usize, per_row: usize) -> Vec<f64> {
    if per_row == classes { outputs } else { outputs.into_iter().flat_map(|p| [1.0 - p, p]).collect() }
}

/// Outputs of number targets in the unit of the table.
pub fn in_unit(preparation: &Preparation, mut outputs: Vec<f64>) -> Vec<f64> {
    let columns = preparation.outputs();
    for (i, v) in outputs.iter_mut().enumerate() {
        *v = preparation.target_back(i % columns, *v);
    }
    outputs
}

/// Judge what was said about a part with targets. Of two classes the second is decided for above `threshold`.
pub fn judge<T: Element>(
    preparation: &Preparation,
    part: Part<'_, T>,
    said: Said,
    threshold: f64,
) -> Judgement {
    let rows = || part.rows.iter().map(|&r| r as usize);
    let weights: Option<Vec<f64>> =
        part.table.weights.as_ref().map(|w| rows().map(|r| w[r].to_f64()).collect());
    let weights = weights.as_deref();
    let per_row = said.outputs.len() / part.rows.len();
    match (&preparation.target, &part.table.targets) {
        (Target::Classes { classes, .. }, Targets::Classes(all)) => {
            let truth: Vec<u32> = rows().map(|r| all[r]).collect();
            let p = probabilities(said.outputs, classes.len(), per_row);
            Judgement::classes(classes, &truth, &p, weights, said.loss, threshold)
        }
        (Target::Numbers { columns }, Targets::Numbers { data, .. }) => {
            let n = columns.len();
            let truth = rows().flat_map(|r| &data[r * n..][..n]).map(|y| y.to_f64()).collect();
            let (truth, predicted) = (in_unit(preparation, truth), in_unit(preparation, said.outputs));
            let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
            Judgement::numbers(&names, &truth, &predicted, weights, said.loss)
        }
        (target, _) => unreachable!("a table prepared with its targets has them as {target:?} says"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sigmoid_output_is_two_probabilities() {
        assert_eq!(probabilities(vec![0.25, 1.0], 2, 1), [0.75, 0.25, 0.0, 1.0]);
        assert_eq!(probabilities(vec![0.25, 0.75], 2, 2), [0.25, 0.75]);
    }
}

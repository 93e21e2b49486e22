//! What a network says about rows, and how that is judged.

use crate::evidence::{ClassEvidence, Evidence, NumberEvidence};
use crate::labels::Labels;
use crate::metric::{Confusion, Metric, NumberRows, decide};
use crate::part::Part;
use feedforward_data::prepare::{Preparation, Target, Targets};
use feedforward_kernels::{Element, Kernels};
use feedforward_network::loss::Truth;
use feedforward_network::{Activation, Plan, Spec, Tape, step};

/// What a network says about the rows of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// What the output layer says, rows x outputs: probabilities for classes, otherwise its activations.
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
            loss += labels.share() * step::judge(plan, kernels, tape, labels.view());
            weight += labels.share();
        }
    }
    let outputs = outputs.into_iter().map(|a| as_probability(plan.spec(), a)).collect();
    Said { outputs, loss: loss / weight }
}

/// What an output says, as a probability where the loss judges classes. The margin of a hinge is only brought into
/// 0..1, so that ½ parts the classes; how sure it is it does not say.
fn as_probability(spec: &Spec, a: f64) -> f64 {
    match spec.loss.truth() {
        Truth::Class if spec.layers.last().is_some_and(|l| l.activation == Activation::LogSoftmax) => a.exp(),
        Truth::MinusOrPlusOne => (0.5 + 0.5 * a).clamp(0.0, 1.0),
        _ => a,
    }
}

/// One number for a progress line: accuracy for classes, R² (the mean over the columns) for numbers, as
/// [`evidence`] has them; `None` where it is undefined.
pub fn score<T: Element>(part: Part<'_, T>, said: &Said) -> Option<f64> {
    let weights = weights(part);
    let weights = weights.as_deref();
    let per_row = said.outputs.len() / part.rows.len();
    match &part.table.targets {
        Targets::Classes(all) => {
            let classes = per_row.max(2);
            let p = probabilities(said.outputs.clone(), classes, per_row);
            let decided: Vec<u32> = p.chunks(classes).map(|p| decide(p, 0.5)).collect();
            let confusion = Confusion::count(classes, &classes_of(part, all), &decided, weights);
            (confusion.total() > 0.0).then(|| confusion.right() / confusion.total())
        }
        Targets::Numbers { data, columns } => {
            let truth = numbers_of(part, data, *columns);
            let column =
                |x: &[f64], c: usize| x.iter().skip(c).step_by(*columns).copied().collect::<Vec<_>>();
            let r2 = |c: usize| {
                let (truth, predicted) = (column(&truth, c), column(&said.outputs, c));
                Metric::R2.of_numbers(&NumberRows { truth: &truth, predicted: &predicted, weights })
            };
            let all: Option<Vec<f64>> = (0..*columns).map(r2).collect();
            all.map(|all| all.iter().sum::<f64>() / all.len() as f64)
        }
        Targets::None => None,
    }
}

/// The weights of a part's rows; `None` if they all count alike.
fn weights<T: Element>(part: Part<'_, T>) -> Option<Vec<f64>> {
    let all = part.table.weights.as_ref()?;
    let own: Vec<f64> = part.rows.iter().map(|&r| all[r as usize].to_f64()).collect();
    own.iter().any(|w| *w != own[0]).then_some(own)
}

fn classes_of<T>(part: Part<'_, T>, all: &[u32]) -> Vec<u32> {
    part.rows.iter().map(|&r| all[r as usize]).collect()
}

fn numbers_of<T: Element>(part: Part<'_, T>, data: &[T], columns: usize) -> Vec<f64> {
    part.rows.iter().flat_map(|&r| &data[r as usize * columns..][..columns]).map(|y| y.to_f64()).collect()
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

/// What was said about a part with targets, beside the truth.
pub fn evidence<T: Element>(preparation: &Preparation, part: Part<'_, T>, said: Said) -> Evidence {
    let weights = weights(part);
    let loss = said.loss;
    let per_row = said.outputs.len() / part.rows.len();
    match (&preparation.target, &part.table.targets) {
        (Target::Classes { classes, .. }, Targets::Classes(all)) => {
            let probabilities = probabilities(said.outputs, classes.len(), per_row);
            let (classes, truth) = (classes.clone(), classes_of(part, all));
            Evidence::Classes(ClassEvidence { classes, truth, probabilities, weights, loss })
        }
        (Target::Numbers { columns }, Targets::Numbers { data, .. }) => {
            let truth = numbers_of(part, data, columns.len());
            let (truth, predicted) = (in_unit(preparation, truth), in_unit(preparation, said.outputs));
            let columns = columns.iter().map(|c| c.name.clone()).collect();
            Evidence::Numbers(NumberEvidence { columns, truth, predicted, weights, loss })
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

//! What a network says about rows, and how that is judged.

use crate::evidence::{ClassEvidence, Evidence, NumberEvidence};
use crate::feed::Feed;
use crate::labels::Labels;
use crate::metric::{Confusion, Metric, NumberRows, decide};
use crate::part::Part;
use feedforward_base::Result;
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
///
/// # Errors
/// Its rows lie in a file that cannot be read.
pub fn say<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    theta: &[T],
    tape: &mut Tape<T>,
    labels: &mut Labels<T>,
    part: Part<'_, T>,
) -> Result<Said> {
    let mut feed = Feed::new(part.table, 1);
    let mut outputs = Vec::with_capacity(part.rows.len() * plan.spec().outputs());
    let (mut loss, mut weight) = (0.0, 0.0);
    for (first, rows) in (0..).step_by(plan.batch()).zip(part.rows.chunks(plan.batch())) {
        let m = rows.len();
        feed.gather(kernels, part.table, part.rows, first..first + m, tape.input(m))?;
        step::forward(plan, kernels, theta, tape, m);
        outputs.extend(tape.output(m).data().iter().map(|a| a.to_f64()));
        if part.table.targets != Targets::None {
            labels.gather(part.table, rows);
            loss += labels.share() * step::judge(plan, kernels, tape, labels.view());
            weight += labels.share();
        }
    }
    let outputs = outputs.into_iter().map(|a| as_probability(plan.spec(), a)).collect();
    Ok(Said { outputs, loss: loss / weight })
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

/// One number for a progress line: accuracy for classes, R² (the mean over the columns) for numbers; `None` where it
/// is undefined.
pub fn score(evidence: &Evidence) -> Option<f64> {
    match evidence {
        Evidence::Classes(e) => {
            let classes = e.classes.len();
            let decided: Vec<u32> = e.probabilities.chunks(classes).map(|p| decide(p, 0.5)).collect();
            let confusion = Confusion::count(classes, &e.truth, &decided, e.weights.as_deref());
            (confusion.total() > 0.0).then(|| confusion.right() / confusion.total())
        }
        Evidence::Numbers(e) => {
            let columns = e.columns.len();
            let column = |x: &[f64], c: usize| x.iter().skip(c).step_by(columns).copied().collect::<Vec<_>>();
            let r2 = |c: usize| {
                let (truth, predicted) = (column(&e.truth, c), column(&e.predicted, c));
                let weights = e.weights.as_deref();
                Metric::R2.of_numbers(&NumberRows { truth: &truth, predicted: &predicted, weights })
            };
            let all: Option<Vec<f64>> = (0..columns).map(r2).collect();
            all.map(|all| all.iter().sum::<f64>() / all.len() as f64)
        }
    }
}

/// The weights of a part's rows, if the table has weights.
fn weights<T: Element>(part: Part<'_, T>) -> Option<Vec<f64>> {
    let all = part.table.weights.as_ref()?;
    Some(part.rows.iter().map(|&r| all[r as usize].to_f64()).collect())
}

fn classes_of<T>(part: Part<'_, T>, all: &[u32]) -> Vec<u32> {
    part.rows.iter().map(|&r| all[r as usize]).collect()
}

fn numbers_of<T>(part: Part<'_, T>, data: &[f64], columns: usize) -> Vec<f64> {
    part.rows.iter().flat_map(|&r| &data[r as usize * columns..][..columns]).copied().collect()
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
    as_judged(as_counted(preparation, part, said))
}

/// What was said about several parts of one table, one after the other; `None` if there are none.
pub fn together(parts: impl Iterator<Item = Evidence>) -> Option<Evidence> {
    let all = parts.reduce(|mut all, part| {
        append(&mut all, part);
        all
    });
    all.map(as_judged)
}

/// Weights that are all alike do not count.
fn as_judged(mut evidence: Evidence) -> Evidence {
    let (weights, _) = weights_and_loss(&mut evidence);
    if weights.as_ref().is_some_and(|w| w.iter().all(|x| *x == w[0])) {
        *weights = None;
    }
    evidence
}

fn weights_and_loss(evidence: &mut Evidence) -> (&mut Option<Vec<f64>>, &mut f64) {
    match evidence {
        Evidence::Classes(e) => (&mut e.weights, &mut e.loss),
        Evidence::Numbers(e) => (&mut e.weights, &mut e.loss),
    }
}

/// How much the rows count together.
fn share(evidence: &Evidence) -> f64 {
    let weights = match evidence {
        Evidence::Classes(e) => &e.weights,
        Evidence::Numbers(e) => &e.weights,
    };
    weights.as_ref().map_or(evidence.rows() as f64, |w| w.iter().sum())
}

/// The mean loss of two parts. A part whose rows all count 0 has none.
fn joint_loss(all: &Evidence, part: &Evidence) -> f64 {
    match (share(all), share(part)) {
        (a, 0.0) if a > 0.0 => all.loss(),
        (0.0, _) => part.loss(),
        (a, b) => (all.loss() * a + part.loss() * b) / (a + b),
    }
}

fn append(all: &mut Evidence, part: Evidence) {
    let join = |all: &mut Option<Vec<f64>>, part: Option<Vec<f64>>| {
        if let (Some(all), Some(part)) = (all, part) {
            all.extend(part);
        }
    };
    let loss = joint_loss(all, &part);
    *weights_and_loss(all).1 = loss;
    match (all, part) {
        (Evidence::Classes(all), Evidence::Classes(part)) => {
            assert_eq!(all.classes, part.classes, "the parts of a table have the same classes");
            all.truth.extend(part.truth);
            all.probabilities.extend(part.probabilities);
            join(&mut all.weights, part.weights);
        }
        (Evidence::Numbers(all), Evidence::Numbers(part)) => {
            all.truth.extend(part.truth);
            all.predicted.extend(part.predicted);
            join(&mut all.weights, part.weights);
        }
        _ => unreachable!("the parts of a table have one kind of target"),
    }
}

/// [`evidence`] with the weights as they are, all alike or not, to be put [`together`] with others.
pub fn as_counted<T: Element>(preparation: &Preparation, part: Part<'_, T>, said: Said) -> Evidence {
    let weights = weights(part);
    let loss = said.loss;
    let per_row = said.outputs.len() / part.rows.len();
    match (&preparation.target, &part.table.targets) {
        (Target::Classes { classes, .. }, Targets::Classes(all)) => {
            let probabilities = probabilities(said.outputs, classes.len(), per_row);
            let (classes, truth) = (classes.clone(), classes_of(part, all));
            Evidence::Classes(ClassEvidence { classes, truth, probabilities, weights, loss })
        }
        (Target::Numbers { columns }, Targets::Numbers { raw, .. }) => {
            let truth = numbers_of(part, raw, columns.len());
            let predicted = in_unit(preparation, said.outputs);
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

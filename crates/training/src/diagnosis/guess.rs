//! The loss of somebody who has learned nothing.

use feedforward_kernels::Element;
use feedforward_network::step::Labels;
use feedforward_network::{Loss, Spec, Target};

/// The mean loss of saying the same of every row: that all classes are equally likely, or the mean of the numbers. `None`
/// where the loss does not say how far off that is.
pub(super) fn loss<T: Element>(spec: &Spec, labels: Labels<'_, T>) -> Option<f64> {
    let outputs = spec.outputs() as f64;
    match labels.target {
        Target::Classes(_) => Some(outputs.ln()),
        Target::Values(y) => {
            let column = |c: usize| (0..y.rows()).map(move |r| y.row(r)[c].to_f64());
            let columns = (0..y.cols()).map(|c| of_numbers(spec.loss, &column(c).collect::<Vec<_>>()));
            columns.sum()
        }
    }
    .filter(|loss| *loss > 0.0 && loss.is_finite())
}

fn of_numbers(loss: Loss, y: &[f64]) -> Option<f64> {
    let n = y.len() as f64;
    let mean = y.iter().sum::<f64>() / n;
    let over = |f: &dyn Fn(f64) -> f64| Some(y.iter().map(|y| f(*y)).sum::<f64>() / n);
    match loss {
        Loss::BinaryCrossEntropy => Some(2f64.ln()),
        Loss::Hinge => Some(1.0),
        Loss::SquaredError => over(&|y| 0.5 * (y - mean) * (y - mean)),
        // Its squares would weigh a little less where they are large.
        Loss::Huber(_) | Loss::L1 => over(&|y| (y - mean).abs()),
        // a − y + y ln(y/a) at a = mean
        Loss::Poisson => over(&|y| if y == 0.0 { mean } else { mean - y + y * (y / mean).ln() }),
        Loss::Perceptron | Loss::CrossEntropy => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of_numbers;
    use feedforward_network::Loss;

    #[test]
    fn the_loss_of_the_mean() {
        let y = [0.0, 2.0, 4.0, 2.0];
        assert_eq!(of_numbers(Loss::SquaredError, &y), Some(1.0));
        assert_eq!(of_numbers(Loss::L1, &y), Some(1.0));
        // (2 + 0 + (−2 + 4 ln 2) + 0) / 4
        assert_eq!(of_numbers(Loss::Poisson, &y), Some(2f64.ln()));
        assert_eq!(of_numbers(Loss::Perceptron, &y), None);
    }
}

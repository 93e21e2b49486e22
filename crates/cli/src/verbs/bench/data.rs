//! Random data with something to learn in it, so that training stays as alive as on real data.

use feedforward::data::prepare::{Inputs, Prepared, Targets};
use feedforward::kernels::{Element, Identity, Kernels, Weights};
use feedforward::network::loss::Truth;
use feedforward::network::{Loss, Spec};
use feedforward::{Batch, BatchMut, Dice, Purpose};

/// Half the width of the uniform distribution with variance 1.
const ROOT_3: f64 = 1.732_050_807_568_877_2;
/// The share of rows whose target is left to chance. Without them a large network would learn all of them by
/// heart, and its gradients would die out in numbers too small for fast arithmetic.
const NOISE: f64 = 0.1;

/// `rows` rows for a network: inputs with mean 0 and variance 1, targets of a random linear teacher.
pub(crate) fn random<T: Element>(spec: &Spec, rows: usize, kernels: &Kernels<T>) -> Prepared<T> {
    let (inputs, outputs) = (spec.inputs, spec.outputs());
    let stream = |counter: u64| Dice::new(1).stream(Purpose::Experiment, &[counter]);
    let uniform = |counter: u64, n: usize, scale: f64| -> Vec<T> {
        let s = stream(counter);
        (0..n as u64).map(|i| T::from_f64((2.0 * s.uniform(i) - 1.0) * scale)).collect()
    };
    let x = uniform(1, rows * inputs, ROOT_3);
    let w = uniform(2, inputs * outputs, ROOT_3 / (inputs as f64).sqrt());
    let mut z = vec![T::ZERO; rows * outputs];
    kernels.affine(
        Batch::new(&x, rows, inputs),
        Weights::new(&w, outputs, inputs),
        &vec![T::ZERO; outputs],
        BatchMut::new(&mut z, rows, outputs),
        &Identity,
    );
    let (chance, other) = (stream(3), stream(4));
    let noisy = |i: usize| chance.uniform(i as u64) < NOISE;
    let targets = if spec.loss.wants_classes() {
        let class = |(r, z): (usize, &[T])| match noisy(r) {
            true => other.below(r as u64, outputs as u64) as u32,
            false => largest(z) as u32,
        };
        Targets::Classes(z.chunks_exact(outputs).enumerate().map(class).collect())
    } else {
        for (i, z) in z.iter_mut().enumerate() {
            let noise = if noisy(i) { 2.0 * other.uniform(i as u64) - 1.0 } else { 0.0 };
            *z = T::from_f64(value(spec.loss, z.to_f64() + 2.0 * noise));
        }
        let raw = z.iter().map(|z| z.to_f64()).collect();
        Targets::Numbers { data: z, raw, columns: outputs }
    };
    Prepared { x: Inputs::Here(x), rows, inputs, targets, weights: None }
}

/// What the output should be where the teacher says `z`: one of two numbers for two classes, otherwise a number that every
/// output activation can reach.
fn value(loss: Loss, z: f64) -> f64 {
    match loss.truth() {
        Truth::ZeroOrOne => f64::from(z > 0.0),
        Truth::MinusOrPlusOne => 1f64.copysign(z),
        _ => (0.5 + z / 4.0).clamp(0.05, 0.95),
    }
}

fn largest<T: Element>(z: &[T]) -> usize {
    (1..z.len()).fold(0, |best, c| if z[c] > z[best] { c } else { best })
}

/// Bytes of the data: inputs and targets.
pub(crate) fn bytes(spec: &Spec, rows: usize, width: usize) -> u128 {
    let target = if spec.loss.wants_classes() { 4 } else { spec.outputs() as u128 * width as u128 };
    rows as u128 * (spec.inputs as u128 * width as u128 + target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward::kernels::Arch;
    use feedforward::network::Activation;

    fn of(units: &[usize], loss: Loss) -> Prepared<f32> {
        let kernels = Kernels::new(Arch::best(), 1).unwrap();
        random(&Spec::new(units, Activation::Relu, loss), 5_000, &kernels)
    }

    #[test]
    fn inputs_have_mean_0_and_variance_1() {
        let table = of(&[7, 3], Loss::CrossEntropy);
        let x = table.x.here();
        let mean = |f: fn(f64) -> f64| x.iter().map(|&x| f(f64::from(x))).sum::<f64>() / x.len() as f64;
        assert!(mean(|x| x).abs() < 0.03 && (mean(|x| x * x) - 1.0).abs() < 0.03);
    }

    #[test]
    fn targets_are_what_the_loss_judges() {
        let Targets::Classes(classes) = of(&[7, 3], Loss::CrossEntropy).targets else { panic!("classes") };
        for c in 0..3 {
            assert!(classes.iter().filter(|&&x| x == c).count() > 500, "class {c}");
        }
        assert!(classes.iter().all(|&c| c < 3));
        let numbers = |loss| match of(&[7, 2], loss).targets {
            Targets::Numbers { data, columns: 2, .. } => data,
            other => panic!("{other:?}"),
        };
        let bits = numbers(Loss::BinaryCrossEntropy);
        assert!(bits.iter().all(|&y| y == 0.0 || y == 1.0));
        assert!((bits.iter().sum::<f32>() / bits.len() as f32 - 0.5).abs() < 0.2);
        let values = numbers(Loss::SquaredError);
        assert!(values.iter().all(|y| (0.05..=0.95).contains(y)) && values.iter().any(|&y| y < 0.4));
    }

    #[test]
    fn the_same_data_in_every_run() {
        assert_eq!(of(&[7, 3], Loss::CrossEntropy), of(&[7, 3], Loss::CrossEntropy));
    }
}

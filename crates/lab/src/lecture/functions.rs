//! S15-S28: activation functions, outputs, losses.

use super::{Case, Context, Found};
use crate::net::{How, Net, Rows, Truth, activation_at, largest};
use crate::points::{apart, stream};
use feedforward_base::Result;
use feedforward_network::{Activation, Loss, Spec};

/// f(z) and f'(z) of the functions named in the case, value by value.
fn table(case: &Case, names: &[(&str, &str)]) -> Result<Found> {
    let z = case.numbers("z")?;
    let mut found = Found::new();
    for (name, function) in names {
        let (values, slopes) = activation_at(function.parse()?, &z)?;
        found =
            found.numbers(&format!("values of {name}"), values).numbers(&format!("slopes of {name}"), slopes);
    }
    Ok(found)
}

/// Sigmoid, tanh, ReLU, softplus.
pub(super) fn s15(case: &Case, _: &Context<'_>) -> Result<Found> {
    let found =
        table(case, &[("sigmoid", "sigmoid"), ("tanh", "tanh"), ("relu", "relu"), ("softplus", "softplus")])?;
    Ok(found.number("slope of relu at 0", activation_at(Activation::Relu, &[0.0])?.1[0]))
}

/// The hard step.
pub(super) fn s16(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (values, slopes) = activation_at("step".parse()?, &case.numbers("z")?)?;
    Ok(Found::new().numbers("labels of the step", values).numbers("slopes of the step", slopes))
}

/// Leaky ReLU, ELU, swish.
pub(super) fn s17(case: &Case, _: &Context<'_>) -> Result<Found> {
    let [leaky, elu, swish] = ["leaky", "elu", "swish"].map(|name| case.text(name));
    let swish = swish?;
    let found = table(case, &[("leaky ReLU", leaky?), ("ELU", elu?), ("swish", swish)])?;
    let (_, slope) = activation_at(swish.parse()?, &[case.number("at")?])?;
    Ok(found.number("slope of swish", slope[0]))
}

/// Everything of the form max(0, z) + a·min(0, z).
pub(super) fn s18(case: &Case, _: &Context<'_>) -> Result<Found> {
    let z = case.numbers("z")?;
    let values = |name: &str| -> Result<Vec<f64>> { Ok(activation_at(name.parse()?, &z)?.0) };
    Ok(Found::new()
        .numbers("abs", values("abs")?)
        .numbers("leaky", values(case.text("leaky")?)?)
        .number("slope that PReLU learns", learned_slope(case)?)
        .numbers("range of the slopes that RReLU draws", drawn_slopes(case)?)
        .number("slope of RReLU in prediction", -activation_at(case.text("rrelu")?.parse()?, &[-1.0])?.0[0]))
}

/// What PReLU makes of the slope of its data.
fn learned_slope(case: &Case) -> Result<f64> {
    let slope = case.number("true_slope")?;
    let points: Vec<(f64, f64)> = crate::points::even(60, -2.0, 2.0)
        .into_iter()
        .map(|x| (x, if x > 0.0 { x } else { slope * x }))
        .collect();
    let mut spec = Spec::new(&[1, 1, 1], case.text("prelu")?.parse()?, Loss::SquaredError);
    spec.learning_rate = case.number("learning_rate")?;
    let how = How { epochs: case.count("epochs")? as u64, batch: 10, seed: case.count("seed")? as u64 };
    let (net, _) = Net::train(&spec, &Rows::curve(&points), how)?;
    let hidden = net.passage(&Rows::curve(&[(-2.0, 0.0), (2.0, 0.0)]));
    let below = usize::from(hidden.z[1][0] > 0.0);
    let learned = hidden.a[1][below] / hidden.z[1][below];
    // Where the unit's weight is negative, its sides are exchanged.
    Ok(if below == 1 { 1.0 / learned } else { learned })
}

/// The smallest and the largest slope of many samples in training.
fn drawn_slopes(case: &Case) -> Result<Vec<f64>> {
    let spec = Spec::new(&[1, 1, 1], case.text("rrelu")?.parse()?, Loss::SquaredError);
    let net = Net::with(&spec, &[(vec![1.0], vec![0.0]), (vec![1.0], vec![0.0])])?;
    let n = case.count("draws")?;
    let a =
        net.passage(&Rows { x: vec![-1.0; n], inputs: 1, y: Truth::Values(vec![0.0; n]) }).a.swap_remove(1);
    let slopes = a.iter().map(|a| -a);
    let range = slopes.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), s| (l.min(s), h.max(s)));
    Ok(vec![range.0, range.1])
}

/// Units that start active, and units that never learn.
pub(super) fn s19(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (inputs, units, samples) = (case.count("inputs")?, case.count("units")?, case.count("samples")?);
    let spec = Spec::new(&[inputs, units, 1], Activation::Relu, Loss::SquaredError);
    let draws = stream(0, 6);
    let scale = case.number("input_deviation")?;
    let x: Vec<f64> = (0..(samples * inputs) as u64).map(|i| scale * draws.normal(i)).collect();
    let active = |bias: f64| -> Result<f64> {
        let start = Net::initial(&spec, 0)?.dense();
        let layers = [(start[0].w.concat(), vec![bias; units]), (start[1].w.concat(), vec![0.0])];
        let a = Net::with(&spec, &layers)?.layers(&x).swap_remove(1);
        Ok(a.iter().filter(|a| **a > 0.0).count() as f64 / a.len() as f64)
    };
    // A unit that is below 0 for every sample.
    let dead = |f: &str| -> Result<f64> {
        let spec = Spec::new(&[1, 1, 1], f.parse()?, Loss::SquaredError);
        let net = Net::with(&spec, &[(vec![-1.0], vec![-1.0]), (vec![1.0], vec![0.0])])?;
        let rows = Rows { x: vec![0.5, 1.0, 2.0], inputs: 1, y: Truth::Values(vec![1.0, 2.0, 3.0]) };
        let gradient = net.passage(&rows).gradient.swap_remove(0);
        Ok(gradient.w[0][0].abs() + gradient.b[0].abs())
    };
    let bias = case.number("bias")?;
    Ok(Found::new()
        .number("share of active units, bias 0", active(0.0)?)
        .number("share of active units, small positive bias", active(bias)?)
        .number("gradient of a dead ReLU", dead("relu")?)
        .number("gradient of the same unit with leaky ReLU", dead("leaky_relu")?))
}

/// ∂a/∂z of an output by central differences, row after row.
fn jacobian(net: &Net, z: &[f64]) -> Vec<f64> {
    let h = 1e-5;
    let n = z.len();
    let column = |j: usize| {
        let moved = |by: f64| {
            net.outputs(
                &z.iter().enumerate().map(|(i, z)| if i == j { z + by } else { *z }).collect::<Vec<_>>(),
            )
        };
        moved(h).iter().zip(moved(-h)).map(|(up, down)| (up - down) / (2.0 * h)).collect::<Vec<f64>>()
    };
    let columns: Vec<Vec<f64>> = (0..n).map(column).collect();
    (0..n * n).map(|i| columns[i % n][i / n]).collect()
}

/// A layer that hands its inputs to its output activation.
fn identity(n: usize, loss: Loss, output: Activation) -> Result<Net> {
    let mut spec = Spec::new(&[n, n], Activation::Linear, loss);
    spec.layers[0].activation = output;
    let w = (0..n * n).map(|i| f64::from(u8::from(i / n == i % n))).collect();
    Net::with(&spec, &[(w, vec![0.0; n])])
}

/// Elementwise and vectorwise functions.
pub(super) fn s20(case: &Case, _: &Context<'_>) -> Result<Found> {
    let z = case.numbers("z")?;
    let count = |j: &[f64]| j.iter().filter(|x| x.abs() > 1e-12).count() as f64;
    let elementwise = jacobian(&identity(z.len(), Loss::SquaredError, Activation::Tanh)?, &z);
    let vectorwise = jacobian(&identity(z.len(), Loss::CrossEntropy, Activation::Softmax)?, &z);
    Ok(Found::new()
        .number("numbers that are not 0 in the Jacobian of tanh", count(&elementwise))
        .number("numbers that are not 0 in the Jacobian of softmax", count(&vectorwise))
        .numbers("Jacobian of tanh", elementwise))
}

/// Softmax and its logarithm.
pub(super) fn s21(case: &Case, _: &Context<'_>) -> Result<Found> {
    let z = case.numbers("z")?;
    let softmax = identity(z.len(), Loss::CrossEntropy, Activation::Softmax)?;
    let log = identity(z.len(), Loss::CrossEntropy, "log_softmax".parse()?)?;
    let a = softmax.outputs(&z);
    let n = z.len();
    let formula: Vec<f64> =
        (0..n * n).map(|i| a[i / n] * (f64::from(u8::from(i / n == i % n)) - a[i % n])).collect();
    Ok(Found::new()
        .numbers("softmax", a)
        .numbers("log softmax", log.outputs(&z))
        .number("Jacobian, differences and formula apart", apart(&jacobian(&softmax, &z), &formula))
        .numbers("log softmax of far logits", log.outputs(&case.numbers("far")?)))
}

/// The loss of one sample whose pre-activation at the output is `z`.
fn loss_at(loss: Loss, z: f64, y: f64) -> Result<(f64, f64)> {
    let net = identity(1, loss, loss.usual_output())?;
    let passage = net.passage(&Rows { x: vec![z], inputs: 1, y: Truth::Values(vec![y]) });
    Ok((passage.loss, passage.delta[1][0]))
}

/// Squared error is what a Gaussian says.
pub(super) fn s22(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (y, outputs, sigma) = (case.number("y")?, case.numbers("outputs")?, case.number("sigma")?);
    let gaussian = |out: f64| {
        let e = (y - out) / sigma;
        0.5 * e * e + 0.5 * (std::f64::consts::TAU * sigma * sigma).ln()
    };
    let losses =
        outputs.iter().map(|z| Ok(loss_at(Loss::SquaredError, *z, y)?.0)).collect::<Result<Vec<f64>>>()?;
    Ok(Found::new().number("difference of squared errors", losses[0] - losses[1]).number(
        "σ² times the difference of −ln N(y; ŷ, σ)",
        sigma * sigma * (gaussian(outputs[0]) - gaussian(outputs[1])),
    ))
}

/// The loss of a sigmoid output from its pre-activation.
pub(super) fn s23(case: &Case, _: &Context<'_>) -> Result<Found> {
    let pairs = case.rows("y_z")?;
    let all = |far: &dyn Fn(f64) -> f64| -> Result<Vec<f64>> {
        pairs.iter().map(|p| Ok(loss_at(Loss::BinaryCrossEntropy, far(p[1]), p[0])?.0)).collect()
    };
    Ok(Found::new()
        .numbers("J", all(&|z| z)?)
        .numbers("J a thousand times as far out", all(&|z| 1000.0 * z)?))
}

/// Softmax with cross-entropy: δ = ŷ − y.
pub(super) fn s24(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (z, class) = (case.numbers("z")?, case.count("class")?);
    let net = identity(z.len(), Loss::CrossEntropy, Activation::Softmax)?;
    let p = net.passage(&Rows { x: z.clone(), inputs: z.len(), y: Truth::Classes(vec![class as u32]) });
    let one_hot = |i: usize| f64::from(u8::from(i == class));
    let want: Vec<f64> = p.a[1].iter().enumerate().map(|(i, a)| a - one_hot(i)).collect();
    Ok(Found::new()
        .number("dz and ŷ − y apart", apart(&p.delta[1], &want))
        .numbers("dz", p.delta[1].clone())
        .number("loss", p.loss))
}

/// Which output belongs to which loss.
pub(super) fn s25(case: &Case, _: &Context<'_>) -> Result<Found> {
    let mut found = Found::new();
    for loss in case.texts("losses")? {
        found = found.text(&loss, loss.parse::<Loss>()?.usual_output().to_string());
    }
    let pair = |loss: &str, output: &str| -> Result<String> {
        let mut spec = Spec::new(&[2, 1], Activation::Linear, loss.parse()?);
        spec.layers[0].activation = output.parse()?;
        Ok(match spec.check() {
            Ok(()) => "accepted".into(),
            Err(e) if e.hint_text().is_some() => "refused with a hint".into(),
            Err(_) => "refused".into(),
        })
    };
    let relu = pair("squared_error", "relu")?;
    Ok(found
        .text("ReLU output for positive targets", relu)
        .text("cross-entropy of a linear output", pair("binary_cross_entropy", "linear")?))
}

/// The loss of a batch is the mean of its samples', and so is the gradient.
pub(super) fn s26(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (x, classes) = (case.rows("x")?, case.counts("classes")?);
    let spec = Spec::new(&case.counts("units")?, Activation::Tanh, Loss::CrossEntropy);
    let net = Net::initial(&spec, 1)?;
    let rows = |of: std::ops::Range<usize>| Rows {
        x: x[of.clone()].concat(),
        inputs: x[0].len(),
        y: Truth::Classes(classes[of].iter().map(|c| *c as u32).collect()),
    };
    let n = x.len();
    let batch = net.passage(&rows(0..n));
    let each: Vec<_> = (0..n).map(|i| net.passage(&rows(i..i + 1))).collect();
    let mean = |of: &dyn Fn(&crate::net::Passage) -> Vec<f64>| {
        let all: Vec<Vec<f64>> = each.iter().map(of).collect();
        (0..all[0].len()).map(|k| all.iter().map(|g| g[k]).sum::<f64>() / n as f64).collect::<Vec<f64>>()
    };
    let gradient = |p: &crate::net::Passage| {
        p.gradient.iter().flat_map(|d| [d.w.concat(), d.b.clone()].concat()).collect::<Vec<f64>>()
    };
    Ok(Found::new()
        .number(
            "loss of the batch and mean of the losses, apart",
            (batch.loss - mean(&|p| vec![p.loss])[0]).abs(),
        )
        .number(
            "gradient of the batch and mean of the gradients, apart",
            apart(&gradient(&batch), &mean(&gradient)),
        ))
}

/// The one-hot label, as the engine has it: ŷ − δ.
pub(super) fn s27(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (n, class) = (case.count("classes")?, case.count("class")?);
    let net = identity(n, Loss::CrossEntropy, Activation::Softmax)?;
    let p = net.passage(&Rows { x: vec![0.0; n], inputs: n, y: Truth::Classes(vec![class as u32]) });
    Ok(Found::new().numbers("label", p.a[1].iter().zip(&p.delta[1]).map(|(a, d)| a - d).collect()))
}

/// The largest logit decides; far logits do not overflow.
pub(super) fn s28(case: &Case, _: &Context<'_>) -> Result<Found> {
    let z = case.numbers("z")?;
    let a = identity(z.len(), Loss::CrossEntropy, Activation::Softmax)?.outputs(&z);
    let decided = largest(&a);
    let naive = z.iter().map(|z| (*z as f32).exp()).fold(0.0, f32::max);
    Ok(Found::new()
        .number("decided", decided as f64)
        .number("p of it", a[decided])
        .number("ln p of digit 3", a[3].ln())
        .text("largest e^z in 32 bits", if naive.is_finite() { "finite" } else { "infinite" })
        .number("largest z whose e^z 32 bits hold", f64::from(f32::MAX).ln()))
}

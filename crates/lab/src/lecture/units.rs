//! S01-S14: from the artificial neuron to deep stacks, notation and shapes.

use super::{Case, Context, Found};
use crate::net::{How, Net, Passage, Rows, Truth};
use crate::points::{apart, plane};
use feedforward_base::Result;
use feedforward_data::generated::{Recipe, generate};
use feedforward_data::prepare::{Encoding, Preparation, PrepareOptions, Roles};
use feedforward_network::reference::Dense;
use feedforward_network::reference::modules::{self, ActivationModule, DenseModule};
use feedforward_network::{Activation, Layer, Loss, Spec};
use feedforward_plot::{Axis, Figure, Grid, Item, Panel};

/// A network with one activation in all layers but the last.
fn spec(units: &[usize], hidden: Activation, loss: Loss) -> Spec {
    Spec::new(units, hidden, loss)
}

/// A dense layer and its output activation alone.
fn one_layer(units: &[usize], loss: Loss, w: Vec<f64>, b: Vec<f64>) -> Result<Net> {
    Net::with(&spec(units, Activation::Linear, loss), &[(w, b)])
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The artificial neuron.
pub(super) fn s01(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (w, b, x) = (case.numbers("w")?, case.number("b")?, case.numbers("x")?);
    let linear = one_layer(&[w.len(), 1], Loss::SquaredError, w.clone(), vec![b])?;
    let sigmoid = one_layer(&[w.len(), 1], Loss::BinaryCrossEntropy, w.clone(), vec![b])?;
    let z = linear.outputs(&x)[0];
    let (inside, with_one) = ([&w[..], &[b]].concat(), [&x[..], &[1.0]].concat());
    Ok(Found::new()
        .number("z", z)
        .number("z with the bias inside", dot(&inside, &with_one))
        .number("sign", z.signum())
        .number("sigmoid", sigmoid.outputs(&x)[0]))
}

/// A network of hard steps whose output is handed on as it is.
fn steps(layers: Vec<(Vec<f64>, Vec<f64>)>, inputs: usize) -> Result<Net> {
    let mut units = vec![inputs];
    units.extend(layers.iter().map(|(_, b)| b.len()));
    let out = units[units.len() - 1];
    units.push(out);
    let step: Activation = "step".parse()?;
    let hand_on = (0..out * out).map(|i| f64::from(u8::from(i / out == i % out))).collect();
    let layers = [layers, vec![(hand_on, vec![0.0; out])]].concat();
    Net::with(&spec(&units, step, Loss::SquaredError), &layers)
}

/// Boolean gates.
pub(super) fn s02(case: &Case, _: &Context<'_>) -> Result<Found> {
    let x = case.numbers("x")?;
    let gate = |name: &str| -> Result<(Vec<f64>, Vec<f64>)> {
        let [w, b] = [format!("{name}_w"), format!("{name}_b")].map(|key| case.numbers(&key));
        Ok((w?, b?))
    };
    let mut found = Found::new();
    for name in ["and", "or", "nand"] {
        found = found.numbers(name, steps(vec![gate(name)?], 2)?.outputs(&x));
    }
    let (or, nand) = (gate("or")?, gate("nand")?);
    let both = ([or.0, nand.0].concat(), [or.1, nand.1].concat());
    Ok(found.numbers("xor", steps(vec![both, gate("and")?], 2)?.outputs(&x)))
}

/// Half-planes make polygons, polygons make unions.
pub(super) fn s03(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (square, triangle) = (case.rows("square")?, case.rows("triangle")?);
    let sides = [square.clone(), triangle.clone()].concat();
    let (n, k) = (sides.len(), square.len());
    let first = (sides.iter().flat_map(|s| [s[0], s[1]]).collect(), sides.iter().map(|s| s[2]).collect());
    let inside = |from: usize, to: usize| (0..n).map(move |i| f64::from(u8::from((from..to).contains(&i))));
    let second: (Vec<f64>, Vec<f64>) =
        (inside(0, k).chain(inside(k, n)).collect(), vec![0.5 - k as f64, 0.5 - (n - k) as f64]);
    let polygons = steps(vec![first, second], 2)?;
    let mut layers: Vec<(Vec<f64>, Vec<f64>)> =
        polygons.dense()[..2].iter().map(|d| (d.w.concat(), d.b.clone())).collect();
    layers.push((vec![1.0, 1.0], vec![-0.5]));
    let union = steps(layers, 2)?;
    let points = case.count("points")?;
    let grid = Grid::of(points, (-2.0, 2.0), (-2.0, 2.0), |p| union.outputs(&crate::net::flat(p)));
    let truth = Grid::of(points, (-2.0, 2.0), (-2.0, 2.0), |p| {
        let within =
            |sides: &[Vec<f64>], p: &(f64, f64)| sides.iter().all(|s| s[0] * p.0 + s[1] * p.1 + s[2] > 0.0);
        p.iter().map(|p| f64::from(u8::from(within(&square, p) || within(&triangle, p)))).collect()
    });
    let wrong = grid.values.iter().zip(&truth.values).filter(|(a, b)| a != b).count();
    let area = 16.0 * grid.values.iter().sum::<f64>() / (points * points) as f64;
    let items = vec![Item::Heat { grid, range: (0.0, 1.0), name: "output".into() }];
    let panel =
        Panel::plane("Seven half-planes, two polygons, their union", Axis::new("x₁"), Axis::new("x₂"), items);
    Ok(Found::new()
        .number("points where network and geometry differ", wrong as f64)
        .number("area", area)
        .figure(Figure::new("Regions of step units", 1, vec![panel])))
}

/// A dense layer.
pub(super) fn s04(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (w, b, x) = (case.numbers("w")?, case.numbers("b")?, case.numbers("a_prev")?);
    let units = [x.len(), b.len()];
    let linear = one_layer(&units, Loss::SquaredError, w.clone(), b.clone())?;
    let tanh = Net::with(&spec(&[x.len(), b.len(), 1], Activation::Tanh, Loss::SquaredError), &[(w, b)])?;
    Ok(Found::new().numbers("z", linear.outputs(&x)).numbers("a", tanh.layers(&x)[1].clone()))
}

/// Fischer and Zahn's layer on their sample or samples.
fn fischer_zahn(case: &Case) -> Result<Found> {
    let (w, b, x) = (case.numbers("w")?, case.numbers("b")?, case.numbers("a_prev")?);
    let units = [3, 4];
    let z = one_layer(&units, Loss::SquaredError, w.clone(), b.clone())?.outputs(&x);
    let a = one_layer(&units, Loss::BinaryCrossEntropy, w, b)?.outputs(&x);
    // The last sample is the one that the id is about.
    let last = |all: Vec<f64>| all[all.len() - 4..].to_vec();
    Ok(Found::new().numbers("z", last(z)).numbers("a", last(a)))
}

/// One layer, one vector.
pub(super) fn s05(case: &Case, _: &Context<'_>) -> Result<Found> {
    fischer_zahn(case)
}

/// A batch of two; what the first sample gives does not depend on the second.
pub(super) fn s06(case: &Case, _: &Context<'_>) -> Result<Found> {
    fischer_zahn(case)
}

/// The 2-2-1 network.
pub(super) fn s07(case: &Case, _: &Context<'_>) -> Result<Found> {
    let layers = [(case.numbers("w2")?, case.numbers("b2")?), (case.numbers("w3")?, case.numbers("b3")?)];
    let net = Net::with(&spec(&[2, 2, 1], Activation::Tanh, Loss::BinaryCrossEntropy), &layers)?;
    let a = net.layers(&case.numbers("x")?);
    Ok(Found::new().numbers("a2", a[1].clone()).numbers("a3", a[2].clone()))
}

/// n_l x (n_{l-1} + 1) of every layer, the bias inside.
fn shapes(net: &Net) -> Vec<f64> {
    net.dense().iter().flat_map(|d| [d.w.len() as f64, d.w[0].len() as f64 + 1.0]).collect()
}

/// The stack of L layers.
pub(super) fn s08(case: &Case, _: &Context<'_>) -> Result<Found> {
    let spec = spec(&case.counts("units")?, Activation::Relu, Loss::CrossEntropy);
    let net = Net::initial(&spec, 0)?;
    Ok(Found::new().numbers("shapes of W_B", shapes(&net)).number("parameters", spec.parameters() as f64))
}

/// Wang's network with the one as input 785.
pub(super) fn s09(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let net = Net::initial(&spec(&units, Activation::Relu, Loss::CrossEntropy), 0)?;
    let x: Vec<f64> =
        (0..units[0]).map(|i| if i + 1 == units[0] { 1.0 } else { (i % 7) as f64 / 7.0 }).collect();
    let a = net.layers(&x);
    let shapes = net.dense().iter().flat_map(|d| [d.w.len() as f64, d.w[0].len() as f64]).collect();
    Ok(Found::new().numbers("shapes of W", shapes).number("sum of the outputs", a[3].iter().sum()).number(
        "smallest hidden activation",
        a[1].iter().chain(&a[2]).copied().fold(f64::INFINITY, f64::min),
    ))
}

/// Counting parameters.
pub(super) fn s10(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let all = spec(&units, Activation::Relu, Loss::CrossEntropy).parameters();
    let later: usize = units[2..].iter().sum();
    Ok(Found::new()
        .number("parameters without the biases of later layers", (all - later) as f64)
        .number("parameters with all biases", all as f64))
}

/// The Keras model.
pub(super) fn s11(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (units, rate) = (case.counts("units")?, case.number("dropout")?);
    let model = spec(&units, Activation::Relu, Loss::CrossEntropy);
    // A thousand units of activation 1 before dropout.
    let n = case.count("measured_units")?;
    let mut measured = spec(&[1, n, 1], Activation::Relu, Loss::SquaredError);
    measured.layers[0] = Layer { dropout: rate, ..measured.layers[0] };
    let layers = [(vec![1.0; n], vec![0.0; n]), (vec![1.0; n], vec![0.0])];
    let net = Net::with(&measured, &layers)?;
    let a = net.passage(&Rows { x: vec![1.0], inputs: 1, y: Truth::Values(vec![0.0]) }).a;
    let dropped = a[1].iter().filter(|a| **a == 0.0).count();
    let kept = a[1].iter().copied().fold(0.0, f64::max);
    let table = generate("digits", &Recipe { rows: 100, noise: None, seed: 0 })?;
    let rows: Vec<u32> = (0..100).collect();
    let roles = Roles { target: vec!["label".into()], ..Roles::default() };
    let fitted = Preparation::fit(&table, &rows, &roles, &PrepareOptions::default())?;
    let scaled = |grey: f64| match &fitted.preparation.features[0].encoding {
        Encoding::Number { scale, .. } => (grey - scale.affine().0) / scale.affine().1,
        Encoding::OneHot(_) => f64::NAN,
    };
    Ok(Found::new()
        .number("parameters", model.parameters() as f64)
        .numbers("inputs of the grey values 0 and 255", vec![scaled(0.0), scaled(255.0)])
        .number("share of dropped units", dropped as f64 / n as f64)
        .number("what a kept activation of 1 becomes", kept)
        .number("activation when nothing is learned", net.layers(&[1.0])[1][0]))
}

/// The same points for networks of three depths.
pub(super) fn s12(case: &Case, _: &Context<'_>) -> Result<Found> {
    let data = plane("moons", case.count("rows")?, case.number("noise")?, 0)?;
    let rows = Rows::plane(&data.points, data.y.clone());
    let hidden = case.count("hidden")?;
    let (mut accuracies, mut layers, mut panels) = (vec![], vec![], vec![]);
    for (depth, words) in ["No hidden layer", "One hidden layer", "Two hidden layers"].into_iter().enumerate()
    {
        let units = [vec![2], vec![hidden; depth], vec![1]].concat();
        let mut spec = spec(&units, Activation::Tanh, Loss::BinaryCrossEntropy);
        spec.learning_rate = case.number("learning_rate")?;
        let how = How { epochs: case.count("epochs")? as u64, batch: case.count("batch")?, seed: 0 };
        let (net, _) = Net::train(&spec, &rows, how)?;
        accuracies.push(net.accuracy(&rows));
        layers.push(units.len() as f64);
        panels.push(crate::planes::boundary(words, &net, &data, 1.5));
    }
    let figure = Figure::new("The same points, three depths", 3, panels);
    Ok(Found::new()
        .number("accuracy without a hidden layer", accuracies[0])
        .numbers("accuracy with one and with two", accuracies[1..].to_vec())
        .numbers("layers, the input counted", layers)
        .figure(figure))
}

/// One sample through dense, tanh, dense with squared error: z², dz¹, dW_B¹, dW_B².
type ModulesGave = (Vec<f64>, Vec<f64>, Vec<Vec<f64>>, Vec<Vec<f64>>);

fn by_modules(layers: &[(Vec<f64>, Vec<f64>)], x: &[f64], y: &[f64]) -> ModulesGave {
    let dense = |(w, b): &(Vec<f64>, Vec<f64>)| {
        let w = w.chunks(w.len() / b.len()).map(<[f64]>::to_vec).collect();
        DenseModule { w_b: modules::with_bias(&Dense { w, b: b.clone(), own: vec![] }) }
    };
    let (first, second) = (dense(&layers[0]), dense(&layers[1]));
    let tanh = ActivationModule { f: Activation::Tanh, own: vec![], appends_one: true };
    let x_b = modules::with_one(x);
    let z1 = first.forward(&x_b);
    let a_b = tanh.forward(&z1);
    let z2 = second.forward(&a_b);
    let dz2: Vec<f64> = z2.iter().zip(y).map(|(z, y)| z - y).collect();
    let (dw2, da_b) = second.backward(&a_b, &dz2);
    let dz1 = tanh.backward(&z1, &da_b);
    let (dw1, _) = first.backward(&x_b, &dz1);
    (z2, dz1, dw1, dw2)
}

/// The network of S13 and S14 in the engine and in modules.
fn acharya(case: &Case) -> Result<(Passage, ModulesGave)> {
    let layers = [(case.numbers("w1")?, case.numbers("b1")?), (case.numbers("w2")?, case.numbers("b2")?)];
    let (x, y) = (case.numbers("x")?, case.numbers("y")?);
    let units = [x.len(), layers[0].1.len(), layers[1].1.len()];
    let net = Net::with(&spec(&units, Activation::Tanh, Loss::SquaredError), &layers)?;
    let rows = Rows { x: x.clone(), inputs: x.len(), y: Truth::Values(y.clone()) };
    Ok((net.passage(&rows), by_modules(&layers, &x, &y)))
}

/// ∂/∂W and ∂/∂b of the engine's layer `l` as ∂/∂W_B.
fn with_bias(passage: &Passage, l: usize) -> Vec<f64> {
    let d = &passage.gradient[l - 1];
    d.w.iter().zip(&d.b).flat_map(|(row, b)| [&row[..], &[*b]].concat()).collect()
}

/// The bias trick and the row that is clipped.
pub(super) fn s13(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (engine, (z, dz, ..)) = acharya(case)?;
    Ok(Found::new()
        .numbers("z2", z.clone())
        .number("z2 with the bias inside and beside, apart", apart(&z, &engine.z[2]))
        .numbers("dz1 after clipping", dz.clone())
        .number("dz1 clipped and engine, apart", apart(&dz, &engine.delta[1])))
}

/// Dense and activation as modules.
pub(super) fn s14(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (engine, (_, _, dw1, dw2)) = acharya(case)?;
    Ok(Found::new()
        .numbers("dW_B of layer 1", dw1.concat())
        .number("layer 1, modules and engine apart", apart(&dw1.concat(), &with_bias(&engine, 1)))
        .number("layer 2, modules and engine apart", apart(&dw2.concat(), &with_bias(&engine, 2))))
}

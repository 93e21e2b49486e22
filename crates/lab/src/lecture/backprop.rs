//! S29-S38: derivatives, the equations of back-propagation, graphs, what a step holds in memory and costs.

use super::{Case, Context, Found};
use crate::graph::{Graph, Node};
use crate::net::{Net, Passage, Rows, Truth, activation_at};
use crate::points::apart;
use feedforward_base::Result;
use feedforward_network::reference::Dense;
use feedforward_network::step::Part;
use feedforward_network::{Activation, Loss, Plan, Spec};

/// Olteanu's 2-2-1 network on its sample.
fn olteanu(case: &Case) -> Result<(Net, Rows, f64)> {
    let layers = [(case.numbers("w2")?, case.numbers("b2")?), (case.numbers("w3")?, case.numbers("b3")?)];
    let net = Net::with(&Spec::new(&[2, 2, 1], Activation::Tanh, Loss::BinaryCrossEntropy), &layers)?;
    let y = case.number("y")?;
    Ok((net, Rows { x: case.numbers("x")?, inputs: 2, y: Truth::Values(vec![y]) }, y))
}

fn flat(gradient: &[Dense]) -> Vec<f64> {
    gradient.iter().flat_map(|d| [d.w.concat(), d.b.clone()].concat()).collect()
}

/// Cross-entropy of the 2-2-1 network and its derivatives.
pub(super) fn s29(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (net, rows, y) = olteanu(case)?;
    let p = net.passage(&rows);
    // δ = ∂ℓ/∂a · σ'(z)
    let slope = activation_at(Activation::Sigmoid, &p.z[2])?.1[0];
    let dense = net.dense();
    let formula: Vec<f64> =
        (0..2).map(|i| (p.a[2][0] - y) * dense[1].w[0][i] * (1.0 - p.a[1][i] * p.a[1][i])).collect();
    Ok(Found::new()
        .number("loss", p.loss)
        .number("dl/da", p.delta[2][0] / slope)
        .numbers("dl/dz3", p.delta[2].clone())
        .numbers("dl/dz2", p.delta[1].clone())
        .number("dl/dz2 and (a³ − y) W³ diag(1 − a²), apart", apart(&p.delta[1], &formula)))
}

/// ∂(outputs)/∂x by central differences, row after row.
fn jacobian(net: &Net, x: &[f64]) -> Vec<Vec<f64>> {
    let h = 1e-5;
    let moved = |k: usize, by: f64| {
        net.outputs(&x.iter().enumerate().map(|(i, x)| if i == k { x + by } else { *x }).collect::<Vec<_>>())
    };
    let columns: Vec<Vec<f64>> = (0..x.len())
        .map(|k| moved(k, h).iter().zip(moved(k, -h)).map(|(u, d)| (u - d) / (2.0 * h)).collect())
        .collect();
    (0..columns[0].len()).map(|i| columns.iter().map(|c| c[i]).collect()).collect()
}

/// Shapes of Jacobians, and the chain rule.
pub(super) fn s30(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let (n, k, m) = (units[0], units[1], units[2]);
    let (w, x) = (case.numbers("w")?, case.numbers("x")?);
    let linear =
        Net::with(&Spec::new(&[2, 2], Activation::Linear, Loss::SquaredError), &[(w, vec![0.0; 2])])?;
    let of_linear = jacobian(&linear, &x[..2]);
    // h = g ∘ f, f: ℝⁿ → ℝᵏ a tanh layer, g: ℝᵏ → ℝᵐ a linear one.
    let h = Net::initial(&Spec::new(&units, Activation::Tanh, Loss::SquaredError), 2)?;
    let dense = h.dense();
    let mut f_spec = Spec::new(&[n, k], Activation::Linear, Loss::SquaredError);
    f_spec.layers[0].activation = Activation::Tanh;
    let layer = |d: &Dense| (d.w.concat(), d.b.clone());
    let f = Net::with(&f_spec, &[layer(&dense[0])])?;
    let g = Net::with(&Spec::new(&[k, m], Activation::Linear, Loss::SquaredError), &[layer(&dense[1])])?;
    let (of_h, of_f, of_g) = (jacobian(&h, &x), jacobian(&f, &x), jacobian(&g, &f.outputs(&x)));
    let product: Vec<f64> = of_g
        .iter()
        .flat_map(|row| {
            (0..n).map(|c| row.iter().zip(&of_f).map(|(g, f)| g * f[c]).sum()).collect::<Vec<f64>>()
        })
        .collect();
    let shape = |j: &[Vec<f64>]| [j.len() as f64, j[0].len() as f64];
    Ok(Found::new()
        .numbers("shapes of ∂h/∂x, ∂h/∂z, ∂z/∂x", [shape(&of_h), shape(&of_g), shape(&of_f)].concat())
        .number("∂h/∂x and ∂h/∂z · ∂z/∂x, apart", apart(&of_h.concat(), &product))
        .numbers("dz_j/da_i", of_linear.concat()))
}

/// Olteanu's four equations by hand beside the engine.
pub(super) fn s31(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (net, rows, y) = olteanu(case)?;
    let p = net.passage(&rows);
    let w3 = &net.dense()[1].w;
    let dz3 = [p.a[2][0] - y]; //                                                            (1)
    let dz2: Vec<f64> = (0..2).map(|i| dz3[0] * w3[0][i] * (1.0 - p.a[1][i].powi(2))).collect(); // (2)
    let outer = |dz: &[f64], a: &[f64]| {
        dz.iter().flat_map(|d| a.iter().map(|a| d * a).collect::<Vec<_>>()).collect::<Vec<f64>>()
    };
    let (dw3, dw2) = (outer(&dz3, &p.a[1]), outer(&dz2, &p.a[0])); //                        (3) (a dz)ᵀ
    let by_hand = [dw2, dz2.clone(), dw3, dz3.to_vec()].concat(); //                         (4) db = dz
    Ok(Found::new()
        .number("four equations and engine, apart", apart(&by_hand, &flat(&p.gradient)))
        .numbers("dz of the hidden layer", p.delta[1].clone())
        .numbers("dw by the right indices", p.gradient[0].w.concat()))
}

/// The same with Kronecker's δ and sums over all indices.
pub(super) fn s32(case: &Case, _: &Context<'_>) -> Result<Found> {
    let spec = Spec::new(&case.counts("units")?, Activation::Sigmoid, Loss::SquaredError);
    let net = Net::initial(&spec, 3)?;
    let (x, y) = (case.numbers("x")?, case.numbers("y")?);
    let p = net.passage(&Rows { x: x.clone(), inputs: x.len(), y: Truth::Values(y) });
    let dense = net.dense();
    let delta = |k: usize, j: usize| f64::from(u8::from(k == j));
    let (n1, n2) = (dense[0].b.len(), dense[1].b.len());
    // ∂L/∂a_k = Σ_j ∂L/∂z_j W_jk, ∂L/∂z_j = Σ_k ∂L/∂a_k δ_kj g'(z_j)
    let da: Vec<f64> = (0..n1).map(|k| (0..n2).map(|j| p.delta[2][j] * dense[1].w[j][k]).sum()).collect();
    let slope: Vec<f64> = p.a[1].iter().map(|a| a * (1.0 - a)).collect();
    let dz: Vec<f64> = (0..n1).map(|j| (0..n1).map(|k| da[k] * delta(k, j) * slope[j]).sum()).collect();
    // ∂L/∂W_ki = Σ_j ∂L/∂z_j δ_kj a_i
    let dw: Vec<f64> = (0..n1 * x.len())
        .map(|at| (0..n1).map(|j| dz[j] * delta(at / x.len(), j) * x[at % x.len()]).sum())
        .collect();
    let db: Vec<f64> = (0..n1).map(|k| (0..n1).map(|j| dz[j] * delta(k, j)).sum()).collect();
    Ok(Found::new()
        .number("dz, indices and engine apart", apart(&dz, &p.delta[1]))
        .number("dW, indices and engine apart", apart(&dw, &p.gradient[0].w.concat()))
        .number("db, indices and engine apart", apart(&db, &p.gradient[0].b)))
}

/// f(x) = √(1 + x²) by the chain rule.
pub(super) fn s33(case: &Case, _: &Context<'_>) -> Result<Found> {
    let x = case.numbers("x")?;
    // g(z) = √z, h(x) = 1 + x²: g'(h(x)) h'(x)
    let chain = |x: &f64| 1.0 / (2.0 * (1.0 + x * x).sqrt()) * (2.0 * x);
    let h = 1e-5;
    let f = |x: f64| (1.0 + x * x).sqrt();
    let difference = |x: &f64| (f(x + h) - f(x - h)) / (2.0 * h);
    Ok(Found::new().numbers("f'", x.iter().map(chain).collect()).number(
        "chain rule and differences apart",
        apart(&x.iter().map(chain).collect::<Vec<_>>(), &x.iter().map(difference).collect::<Vec<_>>()),
    ))
}

/// The computational graph of one and of two layers.
pub(super) fn s34(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let mut spec = Spec::new(&units, Activation::Sigmoid, Loss::SquaredError);
    let last = spec.layers.len() - 1;
    spec.layers[last].activation = Activation::Sigmoid;
    let net = Net::initial(&spec, 4)?;
    let (x, y) = (case.numbers("x")?, case.numbers("y")?);
    let passage = net.passage(&Rows { x: x.clone(), inputs: x.len(), y: Truth::Values(y.clone()) });
    let graph = Graph::of(&net.dense(), false);
    let collapsed = Graph::of(&net.dense(), true);
    let one = Graph::of(&net.dense()[..1], false);
    let count = |g: &Graph, kind: fn(&Node) -> bool| g.nodes().iter().filter(|n| kind(n)).count() as f64;
    let (output, gradients) = graph.run(&x, &y);
    let (again, _) = collapsed.run(&x, &y);
    Ok(Found::new()
        .numbers(
            "one layer: data, parameters, operations",
            vec![
                count(&one, Node::is_data),
                count(&one, Node::is_parameter),
                count(&one, Node::is_operation),
            ],
        )
        .numbers(
            "two layers: data, parameters, operations",
            vec![
                count(&graph, Node::is_data),
                count(&graph, Node::is_parameter),
                count(&graph, Node::is_operation),
            ],
        )
        .number("operations when a layer is one node", count(&collapsed, Node::is_operation))
        .number("graph and engine forward, apart", apart(&output, &passage.a[2]))
        .number("graph whole and collapsed, apart", apart(&output, &again))
        .number("graph and engine backward, apart", apart(&gradients, &flat(&passage.gradient)))
        .note("drawn with its values by `ff trace --format html`"))
}

/// Gradients that begin at 0 and are added to.
pub(super) fn s35(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (x, y) = (case.rows("x")?, case.numbers("y")?);
    let net = Net::initial(&Spec::new(&case.counts("units")?, Activation::Tanh, Loss::SquaredError), 5)?;
    let inputs = x[0].len();
    let passage = |x: Vec<f64>, y: Vec<f64>| net.passage(&Rows { x, inputs, y: Truth::Values(y) });
    let batch = flat(&passage(x.concat(), y.clone()).gradient);
    let (mut sum, n) = (vec![0.0; batch.len()], y.len() as f64);
    for (x, y) in x.iter().zip(&y) {
        for (s, g) in sum.iter_mut().zip(flat(&passage(x.clone(), vec![*y]).gradient)) {
            *s += g / n;
        }
    }
    Ok(Found::new().number("accumulated and batch, apart", apart(&sum, &batch)))
}

/// Wang's chain of three weights.
fn wang(case: &Case) -> Result<(Net, Rows, Passage)> {
    let w = case.numbers("w")?;
    let mut spec = Spec::new(&[1, 1, 1, 1], Activation::Relu, Loss::SquaredError);
    spec.optimizer = feedforward_network::Optimizer::SGD;
    spec.learning_rate = case.number("alpha")?;
    let layers: Vec<(Vec<f64>, Vec<f64>)> = w.iter().map(|w| (vec![*w], vec![0.0])).collect();
    let net = Net::with(&spec, &layers)?;
    let rows = Rows { x: vec![case.number("x")?], inputs: 1, y: Truth::Values(vec![case.number("y")?]) };
    let passage = net.passage(&rows);
    Ok((net, rows, passage))
}

/// The example in one dimension.
pub(super) fn s36(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (mut net, rows, p) = wang(case)?;
    let weights = |d: &[Dense]| d.iter().map(|d| d.w[0][0]).collect::<Vec<f64>>();
    net.steps(&rows, 1);
    Ok(Found::new()
        .numbers("z", p.z[1..].concat())
        .number("L", p.loss)
        .numbers("dz", p.delta[1..].concat())
        .numbers("dw", weights(&p.gradient))
        .numbers("w after the update", weights(&net.dense())))
}

/// What a step holds, and in what order it lets go.
pub(super) fn s37(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let spec = Spec { clip_norm: None, ..Spec::new(&units, Activation::Relu, Loss::CrossEntropy) };
    let fused = Plan::new(&spec, 1, 1)?;
    let stored = Plan::new(&Spec { clip_norm: Some(1.0), ..spec.clone() }, 1, 1)?;
    let backward: Vec<String> =
        watch(&spec, false)?.into_iter().filter(|p| !p.starts_with("forward")).collect();
    Ok(Found::new()
        .number("bytes of stored gradients", fused.bytes(8).gradient as f64)
        .number("bytes of stored gradients where their norm is needed", stored.bytes(8).gradient as f64)
        .text("order", backward.join(", ")))
}

/// The parts of one step of a network, in order.
fn watch(spec: &Spec, clipped: bool) -> Result<Vec<String>> {
    let spec = Spec { clip_norm: clipped.then_some(1.0), ..spec.clone() };
    let parts = crate::net::parts(&spec)?;
    let name = |p: &Part| match p.layer() {
        Some(l) => format!("{} {l}", p.name()),
        None => p.name().to_string(),
    };
    Ok(parts.iter().map(name).collect())
}

/// Products of one gradient.
pub(super) fn s38(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let spec = Spec::new(&units, Activation::Relu, Loss::CrossEntropy);
    let parts = crate::net::parts(&spec)?;
    let count = |f: fn(&Part) -> bool| parts.iter().filter(|p| f(p)).count() as f64;
    Ok(Found::new()
        .number("layers", spec.layers.len() as f64)
        .number("products forward", count(|p| matches!(p, Part::Forward(_))))
        .number("products backward", count(|p| matches!(p, Part::PullBack(_) | Part::WeightGradient(_)))))
}

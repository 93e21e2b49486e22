//! S39-S45, S65-S69: batches, rules, schedules, the pseudo-code, the softmax classifier, practice.

use super::{Case, Context, Found};
use crate::net::{How, Net, Rows, Truth, flat};
use crate::noisy::{SINE, mean_square, rows, sample};
use crate::planes::{Planes, compare};
use crate::points::{apart, even, mean, plane, stream};
use feedforward_base::Result;
use feedforward_data::generated::{Recipe, generate};
use feedforward_data::prepare::{Roles, Unseen};
use feedforward_data::source::{IdxPart, ReadOptions, read};
use feedforward_data::table::Table;
use feedforward_network::reference::Dense;
use feedforward_network::step::Part;
use feedforward_network::{Activation, Layer, Loss, Optimizer, Schedule, Spec};
use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_training::{Ask, Control, Machine, Metric, fit};

/// One sample, mini-batches, the whole set: steps of an epoch, and how far the same epochs bring each.
pub(super) fn s39(case: &Case, _: &Context<'_>) -> Result<Found> {
    let n = case.count("rows")?;
    let data = plane("moons", n, 0.15, 0)?;
    let rows = Rows::plane(&data.points, data.y.clone());
    let (mut steps, mut last, mut items) = (Vec::new(), Vec::new(), Vec::new());
    for (i, batch) in case.counts("batches")?.into_iter().enumerate() {
        let mut spec = Spec::new(&[2, 8, 1], Activation::Tanh, Loss::BinaryCrossEntropy);
        spec.optimizer = Optimizer::SGD;
        spec.learning_rate = case.number("learning_rate")?;
        let how = How { epochs: case.count("epochs")? as u64, batch, seed: 0 };
        let (_, epochs) = Net::train(&spec, &rows, how)?;
        steps.push(n.div_ceil(batch) as f64);
        last.push(epochs[epochs.len() - 1].train_loss);
        let line = epochs.iter().map(|e| (e.epoch as f64, e.train_loss)).collect();
        items.push(Item::line(line, i, &format!("{batch} row{}", if batch == 1 { "" } else { "s" })));
    }
    let panel = Panel::new("", Axis::new("epochs"), Axis::new("training loss").log(10), items);
    let full = last[last.len() - 1];
    Ok(Found::new()
        .numbers("steps of an epoch", steps)
        .numbers(
            "loss of the whole set in one batch, of that of each smaller batch",
            last[..last.len() - 1].iter().map(|l| full / l).collect(),
        )
        .figure(Figure::new("Rows of a batch", 1, vec![panel])))
}

/// A small network and rows for the rules of steps.
fn small(case: &Case, optimizer: Optimizer) -> Result<(Net, Rows)> {
    let mut spec = Spec::new(&[2, 3, 1], Activation::Tanh, Loss::SquaredError);
    spec.optimizer = optimizer;
    spec.learning_rate = case.number("alpha")?;
    let rows = Rows { x: case.numbers("x")?, inputs: 2, y: Truth::Values(case.numbers("y")?) };
    Ok((Net::initial(&spec, 1)?, rows))
}

fn all(dense: &[Dense]) -> Vec<f64> {
    dense.iter().flat_map(|d| [d.w.concat(), d.b.clone()].concat()).collect()
}

/// The same layers from a flat list in the order of [`all`].
fn layers(like: &[Dense], theta: &[f64]) -> Vec<(Vec<f64>, Vec<f64>)> {
    let mut rest = theta;
    let mut take = |n: usize| {
        let (own, others) = rest.split_at(n);
        rest = others;
        own.to_vec()
    };
    like.iter().map(|d| (take(d.w.concat().len()), take(d.b.len()))).collect()
}

/// The heavy ball, by Wang's two lines.
pub(super) fn s40(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (beta, steps) = (case.number("beta")?, case.count("steps")?);
    let optimizer = Optimizer::parse("momentum")?;
    let (mut net, rows) = small(case, optimizer)?;
    let mut theta = all(&net.dense());
    let mut v = vec![0.0; theta.len()];
    for _ in 0..steps {
        let here = Net::with(&net.spec, &layers(&net.dense(), &theta))?;
        for ((v, g), w) in v.iter_mut().zip(all(&here.passage(&rows).gradient)).zip(&mut theta) {
            *v = beta * *v + g; //          V ← βV + G
            *w -= net.spec.learning_rate * *v; // W ← W − αV
        }
    }
    net.steps(&rows, steps);
    Ok(Found::new()
        .number("Wang's two lines and engine, apart", apart(&theta, &all(&net.dense())))
        .number("squared error before", small(case, optimizer)?.0.passage(&rows).loss)
        .number("squared error after", net.passage(&rows).loss))
}

/// The first-order family on a convex problem.
pub(super) fn s41(case: &Case, _: &Context<'_>) -> Result<Found> {
    let n = case.count("rows")?;
    let data = plane("moons", n, 0.2, 1)?;
    let classes = data.y.iter().map(|y| *y as u32).collect();
    let rows = Rows { x: flat(&data.points), inputs: 2, y: Truth::Classes(classes) };
    let mut found = Found::new();
    let mut least = Vec::new();
    let rates = case.numbers("learning_rates")?;
    let names = case.texts("optimizers")?;
    for (name, rate) in names.iter().zip(rates) {
        let mut spec = Spec::new(&[2, 2], Activation::Linear, Loss::CrossEntropy);
        spec.optimizer = Optimizer::parse(name)?;
        spec.learning_rate = rate;
        let how = How { epochs: case.count("epochs")? as u64, batch: n, seed: 0 };
        least.push(Net::train(&spec, &rows, how)?.0.passage(&rows).loss);
    }
    let best = least.iter().copied().fold(f64::INFINITY, f64::min);
    for (name, loss) in names.iter().zip(&least) {
        found = found.number(&format!("{name}, loss above the least of all"), loss - best);
    }
    Ok(found.number("least loss", best))
}

/// η(t), as each epoch reports it.
pub(super) fn s42(case: &Case, _: &Context<'_>) -> Result<Found> {
    let mut found = Found::new();
    for schedule in case.texts("schedules")? {
        let mut spec = Spec::new(&[1, 1], Activation::Linear, Loss::SquaredError);
        spec.optimizer = Optimizer::SGD;
        spec.learning_rate = case.number("eta")?;
        spec.schedule = Schedule::parse(&schedule)?;
        let rows = Rows::curve(&[(0.0, 0.0), (1.0, 1.0)]);
        let how = How { epochs: case.count("epochs")? as u64, batch: 2, seed: 0 };
        let (_, epochs) = Net::train(&spec, &rows, how)?;
        found = found.numbers(&schedule, epochs.iter().map(|e| e.learning_rate).collect());
    }
    Ok(found)
}

/// SGD-NEURAL-NET: initial weights and T steps of one random sample each.
pub(super) fn s43(case: &Case, _: &Context<'_>) -> Result<Found> {
    let units = case.counts("units")?;
    let mut wide = Spec::new(&units, Activation::Relu, Loss::SquaredError);
    wide.init = case.text("init")?.parse()?;
    let start = Net::initial(&wide, 0)?.dense();
    let square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
    let variance = |l: usize| square(&start[l].w.concat()) * units[l] as f64;
    let points: Vec<(f64, f64)> = even(100, -3.0, 3.0).into_iter().map(|x| (x, SINE.at(x / 3.0))).collect();
    let mut spec = Spec::new(&[1, 20, 1], Activation::Tanh, Loss::SquaredError);
    spec.init = wide.init;
    spec.optimizer = Optimizer::SGD;
    spec.learning_rate = case.number("eta")?;
    let how = How { epochs: case.count("epochs")? as u64, batch: 1, seed: 0 };
    let (_, epochs) = Net::train(&spec, &Rows::curve(&points), how)?;
    Ok(Found::new()
        .numbers("variance of W, times the inputs of its layer", vec![variance(0), variance(1)])
        .number("variance of the biases", square(&start[0].b))
        .number(
            "loss at the end, of the first epoch's",
            epochs[epochs.len() - 1].train_loss / epochs[0].train_loss,
        ))
}

/// The regression network of the laboratory PW04.
pub(super) fn s44(case: &Case, _: &Context<'_>) -> Result<Found> {
    let hidden = case.count("hidden")?;
    let mut spec = Spec::new(&[1, hidden, 1], Activation::Sigmoid, Loss::SquaredError);
    spec.learning_rate = case.number("learning_rate")?;
    let points: Vec<(f64, f64)> =
        even(case.count("rows")?, -3.0, 3.0).into_iter().map(|x| (x, SINE.at(x / 3.0))).collect();
    let rows = Rows::curve(&points);
    let how = How { epochs: case.count("epochs")? as u64, batch: 10, seed: 0 };
    let (net, _) = Net::train(&spec, &rows, how)?;
    let d = net.dense();
    let sigma = |z: f64| 1.0 / (1.0 + (-z).exp());
    let out = |x: f64| {
        (0..hidden).map(|k| d[1].w[0][k] * sigma(d[0].w[k][0] * x + d[0].b[k])).sum::<f64>() + d[1].b[0]
    };
    let j = points.iter().map(|(x, y)| (y - out(*x)).powi(2)).sum::<f64>() / (2.0 * points.len() as f64);
    let y: Vec<f64> = points.iter().map(|p| p.1).collect();
    let variance = y.iter().map(|v| (v - mean(&y)).powi(2)).sum::<f64>() / y.len() as f64;
    Ok(Found::new()
        .number("J by the slide and engine, apart", (j - net.passage(&rows).loss).abs())
        .number("R² after training", 1.0 - 2.0 * j / variance))
}

/// b is added to every column, db is the sum over the columns.
pub(super) fn s45(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (x, y) = (case.rows("x")?, case.rows("y")?);
    let net =
        Net::initial(&Spec::new(&[x[0].len(), 4, y[0].len()], Activation::Tanh, Loss::SquaredError), 6)?;
    let p = net.passage(&Rows { x: x.concat(), inputs: x[0].len(), y: Truth::Values(y.concat()) });
    let alone: Vec<f64> = x.iter().flat_map(|x| net.outputs(x)).collect();
    // sum(axis=1, keepdims): one number per unit.
    let sum = |l: usize| {
        let n = p.gradient[l - 1].b.len();
        (0..n).map(|j| p.delta[l].chunks(n).map(|row| row[j]).sum()).collect::<Vec<f64>>()
    };
    Ok(Found::new().number("samples in a batch and alone, apart", apart(&p.a[2], &alone)).number(
        "db and the sum of dz over the samples, apart",
        apart(&[sum(1), sum(2)].concat(), &[p.gradient[0].b.clone(), p.gradient[1].b.clone()].concat()),
    ))
}

/// Training and test rows of digits with the name of their label.
fn digits(case: &Case, context: &Context<'_>) -> Result<(Table, Table, String)> {
    match context.data {
        Some(folder) => {
            let path = folder.display().to_string();
            let part = |part| read(&path, &ReadOptions { part, ..ReadOptions::default() }, &mut |_| ());
            Ok((part(IdxPart::Train)?, part(IdxPart::Test)?, format!("the images of {path}")))
        }
        None => {
            let draw = |rows, seed| generate("digits", &Recipe { rows, noise: None, seed });
            let (train, test) = (draw(case.count("rows")?, 0)?, draw(case.count("test_rows")?, 1)?);
            Ok((
                train,
                test,
                "digits drawn by the program; give MNIST's folder with `--data` for the real ones".into(),
            ))
        }
    }
}

/// The softmax classifier on digits: SGD with momentum.
pub(super) fn s65(case: &Case, context: &Context<'_>) -> Result<Found> {
    let (train, test, said) = digits(case, context)?;
    let ask = Ask {
        roles: Roles { target: vec!["label".into()], ..Roles::default() },
        layers: Some(vec![]),
        optimizer: Optimizer::parse("momentum")?,
        epochs: Some(case.count("epochs")? as u64),
        validation: Some(0.0),
        ..Ask::default()
    };
    let machine = Machine::new(1);
    let model = fit(train.clone(), None, &ask, machine, &mut |_| Control::Continue)?.model;
    let accuracy = |table: Table| -> Result<f64> {
        let judged = model.evaluate(table, 0.5, Unseen::Other, machine)?;
        Ok(100.0 * judged.judgement.value(Metric::Accuracy).unwrap_or(f64::NAN))
    };
    Ok(Found::new()
        .number("parameters", model.spec.parameters() as f64)
        .number("training accuracy", accuracy(train)?)
        .number("test accuracy", accuracy(test)?)
        .note(said))
}

/// Empirical risk: the mean loss, and its least value.
pub(super) fn s66(case: &Case, _: &Context<'_>) -> Result<Found> {
    let n = case.count("rows")?;
    let data = plane("moons", n, 0.2, 2)?;
    let rows = Rows {
        x: flat(&data.points),
        inputs: 2,
        y: Truth::Classes(data.y.iter().map(|y| *y as u32).collect()),
    };
    let mut spec = Spec::new(&[2, 2], Activation::Linear, Loss::CrossEntropy);
    spec.optimizer = Optimizer::SGD;
    spec.learning_rate = case.number("learning_rate")?;
    let (net, _) = Net::train(&spec, &rows, How { epochs: case.count("epochs")? as u64, batch: n, seed: 0 })?;
    let a = net.outputs(&rows.x);
    let by_hand =
        data.y.iter().enumerate().map(|(r, y)| -a[2 * r + *y as usize].ln()).sum::<f64>() / n as f64;
    let here = net.passage(&rows);
    let draws = stream(0, 9);
    let better = (0..100u64).filter(|t| {
        let mut other = net.clone();
        other.theta.iter_mut().zip(0..).for_each(|(w, i)| *w += 0.3 * draws.normal(100 * t + i));
        other.passage(&rows).loss < here.loss
    });
    let gradient = all(&here.gradient).iter().map(|g| g * g).sum::<f64>().sqrt();
    Ok(Found::new()
        .number("(1/n) Σ loss and J, apart", (by_hand - here.loss).abs())
        .number("length of the gradient at the end", gradient)
        .number("of 100 other W, those with a lower J", better.count() as f64))
}

/// Sample, forward, backward, update.
pub(super) fn s67(case: &Case, _: &Context<'_>) -> Result<Found> {
    let spec = Spec::new(&case.counts("units")?, Activation::Relu, Loss::CrossEntropy);
    let parts = crate::net::parts(&spec)?;
    let forward = parts.iter().take_while(|p| matches!(p, Part::Forward(_))).count();
    let backward = parts[forward..].iter().skip_while(|p| matches!(p, Part::Loss));
    let down: Vec<f64> = backward
        .filter(|p| matches!(p, Part::WeightGradient(_)))
        .filter_map(|p| p.layer().map(|l| l as f64))
        .collect();
    // One iteration lowers the loss of its sample.
    let (mut net, rows) = small(case, Optimizer::SGD)?;
    let before = net.passage(&rows).loss;
    net.steps(&rows, 1);
    Ok(Found::new()
        .number("layers forward, the first first", forward as f64)
        .text("then", parts[forward].name())
        .numbers("layers whose W is updated, in order", down)
        .number("loss after one iteration, of before", net.passage(&rows).loss / before))
}

/// numpy's idioms in Rust.
pub(super) fn s68(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (m, n) = (case.count("m")?, case.count("n")?);
    let (a, b) = (case.numbers("a")?, case.numbers("b")?);
    let k = b.len() / n;
    let draws = stream(0, 10);
    let count = case.count("normals")?;
    let normals: Vec<f64> = (0..count as u64).map(|i| draws.normal(i)).collect();
    let reshaped: Vec<&[f64]> = a.chunks(n).collect();
    let turned: Vec<f64> = (0..n).flat_map(|c| reshaped.iter().map(move |row| row[c])).collect();
    // The product is the engine's: rows of A through a layer with weights Bᵀ.
    let b_turned = (0..k).flat_map(|c| b.chunks(k).map(move |row| row[c])).collect();
    let layer =
        Net::with(&Spec::new(&[n, k], Activation::Linear, Loss::SquaredError), &[(b_turned, vec![0.0; k])])?;
    let table = [
        "np.zeros((m, n))                   vec![0.0; m * n]",
        "np.random.randn(m, n)              stream.normal(i)            (E26: the slide's randn(shape=(m, n)) is refused)",
        "A.reshape(m, n)                    a.chunks(n)",
        "A.T                                (0..n).flat_map(|c| a.chunks(n).map(move |row| row[c]))",
        "np.dot(A, B), A @ B                kernels.affine(...)",
        "np.multiply(A, B), A * B           a.iter().zip(&b).map(|(a, b)| a * b)",
        "np.sum(A, axis=1, keepdims=True)   a.chunks(n).map(|row| row.iter().sum())",
    ];
    let found = Found::new()
        .number("sum of zeros(m, n)", vec![0.0; m * n].iter().sum())
        .number("mean of randn", mean(&normals))
        .number("variance of randn", normals.iter().map(|x| x * x).sum::<f64>() / count as f64)
        .numbers("rows of reshape(m, n)", reshaped.iter().map(|row| row[0]).collect())
        .numbers("T", turned)
        .numbers("dot", layer.outputs(&a))
        .numbers("multiply A by A", a.iter().map(|a| a * a).collect())
        .numbers("sum, axis 1", a.chunks(n).map(|row| row.iter().sum()).collect());
    Ok(table.into_iter().fold(found, Found::note))
}

/// Remarks of the decks, measured.
pub(super) fn s69(case: &Case, _: &Context<'_>) -> Result<Found> {
    let errors = |hidden: usize| -> Result<(f64, f64)> {
        let train = rows(&sample(case.count("rows")?, case.number("noise")?, 1));
        let valid = rows(&sample(400, case.number("noise")?, 2));
        let how = How { epochs: case.count("epochs")? as u64, batch: 5, seed: 0 };
        let (net, _) = Net::train(&crate::noisy::spec(hidden), &train, how)?;
        Ok((mean_square(&net, &train), mean_square(&net, &valid)))
    };
    let starts = compare(&Planes {
        starts: case.count("starts")? as u64,
        epochs: case.count("start_epochs")? as u64,
        ..Planes::default()
    })?
    .starts;
    let stuck = starts.iter().filter(|a| **a < 0.9).count();
    // Two hidden units with the same activation, one of the outgoing weights twice the other.
    let w = case.numbers("outgoing")?;
    let mut spec = Spec::new(&[1, 2, 1], Activation::Linear, Loss::SquaredError);
    spec.layers[0] = Layer { activation: Activation::Linear, ..spec.layers[0] };
    let net = Net::with(&spec, &[(vec![1.0, 1.0], vec![0.0; 2]), (w, vec![0.0])])?;
    let delta =
        net.passage(&Rows { x: vec![1.0], inputs: 1, y: Truth::Values(vec![0.0]) }).delta.swap_remove(1);
    let few = errors(case.count("few")?)?;
    let many = errors(case.count("many")?)?;
    Ok(Found::new()
        .number("training error with many units, of that with few", many.0 / few.0)
        .number("gap between validation and training error, many units", many.1 - many.0)
        .note(format!("the gap with few units is {:.4}", few.1 - few.0))
        .number("share of starts of the 2-2-1 network that get stuck", stuck as f64 / starts.len() as f64)
        .number("error handed to the unit with the larger weight, of the other's", delta[1] / delta[0])
        .note("a mini-batch as one matrix product is what `ff bench` measures, memory what `ff plan` shows"))
}

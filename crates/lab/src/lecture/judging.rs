//! S53-S62: hyper-parameters, parts, folds, bias and variance, confusion matrices, precision and recall.

use super::{Case, Context, Found};
use crate::bias_variance::{self, Decomposition};
use crate::net::{How, Net, Rows, Truth, flat};
use crate::noisy::{self, Noisy, mean_square};
use crate::points::{deviation, mean, plane};
use crate::trials::{Kind, Open, Source, Study};
use crate::{capacity, epochs, learning_curve, threshold};
use feedforward_base::{Batch, Dice, Error, Result};
use feedforward_data::split;
use feedforward_network::{Activation, Loss, Spec};
use feedforward_plot::Figure;
use feedforward_training::metric::{ClassRows, Confusion, Metric};
use feedforward_training::{Ask, Machine};

/// The hyper-parameters that the slide lists are settings of a run.
pub(super) fn s53(case: &Case, _: &Context<'_>) -> Result<Found> {
    let ask = serde_json::to_value(Ask::default()).unwrap_or_default();
    let mut found = Found::new();
    for name in case.texts("settings")? {
        found = found.text(&name, if ask.get(&name).is_some() { "a setting" } else { "missing" });
    }
    // Settings are chosen on validation rows; parameters are what training itself changes.
    let spec = Spec::new(&[1, 3, 1], Activation::Tanh, Loss::SquaredError);
    Ok(found.number("parameters that are none", spec.parameters() as f64))
}

/// Three disjoint parts.
pub(super) fn s54(case: &Case, _: &Context<'_>) -> Result<Found> {
    let parts = |ratio: &str, rows: usize| -> Result<Vec<Vec<u32>>> {
        split::shares(rows, &split::parse(ratio)?, None, Dice::new(0))
    };
    let sizes = |parts: &[Vec<u32>]| parts.iter().map(|p| p.len() as f64).collect::<Vec<_>>();
    let small = parts(case.text("small")?, case.count("small_rows")?)?;
    let large = parts(case.text("large")?, case.count("large_rows")?)?;
    let mut all: Vec<u32> = small.concat();
    all.sort_unstable();
    all.dedup();
    Ok(Found::new()
        .numbers("rows of the parts, small", sizes(&small))
        .numbers("rows of the parts, large", sizes(&large))
        .number("different rows in the three parts", all.len() as f64))
}

/// Some rows of a sample of the sine.
fn part(points: &[(f64, f64)], rows: &[u32]) -> Rows {
    noisy::rows(&rows.iter().map(|r| points[*r as usize]).collect::<Vec<_>>())
}

/// Five folds and the spread of their errors.
pub(super) fn s55(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (n, k) = (case.count("rows")?, case.count("folds")?);
    let points = noisy::sample(n, case.number("noise")?, 11);
    let folds = split::kfold(n, k, None, Dice::new(0))?;
    let mut errors = Vec::new();
    for fold in &folds {
        let others: Vec<u32> = (0..n as u32).filter(|r| !fold.contains(r)).collect();
        let how = How { epochs: case.count("epochs")? as u64, batch: 10, seed: 0 };
        let (net, _) = Net::train(&noisy::spec(case.count("hidden")?), &part(&points, &others), how)?;
        errors.push(mean_square(&net, &part(&points, fold)));
    }
    // What the mean of the folds is an estimate of: the error on rows that nobody has seen.
    let fresh: Vec<u32> = (0..2000).collect();
    let all: Vec<u32> = (0..n as u32).collect();
    let how = How { epochs: case.count("epochs")? as u64, batch: 10, seed: 0 };
    let (net, _) = Net::train(&noisy::spec(case.count("hidden")?), &part(&points, &all), how)?;
    let truth = mean_square(&net, &part(&noisy::sample(2000, case.number("noise")?, 12), &fresh));
    Ok(Found::new()
        .numbers("rows of the folds", folds.iter().map(|f| f.len() as f64).collect())
        .number("mean error of the folds", mean(&errors))
        .number("their spread, of the mean", deviation(&errors) / mean(&errors))
        .number(
            "error on fresh rows, in spreads from the mean",
            (truth - mean(&errors)).abs() / deviation(&errors),
        ))
}

/// Train, validate, choose, test once.
pub(super) fn s56(case: &Case, _: &Context<'_>) -> Result<Found> {
    let n = case.count("rows")?;
    let points = noisy::sample(n, case.number("noise")?, 21);
    let parts = split::shares(n, &split::parse(case.text("ratio")?)?, None, Dice::new(0))?;
    let [train, valid, test] = [0, 1, 2].map(|i| part(&points, &parts[i]));
    let hidden = case.counts("hidden")?;
    let mut judged = Vec::new();
    for h in &hidden {
        let how = How { epochs: case.count("epochs")? as u64, batch: 10, seed: 0 };
        let (net, _) = Net::train(&noisy::spec(*h), &train, how)?;
        judged.push((mean_square(&net, &valid), net));
    }
    let best = (1..judged.len()).fold(0, |b, i| if judged[i].0 < judged[b].0 { i } else { b });
    let errors: Vec<f64> = judged.iter().map(|j| j.0).collect();
    let chosen = mean_square(&judged[best].1, &test);
    let worst = errors.iter().copied().fold(0.0, f64::max);
    let list = hidden.iter().zip(&errors).map(|(h, e)| format!("{h}: {e:.4}")).collect::<Vec<_>>().join(", ");
    Ok(Found::new()
        .text("a network with a hidden layer is chosen", if hidden[best] > 0 { "yes" } else { "no" })
        .number("validation error of the chosen one, of the worst", errors[best] / worst)
        .number("its test error, looked at once", chosen)
        .note(format!("validation error by hidden units: {list}; chosen: {}", hidden[best])))
}

/// Bias and variance from many training sets.
pub(super) fn s57(case: &Case, _: &Context<'_>) -> Result<Found> {
    let ask = bias_variance::Ask {
        noisy: Noisy::sine(case.number("noise")?),
        sets: case.count("sets")?,
        points: case.count("points")?,
        widths: case.counts("hidden")?,
        epochs: case.count("epochs")? as u64,
        seed: 0,
        threads: 1,
    };
    let all = bias_variance::decompose(&ask, &|_, _| {})?;
    let (simple, rich) = (&all[0], &all[all.len() - 1]);
    let sum = |d: &Decomposition| d.bias2.value + d.variance.value;
    Ok(Found::new()
        .number("bias² of the richest, of that of the simplest", rich.bias2.value / simple.bias2.value)
        .number(
            "variance of the richest, of that of the simplest",
            rich.variance.value / simple.variance.value,
        )
        .number("E (h − f)² and bias² + variance, apart", (rich.against_truth - sum(rich)).abs())
        .number("E (h − y)² and bias² + variance + σ², apart", rich.difference.value.abs())
        .number("decomposition without noise", rich.against_truth - sum(rich))
        .figure(bias_variance::figure(&ask, &all)))
}

/// Training and validation error against complexity, rows and epochs.
pub(super) fn s58(case: &Case, _: &Context<'_>) -> Result<Found> {
    let (noise, repeats) = (case.number("noise")?, case.count("repeats")?);
    let study = |rows: usize, epochs: Option<u64>| {
        // What is not about epochs is trained to the end.
        let open = Open { activation: true, optimizer: epochs.is_none() };
        let source = Source::Drawn { noisy: Noisy::sine(noise), rows };
        let ask = Ask { epochs, ..Ask::default() };
        let machine = Machine::new(1);
        let mut study =
            Study { source, ask, repeats, machine, goal: None, subject: String::new(), tell: &|_, _| {} };
        study.settle(open);
        study
    };
    let try_rows = case.counts("try_rows")?;
    let most = try_rows.iter().copied().max().unwrap_or(0);
    let (rows, longest) = (case.count("rows")?, Some(case.count("epochs")? as u64));
    let widths = capacity::measure(&study(rows, None), &case.counts("try_hidden")?)?;
    let sizes = learning_curve::measure(&study(most, None), Some(&try_rows))?;
    let course = epochs::measure(&study(rows, longest))?;
    let (first, last) = (&widths[0], &widths[widths.len() - 1]);
    let (few, many) = (&sizes[0], &sizes[sizes.len() - 1]);
    let (early, late) = (&course.all[0], &course.all[course.all.len() - 1]);
    let mut panels = vec![
        capacity::panel(&study(rows, None), Kind::Numbers, &widths),
        learning_curve::panel(&study(most, None), Kind::Numbers, &sizes),
        epochs::panel(&course),
    ];
    for (panel, title) in panels.iter_mut().zip(["Complexity", "Size of the training part", "Training time"])
    {
        panel.title = title.into();
    }
    Ok(Found::new()
        .number("training error of the richest network, of the simplest", last.train.mean / first.train.mean)
        .number("gap of few rows", few.gap.mean)
        .number("gap of many rows", many.gap.mean.abs())
        .number("validation error of few rows, of that of many", few.valid.mean / many.valid.mean)
        .number("training loss at the end, of the beginning", late.train.mean / early.train.mean)
        .figure(Figure::new("Three ways to see overfitting", 3, panels)))
}

/// A file of this folder that holds one matrix or list.
fn numbers_of(text: &str) -> Result<toml::Table> {
    toml::from_str(text).map_err(|e| Error::bad_value("a file of lectures", e.message(), "sound TOML"))
}

fn number(table: &toml::Table, name: &str) -> f64 {
    let value = table.get(name);
    value.and_then(|v| v.as_float().or(v.as_integer().map(|i| i as f64))).unwrap_or(f64::NAN)
}

/// The confusion matrix of digit 5.
pub(super) fn s59(_: &Case, _: &Context<'_>) -> Result<Found> {
    let table = numbers_of(include_str!("../../../../testdata/lectures/S59.toml"))?;
    let counts =
        ["true_negatives", "false_positives", "false_negatives", "true_positives"].map(|n| number(&table, n));
    let confusion = Confusion::count(2, &[0, 0, 1, 1], &[0, 1, 0, 1], Some(&counts));
    let positive = confusion.per_class()[1];
    let percent = |x: f64| 100.0 * x;
    let (truth, probabilities) = (&[0, 0, 1, 1], Batch::new(&[], 0, 2));
    let rows = ClassRows { truth, probabilities, weights: Some(&counts), confusion: &confusion };
    let matthews = Metric::Mcc.of_classes(&rows).unwrap_or(f64::NAN);
    Ok(Found::new()
        .number("rows", confusion.total())
        .number("recall", percent(positive.recall))
        .number("precision", percent(positive.precision))
        .number("accuracy", percent(confusion.right() / confusion.total()))
        .number("F1", percent(positive.f1))
        .number("specificity", percent(positive.specificity))
        .number("Matthews' coefficient", matthews))
}

/// The mean over ten classes of the scores that a metric has, from the percentages of a file.
fn ten_classes(text: &str, metric: Metric) -> Result<f64> {
    let table = numbers_of(text)?;
    let percent: Vec<f64> = table
        .get("percent")
        .and_then(|v| v.as_array())
        .map_or(vec![], |all| all.iter().filter_map(toml::Value::as_float).collect());
    let (mut truth, mut decided, mut weights) = (vec![], vec![], vec![]);
    for (k, p) in (0..10u32).zip(&percent) {
        // A thousand rows of (recall) or decided for (precision) each digit; the wrong ones belong to the next.
        let next = (k + 1) % 10;
        let wrong = if metric == Metric::Recall { (k, next) } else { (next, k) };
        for ((t, d), w) in [((k, k), 10.0 * p), (wrong, 1000.0 - 10.0 * p)] {
            truth.push(t);
            decided.push(d);
            weights.push(w);
        }
    }
    let confusion = Confusion::count(10, &truth, &decided, Some(&weights));
    let probabilities = Batch::new(&[], 0, 10);
    let rows = ClassRows { truth: &truth, probabilities, weights: Some(&weights), confusion: &confusion };
    Ok(100.0 * metric.of_classes(&rows).unwrap_or(f64::NAN))
}

/// Recall of each class.
pub(super) fn s60(_: &Case, _: &Context<'_>) -> Result<Found> {
    let mean = ten_classes(include_str!("../../../../testdata/lectures/S60.toml"), Metric::Recall)?;
    Ok(Found::new().number("mean recall", mean))
}

/// Precision of each class; the table's digit 5 is not the worked example's.
pub(super) fn s61(case: &Case, context: &Context<'_>) -> Result<Found> {
    let mean = ten_classes(include_str!("../../../../testdata/lectures/S61.toml"), Metric::Precision)?;
    let worked = s59(case, context)?;
    let precision = worked.values.into_iter().find(|(name, _)| name == "precision").map(|(_, said)| said);
    let found = Found::new().number("mean precision of the table", mean);
    Ok(match precision {
        Some(super::Said::Number(p)) => found.number("precision of 5", p),
        _ => found,
    })
}

/// Precision and recall while the threshold moves.
pub(super) fn s62(case: &Case, _: &Context<'_>) -> Result<Found> {
    let data = plane("moons", case.count("rows")?, case.number("noise")?, 3)?;
    let rows = Rows { x: flat(&data.points), inputs: 2, y: Truth::Values(data.y.clone()) };
    let mut spec = Spec::new(&[2, 1], Activation::Linear, Loss::BinaryCrossEntropy);
    spec.learning_rate = 0.05;
    let (net, _) =
        Net::train(&spec, &rows, How { epochs: case.count("epochs")? as u64, batch: 20, seed: 0 })?;
    let truth: Vec<u32> = data.y.iter().map(|y| *y as u32).collect();
    let curve = threshold::curve(&net.outputs(&rows.x), &truth);
    let rises = curve.windows(2).filter(|w| w[1].recall > w[0].recall).count();
    let precise: Vec<f64> = curve.iter().filter_map(|p| p.precision).collect();
    let falls = precise.windows(2).filter(|w| w[1] < w[0]).count();
    Ok(Found::new()
        .number("times recall rises with the threshold", rises as f64)
        .number("times precision falls with the threshold", falls as f64)
        .number("recall at threshold 0", curve[0].recall)
        .number("precision at threshold 0", precise[0])
        .figure(threshold::figure(&curve)))
}

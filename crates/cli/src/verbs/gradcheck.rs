//! `ff gradcheck`.

use crate::args::{Gradcheck as Args, PartArg};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::verbs::sampled::{self, Sampled};
use crate::words::counted;
use crate::{ask, output, progress};
use feedforward::data::prepare::Want;
use feedforward::explain::Samples;
use feedforward::explain::gradcheck::{self, Finding, Options, Problem, Report, Verdict};
use feedforward::network::Layout;
use feedforward::training::model_file;
use feedforward::{Dice, Error, ErrorKind, Place, Purpose, Result};
use std::path::Path;
use std::process::ExitCode;

/// Check the gradients of a model, or of a network made from flags.
pub(crate) fn run(args: &Args) -> Outcome {
    for (flag, n) in [("--rows", args.rows), ("--each", args.each)] {
        if n == 0 {
            return Err(Error::bad_value(flag, 0, "at least 1").into());
        }
    }
    let problem = match (&args.layers, &args.model, &args.data) {
        (Some(layers), _, _) => made(args, layers)?,
        (None, Some(model), Some(data)) => of_model(args, model, data)?,
        (None, _, _) => unreachable!("the parser asks for a model and data unless there are layers"),
    };
    let options = Options { each: (!args.all).then_some(args.each), seed: args.reading.seed };
    let double = gradcheck::engine_gradient::<f64>;
    let single = gradcheck::engine_gradient::<f32>;
    let report = gradcheck::check(&problem, &double, Some(&single), options)?;
    if args.shared.json {
        output::print_json(&report)?;
    } else {
        output::print(&report.to_string())?;
    }
    verdict(&report)?;
    Ok(ExitCode::SUCCESS)
}

/// The network of the flags at random parameters, with random data.
fn made(args: &Args, layers: &str) -> Result<Problem> {
    let (spec, _, _) = ask::plan(layers, &args.network)?;
    spec.check()?;
    let (seed, dice) = (args.reading.seed, Dice::new(args.reading.seed));
    let layout = Layout::new(&spec);
    let mut theta = layout.to_reference(&layout.initial::<f64>(&spec, dice));
    // Biases start at 0, learned numbers all alike; others find more mistakes.
    for (l, layer) in (1..).zip(&mut theta) {
        let stream = dice.stream(Purpose::Experiment, &[4, l]);
        let numbers = layer.b.iter_mut().chain(&mut layer.own);
        numbers.zip(0..).for_each(|(x, i)| *x += 0.1 * stream.normal(i));
    }
    let samples = Samples::random(&spec, args.rows, dice);
    let title =
        format!("gradients of {} on {} of random data, seed {seed}", spec.shape(), counted(args.rows, "row"));
    Ok(Problem { title, spec, theta, samples })
}

/// A model on the first rows of a table.
fn of_model(args: &Args, path: &str, source: &str) -> Result<Problem> {
    let model = model_file::load(Path::new(path))?;
    let data = data::load(source, &args.reading, PartArg::Test, Expect::by(&model), args.shared.quiet)?;
    let rows = args.rows.min(data.table.rows);
    let title = format!("gradients of {path} on {} of {}", counted(rows, "row"), source);
    let rows: Vec<u64> = (1..=rows as u64).collect();
    let Sampled { spec, theta, samples, notes } =
        sampled::of(&model, (source, data.table), Want::Target, &rows)?;
    progress::notes(&notes, args.shared.quiet);
    Ok(Problem { title, spec, theta, samples })
}

/// The check as one that the user asked for.
fn verdict(report: &Report) -> Result<()> {
    let wrong = |x: &Finding| {
        let input = x.input.map_or(String::new(), |i| format!(", input {i}"));
        let what = format!("the gradient of {} of unit {}{input}", x.kind, x.unit);
        let (double, single) = (x.error > report.bound, x.single);
        let (value, bound) = if double {
            (x.gradient, report.bound)
        } else {
            (single.unwrap_or(x.gradient), report.single_bound)
        };
        let want = format!("{} within {bound:e}, as the differences say", x.difference);
        let kind = ErrorKind::CheckFailed { what, value: value.to_string(), want };
        Error::new(kind).at(Place::in_layer(x.layer))
    };
    let all: Vec<Error> = report.worst.iter().filter(|x| x.verdict == Verdict::Wrong).map(wrong).collect();
    Error::many(all)?;
    if report.holds {
        return Ok(());
    }
    let what = "the number of parameters of a layer that could be checked".to_string();
    let kind = ErrorKind::CheckFailed { what, value: "0".into(), want: "at least 1".into() };
    Err(Error::new(kind).hint("take other rows, or more with --rows"))
}

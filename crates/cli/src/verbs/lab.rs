//! `ff lab`.

mod overfitting;

use crate::args::Lab as Args;
use crate::failure::Outcome;
use crate::progress::Trainings;
use crate::report::On;
use crate::{ask, machine, output, picture, report};
use feedforward::lab::noisy::Noisy;
use feedforward::lab::{self, bias_variance, collapse, curse, manifold, planes, regions, universality};
use feedforward::training::Ask;
use feedforward::{Error, ErrorKind, Result};
use serde_json::json;
use std::ops::RangeInclusive;
use std::process::ExitCode;

/// All settings of a training, as one word in the lists below.
const SETTINGS: &str = "a setting of `ff train`";

/// The experiments, and the options that each has beside seed, threads and output.
const EXPERIMENTS: [(&str, &[&str]); 10] = [
    (BIAS_VARIANCE, &["--function", "--noise", "--rows", "--sets", "--widths", "--epochs"]),
    (LEARNING_CURVE, &["--sizes", OVERFITTING]),
    (CAPACITY, &["--widths", OVERFITTING]),
    (EPOCHS, &[OVERFITTING]),
    ("planes", &["--rows", "--epochs"]),
    ("collapse", &["--layers"]),
    ("universality", &["--function", "--widths", "--epochs"]),
    ("regions", &["--layers", "--folding"]),
    ("curse", &["--rows"]),
    ("manifold", &["--rows", "--epochs"]),
];
const BIAS_VARIANCE: &str = "bias-variance";
const LEARNING_CURVE: &str = "learning-curve";
const CAPACITY: &str = "capacity";
const EPOCHS: &str = "epochs";

/// What the three that measure errors have in common: stands for [`OVERFITTING_OPTIONS`].
const OVERFITTING: &str = "overfitting";
const OVERFITTING_OPTIONS: [&str; 10] = [
    "DATA",
    "--function",
    "--noise",
    "--rows",
    "--repeats",
    "--goal",
    "--validation",
    "--epochs",
    "--layers",
    SETTINGS,
];

/// Run an experiment: words or JSON to standard output, the picture to a file.
pub(crate) fn run(mut args: Args) -> Outcome {
    check_options(&mut args)?;
    if let Some(path) = &args.out {
        picture::check(path)?;
    }
    if let Some(path) = &args.report.report {
        report::check(path, args.data.as_deref().map(|d| ("the data", d)))?;
    }
    let (outcome, on) = match args.name.as_str() {
        LEARNING_CURVE | CAPACITY | EPOCHS => overfitting::run(&args)?,
        BIAS_VARIANCE => (experiment(&args)?, On::drawn(&noisy(&args)?)),
        _ => (experiment(&args)?, On::default()),
    };
    if let Some(path) = &args.out {
        picture::write(&outcome.figure, path)?;
    }
    let document = json!({
        "experiment": args.name, "seed": args.reading.seed, "picture": args.out, "results": outcome.numbers,
    });
    if let Some(path) = &args.report.report {
        report::write(&report::experiment(&outcome, document.clone(), args.reading.seed, on), path)?;
    }
    if args.shared.json {
        output::print_json(&document)?;
    } else {
        let mut text = format!("{}\n{}", outcome.figure.title, outcome.lines.join("\n"));
        if let Some(path) = args.out.as_ref().filter(|_| !args.shared.quiet) {
            text.push_str(&format!("\npicture in {path}"));
        }
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Options that an experiment does not have are refused, not ignored.
fn check_options(args: &mut Args) -> Result<()> {
    let known = EXPERIMENTS.iter().map(|e| e.0);
    let Some((name, options)) = EXPERIMENTS.iter().find(|e| e.0 == args.name) else {
        return Err(Error::unknown("experiment", &args.name, known));
    };
    let has = |option: &str| {
        options.contains(&option) || (options.contains(&OVERFITTING) && OVERFITTING_OPTIONS.contains(&option))
    };
    let conflict = |one: &str, other: String, why: &str| {
        Error::new(ErrorKind::Conflict { one: one.into(), other, why: why.into() })
    };
    let settings = !has(SETTINGS) && any_setting(args)?;
    let mut problems: Vec<Error> = given(args)
        .into_iter()
        .chain([(SETTINGS, settings)])
        .filter(|(option, given)| *given && !has(option))
        .map(|(option, _)| conflict(option, format!("`ff lab {name}`"), "it has no such setting"))
        .collect();
    if args.settings.layers.is_some() && args.folding.is_some() {
        problems.push(conflict("--layers", "--folding".into(), "each says which network it is"));
    }
    for (option, zero) in
        [("--rows", args.rows.is_some_and(|n| n < 4)), ("--epochs", args.settings.epochs == Some(0))]
    {
        if zero {
            let want = if option == "--rows" { "4 or more" } else { "1 or more" };
            let value = if option == "--rows" { args.rows.unwrap_or(0) } else { 0 };
            problems.push(Error::bad_value(option, value, want));
        }
    }
    if let Some(noise) = args.noise.filter(|n| !(0.0..=1000.0).contains(n)) {
        problems.push(Error::bad_value("--noise", noise, "between 0 and 1000"));
    }
    Error::many(problems)
}

/// The options that are given.
fn given(args: &Args) -> [(&'static str, bool); 13] {
    [
        ("DATA", args.data.is_some()),
        ("--function", args.function.is_some()),
        ("--noise", args.noise.is_some()),
        ("--rows", args.rows.is_some()),
        ("--sets", args.sets.is_some()),
        ("--repeats", args.repeats.is_some()),
        ("--sizes", args.sizes.is_some()),
        ("--widths", args.widths.is_some()),
        ("--goal", args.goal.is_some()),
        ("--validation", args.validation.is_some()),
        ("--layers", args.settings.layers.is_some()),
        ("--folding", args.folding.is_some()),
        ("--epochs", args.settings.epochs.is_some()),
    ]
}

/// Whether a setting of a training is given that is neither `--layers` nor `--epochs`.
fn any_setting(args: &mut Args) -> Result<bool> {
    // Here they are written in another way, or checked elsewhere.
    let (layers, epochs) = (args.settings.layers.take(), args.settings.epochs.take());
    let asked = ask::ask(&args.settings, None, args.reading.seed);
    (args.settings.layers, args.settings.epochs) = (layers, epochs);
    Ok(asked? != Ask { seed: args.reading.seed, ..Ask::default() })
}

fn experiment(args: &Args) -> Result<lab::Outcome> {
    let (rows, seed, epochs) = (args.rows.unwrap_or(200), args.reading.seed, args.settings.epochs);
    match args.name.as_str() {
        BIAS_VARIANCE => {
            let told = Trainings::new(args.shared.quiet);
            let ask = bias_variance::Ask {
                noisy: noisy(args)?,
                sets: args.sets.unwrap_or(bias_variance::SETS),
                points: args.rows.unwrap_or(bias_variance::POINTS),
                widths: widths(args)?.unwrap_or_else(|| bias_variance::WIDTHS.to_vec()),
                epochs: epochs.unwrap_or(bias_variance::ITERATIONS),
                seed,
                threads: machine::count(&args.threads)?,
            };
            bias_variance::run(&ask, &|done, all| told.tell(done, all))
        }
        "planes" => {
            let usual = planes::Planes::default();
            let epochs = epochs.unwrap_or(usual.epochs);
            planes::run(&planes::Planes { rows, epochs, seed, ..usual })
        }
        "collapse" => {
            let units = numbers("--layers", args.settings.layers.as_deref().unwrap_or("4-16-16-3"), '-', 2)?;
            collapse::run(&units, seed)
        }
        "universality" => universality::run(&universality::Ask {
            function: function(args)?,
            widths: numbers(
                "--widths",
                args.widths.as_deref().unwrap_or("1,2,4,8,16,32,64,128,256"),
                ',',
                1,
            )?,
            epochs: epochs.unwrap_or(2000),
            seed,
        }),
        "regions" => regions::run(&network(args)?, seed),
        "curse" => curse::run(rows, seed),
        _ => manifold::run(rows, epochs.unwrap_or(300), seed),
    }
}

/// `--function`.
fn function(args: &Args) -> Result<&'static universality::Function> {
    universality::Function::find(args.function.as_deref().unwrap_or("sin"))
}

/// What is drawn to be learned.
fn noisy(args: &Args) -> Result<Noisy> {
    Ok(Noisy { function: function(args)?, noise: args.noise.unwrap_or(0.3) })
}

/// `--widths`, where 0 is a straight line.
fn widths(args: &Args) -> Result<Option<Vec<usize>>> {
    args.widths.as_deref().map(|w| whole("--widths", w, ',', 0..=100_000)).transpose()
}

/// The network whose regions are counted.
fn network(args: &Args) -> Result<regions::Ask> {
    if let Some(layers) = &args.settings.layers {
        let units = numbers("--layers", layers, '-', 3)?;
        return match units.last() {
            Some(1) => Ok(regions::Ask::Random(units)),
            _ => Err(Error::bad_value("--layers", layers, "a network of one output, such as `2-8-8-1`")),
        };
    }
    let text = args.folding.as_deref().unwrap_or("2,2,8");
    let all = numbers("--folding", text, ',', 3)?;
    match all[..] {
        [d, l, n] => Ok(regions::Ask::Folding { d, l, n }),
        _ => Err(Error::bad_value("--folding", text, "inputs, hidden layers and units, such as `2,2,8`")),
    }
}

/// Numbers of 1 or more, at least `least` of them.
fn numbers(option: &str, text: &str, between: char, least: usize) -> Result<Vec<usize>> {
    let range = 1..=100_000;
    let all = whole(option, text, between, range.clone())?;
    if all.len() < least { Err(no_numbers(option, text, between, &range)) } else { Ok(all) }
}

/// Whole numbers of a range.
fn whole(option: &str, text: &str, between: char, range: RangeInclusive<usize>) -> Result<Vec<usize>> {
    let each = text.split(between).map(|n| n.trim().parse().ok().filter(|n| range.contains(n)));
    each.collect::<Option<_>>().ok_or_else(|| no_numbers(option, text, between, &range))
}

fn no_numbers(option: &str, text: &str, between: char, range: &RangeInclusive<usize>) -> Error {
    let example = if between == '-' { "2-8-8-1" } else { "1,4,16" };
    Error::bad_value(
        option,
        text,
        format!("whole numbers from {} to 100,000, such as `{example}`", range.start()),
    )
}

//! `ff lab`.

use crate::args::Lab as Args;
use crate::failure::Outcome;
use crate::{output, picture};
use feedforward::lab::{self, collapse, curse, manifold, planes, regions, universality};
use feedforward::{Error, ErrorKind, Result};
use serde_json::json;
use std::process::ExitCode;

/// The experiments, and the options that each has beside seed and output.
const EXPERIMENTS: [(&str, &[&str]); 6] = [
    ("planes", &["--rows", "--epochs"]),
    ("collapse", &["--layers"]),
    ("universality", &["--function", "--widths", "--epochs"]),
    ("regions", &["--layers", "--folding"]),
    ("curse", &["--rows"]),
    ("manifold", &["--rows", "--epochs"]),
];

/// Run an experiment: words or JSON to standard output, the picture to a file.
pub(crate) fn run(args: &Args) -> Outcome {
    check_options(args)?;
    if let Some(path) = &args.output {
        picture::check(path)?;
    }
    let outcome = experiment(args)?;
    if let Some(path) = &args.output {
        picture::write(&outcome.figure, path)?;
    }
    if args.shared.json {
        output::print_json(&json!({
            "experiment": args.name, "seed": args.seed, "picture": args.output, "results": outcome.numbers,
        }))?;
    } else {
        let mut text = format!("{}\n{}", outcome.figure.title, outcome.lines.join("\n"));
        if let Some(path) = args.output.as_ref().filter(|_| !args.shared.quiet) {
            text.push_str(&format!("\npicture in {path}"));
        }
        output::print(&text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Options that an experiment does not have are refused, not ignored.
fn check_options(args: &Args) -> Result<()> {
    let known = EXPERIMENTS.iter().map(|e| e.0);
    let Some((name, options)) = EXPERIMENTS.iter().find(|e| e.0 == args.name) else {
        return Err(Error::unknown("experiment", &args.name, known));
    };
    let given = [
        ("--function", args.function.is_some()),
        ("--widths", args.widths.is_some()),
        ("--layers", args.layers.is_some()),
        ("--folding", args.folding.is_some()),
        ("--rows", args.rows.is_some()),
        ("--epochs", args.epochs.is_some()),
    ];
    let conflict = |one: &str, other: String, why: &str| {
        Error::new(ErrorKind::Conflict { one: one.into(), other, why: why.into() })
    };
    let mut problems: Vec<Error> = given
        .iter()
        .filter(|(option, given)| *given && !options.contains(option))
        .map(|(option, _)| conflict(option, format!("`ff lab {name}`"), "it has no such setting"))
        .collect();
    if args.layers.is_some() && args.folding.is_some() {
        problems.push(conflict("--layers", "--folding".into(), "each says which network it is"));
    }
    for (option, zero) in [("--rows", args.rows.is_some_and(|n| n < 4)), ("--epochs", args.epochs == Some(0))]
    {
        if zero {
            let want = if option == "--rows" { "4 or more" } else { "1 or more" };
            let value = if option == "--rows" { args.rows.unwrap_or(0) } else { 0 };
            problems.push(Error::bad_value(option, value, want));
        }
    }
    Error::many(problems)
}

fn experiment(args: &Args) -> Result<lab::Outcome> {
    let rows = args.rows.unwrap_or(200);
    match args.name.as_str() {
        "planes" => {
            let usual = planes::Planes::default();
            let epochs = args.epochs.unwrap_or(usual.epochs);
            planes::run(&planes::Planes { rows, epochs, seed: args.seed, ..usual })
        }
        "collapse" => {
            let units = numbers("--layers", args.layers.as_deref().unwrap_or("4-16-16-3"), '-', 2)?;
            collapse::run(&units, args.seed)
        }
        "universality" => universality::run(&universality::Ask {
            function: universality::Function::find(args.function.as_deref().unwrap_or("sin"))?,
            widths: numbers(
                "--widths",
                args.widths.as_deref().unwrap_or("1,2,4,8,16,32,64,128,256"),
                ',',
                1,
            )?,
            epochs: args.epochs.unwrap_or(2000),
            seed: args.seed,
        }),
        "regions" => regions::run(&network(args)?, args.seed),
        "curse" => curse::run(rows, args.seed),
        _ => manifold::run(rows, args.epochs.unwrap_or(300), args.seed),
    }
}

/// The network whose regions are counted.
fn network(args: &Args) -> Result<regions::Ask> {
    if let Some(layers) = &args.layers {
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
    let all: Option<Vec<usize>> =
        text.split(between).map(|n| n.trim().parse().ok().filter(|n| (1..=100_000).contains(n))).collect();
    all.filter(|all| all.len() >= least).ok_or_else(|| {
        let example = if between == '-' { "2-8-8-1" } else { "1,4,16" };
        Error::bad_value(option, text, format!("whole numbers from 1 to 100,000, such as `{example}`"))
    })
}

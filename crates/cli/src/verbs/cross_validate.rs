//! `ff cross-validate`.

mod predictions;
mod text;
mod watch;

use crate::args::{CrossValidate as Args, PartArg};
use crate::data::{self, Data, Expect};
use crate::failure::Outcome;
use crate::output::Sink;
use crate::tell::tell;
use crate::verbs::train::no_target;
use crate::{ask, machine, output, overwrite, progress, report};
use feedforward::data::table::Table;
use feedforward::selection::{How, News, cross_validate};
use feedforward::training::{self, Ask, Event, Machine, Precision};
use feedforward::{Error, Result};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use watch::Watch;

/// Cross-validate.
pub(crate) fn run(args: &Args) -> Outcome {
    let mut ask = ask::ask(&args.settings, args.validation, args.reading.seed)?;
    let how = How {
        folds: args.folds,
        repeats: args.repeats,
        seed: args.reading.seed,
        stratified: args.stratify.unwrap_or(true),
    };
    let machine = machine::machine(&args.threads)?;
    check_output(args)?;
    let expect = Expect { double: ask.precision == Precision::F64, ..Expect::of(&ask.roles) };
    let Data { table, target } =
        data::load(&args.data, &args.reading, PartArg::Train, expect, args.shared.quiet)?;
    if ask.roles.target.is_empty() {
        ask.roles.target = vec![target.ok_or_else(|| no_target(&table))?];
    }
    if args.dry_run {
        preview(args, &table, &ask, &how, machine)
    } else {
        judge(args, &table, &ask, &how, machine)
    }
}

/// A place that cannot be written to is refused before the work.
fn check_output(args: &Args) -> Result<()> {
    let settings = args.shared.config.as_deref().map(|c| ("the settings", c));
    let read = || [("the data", &*args.data)].into_iter().chain(settings);
    if let Some(path) = args.report.report.as_ref().filter(|_| !args.dry_run) {
        report::check(path, read())?;
    }
    let Some(out) = &args.predictions else { return Ok(()) };
    if out == "-" {
        let e = Error::bad_value("--predictions", out, "the name of a file");
        return Err(e.hint("the result itself goes to standard output"));
    }
    let out = Path::new(out);
    let elsewhere = |e: Error| e.hint("name another place with `--predictions`");
    overwrite::none_of("the predictions", out, read()).map_err(elsewhere)?;
    if !args.dry_run {
        output::check_writable(out)?;
        overwrite::no_model(out).map_err(elsewhere)?;
    }
    Ok(())
}

fn preview(args: &Args, table: &Table, ask: &Ask, how: &How, machine: Machine) -> Outcome {
    let rounds = how.rounds(table, &ask.roles)?;
    let first = table.pick(&rounds[0].rows.train)?;
    let chosen = training::preview(&first, None, ask, machine)?;
    progress::notes(&chosen.notes, args.shared.quiet);
    if args.shared.json {
        let fold = |r: &feedforward::selection::Round| {
            json!({
                "repeat": r.repeat,
                "fold": r.fold,
                "train_rows": r.rows.train.len(),
                "test_rows": r.rows.test.len(),
            })
        };
        let folds: Vec<_> = rounds.iter().map(fold).collect();
        output::print_json(&json!({ "how": how, "ask": ask, "first_fold": chosen.ask, "folds": folds }))?;
    } else {
        let folds = text::rounds(how, &rounds);
        output::print(&format!("{}\n\n{folds}", text::intention(&args.data, table.rows, how, &chosen)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn judge(args: &Args, table: &Table, ask: &Ask, how: &How, machine: Machine) -> Outcome {
    let (json, quiet) = (args.shared.json, args.shared.quiet);
    let mut watch = Watch::new(how, quiet);
    let mut printed = Ok(());
    let begun = Instant::now();
    let found = cross_validate(table, ask, how, machine, &mut |news| {
        if let (News::Training { round: 0, event: Event::Start(chosen), .. }, false) = (&news, json || quiet)
        {
            printed = output::print(&format!("{}\n", text::intention(&args.data, table.rows, how, chosen)));
        }
        watch.tell(&news)
    });
    drop(watch);
    let found = found?;
    if !quiet {
        found.notes.iter().for_each(|n| tell!("note: {n}"));
        tell!("{} done in {}", text::folds(found.folds.len()), progress::duration(begun.elapsed()));
    }
    // Whoever closed standard output still gets the predictions.
    if let (Some(out), false) = (&args.predictions, found.folds.is_empty()) {
        let truths = predictions::truths(&found, table)?;
        Sink::open(out)?.fill(|out| predictions::write(out, &found, table, &truths))?;
    }
    if let Some(path) = &args.report.report {
        report::write(&report::cross_validated(&found, (&args.data, table))?, path)?;
    }
    printed?;
    if json {
        output::print_json(&found)?;
    } else {
        output::print(text::result(&found, quiet).trim_end())?;
    }
    Ok(if found.interrupted { ExitCode::from(130) } else { ExitCode::SUCCESS })
}

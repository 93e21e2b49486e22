//! `ff tune`.

mod space;
mod text;
mod watch;

use crate::args::{Cli, PartArg, SearchArg, Tune as Args, Verb};
use crate::data::{self, Data, Expect};
use crate::failure::{self, Outcome};
use crate::tell::tell;
use crate::{args, ask, machine, output, overwrite, progress, report};
use clap::{ArgMatches, Parser};
use feedforward::data::prepare::{self, Note};
use feedforward::data::source;
use feedforward::selection::tune::{By, Flag, Found, Judge, Parts, Request, Search, Test, tune};
use feedforward::training::ask::Ask;
use feedforward::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::process::ExitCode;
use watch::Watch;

/// Share of the rows that judges the winner, and share of the others that judges trials.
const USUAL_SHARE: f64 = 0.2;

/// Search for the best settings.
pub(crate) fn run(args: &Args, typed: &ArgMatches) -> Outcome {
    let quiet = args.shared.quiet;
    let machine = machine::machine(&args.threads)?;
    let by = args.metric.as_deref().map_or(Ok(By::default()), str::parse)?;
    let mut fixed = args::given(typed);
    let space = space::read(args.space.as_deref(), &fixed)?;
    let Rows { parts, target, counters } = rows(args)?;
    leave_out(&mut fixed, &counters);
    let notes: Vec<Note> = counters.into_iter().map(|column| Note::Counter { column }).collect();
    progress::notes(&notes, quiet);
    let of = |flags: &[Flag]| asked(flags, target.as_deref());
    let request = Request {
        space,
        search: match args.search {
            None | Some(SearchArg::Random) => Search::Random,
            Some(SearchArg::Grid) => Search::Grid,
            Some(SearchArg::Halving) => Search::Halving,
        },
        trials: args.trials,
        judge: args.folds.map_or(Judge::Validation(args.validation.unwrap_or(USUAL_SHARE)), Judge::Folds),
        by,
        seed: args.reading.seed,
        fixed,
        ask: &of,
    };
    let folder =
        args.out.as_ref().map_or_else(|| data::model_path(&args.data).with_extension("tune"), PathBuf::from);
    if args.dry_run {
        let planned = request.plan(&parts, machine)?;
        progress::notes(&planned.chosen.notes, quiet);
        match args.shared.json {
            true => output::print_json(&text::plan_json(&request, &planned, &parts))?,
            false => output::print(&text::plan(&args.data, &request, &planned, &parts))?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let journal = folder.join(feedforward::selection::tune::journal::JOURNAL);
    let read = [
        ("the data", Some(&args.data)),
        ("the test rows", args.test.as_ref()),
        ("the space", args.space.as_ref()),
    ];
    overwrite::none_of(
        "the journal",
        &journal,
        read.into_iter().filter_map(|(what, name)| Some((what, name?.as_str()))),
    )?;
    if let Some(path) = &args.report.report {
        report::check(path, read.into_iter().filter_map(|(what, name)| Some((what, name?.as_str()))))?;
    }
    progress::listen_for_interrupts();
    let mut watch = Watch::new(&request, quiet);
    let found =
        tune(&parts, &request, machine, &folder, &mut |news| watch.tell(news), &progress::interrupted)?;
    drop(watch);
    match found {
        Found::Interrupted { done, total } => {
            tell!("interrupted after {done} of {total} trials; the same command goes on from there");
            return Ok(ExitCode::from(130));
        }
        Found::Tuning { tuning, again } => {
            let shared = args.test.is_none() && tuning.test_rows > 0;
            let context =
                text::Context { data: &args.data, shared, folder: &folder, reading: &args.reading.text };
            if let Some(path) = &args.report.report {
                report::write(&report::tuned(&tuning, &args.data, text::next(&context)), path)?;
            }
            if args.shared.json {
                output::print_json(&tuning)?;
            } else {
                output::print(&format!("{}{}", text::found(&tuning, again), text::files(&context, quiet)))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Columns that no trial gets, as one more word of `--ignore`.
fn leave_out(fixed: &mut Vec<Flag>, columns: &[String]) {
    if columns.is_empty() {
        return;
    }
    match fixed.iter_mut().find(|(name, _)| name == "ignore") {
        Some((_, ignored)) => *ignored = format!("{ignored},{}", columns.join(",")),
        None => fixed.push(("ignore".into(), columns.join(","))),
    }
}

/// What a search has to go on.
struct Rows {
    parts: Parts,
    /// The data's own target.
    target: Option<String>,
    /// Columns that only number the rows of the data: of the parts one could not tell.
    counters: Vec<String>,
}

fn rows(args: &Args) -> Result<Rows> {
    let seed = args.reading.seed;
    let mut roles = ask::roles(&args.settings);
    let double = args.settings.network.precision.as_deref() == Some("f64");
    let quiet = args.shared.quiet;
    let expect = Expect { double, ..Expect::of(&roles) };
    let Data { table, target } = data::load(&args.data, &args.reading, PartArg::Train, expect, quiet)?;
    if roles.target.is_empty() {
        roles.target = vec![target.clone().ok_or_else(|| super::train::no_target(&table))?];
    }
    let test = match (&args.test, args.test_share.unwrap_or(USUAL_SHARE)) {
        (Some(file), _) => {
            let expect = Expect { kinds: source::kinds(&table), double, ..Expect::default() };
            Test::Table(data::load(file, &args.reading, PartArg::Test, expect, quiet)?.table)
        }
        (None, 0.0) => Test::None,
        (None, share) => Test::Share(share),
    };
    let counters = prepare::counters(&table, &roles)?;
    let mut parts = Parts::new(table, test, &roles, seed)?;
    // Trials run side by side.
    let threads = machine::machine(&args.threads)?.threads;
    parts.rest.limit = parts.rest.limit.map(|limit| limit.shared_by(threads));
    Ok(Rows { parts, target, counters })
}

/// What flags of `ff train` ask of data that has its own target, perhaps.
fn asked(flags: &[Flag], target: Option<&str>) -> Result<Ask> {
    let words = flags.iter().map(|(name, value)| format!("--{name}={value}"));
    let line = ["ff".to_string(), "train".into()].into_iter().chain(words);
    let train = match Cli::try_parse_from(line) {
        Ok(Cli { verb: Verb::Train(train) }) => train,
        Ok(_) => unreachable!("the line says train"),
        Err(e) => return Err(failure::bad_value(&e).unwrap_or_else(|| not_parsed(&e, flags))),
    };
    let mut ask = ask::ask(&train.settings, train.validation, train.reading.seed)?;
    if let (true, Some(target)) = (ask.roles.target.is_empty(), target) {
        ask.roles.target = vec![target.into()];
    }
    Ok(ask)
}

/// What the parser says in words of its own.
fn not_parsed(e: &clap::Error, flags: &[Flag]) -> Error {
    let text = e.render().to_string();
    let why = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string();
    let one = format!("a trial with{}", text::flags(flags));
    Error::new(ErrorKind::Conflict { one, other: "`ff train`".into(), why })
}

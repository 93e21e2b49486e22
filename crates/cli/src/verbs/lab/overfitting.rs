//! `ff lab learning-curve`, `capacity` and `epochs`: on drawn rows, or on the user's.

use super::{CAPACITY, LEARNING_CURVE, noisy, whole, widths};
use crate::args::{Lab as Args, PartArg};
use crate::data::{self, Data, Expect};
use crate::progress::{self, Trainings};
use crate::report::On;
use crate::verbs::train::no_target;
use crate::words::quoted;
use crate::{ask, machine};
use feedforward::data::prepare::Target;
use feedforward::data::table::Table;
use feedforward::lab::trials::{Open, Source, Study};
use feedforward::lab::{Outcome, capacity, epochs, learning_curve};
use feedforward::training::{self, Ask, Precision};
use feedforward::{Error, ErrorKind, Result};

/// Training rows that are drawn.
const ROWS: usize = 30;
const ROWS_OF_CURVE: usize = 480;
/// Repeats, on drawn rows and on a table.
const REPEATS: usize = 30;
const REPEATS_OF_TABLE: usize = 5;
/// The share of a table that is kept for validation.
const SHARE: f64 = 0.2;

/// Measure and diagnose.
pub(super) fn run(args: &Args) -> Result<(Outcome, On)> {
    let mut ask = ask::ask(&args.settings, None, args.reading.seed)?;
    if args.name == CAPACITY {
        capacity::check(ask.layers.as_deref())?;
    }
    let (table, on) = match args.data.as_deref().map(|data| load(args, data, &mut ask)).transpose()? {
        Some((table, on)) => (Some(table), on),
        None => (None, On::drawn(&noisy(args)?)),
    };
    let told = Trainings::new(args.shared.quiet);
    let tell = |done: usize, all: usize| told.tell(done, all);
    let mut study = Study {
        source: source(args, table.as_ref())?,
        repeats: args.repeats.unwrap_or(if table.is_some() { REPEATS_OF_TABLE } else { REPEATS }),
        machine: machine::machine(&args.threads)?,
        goal: args.goal,
        subject: subject(args, &ask),
        ask,
        tell: &tell,
    };
    let network = &args.settings.network;
    let own = network.optimizer.is_none() && network.learning_rate.is_none() && network.batch_size.is_none();
    study.settle(Open {
        activation: network.activation.is_none(),
        optimizer: own
            && network.schedule.is_none()
            && matches!(args.name.as_str(), LEARNING_CURVE | CAPACITY),
    });
    let outcome = match args.name.as_str() {
        LEARNING_CURVE => {
            let sizes =
                args.sizes.as_deref().map(|s| whole("--sizes", s, ',', 1..=usize::MAX)).transpose()?;
            learning_curve::run(&study, sizes.as_deref())
        }
        CAPACITY => capacity::run(&study, widths(args)?.as_deref()),
        _ => epochs::run(&study),
    }?;
    Ok((outcome, on))
}

/// The user's rows, and what a report says of them; the target goes into the request.
fn load(args: &Args, data: &str, ask: &mut Ask) -> Result<(Table, On)> {
    let quiet = args.shared.quiet;
    let drawn = [
        ("--function", args.function.is_some()),
        ("--noise", args.noise.is_some()),
        ("--rows", args.rows.is_some()),
    ];
    let conflict = |(one, _): (&str, bool)| {
        let why = "the rows are not drawn";
        Error::new(ErrorKind::Conflict { one: one.into(), other: format!("DATA {data}"), why: why.into() })
    };
    Error::many(drawn.into_iter().filter(|d| d.1).map(conflict).collect())?;
    let expect = Expect { double: ask.precision == Precision::F64, ..Expect::of(&ask.roles) };
    let Data { table, target } = data::load(data, &args.reading, PartArg::Train, expect, quiet)?;
    if ask.roles.target.is_empty() {
        ask.roles.target = vec![target.ok_or_else(|| no_target(&table))?];
    }
    let chosen = training::preview(&table, None, ask, machine::machine(&args.threads)?)?;
    progress::notes(&chosen.notes, quiet);
    let names = match &chosen.preparation.target {
        Target::Classes { column, .. } => column.clone(),
        Target::Numbers { columns } => columns.iter().map(|c| &*c.name).collect::<Vec<_>>().join(", "),
    };
    let on = On::table(data, &names, &table, chosen.notes.iter().map(ToString::to_string).collect())?;
    Ok((table, on))
}

fn source<'t>(args: &Args, table: Option<&'t Table>) -> Result<Source<'t>> {
    let Some(table) = table else {
        let usual = if args.name == LEARNING_CURVE { ROWS_OF_CURVE } else { ROWS };
        return match args.validation {
            None => Ok(Source::Drawn { noisy: noisy(args)?, rows: args.rows.unwrap_or(usual) }),
            Some(_) => Err(Error::new(ErrorKind::Conflict {
                one: "--validation".into(),
                other: "drawn rows".into(),
                why: "fresh rows are drawn to validate on".into(),
            })),
        };
    };
    Ok(Source::Table { table, share: args.validation.unwrap_or(SHARE) })
}

/// The data and what is learned from it, for the commands that are proposed.
fn subject(args: &Args, ask: &Ask) -> String {
    let Some(data) = &args.data else {
        let function = args.function.as_ref().map(|f| format!(" --function {f}"));
        let noise = args.noise.map(|n| format!(" --noise {n}"));
        return [function, noise].into_iter().flatten().collect();
    };
    let target = match args.settings.target.is_empty() {
        true => String::new(),
        false => format!(" --target={}", quoted(&ask.roles.target.join(","))),
    };
    format!(" {}{target}{}", quoted(data), args.reading.text.again())
}

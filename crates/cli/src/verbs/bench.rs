//! `ff bench`.

mod data;
pub(crate) mod machine;
mod measure;
mod report;

use crate::args::Bench as Args;
use crate::failure::Outcome;
use crate::tell::tell;
use crate::words::{counted, grouped};
use crate::{ask, machine as choice, output};
use feedforward::kernels::Element;
use feedforward::network::{Parameters, Plan, Spec};
use feedforward::training::Machine;
use feedforward::training::ask::Precision;
use feedforward::{Dice, Error, Result};
use machine::Limits;
use report::Report;
use std::process::ExitCode;

/// Rows unless they are given.
const ROWS: usize = 60_000;
/// Data are not larger than this unless their rows are given.
const DATA_BYTES: u128 = 256 << 20;
/// An epoch takes no more floating-point operations than this unless rows are given: some seconds.
const EPOCH_FLOPS: u64 = 200_000_000_000;

/// Measure how fast a network trains and predicts.
pub(crate) fn run(args: &Args) -> Outcome {
    let (spec, batch, precision) = ask::plan(&args.layers, &args.network)?;
    let machine = choice::machine(&args.threads)?;
    let report = match precision {
        Precision::F32 => measure_in::<f32>(args, spec, batch, machine),
        Precision::F64 => measure_in::<f64>(args, spec, batch, machine),
    }?;
    if args.shared.json {
        output::print_json(&report.to_json())?;
    } else {
        output::print(&report.to_text())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn measure_in<T: Element>(args: &Args, spec: Spec, batch: usize, machine: Machine) -> Result<Report> {
    let tell = |what: &str| {
        if !args.shared.quiet {
            tell!("{what}");
        }
    };
    let (plan, rows) = check(args, &spec, batch, machine.threads, T::BYTES)?;
    tell("measuring the machine");
    let limits = Limits::measure::<T>(&plan, machine.arch, machine.threads)?;
    let kernels = machine.kernels::<T>(&plan)?;
    let table = data::random(&spec, rows, &kernels);
    let (trained, parts, theta) = if args.predict_only {
        (None, Vec::new(), Parameters::initial(&plan, Dice::new(0)).theta)
    } else {
        let epochs = counted(args.epochs, "timed epoch");
        tell(&format!("training on {} random rows: one epoch to warm up, {epochs}", grouped(rows)));
        let (times, theta) = measure::epochs(&plan, &kernels, &table, args.epochs)?;
        (Some(times), measure::parts(&plan, &kernels, &table, theta.clone()), theta)
    };
    tell("predicting");
    let answers = measure::answers(&spec, machine, plan.batch(), table, &theta)?;
    Ok(Report { plan, precision: T::NAME, width: T::BYTES, machine, rows, limits, trained, parts, answers })
}

/// The plan, and the number of rows, if they can be.
fn check(args: &Args, spec: &Spec, batch: usize, threads: usize, width: usize) -> Result<(Plan, usize)> {
    let mut problems = Vec::new();
    if args.epochs == 0 {
        problems.push(Error::bad_value("--epochs", 0, "at least 1"));
    }
    if args.rows.is_some_and(|n| n == 0 || n > u32::MAX as usize) {
        let want = format!("a whole number from 1 to {}", u32::MAX);
        problems.push(Error::bad_value("--rows", args.rows.unwrap_or(0), want));
    }
    if spec.optimizer.is_search() {
        let e = Error::bad_value(
            "--optimizer",
            spec.optimizer.name(),
            "a rule: a search takes no steps on mini-batches",
        );
        problems.push(e.hint("bench with `--optimizer adam`, for example"));
    }
    problems.extend(Plan::new(spec, batch, threads).err());
    Error::many(problems)?;
    // The network alone first: what follows multiplies its sizes.
    let parameters = spec.parameters() as u128 * (1 + spec.optimizer.slots() as u128) * width as u128;
    machine::check_memory(parameters)?;
    let rows = args.rows.unwrap_or_else(|| usual_rows(spec, batch, width));
    let plan = Plan::new(spec, batch.min(rows), threads)?;
    // Measuring the bandwidth holds θ and slots a second time, but before there are data.
    machine::check_memory(plan.bytes(width).total() as u128 + data::bytes(spec, rows, width))?;
    Ok((plan, rows))
}

/// So many rows that data and epochs stay small, and two batches at least.
fn usual_rows(spec: &Spec, batch: usize, width: usize) -> usize {
    let by_memory = DATA_BYTES / data::bytes(spec, 1, width).max(1);
    let by_time = EPOCH_FLOPS / (6 * spec.parameters() as u64).max(1);
    let most = by_memory.min(u128::from(by_time)) as usize;
    most.max(batch.saturating_mul(2)).min(ROWS)
}

//! One file per verb.

mod bench;
mod cross_validate;
mod describe;
mod diff;
mod evaluate;
mod gradcheck;
mod inspect;
mod lab;
mod lecture;
mod plan;
mod predict;
mod resume;
mod sampled;
mod shell;
mod split;
mod threshold;
mod trace;
mod train;
mod tune;
mod verify;

use crate::args::Verb;
use crate::failure::Outcome;
use clap::ArgMatches;

/// Do what was asked; `typed` tells what of it is no default.
pub(crate) fn run(verb: Verb, typed: &ArgMatches) -> Outcome {
    match verb {
        Verb::Describe(args) => describe::run(&args),
        Verb::Split(args) => split::run(&args),
        Verb::Train(args) => train::run(&args, typed),
        Verb::Resume(args) => resume::run(args),
        Verb::Tune(args) => tune::run(&args, typed),
        Verb::Predict(args) => predict::run(&args),
        Verb::Evaluate(args) => evaluate::run(&args),
        Verb::CrossValidate(args) => cross_validate::run(&args),
        Verb::Inspect(args) => inspect::run(&args),
        Verb::Diff(args) => diff::run(&args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Plan(args) => plan::run(&args),
        Verb::Trace(args) => trace::run(&args),
        Verb::Gradcheck(args) => gradcheck::run(&args),
        Verb::Bench(args) => bench::run(&args),
        Verb::Lab(args) => lab::run(*args),
        Verb::Lecture(args) => lecture::run(&args),
        Verb::Completions(args) => shell::completions(&args),
        Verb::Man(args) => shell::man(&args),
    }
}

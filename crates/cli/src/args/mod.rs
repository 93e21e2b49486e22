//! The one definition of the command line: parser, help, man pages and completions come from it.
//!
//! These structs hold what was typed; [`crate::ask`] turns it into what the libraries understand.

mod bench;
mod cross_validate;
mod describe;
mod evaluate;
mod gradcheck;
mod inspect;
mod lab;
mod lecture;
mod network;
mod plan;
mod predict;
mod reading;
mod resume;
mod shell;
mod split;
mod trace;
mod train;
mod tune;
mod verify;

pub(crate) use bench::Bench;
pub(crate) use cross_validate::CrossValidate;
pub(crate) use describe::Describe;
pub(crate) use evaluate::Evaluate;
pub(crate) use gradcheck::Gradcheck;
pub(crate) use inspect::Inspect;
pub(crate) use lab::Lab;
pub(crate) use lecture::{ActionArg, Lecture};
pub(crate) use network::Network;
pub(crate) use plan::Plan;
pub(crate) use predict::{Predict, UnseenArg};
pub(crate) use reading::{HeaderArg, Memory, PartArg, Reading, Text};
pub(crate) use resume::Resume;
pub(crate) use shell::{Completions, Man};
pub(crate) use split::Split;
pub(crate) use trace::{FormatArg, Trace};
pub(crate) use train::{Columns, ScalingArg, Settings, TaskArg, Train};
pub(crate) use tune::{SearchArg, Tune};
pub(crate) use verify::{Diff, Verify};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, CommandFactory, Parser, Subcommand};
use feedforward::data::generated::SETS;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "ff",
    version,
    about = "The complete multilayer perceptron: train, judge and use neural networks on tables and images",
    after_long_help = after(),
    max_term_width = 100,
    // The last word counts, as everywhere where scripts add flags.
    args_override_self = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What stands below the list of verbs.
fn after() -> String {
    let sets = names(SETS.iter().map(|s| s.name));
    format!(
        "Data: CSV or TSV (.gz too), Parquet, NPY, NPZ, IDX files and folders, `-` for standard input, and sets \
         drawn by the program: {sets} (`moons:rows=500,noise=0.1`).\n\n\
         Exit codes: 0 done, 1 a check failed, 2 usage, 3 data, 4 training diverged, 5 damaged model file, 130 \
         interrupted with the model saved.\n\n\
         Environment: FEEDFORWARD_ARCH=scalar|avx2|avx512|neon chooses the instructions (the results are the \
         same); NO_COLOR switches colours off.\n\n\
         Examples:\n  ff train\n  ff train moons --out moons.ff\n  ff evaluate moons.ff moons\n  ff inspect moons.ff"
    )
}

/// What `ff` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Describe(Describe),
    Split(Split),
    Train(Box<Train>),
    Resume(Resume),
    Tune(Box<Tune>),
    Predict(Predict),
    Evaluate(Evaluate),
    CrossValidate(Box<CrossValidate>),
    Inspect(Inspect),
    Diff(Diff),
    Verify(Verify),
    Plan(Plan),
    Trace(Box<Trace>),
    Gradcheck(Box<Gradcheck>),
    Bench(Bench),
    Lab(Box<Lab>),
    Lecture(Lecture),
    Completions(Completions),
    Man(Man),
}

impl Verb {
    /// Whether errors are to be written as JSON.
    pub(crate) fn json(&self) -> bool {
        match self {
            Verb::Describe(v) => v.shared.json,
            Verb::Split(v) => v.shared.json,
            Verb::Train(v) => v.shared.json,
            Verb::Resume(v) => v.shared.json,
            Verb::Tune(v) => v.shared.json,
            Verb::Predict(v) => v.shared.json,
            Verb::Evaluate(v) => v.shared.json,
            Verb::CrossValidate(v) => v.shared.json,
            Verb::Inspect(v) => v.shared.json,
            Verb::Diff(v) => v.shared.json,
            Verb::Verify(v) => v.shared.json,
            Verb::Plan(v) => v.shared.json,
            Verb::Trace(v) => v.shared.json || v.format == Some(FormatArg::Json),
            Verb::Gradcheck(v) => v.shared.json,
            Verb::Bench(v) => v.shared.json,
            Verb::Lab(v) => v.shared.json,
            Verb::Lecture(v) => v.shared.json,
            Verb::Completions(_) | Verb::Man(_) => false,
        }
    }
}

/// The heading of flags that have nothing to do with data or networks.
const COMMON: &str = "Common";

/// Flags of every verb.
#[derive(Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct Shared {
    /// Take settings from this TOML file (`learning-rate = 0.01`); the command line wins
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) config: Option<String>,
    /// Write the result as one JSON document, and an error as JSON to standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Print results only: no plan, no progress, no notes
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// The machine.
#[derive(Debug, Args)]
#[command(next_help_heading = COMMON)]
pub(crate) struct Threads {
    /// Threads [default: all cores]; no result depends on it
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

/// The report.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// Write a report too: one HTML page with all results and pictures, for people
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub(crate) report: Option<String>,
}

/// The settings of a training run that were given, on the command line or in its `--config` file: long names and values.
pub(crate) fn given(matches: &ArgMatches) -> Vec<(String, String)> {
    let Some((_, set)) = matches.subcommand() else { return Vec::new() };
    let settings = Settings::augment_args(Command::new("settings"));
    let value = |arg: &Arg| {
        let id = arg.get_id().as_str();
        let typed = set.value_source(id) == Some(ValueSource::CommandLine);
        let words = set.get_raw(id).filter(|_| typed)?.map(|word| word.to_string_lossy());
        Some((arg.get_long()?.to_string(), words.collect::<Vec<_>>().join(",")))
    };
    settings.get_arguments().filter_map(value).collect()
}

/// The words of the verb's command line as flags with their values, then `--` and its arguments; `but` names flags that
/// are left out.
pub(crate) fn words(matches: &ArgMatches, but: &[&str]) -> Vec<String> {
    let ff = Cli::command();
    let Some((verb, set)) = matches.subcommand() else { return Vec::new() };
    let Some(command) = ff.find_subcommand(verb) else { return Vec::new() };
    let (mut words, mut rest) = (Vec::new(), Vec::new());
    for arg in command.get_arguments() {
        let id = arg.get_id().as_str();
        if set.value_source(id) != Some(ValueSource::CommandLine) {
            continue;
        }
        let values = set.get_raw(id).into_iter().flatten().map(|v| v.to_string_lossy());
        match arg.get_long() {
            Some(long) if but.contains(&long) => {}
            Some(long) if matches!(arg.get_action(), ArgAction::SetTrue) => words.push(format!("--{long}")),
            Some(long) => words.push(format!("--{long}={}", values.collect::<Vec<_>>().join(","))),
            None => rest.extend(values.map(String::from)),
        }
    }
    if !rest.is_empty() {
        words.push("--".into());
    }
    words.into_iter().chain(rest).collect()
}

/// The long names of all settings of a training run.
pub(crate) fn settings() -> Vec<String> {
    let settings = Settings::augment_args(Command::new("settings"));
    settings.get_arguments().filter_map(|arg| arg.get_long()).map(String::from).collect()
}

/// Names as `a, b, c`, for help texts.
fn names(all: impl IntoIterator<Item = &'static str>) -> String {
    all.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn words_say_the_same_again() {
        let typed = [
            "ff",
            "train",
            "a b.csv",
            "--target",
            "x,y",
            "--target=-1",
            "--layers",
            "",
            "--missing=,a,b",
            "--refit",
            "--quiet",
            "--threads=3",
            "-o",
            "m.ff",
            "--seed",
            "7",
        ];
        let matches = Cli::command().get_matches_from(typed);
        let said = words(&matches, &["threads", "quiet"]);
        let want = [
            "--target=x,y,-1",
            "--layers=",
            "--refit=true",
            "--out=m.ff",
            "--missing=,a,b",
            "--seed=7",
            "--",
            "a b.csv",
        ];
        assert_eq!(said, want);
        let again =
            Cli::command().get_matches_from(["ff", "train"].iter().copied().chain(said.iter().map(|w| &**w)));
        assert_eq!(words(&again, &[]), want);
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_has_one_line_of_help() {
        for verb in Cli::command().get_subcommands() {
            for arg in verb.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    !help.is_empty() && help.lines().count() == 1,
                    "{} --{}: {help}",
                    verb.get_name(),
                    arg.get_id()
                );
                assert!(!help.ends_with('.'), "{} --{}: {help}", verb.get_name(), arg.get_id());
            }
        }
    }

    #[test]
    fn every_verb_has_examples() {
        for verb in Cli::command().get_subcommands() {
            let text = verb.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(text.contains("Examples:\n  ff "), "{}", verb.get_name());
        }
    }
}

//! `ff completions` and `ff man`: both are made from the definition of the command line.

use crate::args::{Cli, Completions, Man};
use crate::failure::{Failure, Outcome};
use crate::output::{self, Sink};
use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;
use feedforward::network::{Activation, Init, Loss, Optimizer, Schedule};
use feedforward::training::NewFile;
use feedforward::training::metric::Metric;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Write the completions of a shell.
pub(crate) fn completions(args: &Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut with_names(Cli::command()), "ff", &mut script);
    Sink::open("-")?.fill(|out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// The definition with the names that shells can offer. The parser itself leaves names to the libraries,
/// which know the nearest one.
fn with_names(command: Command) -> Command {
    let lists: [(&str, Vec<&'static str>); 9] = [
        ("activation", Activation::ALL.iter().map(|a| a.name()).collect()),
        ("output", std::iter::once("auto").chain(Activation::ALL.iter().map(|a| a.name())).collect()),
        ("loss", std::iter::once("auto").chain(Loss::ALL.iter().map(|l| l.name())).collect()),
        ("optimizer", Optimizer::ALL.iter().map(Optimizer::name).collect()),
        ("schedule", Schedule::ALL.iter().map(Schedule::name).collect()),
        ("init", Init::ALL.iter().map(|i| i.name()).collect()),
        ("precision", vec!["f32", "f64"]),
        ("class_weight", vec!["equal", "balanced"]),
        ("metrics", Metric::ALL.iter().map(|m| m.name()).collect()),
    ];
    let verbs: Vec<String> = command.get_subcommands().map(|v| v.get_name().to_string()).collect();
    verbs.into_iter().fold(command, |command, verb| {
        command.mut_subcommand(verb, |verb| {
            verb.mut_args(|arg| match lists.iter().find(|(id, _)| *id == arg.get_id().as_str()) {
                Some((_, names)) => arg.value_parser(PossibleValuesParser::new(names.clone())),
                None => arg,
            })
        })
    })
}

/// Write the man page, or one page per verb into a folder.
pub(crate) fn man(args: &Man) -> Outcome {
    let command = Cli::command().name("ff");
    let Some(dir) = &args.dir else {
        let page = roff(command)?;
        Sink::open("-")?.fill(|out| out.write_all(&page))?;
        return Ok(ExitCode::SUCCESS);
    };
    let dir = Path::new(dir);
    output::make_dir(dir)?;
    let verbs: Vec<Command> = command.get_subcommands().cloned().collect();
    let pages = verbs.into_iter().map(|verb| {
        let name = format!("ff-{}", verb.get_name());
        let usage = format!("ff {}", verb.get_name());
        verb.name(name.clone()).display_name(name).bin_name(usage)
    });
    for command in std::iter::once(command).chain(pages) {
        let path = dir.join(format!("{}.1", command.get_name()));
        let page = roff(command)?;
        let mut file = NewFile::create(&path)?;
        file.write_all(&page).map_err(|e| file.refused(&e))?;
        file.finish()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A page with the usage line of the help, and with a name for the section that clap_mangen calls EXTRA.
fn roff(command: Command) -> Result<Vec<u8>, Failure> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_string();
    let mut page = Vec::new();
    let written = Page::new(command.override_usage(usage)).render(&mut page);
    written.map_err(|e| feedforward::Error::io("write the man page", &e))?;
    Ok(String::from_utf8_lossy(&page).replacen("\n.SH EXTRA\n", "\n.SH NOTES\n", 1).into_bytes())
}

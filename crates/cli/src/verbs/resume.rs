//! `ff resume`.

use crate::args::{Cli, Resume as Args, Train, Verb};
use crate::failure::Outcome;
use crate::output;
use crate::run_folder::{Asked, MODEL, RunFolder};
use crate::verbs::train;
use crate::words::quoted;
use clap::Parser;
use feedforward::{Error, ErrorKind, Result};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Go on with a run.
pub(crate) fn run(args: Args) -> Outcome {
    let path = Path::new(&args.run);
    // The way there is lost once the folder is another.
    let whole = path.canonicalize().unwrap_or_else(|_| path.into());
    let (folder, asked) = RunFolder::open(&whole)?;
    if folder.is_finished() {
        let model = path.join(MODEL).display().to_string();
        match args.shared.json {
            true => output::print_json(&json!({ "finished": true, "model": model }))?,
            false => output::print(&format!("this run is finished; its model is {}", quoted(&model)))?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let scratch = args.memory.scratch.map(|folder| folder.canonicalize().unwrap_or(folder));
    asked.enter_folder()?;
    let mut again = parse(&asked)?;
    let kept = &mut again.reading.memory;
    kept.memory = args.memory.memory.or(kept.memory);
    kept.scratch = scratch.or(kept.scratch.take());
    // A folder that was moved since is known by its new name.
    if again.run.as_ref().and_then(|run| Path::new(run).canonicalize().ok()).as_ref() != Some(&whole) {
        again.run = Some(whole.display().to_string());
    }
    (again.threads, again.shared) = (args.threads, args.shared);
    train::go_on(&again, folder, &[])
}

/// What was typed when the run was begun.
pub(super) fn parse(asked: &Asked) -> Result<Box<Train>> {
    let words = ["ff", "train"].into_iter().chain(asked.command.iter().map(String::as_str));
    let changed = |what: String| {
        let e = Error::new(ErrorKind::Malformed { format: "run".into(), what });
        e.hint("its run.json was changed; train anew in another folder")
    };
    match Cli::try_parse_from(words) {
        // With --run there is no -o: a file of somebody else does not say where the model goes.
        Ok(Cli { verb: Verb::Train(train) }) if train.run.is_some() => Ok(train),
        Ok(_) => Err(changed("its command has no folder".into())),
        Err(e) => {
            let text = e.render().to_string();
            Err(changed(text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string()))
        }
    }
}

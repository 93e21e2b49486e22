//! `ff train`.

use crate::args::{PartArg, Text, Train as Args};
use crate::data::{self, Data, Expect};
use crate::failure::{Failure, Outcome};
use crate::progress::{self, Watch};
use crate::run_folder::{self, RunFolder};
use crate::tell::tell;
use crate::verbs::{inspect, plan};
use crate::words::{list, quoted};
use crate::{ask, machine, output, overwrite, report, used};
use clap::ArgMatches;
use feedforward::data::generated::{Recipe, Set};
use feedforward::data::prepare::Unseen;
use feedforward::data::source;
use feedforward::data::table::Table;
use feedforward::network::Schedule;
use feedforward::training::ask::Ask;
use feedforward::training::choose::Chosen;
use feedforward::training::event::Event;
use feedforward::training::{
    self, Certificate, Ending, Fitted, Judgement, Machine, Model, NewFile, Precision, Record, ledger,
    model_file,
};
use feedforward::{Error, ErrorKind, Place, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The set of the built-in run, and its test rows.
const BUILT_IN: &str = "digits";
const BUILT_IN_TEST_ROWS: usize = 2_000;
const BUILT_IN_EPOCHS: u64 = 20;
/// Between two checkpoints inside an epoch.
const CHECKPOINT_SECONDS: f64 = 30.0;
/// The certificate's key in a record.
pub(super) const CERTIFICATE_KEY: &str = "certificate";
/// The columns that an error lists.
const LISTED: usize = 20;

/// Train a network.
pub(crate) fn run(args: &Args, typed: &ArgMatches) -> Outcome {
    if args.dry_run {
        Files::of(args)?;
        return Job::load(args, asked(args)?)?.preview(args, machine::machine(&args.threads)?);
    }
    let Some(path) = &args.run else {
        let (ask, files) = (asked(args)?, Files::of(args)?);
        return Job::load(args, ask)?.run(args, &files, None);
    };
    if let Some((what, _)) = standard_input(args) {
        let why = "it can be read once only, and `ff resume` reads the data again".into();
        let kind =
            ErrorKind::Conflict { one: "--run".into(), other: format!("{what} from standard input"), why };
        return Err(Error::new(kind).hint("give a file").into());
    }
    // Settings that cannot be are told before the folder is made.
    asked(args)?;
    checkpoint_seconds(args)?;
    checkpoint_steps(args)?;
    let folder = RunFolder::begin(Path::new(path))?;
    go_on(args, folder, &run_folder::words(typed))
}

/// Begin the run of a folder, whose command line has these words, or go on with it.
pub(super) fn go_on(args: &Args, mut folder: RunFolder, words: &[String]) -> Outcome {
    let files = Files::of(args)?;
    let job = Job::load(args, asked(args)?)?;
    folder.checkpoints.set_every(checkpoint_seconds(args)?);
    folder.checkpoints.set_every_steps(checkpoint_steps(args)?);
    folder.enter(words, &job.table, job.valid.as_ref())?;
    job.run(args, &files, Some(&mut folder))
}

pub(super) fn asked(args: &Args) -> Result<Ask> {
    let ask = ask::ask(&args.settings, args.validation, args.reading.seed)?;
    Ok(Ask { refit: args.refit, ..ask })
}

fn checkpoint_seconds(args: &Args) -> Result<Duration> {
    let seconds = args.checkpoint_seconds.unwrap_or(CHECKPOINT_SECONDS);
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| Error::bad_value("--checkpoint-seconds", seconds, "a number of 0 or more"))
}

fn checkpoint_steps(args: &Args) -> Result<u64> {
    match args.checkpoint_steps {
        Some(0) => Err(Error::bad_value("--checkpoint-steps", 0, "at least 1")),
        steps => Ok(steps.unwrap_or(u64::MAX)),
    }
}

/// What of the data comes from standard input.
fn standard_input(args: &Args) -> Option<(&'static str, &str)> {
    let all = [("the data", args.data.as_deref()), ("the validation rows", args.valid.as_deref())];
    all.into_iter().filter_map(|(what, name)| Some((what, name?))).find(|(_, name)| *name == "-")
}

/// Where the results go.
struct Files {
    model: PathBuf,
    record: PathBuf,
}

impl Files {
    /// Named by the user or after the data; refused now rather than after the training.
    fn of(args: &Args) -> Result<Files> {
        let data = args.data.as_deref().unwrap_or(BUILT_IN);
        let named = args.out.as_ref().map(PathBuf::from);
        let of_run = args.run.as_ref().map(|run| Path::new(run).join(run_folder::MODEL));
        let model = named.or(of_run).unwrap_or_else(|| data::model_path(data));
        // The folder of a run is made when the run begins.
        if !args.dry_run {
            output::check_writable(&model)?;
        }
        let record = ledger::record_of(&model);
        if model == record {
            let kind = ErrorKind::Conflict {
                one: format!("--out {}", model.display()),
                other: "its record, which goes beside it as .json".into(),
                why: "the one would overwrite the other".into(),
            };
            return Err(Error::new(kind).hint("choose another name for --out"));
        }
        let valid = args.valid.as_deref().map(|v| ("the validation rows", v));
        let settings = args.shared.config.as_deref().map(|c| ("the settings", c));
        let read = || args.data.as_deref().map(|d| ("the data", d)).into_iter().chain(valid).chain(settings);
        overwrite::none_of("the new model", &model, read())?;
        overwrite::none_of("its record", &record, read())?;
        if !args.dry_run {
            output::check_writable(&record)?;
            overwrite::only_a_model(&model)?;
            overwrite::only_a_record(&record)?;
        }
        if let Some(path) = args.report.report.as_ref().filter(|_| !args.dry_run) {
            report::check(path, read())?;
        }
        Ok(Files { model, record })
    }
}

impl Files {
    /// Where the last good weights of a run that diverged go: beside the place of a sound model, of which one may be there.
    ///
    /// # Errors
    /// `diverged` itself, and with it that other files stand there.
    fn of_diverged(&self, diverged: &Error) -> Result<Files> {
        let model = of_diverged(&self.model);
        let record = ledger::record_of(&model);
        let checked = overwrite::only_a_model(&model).and_then(|()| overwrite::only_a_record(&record));
        checked.map_err(|e| match Error::many(vec![diverged.clone(), e]) {
            Err(both) => both,
            Ok(()) => diverged.clone(),
        })?;
        Ok(Files { model, record })
    }
}

/// `price.ff` → `price.diverged.ff`; what goes into a device or a pipe goes there.
fn of_diverged(path: &Path) -> PathBuf {
    if path.exists() && !path.is_file() {
        return path.into();
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    path.with_extension(format!("diverged.{ending}").trim_end_matches('.'))
}

/// What is trained.
pub(super) struct Job {
    data: String,
    pub(super) table: Table,
    pub(super) valid: Option<Table>,
    /// Rows that neither train nor choose the best epoch; the built-in run draws them.
    test: Option<Table>,
    /// Whether `data` brings its own test part.
    has_test_part: bool,
    pub(super) ask: Ask,
}

impl Job {
    pub(super) fn load(args: &Args, mut ask: Ask) -> Result<Job> {
        let quiet = args.shared.quiet;
        let double = ask.precision == Precision::F64;
        let (Data { table, target }, test) = match &args.data {
            Some(data) => {
                let expect = Expect { double, ..Expect::of(&ask.roles) };
                (data::load(data, &args.reading, PartArg::Train, expect, quiet)?, None)
            }
            None => {
                ask.layers.get_or_insert(vec![512]);
                ask.epochs.get_or_insert(BUILT_IN_EPOCHS);
                ask.refit.get_or_insert(false);
                built_in(args.reading.seed)?
            }
        };
        // A file or folder of that name would come first in the next commands.
        let hidden = if Path::new(BUILT_IN).exists() { ":" } else { "" };
        let data = args.data.clone().unwrap_or_else(|| format!("{BUILT_IN}{hidden}"));
        let has_test_part = target.is_some();
        if ask.roles.target.is_empty() {
            ask.roles.target = vec![target.ok_or_else(|| no_target(&table))?];
        }
        let valid = match &args.valid {
            Some(file) => {
                let expect = Expect { kinds: source::kinds(&table), double, ..Expect::default() };
                Some(data::load(file, &args.reading, PartArg::Test, expect, quiet)?.table)
            }
            None => None,
        };
        Ok(Job { data, table, valid, test, has_test_part, ask })
    }

    fn preview(self, args: &Args, machine: Machine) -> Outcome {
        let chosen = training::preview(&self.table, self.valid.as_ref(), &self.ask, machine)?;
        progress::notes(&chosen.notes, args.shared.quiet);
        if args.shared.json {
            let mut value = plan::to_json(&chosen.plan, chosen.ask.precision);
            value["ask"] = json!(chosen.ask);
            value["train_rows"] = json!(chosen.train_rows);
            value["valid_rows"] = json!(chosen.valid_rows);
            value["folds"] = json!(chosen.folds);
            value["notes"] = chosen.notes.iter().map(ToString::to_string).collect();
            output::print_json(&value)?;
        } else {
            output::print(&intention(&self.data, &chosen))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn run(self, args: &Args, files: &Files, mut folder: Option<&mut RunFolder>) -> Outcome {
        let machine = machine::machine(&args.threads)?;
        let quiet = args.shared.quiet;
        let data = self.data;
        let kept = args.report.report.as_ref().map(|path| {
            let valid = args.valid.as_deref().zip(self.valid.as_ref());
            let target = &self.ask.roles.target;
            report::Kept::new((&data, &self.table), valid, self.test.as_ref(), target).map(|k| (path, k))
        });
        let kept = kept.transpose()?;
        let begun = Instant::now();
        let tables = (self.table, self.valid);
        let (fitted, printed) = fit(tables, &self.ask, machine, folder.as_deref_mut(), (&data, args))?;
        let (notes, model) = (fitted.said(), &fitted.model);
        let diverged = fitted.diverged.as_ref();
        let beside = diverged.map(|e| files.of_diverged(e)).transpose()?;
        let files = beside.as_ref().unwrap_or(files);
        if let (Some(folder), Ending::Interrupted) = (&folder, model.record.ending) {
            tell!("interrupted; `{}` goes on", folder.resume());
            return Ok(ExitCode::from(130));
        }
        let judged = self.test.map(|t| model.evaluate(t, 0.5, Unseen::Other, machine)).transpose()?;
        let test = judged.as_ref().map(|j| &j.judgement);
        if !quiet && diverged.is_none() {
            tell!("trained in {}", progress::duration(begun.elapsed()));
        }
        progress::notes(still_falling(&model.record).as_slice(), quiet);
        model_file::save(model, &files.model)?;
        let summary = summary(model, files, &notes, test);
        write_record(&files.record, &summary, quiet)?;
        let next = next_commands(files, &data, self.has_test_part, &args.reading.text);
        let report = kept.as_ref().map(|(path, _)| match diverged {
            Some(_) => of_diverged(Path::new(path)),
            None => PathBuf::from(path),
        });
        if let Some(((_, kept), path)) = kept.zip(report.as_ref()) {
            let page =
                kept.page(&fitted, judged.as_ref(), (&data, summary.clone()), next.clone(), machine)?;
            report::write(&page, path)?;
        }
        match (&mut folder, diverged) {
            (Some(folder), None) => folder.finish(model)?,
            // The checkpoints stay as they are.
            (Some(folder), Some(_)) => {
                let again =
                    format!("`{}` goes on from the last checkpoint, and diverges again", folder.resume());
                progress::notes(&[again], quiet);
            }
            (None, _) => {}
        }
        // Whoever closed standard output still gets the model.
        printed?;
        if args.shared.json {
            output::print_json(&summary)?;
        } else {
            let mut text = outcome(model, files, test);
            if let Some(path) = &report {
                text.push_str(&format!("report  {}\n", path.display()));
            }
            if !quiet && diverged.is_none() {
                text.push_str(&format!("\nNext:\n  {}", next.join("\n  ")));
            }
            output::print(text.trim_end())?;
        }
        match (fitted.diverged, model.record.ending) {
            (Some(e), _) => Err(e.into()),
            (None, Ending::Interrupted) => Ok(ExitCode::from(130)),
            (None, _) => Ok(ExitCode::SUCCESS),
        }
    }
}

/// Train, with the plan on standard output and news on standard error; and whether the plan could be printed.
fn fit(
    (table, valid): (Table, Option<Table>),
    ask: &Ask,
    machine: Machine,
    folder: Option<&mut RunFolder>,
    (data, args): (&str, &Args),
) -> Result<(Fitted, std::result::Result<(), Failure>)> {
    let (json, quiet) = (args.shared.json, args.shared.quiet);
    let mut watch = Watch::new(quiet);
    let mut printed = Ok(());
    let mut observe = |event: Event<'_>| {
        if let Event::Start(chosen) = &event {
            progress::notes(&chosen.notes, quiet);
            if !json && !quiet {
                printed = output::print(&format!("{}\n", intention(data, chosen)));
            }
        }
        watch.tell(&event)
    };
    let again = folder.as_ref().map(|folder| folder.resume());
    let checkpoints = folder.map(|folder| &mut folder.checkpoints);
    let fitted = training::fit_or_salvage(table, valid, ask, machine, checkpoints, &mut observe);
    let fitted = fitted.map_err(|e| match (e.kind(), again) {
        (ErrorKind::Io { .. }, Some(again)) => {
            e.hint(format!("see to it, then `{again}` goes on from the last checkpoint"))
        }
        _ => e,
    })?;
    Ok((fitted, printed))
}

/// The rows of the built-in run, and its test rows. They are drawn, whatever files there are.
fn built_in(seed: u64) -> Result<(Data, Option<Table>)> {
    let set = Set::find(BUILT_IN)?;
    let train = data::draw(set, &Recipe { seed, ..set.recipe() }, PartArg::Train)?;
    let test = Recipe { rows: BUILT_IN_TEST_ROWS, seed, ..set.recipe() };
    Ok((train, Some(data::draw(set, &test, PartArg::Test)?.table)))
}

/// The target has to be named; the last column is a good guess.
pub(super) fn no_target(table: &Table) -> Error {
    let names = || table.columns.iter().map(|c| c.name.as_str());
    let list = list(names(), LISTED);
    let last = names().next_back().unwrap_or_default();
    let kind = ErrorKind::NotGiven { name: "--target".into(), what: "the column to predict".into() };
    Error::new(kind)
        .at(Place::file(&table.name))
        .hint(format!("name one of {list}; often it is the last: `--target {}`", quoted(last)))
}

/// What will be trained, as text.
pub(super) fn intention(data: &str, chosen: &Chosen) -> String {
    let most = chosen.regime.epochs;
    let epochs = match chosen.regime.patience {
        Some(p) => format!("at most {most}; stops after {p} without a better validation loss"),
        None => most.to_string(),
    };
    format!(
        "data          {data}: {}\n{}\n{}{}\nepochs        {epochs}",
        inspect::parts(chosen.train_rows, chosen.valid_rows, chosen.folds, chosen.ask.refit == Some(true)),
        inspect::preparation(&chosen.preparation),
        plan::text(&chosen.plan, chosen.ask.precision),
        inspect::class_weight(&chosen.ask),
    )
}

/// Everything about a finished run, as JSON: the same text for the same run.
fn summary(model: &Model, files: &Files, notes: &[String], test: Option<&Judgement>) -> Value {
    // The profile serves the model, in whose file it is; here it would only be long.
    let record = Record { profile: None, ..model.record.clone() };
    json!({
        "model": files.model.display().to_string(),
        "record": record,
        "shape": model.spec.shape(),
        "parameters": model.spec.parameters(),
        "notes": notes,
        "test": test,
        CERTIFICATE_KEY: Certificate::of(model),
    })
}

/// The record, with the ledger of the one that it replaces.
fn write_record(path: &Path, summary: &Value, quiet: bool) -> Result<()> {
    let (ledger, note) = used::kept(path);
    progress::notes(note.as_slice(), quiet);
    let mut record = summary.clone();
    if !ledger.entries.is_empty() {
        record[ledger::KEY] = json!(ledger);
    }
    NewFile::write(path, format!("{}\n", output::to_json(&record)?).as_bytes())
}

/// A note if the last epoch that was allowed is the best one; a cosine falls until its end, however long that is.
fn still_falling(record: &Record) -> Option<String> {
    let ran = record.epochs.len();
    let judged = record.epochs.last()?.valid_loss.is_some();
    let spans = matches!(record.ask.schedule, Some(Schedule::Cosine(_)));
    let met = record.ending == Ending::Finished
        && ran > 1
        && record.kept_epoch == ran as u64
        && record.ask.restore_best;
    (met && judged && !spans)
        .then(|| "the validation loss was best at the last epoch; more may do better (`--epochs`)".into())
}

/// Everything about a finished run, as text.
fn outcome(model: &Model, files: &Files, test: Option<&Judgement>) -> String {
    let mut text = format!("{}\n", inspect::ending(&model.record));
    // Rows that had no say in choosing the epoch tell more than those that had.
    let validation = || model.record.judgement.as_ref().map(|j| (model.record.judged_on(), j));
    if let Some((rows, judgement)) = test.map(|j| ("the test rows".into(), j)).or_else(validation) {
        text.push_str(&format!("\nOn {rows}:\n{}\n", judgement.to_string().trim_end()));
    } else if model.record.valid_rows == 0 {
        text.push_str("\nNo row has judged it: all were learned from.\n");
    }
    text.push_str(&format!("\nmodel   {}\nrecord  {}\n", files.model.display(), files.record.display()));
    text
}

/// What to try next; data that is read in a special way needs its flags again.
fn next_commands(files: &Files, data: &str, has_test_part: bool, text: &Text) -> Vec<String> {
    let model = quoted(&files.model.display().to_string());
    let flags = text.again();
    let (test, new) = match has_test_part {
        true => (quoted(data), quoted(data)),
        false => ("TEST_DATA".into(), "NEW_DATA".into()),
    };
    vec![
        format!("ff evaluate {model} {test}{flags}"),
        format!("ff predict {model} {new}{flags} -o predictions.csv"),
        format!("ff inspect {model}"),
    ]
}

//! `ff trace`.

use crate::args::{FormatArg, PartArg, Trace as Args};
use crate::data::{self, Expect};
use crate::failure::Outcome;
use crate::output::{self, Sink};
use crate::verbs::sampled::{self, Sampled};
use crate::{config, overwrite, progress};
use feedforward::data::prepare::Want;
use feedforward::explain::notation::{Note, Sheet};
use feedforward::explain::number::short;
use feedforward::explain::page::{html, json, text};
use feedforward::explain::{Calculation, Example, Notation, Setting, Trace};
use feedforward::plain::plain_page;
use feedforward::training::{ClassWeight, Model, model_file};
use feedforward::{Error, Place, Result};
use std::path::Path;
use std::process::ExitCode;

/// Samples of one trace at most: it is for reading.
const MOST: usize = 100;

/// Trace one step.
pub(crate) fn run(args: &Args) -> Outcome {
    let notation = args.notation.as_deref().map(Notation::parse).transpose()?;
    check_out(args)?;
    let (mut example, mut own) = (None, None);
    match args.example.as_deref() {
        Some(file) if file.ends_with(".toml") => own = Some((file, calculation(file)?)),
        Some(name) => example = Some(Example::parse(name)?),
        None => {}
    }
    let setting = match (example, &own, &args.model, &args.data) {
        (Some(example), ..) => example.setting(args.learning_rate),
        (None, Some((file, own)), ..) => {
            own.setting(file, args.learning_rate).map_err(|e| e.at(Place::file(*file)))?
        }
        (None, None, Some(model), Some(data)) => setting(args, model, data)?,
        _ => unreachable!("the parser asks for a model and data unless there is an example"),
    };
    let trace = Trace::of(setting)?;
    let sheet = Sheet::of(&trace, notation.unwrap_or_default());
    let notes: Vec<Note> = example.map_or(Vec::new(), |e| misprints(e, &trace));
    let written =
        match args.format.unwrap_or(if args.shared.json { FormatArg::Json } else { FormatArg::Text }) {
            FormatArg::Text => plain_page(&text(&trace, &sheet, &notes)).into_owned(),
            FormatArg::Html => html(&trace, &sheet, &notes),
            FormatArg::Json => output::escaped(json(&trace, notation.is_some().then_some(&sheet))),
        };
    Sink::open(&args.out)?.fill(|out| writeln!(out, "{written}"))?;
    Ok(ExitCode::SUCCESS)
}

fn check_out(args: &Args) -> Result<()> {
    if args.out == "-" {
        return Ok(());
    }
    let out = Path::new(&args.out);
    let read = [("the model", &args.model), ("the data", &args.data), ("the settings", &args.shared.config)];
    let read = read.iter().filter_map(|(what, name)| Some((*what, name.as_deref()?)));
    overwrite::none_of("the trace", out, read)?;
    output::check_writable(out)?;
    overwrite::no_model(out)
}

/// A file with a network and samples.
fn calculation(file: &str) -> Result<Calculation> {
    config::read(file).and_then(|text| Calculation::read(&text)).map_err(|e| e.at(Place::file(file)))
}

/// What is traced of a model.
fn setting(args: &Args, path: &str, source: &str) -> Result<Setting> {
    let rows = rows(args)?;
    let model = model_file::load(Path::new(path))?;
    let data = data::load(source, &args.reading, PartArg::Test, Expect::by(&model), args.shared.quiet)?;
    let want = if args.forward { Want::NoTarget } else { Want::Target };
    let Sampled { spec, theta, samples, notes } = sampled::of(&model, (source, data.table), want, &rows)?;
    progress::notes(&notes, args.shared.quiet);
    let which = match rows.as_slice() {
        [one] => format!("row {one}"),
        all => format!("{} rows", all.len()),
    };
    Ok(Setting {
        title: format!("{path} on {which} of {source}"),
        input_names: model.preparation.input_names(),
        output_names: sampled::output_names(&model),
        spec,
        theta,
        samples,
        rows,
        biases: true,
        learning_rate: args.learning_rate,
        notes: class_weights(&model).into_iter().collect(),
    })
}

/// Rows of a table do not say what their classes count.
fn class_weights(model: &Model) -> Option<String> {
    let balanced = model.record.ask.class_weight == ClassWeight::Balanced;
    balanced.then(|| "in training every class counted alike; here every row does".into())
}

/// `--row` or `--rows`.
fn rows(args: &Args) -> Result<Vec<u64>> {
    let want = "rows from 1 on, such as `1-3` or `1,4,9`";
    let Some(text) = &args.rows else {
        return match args.row {
            Some(0) => Err(Error::bad_value("--row", 0, "at least 1: rows count from 1")),
            row => Ok(vec![row.unwrap_or(1)]),
        };
    };
    let bad = || Error::bad_value("--rows", text, want);
    let mut all = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |n: &str| n.trim().parse::<u64>().ok().filter(|n| *n > 0).ok_or_else(bad);
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(bad());
        }
        if last - first >= MOST as u64 || all.len() + (last - first) as usize >= MOST {
            return Err(Error::bad_value(
                "--rows",
                text,
                format!("at most {MOST} rows: a trace is for reading"),
            ));
        }
        all.extend(first..=last);
    }
    Ok(all)
}

/// What the slides print otherwise than it is.
fn misprints(example: Example, trace: &Trace) -> Vec<Note> {
    let note = |m: feedforward::explain::example::Misprint| Note {
        mark: "print".into(),
        text: format!(
            "the slide prints {} for {} of unit {}, sample {}; it is {}",
            m.printed,
            m.what,
            m.unit,
            m.sample,
            short(m.right)
        ),
    };
    example.misprints(trace).into_iter().map(note).collect()
}

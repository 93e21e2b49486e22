//! `ff inspect`.

use crate::args::Inspect as Args;
use crate::failure::Outcome;
use crate::output;
use crate::progress::epoch_line;
use crate::verbs::plan;
use crate::words::{counted, cut, grouped, list};
use feedforward::Result;
use feedforward::data::prepare::{Encoding, Feature, Preparation, Scale, Target};
use feedforward::network::Plan;
use feedforward::network::step::full_batch::PORTION;
use feedforward::training::ask::{Ask, ClassWeight, Precision};
use feedforward::training::model::{Record, Theta};
use feedforward::training::{Ending, Model, model_file};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// The features that text lists one by one.
const LISTED: usize = 40;
/// The names that one line lists.
const NAMED: usize = 12;

/// Show what is in a model file.
pub(crate) fn run(args: &Args) -> Outcome {
    let path = Path::new(&args.model);
    let model = model_file::load(path)?;
    if args.shared.json {
        output::print_json(&json!({
            "file": args.model,
            "shape": model.spec.shape(),
            "parameters": model.spec.parameters(),
            "precision": precision(&model),
            "checksum": model_file::checksum(&model)?,
            "spec": model.spec,
            "preparation": model.preparation,
            "record": model.record,
        }))?;
    } else {
        output::print(&text(&args.model, &model)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn precision(model: &Model) -> Precision {
    match model.theta {
        Theta::F32(_) => Precision::F32,
        Theta::F64(_) => Precision::F64,
    }
}

fn text(file: &str, model: &Model) -> Result<String> {
    let record = &model.record;
    let usual = if model.spec.optimizer.is_search() { PORTION } else { 1 };
    let network = Plan::new(&model.spec, record.ask.batch_size.unwrap_or(usual), 1)?;
    let mut text = format!(
        "model         {file}\nprogram       {}\nchecksum      {}\n\n",
        record.program,
        model_file::checksum(model)?
    );
    text.push_str(&format!(
        "{}\n\n{}\n",
        plan::text(&network, precision(model)),
        preparation(&model.preparation)
    ));
    text.push_str(&features(&model.preparation));
    text.push_str(&format!(
        "\ntraining      {}: {}, seed {}{}\n",
        record.data,
        parts(record.train_rows, record.valid_rows, record.folds, record.refit.is_some()),
        record.ask.seed,
        class_weight(&record.ask)
    ));
    text.push_str(&ending(record));
    if let Some(kept) = record.epochs.get((record.kept_epoch as usize).wrapping_sub(1)) {
        let score = match model.preparation.target {
            Target::Classes { .. } => "accuracy",
            Target::Numbers { .. } => "R²",
        };
        text.push_str(&format!("\n{}", epoch_line(kept, record.epochs.len() as u64, score)));
    }
    if let Some(judgement) = &record.judgement {
        let rows = record.judged_on();
        text.push_str(&format!("\n\nOn {rows}:\n{}", judgement.to_string().trim_end()));
    }
    Ok(text)
}

/// Inputs and target in two lines.
pub(crate) fn preparation(p: &Preparation) -> String {
    let target = match &p.target {
        Target::Classes { column, classes } => {
            let names = list(classes.iter().map(String::as_str), NAMED);
            format!("{}: {} classes {names}", list([&**column], 1), grouped(classes.len()))
        }
        Target::Numbers { columns } => {
            let names = list(columns.iter().map(|c| c.name.as_str()), NAMED);
            format!("{names}: {}", if columns.len() == 1 { "a number" } else { "numbers" })
        }
    };
    let columns = counted(p.features.len(), "column");
    format!("inputs        {} from {columns}\ntarget        {target}", grouped(p.inputs()))
}

/// How many rows train and validate, in how many folds, and whether all train in the end.
pub(crate) fn parts(train: usize, valid: usize, folds: usize, refit: bool) -> String {
    let valid_rows = if valid == 0 { "none".into() } else { grouped(valid) };
    let mut text = format!("{} to train on, {valid_rows} to validate on", counted(train, "row"));
    if folds > 0 {
        text.push_str(&format!(" in each of {folds} folds"));
    }
    if refit {
        text.push_str(&format!(", then all {} to train on", grouped(train + valid)));
    }
    text
}

/// A line of its own, begun with a line break, if classes count differently.
pub(crate) fn class_weight(ask: &Ask) -> &'static str {
    match ask.class_weight {
        ClassWeight::Equal => "",
        ClassWeight::Balanced => "\nclass weight  balanced",
    }
}

/// One line per feature column, the first of many.
fn features(p: &Preparation) -> String {
    let mut text = String::new();
    let names = cut(p.features.iter().map(|f| f.column.as_str()));
    for (feature, name) in p.features.iter().zip(names).take(LISTED) {
        text.push_str(&format!("  `{name}`: {}\n", encoding(feature)));
    }
    if let Some(more) = p.features.len().checked_sub(LISTED).filter(|m| *m > 0) {
        text.push_str(&format!("  and {}; `--json` lists them all\n", counted(more, "more column")));
    }
    if let Some(weight) = &p.weight {
        text.push_str(&format!("  weights from `{weight}`\n"));
    }
    text
}

fn encoding(feature: &Feature) -> String {
    match &feature.encoding {
        Encoding::Number { scale, missing } => {
            let (shift, divisor) = scale.affine();
            let scale = match scale {
                Scale::Identity => "as it is".into(),
                Scale::Standardise(_) => {
                    format!("mean {shift:.6} to 0, standard deviation {divisor:.6} to 1")
                }
                Scale::MinMax(_) => format!("{shift}..{} to 0..1", shift + divisor),
                Scale::Robust(_) => format!("median {shift:.6} to 0, quartile distance {divisor:.6} to 1"),
            };
            let indicator = if missing.indicator { "; one more input says that it is missing" } else { "" };
            format!("{scale}{indicator}")
        }
        Encoding::OneHot(_) => {
            format!("{}: {}", counted(feature.width(), "input"), shorten(&feature.input_names()))
        }
    }
}

fn shorten(names: &[String]) -> String {
    let mut list = cut(names.iter().map(String::as_str)).into_iter().take(8).collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        list.push_str(", …");
    }
    list
}

/// How the run ended, in one line.
pub(crate) fn ending(record: &Record) -> String {
    let ran = record.epochs.len();
    let why = match record.ending {
        Ending::Finished => "all epochs are done".to_string(),
        Ending::EarlyStopping => {
            let patience = record.ask.patience.unwrap_or(0);
            format!("stopped early, for {patience} epochs in a row brought nothing")
        }
        Ending::Converged => "the search has converged".to_string(),
        Ending::Interrupted => "interrupted; the model is usable".to_string(),
        Ending::Diverged => "it diverged".to_string(),
    };
    let kept = record.kept_epoch;
    if let Some(step) = record.diverged.as_ref().and_then(|d| d.kept_step) {
        return format!("ending        {why} in epoch {}; step {step} of epoch 1 is kept", ran + 1);
    }
    match &record.refit {
        None => format!("ending        {why}; epoch {kept} of {ran} is kept"),
        Some(_) => format!(
            "ending        {why}; epoch {kept} of {ran} was best: {} on all rows",
            counted(kept as usize, "epoch")
        ),
    }
}

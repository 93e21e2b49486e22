//! What was trained, and how.

use crate::page::{Block, Cell, Page, Table};
use crate::words::{counted, grouped};
use feedforward_network::Plan;
use feedforward_training::ask::{ClassWeight, Precision};
use feedforward_training::{Model, Record};

/// How many rows train and validate, in how many folds, and whether all train in the end.
fn rows(record: &Record) -> String {
    let (train, valid) = (record.train_rows, record.valid_rows);
    let mut text = format!("{} to train on, {} to validate on", grouped(train), grouped(valid));
    if record.folds > 0 {
        text.push_str(&format!(" in each of {} folds", record.folds));
    }
    if record.refit.is_some() {
        text.push_str(&format!(", then all {} to train on", grouped(train + valid)));
    }
    text
}

/// The section of settings.
pub(crate) fn add(page: &mut Page, model: &Model) {
    let (ask, record, spec) = (&model.record.ask, &model.record, &model.spec);
    let mut facts: Vec<(String, Cell)> = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.into(), Cell::text(value)));
    fact("rows", rows(record));
    fact(
        "inputs",
        format!("{} from {}", grouped(spec.inputs), counted(model.preparation.features.len(), "column")),
    );
    // A model that exists has a plan; a file could hold one that does not.
    if let Ok(plan) = Plan::new(spec, ask.batch_size.unwrap_or(1).max(1), 1) {
        plan.settings().into_iter().for_each(|(name, value)| fact(name, value));
    }
    if let Some(m) = ask.batch_size {
        fact("batch size", counted(m, "row"));
    }
    if ask.class_weight == ClassWeight::Balanced {
        fact("class weight", "balanced".into());
    }
    if let Some(column) = &model.preparation.weight {
        fact("weights from", format!("`{column}`"));
    }
    if let Some(epochs) = ask.epochs {
        let patience = match ask.patience {
            Some(p) if p > 0 => format!("; stops after {p} without a better validation loss"),
            _ => String::new(),
        };
        fact("epochs", format!("at most {epochs}{patience}"));
    }
    fact("numbers", if ask.precision == Precision::F64 { "64 bits" } else { "32 bits" }.into());
    page.section(
        "settings",
        "The network and its settings",
        vec![Block::Table(layers(model)), Block::Facts(facts)],
    );
}

fn layers(model: &Model) -> Table {
    let spec = &model.spec;
    let inputs = std::iter::once(spec.inputs).chain(spec.layers.iter().map(|l| l.units));
    let row = |(l, (layer, inputs)): (usize, (&feedforward_network::Layer, usize))| {
        vec![
            Cell::text(l.to_string()),
            Cell::text(grouped(inputs)),
            Cell::text(grouped(layer.units)),
            Cell::text(layer.activation.to_string()),
            Cell::text(layer.dropout.to_string()),
        ]
    };
    Table {
        caption: format!("Layers: {} in all", counted(spec.parameters(), "parameter")),
        head: ["layer", "inputs", "units", "activation", "dropout"].map(String::from).to_vec(),
        rows: (1..).zip(spec.layers.iter().zip(inputs)).map(row).collect(),
    }
}

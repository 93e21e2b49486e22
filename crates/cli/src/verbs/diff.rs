//! `ff diff`.

use crate::args::Diff as Args;
use crate::failure::Outcome;
use crate::output;
use crate::words::{counted, grouped};
use feedforward::training::certificate::{self, Certificate};
use feedforward::training::compare::{self, LayerDifference};
use feedforward::training::{Model, model_file};
use feedforward::{Error, Result};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// A longer value is cut.
const SHOWN: usize = 40;

/// Compare two models.
pub(crate) fn run(args: &Args) -> Outcome {
    let load = |path: &str| model_file::load(Path::new(path));
    let found = Found::of(&load(&args.one)?, &load(&args.other)?)?;
    match args.shared.json {
        true => output::print_json(&found)?,
        false => output::print(&found.text())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// In what two models differ.
#[derive(Serialize)]
struct Found {
    same: bool,
    program: Vec<certificate::Place>,
    data: Vec<certificate::Place>,
    options: Vec<certificate::Place>,
    spec: Vec<certificate::Place>,
    preparation: Vec<certificate::Place>,
    /// Epochs after which the parameters are the same.
    epochs_together: usize,
    /// Epochs of the one and of the other.
    epochs: [usize; 2],
    /// `null` where the shapes are not the same.
    layers: Option<Vec<LayerDifference>>,
}

impl Found {
    fn of(one: &Model, other: &Model) -> Result<Self> {
        let (a, b) = (Certificate::of(one), Certificate::of(other));
        let data = |c: &Certificate| [c.data_fingerprint.clone(), c.valid_fingerprint.clone()];
        let all = |c: &Certificate| [c.epochs.clone(), c.refit.clone().unwrap_or_default()].concat();
        let (mine, yours) = (all(&a), all(&b));
        let known = mine.iter().zip(&yours).take_while(|(a, b)| a == b && !a.is_empty()).count();
        Ok(Found {
            same: model_file::checksum(one)? == model_file::checksum(other)?,
            program: differences(&a.program, &b.program)?,
            data: differences(&data(&a), &data(&b))?,
            options: differences(&a.ask, &b.ask)?,
            spec: differences(&one.spec, &other.spec)?,
            preparation: differences(&one.preparation, &other.preparation)?,
            epochs_together: known,
            epochs: [mine.len(), yours.len()],
            layers: compare::layers(one, other),
        })
    }

    fn text(&self) -> String {
        if self.same {
            return "the two are the same model, with the same record".into();
        }
        let parts = [
            ("program", &self.program),
            ("option", &self.options),
            ("network", &self.spec),
            ("preparation", &self.preparation),
        ];
        let mut text = String::new();
        for (what, places) in parts {
            for place in places {
                let path = if place.path.is_empty() { String::new() } else { format!("{}: ", place.path) };
                text.push_str(&format!("{what:<13} {path}{} | {}\n", short(&place.one), short(&place.other)));
            }
        }
        let data = if self.data.is_empty() { "the same rows" } else { "other rows" };
        let epochs = match (self.epochs_together, self.epochs) {
            (k, [a, b]) if k == a && k == b => format!("all {} are the same", grouped(k)),
            (0, _) => "other parameters from the first epoch on".into(),
            (k, _) => format!("the same parameters for {}, then others", counted(k, "epoch")),
        };
        text.push_str(&format!("data          {data}\nepochs        {epochs}\n"));
        match &self.layers {
            None => text.push_str("parameters    of other shapes\n"),
            Some(layers) => layers.iter().for_each(|layer| text.push_str(&layer_line(layer))),
        }
        text.truncate(text.trim_end().len());
        text
    }
}

fn layer_line(layer: &LayerDifference) -> String {
    let said = match &layer.largest {
        None => "the same parameters".into(),
        Some(n) => {
            let input = n.input.map(|i| format!(", input {i}")).unwrap_or_default();
            let (differ, of) = (grouped(layer.differ), counted(layer.of, "number"));
            let (part, unit, one, other) = (n.part, n.unit, n.one, n.other);
            format!("{differ} of {of} differ, most the {part} of unit {unit}{input}: {one} | {other}")
        }
    };
    format!("layer {:<7} {said}\n", layer.layer)
}

fn differences<T: Serialize>(one: &T, other: &T) -> Result<Vec<certificate::Place>> {
    let value = |x: &T| serde_json::to_value(x).map_err(|e| Error::io("write JSON", &e.into()));
    Ok(certificate::differences(&value(one)?, &value(other)?))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

//! A few rows of a table as a model reads them: what `trace` and `gradcheck` look at.

use feedforward::data::prepare::{Note, Target, Unseen, Want};
use feedforward::data::table::Table;
use feedforward::explain::Samples;
use feedforward::kernels::Element;
use feedforward::network::reference::Dense;
use feedforward::network::{Plan, Spec};
use feedforward::training::{Model, Theta};
use feedforward::{Error, Result};

/// A model's network and rows of a table.
pub(crate) struct Sampled {
    /// The network.
    pub(crate) spec: Spec,
    /// Its parameters.
    pub(crate) theta: Vec<Dense>,
    /// The rows.
    pub(crate) samples: Samples,
    /// What the user should know about the table.
    pub(crate) notes: Vec<Note>,
}

/// `rows` (from 1) of the table that the user calls `source`, as `model` reads them, every number as the model's precision has it.
///
/// # Errors
/// A row that is not there; a table that cannot be prepared as the training table was.
pub(crate) fn of(model: &Model, (source, table): (&str, Table), want: Want, rows: &[u64]) -> Result<Sampled> {
    if let Some(row) = rows.iter().find(|r| **r > table.rows as u64) {
        let want = format!("at most {}, the rows of {source}", table.rows);
        return Err(Error::bad_value("the row", row, want));
    }
    match &model.theta {
        Theta::F32(theta) => of_type(model, theta, table, want, rows),
        Theta::F64(theta) => of_type(model, theta, table, want, rows),
    }
}

fn of_type<T: Element>(
    model: &Model,
    theta: &[T],
    table: Table,
    want: Want,
    rows: &[u64],
) -> Result<Sampled> {
    let applied = model.preparation.apply::<T>(table, want, Unseen::Other)?;
    let plan = Plan::new(&model.spec, rows.len(), 1)?;
    let rows: Vec<u32> = rows.iter().map(|r| (r - 1) as u32).collect();
    Ok(Sampled {
        spec: model.spec.clone(),
        theta: plan.layout().to_reference(theta),
        samples: Samples::of(&applied.prepared, &rows, &plan)?,
        notes: applied.notes,
    })
}

/// What each output of a model is called.
pub(crate) fn output_names(model: &Model) -> Vec<String> {
    match &model.preparation.target {
        Target::Classes { classes, .. } if model.spec.outputs() == classes.len() => classes.clone(),
        Target::Classes { classes, .. } => classes.iter().skip(1).cloned().collect(),
        Target::Numbers { columns } => columns.iter().map(|c| c.name.clone()).collect(),
    }
}

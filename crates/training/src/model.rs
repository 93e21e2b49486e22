//! A trained network with everything that its use needs.

use crate::answer::{self, Said};
use crate::ask::Ask;
use crate::event::{Ending, EpochRecord};
use crate::evidence::Evidence;
use crate::judgement::Judgement;
use crate::labels::Labels;
use crate::machine::Machine;
use crate::need::Need;
use crate::part::Part;
use feedforward_base::{Real, Result};
use feedforward_data::drift::Profile;
use feedforward_data::prepare::{Note, Preparation, Prepared, Target, Unseen, Want};
use feedforward_data::table::Table;
use feedforward_kernels::Element;
use feedforward_network::{Plan, Spec, Tape};
use serde::{Deserialize, Serialize};

/// A trained network, its preparation and the record of its training.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The network.
    pub spec: Spec,
    /// How a table becomes the network's input, and its output an answer.
    pub preparation: Preparation,
    /// The parameters.
    pub theta: Theta,
    /// How it was trained.
    pub record: Record,
}

/// Flat parameters in the layout of [`feedforward_network::Layout`].
#[derive(Clone, Debug, PartialEq)]
pub enum Theta {
    /// 32 bits.
    F32(Vec<f32>),
    /// 64 bits.
    F64(Vec<f64>),
}

/// How a model was trained: enough to read, and to do it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// `feedforward 0.1.0`.
    pub program: String,
    /// What the table was called.
    pub data: String,
    /// [`crate::fingerprint::of_table`] of it, all parts together; models of older versions have none.
    #[serde(default)]
    pub data_fingerprint: Option<String>,
    /// [`crate::fingerprint::of_table`] of the other table that validated, if there was one.
    #[serde(default)]
    pub valid_fingerprint: Option<String>,
    /// [`crate::fingerprint::of_prepared`] of the table as the network was given it; models of older versions have none.
    #[serde(default)]
    pub prepared_fingerprint: Option<String>,
    /// What the training rows were like; models of older versions have none.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// Everything that was asked, with what was chosen from the data filled in.
    pub ask: Ask,
    /// Rows of the training part; with folds, of the first.
    pub train_rows: usize,
    /// Rows of the validation part; with folds, of the first.
    pub valid_rows: usize,
    /// Folds that chose the number of epochs; 0 where one validation part did, or none.
    #[serde(default)]
    pub folds: usize,
    /// One line per epoch; with folds, of all of them together.
    pub epochs: Vec<EpochRecord>,
    /// The epoch whose parameters the model holds, or would hold without [`Record::refit`].
    pub kept_epoch: u64,
    /// Why it ended.
    pub ending: Ending,
    /// The epochs of the last training, on all rows, if there was one: as many as `kept_epoch`. The model holds what
    /// it ended with.
    #[serde(default)]
    pub refit: Option<Vec<EpochRecord>>,
    /// What ended a run that diverged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged: Option<Diverged>,
    /// The judgement on the validation part, if there was one, by a network that has not learned from it: where there
    /// is a `refit`, not yet the model itself, but the network or the networks that chose the number of epochs.
    pub judgement: Option<Judgement>,
}

/// What ended a run that diverged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diverged {
    /// What, where, and what to do.
    pub what: String,
    /// The step of the first epoch after which the kept parameters were, 0 for those that it started with; `None` if they
    /// are those of [`Record::kept_epoch`].
    pub kept_step: Option<u64>,
}

impl Record {
    /// The rows that [`Record::judgement`] is about, in words.
    pub fn judged_on(&self) -> String {
        match (&self.refit, self.folds) {
            (None, _) => "the validation rows".into(),
            (Some(_), 0) => "the validation rows, before all rows were learned from".into(),
            (Some(_), k) => format!("the rows of each of {k} folds, before all rows were learned from"),
        }
    }
}

/// What a model says about the rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicted {
    /// The answers.
    pub answers: Answers,
    /// Number of rows.
    pub rows: usize,
    /// What the user should know about the table.
    pub notes: Vec<Note>,
}

/// Answers for each row.
#[derive(Clone, Debug, PartialEq)]
pub enum Answers {
    /// The probability of each class.
    Classes {
        /// The C classes.
        names: Vec<String>,
        /// rows x C.
        probabilities: Vec<f64>,
    },
    /// A number for each target, in the unit of the training table.
    Numbers {
        /// The targets.
        names: Vec<String>,
        /// rows x targets.
        values: Vec<f64>,
    },
}

/// A judgement and what its reader should know about the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
    /// What it is made of.
    pub evidence: Evidence,
    /// Notes on the table.
    pub notes: Vec<Note>,
}

/// Rows that pass through the network together when a model is used ...
pub(crate) const USE_BATCH: usize = 256;
/// ... or fewer, so that they make at most about so many numbers in all layers together.
const USE_NUMBERS: usize = 1 << 21;

impl Model {
    /// What the model says about every row of `table`; the target may be missing.
    ///
    /// # Errors
    /// A table that cannot be prepared as the training table was; see [`Preparation::apply`].
    pub fn predict(&self, table: Table, unseen: Unseen, machine: Machine) -> Result<Predicted> {
        let rows = table.rows;
        let (said, notes) = match &self.theta {
            Theta::F32(theta) => self.say(theta, table, unseen, machine)?,
            Theta::F64(theta) => self.say(theta, table, unseen, machine)?,
        };
        let answers = match &self.preparation.target {
            Target::Classes { classes, .. } => Answers::Classes {
                names: classes.clone(),
                probabilities: answer::probabilities(said.outputs, classes.len(), self.spec.outputs()),
            },
            Target::Numbers { columns } => Answers::Numbers {
                names: columns.iter().map(|c| c.name.clone()).collect(),
                values: answer::in_unit(&self.preparation, said.outputs),
            },
        };
        Ok(Predicted { answers, rows, notes })
    }

    /// Judge the model on a table with its target. Of two classes the second is decided for above `threshold`.
    ///
    /// # Errors
    /// As [`Model::predict`]; target cells that are empty or hold a class that training never saw.
    pub fn evaluate(&self, table: Table, threshold: f64, unseen: Unseen, machine: Machine) -> Result<Judged> {
        match &self.theta {
            Theta::F32(theta) => self.judge(theta, table, threshold, unseen, machine),
            Theta::F64(theta) => self.judge(theta, table, threshold, unseen, machine),
        }
    }

    fn say<T: Element>(
        &self,
        theta: &[T],
        table: Table,
        unseen: Unseen,
        machine: Machine,
    ) -> Result<(Said, Vec<Note>)> {
        let need = Need { columns: table.columns.len(), rows: table.rows, ..self.need() };
        need.check(table.limit.as_ref())?;
        let drift = self.drift(&table)?;
        let applied = self.preparation.apply::<T>(table, Want::NoTarget, unseen)?;
        let rows = all_rows(&applied.prepared);
        let part = Part { table: &applied.prepared, rows: &rows };
        let notes = applied.notes.into_iter().chain(drift).collect();
        Ok((pass(&self.spec, theta, part, machine)?, notes))
    }

    fn judge<T: Element>(
        &self,
        theta: &[T],
        table: Table,
        threshold: f64,
        unseen: Unseen,
        machine: Machine,
    ) -> Result<Judged> {
        let (columns, rows) = (table.columns.len(), table.rows);
        let need = Need { columns, rows, judged: rows, outputs: self.preparation.outputs(), ..self.need() };
        need.check(table.limit.as_ref())?;
        let drift = self.drift(&table)?;
        let applied = self.preparation.apply::<T>(table, Want::Target, unseen)?;
        let rows = all_rows(&applied.prepared);
        let part = Part { table: &applied.prepared, rows: &rows };
        let said = pass(&self.spec, theta, part, machine)?;
        let evidence = answer::evidence(&self.preparation, part, said);
        Ok(Judged {
            judgement: evidence.judge(threshold),
            evidence,
            notes: applied.notes.into_iter().chain(drift).collect(),
        })
    }

    /// The memory that the model takes by itself.
    fn need(&self) -> Need {
        let width = match self.theta {
            Theta::F32(_) => f32::BYTES,
            Theta::F64(_) => f64::BYTES,
        };
        Need { networks: (self.spec.parameters() * width) as u64, ..Need::default() }
    }

    /// A note if the rows are not like those of training.
    fn drift(&self, table: &Table) -> Result<Option<Note>> {
        let Some(profile) = &self.record.profile else { return Ok(None) };
        Ok(Note::drift(&table.name, profile.drift(table)?))
    }
}

/// All rows of a prepared table.
pub(crate) fn all_rows<T>(table: &Prepared<T>) -> Vec<u32> {
    (0..table.rows as u32).collect()
}

fn pass<T: Element>(spec: &Spec, theta: &[T], part: Part<'_, T>, machine: Machine) -> Result<Said> {
    let numbers = spec.inputs + spec.layers.iter().map(|l| l.units).sum::<usize>();
    let batch = (USE_NUMBERS / numbers.max(1)).clamp(1, USE_BATCH);
    let plan = Plan::new(spec, batch, machine.threads)?;
    let kernels = machine.kernels::<T>(&plan)?;
    let (mut tape, mut labels) = (Tape::new(&plan), Labels::new(&plan));
    answer::say(&plan, &kernels, theta, &mut tape, &mut labels, part)
}

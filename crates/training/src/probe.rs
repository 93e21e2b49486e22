//! A model with some rows at hand, prepared once: what its hidden layers make of them, and what it says when the
//! values of a column are exchanged among them.

use crate::answer;
use crate::evidence::Evidence;
use crate::labels::Labels;
use crate::machine::Machine;
use crate::model::{Model, Theta, USE_BATCH, all_rows};
use crate::part::Part;
use feedforward_base::{Dice, Error, ErrorKind, Place, Purpose, Result};
use feedforward_data::prepare::{Feature, Prepared, Unseen, Want};
use feedforward_data::table::Table;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::{Layout, Plan, Spec, Tape, step};

/// Rows of a table with their targets, as a model reads them. A clone works on its own, beside the other.
#[derive(Clone, Debug)]
pub struct Probe<'m> {
    model: &'m Model,
    rows: Rows<'m>,
}

/// In the model's precision.
#[derive(Clone, Debug)]
enum Rows<'m> {
    F32(Own<'m, f32>),
    F64(Own<'m, f64>),
}

/// What one pass needs, and the rows.
#[derive(Clone, Debug)]
struct Own<'m, T: Element> {
    theta: &'m [T],
    prepared: Prepared<T>,
    all: Vec<u32>,
    plan: Plan,
    kernels: Kernels<T>,
    tape: Tape<T>,
    labels: Labels<T>,
}

/// How well a model does, in two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The mean loss.
    pub loss: f64,
    /// Accuracy for classes, R² (the mean over the columns) for numbers; `None` where it is not defined.
    pub score: Option<f64>,
}

impl<'m> Probe<'m> {
    /// At most `most` rows of `table`, drawn by `dice`, in the order of the table; all if it has no more.
    /// Categories that training never saw are none of those known. One thread computes.
    ///
    /// # Errors
    /// As [`Model::evaluate`]; fewer than two rows.
    pub fn new(model: &'m Model, table: &Table, most: usize, dice: Dice, machine: Machine) -> Result<Self> {
        let table = some_rows(table, most, dice)?;
        let machine = Machine { threads: 1, ..machine };
        let rows = match &model.theta {
            Theta::F32(theta) => Rows::F32(Own::new(model, theta, table, machine)?),
            Theta::F64(theta) => Rows::F64(Own::new(model, theta, table, machine)?),
        };
        Ok(Probe { model, rows })
    }
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match &self.rows {
            Rows::F32(own) => own.all.len(),
            Rows::F64(own) => own.all.len(),
        }
    }
    /// What the model says about the rows, beside the truth.
    ///
    /// # Errors
    /// As [`Model::evaluate`].
    pub fn evidence(&mut self) -> Result<Evidence> {
        match &mut self.rows {
            Rows::F32(own) => own.evidence(self.model),
            Rows::F64(own) => own.evidence(self.model),
        }
    }
    /// How well the model does on the rows.
    ///
    /// # Errors
    /// As [`Model::evaluate`].
    pub fn score(&mut self) -> Result<Scored> {
        match &mut self.rows {
            Rows::F32(own) => own.score(self.model),
            Rows::F64(own) => own.score(self.model),
        }
    }
    /// How well the model does when row r has the value of row `order[r]` in column `feature` of its preparation:
    /// all inputs of the column move together, everything else stays.
    ///
    /// # Errors
    /// As [`Model::evaluate`].
    ///
    /// # Panics
    /// If there is no such feature, or `order` has not one row for each.
    pub fn score_with(&mut self, feature: usize, order: &[u32]) -> Result<Scored> {
        let features = &self.model.preparation.features;
        let at = features[..feature].iter().map(Feature::width).sum();
        let inputs = (at, features[feature].width());
        match &mut self.rows {
            Rows::F32(own) => own.score_with(self.model, inputs, order),
            Rows::F64(own) => own.score_with(self.model, inputs, order),
        }
    }
    /// The activations of each hidden layer l = 1 .. L−1, rows x n_l, without dropout.
    pub fn hidden(&mut self) -> Vec<Vec<f64>> {
        match &mut self.rows {
            Rows::F32(own) => own.hidden(),
            Rows::F64(own) => own.hidden(),
        }
    }
    /// The network.
    pub fn spec(&self) -> &'m Spec {
        &self.model.spec
    }
    /// The names of the feature columns.
    pub fn columns(&self) -> impl Iterator<Item = &'m str> {
        self.model.preparation.features.iter().map(|f| f.column.as_str())
    }
}

impl<'m, T: Element> Own<'m, T> {
    fn new(model: &'m Model, theta: &'m [T], table: Table, machine: Machine) -> Result<Self> {
        let prepared = model.preparation.apply::<T>(table, Want::Target, Unseen::Other)?.prepared;
        let plan = Plan::new(&model.spec, USE_BATCH, machine.threads)?;
        Ok(Own {
            theta,
            all: all_rows(&prepared),
            kernels: machine.kernels(&plan)?,
            tape: Tape::new(&plan),
            labels: Labels::new(&plan),
            prepared,
            plan,
        })
    }

    fn evidence(&mut self, model: &Model) -> Result<Evidence> {
        let part = Part { table: &self.prepared, rows: &self.all };
        let said =
            answer::say(&self.plan, &self.kernels, self.theta, &mut self.tape, &mut self.labels, part)?;
        Ok(answer::evidence(&model.preparation, part, said))
    }

    fn score(&mut self, model: &Model) -> Result<Scored> {
        let evidence = self.evidence(model)?;
        Ok(Scored { loss: evidence.loss(), score: answer::score(&evidence) })
    }

    fn score_with(&mut self, model: &Model, (at, width): (usize, usize), order: &[u32]) -> Result<Scored> {
        assert_eq!(order.len(), self.all.len(), "one row for each");
        let inputs = self.prepared.inputs;
        let place = |r: usize| r * inputs + at..r * inputs + at + width;
        let x = self.prepared.x.here_mut();
        let kept: Vec<T> = (0..order.len()).flat_map(|r| x[place(r)].to_vec()).collect();
        for (r, &from) in order.iter().enumerate() {
            x[place(r)].copy_from_slice(&kept[from as usize * width..][..width]);
        }
        let scored = self.score(model);
        for (r, own) in kept.chunks_exact(width).enumerate() {
            self.prepared.x.here_mut()[place(r)].copy_from_slice(own);
        }
        scored
    }

    fn hidden(&mut self) -> Vec<Vec<f64>> {
        let layout = Layout::new(self.plan.spec());
        let mut layers = vec![Vec::new(); layout.last() - 1];
        for rows in self.all.chunks(self.plan.batch()) {
            let m = rows.len();
            self.kernels.gather(self.prepared.view(), rows, self.tape.input(m));
            step::forward(&self.plan, &self.kernels, self.theta, &mut self.tape, m);
            for (l, layer) in (1..).zip(&mut layers) {
                layer.extend(self.tape.a(l, m).data().iter().map(|a| a.to_f64()));
            }
        }
        layers
    }
}

fn some_rows(table: &Table, most: usize, dice: Dice) -> Result<Table> {
    if table.rows < 2 {
        let e = Error::new(ErrorKind::TooFewRows { need: 2, have: table.rows });
        return Err(e.at(Place::file(&table.name)).hint("give more rows: what one row shows says nothing"));
    }
    let mut rows: Vec<u32> = (0..table.rows as u32).collect();
    if table.rows > most {
        dice.stream(Purpose::Experiment, &[]).shuffle(&mut rows);
        rows.truncate(most.max(2));
        rows.sort_unstable();
    }
    // So few rows stand in memory.
    Ok(Table { limit: None, ..table.pick(&rows)? })
}

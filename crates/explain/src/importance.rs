//! Which columns a model relies on: permutation importance.
//!
//! The values of one column are shuffled among the rows, so that the column keeps its distribution and says nothing
//! about the target any more. How much the loss rises and the score falls is how much the model relies on the column
//! (Breiman: Random Forests, 2001; Fisher, Rudin, Dominici: All Models are Wrong, but Many are Useful, 2019). All
//! inputs of the column move together: the levels of a category, a number and its "is missing".
//!
//! It describes the model, not the world, on the rows that it is given: rows that the model did not train on show what
//! helps it on new ones. **Columns that say the same share their importance**: while one is shuffled the other still
//! speaks, and both may seem to matter little. A column that means nothing comes out near 0, on either side of it.

use feedforward_base::{Dice, Error, Purpose, Result};
use feedforward_data::table::Table;
use feedforward_training::probe::{Probe, Scored};
use feedforward_training::{Evidence, Machine, Metric, Model};
use serde::Serialize;

/// Floating-point operations that the default spends: seconds.
const BUDGET: f64 = 2e11;

/// How thoroughly importance is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct How {
    /// Rows at most; drawn by dice where there are more.
    pub rows: usize,
    /// Shuffles of each column, at least 1.
    pub repeats: usize,
    /// The seed of both.
    pub seed: u64,
}

impl How {
    /// Up to 2,000 rows and 10 shuffles of each column; of a network that is large or has many columns first fewer
    /// shuffles, then fewer rows, at least 200, so that it takes seconds. Nothing is measured: the same model and
    /// number of rows give the same.
    pub fn usual(model: &Model, rows: usize, seed: u64) -> Self {
        let row = model.preparation.features.len() as f64 * 2.0 * model.spec.parameters() as f64;
        let most = rows.clamp(1, 2_000);
        let repeats = (BUDGET / (row * most as f64)).clamp(1.0, 10.0) as usize;
        How { rows: most.min((BUDGET / row).max(200.0) as usize), repeats, seed }
    }
}

/// How much a model relies on each column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Importance {
    /// Rows on which it was measured.
    pub rows: usize,
    /// Shuffles of each column.
    pub repeats: usize,
    /// The seed that drew rows and shuffles.
    pub seed: u64,
    /// The mean loss on the rows as they are.
    pub loss: f64,
    /// What the score is: accuracy or R².
    pub metric: Metric,
    /// The score on the rows as they are; `None` where it is not defined.
    pub score: Option<f64>,
    /// The columns, those that matter most first, and of equal ones those that come first in the table.
    pub columns: Vec<ColumnImportance>,
}

/// How much a model relies on one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnImportance {
    /// Its name.
    pub column: String,
    /// Its place by the rise of the loss, from 1; equal ones share the best of theirs.
    pub rank: usize,
    /// Loss on shuffled rows − loss on the rows as they are.
    pub loss_rise: Change,
    /// Score on the rows as they are − score on shuffled rows; `None` where it is not defined.
    pub score_fall: Option<Change>,
}

/// A change over several shuffles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The mean.
    pub mean: f64,
    /// The standard deviation with n − 1; `None` for one shuffle.
    pub deviation: Option<f64>,
}

/// Measure the importance of every column for `model` on rows of `table`, which must have the target.
///
/// Columns are divided among the threads of `machine`; no number depends on that.
///
/// # Errors
/// As [`Model::evaluate`]; fewer than two rows; no shuffle; a loss that is not finite.
pub fn importance(model: &Model, table: &Table, how: How, machine: Machine) -> Result<Importance> {
    if how.repeats == 0 {
        return Err(Error::bad_value("the number of shuffles", 0, "1 or more"));
    }
    let dice = Dice::new(how.seed);
    let mut probe = Probe::new(model, table, how.rows, dice, machine)?;
    let base = probe.score()?;
    finite(base.loss)?;
    let metric = match probe.evidence()? {
        Evidence::Classes(_) => Metric::Accuracy,
        Evidence::Numbers(_) => Metric::R2,
    };
    let names: Vec<&str> = probe.columns().collect();
    let scored = all_scored(&probe, names.len(), how, machine.threads)?;
    let mut columns = Vec::new();
    for (name, scored) in names.into_iter().zip(&scored) {
        scored.iter().try_for_each(|s| finite(s.loss))?;
        let falls: Option<Vec<f64>> = scored.iter().map(|s| Some(base.score? - s.score?)).collect();
        columns.push(ColumnImportance {
            column: name.into(),
            rank: 0,
            loss_rise: Change::of(scored.iter().map(|s| s.loss - base.loss).collect()),
            score_fall: falls.map(Change::of),
        });
    }
    order(&mut columns);
    let (rows, loss) = (probe.rows(), base.loss);
    Ok(Importance { rows, repeats: how.repeats, seed: how.seed, loss, metric, score: base.score, columns })
}

/// What the model does with each column shuffled, `how.repeats` times.
fn all_scored(probe: &Probe<'_>, columns: usize, how: How, threads: usize) -> Result<Vec<Vec<Scored>>> {
    let mut scored: Vec<Result<Vec<Scored>>> = (0..columns).map(|_| Ok(Vec::new())).collect();
    let share = columns.div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        for (first, share) in (0..).step_by(share).zip(scored.chunks_mut(share)) {
            let mut probe = probe.clone();
            scope.spawn(move || {
                for (column, scored) in (first..).zip(share) {
                    let of = |repeat| scored_once(&mut probe, column, repeat, how.seed);
                    *scored = (0..how.repeats).map(of).collect();
                }
            });
        }
    });
    scored.into_iter().collect()
}

fn scored_once(probe: &mut Probe<'_>, column: usize, repeat: usize, seed: u64) -> Result<Scored> {
    let mut order: Vec<u32> = (0..probe.rows() as u32).collect();
    let counters = [1, column as u64, repeat as u64];
    Dice::new(seed).stream(Purpose::Experiment, &counters).shuffle(&mut order);
    probe.score_with(column, &order)
}

/// Sort by the rise of the loss, and number the places.
fn order(columns: &mut [ColumnImportance]) {
    // The sort is stable: equal ones stay in the order of the table.
    columns.sort_by(|a, b| b.loss_rise.mean.total_cmp(&a.loss_rise.mean));
    for i in 0..columns.len() {
        let same = i > 0 && columns[i].loss_rise.mean == columns[i - 1].loss_rise.mean;
        columns[i].rank = if same { columns[i - 1].rank } else { i + 1 };
    }
}

fn finite(loss: f64) -> Result<()> {
    if loss.is_finite() {
        return Ok(());
    }
    let e = Error::bad_value("the mean loss on these rows", loss, "finite");
    Err(e.hint("look for values that are far from all others, and for weights that are all 0"))
}

impl Change {
    fn of(values: Vec<f64>) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        Change { mean, deviation: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()) }
    }
}

//! k-fold cross-validation: every row is judged by a model that has not learned from it (Fischer and Zahn: k-fold).

mod baseline;
mod check;
mod notes;
mod out_of_fold;
mod run;

pub use baseline::Baseline;
pub use out_of_fold::OutOfFold;

use crate::folds::{How, Round};
use crate::spread::Spread;
use check::{Checked, check};
use feedforward_base::{Place, Result};
use feedforward_data::memory::Limit;
use feedforward_data::prepare::Unseen;
use feedforward_data::table::Table;
use feedforward_training::need::Need;
use feedforward_training::{
    Ask, Control, Ending, EpochRecord, Event, Evidence, Judgement, Machine, Metric, fit,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a cross-validation found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossValidation {
    /// What the table was called.
    pub data: String,
    /// Its rows.
    pub rows: usize,
    /// What was asked of each training.
    pub ask: Ask,
    /// How the table was divided.
    pub how: How,
    /// The folds that are done, in order: all of them unless [`CrossValidation::interrupted`].
    pub folds: Vec<Fold>,
    /// The loss on the held-back rows over the folds where it is finite; `None` if it is in none.
    pub loss: Option<Spread>,
    /// Every metric over the folds in which it is defined; a metric that is defined in none is not here. A fold counts
    /// as much as another, however many rows it has.
    pub scores: BTreeMap<Metric, Spread>,
    /// The 95 % intervals of the metrics' means, see [`Spread::interval`], within what a metric can be; none of a metric
    /// that is the same in all folds, and none by time, where training parts grow from fold to fold.
    pub intervals: BTreeMap<Metric, (f64, f64)>,
    /// The judgement on all held-back rows of the first division together; `None` if no fold of it is done.
    pub pooled: Option<Judgement>,
    /// What a network must beat on these rows; `None` if no fold of the first division is done.
    pub baseline: Option<Baseline>,
    /// Whether the listener ended it before all folds were done.
    pub interrupted: bool,
    /// What its user should know about the data; what single folds say names them.
    pub notes: Vec<String>,
    /// How much each row of the table counts.
    #[serde(skip)]
    weights: Option<Vec<f64>>,
}

/// One model and what it says about the rows that were held back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fold {
    /// The division, from 1.
    pub repeat: usize,
    /// The fold of the division, from 1.
    pub fold: usize,
    /// Rows of the training part within those that training was given; it may have learned from all in the end, see
    /// [`feedforward_training::Record::refit`].
    pub train_rows: usize,
    /// The others, which chose its best epoch, none of them held back.
    pub valid_rows: usize,
    /// Rows that were held back.
    pub test_rows: usize,
    /// Units of the layers: `13-128-64-3`.
    pub shape: String,
    /// The judgement on the held-back rows.
    pub judgement: Judgement,
    /// One line per epoch.
    pub epochs: Vec<EpochRecord>,
    /// The epoch whose parameters were judged.
    pub kept_epoch: u64,
    /// Why training ended.
    pub ending: Ending,
    /// The held-back rows, counted from 0 in the table, ascending.
    #[serde(skip)]
    pub test: Vec<u32>,
    /// What the model said about them.
    #[serde(skip)]
    pub evidence: Evidence,
    #[serde(skip)]
    notes: Vec<String>,
}

/// News of a cross-validation. Folds may run at the same time.
#[derive(Clone, Debug, PartialEq)]
pub enum News<'a> {
    /// A fold's training.
    Training {
        /// Which of all rounds, from 0.
        round: usize,
        /// The number of rounds.
        rounds: usize,
        /// Its news. While another fold tells something, news of single steps are left out.
        event: Event<'a>,
    },
    /// A fold is judged.
    Judged {
        /// Which of all rounds, from 0.
        round: usize,
        /// The number of rounds.
        rounds: usize,
        /// What was found.
        fold: &'a Fold,
    },
}

/// Train and judge a model for each round of `how`: on the rows that are not held back, as [`fit`] does with a table
/// that has these rows only, then on those that are.
///
/// Folds run side by side on the threads of `machine`; nothing in the result depends on how many there are. When
/// `observe` says stop, folds that are not done are dropped. What the target is, and which columns only count the
/// rows, is decided on the whole table, so that it is the same in every fold.
///
/// # Errors
/// What [`How::rounds`], [`fit`] and [`feedforward_training::Model::evaluate`] refuse, the fold named; a class that
/// some fold's training rows do not have. Of several folds that fail it is the first one's.
pub fn cross_validate(
    table: &Table,
    ask: &Ask,
    how: &How,
    machine: Machine,
    observe: &mut (dyn FnMut(News<'_>) -> Control + Send),
) -> Result<CrossValidation> {
    let rounds = how.rounds(table, &ask.roles)?;
    let Checked { roles, weights, mut notes } = check(table, &ask.roles, how, &rounds)?;
    let own = Ask { roles, ..ask.clone() };
    // What is said of the rows of all folds stays; folds that run side by side share the rest.
    Need { judged: table.rows * how.repeats, outputs: 1, ..Need::default() }.check(table.limit.as_ref())?;
    let limit = table.limit.as_ref().map(|limit| limit.shared_by(machine.threads.min(rounds.len())));
    let one = |round: &Round, threads, observe: &mut dyn FnMut(Event<'_>) -> Control| {
        hold_back(
            (table, limit.as_ref()),
            &own,
            &how.name(round.repeat, round.fold),
            round,
            Machine { threads, ..machine },
            observe,
        )
    };
    let folds = run::side_by_side(&rounds, machine.threads, one, observe)?;
    notes.extend(notes::of(&folds, how));
    let loss = Spread::of(folds.iter().filter_map(|f| f.judgement.loss()).collect());
    let over = |m: &Metric| Spread::of(folds.iter().filter_map(|f| f.judgement.value(*m)).collect());
    let scores: BTreeMap<Metric, Spread> = Metric::ALL.iter().filter_map(|m| Some((*m, over(m)?))).collect();
    let intervals = match ask.roles.time {
        Some(_) => BTreeMap::new(),
        None => intervals(&scores, &folds),
    };
    let mut found = CrossValidation {
        data: table.name.clone(),
        rows: table.rows,
        ask: ask.clone(),
        how: how.clone(),
        loss,
        scores,
        intervals,
        pooled: None,
        baseline: None,
        interrupted: folds.len() < rounds.len(),
        folds,
        notes,
        weights,
    };
    found.pooled = found.out_of_fold(1).map(|all| all.evidence.judge(0.5));
    found.baseline = found.pooled.as_ref().and_then(Baseline::of);
    Ok(found)
}

/// Train without the rows that `round` holds back, and judge on these; `None` if the listener ended it.
fn hold_back(
    (table, limit): (&Table, Option<&Limit>),
    ask: &Ask,
    name: &str,
    round: &Round,
    machine: Machine,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Option<Fold>> {
    let part = |rows: &[u32]| {
        let (name, limit) = (format!("{}, {name}", table.name), limit.cloned());
        Ok(Table { name, limit, ..table.pick(rows)? })
    };
    let place = || Place::file(format!("{}, {name}", table.name));
    let fitted = fit(part(&round.rows.train)?, None, ask, machine, observe).map_err(|e| e.at(place()))?;
    let (model, record) = (&fitted.model, &fitted.model.record);
    if record.ending == Ending::Interrupted {
        return Ok(None);
    }
    let judged = model.evaluate(part(&round.rows.test)?, 0.5, Unseen::Other, machine);
    let judged = judged.map_err(|e| e.at(place()))?;
    Ok(Some(Fold {
        repeat: round.repeat,
        fold: round.fold,
        train_rows: record.train_rows,
        valid_rows: record.valid_rows,
        test_rows: round.rows.test.len(),
        shape: model.spec.shape(),
        judgement: judged.judgement,
        epochs: record.epochs.clone(),
        kept_epoch: record.kept_epoch,
        ending: record.ending,
        test: round.rows.test.clone(),
        evidence: judged.evidence,
        notes: fitted.said().into_iter().chain(judged.notes.iter().map(ToString::to_string)).collect(),
    }))
}

fn intervals(scores: &BTreeMap<Metric, Spread>, folds: &[Fold]) -> BTreeMap<Metric, (f64, f64)> {
    let per_train = |f: &Fold| f.test_rows as f64 / (f.train_rows + f.valid_rows) as f64;
    let ratio = folds.iter().map(per_train).sum::<f64>() / folds.len() as f64;
    let interval = |m: Metric, spread: &Spread| {
        let (low, high) = spread.interval(ratio)?;
        let (least, most) = bounds(m);
        Some((m, (low.max(least), high.min(most))))
    };
    scores.iter().filter_map(|(m, spread)| interval(*m, spread)).collect()
}

/// The least and the largest value that a metric can have.
fn bounds(metric: Metric) -> (f64, f64) {
    match metric {
        Metric::Mcc | Metric::Kappa => (-1.0, 1.0),
        Metric::R2 => (f64::NEG_INFINITY, 1.0),
        Metric::RocAuc | Metric::AveragePrecision => (0.0, 1.0),
        m if m.about().percent => (0.0, 1.0),
        // Errors.
        _ => (0.0, f64::INFINITY),
    }
}

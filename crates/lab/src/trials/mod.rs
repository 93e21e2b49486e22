//! The error on training and on validation rows, measured again and again: on fresh rows of a known function, or on
//! random parts of a user's table. Every network goes through the main job, as with `ff train` and `ff evaluate`.

mod diagnosis;
mod parts;
mod picture;

pub use diagnosis::Learner;
pub use parts::Source;
pub use picture::{band, curves};

use crate::crew::{Tell, side_by_side};
use crate::interval::Interval;
use crate::points::stream;
use feedforward_base::{Error, Result};
use feedforward_data::prepare::{Target, Unseen};
use feedforward_data::table::Table;
use feedforward_network::{Activation, Optimizer, Penalty};
use feedforward_selection::Spread;
use feedforward_training::{self as training, Control, Judgement, Machine, Metric, Model, Precision};
use parts::Parts;
use serde::Serialize;

/// What is measured, on what, how often.
pub struct Study<'a> {
    /// Where rows come from.
    pub source: Source<'a>,
    /// What every training is asked; an experiment changes what it varies.
    pub ask: training::Ask,
    /// Independent training sets, or random divisions of the table; 2 or more.
    pub repeats: usize,
    /// Its threads train one network each; no result depends on it.
    pub machine: Machine,
    /// The error that should be within reach, if the user knows.
    pub goal: Option<f64>,
    /// DATA and the flags that say what is learned from it, for the commands that are proposed.
    pub subject: String,
    /// Hears of every network that is trained.
    pub tell: Tell<'a>,
}

/// How errors are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 1 − accuracy; beside it the log loss.
    Classes,
    /// The root mean square error in the target's unit; beside it R².
    Numbers,
}

impl Kind {
    /// What the error is called.
    pub fn error(self) -> &'static str {
        match self {
            Kind::Classes => "error rate",
            Kind::Numbers => "RMSE",
        }
    }
    /// What has the error to beat.
    pub fn usual(self) -> &'static str {
        match self {
            Kind::Classes => "the most frequent class",
            Kind::Numbers => "the mean",
        }
    }
    /// What stands beside it.
    pub fn beside(self) -> &'static str {
        match self {
            Kind::Classes => "log loss",
            Kind::Numbers => "R²",
        }
    }
}

/// The errors at one place of a curve, over the repeats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct At {
    /// Rows or hidden units.
    pub at: usize,
    /// On the rows that training was given; a part of them it may have kept back to know when to stop.
    pub train: Spread,
    /// On rows that it was not given.
    pub valid: Spread,
    /// Validation less training error, repeat by repeat.
    pub gap: Spread,
    /// Log loss or R² on the training rows, where it is defined in all repeats.
    pub train_beside: Option<Spread>,
    /// The same on the validation rows.
    pub valid_beside: Option<Spread>,
    /// The mean error of always saying the most frequent class, or the mean, of the validation rows.
    pub baseline: f64,
}

/// One network on two parts.
struct Seen {
    train: Scores,
    valid: Scores,
    baseline: f64,
}

#[derive(Clone, Copy)]
struct Scores {
    error: f64,
    beside: Option<f64>,
}

/// Settings of trainings on drawn rows where the user does not say.
const UNITS: usize = 20;
const ITERATIONS: u64 = 300;
const PENALTY: f64 = 1e-4;
const EPOCHS: u64 = 2000;
const BATCH: usize = 10;
const LEARNING_RATE: f64 = 0.02;

/// Settings that the user has left open, though a request always holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// The activation.
    pub activation: bool,
    /// The optimizer and all that belongs to it: an experiment that is not about epochs then trains to the end.
    pub optimizer: bool,
}

impl Study<'_> {
    /// What is left open is chosen: for a table as `ff train` chooses; for drawn rows a tanh network that keeps no rows
    /// back and is trained to the end by L-BFGS with a penalty of 1e-4, so that only what is varied varies, or with Adam
    /// for a fixed time.
    pub fn settle(&mut self, open: Open) {
        let Source::Drawn { .. } = self.source else { return };
        let ask = &mut self.ask;
        ask.roles.target = vec!["y".into()];
        ask.layers.get_or_insert(vec![UNITS]);
        ask.validation.get_or_insert(0.0);
        if open.activation {
            ask.activation = vec![Activation::Tanh];
        }
        if open.optimizer {
            ask.optimizer = Optimizer::LBFGS;
            ask.precision = Precision::F64;
            ask.epochs.get_or_insert(ITERATIONS);
            if ask.penalty == Penalty::default() {
                ask.penalty.l2 = PENALTY;
            }
        }
        if !ask.optimizer.is_search() {
            ask.batch_size.get_or_insert(BATCH);
            ask.learning_rate.get_or_insert(LEARNING_RATE);
            ask.epochs.get_or_insert(EPOCHS);
        }
    }
    /// The lowest error that can be, if it is known: the user's goal, or the noise that was drawn.
    pub fn floor(&self) -> Option<f64> {
        self.goal.or(match &self.source {
            Source::Drawn { noisy, .. } => Some(noisy.noise),
            Source::Table { .. } => None,
        })
    }
    /// What is learned, found out without training.
    ///
    /// # Errors
    /// Columns or settings that cannot be; less than 2 repeats; a goal that is no error.
    pub fn kind(&self) -> Result<Kind> {
        if self.repeats < 2 {
            return Err(Error::bad_value(
                "--repeats",
                self.repeats,
                "2 or more, to tell a difference from chance",
            ));
        }
        if let Some(goal) = self.goal.filter(|g| !(*g >= 0.0 && g.is_finite())) {
            return Err(Error::bad_value("--goal", goal, "an error of 0 or more"));
        }
        let Source::Table { table, .. } = &self.source else { return Ok(Kind::Numbers) };
        let chosen = training::preview(table, None, &self.ask, self.machine)?;
        Ok(match chosen.preparation.target {
            Target::Classes { .. } => Kind::Classes,
            Target::Numbers { .. } => Kind::Numbers,
        })
    }
    /// The interval of a mean over repeats. Random parts of one table share rows, which is counted (Nadeau and Bengio
    /// 2003).
    pub fn interval(&self, of: &Spread) -> Interval {
        let shared = match &self.source {
            Source::Drawn { .. } => 0.0,
            Source::Table { share, .. } => share / (1.0 - share),
        };
        Interval::of(of, shared)
    }
    /// The seed of repeat `r`: of its parts and of its network.
    pub(crate) fn seed(&self, r: usize) -> u64 {
        stream(self.ask.seed, 7).bits(r as u64)
    }
    /// Train for each of `places` in each repeat, and judge. `vary` gives the rows and changes the request.
    pub(crate) fn measure(
        &self,
        parts: &[Parts<'_>],
        places: &[usize],
        vary: &(dyn Fn(&Parts<'_>, &mut training::Ask, usize) -> Result<Table> + Sync),
    ) -> Result<Vec<At>> {
        let kind = self.kind()?;
        let one = Machine { threads: 1, ..self.machine };
        // From the last place, which takes longest, so that no thread is left alone with it.
        let job = |i: usize| -> Result<Seen> {
            let (place, r) = (places[places.len() - 1 - i / self.repeats], i % self.repeats);
            let mut ask = training::Ask { seed: self.seed(r), ..self.ask.clone() };
            let train = vary(&parts[r], &mut ask, place)?;
            let model = training::fit(train.clone(), None, &ask, one, &mut |_| Control::Continue)?.model;
            let (own, _) = judge(kind, &model, train, one)?;
            let (valid, baseline) = judge(kind, &model, parts[r].valid.clone(), one)?;
            Ok(Seen { train: own, valid, baseline })
        };
        let seen = side_by_side(places.len() * self.repeats, self.machine.threads, self.tell, &job)?;
        let each = seen.chunks(self.repeats).rev().zip(places);
        Ok(each.filter_map(|(seen, at)| summed_up(*at, seen)).collect())
    }
}

/// The spreads of one place; `None` without a repeat.
fn summed_up(at: usize, seen: &[Seen]) -> Option<At> {
    let spread = |of: &dyn Fn(&Seen) -> f64| Spread::of(seen.iter().map(of).collect());
    let beside = |of: &dyn Fn(&Seen) -> Option<f64>| {
        seen.iter().map(of).collect::<Option<Vec<f64>>>().and_then(Spread::of)
    };
    Some(At {
        at,
        train: spread(&|s| s.train.error)?,
        valid: spread(&|s| s.valid.error)?,
        gap: spread(&|s| s.valid.error - s.train.error)?,
        train_beside: beside(&|s| s.train.beside),
        valid_beside: beside(&|s| s.valid.beside),
        baseline: spread(&|s| s.baseline)?.mean,
    })
}

/// The scores of a model on a table, and the error to beat there.
fn judge(kind: Kind, model: &Model, table: Table, machine: Machine) -> Result<(Scores, f64)> {
    let judgement = model.evaluate(table, 0.5, Unseen::Other, machine)?.judgement;
    let (error, beside) = match kind {
        Kind::Classes => {
            (judgement.value(Metric::Accuracy).map(|a| 1.0 - a), judgement.value(Metric::LogLoss))
        }
        Kind::Numbers => (judgement.value(Metric::Rmse), judgement.value(Metric::R2)),
    };
    let error = error.ok_or_else(|| {
        Error::bad_value(
            "the error of a network",
            "beyond the finite numbers, or of rows that all weigh 0",
            "a number",
        )
    })?;
    Ok((Scores { error, beside }, baseline(&judgement)))
}

fn baseline(judgement: &Judgement) -> f64 {
    match judgement {
        Judgement::Classes(j) => j.baseline().map_or(0.0, |(_, accuracy)| 1.0 - accuracy),
        Judgement::Numbers(j) => {
            j.columns.iter().filter_map(|c| c.baseline_rmse).sum::<f64>() / j.columns.len() as f64
        }
    }
}

/// What to do next where no network is better than always saying the same.
pub(crate) fn look_elsewhere(study: &Study<'_>, kind: Kind) -> String {
    match (kind, &study.source) {
        (Kind::Classes, Source::Table { .. }) => format!(
            "Next: other columns; or, where one class is rare, scores that see it, such as the ROC AUC: ff cross-validate{}",
            study.subject
        ),
        _ => "Next: other columns, less noise, or many more rows".into(),
    }
}

/// Lines of a table: what was varied, training and validation error with their deviations, and what stands beside.
pub(crate) fn table(what: &str, kind: Kind, all: &[At]) -> Vec<String> {
    let (error, beside) = (kind.error(), kind.beside());
    let head = format!(
        "{what:>8}  {:<22} {:<22} {:<22} {beside}, validation",
        format!("training {error}"),
        format!("validation {error}"),
        "gap"
    );
    let line = |a: &At| {
        let beside = a.valid_beside.as_ref().map_or("-".into(), ToString::to_string);
        format!(
            "{:>8}  {:<22} {:<22} {:<22} {beside}",
            a.at,
            a.train.to_string(),
            a.valid.to_string(),
            a.gap.to_string()
        )
    };
    [head].into_iter().chain(all.iter().map(line)).collect()
}

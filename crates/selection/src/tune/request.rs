//! What is asked of a search, and what it comes to before anything is trained.

use super::halving::{Rung, rungs};
use super::journal::Header;
use super::parts::Parts;
use super::point::{Flag, LARGEST_GRID, Point};
use super::space::{Domain, Space};
use super::trial::By;
use feedforward_base::{Error, ErrorKind, Result};
use feedforward_data::prepare::Target;
use feedforward_training::metric::Kind;
use feedforward_training::{Ask, Chosen, Machine, fingerprint, preview};
use serde::Serialize;

/// The order in which a space is gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// Points at random (Bergstra and Bengio, Random search for hyper-parameter optimization, 2012).
    #[default]
    Random,
    /// Every combination.
    Grid,
    /// Points at random, of which ever fewer are trained for ever longer; see [`super::halving`].
    Halving,
}

impl Search {
    /// The name that users type.
    pub fn name(self) -> &'static str {
        match self {
            Search::Random => "random",
            Search::Grid => "grid",
            Search::Halving => "halving",
        }
    }
}

/// How a trial is judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judge {
    /// On this share of the rows, the same rows for all trials. They also choose the trial's best epoch.
    Validation(f64),
    /// On each of so many folds, by a network that was trained on the others; a part of these chooses the epoch, as in
    /// every training.
    Folds(usize),
}

/// What is asked of a search.
pub struct Request<'a> {
    /// What varies.
    pub space: Space,
    /// In which order.
    pub search: Search,
    /// Trials at most; of a grid all up to [`LARGEST_GRID`] unless it is given, otherwise 50.
    pub trials: Option<usize>,
    /// How a trial is judged.
    pub judge: Judge,
    /// By which number.
    pub by: By,
    /// The seed of the draws, of the parts, and of every training.
    pub seed: u64,
    /// Flags of `ff train` that are the same in all trials.
    pub fixed: Vec<Flag>,
    /// What flags of `ff train` ask.
    pub ask: &'a (dyn Fn(&[Flag]) -> Result<Ask> + Sync),
}

/// Trials of a search that does not say how many.
const USUAL_TRIALS: usize = 50;

/// Everything that is known before the first trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The trials' points.
    pub points: Vec<Point>,
    /// Rounds of successive halving; none for the other searches.
    pub rungs: Vec<Rung>,
    /// The first trial that can be trained, everything decided.
    pub chosen: Chosen,
}

impl Request<'_> {
    /// Decide everything but the scores.
    ///
    /// # Errors
    /// Data that cannot be used, a metric of the other kind, a grid without end, settings none of whose combinations
    /// can be trained.
    pub fn plan(&self, parts: &Parts, machine: Machine) -> Result<Planned> {
        self.check()?;
        let points = match self.search {
            Search::Grid => self.space.grid(self.trials.unwrap_or(LARGEST_GRID))?,
            Search::Random | Search::Halving => {
                self.space.random(self.trials.unwrap_or(USUAL_TRIALS), self.seed)
            }
        };
        let chosen = self.first(&points, parts, machine)?;
        let kind = match chosen.preparation.target {
            Target::Classes { .. } => Kind::Classes,
            Target::Numbers { .. } => Kind::Numbers,
        };
        self.by.check(kind)?;
        let rungs = match self.search {
            Search::Halving => rungs(points.len(), chosen.regime.epochs),
            Search::Random | Search::Grid => Vec::new(),
        };
        Ok(Planned { points, rungs, chosen })
    }

    fn check(&self) -> Result<()> {
        let mut problems = Vec::new();
        if self.trials == Some(0) {
            problems.push(Error::bad_value("--trials", 0, "at least 1"));
        }
        match self.judge {
            Judge::Validation(share) if !(share > 0.0 && share < 1.0) => {
                problems.push(Error::bad_value("--validation", share, "above 0 and below 1"));
            }
            Judge::Folds(k @ 0..2) => problems.push(Error::bad_value("--folds", k, "at least 2")),
            _ => {}
        }
        let conflict = |one: &str, other: &str, why: &str, hint: &str| {
            let (one, other, why) = (format!("a space with `{one}`"), other.into(), why.into());
            Error::new(ErrorKind::Conflict { one, other, why }).hint(hint)
        };
        if self.search == Search::Halving && self.space.get("epochs").is_some() {
            let (why, hint) =
                ("it decides how long a trial trains", "leave it out; `--epochs` says how long at most");
            problems.push(conflict("epochs", "`--search halving`", why, hint));
        }
        // What is fixed is no choice; only several values make losses that cannot be compared.
        let varies = |name: &str| {
            self.space.get(name).is_some_and(|s| match &s.domain {
                Domain::OneOf(all) => all.len() > 1,
                Domain::Range(_) => true,
            })
        };
        if let (By::Loss, Some(name)) =
            (self.by, ["loss", "output", "label-smoothing"].into_iter().find(|name| varies(name)))
        {
            let why = "losses of different kinds cannot be compared";
            problems.push(conflict(name, "the loss as the score", why, "name a metric with `--metric`"));
        }
        for setting in &self.space.settings {
            if self.fixed.iter().any(|(name, _)| name == setting.flag()) {
                let other = format!("`--{}`", setting.flag());
                let why = "what is fixed cannot vary";
                problems.push(conflict(&setting.name, &other, why, "leave one of them out"));
            }
        }
        Error::many(problems)
    }

    /// The first point that can be trained. Data that cannot be used is no trial's fault.
    fn first(&self, points: &[Point], parts: &Parts, machine: Machine) -> Result<Chosen> {
        let mut first = None;
        for point in points {
            let ask = (self.ask)(&self.flags(&self.own_flags(point, None)));
            match ask.and_then(|ask| preview(&parts.rest, None, &ask, machine)) {
                Ok(chosen) => return Ok(chosen),
                Err(e) if e.exit_code() != 2 => return Err(e),
                Err(e) => first = first.or(Some(e)),
            }
        }
        // A space has a setting, and a setting a value.
        Err(first.unwrap_or_else(|| unreachable!("a search without a trial")))
    }

    /// What varies as flags, at a point; `epochs` where the search decides how long a trial trains.
    pub fn own_flags(&self, point: &[String], epochs: Option<u64>) -> Vec<Flag> {
        let mut flags = self.space.flags(point);
        if let Some(epochs) = epochs {
            set(&mut flags, "epochs", epochs.to_string());
        }
        flags
    }

    /// All flags of `ff train` for a trial's own ones: the trial is that command.
    pub fn flags(&self, own: &[Flag]) -> Vec<Flag> {
        let mut flags = self.fixed.clone();
        if let Judge::Validation(share) = self.judge {
            set(&mut flags, "validation", share.to_string());
        }
        set(&mut flags, "seed", self.seed.to_string());
        for (name, value) in own {
            set(&mut flags, name, value.clone());
        }
        flags
    }

    /// What makes two searches the same.
    ///
    /// # Errors
    /// Test rows that are the training rows.
    pub(super) fn header(&self, parts: &Parts) -> Result<Header> {
        let judge = match self.judge {
            Judge::Validation(share) => ("validation", share.to_string()),
            Judge::Folds(k) => ("folds", k.to_string()),
        };
        let mut header = Header::from(
            [
                ("program", feedforward_training::PROGRAM.to_string()),
                ("data", fingerprint::of_table(&parts.rest)?),
                ("seed", self.seed.to_string()),
                ("search", self.search.name().into()),
                ("metric", self.by.name().into()),
                judge,
            ]
            .map(|(name, text)| (name.to_string(), text)),
        );
        if let Some(test) = &parts.test {
            let test = fingerprint::of_table(test)?;
            if test == header["data"] {
                let kind = ErrorKind::Conflict {
                    one: "the table of `--test`".into(),
                    other: "the data".into(),
                    why: "they hold the same rows".into(),
                };
                return Err(Error::new(kind).hint("leave `--test` out; a share is then set aside"));
            }
            header.insert("test rows".into(), test);
        }
        if let Some(n) = self.trials {
            header.insert("trials".into(), n.to_string());
        }
        for (name, value) in &self.fixed {
            header.insert(format!("--{name}"), value.clone());
        }
        for (i, setting) in self.space.settings.iter().enumerate() {
            let domain = match &setting.domain {
                Domain::OneOf(all) => format!("{all:?}"),
                Domain::Range(range) => format!("{range:?}"),
            };
            // A grid's order is that of the space.
            header.insert(format!("space, {} {}", i + 1, setting.name), domain);
        }
        Ok(header)
    }
}

/// Set a flag, in its place if it is there.
pub(super) fn set(flags: &mut Vec<Flag>, name: &str, value: String) {
    match flags.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => *old = value,
        None => flags.push((name.into(), value)),
    }
}

//! The main job: from a table to a judged model.

use crate::answer;
use crate::ask::{Ask, Precision};
use crate::checkpoint::Snapshot;
use crate::checkpoints::{Checkpoints, Found, InFolder};
use crate::choose::{Chosen, choose};
use crate::diagnosis::Warning;
use crate::divide::{Division, Split, divide};
use crate::event::{Control, Ending, EpochRecord, Event};
use crate::evidence::Evidence;
use crate::machine::Machine;
use crate::model::{Diverged, Model, Record, Theta};
use crate::need::Need;
use crate::pupil::Pupil;
use crate::regime::Regime;
use crate::salvage::salvage;
use crate::state::State;
use crate::trainer::{self, Failed, Lesson, Trained};
use crate::{fingerprint, warnings};
use feedforward_base::{Dice, Error, ErrorKind, Result};
use feedforward_data::drift::Profile;
use feedforward_data::memory::{Limit, in_mebibytes};
use feedforward_data::prepare::{Note, Preparation, Roles, Target, Task};
use feedforward_data::table::Table;
use feedforward_kernels::{Element, Kernels};

/// A trained model and what its user should know about the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// What the model says about the validation part, if there is one: its record's judgement is made of it. Where
    /// [`Record::folds`] is not 0, what the networks of the folds say about the rows of their own fold, fold after
    /// fold.
    pub evidence: Option<Evidence>,
    /// The rows of `evidence`, by their number in the table; empty where another table validates.
    pub valid_rows: Vec<u32>,
    /// What preparation decided or met.
    pub notes: Vec<Note>,
    /// What looked wrong in the training.
    pub warnings: Vec<Warning>,
    /// Where and why numbers left the finite range, if they did; see [`fit_or_salvage`].
    pub diverged: Option<Error>,
}

impl Fitted {
    /// What a user should know, as text: notes, then warnings.
    pub fn said(&self) -> Vec<String> {
        let notes = self.notes.iter().map(ToString::to_string);
        notes.chain(self.warnings.iter().map(ToString::to_string)).collect()
    }
}

/// Decide everything for `table` without training: what `ff train --dry-run` prints.
///
/// # Errors
/// As [`fit`], up to the first step.
pub fn preview(table: &Table, valid: Option<&Table>, ask: &Ask, machine: Machine) -> Result<Chosen> {
    Ok(decide(table, valid.map(|v| v.rows), ask, machine)?.0)
}

fn decide(table: &Table, valid: Option<usize>, ask: &Ask, machine: Machine) -> Result<(Chosen, Division)> {
    let division = divide(table, valid.is_some(), ask)?;
    let first = &division.splits[0];
    let rows = (first.train.len(), valid.unwrap_or(first.valid.len()), division.folds());
    let train = division.prepared_on(table.rows);
    let fitted = Preparation::fit(table, &train, &ask.roles, &ask.prepare_options())?;
    let ask = Ask { refit: Some(division.refit), ..ask.clone() };
    let mut chosen = choose(&ask, fitted, rows, machine.threads)?;
    chosen.notes.extend(warnings::of_columns(table, &train, &chosen.preparation, ask.seed)?);
    chosen.notes.extend(warnings::of_scales(table, &train, &chosen.preparation, ask.seed)?);
    Ok((chosen, division))
}

/// Train a network on `table`, with `valid` or rows of the table itself for validation.
///
/// What is left open is chosen: see [`Ask::refit`] and [`Ask::validation`] for the rows, [`crate::choose`] for the
/// rest.
///
/// # Errors
/// Columns or settings that cannot be, validation rows that are the training rows, data that cannot be prepared,
/// [`ErrorKind::Diverged`].
pub fn fit(
    table: Table,
    valid: Option<Table>,
    ask: &Ask,
    machine: Machine,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Fitted> {
    fit_in((table, valid), ask, machine, (None, false), observe)
}

/// As [`fit`], with the state of the training kept in `checkpoints` after every epoch and now and then inside one. If
/// some are there, the run goes on from the last good one, and ends with the bits that it would have ended with.
///
/// # Errors
/// As [`fit`]; checkpoints that cannot be read or written.
pub fn fit_kept(
    table: Table,
    valid: Option<Table>,
    ask: &Ask,
    machine: Machine,
    checkpoints: &mut Checkpoints,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Fitted> {
    fit_in((table, valid), ask, machine, (Some(checkpoints), false), observe)
}

/// As [`fit`] or [`fit_kept`]; but a training that diverges leaves its last good parameters, with the error in
/// [`Fitted::diverged`]: those of the best epoch, and before there is one, those in the first epoch with the least loss on
/// some training rows. With folds they are of the first fold's network.
///
/// # Errors
/// As [`fit_kept`]; [`ErrorKind::Diverged`] only where not even the first parameters were good.
pub fn fit_or_salvage(
    table: Table,
    valid: Option<Table>,
    ask: &Ask,
    machine: Machine,
    checkpoints: Option<&mut Checkpoints>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Fitted> {
    fit_in((table, valid), ask, machine, (checkpoints, true), observe)
}

/// Where checkpoints go, and whether what diverges is to be salvaged.
type Keeping<'c> = (Option<&'c mut Checkpoints>, bool);

fn fit_in(
    tables: (Table, Option<Table>),
    ask: &Ask,
    machine: Machine,
    keeping: Keeping<'_>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Fitted> {
    match ask.precision {
        Precision::F32 => fit_as::<f32>(tables, ask, machine, keeping, observe, Theta::F32),
        Precision::F64 => fit_as::<f64>(tables, ask, machine, keeping, observe, Theta::F64),
    }
}

fn fit_as<T: Element>(
    (table, valid): (Table, Option<Table>),
    ask: &Ask,
    machine: Machine,
    keeping: Keeping<'_>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
    wrap: fn(Vec<T>) -> Theta,
) -> Result<Fitted> {
    let (mut chosen, division) = decide(&table, valid.as_ref().map(|v| v.rows), ask, machine)?;
    let data = table.name.clone();
    let limit = table.limit.clone();
    let data_fingerprint = Some(fingerprint::of_table(&table)?);
    let valid_fingerprint = valid.as_ref().map(fingerprint::of_table).transpose()?;
    if let Some(valid) = valid.as_ref().filter(|_| valid_fingerprint == data_fingerprint) {
        return Err(not_apart(&data, &valid.name));
    }
    let profile = profile(&table, &division.prepared_on(table.rows), &chosen.preparation, ask.seed)?;
    let drift = match &valid {
        Some(valid) => Note::drift(&valid.name, profile.drift(valid)?),
        None => None,
    };
    let mut valid_rows = division.splits.iter().flat_map(|s| s.valid.clone()).collect::<Vec<_>>();
    let class = Class::<T>::enrol((table, valid), division, &mut chosen, machine)?;
    chosen.notes.extend(drift);
    chosen.notes.extend(class.warnings(&chosen));
    fits(&chosen, T::BYTES, limit.as_ref())?;
    observe(Event::Start(&chosen));
    class.counts()?;
    let kernels = machine.kernels::<T>(&chosen.plan)?;
    let Learned { pupil, theta, trained, refit, evidence, diverged } =
        class.learn(&kernels, &chosen.regime, keeping, observe)?;
    if chosen.folds > 0 && refit.is_none() {
        // Interrupted or diverged: only the first fold's network is there, and judged.
        valid_rows.truncate(chosen.valid_rows);
    }
    let record = Record {
        program: crate::PROGRAM.into(),
        data,
        data_fingerprint,
        valid_fingerprint,
        prepared_fingerprint: Some(pupil.fingerprint()?),
        profile: Some(profile),
        ask: chosen.ask,
        train_rows: chosen.train_rows,
        valid_rows: chosen.valid_rows,
        folds: chosen.folds,
        epochs: trained.epochs,
        kept_epoch: trained.kept_epoch,
        ending: trained.ending,
        refit,
        diverged: diverged.as_ref().map(|(e, step)| Diverged { what: e.to_string(), kept_step: *step }),
        judgement: evidence.as_ref().map(|e| e.judge(0.5)),
    };
    let model =
        Model { spec: pupil.plan.spec().clone(), preparation: pupil.preparation, theta: wrap(theta), record };
    let diverged = diverged.map(|(e, _)| e);
    Ok(Fitted { model, evidence, valid_rows, notes: chosen.notes, warnings: trained.warnings, diverged })
}

/// Rows that the network learns from say nothing about others.
fn not_apart(data: &str, valid: &str) -> Error {
    Error::new(ErrorKind::Conflict {
        one: format!("--valid {valid}"),
        other: format!("the training rows {data}"),
        why: "they are the same rows".into(),
    })
    .hint("leave --valid out: rows are kept apart by themselves")
}

/// The networks of one run.
struct Class<T> {
    /// One, or one for each fold.
    pupils: Vec<Pupil<T>>,
    /// The one that learns from all rows after the folds.
    last: Option<Pupil<T>>,
    /// Whether there is a last training on all rows.
    refit: bool,
}

/// What a run leaves.
struct Learned<T> {
    pupil: Pupil<T>,
    theta: Vec<T>,
    trained: Trained<T>,
    refit: Option<Vec<EpochRecord>>,
    evidence: Option<Evidence>,
    /// The error of a training that was salvaged, and the step of the first epoch whose parameters were, if it is one.
    diverged: Option<(Error, Option<u64>)>,
}

impl<T: Element> Class<T> {
    fn enrol(
        (table, valid): (Table, Option<Table>),
        division: Division,
        chosen: &mut Chosen,
        machine: Machine,
    ) -> Result<Self> {
        let Division { mut splits, refit } = division;
        let weight = chosen.ask.class_weight;
        let own = || (chosen.plan.clone(), chosen.preparation.clone());
        if chosen.folds == 0 {
            let split = splits.swap_remove(0);
            let pupil = Pupil::new(own(), (table, valid), split, weight, &mut chosen.notes)?;
            return Ok(Class { pupils: vec![pupil], last: None, refit });
        }
        let ask = Ask { roles: with_task(&chosen.ask.roles, &chosen.preparation), ..chosen.ask.clone() };
        let fold = |split: Split| {
            let fitted = Preparation::fit(&table, &split.train, &ask.roles, &ask.prepare_options())?;
            let rows = (split.train.len(), split.valid.len(), chosen.folds);
            let Chosen { plan, preparation, .. } = choose(&ask, fitted, rows, machine.threads)?;
            // What is met in the rows of a fold is told of all rows.
            Pupil::new((plan, preparation), (table.clone(), None), split, weight, &mut Vec::new())
        };
        let pupils = splits.into_iter().map(fold).collect::<Result<_>>()?;
        let all = Split { train: (0..table.rows as u32).collect(), valid: Vec::new() };
        let last = Pupil::new(own(), (table, None), all, weight, &mut chosen.notes)?;
        Ok(Class { pupils, last: Some(last), refit })
    }

    /// What is to be said of the classes of the rows that the model learns from.
    fn warnings(&self, chosen: &Chosen) -> Option<Note> {
        let pupil = self.last.as_ref().unwrap_or(&self.pupils[0]);
        warnings::of_classes(pupil.targets(), &pupil.split.train, &chosen.preparation, &chosen.ask)
    }

    /// Validation rows that all weigh 0 cannot judge anything.
    fn counts(&self) -> Result<()> {
        if self.pupils.iter().any(Pupil::can_be_judged) {
            return Ok(());
        }
        let e = Error::bad_value("the weight of the validation rows", "0 in all of them", "above 0 in one");
        Err(e.hint("give some of them a weight, or another validation part"))
    }

    /// What the checkpoints know of this run.
    fn resume(
        &self,
        checkpoints: &mut Checkpoints,
        observe: &mut dyn FnMut(Event<'_>) -> Control,
    ) -> Result<Option<Snapshot<T>>> {
        let first: Vec<_> = self.pupils.iter().map(|pupil| &pupil.plan).collect();
        let last = self.last.as_ref().map_or(first[0], |pupil| &pupil.plan);
        let Found { snapshot, passed } = checkpoints.last(&first, last)?;
        let next = snapshot.as_ref().map(|s| (s.state.here.epoch, s.state.here.step + 1));
        if next.is_some() || !passed.is_empty() {
            observe(Event::Resume { passed: &passed, next });
        }
        Ok(snapshot)
    }

    fn evidence(&self, kernels: &Kernels<T>, thetas: &[Vec<T>]) -> Result<Option<Evidence>> {
        let pupils = self.pupils.iter().zip(thetas);
        let said = pupils.map(|(pupil, theta)| pupil.evidence(kernels, theta)).collect::<Result<Vec<_>>>()?;
        Ok(answer::together(said.into_iter().flatten()))
    }

    /// The training of the networks that choose the number of epochs, then perhaps that of the one that takes all rows;
    /// with checkpoints from where they say.
    fn learn(
        mut self,
        kernels: &Kernels<T>,
        regime: &Regime,
        (mut checkpoints, may_salvage): Keeping<'_>,
        observe: &mut dyn FnMut(Event<'_>) -> Control,
    ) -> Result<Learned<T>> {
        let snapshot = match &mut checkpoints {
            Some(checkpoints) => self.resume(checkpoints, observe)?,
            None => None,
        };
        let (first_state, first, last_state) = match snapshot {
            Some(Snapshot { state, first: Some(first) }) => (None, Some(first), Some(state)),
            Some(Snapshot { state, first: None }) => (Some(state), None, None),
            None => (None, None, None),
        };
        let mut diverged = None;
        let mut trained = match first {
            Some(trained) => trained,
            None => {
                let lessons: Vec<_> = self.pupils.iter().map(Pupil::lesson).collect();
                let fresh = || State::new(self.pupils.iter().map(|p| &p.plan), regime.dice);
                let state = first_state.unwrap_or_else(fresh);
                let mut keeper = InFolder { checkpoints: checkpoints.as_deref_mut(), first: None };
                match trainer::train_or_fail(kernels, regime, &lessons, None, state, &mut keeper, observe) {
                    Err(Failed::Diverged(e, state)) if may_salvage => {
                        let (trained, step) = salvaged(kernels, regime, &lessons, *state, &e)?;
                        diverged = Some((e, step));
                        trained
                    }
                    trained => trained.map_err(Failed::error)?,
                }
            }
        };
        let mut evidence = self.evidence(kernels, &trained.thetas)?;
        if self.refit && trained.ending.is_complete() {
            let pupil = self.last.as_mut().unwrap_or(&mut self.pupils[0]);
            pupil.learn_from_all()?;
            observe(Event::Refit { rows: pupil.split.train.len(), epochs: trained.kept_epoch });
            let earlier = Some(&trained.epochs[..trained.kept_epoch as usize]);
            let warnings = trained.warnings.clone();
            let fresh = || State { warnings, ..State::new([&pupil.plan].into_iter(), regime.dice) };
            let state = last_state.unwrap_or_else(fresh);
            let mut keeper = InFolder { checkpoints, first: Some(&trained) };
            let lessons = [pupil.lesson()];
            match trainer::train_or_fail(kernels, regime, &lessons, earlier, state, &mut keeper, observe) {
                // What the rows were held back from is good, and judged.
                Err(Failed::Diverged(e, _)) if may_salvage => {
                    trained.ending = Ending::Diverged;
                    diverged = Some((e, None));
                }
                again => {
                    let mut again = again.map_err(Failed::error)?;
                    trained.warnings = again.warnings;
                    if again.ending.is_complete() {
                        let pupil = self.last.unwrap_or_else(|| self.pupils.swap_remove(0));
                        let theta = again.thetas.swap_remove(0);
                        let refit = Some(again.epochs);
                        return Ok(Learned { pupil, theta, trained, refit, evidence, diverged });
                    }
                    trained.ending = again.ending;
                }
            }
        }
        // The first fold's network is judged on that fold alone.
        self.pupils.truncate(1);
        if self.last.is_some() {
            evidence = self.evidence(kernels, &trained.thetas)?;
        }
        let (pupil, theta) = (self.pupils.swap_remove(0), trained.thetas.swap_remove(0));
        Ok(Learned { pupil, theta, trained, refit: None, evidence, diverged })
    }
}

/// What is left after `e`; `e` itself, if nothing is.
fn salvaged<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lessons: &[Lesson<'_, T>],
    state: State<T>,
    e: &Error,
) -> Result<(Trained<T>, Option<u64>)> {
    salvage(kernels, regime, lessons, state)?.ok_or_else(|| {
        let hint = e.hint_text().unwrap_or_default();
        e.clone().hint(format!("{hint} (nothing is kept: not even the first weights give a finite loss)"))
    })
}

/// What is kept of the training rows to see whether later ones are like them.
fn profile(table: &Table, train: &[u32], preparation: &Preparation, seed: u64) -> Result<Profile> {
    let features = preparation.features.iter().map(|f| f.column.as_str());
    let columns: Vec<&str> = preparation.target.names().into_iter().chain(features).collect();
    Profile::of(table, &columns, train, Dice::new(seed))
}

/// The roles with the task that all rows were found to have: a fold's rows alone might be taken for another.
fn with_task(roles: &Roles, preparation: &Preparation) -> Roles {
    let task = match preparation.target {
        Target::Classes { .. } => Task::Classification,
        Target::Numbers { .. } => Task::Regression,
    };
    Roles { task: Some(task), ..roles.clone() }
}

/// A network that the memory cannot hold, or may not take, is refused before it is begun. `width`: bytes of a number.
fn fits(chosen: &Chosen, width: usize, limit: Option<&Limit>) -> Result<()> {
    let bytes = chosen.plan.bytes(width).total();
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| {
        let (what, most) = ("the memory that training takes", "no more than this machine gives");
        Error::bad_value(what, in_mebibytes(bytes as u64), most)
            .hint("take fewer units, or a smaller --batch-size")
    })?;
    let need = Need {
        networks: (chosen.folds as u64 + 1) * bytes as u64,
        columns: chosen.preparation.columns.len(),
        rows: chosen.train_rows + chosen.valid_rows,
        judged: chosen.valid_rows,
        outputs: chosen.preparation.outputs(),
    };
    need.check(limit)
}

//! The main job: from a table to a judged model.

use crate::answer;
use crate::ask::{Ask, ClassWeight, Precision};
use crate::choose::{Chosen, choose};
use crate::event::{Control, Event};
use crate::evidence::Evidence;
use crate::labels::Labels;
use crate::machine::Machine;
use crate::model::{Model, Record, Theta, all_rows};
use crate::part::Part;
use crate::{fingerprint, trainer, warnings};
use feedforward_base::{Dice, Error, ErrorKind, Place, Result};
use feedforward_data::drift::Profile;
use feedforward_data::prepare::{self, Note, Preparation, Prepared, Target, Targets, Unseen, Want};
use feedforward_data::table::Table;
use feedforward_kernels::Element;
use feedforward_network::{Plan, Tape};

/// A trained model and what its user should know about the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The model.
    pub model: Model,
    /// What the model says about the validation part, if there is one: its record's judgement is made of it.
    pub evidence: Option<Evidence>,
    /// The rows of the table that were kept apart for validation; empty where another table validates.
    pub valid_rows: Vec<u32>,
    /// What preparation decided or met.
    pub notes: Vec<Note>,
}

/// Rows of the training and the validation part, before anything is prepared.
struct Split {
    train: Vec<u32>,
    /// Of the same table.
    valid: Vec<u32>,
}

/// Decide everything for `table` without training: what `ff train --dry-run` prints.
///
/// # Errors
/// As [`fit`], up to the first step.
pub fn preview(table: &Table, valid: Option<&Table>, ask: &Ask, machine: Machine) -> Result<Chosen> {
    Ok(decide(table, valid.map(|v| v.rows), ask, machine)?.0)
}

fn decide(table: &Table, valid: Option<usize>, ask: &Ask, machine: Machine) -> Result<(Chosen, Split)> {
    let split = divide(table, valid.is_some(), ask)?;
    let fitted = Preparation::fit(table, &split.train, &ask.roles, &ask.prepare_options())?;
    let valid_rows = valid.unwrap_or(split.valid.len());
    let mut chosen = choose(ask, fitted, split.train.len(), valid_rows, machine.threads)?;
    chosen.notes.extend(warnings::of_columns(table, &split.train, &chosen.preparation, ask.seed));
    Ok((chosen, split))
}

/// Train a network on `table`, with `valid` or a share of the rows for validation.
///
/// # Errors
/// Columns or settings that cannot be, data that cannot be prepared, [`ErrorKind::Diverged`].
pub fn fit(
    table: Table,
    valid: Option<Table>,
    ask: &Ask,
    machine: Machine,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Fitted> {
    match ask.precision {
        Precision::F32 => fit_in::<f32>(table, valid, ask, machine, observe, Theta::F32),
        Precision::F64 => fit_in::<f64>(table, valid, ask, machine, observe, Theta::F64),
    }
}

fn fit_in<T: Element>(
    table: Table,
    valid: Option<Table>,
    ask: &Ask,
    machine: Machine,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
    wrap: fn(Vec<T>) -> Theta,
) -> Result<Fitted> {
    let (mut chosen, split) = decide(&table, valid.as_ref().map(|v| v.rows), ask, machine)?;
    let data = table.name.clone();
    let data_fingerprint = Some(fingerprint::of_table(&table));
    let profile = profile(&table, &split.train, &chosen.preparation, ask.seed);
    let applied = chosen.preparation.apply::<T>(table, Want::Target, Unseen::Other)?;
    chosen.notes.extend(applied.notes);
    let mut own = applied.prepared;
    let other = valid.map(|v| prepare_valid::<T>(v, &profile, &mut chosen)).transpose()?;
    chosen.notes.extend(warnings::of_classes(&own.targets, &split.train, &chosen.preparation, ask));
    if ask.class_weight == ClassWeight::Balanced {
        balance(&mut own, &split.train, &chosen.preparation)?;
    }
    fits(&chosen.plan, T::BYTES)?;
    observe(Event::Start(&chosen));
    let all = other.as_ref().map(all_rows).unwrap_or_default();
    let valid = match &other {
        Some(table) => Some(Part { table, rows: &all }),
        None if split.valid.is_empty() => None,
        None => Some(Part { table: &own, rows: &split.valid }),
    };
    if let Some(part) = valid {
        counts(part)?;
    }
    let kernels = machine.kernels::<T>(&chosen.plan)?;
    let train = Part { table: &own, rows: &split.train };
    let trained = trainer::train(&chosen.plan, &kernels, &chosen.regime, train, valid, observe)?;
    let evidence = valid.map(|part| {
        let (mut tape, mut labels) = (Tape::new(&chosen.plan), Labels::new(&chosen.plan));
        let said = answer::say(&chosen.plan, &kernels, &trained.theta, &mut tape, &mut labels, part);
        answer::evidence(&chosen.preparation, part, said)
    });
    let record = Record {
        program: crate::PROGRAM.into(),
        data,
        data_fingerprint,
        profile: Some(profile),
        ask: chosen.ask.clone(),
        train_rows: chosen.train_rows,
        valid_rows: chosen.valid_rows,
        epochs: trained.epochs,
        kept_epoch: trained.kept_epoch,
        ending: trained.ending,
        judgement: evidence.as_ref().map(|e| e.judge(0.5)),
    };
    let spec = chosen.plan.spec().clone();
    let model = Model { spec, preparation: chosen.preparation, theta: wrap(trained.theta), record };
    Ok(Fitted { model, evidence, valid_rows: split.valid, notes: chosen.notes })
}

/// The rows of a validation file, and whether they are like those of training.
fn prepare_valid<T: Element>(valid: Table, profile: &Profile, chosen: &mut Chosen) -> Result<Prepared<T>> {
    let drift = Note::drift(&valid.name, profile.drift(&valid));
    let applied = chosen.preparation.apply::<T>(valid, Want::Target, Unseen::Other)?;
    chosen.notes.extend(applied.notes.into_iter().chain(drift));
    Ok(applied.prepared)
}

/// What is kept of the training rows to see whether later ones are like them.
fn profile(table: &Table, train: &[u32], preparation: &Preparation, seed: u64) -> Profile {
    let features = preparation.features.iter().map(|f| f.column.as_str());
    let columns: Vec<&str> = preparation.target.names().into_iter().chain(features).collect();
    Profile::of(table, &columns, train, Dice::new(seed))
}

/// Which rows train and which validate: by the rule of [`prepare::rule`], with classes spread evenly over both parts.
fn divide(table: &Table, other: bool, ask: &Ask) -> Result<Split> {
    let rows = table.rows;
    let place = || Place::file(&table.name);
    let share = ask.validation.unwrap_or(match rows {
        0..20 => 0.0,
        20..5_000 => 0.2,
        _ => 0.1,
    });
    if !(0.0..1.0).contains(&share) {
        return Err(Error::bad_value("--validation", share, "at least 0 and below 1"));
    }
    if rows < 2 {
        let e = Error::new(ErrorKind::TooFewRows { need: 2, have: rows });
        return Err(e.at(place()).hint("a network needs rows that differ to learn from"));
    }
    if other || share == 0.0 {
        return Ok(Split { train: (0..rows as u32).collect(), valid: Vec::new() });
    }
    let rule = prepare::rule(table, &ask.roles, true)?;
    let mut parts =
        rule.shares(rows, &[1.0 - share, share], Dice::new(ask.seed)).map_err(|e| e.at(place()))?;
    let valid = parts.pop().unwrap_or_default();
    Ok(Split { train: parts.pop().unwrap_or_default(), valid })
}

/// A network that the memory cannot hold is refused before it is begun.
fn fits(plan: &Plan, width: usize) -> Result<()> {
    let bytes = plan.bytes(width).total();
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| {
        let size = format!("{:.1} GiB", bytes as f64 / (1u64 << 30) as f64);
        Error::bad_value("the memory that training takes", size, "no more than this machine gives")
            .hint("take fewer units, or a smaller --batch-size")
    })
}

/// Validation rows that all weigh 0 cannot judge anything.
fn counts<T: Element>(valid: Part<'_, T>) -> Result<()> {
    match &valid.table.weights {
        Some(w) if valid.rows.iter().all(|&r| w[r as usize] == T::ZERO) => {
            let e =
                Error::bad_value("the weight of the validation rows", "0 in all of them", "above 0 in one");
            Err(e.hint("give some of them a weight, or another validation part"))
        }
        _ => Ok(()),
    }
}

/// Multiply the training rows' weights by rows / (classes · rows of the class).
fn balance<T: Element>(table: &mut Prepared<T>, train: &[u32], preparation: &Preparation) -> Result<()> {
    let (Targets::Classes(classes), Target::Classes { classes: names, .. }) =
        (&table.targets, &preparation.target)
    else {
        return Err(Error::new(ErrorKind::Conflict {
            one: "--class-weight balanced".into(),
            other: "a target of numbers".into(),
            why: "there are no classes".into(),
        }));
    };
    let mut counts = vec![0usize; names.len()];
    for &r in train {
        counts[classes[r as usize] as usize] += 1;
    }
    let weights = table.weights.get_or_insert_with(|| vec![T::ONE; table.rows]);
    for &r in train {
        let count = counts[classes[r as usize] as usize];
        let factor = T::from_f64(train.len() as f64 / (names.len() * count) as f64);
        weights[r as usize] = weights[r as usize] * factor;
    }
    Ok(())
}

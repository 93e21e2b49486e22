//! A network before its training, with its rows as numbers.

use crate::answer;
use crate::ask::ClassWeight;
use crate::diagnosis::Names;
use crate::divide::Split;
use crate::evidence::Evidence;
use crate::fingerprint;
use crate::labels::Labels;
use crate::model::all_rows;
use crate::part::Part;
use crate::trainer::Lesson;
use feedforward_base::{Error, ErrorKind, Result};
use feedforward_data::prepare::{Note, Preparation, Prepared, Target, Targets, Unseen, Want};
use feedforward_data::table::Table;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::{Plan, Tape};

/// A network before its training, with its rows as numbers.
pub(crate) struct Pupil<T> {
    pub(crate) plan: Plan,
    pub(crate) preparation: Preparation,
    own: Prepared<T>,
    /// The rows that judge it, if they are not among its own.
    other: Option<Prepared<T>>,
    pub(crate) split: Split,
    class_weight: ClassWeight,
    names: Names,
    /// The rows' weights without those of the classes.
    weights: Option<Vec<T>>,
}

impl<T: Element> Pupil<T> {
    /// `split.train` of `table` teach; `split.valid`, or `other`, judge.
    ///
    /// # Errors
    /// A table that cannot be prepared, class weights without classes.
    pub(crate) fn new(
        (plan, preparation): (Plan, Preparation),
        (table, other): (Table, Option<Table>),
        mut split: Split,
        class_weight: ClassWeight,
        notes: &mut Vec<Note>,
    ) -> Result<Self> {
        let mut prepared = |table: Table| -> Result<Prepared<T>> {
            let applied = preparation.apply::<T>(table, Want::Target, Unseen::Other)?;
            notes.extend(applied.notes);
            Ok(applied.prepared)
        };
        let names = Names::of(&table, &preparation);
        let own = prepared(table)?;
        let other = other.map(prepared).transpose()?;
        if let Some(other) = &other {
            split.valid = all_rows(other);
        }
        let weights = own.weights.clone();
        let mut pupil = Pupil { plan, preparation, own, other, split, class_weight, names, weights };
        pupil.balance()?;
        Ok(pupil)
    }

    /// All its own rows teach from now on, and none judges.
    ///
    /// # Errors
    /// As [`Pupil::new`].
    pub(crate) fn learn_from_all(&mut self) -> Result<()> {
        self.split = Split { train: all_rows(&self.own), valid: Vec::new() };
        self.own.weights.clone_from(&self.weights);
        self.balance()
    }

    pub(crate) fn lesson(&self) -> Lesson<'_, T> {
        let train = Part { table: &self.own, rows: &self.split.train };
        let valid = self.valid().map(|part| (&self.preparation, part));
        Lesson { plan: &self.plan, train, valid, names: Some(&self.names) }
    }

    fn valid(&self) -> Option<Part<'_, T>> {
        let table = self.other.as_ref().unwrap_or(&self.own);
        (!self.split.valid.is_empty()).then_some(Part { table, rows: &self.split.valid })
    }

    /// The classes or numbers of its own rows.
    pub(crate) fn targets(&self) -> &Targets<T> {
        &self.own.targets
    }

    /// The fingerprint of its own rows as numbers.
    ///
    /// # Errors
    /// They lie in a file that cannot be read.
    pub(crate) fn fingerprint(&self) -> Result<String> {
        fingerprint::of_prepared(&self.own)
    }

    /// Whether a row that judges weighs more than 0; `true` if none judges.
    pub(crate) fn can_be_judged(&self) -> bool {
        let Some(Part { table, rows }) = self.valid() else { return true };
        table.weights.as_ref().is_none_or(|w| rows.iter().any(|&r| w[r as usize] != T::ZERO))
    }

    /// What the network with these parameters says about the rows that judge it.
    ///
    /// # Errors
    /// They lie in a file that cannot be read.
    pub(crate) fn evidence(&self, kernels: &Kernels<T>, theta: &[T]) -> Result<Option<Evidence>> {
        let Some(part) = self.valid() else { return Ok(None) };
        let (mut tape, mut labels) = (Tape::new(&self.plan), Labels::new(&self.plan));
        let said = answer::say(&self.plan, kernels, theta, &mut tape, &mut labels, part)?;
        Ok(Some(answer::as_counted(&self.preparation, part, said)))
    }

    /// Multiply the training rows' weights by rows / (classes · rows of the class), if classes are to count alike.
    fn balance(&mut self) -> Result<()> {
        if self.class_weight == ClassWeight::Equal {
            return Ok(());
        }
        let (Targets::Classes(classes), Target::Classes { classes: names, .. }) =
            (&self.own.targets, &self.preparation.target)
        else {
            return Err(Error::new(ErrorKind::Conflict {
                one: "--class-weight balanced".into(),
                other: "a target of numbers".into(),
                why: "there are no classes".into(),
            }));
        };
        let train = &self.split.train;
        let mut counts = vec![0usize; names.len()];
        for &r in train {
            counts[classes[r as usize] as usize] += 1;
        }
        let weights = self.own.weights.get_or_insert_with(|| vec![T::ONE; self.own.rows]);
        for &r in train {
            let count = counts[classes[r as usize] as usize];
            let factor = T::from_f64(train.len() as f64 / (names.len() * count) as f64);
            weights[r as usize] = weights[r as usize] * factor;
        }
        Ok(())
    }
}

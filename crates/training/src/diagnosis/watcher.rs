//! Who looks at a training now and then.

use super::cause::Cause;
use super::guess;
use super::look::{Eyes, Look, saturates};
use super::names::Names;
use super::warning::{Largest, NAMED, Stuck, Warning};
use crate::event::EpochRecord;
use crate::labels::Labels;
use crate::model::all_rows;
use crate::part::Part;
use feedforward_base::{Dice, Purpose, Result};
use feedforward_data::prepare::Prepared;
use feedforward_kernels::Element;
use feedforward_network::{Loss, Plan, Target};

/// Rows that are looked at: enough to tell a unit that is dead from one that is seldom active.
const ROWS: usize = 256;
/// Counter of the dice that draw them.
const DRAW: u64 = 4;
/// A loss so many times that of a guess is far off ...
const FAR: f64 = 10.0;
/// ... and before anything is learned so many times.
const FAR_START: f64 = 1_000.0;
/// A loss so many times the least one before has exploded.
const EXPLODED: f64 = 10.0;
/// The share of rows on which a saturated unit is at an end.
const ALMOST_EVERY: f64 = 0.98;
/// The share of a layer's units that are dead or saturated before that is told: of eight, half may be so by chance.
const MANY: f64 = 0.75;
/// Answers that lie nearer together than this, beside their size or the spread of the truth, are all the same.
const SAME: f64 = 0.01;

/// Looks at the training of one network, always at the same rows.
pub(crate) struct Watcher<'a, T> {
    plan: &'a Plan,
    names: &'a Names,
    /// Which rows they are, and the rows.
    rows: Vec<u32>,
    sample: Prepared<T>,
    /// The loss of a guess, where the loss says how far off that is.
    guess: Option<f64>,
}

impl<'a, T: Element> Watcher<'a, T> {
    /// For a network that learns from `part`.
    ///
    /// # Errors
    /// The rows lie in a file that cannot be read.
    pub(crate) fn new(plan: &'a Plan, part: Part<'_, T>, names: &'a Names, dice: Dice) -> Result<Self> {
        let mut rows = part.rows.to_vec();
        if rows.len() > ROWS {
            dice.stream(Purpose::Experiment, &[DRAW]).shuffle(&mut rows);
            rows.truncate(ROWS);
        }
        rows.sort_unstable();
        let sample = part.table.some(&rows)?;
        let mut labels = Labels::new(plan);
        labels.gather(&sample, &all_rows(&sample));
        let guess = guess::loss(plan.spec(), labels.view());
        Ok(Watcher { plan, names, rows, sample, guess })
    }

    /// The mean loss of the rows.
    pub(crate) fn loss(&self, eyes: &mut Eyes<'_, T>, theta: &[T]) -> f64 {
        eyes.loss(theta, &self.sample)
    }

    /// What shows before the first step.
    pub(crate) fn start(&self, eyes: &mut Eyes<'_, T>, theta: &[T]) -> Vec<Warning> {
        let look = eyes.look(theta, &self.sample);
        if !look.is_finite() {
            return Vec::new();
        }
        let far = self.guess.filter(|guess| look.loss > FAR_START * guess);
        let far = far.map(|guess| {
            let (layer, largest) = self.largest(&look);
            let cause = self.cause(eyes, layer, false);
            Warning::FarStart { loss: look.loss, guess, largest, cause }
        });
        far.into_iter().chain(self.units(eyes, &look, 0, false)).collect()
    }

    /// What shows after an epoch, the last of `epochs`. The network is looked at after epochs 1, 4, 16, …; the loss is
    /// looked at after each. `start` gives the first parameters again.
    pub(crate) fn epoch(
        &self,
        eyes: &mut Eyes<'_, T>,
        theta: &[T],
        epochs: &[EpochRecord],
        start: &dyn Fn() -> Vec<T>,
    ) -> Vec<Warning> {
        let Some((last, before)) = epochs.split_last() else { return Vec::new() };
        // A power of 2 with an even exponent.
        let due = last.epoch.is_power_of_two() && last.epoch.trailing_zeros().is_multiple_of(2);
        let guess = self.guess.filter(|guess| last.train_loss > FAR * guess);
        if !due && guess.is_none() {
            return Vec::new();
        }
        let least = guess.map(|_| match before {
            [] => self.loss(eyes, &start()),
            before => before.iter().map(|e| e.train_loss).fold(f64::INFINITY, f64::min),
        });
        let exploded = guess.zip(least).filter(|(_, least)| last.train_loss > EXPLODED * least);
        if !due && exploded.is_none() {
            return Vec::new();
        }
        let look = eyes.look(theta, &self.sample);
        if !look.is_finite() {
            return Vec::new();
        }
        let exploded = exploded.map(|(guess, before)| {
            let (layer, largest) = self.largest(&look);
            let cause = self.cause(eyes, layer, true);
            Warning::Exploding { epoch: last.epoch, loss: last.train_loss, before, guess, largest, cause }
        });
        exploded.into_iter().chain(self.units(eyes, &look, last.epoch, true)).collect()
    }

    /// What shows in the end, of the parameters that are kept, those of `epoch`.
    pub(crate) fn end(&self, eyes: &mut Eyes<'_, T>, theta: &[T], epoch: u64) -> Vec<Warning> {
        let look = eyes.look(theta, &self.sample);
        if !look.is_finite() {
            return Vec::new();
        }
        let mut all = self.units(eyes, &look, epoch, true);
        all.extend(self.constant(eyes, &look));
        all
    }

    fn largest(&self, look: &Look) -> (usize, Largest) {
        let (layer, spot) = look.largest();
        (layer, self.named(layer, spot.size, spot.row, spot.unit))
    }

    fn named(&self, layer: usize, size: f64, row: u32, unit: usize) -> Largest {
        Largest { size, layer, unit: unit + 1, row: self.names.line(self.rows[row as usize]) }
    }

    fn cause(&self, eyes: &mut Eyes<'_, T>, layer: usize, stepped: bool) -> Cause {
        let mut rows = all_rows(&self.sample);
        rows.truncate(self.plan.batch());
        eyes.gather(&self.sample, &rows);
        let seen = (eyes.tape.a(0, rows.len()), eyes.labels.view());
        Cause::find(self.plan, seen, layer, stepped, Some(self.names))
    }

    /// Layers many of whose units hardly learn.
    fn units(&self, eyes: &mut Eyes<'_, T>, look: &Look, epoch: u64, stepped: bool) -> Vec<Warning> {
        let mut all = Vec::new();
        for (l, seen) in (1..self.plan.layout().last()).zip(&look.layers) {
            let f = self.plan.spec().layers[l - 1].activation;
            let enough = if saturates(f) { ALMOST_EVERY * look.rows as f64 } else { look.rows as f64 };
            let stuck = seen.flat.iter().enumerate().filter(|(_, rows)| **rows as f64 >= enough);
            let stuck: Vec<usize> = stuck.map(|(unit, _)| unit + 1).collect();
            let of = seen.flat.len();
            if (stuck.len() as f64) < MANY * of as f64 {
                continue;
            }
            let units = Stuck {
                epoch,
                layer: l,
                activation: f.to_string(),
                units: stuck[..stuck.len().min(NAMED)].to_vec(),
                count: stuck.len(),
                of,
                rows: look.rows,
            };
            all.push(if saturates(f) {
                let spot = seen.largest;
                let largest = self.named(l, spot.size, spot.row, spot.unit);
                Warning::Saturated { units, largest, cause: self.cause(eyes, l, stepped) }
            } else {
                Warning::Dead(units)
            });
        }
        all
    }

    /// All answers are about the same, and the truth is not.
    fn constant(&self, eyes: &mut Eyes<'_, T>, look: &Look) -> Option<Warning> {
        let spec = self.plan.spec();
        eyes.labels.gather(&self.sample, &all_rows(&self.sample));
        let said = |c: usize| look.outputs.iter().skip(c).step_by(spec.outputs()).copied();
        let same = |c: usize| match eyes.labels.view().target {
            Target::Values(y) if spec.loss != Loss::BinaryCrossEntropy => {
                let truth = deviation((0..y.rows()).map(|r| y.row(r)[c].to_f64()));
                truth > 0.0 && deviation(said(c)) <= SAME * truth
            }
            // Probabilities, beside the largest of them.
            _ => range(said(c)) <= SAME * said(c).fold(0.0, |most, p| p.abs().max(most)),
        };
        let widest = (0..spec.outputs()).max_by(|a, b| range(said(*a)).total_cmp(&range(said(*b))))?;
        (0..spec.outputs()).all(same).then(|| {
            let (scale, shift) = self.names.units.get(widest).copied().unwrap_or((1.0, 0.0));
            let says = said(widest).next().unwrap_or_default() * scale + shift;
            Warning::Constant { says, spread: range(said(widest)) * scale, rows: look.rows }
        })
    }
}

/// The distance between the largest and the smallest.
fn range(x: impl Iterator<Item = f64>) -> f64 {
    let (low, high) = x.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    high - low
}

fn deviation(x: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = x.clone().count() as f64;
    let mean = x.clone().sum::<f64>() / n;
    (x.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt()
}

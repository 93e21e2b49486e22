//! The loop over epochs and mini-batches.

use crate::answer;
use crate::event::{Control, Ending, EpochRecord, Event};
use crate::labels::Labels;
use crate::part::Part;
use crate::regime::Regime;
use crate::stop::Best;
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_data::batches::Order;
use feedforward_data::prepare::Prepared;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::step::{self, When};
use feedforward_network::{Parameters, Plan, Tape};

/// What training leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained<T> {
    /// The flat parameters.
    pub theta: Vec<T>,
    /// One line per epoch that was begun.
    pub epochs: Vec<EpochRecord>,
    /// The epoch whose parameters `theta` is.
    pub kept_epoch: u64,
    /// Why it ended.
    pub ending: Ending,
}

/// Train the network of `plan` on `train`; `valid` is looked at once an epoch.
///
/// # Errors
/// [`ErrorKind::Diverged`] with layer, epoch and step when the loss or a parameter is no longer finite.
pub fn train<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    regime: &Regime,
    train: Part<'_, T>,
    valid: Option<Part<'_, T>>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Trained<T>> {
    let mut run = Run {
        plan,
        kernels,
        regime,
        parameters: Parameters::initial(plan, regime.dice),
        tape: Tape::new(plan),
        labels: Labels::new(plan),
        order: Order::new(train.rows.to_vec(), regime.dice),
        table: train.table,
    };
    let mut best = Best::new();
    let mut epochs = Vec::new();
    let mut ending = Ending::Finished;
    for epoch in 1..=regime.epochs {
        let (train_loss, stopped) = run.epoch(epoch, observe)?;
        let judged = valid.map(|v| run.judge(v));
        let judge_by = judged.map_or(train_loss, |(loss, _)| loss);
        let better =
            best.offer(epoch, judge_by, &run.parameters.theta, regime.restore_best && valid.is_some());
        let record = EpochRecord {
            epoch,
            train_loss,
            valid_loss: judged.map(|j| j.0).filter(|loss| loss.is_finite()),
            valid_score: judged.and_then(|j| j.1),
            learning_rate: run.eta(run.parameters.t),
            best: better,
        };
        let control = observe(Event::Epoch(&record));
        epochs.push(record);
        if stopped || control == Control::Stop {
            ending = Ending::Interrupted;
            break;
        }
        if regime.patience.is_some_and(|p| valid.is_some() && best.waited(epoch) >= p) {
            ending = Ending::EarlyStopping;
            break;
        }
    }
    let last = epochs.len() as u64;
    let (kept_epoch, theta) = best.take().unwrap_or((last, run.parameters.theta));
    Ok(Trained { theta, epochs, kept_epoch, ending })
}

/// One run: what changes while it goes on, and what it goes by.
struct Run<'a, T> {
    plan: &'a Plan,
    kernels: &'a Kernels<T>,
    regime: &'a Regime,
    parameters: Parameters<T>,
    tape: Tape<T>,
    labels: Labels<T>,
    order: Order,
    table: &'a Prepared<T>,
}

impl<T: Element> Run<'_, T> {
    fn steps(&self) -> u64 {
        self.order.steps(self.regime.batch_size) as u64
    }

    /// η of step `t` = 1, 2, …
    fn eta(&self, t: u64) -> f64 {
        let spec = self.plan.spec();
        spec.learning_rate * spec.schedule.factor(t, self.steps().saturating_mul(self.regime.epochs))
    }

    /// One pass; the mean loss over its batches, and whether the listener said stop.
    fn epoch(&mut self, epoch: u64, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<(f64, bool)> {
        let steps = self.steps();
        self.order.epoch(epoch);
        let (mut sum, mut counted) = (0.0, 0.0);
        for step in 1..=steps {
            let eta = self.eta(self.parameters.t + 1);
            let batch = self.order.batch(step as usize - 1, self.regime.batch_size);
            let m = batch.len();
            self.kernels.gather(self.table.view(), batch, self.tape.input(m));
            self.labels.gather(self.table, batch);
            let when = When { dice: self.regime.dice, epoch, step, eta };
            let (p, labels) = (&mut self.parameters, self.labels.view());
            let loss = step::train(self.plan, self.kernels, p, &mut self.tape, labels, &when);
            if !loss.is_finite() {
                return Err(self.diverged("loss", m).at(Place::default().epoch(epoch).step(step)));
            }
            let share = self.labels.share();
            sum += loss * share;
            counted += share;
            // Until a row counts, there is nothing to take the mean of.
            let mean = if counted > 0.0 { sum / counted } else { 0.0 };
            if observe(Event::Step { epoch, step, steps, loss: mean }) == Control::Stop {
                return Ok((mean, true));
            }
        }
        if !self.kernels.all_finite(&self.parameters.theta) {
            return Err(self.diverged("parameters", 0).at(Place::default().epoch(epoch).step(steps)));
        }
        Ok((sum / counted, false))
    }

    /// The error for numbers that left the finite range, with the first layer where they did.
    fn diverged(&self, what: &str, m: usize) -> Error {
        let layer = step::first_not_finite(self.plan, self.kernels, &self.parameters.theta, &self.tape, m);
        let place = layer.map_or(Place::default(), Place::in_layer);
        let eta = self.plan.spec().learning_rate;
        Error::new(ErrorKind::Diverged { what: what.into() }).at(place).hint(format!(
            "lower the learning rate (it is {eta}; try --learning-rate {}), or bound the gradient with --clip-norm 1",
            eta / 10.0
        ))
    }

    /// (mean loss, score) on a part: accuracy for classes, R² for numbers.
    fn judge(&mut self, part: Part<'_, T>) -> (f64, Option<f64>) {
        let (theta, labels) = (&self.parameters.theta, &mut self.labels);
        let said = answer::say(self.plan, self.kernels, theta, &mut self.tape, labels, part);
        (said.loss, answer::score(part, &said))
    }
}

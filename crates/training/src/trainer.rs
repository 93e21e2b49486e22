//! The loop over epochs: mini-batches for a rule, an iteration over all rows for a search.

use crate::all_rows::AllRows;
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
use feedforward_network::optimizer::search::{Outcome, State};
use feedforward_network::schedule::{Moment, Slowed};
use feedforward_network::step::{self, When, full_batch};
use feedforward_network::{Parameters, Plan, Schedule, Tape};

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
        order: if plan.spec().optimizer.is_search() {
            // All rows count at once: one order for all iterations.
            Order::in_sequence(train.rows.to_vec())
        } else {
            Order::new(train.rows.to_vec(), regime.dice)
        },
        table: train.table,
        slowed: Slowed::default(),
        search: State::default(),
    };
    let mut best = Best::new();
    let mut epochs = Vec::new();
    let mut ending = Ending::Finished;
    for epoch in 1..=regime.epochs {
        let Done { loss: train_loss, learning_rate, end } = run.epoch(epoch, observe)?;
        let judged = valid.map(|v| run.judge(v));
        let judge_by = judged.map_or(train_loss, |(loss, _)| loss);
        let better =
            best.offer(epoch, judge_by, &run.parameters.theta, regime.restore_best && valid.is_some());
        let record = EpochRecord {
            epoch,
            train_loss,
            valid_loss: judged.map(|j| j.0).filter(|loss| loss.is_finite()),
            valid_score: judged.and_then(|j| j.1),
            learning_rate,
            best: better,
        };
        if let Schedule::Plateau(plateau) = plan.spec().schedule {
            run.slowed = plateau.after(run.slowed, judge_by);
        }
        let control = observe(Event::Epoch(&record));
        epochs.push(record);
        let stopped = (control == Control::Stop).then_some(Ending::Interrupted);
        if let Some(why) = stopped.or(end) {
            ending = why;
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
    slowed: Slowed,
    search: State,
}

/// What an epoch was.
struct Done {
    /// Mean training loss, penalty excluded: over the batches as they came, or, in a search, at its end.
    loss: f64,
    /// η of the last step.
    learning_rate: f64,
    /// Why the run ends with it.
    end: Option<Ending>,
}

impl<T: Element> Run<'_, T> {
    fn steps(&self) -> u64 {
        self.order.steps(self.regime.batch_size) as u64
    }

    /// η of step `t` = 1, 2, …
    fn eta(&self, t: u64) -> f64 {
        let spec = self.plan.spec();
        let moment = Moment { t, steps: self.steps(), epochs: self.regime.epochs, slowed: self.slowed };
        spec.learning_rate * spec.schedule.factor(&moment)
    }

    fn epoch(&mut self, epoch: u64, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Done> {
        if self.plan.spec().optimizer.is_search() {
            self.iteration(epoch, observe)
        } else {
            self.pass(epoch, observe)
        }
    }

    /// One pass over the mini-batches.
    fn pass(&mut self, epoch: u64, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Done> {
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
                return Ok(Done { loss: mean, learning_rate: eta, end: Some(Ending::Interrupted) });
            }
        }
        if !self.kernels.all_finite(&self.parameters.theta) {
            return Err(self.diverged("parameters", 0).at(Place::default().epoch(epoch).step(steps)));
        }
        Ok(Done { loss: sum / counted, learning_rate: self.eta(self.parameters.t), end: None })
    }

    /// One iteration of a search.
    fn iteration(&mut self, epoch: u64, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Done> {
        let steps = self.steps();
        let Run { plan, kernels, regime, parameters, tape, labels, order, table, search, .. } = self;
        let when = When { dice: regime.dice, epoch, step: 1, eta: 1.0 };
        let mut all = AllRows::new(plan, kernels, *table, order.epoch(epoch), (tape, labels), when);
        let Parameters { theta, slots, t } = parameters;
        *t += 1;
        let outcome = plan.spec().optimizer.iterate(search, theta, slots, &mut all);
        if outcome == Outcome::NotFinite {
            return Err(self.diverged("loss", 0).at(Place::default().epoch(epoch)));
        }
        let loss = search.objective - full_batch::penalty(plan, theta);
        let stopped = observe(Event::Step { epoch, step: steps, steps, loss }) == Control::Stop;
        let end = match outcome {
            Outcome::Converged | Outcome::Stuck => Some(Ending::Converged),
            _ => stopped.then_some(Ending::Interrupted),
        };
        Ok(Done { loss, learning_rate: search.length, end })
    }

    /// The error for numbers that left the finite range, with the first layer where they did.
    fn diverged(&self, what: &str, m: usize) -> Error {
        let layer = step::first_not_finite(self.plan, self.kernels, &self.parameters.theta, &self.tape, m);
        let place = layer.map_or(Place::default(), Place::in_layer);
        let eta = self.plan.spec().learning_rate;
        let hint = if self.plan.spec().optimizer.is_search() {
            "the search has no start: scale the columns with --scaling, or let weights start with another --init".into()
        } else {
            format!(
                "lower the learning rate (it is {eta}; try --learning-rate {}), or bound the gradient with --clip-norm 1",
                eta / 10.0
            )
        };
        Error::new(ErrorKind::Diverged { what: what.into() }).at(place).hint(hint)
    }

    /// (mean loss, score) on a part: accuracy for classes, R² for numbers.
    fn judge(&mut self, part: Part<'_, T>) -> (f64, Option<f64>) {
        let (theta, labels) = (&self.parameters.theta, &mut self.labels);
        let said = answer::say(self.plan, self.kernels, theta, &mut self.tape, labels, part);
        (said.loss, answer::score(part, &said))
    }
}

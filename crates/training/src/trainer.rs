//! The loop over epochs: mini-batches for a rule, an iteration over all rows for a search.

use crate::all_rows::AllRows;
use crate::answer;
use crate::event::{Control, Ending, EpochRecord, Event};
use crate::evidence::Evidence;
use crate::labels::Labels;
use crate::part::Part;
use crate::regime::Regime;
use crate::stop::Best;
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_data::batches::Order;
use feedforward_data::prepare::Preparation;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::optimizer::search::{Outcome, State};
use feedforward_network::schedule::{Moment, Slowed};
use feedforward_network::step::{self, When, full_batch};
use feedforward_network::{Parameters, Plan, Schedule, Tape};

/// A network to be trained: the rows that teach it, and the rows that judge it.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a, T> {
    /// The network.
    pub plan: &'a Plan,
    /// The rows that teach it.
    pub train: Part<'a, T>,
    /// The rows that judge it, with the preparation that made them numbers.
    pub valid: Option<(&'a Preparation, Part<'a, T>)>,
}

/// What training leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained<T> {
    /// The flat parameters of each network.
    pub thetas: Vec<Vec<T>>,
    /// One line per epoch that was begun.
    pub epochs: Vec<EpochRecord>,
    /// The epoch whose parameters `thetas` are.
    pub kept_epoch: u64,
    /// Why it ended.
    pub ending: Ending,
}

/// Train the networks of `lessons` side by side: all make an epoch, then all are judged together, once an epoch,
/// on the rows that none of them learns from. Usually there is one; there are k where k folds choose the number of
/// epochs. With `earlier`, the epochs of another run, this one takes as many, with the same learning rates.
///
/// # Errors
/// [`ErrorKind::Diverged`] with layer, epoch and step when the loss or a parameter is no longer finite.
pub fn train<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lessons: &[Lesson<'_, T>],
    earlier: Option<&[EpochRecord]>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Trained<T>> {
    let mut runs: Vec<Run<'_, T>> = lessons.iter().map(|lesson| Run::new(lesson, kernels, regime)).collect();
    let judged = lessons.iter().any(|lesson| lesson.valid.is_some());
    let mut best = Best::new();
    let mut epochs = Vec::new();
    let mut ending = Ending::Finished;
    for epoch in 1..=earlier.map_or(regime.epochs, |e| e.len() as u64) {
        let (train_loss, end) = side_by_side(&mut runs, epoch, observe)?;
        let (valid_loss, valid_score) = judge(&mut runs).unzip();
        let judge_by = match earlier {
            // A loss that was not finite is not in the record.
            Some(earlier) => earlier[epoch as usize - 1].valid_loss.unwrap_or(f64::NAN),
            None => valid_loss.unwrap_or(train_loss),
        };
        let thetas = || runs.iter().map(|run| &run.parameters.theta[..]);
        let record = EpochRecord {
            epoch,
            train_loss,
            valid_loss: valid_loss.filter(|loss| loss.is_finite()),
            valid_score: valid_score.flatten(),
            learning_rate: runs[0].learning_rate,
            best: best.offer(epoch, judge_by, thetas(), regime.restore_best && judged),
        };
        runs.iter_mut().for_each(|run| run.slow_down(judge_by));
        let control = observe(Event::Epoch(&record));
        epochs.push(record);
        let stopped = (control == Control::Stop).then_some(Ending::Interrupted);
        if let Some(why) = stopped.or(end) {
            ending = why;
            break;
        }
        if regime.patience.is_some_and(|p| judged && best.waited(epoch) >= p) {
            ending = Ending::EarlyStopping;
            break;
        }
    }
    let last = epochs.len() as u64;
    let thetas = || runs.into_iter().map(|run| run.parameters.theta).collect();
    let (kept_epoch, thetas) = best.take().unwrap_or_else(|| (last, thetas()));
    Ok(Trained { thetas, epochs, kept_epoch, ending })
}

/// Every run makes an epoch, unless it has converged before. The mean training loss and, if there is one, the
/// reason to end.
fn side_by_side<T: Element>(
    runs: &mut [Run<'_, T>],
    epoch: u64,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<(f64, Option<Ending>)> {
    let mut tally = Tally { epoch, steps: runs.iter().map(|run| run.steps()).sum(), ..Tally::default() };
    for run in runs.iter_mut() {
        if run.converged {
            run.found(&mut tally);
        } else if run.epoch(&mut tally, observe)? == Control::Stop {
            return Ok((tally.mean(), Some(Ending::Interrupted)));
        }
    }
    let end = runs.iter().all(|run| run.converged).then_some(Ending::Converged);
    Ok((tally.sum / tally.counted, end))
}

/// (mean loss, score) of all runs together on the rows that judge them; `None` if there are none.
fn judge<T: Element>(runs: &mut [Run<'_, T>]) -> Option<(f64, Option<f64>)> {
    let evidence = answer::together(runs.iter_mut().filter_map(Run::judge))?;
    Some((evidence.loss(), answer::score(&evidence)))
}

/// How far an epoch is, and its losses so far.
#[derive(Default)]
struct Tally {
    epoch: u64,
    /// Steps that are done, of all runs.
    done: u64,
    /// Steps of the epoch.
    steps: u64,
    /// Losses times how much their rows count.
    sum: f64,
    /// How much the rows count together.
    counted: f64,
}

impl Tally {
    fn add(&mut self, steps: u64, loss: f64, share: f64) {
        self.done += steps;
        self.sum += loss * share;
        self.counted += share;
    }
    /// Until a row counts, there is nothing to take the mean of.
    fn mean(&self) -> f64 {
        if self.counted > 0.0 { self.sum / self.counted } else { 0.0 }
    }
    fn event(&self) -> Event<'static> {
        Event::Step { epoch: self.epoch, step: self.done, steps: self.steps, loss: self.mean() }
    }
}

/// One run: what changes while it goes on, and what it goes by.
struct Run<'a, T> {
    lesson: &'a Lesson<'a, T>,
    kernels: &'a Kernels<T>,
    regime: &'a Regime,
    parameters: Parameters<T>,
    tape: Tape<T>,
    labels: Labels<T>,
    order: Order,
    slowed: Slowed,
    search: State,
    /// η of the last step, or the step length that a search found.
    learning_rate: f64,
    /// Whether a search has come to its end.
    converged: bool,
}

impl<'a, T: Element> Run<'a, T> {
    fn new(lesson: &'a Lesson<'a, T>, kernels: &'a Kernels<T>, regime: &'a Regime) -> Self {
        let (plan, rows) = (lesson.plan, lesson.train.rows.to_vec());
        Run {
            lesson,
            kernels,
            regime,
            parameters: Parameters::initial(plan, regime.dice),
            tape: Tape::new(plan),
            labels: Labels::new(plan),
            order: if plan.spec().optimizer.is_search() {
                // All rows count at once: one order for all iterations.
                Order::in_sequence(rows)
            } else {
                Order::new(rows, regime.dice)
            },
            slowed: Slowed::default(),
            search: State::default(),
            learning_rate: 0.0,
            converged: false,
        }
    }

    fn steps(&self) -> u64 {
        self.order.steps(self.regime.batch_size) as u64
    }

    /// η of step `t` = 1, 2, …
    fn eta(&self, t: u64) -> f64 {
        let spec = self.lesson.plan.spec();
        let moment = Moment { t, steps: self.steps(), epochs: self.regime.epochs, slowed: self.slowed };
        spec.learning_rate * spec.schedule.factor(&moment)
    }

    fn slow_down(&mut self, judge_by: f64) {
        if let Schedule::Plateau(plateau) = self.lesson.plan.spec().schedule {
            self.slowed = plateau.after(self.slowed, judge_by);
        }
    }

    fn epoch(&mut self, tally: &mut Tally, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Control> {
        if self.lesson.plan.spec().optimizer.is_search() {
            self.iteration(tally, observe)
        } else {
            self.pass(tally, observe)
        }
    }

    /// One pass over the mini-batches.
    fn pass(&mut self, tally: &mut Tally, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Control> {
        let (steps, epoch) = (self.steps(), tally.epoch);
        let Lesson { plan, train, .. } = *self.lesson;
        self.order.epoch(epoch);
        for step in 1..=steps {
            let eta = self.eta(self.parameters.t + 1);
            let batch = self.order.batch(step as usize - 1, self.regime.batch_size);
            let m = batch.len();
            self.kernels.gather(train.table.view(), batch, self.tape.input(m));
            self.labels.gather(train.table, batch);
            let when = When { dice: self.regime.dice, epoch, step, eta };
            let (p, labels) = (&mut self.parameters, self.labels.view());
            let loss = step::train(plan, self.kernels, p, &mut self.tape, labels, &when);
            if !loss.is_finite() {
                return Err(self.diverged("loss", m).at(Place::default().epoch(epoch).step(step)));
            }
            self.learning_rate = eta;
            tally.add(1, loss, self.labels.share());
            if observe(tally.event()) == Control::Stop {
                return Ok(Control::Stop);
            }
        }
        if !self.kernels.all_finite(&self.parameters.theta) {
            return Err(self.diverged("parameters", 0).at(Place::default().epoch(epoch).step(steps)));
        }
        Ok(Control::Continue)
    }

    /// One iteration of a search.
    fn iteration(
        &mut self,
        tally: &mut Tally,
        observe: &mut dyn FnMut(Event<'_>) -> Control,
    ) -> Result<Control> {
        let Run { lesson, kernels, regime, parameters, tape, labels, order, search, .. } = self;
        let plan = lesson.plan;
        let when = When { dice: regime.dice, epoch: tally.epoch, step: 1, eta: 1.0 };
        let rows = order.epoch(tally.epoch);
        let mut all = AllRows::new(plan, kernels, lesson.train.table, rows, (tape, labels), when);
        let Parameters { theta, slots, t } = parameters;
        *t += 1;
        let outcome = plan.spec().optimizer.iterate(search, theta, slots, &mut all);
        if outcome == Outcome::NotFinite {
            return Err(self.diverged("loss", 0).at(Place::default().epoch(tally.epoch)));
        }
        self.learning_rate = search.length;
        self.converged = matches!(outcome, Outcome::Converged | Outcome::Stuck);
        self.found(tally);
        Ok(observe(tally.event()))
    }

    /// Add what a search has reached.
    fn found(&self, tally: &mut Tally) {
        let loss = self.search.objective - full_batch::penalty(self.lesson.plan, &self.parameters.theta);
        tally.add(self.steps(), loss, self.order.rows() as f64);
    }

    /// The error for numbers that left the finite range, with the first layer where they did.
    fn diverged(&self, what: &str, m: usize) -> Error {
        let layer =
            step::first_not_finite(self.lesson.plan, self.kernels, &self.parameters.theta, &self.tape, m);
        let place = layer.map_or(Place::default(), Place::in_layer);
        let eta = self.lesson.plan.spec().learning_rate;
        let hint = if self.lesson.plan.spec().optimizer.is_search() {
            "the search has no start: scale the columns with --scaling, or let weights start with another --init".into()
        } else {
            format!(
                "lower the learning rate (it is {eta}; try --learning-rate {}), or bound the gradient with --clip-norm 1",
                eta / 10.0
            )
        };
        Error::new(ErrorKind::Diverged { what: what.into() }).at(place).hint(hint)
    }

    /// What the network says about the rows that judge it.
    fn judge(&mut self) -> Option<Evidence> {
        let (preparation, part) = self.lesson.valid?;
        let (theta, labels) = (&self.parameters.theta, &mut self.labels);
        let said = answer::say(self.lesson.plan, self.kernels, theta, &mut self.tape, labels, part);
        Some(answer::as_counted(preparation, part, said))
    }
}

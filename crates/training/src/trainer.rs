//! The loop over epochs: mini-batches for a rule, an iteration over all rows for a search.

use crate::all_rows::AllRows;
use crate::answer;
use crate::diagnosis::diverged::{self, Scene};
use crate::diagnosis::watcher::Watcher;
use crate::diagnosis::{Eyes, Names, Warning};
use crate::event::{Control, Ending, EpochRecord, Event};
use crate::evidence::Evidence;
use crate::feed::Feed;
use crate::fingerprint;
use crate::labels::Labels;
use crate::part::Part;
use crate::regime::Regime;
use crate::state::{At, Here, Keeper, NetworkState, Rest, State};
use feedforward_base::{Error, ErrorKind, Place, Result};
use feedforward_data::batches::Order;
use feedforward_data::prepare::Preparation;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::optimizer::search::Outcome;
use feedforward_network::schedule::Moment;
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
    /// What its rows and inputs are called. Whoever names them is warned of what looks wrong, and what diverges can be
    /// salvaged.
    pub names: Option<&'a Names>,
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
    /// What looked wrong.
    pub warnings: Vec<Warning>,
}

/// Why a training has no end.
#[derive(Clone, Debug)]
pub enum Failed<T> {
    /// Its state cannot be kept.
    Error(Error),
    /// Numbers left the finite range. The state is that of the moment: its parameters are spoiled, its best ones are not.
    Diverged(Error, Box<State<T>>),
}

impl<T> Failed<T> {
    /// The error.
    pub fn error(self) -> Error {
        match self {
            Failed::Error(e) | Failed::Diverged(e, _) => e,
        }
    }
}

/// Train the networks of `lessons` side by side: all make an epoch, then all are judged together, once an epoch,
/// on the rows that none of them learns from. Usually there is one; there are k where k folds choose the number of
/// epochs. With `earlier`, the epochs of another run, this one takes as many, with the same learning rates.
///
/// It goes on from `state`, which `keeper` had kept of the same training, or is [`State::new`].
///
/// # Errors
/// [`ErrorKind::Diverged`] with layer, unit, row, epoch and step when the loss or a parameter is no longer finite; a state
/// that `keeper` cannot keep.
pub fn train<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lessons: &[Lesson<'_, T>],
    earlier: Option<&[EpochRecord]>,
    state: State<T>,
    keeper: &mut dyn Keeper<T>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> Result<Trained<T>> {
    train_or_fail(kernels, regime, lessons, earlier, state, keeper, observe).map_err(Failed::error)
}

/// As [`train`]; a training that diverges leaves its state.
///
/// # Errors
/// As [`train`].
pub fn train_or_fail<T: Element>(
    kernels: &Kernels<T>,
    regime: &Regime,
    lessons: &[Lesson<'_, T>],
    earlier: Option<&[EpochRecord]>,
    state: State<T>,
    keeper: &mut dyn Keeper<T>,
    observe: &mut dyn FnMut(Event<'_>) -> Control,
) -> std::result::Result<Trained<T>, Failed<T>> {
    let runs = lessons.iter().map(|lesson| Run::new(lesson, kernels, regime, lessons.len())).collect();
    let judged = lessons.iter().any(|lesson| lesson.valid.is_some());
    let watcher = lessons[0].watcher(regime).map_err(Failed::Error)?;
    let mut school = School { runs, regime, earlier, judged, watcher, state };
    if school.state.epochs.is_empty() && school.state.here.is_beginning() {
        school.look(observe);
    }
    let ending = loop {
        if let Some(why) = school.ending() {
            break why;
        }
        match school.epoch(keeper, observe) {
            Ok(Control::Continue) => {}
            Ok(Control::Stop) => break Ending::Interrupted,
            Err(e) if matches!(e.kind(), ErrorKind::Diverged { .. }) => {
                return Err(Failed::Diverged(e, Box::new(school.state)));
            }
            Err(e) => return Err(Failed::Error(e)),
        }
    };
    let School { mut runs, watcher, state, .. } = school;
    let State { networks, best, epochs, mut warnings, .. } = state;
    let last = epochs.len() as u64;
    let thetas = || networks.into_iter().map(|network| network.parameters.theta).collect();
    let best = if regime.restore_best && judged { best.take() } else { None };
    let (kept_epoch, thetas): (_, Vec<Vec<T>>) = best.unwrap_or_else(|| (last, thetas()));
    if let Some(watcher) = watcher.filter(|_| ending.is_complete()) {
        warn(watcher.end(&mut runs[0].eyes(), &thetas[0], kept_epoch), &mut warnings, observe);
    }
    Ok(Trained { thetas, epochs, kept_epoch, ending, warnings })
}

/// Tell what was not told before.
fn warn(found: Vec<Warning>, told: &mut Vec<Warning>, observe: &mut dyn FnMut(Event<'_>) -> Control) {
    for warning in found {
        if !told.iter().any(|other| warning.repeats(other)) {
            observe(Event::Warning(&warning));
            told.push(warning);
        }
    }
}

impl<'a, T: Element> Lesson<'a, T> {
    /// Who looks at the training, if somebody wants to know.
    pub(crate) fn watcher(&self, regime: &Regime) -> Result<Option<Watcher<'a, T>>> {
        self.names.map(|names| Watcher::new(self.plan, self.train, names, regime.dice)).transpose()
    }
}

/// All networks of a training, and how far they are.
struct School<'a, T: Element> {
    runs: Vec<Run<'a, T>>,
    regime: &'a Regime,
    earlier: Option<&'a [EpochRecord]>,
    /// Whether there are rows that judge.
    judged: bool,
    /// Who looks at the first of the networks.
    watcher: Option<Watcher<'a, T>>,
    state: State<T>,
}

impl<T: Element> School<'_, T> {
    /// Why the training is at its end, between two epochs.
    fn ending(&self) -> Option<Ending> {
        let State { networks, best, epochs, here, .. } = &self.state;
        let done = epochs.len() as u64;
        if done == 0 || !here.is_beginning() {
            return None;
        }
        if networks.iter().all(|network| network.rest.converged) {
            return Some(Ending::Converged);
        }
        if self.regime.patience.is_some_and(|p| self.judged && best.waited(done) >= p) {
            return Some(Ending::EarlyStopping);
        }
        let most = self.earlier.map_or(self.regime.epochs, |e| e.len() as u64);
        (done >= most).then_some(Ending::Finished)
    }

    /// Every network makes an epoch, or what is left of it, and all are judged. An epoch that is stopped is in the
    /// history, too, but not in the state that is kept.
    fn epoch(
        &mut self,
        keeper: &mut dyn Keeper<T>,
        observe: &mut dyn FnMut(Event<'_>) -> Control,
    ) -> Result<Control> {
        let before: Vec<u64> = self.runs.iter().map(Run::steps).collect();
        let steps = before.iter().sum();
        for i in self.state.here.network..self.runs.len() {
            let run = &mut self.runs[i];
            run.begin(self.state.here.epoch);
            while self.state.here.step < run.steps() {
                run.advance(&mut self.state.networks[i], &mut self.state.here)?;
                let here = self.state.here;
                let step = before[..i].iter().sum::<u64>() + here.step;
                let news = Event::Step { epoch: here.epoch, step, steps, loss: here.mean() };
                let control = observe(news);
                if control == Control::Stop || keeper.is_due(At::Step) {
                    keeper.keep(&self.state)?;
                }
                if control == Control::Stop {
                    self.judge(here.mean(), observe)?;
                    return Ok(Control::Stop);
                }
            }
            run.check(&self.state.networks[i], &self.state.here)?;
            (self.state.here.network, self.state.here.step) = (i + 1, 0);
        }
        // Nothing of this mean is hidden where no row counts.
        let loss = self.state.here.sum / self.state.here.counted;
        let control = self.judge(loss, observe)?;
        if control == Control::Continue {
            self.look(observe);
        }
        self.state.here = Here::before(self.state.here.epoch + 1);
        if control == Control::Stop || keeper.is_due(At::Epoch) {
            keeper.keep(&self.state)?;
        }
        Ok(control)
    }

    /// Look at the first network, before the first step or after an epoch, and warn of what looks wrong.
    fn look(&mut self, observe: &mut dyn FnMut(Event<'_>) -> Control) {
        let Some(watcher) = &self.watcher else { return };
        let State { networks, epochs, warnings, .. } = &mut self.state;
        let (theta, run) = (&networks[0].parameters.theta, &mut self.runs[0]);
        let (plan, dice) = (run.lesson.plan, self.regime.dice);
        let first = || Parameters::initial(plan, dice).theta;
        let found = match &epochs[..] {
            [] => watcher.start(&mut run.eyes(), theta),
            epochs => watcher.epoch(&mut run.eyes(), theta, epochs, &first),
        };
        warn(found, warnings, observe);
    }

    /// Judge all networks, and close the epoch.
    fn judge(&mut self, train_loss: f64, observe: &mut dyn FnMut(Event<'_>) -> Control) -> Result<Control> {
        let School { runs, regime, earlier, judged, watcher, state } = self;
        let State { networks, best, epochs, here, .. } = state;
        let said =
            runs.iter_mut().zip(&*networks).map(|(run, n)| run.judge(n)).collect::<Result<Vec<_>>>()?;
        let said = answer::together(said.into_iter().flatten());
        let (valid_loss, valid_score) = said.map(|e| (e.loss(), answer::score(&e))).unzip();
        let judge_by = match earlier {
            // A loss that was not finite is not in the record.
            Some(earlier) => earlier[here.epoch as usize - 1].valid_loss.unwrap_or(f64::NAN),
            None => valid_loss.unwrap_or(train_loss),
        };
        let thetas = || networks.iter().map(|network| &network.parameters.theta[..]);
        // The end may ask for the best epoch, or a divergence.
        let keep = (regime.restore_best && *judged) || (earlier.is_none() && watcher.is_some());
        let record = EpochRecord {
            epoch: here.epoch,
            train_loss,
            valid_loss: valid_loss.filter(|loss| loss.is_finite()),
            valid_score: valid_score.flatten(),
            learning_rate: networks[0].rest.learning_rate,
            best: best.offer(here.epoch, judge_by, thetas(), keep),
            theta: fingerprint::of_networks(thetas()),
        };
        for (run, network) in runs.iter().zip(networks) {
            run.slow_down(&mut network.rest, judge_by);
        }
        let control = observe(Event::Epoch(&record));
        epochs.push(record);
        Ok(control)
    }
}

/// What one network learns with; what changes stands in its [`NetworkState`].
pub(crate) struct Run<'a, T: Element> {
    lesson: &'a Lesson<'a, T>,
    kernels: &'a Kernels<T>,
    regime: &'a Regime,
    tape: Tape<T>,
    labels: Labels<T>,
    order: Order,
    feed: Feed<T>,
}

impl<'a, T: Element> Run<'a, T> {
    /// One of so many networks.
    pub(crate) fn new(
        lesson: &'a Lesson<'a, T>,
        kernels: &'a Kernels<T>,
        regime: &'a Regime,
        networks: usize,
    ) -> Self {
        let (plan, rows) = (lesson.plan, lesson.train.rows.to_vec());
        Run {
            lesson,
            kernels,
            regime,
            tape: Tape::new(plan),
            labels: Labels::new(plan),
            order: if plan.spec().optimizer.is_search() {
                // All rows count at once: one order for all iterations.
                Order::in_sequence(rows)
            } else {
                Order::new(rows, regime.dice)
            },
            feed: Feed::new(lesson.train.table, networks),
        }
    }

    /// To look at the network between two steps.
    pub(crate) fn eyes(&mut self) -> Eyes<'_, T> {
        let (plan, kernels) = (self.lesson.plan, self.kernels);
        Eyes { plan, kernels, tape: &mut self.tape, labels: &mut self.labels }
    }

    fn is_search(&self) -> bool {
        self.lesson.plan.spec().optimizer.is_search()
    }

    pub(crate) fn steps(&self) -> u64 {
        self.order.steps(self.regime.batch_size) as u64
    }

    /// η of step `t` = 1, 2, …
    fn eta(&self, t: u64, rest: &Rest) -> f64 {
        let spec = self.lesson.plan.spec();
        let moment = Moment { t, steps: self.steps(), epochs: self.regime.epochs, slowed: rest.slowed };
        spec.learning_rate * spec.schedule.factor(&moment)
    }

    fn slow_down(&self, rest: &mut Rest, judge_by: f64) {
        if let Schedule::Plateau(plateau) = self.lesson.plan.spec().schedule {
            rest.slowed = plateau.after(rest.slowed, judge_by);
        }
    }

    /// Before the first step of an epoch, or of what is left of it.
    pub(crate) fn begin(&mut self, epoch: u64) {
        self.order.epoch(epoch);
        self.feed.reorder();
    }

    /// A step of a rule; of a search all that an epoch has, and nothing once it has converged.
    pub(crate) fn advance(&mut self, network: &mut NetworkState<T>, here: &mut Here) -> Result<()> {
        if !self.is_search() {
            return self.step(network, here);
        }
        if !network.rest.converged {
            self.iteration(network, here.epoch)?;
        }
        let loss =
            network.rest.search.objective - full_batch::penalty(self.lesson.plan, &network.parameters.theta);
        here.add(loss, self.order.rows() as f64);
        here.step = self.steps();
        Ok(())
    }

    /// One mini-batch.
    fn step(&mut self, network: &mut NetworkState<T>, here: &mut Here) -> Result<()> {
        let Lesson { plan, train, .. } = *self.lesson;
        let NetworkState { parameters, rest } = network;
        let (epoch, step) = (here.epoch, here.step + 1);
        let eta = self.eta(parameters.t + 1, rest);
        let places = self.order.places(step as usize - 1, self.regime.batch_size);
        let m = places.len();
        self.labels.gather(train.table, &self.order.all()[places.clone()]);
        self.feed.gather(self.kernels, train.table, self.order.all(), places, self.tape.input(m))?;
        let when = When { dice: self.regime.dice, epoch, step, eta };
        let loss = step::train(plan, self.kernels, parameters, &mut self.tape, self.labels.view(), &when);
        if !loss.is_finite() {
            let before = (parameters.t > 1).then_some(rest.learning_rate);
            let rows = self.order.batch(step as usize - 1, self.regime.batch_size);
            return Err(self.diverged(&parameters.theta, (rows, step), here, before));
        }
        rest.learning_rate = eta;
        here.add(loss, self.labels.share());
        here.step = step;
        Ok(())
    }

    /// One iteration of a search.
    fn iteration(&mut self, network: &mut NetworkState<T>, epoch: u64) -> Result<()> {
        let Run { lesson, kernels, regime, tape, labels, order, feed } = self;
        let plan = lesson.plan;
        let when = When { dice: regime.dice, epoch, step: 1, eta: 1.0 };
        // In sequence, every epoch has the same order.
        let rows = order.epoch(epoch);
        let mut all = AllRows::new(plan, kernels, lesson.train.table, rows, (tape, labels, feed), when);
        let NetworkState { parameters, rest } = network;
        let Parameters { theta, slots, t } = parameters;
        *t += 1;
        let outcome = plan.spec().optimizer.iterate(&mut rest.search, theta, slots, &mut all);
        if let Some(e) = all.failed {
            return Err(e);
        }
        if outcome == Outcome::NotFinite {
            return Err(self.no_start(&network.parameters.theta, epoch)?);
        }
        rest.learning_rate = rest.search.length;
        rest.converged = matches!(outcome, Outcome::Converged | Outcome::Stuck);
        Ok(())
    }

    /// After the last step of an epoch: a loss can be finite where a parameter is not.
    fn check(&self, network: &NetworkState<T>, here: &Here) -> Result<()> {
        if self.is_search() || self.kernels.all_finite(&network.parameters.theta) {
            return Ok(());
        }
        let rows = self.order.batch(here.step as usize - 1, self.regime.batch_size);
        let eta = Some(network.rest.learning_rate);
        Err(self.diverged(&network.parameters.theta, (rows, here.step), here, eta))
    }

    /// The error for numbers that left the finite range, in the step that the tape holds; `eta` is that of the last update
    /// before them.
    fn diverged(&self, theta: &[T], (rows, step): (&[u32], u64), here: &Here, eta: Option<f64>) -> Error {
        let Run { lesson, kernels, tape, labels, .. } = self;
        diverged::error(&Scene {
            plan: lesson.plan,
            kernels,
            names: lesson.names,
            theta,
            tape,
            rows,
            labels: labels.view(),
            stepped: eta,
            loss: (here.counted > 0.0).then(|| here.mean()),
            place: Place::default().epoch(here.epoch).step(step),
        })
    }

    /// The same for a search: the portion of the rows is looked for in which they do.
    ///
    /// # Errors
    /// The rows lie in a file that cannot be read.
    fn no_start(&mut self, theta: &[T], epoch: u64) -> Result<Error> {
        let Run { lesson, kernels, regime, tape, labels, order, feed } = self;
        let (plan, when) = (lesson.plan, When { dice: regime.dice, epoch, step: 1, eta: 1.0 });
        let (all, here) = (order.epoch(epoch).to_vec(), Here::before(epoch));
        for (first, rows) in (0..).step_by(plan.batch()).zip(all.chunks(plan.batch())) {
            let places = first..first + rows.len();
            feed.gather(kernels, lesson.train.table, &all, places, tape.input(rows.len()))?;
            labels.gather(lesson.train.table, rows);
            step::gradient(plan, kernels, theta, tape, labels.view(), &when);
            if step::first_not_finite(plan, kernels, theta, tape, rows.len()).is_some() {
                return Ok(self.diverged(theta, (rows, 1), &here, None));
            }
        }
        Ok(self.diverged(theta, (&[], 1), &here, None))
    }

    /// What the network says about the rows that judge it.
    fn judge(&mut self, network: &NetworkState<T>) -> Result<Option<Evidence>> {
        let Some((preparation, part)) = self.lesson.valid else { return Ok(None) };
        let (theta, labels) = (&network.parameters.theta, &mut self.labels);
        let said = answer::say(self.lesson.plan, self.kernels, theta, &mut self.tape, labels, part)?;
        Ok(Some(answer::as_counted(preparation, part, said)))
    }
}

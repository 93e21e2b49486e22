//! The measured runs: whole epochs, the parts of a step, prediction.

use super::machine::{forget_peak_memory, peak_memory, time};
use feedforward::data::batches::Order;
use feedforward::data::prepare::{Prepared, Targets};
use feedforward::kernels::{Element, Kernels};
use feedforward::network::step::{self, Part, Watch, When};
use feedforward::network::{Parameters, Plan, Spec, Tape};
use feedforward::training::labels::Labels;
use feedforward::training::regime::Regime;
use feedforward::training::state::{NoKeeper, State};
use feedforward::training::trainer::Lesson;
use feedforward::training::{Control, Event, Machine, answer, part, trainer};
use feedforward::{Dice, Result};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The randomness of every run.
const DICE: u64 = 0;
/// How long a pass that only collects examples may take: parts of steps, single rows.
const PASS: Duration = Duration::from_millis(700);
/// Examples at most: enough for a median and a 99 % quantile.
const EXAMPLES: usize = 4_000;
/// Rows of the large batches of prediction.
pub(crate) const LARGE: usize = 1024;

/// What the epochs took.
pub(crate) struct Times {
    /// Seconds of each timed epoch: shuffling, gathering, steps.
    pub(crate) seconds: Vec<f64>,
    /// Mean training loss of the last one.
    pub(crate) loss: f64,
    /// Bytes of memory at most while they ran, where the system says it.
    pub(crate) peak_bytes: Option<usize>,
}

/// Train for one epoch and `epochs` timed ones, as `ff train` does; what they took, and the θ that they left.
///
/// # Errors
/// Training that diverges.
pub(crate) fn epochs<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    table: &Prepared<T>,
    epochs: usize,
) -> Result<(Times, Vec<T>)> {
    forget_peak_memory();
    let regime = Regime {
        batch_size: plan.batch(),
        epochs: epochs as u64 + 1,
        patience: None,
        restore_best: false,
        dice: Dice::new(DICE),
    };
    let rows: Vec<u32> = (0..table.rows as u32).collect();
    let mut ends = Vec::with_capacity(epochs + 1);
    let lesson = Lesson { plan, train: part::Part { table, rows: &rows }, valid: None, names: None };
    let start = State::new([plan].into_iter(), regime.dice);
    let mut trained =
        trainer::train(kernels, &regime, &[lesson], None, start, &mut NoKeeper, &mut |event| {
            if let Event::Epoch(_) = event {
                ends.push(Instant::now());
            }
            Control::Continue
        })?;
    let seconds = ends.windows(2).map(|w| (w[1] - w[0]).as_secs_f64()).collect();
    let loss = trained.epochs.last().map_or(f64::NAN, |e| e.train_loss);
    Ok((Times { seconds, loss, peak_bytes: peak_memory() }, trained.thetas.swap_remove(0)))
}

/// A part of a step: the median of its times.
#[derive(Clone, Debug)]
pub(crate) struct Timed {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its layer, if it is a layer's.
    pub(crate) layer: Option<usize>,
    /// Seconds.
    pub(crate) seconds: f64,
    /// Floating-point operations of its product.
    pub(crate) flops: u64,
    /// Bytes of parameters and slots that it must move as an update.
    pub(crate) bytes: u64,
}

/// Time the parts of some steps of full batches. This is not done in the timed epochs, where looking at the clock
/// would take time, too.
pub(crate) fn parts<T: Element>(
    plan: &Plan,
    kernels: &Kernels<T>,
    table: &Prepared<T>,
    theta: Vec<T>,
) -> Vec<Timed> {
    let slots = vec![T::ZERO; plan.spec().optimizer.slots() * theta.len()];
    let mut parameters = Parameters { theta, slots, t: 0 };
    let (mut tape, mut labels) = (Tape::new(plan), Labels::new(plan));
    let dice = Dice::new(DICE);
    let mut order = Order::new((0..table.rows as u32).collect(), dice);
    let steps = (table.rows / plan.batch()).max(1);
    let (shuffle, _) = time(|| order.epoch(1).len());
    let mut clock = Clock::new(plan, T::BYTES);
    let start = Instant::now();
    for step in 0..steps.min(EXAMPLES) {
        let rows = order.batch(step, plan.batch());
        clock.begin();
        kernels.gather(table.view(), rows, tape.input(rows.len()));
        labels.gather(table, rows);
        clock.lap("gather", None, 0, 0);
        let when = When { dice, epoch: 1, step: step as u64 + 1, eta: plan.spec().learning_rate };
        let view = labels.view();
        step::train_watched(plan, kernels, &mut parameters, &mut tape, view, &when, &mut clock);
        if start.elapsed() > PASS {
            break;
        }
    }
    let mut timed = clock.medians();
    let seconds = shuffle / table.rows.div_ceil(plan.batch()) as f64;
    timed.insert(0, Timed { name: "shuffle", layer: None, seconds, flops: 0, bytes: 0 });
    timed
}

/// Times the parts of steps.
struct Clock<'a> {
    plan: &'a Plan,
    /// Bytes of a number.
    width: usize,
    /// The parts of a step, and the seconds that each took in each step.
    laps: Vec<(Timed, Vec<f64>)>,
    /// The place in `laps` of the part that goes on now.
    now: usize,
    since: Instant,
    /// Seconds of a look at the clock, which each lap contains.
    look: f64,
}

impl<'a> Clock<'a> {
    fn new(plan: &'a Plan, width: usize) -> Self {
        let looks = 1000;
        let (all, ()) = time(|| (0..looks).for_each(|_| _ = black_box(Instant::now())));
        let look = all / f64::from(looks);
        Clock { plan, width, laps: Vec::new(), now: 0, since: Instant::now(), look }
    }
    fn begin(&mut self) {
        self.now = 0;
        self.since = Instant::now();
    }
    fn lap(&mut self, name: &'static str, layer: Option<usize>, flops: u64, bytes: u64) {
        let seconds = self.since.elapsed().as_secs_f64();
        if self.now == self.laps.len() {
            let timed = Timed { name, layer, seconds: 0.0, flops, bytes };
            self.laps.push((timed, Vec::with_capacity(EXAMPLES)));
        }
        self.laps[self.now].1.push((seconds - self.look).max(0.0));
        self.now += 1;
        self.since = Instant::now();
    }
    fn medians(self) -> Vec<Timed> {
        let each = |(timed, times): (Timed, Vec<f64>)| Timed { seconds: quantile(times, 0.5), ..timed };
        self.laps.into_iter().map(each).collect()
    }
}

impl Watch for Clock<'_> {
    fn after(&mut self, part: Part) {
        let layout = self.plan.layout();
        let updated = match part {
            Part::WeightGradient(l) if self.plan.fused() => layout.w(l).len(),
            Part::BiasGradient(l) if self.plan.fused() => layout.b(l).len(),
            Part::Update => layout.parameters(),
            _ => 0,
        };
        // Each with its slots, read and written.
        let bytes = 2 * updated * (1 + self.plan.spec().optimizer.slots()) * self.width;
        self.lap(part.name(), part.layer(), part.flops(self.plan), bytes as u64);
    }
}

/// How fast a network answers.
pub(crate) struct Answers {
    /// Seconds of one row: the median, and what 99 % of the rows stay below.
    pub(crate) one_row: [f64; 2],
    /// Rows per second in the plan's batches, and in those of [`LARGE`] rows.
    pub(crate) rows_per_s: [f64; 2],
}

/// Let the network answer: row by row, in the batches of `batch` rows and in large ones.
///
/// # Errors
/// Threads that the system refuses.
pub(crate) fn answers<T: Element>(
    spec: &Spec,
    machine: Machine,
    batch: usize,
    mut table: Prepared<T>,
    theta: &[T],
) -> Result<Answers> {
    // Nobody judges these answers.
    table.targets = Targets::None;
    let one_row = one_row(spec, machine, &table, theta)?;
    let rows_per_s =
        [of_batches(spec, machine, batch, &table, theta)?, of_batches(spec, machine, LARGE, &table, theta)?];
    Ok(Answers { one_row, rows_per_s })
}

fn one_row<T: Element>(spec: &Spec, machine: Machine, table: &Prepared<T>, theta: &[T]) -> Result<[f64; 2]> {
    let plan = Plan::new(spec, 1, machine.threads)?;
    let kernels = machine.kernels::<T>(&plan)?;
    let mut tape = Tape::new(&plan);
    let mut times = Vec::with_capacity(EXAMPLES);
    let start = Instant::now();
    while times.len() < EXAMPLES && (start.elapsed() < PASS || times.len() < 2) {
        let row = (times.len() * 7919 % table.rows) as u32;
        let (seconds, _) = time(|| {
            kernels.gather(table.view(), &[row], tape.input(1));
            step::forward(&plan, &kernels, theta, &mut tape, 1);
        });
        times.push(seconds);
    }
    // The first meets cold caches.
    times.remove(0);
    Ok([quantile(times.clone(), 0.5), quantile(times, 0.99)])
}

fn of_batches<T: Element>(
    spec: &Spec,
    machine: Machine,
    batch: usize,
    table: &Prepared<T>,
    theta: &[T],
) -> Result<f64> {
    let plan = Plan::new(spec, batch, machine.threads)?;
    let kernels = machine.kernels::<T>(&plan)?;
    let (mut tape, mut labels) = (Tape::new(&plan), Labels::new(&plan));
    // Passes of about 10 Gflop, of full batches.
    let most = 10_000_000_000 / (plan.flops().forward / batch as u64).max(1);
    let count = table.rows.min(most as usize).max(batch.min(table.rows));
    let rows: Vec<u32> = (0..count as u32).collect();
    let part = part::Part { table, rows: &rows };
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < 4 || (start.elapsed() < PASS && times.len() < EXAMPLES) {
        times.push(time(|| answer::say(&plan, &kernels, theta, &mut tape, &mut labels, part)).0);
    }
    times.remove(0);
    Ok(count as f64 / quantile(times, 0.5))
}

/// The value that a share `q` of `x` does not exceed; NaN of nothing.
pub(crate) fn quantile(mut x: Vec<f64>, q: f64) -> f64 {
    x.sort_by(f64::total_cmp);
    let place = (q * x.len() as f64).ceil() as usize;
    x.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let x = || vec![3.0, 1.0, 2.0, 5.0, 4.0];
        assert_eq!([0.0, 0.5, 0.8, 0.99, 1.0].map(|q| quantile(x(), q)), [1.0, 3.0, 4.0, 5.0, 5.0]);
        assert_eq!(quantile(vec![1.0, 2.0], 0.5), 1.0);
        assert!(quantile(Vec::new(), 0.5).is_nan());
    }
}

//! A spec that has been checked, with every size that its step needs.

use crate::init::Init;
use crate::layout::Layout;
use crate::optimizer::Optimizer;
use crate::spec::Spec;
use feedforward_base::{Error, Result};
use std::fmt;

/// Below so many flops a step runs on one thread. Measured on 2 cores, whole runs on one and on two threads: steps of
/// 6 Mflop 0.45 s and 0.42 to 0.97 s, of 78 Mflop 3.3 s and 2.3 s.
const FLOPS_WORTH_A_TEAM: u64 = 20_000_000;

/// The largest product of batch and parameters: up to here operations and bytes can be counted in 64 bits.
const MOST_WORK: u128 = 1 << 56;

/// A spec that can run: all sizes are known, nothing can fail any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    spec: Spec,
    layout: Layout,
    batch: usize,
    threads: usize,
}

impl Plan {
    /// Check `spec` and lay out its parameters for batches of at most `batch` rows on `threads` threads.
    ///
    /// # Errors
    /// All problems of the spec together; a batch or a number of threads of 0.
    pub fn new(spec: &Spec, batch: usize, threads: usize) -> Result<Self> {
        let mut problems = Vec::new();
        if batch == 0 {
            problems.push(Error::bad_value("the batch size", 0, "at least 1"));
        }
        if threads == 0 {
            problems.push(Error::bad_value("the number of threads", 0, "at least 1"));
        }
        problems.extend(spec.check().err());
        Error::many(problems)?;
        let most = MOST_WORK / spec.parameters().max(1) as u128;
        if batch as u128 > most {
            let e = Error::bad_value("the batch size", batch, format!("at most {most} for this network"));
            return Err(e.hint("take smaller batches"));
        }
        let mut plan = Plan { spec: spec.clone(), layout: Layout::new(spec), batch, threads };
        if plan.flops().total() < FLOPS_WORTH_A_TEAM {
            plan.threads = 1;
        }
        Ok(plan)
    }
    /// The spec.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }
    /// The map of θ.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
    /// Rows of a batch at most.
    pub fn batch(&self) -> usize {
        self.batch
    }
    /// Threads that are worth it.
    pub fn threads(&self) -> usize {
        self.threads
    }
    /// Whether the update is applied while a gradient is in registers; not when its norm is needed first, nor in a
    /// search, which wants the whole gradient of all rows.
    pub fn fused(&self) -> bool {
        self.spec.clip_norm.is_none() && !self.spec.optimizer.is_search()
    }
    /// Floating-point operations of a product with the weights of layer `l` on a full batch.
    pub(crate) fn product_flops(&self, l: usize) -> u64 {
        2 * (self.batch * self.layout.units(l) * self.layout.units(l - 1)) as u64
    }
    /// Floating-point operations of one step on a full batch; a multiplication with its addition counts 2.
    pub fn flops(&self) -> Flops {
        let last = self.layout.last();
        let forward = (1..=last).map(|l| self.product_flops(l)).sum();
        let pull_back = (2..=last).map(|l| self.product_flops(l)).sum();
        Flops { forward, pull_back, weight_gradient: forward }
    }
    /// Bytes that training holds beside the data, for numbers of `width` bytes.
    pub fn bytes(&self, width: usize) -> Bytes {
        let parameters = self.layout.parameters();
        let units: usize = (1..=self.layout.last()).map(|l| self.layout.units(l)).sum();
        let learned = self.spec.layers.iter().filter(|l| l.activation.is_learned());
        let own: usize = learned.map(|l| l.units).sum();
        let gradient = if self.fused() { 0 } else { parameters * width };
        Bytes {
            theta: parameters * width,
            slots: self.spec.optimizer.slots() * parameters * width,
            gradient,
            activations: self.batch * (3 * units + own + self.layout.units(0)) * width,
        }
    }
}

/// Floating-point operations of one step, by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flops {
    /// `Z[l]` = `A[l-1]` `W[l]ᵀ` + `b[l]`.
    pub forward: u64,
    /// `δ[l]` `W[l]`.
    pub pull_back: u64,
    /// `δ[l]ᵀ` `A[l-1]`.
    pub weight_gradient: u64,
}

impl Flops {
    /// All parts.
    pub fn total(&self) -> u64 {
        self.forward + self.pull_back + self.weight_gradient
    }
}

/// Memory of training beside the data, by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes {
    /// Parameters.
    pub theta: usize,
    /// What the optimizer remembers.
    pub slots: usize,
    /// The stored gradient; 0 in the fused path.
    pub gradient: usize,
    /// Z, A and δ of one batch.
    pub activations: usize,
}

impl Bytes {
    /// All parts.
    pub fn total(&self) -> usize {
        self.theta + self.slots + self.gradient + self.activations
    }
    /// What the update of a step must move at least: parameters and slots, read and written.
    pub fn moved_by_update(&self) -> usize {
        2 * (self.theta + self.slots)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "layer  inputs   units  activation  dropout  parameters")?;
        for (l, layer) in (1..).zip(&self.spec.layers) {
            let inputs = self.layout.units(l - 1);
            let parameters = self.layout.layer(l).len();
            let (name, dropout) = (layer.activation, layer.dropout);
            writeln!(f, "{l:>5} {inputs:>7} {:>7}  {name:<10} {dropout:>8}  {parameters:>10}", layer.units)?;
        }
        writeln!(f, "parameters    {}", self.layout.parameters())?;
        for (name, value) in self.settings() {
            writeln!(f, "{name:<12}  {value}")?;
        }
        let flops = self.flops();
        let parts = [flops.forward, flops.pull_back, flops.weight_gradient];
        let [forward, back, gradient] = percent(parts);
        writeln!(
            f,
            "{}  {}, {}: forward {forward} %, backward {back} %, gradient {gradient} %",
            if self.spec.optimizer.is_search() { "one portion " } else { "one step    " },
            counted(self.batch, "row"),
            size(flops.total()),
        )?;
        let way = match (self.fused(), self.spec.optimizer.is_search()) {
            (true, _) => "in one pass with the gradient",
            (false, false) => "after the whole gradient",
            (false, true) => "by a line search, with the gradients of all portions of the rows",
        };
        write!(f, "update        {way}; {}", counted(self.threads, "thread"))
    }
}

impl Plan {
    /// Loss and optimizer, and what else is not as usual: names and values.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let Spec {
            loss, label_smoothing, init, bias, penalty, optimizer, schedule, clip_norm, max_norm, ..
        } = &self.spec;
        let unless_0 = |name: &str, value: f64| (value != 0.0).then(|| format!("{name} {value}"));
        let smoothing = unless_0("label smoothing", *label_smoothing);
        let mut all = vec![("loss", list([Some(loss.to_string()), smoothing]))];
        if *init != Init::Auto {
            all.push(("weights", format!("{} at the start", init.name())));
        }
        if *bias != 0.0 {
            all.push(("biases", format!("{bias} at the start, in hidden layers")));
        }
        let rate = format!("learning rate {}", self.spec.learning_rate);
        let rate = (!optimizer.is_search()).then_some(rate);
        all.push(("optimizer", list([Some(optimizer.name().into()), rate, unusual(optimizer)])));
        if !optimizer.is_search() {
            all.push(("schedule", schedule.said()));
        }
        let penalty = [unless_0("l1", penalty.l1), unless_0("l2", penalty.l2)];
        if penalty.iter().any(Option::is_some) {
            all.push(("penalty", list(penalty)));
        }
        if self.spec.decay() != 0.0 {
            all.push(("weight decay", self.spec.decay().to_string()));
        }
        all.extend(clip_norm.map(|norm| ("clip norm", norm.to_string())));
        all.extend(max_norm.map(|norm| ("max norm", norm.to_string())));
        all
    }
}

/// The hyper-parameters that are not the usual ones; weight decay has a line of its own.
fn unusual(optimizer: &Optimizer) -> Option<String> {
    let own = optimizer.unusual_numbers().into_iter().filter(|(name, _)| *name != "weight_decay");
    let text = list(own.map(|(name, value)| Some(format!("{name} {value}"))));
    Some(text).filter(|text| !text.is_empty())
}

fn list(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `70 flop`, `834 kflop`, `77.6 Mflop`.
fn size(flops: u64) -> String {
    let (mut value, mut unit) = (flops as f64, 0);
    let units = ["", "k", "M", "G", "T"];
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if unit == 0 || value >= 99.95 { 0 } else { 1 };
    format!("{value:.digits$} {}flop", units[unit])
}

/// Whole percentages that sum to 100: what rounding down leaves goes to the largest remainders.
fn percent(parts: [u64; 3]) -> [u64; 3] {
    let whole = parts.iter().sum::<u64>().max(1);
    let mut shares = parts.map(|p| 100 * p / whole);
    let mut order = [0, 1, 2];
    order.sort_by_key(|&i| std::cmp::Reverse(100 * parts[i] % whole));
    let left = 100_u64.saturating_sub(shares.iter().sum());
    order.iter().take(left as usize).for_each(|&i| shares[i] += 1);
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Loss, Schedule};

    #[test]
    fn sizes_of_the_lecture_model() {
        let spec = Spec::new(&[784, 512, 10], Activation::Relu, Loss::CrossEntropy);
        let plan = Plan::new(&spec, 32, 2).unwrap();
        assert_eq!(plan.layout().parameters(), 407_050);
        assert_eq!(plan.flops().forward, 2 * 32 * (784 * 512 + 512 * 10));
        assert_eq!(plan.flops().pull_back, 2 * 32 * 512 * 10);
        assert_eq!(plan.bytes(4).slots, 2 * 4 * 407_050);
        assert_eq!(plan.bytes(4).moved_by_update(), 2 * 3 * 4 * 407_050);
        assert_eq!(plan.threads(), 2);
    }

    #[test]
    fn small_networks_run_on_one_thread() {
        let spec = Spec::new(&[2, 16, 16, 1], Activation::Tanh, Loss::BinaryCrossEntropy);
        assert_eq!(Plan::new(&spec, 10, 2).unwrap().threads(), 1);
    }

    #[test]
    fn what_is_set_is_shown() {
        let mut spec = Spec::new(&[4, 8, 3], Activation::Relu, Loss::CrossEntropy);
        let text = Plan::new(&spec, 1, 1).unwrap().to_string();
        let usual = "\
parameters    67
loss          cross_entropy
optimizer     adam, learning rate 0.001
schedule      constant
one step      1 row, 272 flop: forward 41 %, backward 18 %, gradient 41 %
update        in one pass with the gradient; 1 thread";
        assert!(text.ends_with(usual), "{text}");
        spec.label_smoothing = 0.1;
        (spec.init, spec.bias) = (Init::He, 0.1);
        if let Optimizer::Adam(adam) = &mut spec.optimizer {
            adam.beta1 = 0.8;
        }
        spec.schedule = Schedule::parse("cosine:0.1").unwrap();
        spec.penalty.l2 = 1e-4;
        spec.weight_decay = 0.01;
        (spec.clip_norm, spec.max_norm) = (Some(2.0), Some(3.0));
        let text = Plan::new(&spec, 1, 1).unwrap().to_string();
        let set = "\
loss          cross_entropy, label smoothing 0.1
weights       he at the start
biases        0.1 at the start, in hidden layers
optimizer     adam, learning rate 0.001, beta1 0.8
schedule      cosine, warm-up over 0.1 of the run
penalty       l2 0.0001
weight decay  0.01
clip norm     2
max norm      3
";
        assert!(text.contains(set) && text.contains("update        after the whole gradient;"), "{text}");
    }

    #[test]
    fn shares_sum_to_100_and_small_steps_are_not_0() {
        assert_eq!(percent([1, 1, 1]), [34, 33, 33]);
        assert_eq!(percent([445, 111, 444]), [45, 11, 44]);
        assert_eq!(percent([0, 0, 7]), [0, 0, 100]);
        let sizes = [64, 834_000, 999_600, 77_595_000, 3_500_000_000].map(size);
        assert_eq!(sizes, ["64 flop", "834 kflop", "1.0 Mflop", "77.6 Mflop", "3.5 Gflop"]);
    }

    #[test]
    fn every_problem_is_in_the_error() {
        let spec = Spec::new(&[4, 0], Activation::Tanh, Loss::SquaredError);
        let text = Plan::new(&spec, 0, 0).unwrap_err().to_string();
        assert!(text.contains("batch size") && text.contains("threads") && text.contains("units"), "{text}");
    }
}

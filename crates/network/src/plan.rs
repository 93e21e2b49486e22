//! A spec that has been checked, with every size that its step needs.

use crate::layout::Layout;
use crate::spec::Spec;
use feedforward_base::{Error, Result};
use std::fmt;

/// Below so many flops a step takes less time than waking a second thread.
const FLOPS_WORTH_A_TEAM: u64 = 2_000_000;

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
    /// Whether the update is applied while a gradient is in registers; not when its norm is needed first.
    pub fn fused(&self) -> bool {
        self.spec.clip_norm.is_none()
    }
    /// Floating-point operations of one step on a full batch; a multiplication with its addition counts 2.
    pub fn flops(&self) -> Flops {
        let products = |l: usize| 2 * (self.batch * self.layout.units(l) * self.layout.units(l - 1)) as u64;
        let last = self.layout.last();
        let forward = (1..=last).map(products).sum();
        Flops { forward, pull_back: (2..=last).map(products).sum(), weight_gradient: forward }
    }
    /// Bytes that training holds beside the data, for numbers of `width` bytes.
    pub fn bytes(&self, width: usize) -> Bytes {
        let parameters = self.layout.parameters();
        let units: usize = (1..=self.layout.last()).map(|l| self.layout.units(l)).sum();
        let gradient = if self.fused() { 0 } else { parameters * width };
        Bytes {
            theta: parameters * width,
            slots: self.spec.optimizer.slots() * parameters * width,
            gradient,
            activations: self.batch * (3 * units + self.layout.units(0)) * width,
        }
    }
}

/// Floating-point operations of one step, by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flops {
    /// Z[l] = A[l-1] W[l]ᵀ + b[l].
    pub forward: u64,
    /// δ[l] W[l].
    pub pull_back: u64,
    /// δ[l]ᵀ A[l-1].
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
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spec { layers, loss, optimizer, .. } = &self.spec;
        writeln!(f, "layer  inputs   units  activation  dropout  parameters")?;
        for (l, layer) in (1..).zip(layers) {
            let inputs = self.layout.units(l - 1);
            let parameters = (inputs + 1) * layer.units;
            let (name, dropout) = (layer.activation.name(), layer.dropout);
            writeln!(f, "{l:>5} {inputs:>7} {:>7}  {name:<10} {dropout:>8}  {parameters:>10}", layer.units)?;
        }
        writeln!(f, "parameters    {}", self.layout.parameters())?;
        writeln!(f, "loss          {loss}")?;
        writeln!(f, "optimizer     {}, learning rate {}", optimizer.name(), self.spec.learning_rate)?;
        writeln!(f, "schedule      {}", self.spec.schedule.name())?;
        let flops = self.flops();
        writeln!(
            f,
            "step          {} rows, {:.3} Mflop: forward {:.0} %, pull back {:.0} %, weight gradient {:.0} %",
            self.batch,
            flops.total() as f64 / 1e6,
            percent(flops.forward, flops.total()),
            percent(flops.pull_back, flops.total()),
            percent(flops.weight_gradient, flops.total()),
        )?;
        let path = if self.fused() {
            "fused: the update is the gradient's epilogue"
        } else {
            "unfused: clipping needs the norm first"
        };
        write!(f, "path          {path}; {} thread{}", self.threads, if self.threads == 1 { "" } else { "s" })
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64 * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Activation, Loss};

    #[test]
    fn sizes_of_the_lecture_model() {
        let spec = Spec::new(&[784, 512, 10], Activation::Relu, Loss::CrossEntropy);
        let plan = Plan::new(&spec, 32, 2).unwrap();
        assert_eq!(plan.layout().parameters(), 407_050);
        assert_eq!(plan.flops().forward, 2 * 32 * (784 * 512 + 512 * 10));
        assert_eq!(plan.flops().pull_back, 2 * 32 * 512 * 10);
        assert_eq!(plan.bytes(4).slots, 2 * 4 * 407_050);
        assert_eq!(plan.threads(), 2);
    }

    #[test]
    fn small_networks_run_on_one_thread() {
        let spec = Spec::new(&[2, 16, 16, 1], Activation::Tanh, Loss::BinaryCrossEntropy);
        assert_eq!(Plan::new(&spec, 10, 2).unwrap().threads(), 1);
    }

    #[test]
    fn every_problem_is_in_the_error() {
        let spec = Spec::new(&[4, 0], Activation::Tanh, Loss::SquaredError);
        let text = Plan::new(&spec, 0, 0).unwrap_err().to_string();
        assert!(text.contains("batch size") && text.contains("threads") && text.contains("units"), "{text}");
    }
}

//! What the computations run on; no result depends on it.

use feedforward_base::Result;
use feedforward_kernels::{Arch, Element, Kernels};
use feedforward_network::Plan;

/// An instruction set and a number of threads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// The instruction set.
    pub arch: Arch,
    /// Threads at most.
    pub threads: usize,
}

impl Machine {
    /// The best instruction set there is, on so many threads.
    pub fn new(threads: usize) -> Self {
        Machine { arch: Arch::best(), threads }
    }
    /// Kernels for a plan, on the threads that it is worth.
    ///
    /// # Errors
    /// An instruction set that this machine does not have; threads that the system refuses.
    pub fn kernels<T: Element>(&self, plan: &Plan) -> Result<Kernels<T>> {
        Kernels::new(self.arch, plan.threads())
    }
}

//! Floor 1 of feedforward: the loops of a multilayer perceptron in exact order, scalar and SIMD.
//!
//! Every element of every result is owned by one thread and accumulated in one fixed order, one
//! fused multiply-add per term, so that its bits do not depend on the instruction set, the number
//! of threads or the batch around it. The scalar code is the definition.
//!
//! * [`layout`]: where weight (j, k) lies in memory.
//! * [`coefficients`]: the constants of the vector functions.
//! * [`team`]: threads, and the division of results among them.
//! * [`arch`]: the [`Simd`] trait, its instruction sets, and the register tile of all products.
//! * [`math`]: exp, ln, tanh, sigmoid, softplus, the normal distribution on vectors.
//! * [`lanes`]: which way a product is vectorised.
//! * [`kernels`]: [`Kernels`], the entry to everything below.
//! * [`affine`], [`pull_back`], [`weight_gradient`]: the three products.
//! * [`update`]: the loop of the optimizer rules. [`max_norm`]: rows of weights shortened.
//! * [`peak`]: work by which the machine is measured.
//! * [`rows`]: gathers and softmax. [`sums`]: sums of squares, the test for finite numbers.

pub mod layout;

pub mod coefficients;

pub mod team;

pub mod arch;

pub mod math;

pub mod lanes;

pub mod kernels;

pub mod affine;
pub mod max_norm;
pub mod peak;
pub mod pull_back;
pub mod rows;
pub mod sums;
pub mod update;
pub mod weight_gradient;

pub use affine::{Epilogue, Identity};
pub use arch::{Arch, Element, Simd, Task};
pub use kernels::{Kernels, Scratch};
pub use layout::Weights;
pub use peak::Tiles;
pub use update::{MAX_SLOTS, Rule, Update};
pub use weight_gradient::{Sink, Store};

//! Everything that one step writes beside the parameters; made once, used by every step.

use crate::activation::Own;
use crate::plan::Plan;
use feedforward_base::{Batch, BatchMut};
use feedforward_kernels::{Element, Scratch};

/// Z, A and δ of every layer for one batch, and what the step needs to remember between its lines.
#[derive(Clone, Debug)]
pub struct Tape<T> {
    units: Vec<usize>,
    /// `Z[l]`; `Z[0]` is empty.
    pub(crate) z: Vec<Vec<T>>,
    /// `A[l]`; `A[0]` is the input.
    pub(crate) a: Vec<Vec<T>>,
    /// `δ[l]`; `δ[0]` is empty.
    pub(crate) delta: Vec<Vec<T>>,
    /// ℓ of each sample or of each output of each sample.
    pub(crate) loss: Vec<T>,
    /// 1/m, or the sample's share of the weights, for each entry of `loss`.
    pub(crate) scale: Vec<T>,
    /// Softmax: the largest z of each sample.
    pub(crate) top: Vec<T>,
    /// Softmax: ln Σ e^(z − top) of each sample.
    pub(crate) log_sum: Vec<T>,
    /// Dropout: the key of each row, layer after layer.
    pub(crate) row_keys: Vec<Vec<u32>>,
    /// Drawn activations: the key of each row, layer after layer.
    pub(crate) slope_keys: Vec<Vec<u32>>,
    /// Learned activations: ∂J/∂own of every unit and sample, layer after layer.
    pub(crate) own_delta: Vec<Vec<T>>,
    /// Memory of the kernels.
    pub(crate) scratch: Scratch<T>,
    /// ∂J/∂θ where it is stored (unfused path).
    pub(crate) gradient: Vec<T>,
}

impl<T: Element> Tape<T> {
    /// All buffers for the steps of `plan`.
    pub fn new(plan: &Plan) -> Self {
        let layout = plan.layout();
        let units: Vec<usize> = (0..=layout.last()).map(|l| layout.units(l)).collect();
        let rows = |l: usize| vec![T::ZERO; plan.batch() * units[l]];
        let from_1 = |l: usize| if l == 0 { Vec::new() } else { rows(l) };
        let layers = 0..units.len();
        let outputs = units[units.len() - 1];
        let layer = |l: usize| l.checked_sub(1).map(|i| plan.spec().layers[i]);
        let keys = |wanted: bool| vec![0; if wanted { plan.batch() } else { 0 }];
        let dropout_keys = |l| keys(layer(l).is_some_and(|l| l.dropout > 0.0));
        let slope_keys = |l| keys(layer(l).is_some_and(|l| l.activation.own() == Own::Drawn));
        let own = |l| if layer(l).is_some_and(|l| l.activation.is_learned()) { rows(l) } else { Vec::new() };
        Tape {
            z: layers.clone().map(from_1).collect(),
            a: layers.clone().map(rows).collect(),
            delta: layers.clone().map(from_1).collect(),
            loss: vec![T::ZERO; plan.batch() * outputs],
            scale: vec![T::ZERO; plan.batch() * outputs],
            top: vec![T::ZERO; plan.batch()],
            log_sum: vec![T::ZERO; plan.batch()],
            row_keys: layers.clone().map(dropout_keys).collect(),
            slope_keys: layers.clone().map(slope_keys).collect(),
            own_delta: layers.map(own).collect(),
            gradient: vec![T::ZERO; if plan.fused() { 0 } else { layout.parameters() }],
            scratch: Scratch::for_pull_back(plan.batch(), units[1..].iter().copied().fold(0, usize::max)),
            units,
        }
    }
    /// `A[0]`, to be filled with the samples of a batch of `m` rows.
    pub fn input(&mut self, m: usize) -> BatchMut<'_, T> {
        BatchMut::new(&mut self.a[0], m, self.units[0])
    }
    /// `Z[l]`, l = 1 ..= L, of the last step over `m` rows; a pass without learning keeps `Z[L]` only.
    pub fn z(&self, l: usize, m: usize) -> Batch<'_, T> {
        Batch::new(&self.z[l], m, self.units[l])
    }
    /// `A[l]`, l = 0 ..= L, of the last pass over `m` rows.
    pub fn a(&self, l: usize, m: usize) -> Batch<'_, T> {
        Batch::new(&self.a[l], m, self.units[l])
    }
    /// `δ[l]`, l = 1 ..= L, of the last step over `m` rows.
    pub fn delta(&self, l: usize, m: usize) -> Batch<'_, T> {
        Batch::new(&self.delta[l], m, self.units[l])
    }
    /// ∂J/∂own of each unit and sample of layer `l`, if the layer learns such numbers.
    pub(crate) fn own_delta(&self, l: usize, m: usize) -> Option<Batch<'_, T>> {
        let own_delta = &self.own_delta[l];
        (!own_delta.is_empty()).then(|| Batch::new(own_delta, m, self.units[l]))
    }
    /// `A[L]`, the network's answer, of the last pass over `m` rows.
    pub fn output(&self, m: usize) -> Batch<'_, T> {
        self.a(self.units.len() - 1, m)
    }
    /// ∂J/∂θ without penalty, as the last unfused step left it.
    pub fn gradient(&self) -> &[T] {
        &self.gradient
    }
}

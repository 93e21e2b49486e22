//! A pass of some rows through a network, with what is seen on the way.

use crate::labels::Labels;
use crate::model::all_rows;
use feedforward_data::prepare::Prepared;
use feedforward_kernels::{Element, Kernels};
use feedforward_network::{Activation, Plan, Tape, step};

/// f' of at most this says that a unit hardly learns from a row; of tanh and sigmoid it is that of |a| > 0.99, or of
/// a beyond 0.01 and 0.99.
const FLAT: f64 = 1e-3;
const FLAT_TANH: f64 = 0.0199;
const FLAT_SIGMOID: f64 = 0.0099;

/// What it takes to look: the buffers of the network's training, between two epochs.
pub(crate) struct Eyes<'e, T: Element> {
    pub(crate) plan: &'e Plan,
    pub(crate) kernels: &'e Kernels<T>,
    pub(crate) tape: &'e mut Tape<T>,
    pub(crate) labels: &'e mut Labels<T>,
}

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    /// Layers 1 ..= L.
    pub(super) layers: Vec<Layer>,
    /// rows x outputs, as the last layer says them.
    pub(super) outputs: Vec<f64>,
    /// The mean loss.
    pub(super) loss: f64,
    /// Rows.
    pub(super) rows: usize,
}

/// What was seen of a layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layer {
    /// For each unit of a hidden layer the rows that it hardly learns from.
    pub(super) flat: Vec<usize>,
    /// The largest |z|.
    pub(super) largest: Spot,
}

/// A number, and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) size: f64,
    /// Of the rows that were looked at, from 0.
    pub(super) row: u32,
    pub(super) unit: usize,
}

impl Look {
    /// Whether all numbers are finite.
    pub(super) fn is_finite(&self) -> bool {
        self.loss.is_finite() && self.layers.iter().all(|l| l.largest.size.is_finite())
    }
    /// The layer with the largest |z|, from 1, and that.
    pub(super) fn largest(&self) -> (usize, Spot) {
        let all = (1..).zip(&self.layers).map(|(l, layer)| (l, layer.largest));
        all.reduce(|one, other| if other.1.size > one.1.size { other } else { one })
            .unwrap_or((0, Spot { size: 0.0, row: 0, unit: 0 }))
    }
}

impl<T: Element> Eyes<'_, T> {
    /// Put rows of `table`, which lies in memory, into the network's first layer.
    pub(super) fn gather(&mut self, table: &Prepared<T>, rows: &[u32]) {
        self.kernels.gather(table.view(), rows, self.tape.input(rows.len()));
        self.labels.gather(table, rows);
    }

    /// The mean loss of the rows of `table`.
    pub(super) fn loss(&mut self, theta: &[T], table: &Prepared<T>) -> f64 {
        let (mut loss, mut weight) = (0.0, 0.0);
        for portion in all_rows(table).chunks(self.plan.batch()) {
            self.gather(table, portion);
            step::forward(self.plan, self.kernels, theta, self.tape, portion.len());
            let share = self.labels.share();
            loss += share * step::judge(self.plan, self.kernels, self.tape, self.labels.view());
            weight += share;
        }
        loss / weight
    }

    /// Look at the rows of `table` on their way.
    pub(super) fn look(&mut self, theta: &[T], table: &Prepared<T>) -> Look {
        let layout = self.plan.layout();
        let last = layout.last();
        let layer = |l: usize| Layer {
            flat: vec![0; if l < last { layout.units(l) } else { 0 }],
            largest: Spot { size: 0.0, row: 0, unit: 0 },
        };
        let mut look = Look {
            layers: (1..=last).map(layer).collect(),
            outputs: Vec::with_capacity(table.rows * layout.units(last)),
            loss: 0.0,
            rows: table.rows,
        };
        let mut weight = 0.0;
        for portion in all_rows(table).chunks(self.plan.batch()) {
            let m = portion.len();
            self.gather(table, portion);
            step::forward_kept(self.plan, self.kernels, theta, self.tape, m);
            look.outputs.extend(self.tape.output(m).data().iter().map(|a| a.to_f64()));
            let share = self.labels.share();
            look.loss += share * step::judge(self.plan, self.kernels, self.tape, self.labels.view());
            weight += share;
            for (l, seen) in (1..).zip(&mut look.layers) {
                self.count_flat(theta, (l, m), seen);
                let z = self.tape.z(l, m);
                let spots =
                    (0..m).flat_map(|r| z.row(r).iter().enumerate().map(move |(unit, z)| (r, unit, z)));
                for (r, unit, z) in spots {
                    let size = z.to_f64().abs();
                    // NaN is larger than any number.
                    if size > seen.largest.size || size.is_nan() {
                        seen.largest = Spot { size, row: portion[r], unit };
                    }
                }
            }
        }
        look.loss /= weight;
        look
    }

    fn count_flat(&self, theta: &[T], (l, m): (usize, usize), seen: &mut Layer) {
        let units = seen.flat.len();
        let Some(limit) = flat(self.plan.spec().layers[l - 1].activation).filter(|_| units > 0) else {
            return;
        };
        let mut slopes = vec![T::ZERO; m * units];
        step::slopes(self.plan, self.kernels, theta, self.tape, (l, m), &mut slopes);
        for row in slopes.chunks(units) {
            for (count, slope) in seen.flat.iter_mut().zip(row) {
                *count += usize::from(slope.to_f64().abs() <= limit);
            }
        }
    }
}

/// The slope up to which `f` counts as flat; none where it is flat by its nature.
fn flat(f: Activation) -> Option<f64> {
    match f {
        Activation::Step => None,
        Activation::Tanh => Some(FLAT_TANH),
        Activation::Sigmoid => Some(FLAT_SIGMOID),
        _ => Some(FLAT),
    }
}

/// Whether `f` is flat on both sides, so that its units saturate; others die on one side.
pub(super) fn saturates(f: Activation) -> bool {
    matches!(f, Activation::Tanh | Activation::Sigmoid)
}

//! What distinguishes one notation from another.
//!
//! Words are templates: `$l` is the number of a layer as the notation counts, `$p` of the layer before, `$n` of the
//! layer behind, `$w` and `$v` those of the weights that lead into this layer and into the layer behind, `$f` the
//! activation's name, `$share` what makes a sample's derivative its part of the batch's, `$mean` what makes a mean.

use crate::trace::Trace;

/// A notation.
pub(crate) struct Style {
    /// What it is called.
    pub(crate) title: &'static str,
    /// What its reader must know.
    pub(crate) conventions: &'static [&'static str],
    /// The number of the input layer.
    pub(crate) first: usize,
    /// The number of the weights that lead into the first hidden layer.
    pub(crate) first_weights: usize,
    /// How the samples of a batch stand.
    pub(crate) samples: Side,
    /// Whether W is inputs x units.
    pub(crate) turned: bool,
    /// Where the biases are columns of W, for an input that is always 1.
    pub(crate) inside: Inside,
    /// Whether the derivative by a column is a row.
    pub(crate) row_derivatives: bool,
    /// `$share` for samples that count alike, and for others.
    pub(crate) share: [&'static str; 2],
    /// `$mean` for samples that count alike, and for others.
    pub(crate) mean: [&'static str; 2],
    /// Symbols and equations.
    pub(crate) words: Words,
    /// What the lecture prints and should not.
    pub(crate) errata: &'static [Erratum],
}

/// How the samples of a batch stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A row is a sample.
    Rows,
    /// A column is a sample.
    Columns,
    /// One sample after the other, each a column.
    Single,
}

/// Where the biases are columns of W.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Nowhere.
    None,
    /// In all layers.
    All,
    /// In the first.
    First,
}

/// Symbols, and the right sides of their equations.
pub(crate) struct Words {
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) w: &'static str,
    pub(crate) b: &'static str,
    /// The numbers that an activation learns.
    pub(crate) own: &'static str,
    pub(crate) z: &'static str,
    pub(crate) z_is: &'static str,
    /// The right side where the bias is a column of W, or where there is none.
    pub(crate) z_is_without_b: &'static str,
    pub(crate) a: &'static str,
    pub(crate) a_is: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) objective: &'static str,
    pub(crate) dz: &'static str,
    /// At the output where it is a − y.
    pub(crate) dz_plain: &'static str,
    /// At the output otherwise.
    pub(crate) dz_out: &'static str,
    /// In a hidden layer.
    pub(crate) dz_is: &'static str,
    /// The derivative by an activation.
    pub(crate) upstream: &'static str,
    /// The derivative by the activation of the layer before, where the notation has it as an equation of its own.
    pub(crate) da: Option<(&'static str, &'static str)>,
    pub(crate) dw: &'static str,
    pub(crate) dw_is: &'static str,
    pub(crate) db: &'static str,
    pub(crate) db_is: &'static str,
    pub(crate) down: &'static str,
    pub(crate) eta: &'static str,
}

/// Where a note belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Input,
    Weights,
    Z,
    A,
    Loss,
    DzOut,
    Dz,
    Dw,
    Db,
    Update,
}

/// When a note belongs there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Always,
    /// The layer has an activation of one of these names.
    Activation(&'static [&'static str]),
    /// The loss has one of these names.
    Loss(&'static [&'static str]),
    /// The network has biases.
    Biases,
}

impl When {
    /// Whether it is so at layer `l` (0: the input) of `trace`.
    pub(crate) fn holds(self, trace: &Trace, l: usize) -> bool {
        match self {
            When::Always => true,
            When::Activation(names) => l > 0 && names.contains(&trace.spec.layers[l - 1].activation.name()),
            When::Loss(names) => names.contains(&trace.spec.loss.name()),
            When::Biases => trace.biases,
        }
    }
}

/// Something that a lecture prints and should not.
pub(crate) struct Erratum {
    /// `E6`.
    pub(crate) number: &'static str,
    pub(crate) at: At,
    pub(crate) when: When,
    pub(crate) text: &'static str,
}

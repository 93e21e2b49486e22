//! Initial weights; biases start at 0.

use crate::about::{About, named_enum};
use crate::activation::Activation;
use feedforward_base::Stream;

named_enum! {
    /// How the weights of a layer start.
    "initialisation", Init {
        /// He for layers that feed a ReLU, Glorot for the others.
        Auto = About {
            name: "auto",
            tex: "",
            derivative: "",
            source: "He for layers with ReLU, Glorot for the others",
            stability: "",
        },
        /// Uniform in ±√(6 / (inputs + units)).
        Glorot = About {
            name: "glorot",
            tex: r"w \sim U\left(-\sqrt{6/(n_{l-1}+n_l)}, \sqrt{6/(n_{l-1}+n_l)}\right)",
            derivative: "",
            source: "Glorot and Bengio 2010",
            stability: "",
        },
        /// Normal with variance 2 / inputs.
        He = About {
            name: "he",
            tex: r"w \sim N(0, 2/n_{l-1})",
            derivative: "",
            source: "He, Zhang, Ren, Sun 2015",
            stability: "",
        },
        /// All 0: for a single layer only; hidden units would stay equal for ever.
        Zeros = About { name: "zeros", tex: "w = 0", derivative: "", source: "Fischer and Zahn, Practical work", stability: "" },
    }
}

impl Init {
    /// Initial weight `i` of a layer, in row order of its n_l x n_{l-1} matrix.
    pub fn weight(self, stream: Stream, i: u64, inputs: usize, units: usize, f: Activation) -> f64 {
        match self {
            Init::Auto if f == Activation::Relu => Init::He.weight(stream, i, inputs, units, f),
            Init::Auto => Init::Glorot.weight(stream, i, inputs, units, f),
            Init::Glorot => (6.0 / (inputs + units) as f64).sqrt() * (2.0 * stream.uniform(i) - 1.0),
            Init::He => (2.0 / inputs as f64).sqrt() * stream.normal(i),
            Init::Zeros => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_base::{Dice, Purpose};

    #[test]
    fn weights_have_the_variance_of_their_source() {
        let stream = Dice::new(1).stream(Purpose::Init, &[1]);
        let variance = |init: Init, f| {
            let n = 20_000;
            (0..n).map(|i| init.weight(stream, i, 300, 100, f).powi(2)).sum::<f64>() / n as f64
        };
        assert!((variance(Init::Glorot, Activation::Relu) / (2.0 / 400.0) - 1.0).abs() < 0.03);
        assert!((variance(Init::Auto, Activation::Tanh) / (2.0 / 400.0) - 1.0).abs() < 0.03);
        assert!((variance(Init::Auto, Activation::Relu) / (2.0 / 300.0) - 1.0).abs() < 0.03);
        assert_eq!(variance(Init::Zeros, Activation::Relu), 0.0);
    }
}

//! Initial weights and biases.

use crate::about::{About, named_enum};
use crate::activation::Activation;
use feedforward_base::Stream;

named_enum! {
    /// How the parameters of a layer start.
    "initialisation", Init {
        /// He for the ReLU family, LeCun for SELU, Glorot for the others.
        Auto = About {
            name: "auto",
            tex: "",
            derivative: "",
            source: "He for the ReLU family, LeCun for SELU (Klambauer et al. 2017), Glorot for the others",
            stability: "",
        },
        /// Uniform in ±√(6 / (inputs + units)).
        Glorot = About {
            name: "glorot",
            tex: r"w \sim U\left(-\sqrt{6/(n_{l-1}+n_l)}, \sqrt{6/(n_{l-1}+n_l)}\right)",
            derivative: "",
            source: "Glorot and Bengio 2010; also called xavier",
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
        /// Normal with variance 1 / inputs.
        Lecun = About {
            name: "lecun",
            tex: r"w \sim N(0, 1/n_{l-1})",
            derivative: "",
            source: "LeCun, Bottou, Orr, Müller 1998",
            stability: "",
        },
        /// Weights as LeCun's, biases normal with variance 1.
        Gaussian = About {
            name: "gaussian",
            tex: r"w \sim N(0, 1/n_{l-1}),\; b \sim N(0, 1)",
            derivative: "",
            source: "Sarkar, SGD-NEURAL-NET",
            stability: "",
        },
        /// All 0: for a single layer only; hidden units would stay equal for ever.
        Zeros = About { name: "zeros", tex: "w = 0", derivative: "", source: "Fischer and Zahn, Practical work", stability: "" },
    }
    also { "xavier" => Glorot }
}

impl Init {
    /// Initial weight `i` of a layer, in row order of its n_l x n_{l-1} matrix.
    pub fn weight(self, stream: Stream, i: u64, inputs: usize, units: usize, f: Activation) -> f64 {
        match self {
            Init::Auto => Self::suiting(f).weight(stream, i, inputs, units, f),
            // ANCHOR: weight
            Init::Glorot => (6.0 / (inputs + units) as f64).sqrt() * (2.0 * stream.uniform(i) - 1.0),
            Init::He => (2.0 / inputs as f64).sqrt() * stream.normal(i),
            Init::Lecun | Init::Gaussian => (1.0 / inputs as f64).sqrt() * stream.normal(i),
            // ANCHOR_END: weight
            Init::Zeros => 0.0,
        }
    }
    /// Initial bias of unit `j` of a layer; `constant` unless the initialisation draws biases.
    pub fn bias(self, stream: Stream, j: u64, inputs: usize, units: usize, constant: f64) -> f64 {
        match self {
            // The numbers after those of the weights.
            Init::Gaussian => stream.normal((inputs * units) as u64 + j),
            _ => constant,
        }
    }
    /// What `auto` takes for a layer with activation `f`.
    fn suiting(f: Activation) -> Init {
        match f {
            Activation::Relu
            | Activation::LeakyRelu(_)
            | Activation::Prelu(_)
            | Activation::Rrelu(_)
            | Activation::Elu(_)
            | Activation::Gelu
            | Activation::Swish(_)
            | Activation::LearnedSwish(_) => Init::He,
            Activation::Selu => Init::Lecun,
            // |z| as well: it loses no half of its inputs.
            _ => Init::Glorot,
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
        let near = |init: Init, f, want: f64| {
            let got = variance(init, f);
            assert!((got / want - 1.0).abs() < 0.03, "{init} {f}: {got}, not {want}");
        };
        near(Init::Glorot, Activation::Relu, 2.0 / 400.0);
        near(Init::He, Activation::Tanh, 2.0 / 300.0);
        near(Init::Lecun, Activation::Relu, 1.0 / 300.0);
        near(Init::Gaussian, Activation::Relu, 1.0 / 300.0);
        near(Init::Auto, Activation::Tanh, 2.0 / 400.0);
        near(Init::Auto, Activation::Relu, 2.0 / 300.0);
        near(Init::Auto, "prelu".parse().unwrap(), 2.0 / 300.0);
        near(Init::Auto, Activation::Selu, 1.0 / 300.0);
        near(Init::Auto, Activation::Abs, 2.0 / 400.0);
        assert_eq!(variance(Init::Zeros, Activation::Relu), 0.0);
    }

    #[test]
    fn only_the_gaussian_start_draws_biases() {
        let stream = Dice::new(1).stream(Purpose::Init, &[1]);
        for init in Init::ALL.iter().filter(|i| **i != Init::Gaussian) {
            assert_eq!(init.bias(stream, 3, 10, 5, 0.1), 0.1);
        }
        let biases: Vec<f64> = (0..20_000).map(|j| Init::Gaussian.bias(stream, j, 10, 5, 0.0)).collect();
        let moment = |p: i32| biases.iter().map(|b| b.powi(p)).sum::<f64>() / biases.len() as f64;
        assert!(moment(1).abs() < 0.03 && (moment(2) - 1.0).abs() < 0.03);
        // No bias repeats the draw of a weight.
        assert_eq!(biases[0], stream.normal(50));
    }

    #[test]
    fn xavier_is_glorot() {
        assert_eq!("xavier".parse::<Init>().unwrap(), Init::Glorot);
        assert!("xavie".parse::<Init>().unwrap_err().hint_text().is_some());
    }
}

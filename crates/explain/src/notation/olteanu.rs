//! Olteanu, Foundations of Data Science, 13. Neural Networks I, 2020.

use super::style::{At, Erratum, Inside, Side, Style, When, Words};

pub(super) const STYLE: Style = Style {
    title: "Olteanu",
    conventions: &[
        "layers count from 1, the input",
        "W^{l} is n_{l} x n_{l-1}; w_{ij} leads to unit i from unit j",
        "z and a are columns, derivatives by them are rows",
        "the gradient of a batch is the mean of the samples' gradients",
    ],
    first: 1,
    first_weights: 2,
    samples: Side::Single,
    turned: false,
    inside: Inside::None,
    row_derivatives: true,
    share: ["", ""],
    mean: ["mean of ", "weighted mean of "],
    words: Words {
        x: "a^{1} = x",
        y: "y",
        w: "W^{$w}",
        b: "b^{$w}",
        own: "p^{$l}",
        z: "z^{$l}",
        z_is: "W^{$w} a^{$p} + b^{$w}",
        z_is_without_b: "W^{$w} a^{$p}",
        a: "a^{$l}",
        a_is: "$f(z^{$l})",
        loss: "ℓ",
        objective: "mean of ℓ",
        dz: "∂ℓ/∂z^{$l}",
        dz_plain: "∂ℓ/∂a^{$l} ∂a^{$l}/∂z^{$l} = (a^{$l} − y)^{T}",
        dz_out: "∂ℓ/∂a^{$l} ∂a^{$l}/∂z^{$l}",
        dz_is: "∂ℓ/∂z^{$n} W^{$v} ∂a^{$l}/∂z^{$l}, with ∂a^{$l}/∂z^{$l} = diag($f′(z^{$l}))",
        upstream: "∂ℓ/∂a^{$l}",
        da: None,
        dw: "∂ℓ/∂W^{$w}",
        dw_is: "$mean(a^{$p} ∂ℓ/∂z^{$l})^{T}",
        db: "∂ℓ/∂b^{$w}",
        db_is: "$mean∂ℓ/∂z^{$l}",
        down: "∂ℓ/∂p^{$l}",
        eta: "η",
    },
    errata: &[
        Erratum {
            number: "E1",
            at: At::Dw,
            when: When::Always,
            text: "the slides print z_{j} = w_{1j} x_{1} + w_{2j} x_{2} and ∂ℓ/∂w_{ij} = ∂ℓ/∂z_{j} a_{i}; with w_{ij} leading \
                   to unit i from unit j it is z_{i} = Σ_{j} w_{ij} x_{j} + b_{i} and ∂ℓ/∂w_{ij} = ∂ℓ/∂z_{i} a_{j}",
        },
        Erratum {
            number: "E2",
            at: At::Dw,
            when: When::Always,
            text: "one slide prints x [∂ℓ/∂z_{1} ∂ℓ/∂z_{2}]^{T}; the inner transpose is too much: (x ∂ℓ/∂z)^{T}",
        },
        Erratum {
            number: "E3",
            at: At::Db,
            when: When::Biases,
            text: "∂ℓ/∂b is a column on one slide and a row on another; here it is a row, like every derivative by a column",
        },
        Erratum {
            number: "E4",
            at: At::DzOut,
            when: When::Always,
            text: "the slides on these derivatives call the output layer a^{2}, z^{2}, W^{2}; in the network drawn it is layer 3",
        },
        Erratum {
            number: "E5",
            at: At::DzOut,
            when: When::Loss(&["binary_cross_entropy"]),
            text: "the slide prints ∂ℓ/∂a = (y(1 − a) − (1 − y)a) / (a(1 − a)), its minus lost; the end of its line, \
                   (a − y) / (a(1 − a)), is right",
        },
        Erratum {
            number: "E6",
            at: At::Dz,
            when: When::Activation(&["tanh"]),
            text: "the slide prints the Jacobian of tanh as diag((1 − a_{1}^{2})^{2}, …), then as diag(1 − a_{1}^{2}, …): the 2 is \
                   both the layer's number and a square; it is diag(1 − (a_{i}^{[2]})^{2})",
        },
        Erratum {
            number: "E7",
            at: At::Dz,
            when: When::Always,
            text: "the slide prints ∂z_{j}/∂a_{i} = W_{ij}; it is W_{ji}",
        },
        Erratum {
            number: "E8",
            at: At::Dz,
            when: When::Always,
            text: "the slide's first line, ∂ℓ/∂z^{l} = ∂ℓ/∂z^{l+1} ∂z^{l+1}/∂a^{l}, lacks the factor ∂a^{l}/∂z^{l}; its third line is \
                   right",
        },
    ],
};

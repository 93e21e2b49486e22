//! Sarkar, CS60010 Deep Learning, module 2 part 4, 2021: the notation of the pseudo-code SGD-NEURAL-NET.

use super::style::{At, Erratum, Inside, Side, Style, When, Words};

pub(super) const STYLE: Style = Style {
    title: "Sarkar",
    conventions: &[
        "layers count from 0, the input",
        "W^{l} is m^{l} x n^{l}, inputs x units, as in the pseudo-code; elsewhere the lecture multiplies W a",
        "vectors are columns, one sample after the other; the lecture takes one sample a step, the mean of several is ours",
    ],
    first: 0,
    first_weights: 1,
    samples: Side::Single,
    turned: true,
    inside: Inside::None,
    row_derivatives: false,
    share: ["", ""],
    mean: ["mean of ", "weighted mean of "],
    words: Words {
        x: "A^{0} = x",
        y: "y",
        w: "W^{$w}",
        b: "W_{0}^{$w}",
        own: "a^{$l} (of g(z, a))",
        z: "Z^{$l}",
        z_is: "(W^{$w})^{T} A^{$p} + W_{0}^{$w}",
        z_is_without_b: "(W^{$w})^{T} A^{$p}",
        a: "A^{$l}",
        a_is: "f^{$l}(Z^{$l}), with f^{$l} = $f",
        loss: "Loss",
        objective: "J",
        dz: "∂Loss/∂Z^{$l}",
        dz_plain: "∂A^{$l}/∂Z^{$l} · ∂Loss/∂A^{$l} = A^{$l} − y",
        dz_out: "∂A^{$l}/∂Z^{$l} · ∂Loss/∂A^{$l}",
        dz_is: "∂A^{$l}/∂Z^{$l} · W^{$v} · ∂Loss/∂Z^{$n}, with ∂A^{$l}/∂Z^{$l} = diag($f′(Z^{$l}))",
        upstream: "∂Loss/∂A^{$l}",
        da: None,
        dw: "∂Loss/∂W^{$w}",
        dw_is: "$meanA^{$p} · (∂Loss/∂Z^{$l})^{T}",
        db: "∂Loss/∂W_{0}^{$w}",
        db_is: "$mean∂Loss/∂Z^{$l}",
        down: "∂Loss/∂a^{$l}",
        eta: "η",
    },
    errata: &[
        Erratum {
            number: "E11",
            at: At::Loss,
            when: When::Loss(&["cross_entropy", "binary_cross_entropy"]),
            text: "the slide prints J(θ) = E log p(y|x) as a cost; the minus is missing",
        },
        Erratum {
            number: "E12",
            at: At::A,
            when: When::Activation(&["step"]),
            text: "the slide has sign(z) for labels 0 and 1; that is the Heaviside step, or the labels are −1 and 1",
        },
        Erratum {
            number: "E13",
            at: At::A,
            when: When::Activation(&["abs"]),
            text: "the slide gives a = 1 in max(0, z) + a min(0, z) for |z|; it is a = −1 (a = 1 is the identity)",
        },
        Erratum {
            number: "E14",
            at: At::A,
            when: When::Activation(&["swish", "learned_swish"]),
            text: "the slide prints g′(z) = βg(βz) + σ(βz)(1 − βg(βz)); it is βg(z) + σ(βz)(1 − βg(z))",
        },
        Erratum {
            number: "E15",
            at: At::A,
            when: When::Activation(&["relu"]),
            text: "the slide has g′(0) = 1; here it is 0, as in Wang's lecture and in common practice",
        },
        Erratum {
            number: "E17",
            at: At::A,
            when: When::Activation(&["log_softmax"]),
            text: "the slide prints log Σ_{i} exp(z_{j}); the sum is over j",
        },
        Erratum {
            number: "E18",
            at: At::Loss,
            when: When::Loss(&["cross_entropy"]),
            text: "the slide prints the cross-entropy with a product and a dangling i = c; it is −Σ_{i} 1[i = c] log y_{i}",
        },
        Erratum {
            number: "E19",
            at: At::Dz,
            when: When::Always,
            text: "the chain as first written, from left to right, has shapes that do not multiply; the order of the slide \
                   \"Rewrite the equation\" does, and its left side is ∂Loss/∂Z^{l}",
        },
        Erratum {
            number: "E20",
            at: At::Update,
            when: When::Always,
            text: "the pseudo-code updates W^{l} (line 20) before line 14 of the next pass uses it; here every derivative is \
                   taken with the old weights",
        },
    ],
};

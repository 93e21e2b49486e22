//! Wang, Neural Networks: Basics.

use super::style::{At, Erratum, Inside, Side, Style, When, Words};

pub(super) const STYLE: Style = Style {
    title: "Wang",
    conventions: &[
        "layers count from 0, the input x^{(0)}; the weights W^{(l)} lead out of layer l and produce z^{(l+1)}",
        "W^{(l)} is d_{l+1} x d_{l}; the first biases are a column of W^{(0)}, for a last input that is always 1; the \
         lecture leaves the other biases out for simplicity, here they are b^{(l)}",
        "vectors are columns, one sample after the other; a batch takes the mean over its samples",
    ],
    first: 0,
    first_weights: 0,
    samples: Side::Single,
    turned: false,
    inside: Inside::First,
    row_derivatives: false,
    share: ["", ""],
    mean: ["mean of ", "weighted mean of "],
    words: Words {
        x: "x^{(0)}",
        y: "y",
        w: "W^{($w)}",
        b: "b^{($w)}",
        own: "p^{($l)}",
        z: "z^{($l)}",
        z_is: "W^{($w)} x^{($p)} + b^{($w)}",
        z_is_without_b: "W^{($w)} x^{($p)}",
        a: "x^{($l)}",
        a_is: "$f(z^{($l)})",
        loss: "L",
        objective: "mean of L",
        dz: "∂L/∂z^{($l)}",
        dz_plain: "x^{($l)} − y",
        dz_out: "∂x^{($l)}/∂z^{($l)} ∂L/∂x^{($l)}",
        dz_is: "∂z^{($n)}/∂z^{($l)} ∂L/∂z^{($n)} = $f′(z^{($l)}) ⊙ (W^{($v)})^{T} ∂L/∂z^{($n)}",
        upstream: "∂L/∂x^{($l)}",
        da: None,
        dw: "∂L/∂W^{($w)}",
        dw_is: "$mean∂L/∂z^{($l)} (x^{($p)})^{T}",
        db: "∂L/∂b^{($w)}",
        db_is: "$mean∂L/∂z^{($l)}",
        down: "∂L/∂p^{($l)}",
        eta: "α",
    },
    errata: &[
        Erratum {
            number: "E28",
            at: At::A,
            when: When::Activation(&["softmax"]),
            text: "five summary slides print the output as SoftMax(z^{(2)}); it is SoftMax(z^{(3)}), of the layer's own z",
        },
        Erratum {
            number: "E29",
            at: At::Dw,
            when: When::Always,
            text: "one slide says \"free ∂z^{(3)}/∂w^{(2)}\"; what is freed after the update is ∂L/∂w^{(2)}",
        },
        Erratum {
            number: "E31",
            at: At::Weights,
            when: When::Biases,
            text: "the count 785 d_{1} + d_{1} d_{2} + 10 d_{2} leaves out the biases of layers 2 and 3; with them it is \
                   785 d_{1} + (d_{1} + 1) d_{2} + (d_{2} + 1) 10",
        },
        Erratum {
            number: "E33",
            at: At::Loss,
            when: When::Loss(&["cross_entropy"]),
            text: "the classes of the same loss run from 0 to 9 on one slide and from 1 to 10 on another; it is 0 to 9",
        },
    ],
};

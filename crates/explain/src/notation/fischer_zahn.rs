//! Fischer and Zahn, TSM_DeLearn week 4.

use super::style::{At, Erratum, Inside, Side, Style, When, Words};

pub(super) const STYLE: Style = Style {
    title: "Fischer and Zahn",
    conventions: &[
        "layers count from 0, the input",
        "W^{[l]} is n_{l} x n_{l-1}",
        "a batch is a matrix with a column for each sample; b is broadcast over the columns",
        "∗ multiplies element by element; J is the mean of the samples' losses L",
    ],
    first: 0,
    first_weights: 1,
    samples: Side::Columns,
    turned: false,
    inside: Inside::None,
    row_derivatives: false,
    share: ["", ""],
    mean: ["(1/m) ", "by shares, "],
    words: Words {
        x: "A^{[0]} = X",
        y: "Y",
        w: "W^{[$w]}",
        b: "b^{[$w]}",
        own: "p^{[$l]}",
        z: "Z^{[$l]}",
        z_is: "W^{[$w]} · A^{[$p]} + b^{[$w]}",
        z_is_without_b: "W^{[$w]} · A^{[$p]}",
        a: "A^{[$l]}",
        a_is: "g^{[$l]}(Z^{[$l]}), with g^{[$l]} = $f",
        loss: "L",
        objective: "J",
        dz: "∂L/∂Z^{[$l]}",
        dz_plain: "ŷ − y = A^{[$l]} − Y",
        dz_out: "∂L/∂A^{[$l]} ∗ $f′(Z^{[$l]})",
        dz_is: "∂L/∂A^{[$l]} ∗ $f′(Z^{[$l]})",
        upstream: "∂L/∂A^{[$l]}",
        da: Some(("∂L/∂A^{[$p]}", "(W^{[$w]})^{T} · ∂L/∂Z^{[$l]}")),
        dw: "∂J/∂W^{[$w]}",
        dw_is: "$mean∂L/∂Z^{[$l]} · (A^{[$p]})^{T}",
        db: "∂J/∂b^{[$w]}",
        db_is: "$meanΣ columns of ∂L/∂Z^{[$l]}",
        down: "∂J/∂p^{[$l]}",
        eta: "α",
    },
    errata: &[Erratum {
        number: "E27",
        at: At::Z,
        when: When::Always,
        text: "one slide prints a^{[l]} = σ(W^{[l]} · x + b^{[l]}), it is a^{[l-1]} for x; and the layers that a figure calls 1st and \
               2nd hidden layer are the hidden layer and the output",
    }],
};

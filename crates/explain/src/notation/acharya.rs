//! Acharya, Deep Learning Principles & Applications, chapter 4.

use super::style::{At, Erratum, Inside, Side, Style, When, Words};

pub(super) const STYLE: Style = Style {
    title: "Acharya",
    conventions: &[
        "layers count from 0, the input",
        "W^{[l]} is n^{[l]} x (n^{[l-1]} + 1): the biases are its last column, and A_{B} is A with a last row of ones",
        "a batch is a matrix with a column for each sample",
        "L is the mean of the samples' losses L_{i}; gradients by columns are columns",
    ],
    first: 0,
    first_weights: 1,
    samples: Side::Columns,
    turned: false,
    inside: Inside::All,
    row_derivatives: false,
    share: ["", ""],
    mean: ["(1/b) ", "by shares, "],
    words: Words {
        x: "A_{B}^{[0]} = [X; 1]",
        y: "Y",
        w: "W^{[$w]}",
        b: "b^{[$w]}",
        own: "p^{[$l]}",
        z: "Z^{[$l]}",
        z_is: "W^{[$w]} A_{B}^{[$p]}",
        z_is_without_b: "W^{[$w]} A_{B}^{[$p]}",
        a: "A^{[$l]}",
        a_is: "g^{[$l]}(Z^{[$l]}), with g^{[$l]} = $f",
        loss: "L_{i}",
        objective: "L",
        dz: "∇_{Z[$l]}(L_{i})",
        dz_plain: "∇_{Z[$l]}(A^{[$l]}) × ∇_{A[$l]}(L_{i}) = A^{[$l]} − Y",
        dz_out: "∇_{Z[$l]}(A^{[$l]}) × ∇_{A[$l]}(L_{i})",
        dz_is: "$f′(Z^{[$l]}) ⊙ ∇_{A[$l]}(L_{i})",
        upstream: "∇_{A[$l]}(L_{i})",
        da: Some((
            "∇_{A_B[$p]}(L_{i})",
            "(W^{[$w]})^{T} ∇_{Z[$l]}(L_{i}); the activation layer drops its last row",
        )),
        dw: "∇_{W[$w]}(L)",
        dw_is: "$mean∇_{Z[$l]}(L_{i}) (A_{B}^{[$p]})^{T}",
        db: "∇_{b[$w]}(L)",
        db_is: "its last column",
        down: "∇_{p[$l]}(L)",
        eta: "α",
    },
    errata: &[Erratum {
        number: "E34",
        at: At::Input,
        when: When::Biases,
        text: "one slide prints a_{B} = [a_{B}; 1], it is [a; 1]; and the samples of a batch are numbered 0 to b − 1 on one slide, \
               1 to b on the others",
    }],
};

//! Every notation really stands its matrices as its lecture does, and they all hold the same numbers.

use feedforward_explain::notation::{Block, Matrix, Sheet};
use feedforward_explain::{Notation, Samples, Setting, Trace, markup};
use feedforward_network::reference::{Dense, Truth};
use feedforward_network::{Activation, Loss, Optimizer, Spec};

/// Olteanu's network with three inputs, so that no shape is square: 3-2-1, tanh and sigmoid.
fn setting(samples: usize) -> Setting {
    let mut spec = Spec::new(&[3, 2, 1], Activation::Tanh, Loss::BinaryCrossEntropy);
    (spec.optimizer, spec.learning_rate) = (Optimizer::SGD, 0.5);
    let x = [vec![1.0, 2.0, -1.0], vec![0.5, -1.0, 3.0]];
    let y = [Truth::Values(vec![1.0]), Truth::Values(vec![0.0])];
    Setting {
        title: "3-2-1".into(),
        theta: vec![
            Dense {
                w: vec![vec![0.5, -0.25, 1.0], vec![-1.0, 0.75, 0.125]],
                b: vec![0.25, -0.5],
                own: vec![],
            },
            Dense { w: vec![vec![2.0, -1.5]], b: vec![0.375], own: vec![] },
        ],
        samples: Samples { x: x[..samples].to_vec(), y: y[..samples].to_vec(), weights: None },
        rows: (1..=samples as u64).collect(),
        input_names: ["a", "b", "c"].map(String::from).to_vec(),
        output_names: vec!["y".into()],
        biases: true,
        learning_rate: None,
        notes: Vec::new(),
        spec,
    }
}

fn sheet(notation: Notation, samples: usize) -> (Trace, Sheet) {
    let trace = Trace::of(setting(samples)).unwrap();
    let sheet = Sheet::of(&trace, notation);
    (trace, sheet)
}

fn blocks(sheet: &Sheet) -> impl Iterator<Item = &Block> {
    sheet.parts.iter().flat_map(|p| &p.blocks)
}

/// The matrix of the equation that is so, or else of the one that begins so.
fn find<'a>(sheet: &'a Sheet, beginning: &str) -> &'a Matrix {
    let all: Vec<String> = blocks(sheet).map(|b| markup::text(&b.equation)).collect();
    let found: Vec<&Block> =
        blocks(sheet).filter(|b| markup::text(&b.equation).starts_with(beginning)).collect();
    let exact = found.iter().find(|b| markup::text(&b.equation) == beginning);
    assert!(exact.is_some() || found.len() == 1, "{beginning} in {all:#?}");
    exact.unwrap_or(&found[0]).matrix.as_ref().unwrap()
}

fn shape(sheet: &Sheet, beginning: &str) -> (usize, usize) {
    let m = find(sheet, beginning);
    assert_eq!(m.numbers.len(), m.rows * m.columns);
    (m.rows, m.columns)
}

#[test]
fn ours_has_a_row_for_each_sample() {
    let (trace, sheet) = sheet(Notation::Ours, 2);
    assert_eq!(shape(&sheet, "A[0]"), (2, 3));
    assert_eq!(shape(&sheet, "Z[1] ="), (2, 2));
    assert_eq!(shape(&sheet, "δ[1] = δ[2] W[2] ⊙ tanh′(Z[1])"), (2, 2));
    assert_eq!(shape(&sheet, "∂J/∂W[1] = δ[1]ᵀ A[0]"), (2, 3));
    assert_eq!(shape(&sheet, "∂J/∂b[1] ="), (1, 2));
    assert_eq!(find(&sheet, "δ[2] = ∂J/∂Z[2] = (A[2] − Y) / m").at(1, 0), trace.layers[1].a[1][0] / 2.0);
    assert_eq!(
        find(&sheet, "W[2] ← W[2] − η ∂J/∂W[2]").numbers,
        trace.layers[1].back.as_ref().unwrap().w_after[0]
    );
}

#[test]
fn olteanu_counts_from_1_and_his_derivatives_are_rows() {
    let (trace, sheet) = sheet(Notation::Olteanu, 1);
    assert_eq!(shape(&sheet, "a^1 = x"), (3, 1));
    assert_eq!(shape(&sheet, "W^2"), (2, 3));
    assert_eq!(shape(&sheet, "z^2 = W^2 a^1 + b^2"), (2, 1));
    assert_eq!(shape(&sheet, "∂ℓ/∂z^2 = ∂ℓ/∂z^3 W^3"), (1, 2));
    assert_eq!(shape(&sheet, "∂ℓ/∂W^2 = (a^1 ∂ℓ/∂z^2)ᵀ"), (2, 3));
    assert_eq!(shape(&sheet, "∂ℓ/∂b^2"), (1, 2));
    assert_eq!(find(&sheet, "∂ℓ/∂z^3 =").numbers, trace.layers[1].back.as_ref().unwrap().delta[0]);
    let marks: Vec<&str> = sheet.notes.iter().map(|n| n.mark.as_str()).collect();
    assert_eq!(marks, ["E4", "E5", "E6", "E7", "E8", "E1", "E2", "E3"]);
}

#[test]
fn acharya_has_the_bias_inside_and_columns_of_samples() {
    let (trace, sheet) = sheet(Notation::Acharya, 2);
    let input = find(&sheet, "A_B^[0] = [X; 1]");
    assert_eq!((input.rows, input.columns, input.at(3, 0), input.at(3, 1)), (4, 2, 1.0, 1.0));
    let w = find(&sheet, "W^[1]");
    assert_eq!((w.rows, w.columns, w.at(0, 3), w.at(1, 3)), (2, 4, 0.25, -0.5));
    assert_eq!(shape(&sheet, "Z^[1] ="), (2, 2));
    // The gradient that the activation layer clips has the row of the ones, and the weights' gradient the biases' column.
    let upstream = find(&sheet, "∇_(A_B[1])(L_i)");
    let delta = trace.layers[1].back.as_ref().unwrap().sample_delta[1][0];
    assert_eq!((upstream.rows, upstream.columns, upstream.at(2, 1)), (3, 2, 0.375 * delta));
    let back = trace.layers[0].back.as_ref().unwrap();
    let gradient = find(&sheet, "∇_(W[1])(L) = (1/b)");
    assert_eq!((gradient.rows, gradient.columns, gradient.at(1, 3)), (2, 4, back.gradient_b[1]));
    // δ is that of a sample's own loss; the mean comes afterwards.
    assert_eq!(find(&sheet, "∇_(Z[1])(L_i)").at(0, 1), back.delta[1][0] * 2.0);
}

#[test]
fn sarkar_has_inputs_by_units() {
    let (trace, sheet) = sheet(Notation::Sarkar, 1);
    assert_eq!(shape(&sheet, "A^0 = x"), (3, 1));
    let w = find(&sheet, "W^1");
    assert_eq!((w.rows, w.columns, w.at(2, 1)), (3, 2, trace.layers[0].w[1][2]));
    assert_eq!(shape(&sheet, "Z^1 = (W^1)ᵀ A^0 + W_0^1"), (2, 1));
    let gradient = find(&sheet, "∂Loss/∂W^1 = A^0 · (∂Loss/∂Z^1)ᵀ");
    let back = trace.layers[0].back.as_ref().unwrap();
    assert_eq!((gradient.rows, gradient.columns, gradient.at(2, 1)), (3, 2, back.gradient_w[1][2]));
    assert!(sheet.notes.iter().any(|n| n.mark == "E20"));
}

#[test]
fn fischer_and_zahn_have_columns_of_samples() {
    let (trace, sheet) = sheet(Notation::FischerZahn, 2);
    let x = find(&sheet, "A^[0] = X");
    assert_eq!((x.rows, x.columns, x.at(0, 1)), (3, 2, 0.5));
    assert_eq!(shape(&sheet, "Z^[1] = W^[1] · A^[0] + b^[1]"), (2, 2));
    assert_eq!(shape(&sheet, "∂J/∂b^[1]"), (2, 1));
    let upstream = find(&sheet, "∂L/∂A^[1] = (W^[2])ᵀ · ∂L/∂Z^[2]");
    let delta = &trace.layers[1].back.as_ref().unwrap().sample_delta;
    assert_eq!((upstream.rows, upstream.columns, upstream.at(0, 1)), (2, 2, 2.0 * delta[1][0]));
}

#[test]
fn wang_numbers_weights_by_the_layer_they_leave() {
    let (_, sheet) = sheet(Notation::Wang, 1);
    let x = find(&sheet, "x^(0)");
    assert_eq!((x.rows, x.columns, x.at(3, 0)), (4, 1, 1.0));
    let w = find(&sheet, "W^(0)");
    assert_eq!((w.rows, w.columns, w.at(1, 3)), (2, 4, -0.5));
    assert_eq!(shape(&sheet, "z^(1) = W^(0) x^(0)"), (2, 1));
    assert_eq!(shape(&sheet, "z^(2) = W^(1) x^(1) + b^(1)"), (1, 1));
    assert_eq!(shape(&sheet, "∂L/∂W^(0) ="), (2, 4));
    assert_eq!(shape(&sheet, "W^(1) ← W^(1) − α ∂L/∂W^(1)"), (1, 2));
}

#[test]
fn samples_one_by_one_end_in_the_same_mean() {
    let (trace, ours) = sheet(Notation::Ours, 2);
    for notation in [Notation::Olteanu, Notation::Sarkar, Notation::Wang] {
        let sheet = Sheet::of(&trace, notation);
        let headings: Vec<&str> = sheet.parts.iter().map(|p| p.heading.as_str()).collect();
        assert_eq!(headings[..3], ["forward, row 1", "loss, row 1", "backward, row 1"]);
        assert_eq!(headings[6..], ["gradient, the mean over the rows", "update"]);
        let last = |s: &Sheet| s.parts.last().unwrap().blocks.last().unwrap().matrix.clone().unwrap().numbers;
        assert_eq!(last(&sheet), last(&ours), "{}", notation.name());
    }
}

#[test]
fn names_and_numbers_of_the_notations() {
    for notation in Notation::ALL {
        assert_eq!(Notation::parse(notation.name()).unwrap(), notation);
        if let Some(short) = notation.short_name() {
            assert_eq!(Notation::parse(&short.to_lowercase()).unwrap(), notation);
        }
        // No template is left open, and every mark has its note.
        let (_, sheet) = sheet(notation, 2);
        for block in blocks(&sheet) {
            assert!(!block.equation.contains('$'), "{}: {}", notation.name(), block.equation);
            assert!(block.marks.iter().all(|m| sheet.notes.iter().any(|n| n.mark == *m)));
        }
    }
    let e = Notation::parse("olteano").unwrap_err();
    assert_eq!(e.to_string(), "there is no notation `olteano`\nhint: did you mean `olteanu`?");
}

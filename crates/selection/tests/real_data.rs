//! Cross-validation of public data sets, where they are at hand, against scikit-learn's.

use feedforward_data::source::{ReadOptions, read};
use feedforward_network::{Activation, Optimizer};
use feedforward_selection::{How, cross_validate};
use feedforward_training::{Ask, Control, Machine, Metric, Precision};
use std::path::Path;

/// The same objective, minimised by L-BFGS, over other folds: the means must agree as far as their spread lets one tell.
/// Twice the deviation over √20 folds would be the least; starts differ, too.
fn agrees(name: &str, file: &str, rows: f64) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data").join(file);
    if !path.exists() {
        eprintln!("skipped: the folder of data sets is not at hand");
        return;
    }
    let recorded = std::fs::read_to_string(root.join("testdata/selection/scikit_learn.toml")).unwrap();
    let recorded: toml::Table = recorded.parse().unwrap();
    let number = |key: &str| recorded[name][key].as_float().unwrap();
    let table = read(path.to_str().unwrap(), &ReadOptions::default(), &mut |_| ()).unwrap();
    let mut ask = Ask {
        layers: Some(vec![8]),
        activation: vec![Activation::Tanh],
        optimizer: Optimizer::parse("lbfgs").unwrap(),
        epochs: Some(500),
        validation: Some(0.0),
        precision: Precision::F64,
        ..Ask::default()
    };
    // scikit-learn's α = 1 is divided by the training rows.
    ask.penalty.l2 = 1.0 / (0.8 * rows);
    ask.roles.target = vec!["-1".into()];
    let how = How { repeats: 4, ..How::default() };
    let found = cross_validate(&table, &ask, &how, Machine::new(2), &mut |_| Control::Continue).unwrap();
    let ours = &found.scores[&Metric::Accuracy];
    let (mean, deviation) = (number("mean"), number("deviation"));
    eprintln!("{name}: {ours:.4}, scikit-learn {mean} ± {deviation}");
    assert_eq!(ours.values.len(), 20);
    assert!((ours.mean - mean).abs() < 0.012, "{name}: {ours:.4}, scikit-learn {mean} ± {deviation}");
    let ratio = ours.deviation.unwrap() / deviation;
    assert!((0.5..2.0).contains(&ratio), "{name}: {ours:.4}, scikit-learn {mean} ± {deviation}");
}

#[test]
fn iris() {
    agrees("iris", "iris/iris.csv", 150.0);
}

#[test]
fn wine() {
    agrees("wine", "wine/wine_data.csv", 178.0);
}

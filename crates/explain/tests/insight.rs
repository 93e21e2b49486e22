//! Importance and hidden planes of models that were trained.

use feedforward_base::{Dice, Purpose};
use feedforward_data::generated;
use feedforward_data::prepare::Unseen;
use feedforward_data::table::{Cells, Column, Numbers, Table};
use feedforward_explain::hidden::{self, Axes, Truth, hidden};
use feedforward_explain::importance::{How, importance};
use feedforward_network::{Activation, Layout, Loss, Spec};
use feedforward_training::{Ask, Control, Machine, Metric, Model, Precision, Theta, fit};

/// y = 3 a + b of normal columns, with a column `noise` and, last, a category that says nothing.
fn table(rows: usize, seed: u64) -> Table {
    let draws = Dice::new(seed).stream(Purpose::Experiment, &[77]);
    let normal = |k: u64| (0..rows as u64).map(move |r| draws.fork(r).normal(k) as f32).collect::<Vec<_>>();
    let (a, b, noise) = (normal(0), normal(1), normal(2));
    let y = a.iter().zip(&b).map(|(a, b)| 3.0 * a + b).collect();
    let codes = (0..rows as u64).map(|r| draws.fork(r).below(9, 3) as u32).collect();
    let levels = ["x", "y", "z"].map(String::from).to_vec();
    let number = |name: &str, v| Column::new(name, Cells::Number(Numbers::F32(v)));
    let columns = vec![
        number("noise", noise),
        number("b", b),
        number("a", a),
        number("y", y),
        Column::new("colour", Cells::Category { codes, levels }),
    ];
    Table { name: "t".into(), columns, rows, ..Table::default() }
}

/// A network without hidden layer whose weights are known: what it relies on can be counted by hand.
fn linear(precision: Precision) -> Model {
    let mut ask = Ask { layers: Some(vec![]), epochs: Some(1), precision, ..Ask::default() };
    ask.roles.target = vec!["y".into()];
    ask.prepare.scaling = feedforward_data::prepare::Scaling::None;
    ask.prepare.scale_target = false;
    let mut model =
        fit(table(400, 1), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap().model;
    let layout = Layout::new(&model.spec);
    // noise, b, a, colour=x, colour=y, colour=z
    let w = [0.0, 1.0, 3.0, 0.0, 0.0, 0.0];
    match &mut model.theta {
        Theta::F32(theta) => {
            layout.set_rows(theta, 1, &w.map(|w| w as f32));
            theta[layout.b(1)].fill(0.0);
        }
        Theta::F64(theta) => {
            layout.set_rows(theta, 1, &w);
            theta[layout.b(1)].fill(0.0);
        }
    }
    model
}

/// Σ (x − mean)² / (n − 1) of a number column.
fn variance(table: &Table, column: usize) -> f64 {
    let Cells::Number(x) = table.columns[column].here() else { panic!("numbers") };
    let n = table.rows as f64;
    let mean = (0..table.rows).map(|r| x.get(r)).sum::<f64>() / n;
    (0..table.rows).map(|r| (x.get(r) - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[test]
fn a_linear_network_relies_on_a_column_by_its_weight() {
    for precision in [Precision::F32, Precision::F64] {
        let model = linear(precision);
        let how = How { rows: 1000, repeats: 20, seed: 3 };
        let found = importance(&model, &table(1000, 2), how, Machine::new(2)).unwrap();
        assert_eq!((found.rows, found.repeats, found.metric), (1000, 20, Metric::R2));
        assert!(found.loss < 1e-9 && found.score.unwrap() > 0.999_999);
        let names: Vec<&str> = found.columns.iter().map(|c| c.column.as_str()).collect();
        assert_eq!(names, ["a", "b", "noise", "colour"], "equal ones in the order of the table");
        assert_eq!(found.columns.iter().map(|c| c.rank).collect::<Vec<_>>(), [1, 2, 3, 3]);
        // Over all shuffles the mean of ½ (w x − w x')² is w² Σ (x − mean)² / (n − 1); and R² = 1 − 2 loss / Var y.
        let rows = table(1000, 2);
        let [b, a, y] = [1, 2, 3].map(|c| variance(&rows, c));
        for (column, rise) in found.columns.iter().zip([9.0 * a, b, 0.0, 0.0]) {
            assert!((column.loss_rise.mean - rise).abs() < 0.03 * rise + 1e-9, "{rise}: {column:?}");
            let fall = column.score_fall.unwrap();
            assert!((fall.mean - 2.0 * column.loss_rise.mean / y).abs() < 0.002, "{column:?}");
            assert!(fall.deviation.unwrap() < 0.05 * rise + 1e-9);
        }
    }
}

#[test]
fn columns_that_say_the_same_share_their_importance() {
    let model = linear(Precision::F64);
    // The network reads 3 a as 1.5 a + 1.5 twin where `b` is made a twin of `a`.
    let mut twin = model.clone();
    let Theta::F64(theta) = &mut twin.theta else { panic!("f64") };
    Layout::new(&model.spec).set_rows(theta, 1, &[0.0, 1.5, 1.5, 0.0, 0.0, 0.0]);
    let mut rows = table(1000, 2);
    rows.columns[1] = Column::new(&rows.columns[1].name, rows.columns[2].here().clone());
    let Cells::Number(Numbers::F32(a)) = rows.columns[2].here() else { panic!("numbers") };
    let threefold = Cells::Number(Numbers::F32(a.iter().map(|a| 3.0 * a).collect()));
    rows.columns[3] = Column::new(&rows.columns[3].name, threefold);
    let found = importance(&twin, &rows, How { rows: 1000, repeats: 5, seed: 0 }, Machine::new(1)).unwrap();
    let rises: Vec<f64> = found.columns[..2].iter().map(|c| c.loss_rise.mean).collect();
    assert!(rises.iter().all(|r| (r - 2.25).abs() < 0.3), "a quarter of 9 each: {rises:?}");
}

#[test]
fn no_number_depends_on_the_threads_and_all_on_the_seed() {
    let model = linear(Precision::F32);
    let how = How { rows: 100, repeats: 3, seed: 1 };
    let of = |how, threads| importance(&model, &table(300, 4), how, Machine::new(threads)).unwrap();
    let one = of(how, 1);
    assert_eq!(one.rows, 100);
    for threads in [2, 3, 16] {
        assert_eq!(of(how, threads), one);
    }
    assert_ne!(of(How { seed: 2, ..how }, 1).columns[0].loss_rise, one.columns[0].loss_rise);
    let once = of(How { repeats: 1, ..how }, 1);
    assert!(once.columns.iter().all(|c| c.loss_rise.deviation.is_none()));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let model = linear(Precision::F32);
    let of = |table: &Table, repeats| {
        importance(&model, table, How { rows: 9, repeats, seed: 0 }, Machine::new(1))
    };
    assert!(of(&table(1, 0), 1).unwrap_err().to_string().contains("2"));
    assert!(of(&table(9, 0), 0).is_err());
    let mut far = table(9, 0);
    far.columns[3] = Column::new(&far.columns[3].name, Cells::Number(Numbers::F32(vec![3e38; 9])));
    let e = of(&far, 1).unwrap_err();
    assert!(e.to_string().contains("mean loss on these rows"), "{e}");
}

fn moons(layers: &[usize], precision: Precision) -> (Model, Table) {
    let (set, recipe) = generated::parse("moons:rows=300,noise=0.1,seed=3").unwrap().unwrap();
    let table = set.generate(&recipe).unwrap();
    let mut ask = Ask { layers: Some(layers.into()), epochs: Some(5), precision, ..Ask::default() };
    ask.roles.target = vec!["class".into()];
    ask.activation = vec![Activation::Tanh];
    let fitted = fit(table.clone(), None, &ask, Machine::new(1), &mut |_| Control::Continue);
    (fitted.unwrap().model, table)
}

#[test]
fn hidden_layers_are_planes() {
    for precision in [Precision::F32, Precision::F64] {
        let (model, table) = moons(&[12, 2, 1], precision);
        let found = hidden(&model, &table, hidden::ROWS, 0, Machine::new(1)).unwrap();
        assert_eq!((found.rows, found.layers.len()), (300, 3));
        let Truth::Classes { classes, of_row } = &found.truth else { panic!("classes") };
        let Cells::Category { codes, levels } = table.columns[2].here() else { panic!("a category") };
        let named = |row: usize| classes[of_row[row] as usize] == levels[codes[row] as usize];
        assert!((0..300).all(named));
        let [wide, plane, line] = &found.layers[..] else { panic!("three layers") };
        let Axes::Components { shares } = wide.axes else { panic!("components") };
        assert!(shares[0] > shares[1] && shares[1] > 0.0 && shares[0] + shares[1] <= 1.0);
        assert_eq!((wide.units, plane.units, plane.axes, line.axes), (12, 2, Axes::Units, Axes::Units));
        assert!(line.points.iter().all(|p| p[1] == 0.0));
        // From the plane the rest of the network gives what the model says.
        let said = model.predict(table.clone(), Unseen::Error, Machine::new(1)).unwrap();
        let feedforward_training::Answers::Classes { probabilities, .. } = said.answers else { panic!() };
        let layout = Layout::new(&model.spec);
        let theta: Vec<f64> = match &model.theta {
            Theta::F32(theta) => theta.iter().map(|t| f64::from(*t)).collect(),
            Theta::F64(theta) => theta.clone(),
        };
        let (w, b) = (layout.rows(&theta, 3), &theta[layout.b(3)]);
        let (v, c) = (layout.rows(&theta, 4), &theta[layout.b(4)]);
        for (row, p) in plane.points.iter().enumerate() {
            let z = v[0] * (w[0] * p[0] + w[1] * p[1] + b[0]).tanh() + c[0];
            let want = probabilities[2 * row + 1];
            assert!((1.0 / (1.0 + (-z).exp()) - want).abs() < 1e-5, "{row}");
        }
    }
}

#[test]
fn no_hidden_layer_no_plane() {
    let (model, table) = moons(&[], Precision::F32);
    let found = hidden(&model, &table, 50, 0, Machine::new(1)).unwrap();
    assert_eq!((found.rows, found.layers.len()), (50, 0));
}

#[test]
fn the_usual_effort_is_bounded() {
    let mut model = linear(Precision::F32);
    assert_eq!(How::usual(&model, 50_000, 0), How { rows: 2_000, repeats: 10, seed: 0 });
    assert_eq!(How::usual(&model, 120, 0).rows, 120);
    let feature = model.preparation.features[0].clone();
    model.preparation.features = vec![feature; 784];
    model.spec = Spec::new(&[784, 512, 10], Activation::Relu, Loss::CrossEntropy);
    let how = How::usual(&model, 10_000, 0);
    assert!(how.repeats == 1 && (200..500).contains(&how.rows), "{how:?}");
}

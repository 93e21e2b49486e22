//! Cross-validation, held against trainings by hand.

use feedforward_base::{ErrorKind, Result};
use feedforward_data::generated;
use feedforward_data::prepare::{Scaling, Unseen};
use feedforward_data::table::{Cells, Column, Lines, Numbers, Table};
use feedforward_selection::{CrossValidation, How, News, cross_validate};
use feedforward_training::{Ask, Control, Evidence, Judgement, Machine, Metric, fit};

fn moons(rows: usize) -> Table {
    let (set, recipe) = generated::parse(&format!("moons:rows={rows},noise=0.3,seed=1")).unwrap().unwrap();
    set.generate(&recipe).unwrap()
}

fn ask(target: &str) -> Ask {
    let mut ask =
        Ask { layers: Some(vec![8]), epochs: Some(6), learning_rate: Some(0.05), seed: 3, ..Ask::default() };
    ask.roles.target = vec![target.into()];
    ask
}

fn run(table: &Table, ask: &Ask, how: &How, threads: usize) -> Result<CrossValidation> {
    cross_validate(table, ask, how, Machine::new(threads), &mut |_| Control::Continue)
}

fn numbers(name: &str, values: impl Iterator<Item = f64>) -> Column {
    Column::new(name, Cells::Number(Numbers::F64(values.collect())))
}

fn categories(name: &str, levels: &[&str], codes: impl Iterator<Item = u32>) -> Column {
    let levels = levels.iter().map(|l| l.to_string()).collect();
    Column::new(name, Cells::Category { codes: codes.collect(), levels })
}

fn table(rows: usize, columns: Vec<Column>) -> Table {
    Table { name: "t.csv".into(), columns, rows, lines: Lines::From(2), ..Table::default() }
}

/// x decides y; the rows count themselves, and lie in groups of 4.
fn flats(rows: u32) -> Table {
    let all = || (0..rows).map(f64::from);
    table(
        rows as usize,
        vec![
            numbers("id", all()),
            numbers("x", all().map(|i| i * 7.0 % 11.0)),
            numbers("y", all().map(|i| 3.0 * (i * 7.0 % 11.0) + i % 2.0 + 0.5)),
            numbers("group", all().map(|i| (i / 4.0).floor())),
        ],
    )
}

#[test]
fn a_fold_is_a_training_and_a_judgement_of_its_own() {
    let (table, ask, how) = (moons(150), ask("class"), How { folds: 3, ..How::default() });
    let found = run(&table, &ask, &how, 1).unwrap();
    let rounds = how.rounds(&table, &ask.roles).unwrap();
    for (fold, round) in found.folds.iter().zip(&rounds) {
        let machine = Machine::new(1);
        let train = table.pick(&round.rows.train).unwrap();
        let fitted = fit(train, None, &ask, machine, &mut |_| Control::Continue).unwrap();
        let judged = fitted
            .model
            .evaluate(table.pick(&round.rows.test).unwrap(), 0.5, Unseen::Other, machine)
            .unwrap();
        assert_eq!(fold.judgement, judged.judgement);
        assert_eq!((&fold.epochs, fold.test_rows), (&fitted.model.record.epochs, 50));
    }
    let accuracies: Vec<f64> =
        found.folds.iter().map(|f| f.judgement.value(Metric::Accuracy).unwrap()).collect();
    let spread = &found.scores[&Metric::Accuracy];
    assert_eq!(spread.values, accuracies);
    let (low, high) = found.intervals[&Metric::Accuracy];
    assert!(low < spread.mean && spread.mean < high && spread.mean > 0.6, "{spread}");
    // Without weights and with folds of one size the mean of the folds is that of the rows.
    let all = found.out_of_fold(1).unwrap();
    assert_eq!(all.rows, (0..150).collect::<Vec<_>>());
    let pooled = all.evidence.judge(0.5).value(Metric::Accuracy).unwrap();
    assert!((pooled - spread.mean).abs() < 1e-12);
    assert_eq!(found.out_of_fold(2), None);
}

#[test]
fn threads_change_nothing() {
    let (table, ask) = (moons(90), ask("class"));
    let how = How { folds: 3, repeats: 2, ..How::default() };
    let want = run(&table, &ask, &how, 1).unwrap();
    assert_eq!(want.folds.iter().map(|f| (f.repeat, f.fold)).collect::<Vec<_>>()[2..4], [(1, 3), (2, 1)]);
    assert_ne!(want.folds[0].test, want.folds[3].test);
    for threads in [2, 5, 13] {
        assert_eq!(run(&table, &ask, &how, threads).unwrap(), want, "{threads}");
    }
}

#[test]
fn numbers_in_groups() {
    let mut ask = ask("y");
    ask.roles.group = Some("group".into());
    let table = flats(120);
    let found = run(&table, &ask, &How::default(), 2).unwrap();
    assert!(found.notes.iter().any(|n| n.contains("`id` only counts the rows")), "{:?}", found.notes);
    for fold in &found.folds {
        assert_eq!((fold.test_rows, fold.train_rows + fold.valid_rows), (24, 96));
        // Whole groups, and a shape that has one input: x.
        assert!(fold.test.chunks(4).all(|g| g[0] % 4 == 0 && g[3] == g[0] + 3), "{:?}", fold.test);
        assert_eq!(fold.shape, "1-8-1");
    }
    let all = found.out_of_fold(1).unwrap();
    let Evidence::Numbers(said) = all.evidence else { panic!("numbers") };
    // As scaled targets in f32 keep it.
    assert!((said.truth[7] - (3.0 * (49.0 % 11.0) + 1.5)).abs() < 1e-5);
}

#[test]
fn by_time_nothing_is_learned_from_later_rows() {
    let mut ask = ask("y");
    ask.roles.time = Some("id".into());
    let found = run(&flats(120), &ask, &How::default(), 1).unwrap();
    for (i, fold) in found.folds.iter().enumerate() {
        let begin = 20 * (i as u32 + 1);
        assert_eq!(fold.test, (begin..begin + 20).collect::<Vec<_>>());
        assert_eq!(fold.train_rows + fold.valid_rows, begin as usize);
    }
    assert!(found.intervals.is_empty() && !found.scores.is_empty());
    assert_eq!(found.out_of_fold(1).unwrap().rows, (20..120).collect::<Vec<_>>());
    let twice = How { repeats: 2, ..How::default() };
    assert_eq!(run(&flats(120), &ask, &twice, 1).unwrap_err().exit_code(), 2);
}

/// By time a class may come up late: no fold can be judged on what it could not learn.
#[test]
fn a_late_class_is_refused() {
    let class = |i: u32| if i < 40 { i % 2 } else { i % 3 };
    let columns = vec![
        numbers("x", (0..90).map(|i| f64::from(class(i)) + f64::from(i % 5) / 10.0)),
        categories("y", &["a", "b", "c"], (0..90).map(class)),
        numbers("t", (0..90).map(f64::from)),
    ];
    let mut ask = ask("y");
    ask.roles.time = Some("t".into());
    let table = table(90, columns);
    let e = run(&table, &ask, &How { folds: 2, ..How::default() }, 1).unwrap_err();
    assert_eq!(e.kind(), &ErrorKind::UnseenClass { class: "c".into(), known: vec![] });
    assert_eq!(e.place().to_string(), "t.csv, fold 1, row 43, column `y`");
    let known = table.pick(&(0..40).collect::<Vec<_>>()).unwrap();
    assert_eq!(run(&known, &ask, &How { folds: 3, ..How::default() }, 1).unwrap().folds.len(), 3);
}

#[test]
fn weights_count_in_what_is_said_of_all_rows() {
    let mut flats = flats(60);
    flats.columns.push(numbers("w", (0..60).map(|i| f64::from(1 + i % 3))));
    let mut ask = ask("y");
    ask.roles.weight = Some("w".into());
    let found = run(&flats, &ask, &How { folds: 4, ..How::default() }, 1).unwrap();
    let all = found.out_of_fold(1).unwrap();
    let Evidence::Numbers(said) = &all.evidence else { panic!("numbers") };
    assert_eq!(said.weights.as_ref().unwrap()[4..7], [2.0, 3.0, 1.0]);
    let Judgement::Numbers(judged) = all.evidence.judge(0.5) else { panic!("numbers") };
    assert!(judged.weighted && judged.loss.is_some());
}

#[test]
fn rare_classes_are_noted_or_refused() {
    let rare = |rows: u32| {
        let x = numbers("x", (0..60).map(|i| f64::from(i % 7)));
        table(60, vec![x, categories("y", &["a", "b"], (0..60).map(move |i| u32::from(i < rows)))])
    };
    let found = run(&rare(3), &ask("y"), &How::default(), 1).unwrap();
    assert!(found.notes[0].contains("class `b` has 3 rows, fewer than the 5 folds"), "{:?}", found.notes);
    // Where b is not held back, its ROC AUC is not defined.
    assert_eq!(found.scores[&Metric::RocAuc].values.len(), 3);
    let e = run(&rare(1), &ask("y"), &How::default(), 1).unwrap_err();
    assert!(e.to_string().contains("class `b` does not occur in the training part"), "{e}");
    assert!(e.place().to_string().starts_with("t.csv, fold "), "{e}");
    let e = run(&rare(3).pick(&[0, 1, 8, 9]).unwrap(), &ask("y"), &How::default(), 1).unwrap_err();
    assert_eq!(e.kind(), &ErrorKind::TooFewRows { need: 5, have: 4 });
}

#[test]
fn the_first_fold_that_fails_is_named() {
    let wild = Ask { learning_rate: Some(1e30), epochs: Some(50), ..ask("y") };
    for threads in [1, 3] {
        let e = run(&flats(60), &wild, &How { folds: 3, repeats: 2, ..How::default() }, threads).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Diverged { .. }), "{e}");
        assert!(e.place().to_string().starts_with("t.csv, fold 1 of repeat 1, "), "{e}");
    }
}

#[test]
fn a_stop_keeps_the_folds_that_are_done() {
    let (table, ask) = (moons(60), ask("class"));
    let mut judged = 0;
    let found = cross_validate(&table, &ask, &How::default(), Machine::new(1), &mut |news| {
        judged += usize::from(matches!(news, News::Judged { .. }));
        if judged == 2 { Control::Stop } else { Control::Continue }
    });
    let found = found.unwrap();
    assert_eq!((found.folds.len(), found.interrupted), (2, true));
    assert_eq!(found.folds, run(&table, &ask, &How::default(), 1).unwrap().folds[..2]);
    let none =
        cross_validate(&table, &ask, &How::default(), Machine::new(3), &mut |_| Control::Stop).unwrap();
    assert!(none.folds.is_empty() && none.scores.is_empty() && none.interrupted);
}

/// Each fold has its own numbers, and the same is the matter with all of them.
#[test]
fn what_is_much_the_same_in_all_folds_is_noted_once() {
    let x = numbers("big", (0..120).map(|i| 1e6 + f64::from(i * i % 89)));
    let flat = numbers("flat", (0..120).map(|i| if i == 7 { 1.0 } else { 0.0 }));
    let y = numbers("y", (0..120).map(|i| f64::from(i % 7)));
    let mut ask = ask("y");
    ask.prepare.scaling = Scaling::None;
    let found = run(&table(120, vec![x, flat, y]), &ask, &How::default(), 1).unwrap();
    let unscaled: Vec<&String> =
        found.notes.iter().filter(|n| n.contains("reach the network unscaled")).collect();
    assert_eq!(unscaled.len(), 1, "{:?}", found.notes);
    let start: Vec<&String> =
        found.notes.iter().filter(|n| n.contains("before the first step the loss")).collect();
    assert!(start.len() == 1 && start[0].starts_with("fold 1: "), "{:?}", found.notes);
    assert!(start[0].ends_with("; much the same in all other folds"), "{start:?}");
    // The one row that is not flat is held back in one fold only.
    let flat: Vec<&String> = found.notes.iter().filter(|n| n.contains("`flat` is 0")).collect();
    assert_eq!(flat.len(), 1, "{:?}", found.notes);
    assert!(flat[0].starts_with("fold ") && !flat[0].contains(','), "{flat:?}");
}

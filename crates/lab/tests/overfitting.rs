//! The diagnosis of planted cases: what is known to underfit, to overfit, to be enough; the same on any threads.

use feedforward_data::generated::{Recipe, generate};
use feedforward_data::prepare::{Roles, Task};
use feedforward_data::table::{Cells, Column, Numbers, Table};
use feedforward_lab::learning_curve::Verdict;
use feedforward_lab::noisy::Noisy;
use feedforward_lab::trials::{Kind, Open, Source, Study};
use feedforward_lab::{Outcome, capacity, epochs, learning_curve};
use feedforward_network::Optimizer;
use feedforward_training::{Ask, Machine};
use std::sync::atomic::{AtomicUsize, Ordering};

fn study<'t>(source: Source<'t>, ask: Ask, repeats: usize) -> Study<'t> {
    let machine = Machine::new(2);
    Study { source, ask, repeats, machine, goal: None, subject: " DATA".into(), tell: &|_, _| {} }
}

/// `rows` of the sine with noise 0.3, other rows in each of 10 repeats; trained to the end, or with Adam.
fn sine(rows: usize, ask: Ask, to_the_end: bool) -> Study<'static> {
    let mut study = study(Source::Drawn { noisy: Noisy::sine(0.3), rows }, ask, 10);
    study.settle(Open { activation: true, optimizer: to_the_end });
    study
}

fn units(layers: &[usize]) -> Ask {
    Ask { layers: Some(layers.to_vec()), ..Ask::default() }
}

fn words(outcome: &Outcome) -> String {
    outcome.lines.join("\n")
}

/// Whether the words of an outcome hold all of these.
fn says(outcome: &Outcome, all: &[&str]) {
    let words = words(outcome);
    for part in all {
        assert!(words.contains(part), "`{part}` in\n{words}");
    }
}

#[test]
fn a_line_cannot_learn_a_sine_however_many_rows() {
    let outcome = learning_curve::run(&sine(240, units(&[]), true), None).unwrap();
    let conditions = "training error small: no; gap small: yes; bias and variance error comparable: no";
    says(&outcome, &["High bias: ", conditions, "More data would hardly help", "Next: a richer network"]);
    assert!(!words(&outcome).contains("High variance"));
}

#[test]
fn two_hundred_units_learn_ten_rows_by_heart() {
    let outcome = learning_curve::run(&sine(10, units(&[200]), true), Some(&[10])).unwrap();
    let conditions = "training error small: yes; gap small: no; bias and variance error comparable: no";
    says(&outcome, &["High variance: ", conditions]);
    assert!(!words(&outcome).contains("High bias"));
}

#[test]
fn a_few_units_and_many_rows_are_a_good_learner() {
    let outcome = learning_curve::run(&sine(480, units(&[4]), true), None).unwrap();
    let conditions = "training error small: yes; gap small: yes; bias and variance error comparable: yes";
    says(&outcome, &["Neither high bias nor high variance", conditions, "More data would hardly help"]);
}

/// What the extrapolation promises is what twice the rows then give, up to a factor.
#[test]
fn more_rows_help_as_much_as_was_said() {
    let study = sine(60, units(&[10]), true);
    let all = learning_curve::measure(&study, Some(&[15, 30, 60, 120])).unwrap_err();
    assert!(all.to_string().contains("numbers from 2 to 60"), "{all}");
    let study = sine(80, units(&[10]), true);
    let curve = learning_curve::measure(&study, Some(&[10, 20, 40, 80])).unwrap();
    let said = learning_curve::more_data(&study, &curve[..3]).unwrap();
    let gained = curve[2].valid.mean - curve[3].valid.mean;
    assert_eq!(said.verdict, Verdict::Yes, "{said:?}");
    assert!(
        gained > 0.0 && said.gain.value < 3.0 * gained && gained < 3.0 * said.gain.value,
        "{gained} {said:?}"
    );
}

/// Fischer and Zahn's second and first picture: the shapes that theory has.
#[test]
fn classic_shapes() {
    let curve = learning_curve::measure(&sine(480, units(&[10]), true), Some(&[15, 60, 480])).unwrap();
    for pair in curve.windows(2) {
        assert!(pair[0].valid.mean > pair[1].valid.mean, "validation error falls with rows: {pair:?}");
        assert!(pair[0].train.mean < pair[1].train.mean, "training error rises with rows: {pair:?}");
        assert!(pair[0].gap.mean > pair[1].gap.mean, "they come together: {pair:?}");
    }
    let study = sine(30, Ask::default(), true);
    let widths = capacity::measure(&study, &[10, 0, 2]).unwrap();
    let [line, right, rich] = &widths[..] else { panic!("three widths, in order") };
    assert_eq!([line.at, right.at, rich.at], [0, 2, 10]);
    assert!(line.train.mean > right.train.mean && right.train.mean > rich.train.mean, "{widths:?}");
    assert!(line.valid.mean > right.valid.mean && right.valid.mean < rich.valid.mean, "{widths:?}");
    assert!(line.gap.mean < rich.gap.mean, "{widths:?}");
    assert_eq!(capacity::best(&widths).chosen, 1);
    let outcome = capacity::run(&study, Some(&[0, 2, 10])).unwrap();
    says(&outcome, &["Best: 2 units", "A straight line underfits", "ff lab learning-curve DATA --layers 2"]);
}

#[test]
fn the_narrowest_within_one_standard_error() {
    let at = |at: usize, values: [f64; 4]| {
        let spread = feedforward_selection::Spread::of(values.to_vec()).unwrap();
        let [train, valid, gap] = [spread.clone(), spread.clone(), spread];
        feedforward_lab::trials::At {
            at,
            train,
            valid,
            gap,
            train_beside: None,
            valid_beside: None,
            baseline: 1.0,
        }
    };
    // Means 3, 1.4, 1 and 1.1; the standard error of the third is 0.41 at deviation 0.816.
    let all = [at(1, [3.0; 4]), at(2, [1.4; 4]), at(4, [0.0, 1.0, 1.0, 2.0]), at(8, [1.1; 4])];
    assert_eq!(capacity::best(&all), capacity::Best { least: 2, chosen: 1 });
    assert_eq!(capacity::best(&all[2..]), capacity::Best { least: 0, chosen: 0 });
}

#[test]
fn how_long_to_train() {
    let run = |rows: usize, epochs: u64| {
        let ask = Ask { epochs: Some(epochs), optimizer: Optimizer::ADAM, ..units(&[50]) };
        epochs::measure(&sine(rows, ask, false)).unwrap()
    };
    let long = run(15, 1500);
    assert_eq!((long.verdict, long.all.len()), (epochs::Verdict::StopEarlier, 1500), "{:?}", long.rise);
    assert!(long.best < 1000 && long.all[1499].train.mean < long.all[long.best].train.mean);
    let short = run(200, 8);
    assert_eq!(short.verdict, epochs::Verdict::TrainLonger, "{:?}", short.fall);
}

/// Two moons, which no line separates.
fn moons(rows: usize) -> Table {
    generate("moons", &Recipe { rows, noise: Some(0.15), seed: 1 }).unwrap()
}

fn of_classes(table: &Table) -> Study<'_> {
    let mut ask = Ask { epochs: Some(30), learning_rate: Some(0.02), seed: 5, ..units(&[16]) };
    ask.roles.target = vec![table.columns[2].name.clone()];
    study(Source::Table { table, share: 0.25 }, ask, 3)
}

#[test]
fn a_table_of_classes_comes_out_the_same_on_any_threads() {
    let table = moons(160);
    let told = AtomicUsize::new(0);
    let tell = |done: usize, all: usize| {
        assert!(done <= all && all == 6);
        told.fetch_add(1, Ordering::SeqCst);
    };
    let run = |threads: usize| {
        let study = Study { machine: Machine::new(threads), tell: &tell, ..of_classes(&table) };
        assert_eq!(study.kind().unwrap(), Kind::Classes);
        let outcome = learning_curve::run(&study, Some(&[40, 120])).unwrap();
        (words(&outcome), outcome.numbers.to_string(), outcome.figure.to_svg())
    };
    let one = run(1);
    assert_eq!(one, run(3));
    assert_eq!(told.into_inner(), 12);
    assert!(
        one.0.contains("log loss, validation") && one.1.contains("\"valid_beside\":{\"deviation\""),
        "{}",
        one.1
    );
}

#[test]
fn where_no_network_beats_the_most_frequent_class_that_is_said() {
    let column = |name: &str, cells| Column::new(name, Cells::Number(Numbers::F64(cells)));
    let x: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 101)).collect();
    let rare: Vec<f64> = (0..200).map(|i| f64::from(u8::from(i % 20 == 7))).collect();
    let table = Table {
        name: "t".into(),
        columns: vec![column("x", x), column("y", rare)],
        rows: 200,
        ..Table::default()
    };
    let mut ask = Ask { epochs: Some(5), seed: 1, ..Ask::default() };
    ask.roles = Roles { target: vec!["y".into()], task: Some(Task::Classification), ..Roles::default() };
    let mut study = study(Source::Table { table: &table, share: 0.25 }, ask, 3);
    let outcome = capacity::run(&study, Some(&[1, 4])).unwrap();
    says(
        &outcome,
        &["No network is better than always saying the most frequent class", "ff cross-validate DATA"],
    );
    assert!(!words(&outcome).contains("Best: ") && !words(&outcome).contains("High"), "{}", words(&outcome));
    study.ask.layers = Some(vec![4]);
    let outcome = learning_curve::run(&study, Some(&[75, 150])).unwrap();
    says(&outcome, &["No better than always saying the most frequent class, whose error rate is 0.0"]);
    assert!(!words(&outcome).contains("High bias"), "{}", words(&outcome));
}

#[test]
fn what_cannot_be_measured_is_said() {
    let table = moons(40);
    let said = |study: Study<'_>| learning_curve::run(&study, None).unwrap_err().to_string();
    assert!(said(Study { repeats: 1, ..of_classes(&table) }).starts_with("--repeats is `1`"));
    assert!(said(Study { goal: Some(f64::NAN), ..of_classes(&table) }).starts_with("--goal is `NaN`"));
    let all = Source::Table { table: &table, share: 1.0 };
    assert!(said(Study { source: all, ..of_classes(&table) }).starts_with("--validation is `1`"));
    let e = capacity::run(&of_classes(&table), Some(&[])).unwrap_err().to_string();
    assert!(e.starts_with("--widths is ``"), "{e}");
}

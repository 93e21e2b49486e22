//! The diagnosis of planted cases: what is known to underfit, to overfit, to be enough; the same on any threads.

use feedforward_lab::noisy::Noisy;
use feedforward_lab::trials::{Open, Source, Study};
use feedforward_lab::{Outcome, capacity, epochs, learning_curve};
use feedforward_training::{Ask, Machine};

/// `rows` of the sine with noise 0.3, other rows in each of 8 repeats.
fn sine(rows: usize, ask: Ask, to_the_end: bool) -> Study<'static> {
    let source = Source::Drawn { noisy: Noisy::sine(0.3), rows };
    let mut study = Study {
        source,
        ask,
        repeats: 8,
        machine: Machine::new(2),
        goal: None,
        subject: String::new(),
        tell: &|_, _| {},
    };
    study.settle(Open { activation: true, optimizer: to_the_end });
    study
}

fn words(outcome: &Outcome) -> String {
    outcome.lines.join("\n")
}

#[test]
fn explore() {
    let units = |layers: Vec<usize>| Ask { layers: Some(layers), ..Ask::default() };
    let t = std::time::Instant::now();
    for (name, o) in [
        ("line", learning_curve::run(&sine(480, units(vec![]), true), None)),
        ("overfit", learning_curve::run(&sine(10, units(vec![200]), true), Some(&[5, 10]))),
        ("usual", learning_curve::run(&sine(480, Ask::default(), true), None)),
        ("usual30", learning_curve::run(&sine(60, Ask::default(), true), None)),
        ("capacity", capacity::run(&sine(30, Ask::default(), true), None)),
        ("epochs", epochs::run(&sine(30, Ask::default(), false))),
        ("epochs-short", epochs::run(&sine(200, Ask { epochs: Some(20), ..Ask::default() }, false))),
        ("epochs-enough", epochs::run(&sine(2000, Ask { epochs: Some(60), ..Ask::default() }, false))),
    ] {
        let o = o.unwrap();
        println!("== {name}\n{}\n{:?}", words(&o), t.elapsed());
        std::fs::write(format!("/tmp/w/lab-{name}.svg"), o.figure.to_svg()).unwrap();
    }
}

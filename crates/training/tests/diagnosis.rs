//! Broken runs, each with the diagnosis that it must get, and healthy ones that must get none.

use feedforward_base::{Error, ErrorKind, Result};
use feedforward_data::generated;
use feedforward_data::prepare::{Note, Scaling, Task, Unseen, Want};
use feedforward_data::table::{Cells, Column, Lines, Numbers, Table};
use feedforward_network::{Activation, Optimizer, Schedule};
use feedforward_training::diagnosis::{Cause, Names, Rate};
use feedforward_training::part::Part;
use feedforward_training::state::{NoKeeper, State};
use feedforward_training::trainer::{self, Lesson};
use feedforward_training::{
    Ask, Certificate, Checkpoints, ClassWeight, Control, Ending, EpochRecord, Event, Fitted, Machine,
    Warning, fingerprint, fit, fit_or_salvage, preview,
};

fn table(text: &str) -> Table {
    let (set, recipe) = generated::parse(text).expect("a generated set").expect("a sound recipe");
    set.generate(&recipe).expect("a sound recipe")
}

/// A table of numbers whose first row is line 2 of `t.csv`.
fn numbers(columns: &[(&str, &dyn Fn(usize) -> f64)], rows: usize) -> Table {
    let column = |(name, f): &(&str, &dyn Fn(usize) -> f64)| {
        Column::new(*name, Cells::Number(Numbers::F64((0..rows).map(f).collect())))
    };
    let columns = columns.iter().map(column).collect();
    Table { name: "t.csv".into(), columns, rows, lines: Lines::From(2), ..Table::default() }
}

fn ask(target: &str) -> Ask {
    let mut ask = Ask {
        layers: Some(vec![16, 8]),
        epochs: Some(6),
        batch_size: Some(16),
        validation: Some(0.0),
        ..Ask::default()
    };
    ask.roles.target = vec![target.into()];
    ask.roles.task = (target == "y").then_some(Task::Regression);
    ask
}

/// The run, and the warnings that it told on its way.
fn run_on(threads: usize, table: &Table, ask: &Ask) -> (Result<Fitted>, Vec<Warning>) {
    let mut told = Vec::new();
    let fitted = fit_or_salvage(table.clone(), None, ask, Machine::new(threads), None, &mut |event| {
        if let Event::Warning(warning) = event {
            told.push(warning.clone());
        }
        Control::Continue
    });
    (fitted, told)
}

/// A run that ends with a model, told and kept warnings alike.
fn run(table: &Table, ask: &Ask) -> Fitted {
    let (fitted, told) = run_on(1, table, ask);
    let fitted = fitted.expect("a model");
    assert_eq!(fitted.warnings, told);
    fitted
}

/// What ended a run, and what is left of it.
fn broken(table: &Table, ask: &Ask) -> (Error, Fitted) {
    let fitted = run(table, ask);
    assert_eq!(fitted.model.record.ending, Ending::Diverged);
    let e = fitted.diverged.clone().expect("an error");
    assert_eq!(fitted.model.record.diverged.as_ref().expect("it is kept").what, e.to_string());
    assert_eq!(e.exit_code(), 4);
    // Who wants no remains gets the error.
    let strict = fit(table.clone(), None, ask, Machine::new(1), &mut |_| Control::Continue);
    assert_eq!(strict.expect_err("it diverges"), e);
    (e, fitted)
}

/// "what, size" of an error, its place and its hint.
fn said(e: &Error) -> (String, String, String) {
    let ErrorKind::Diverged { what, size } = e.kind() else { panic!("{e}") };
    (format!("{what}, {size}"), e.place().to_string(), e.hint_text().unwrap_or_default().into())
}

fn rule(name: &str) -> Optimizer {
    *Optimizer::ALL.iter().find(|o| o.name() == name).expect("a rule of that name")
}

/// x, and y = a line with some waves.
fn waves(rows: usize) -> Table {
    let x = |r: usize| (r as f64 * 0.618_034).fract() * 4.0 - 2.0;
    numbers(&[("x", &x), ("y", &|r| x(r) + (3.0 * x(r)).sin())], rows)
}

#[test]
fn an_input_too_large_is_named_with_its_row_and_column() {
    // The square of what layer 3 says of line 9 is not finite, in the step that has that row.
    let poisoned = numbers(
        &[
            ("small", &|r| (r % 7) as f64),
            ("large", &|r| 1e22 * (r as f64 - 20.5)),
            ("y", &|r| (r % 5) as f64),
        ],
        40,
    );
    let mut ask = ask("y");
    ask.prepare.scaling = Scaling::None;
    let (fitted, told) = run_on(1, &poisoned, &ask);
    let e = fitted.expect_err("not even the start is finite");
    assert!(told.is_empty(), "{told:?}");
    let (what, place, hint) = said(&e);
    assert!(what.starts_with("loss, at an output of "), "{what}");
    assert!(
        place.starts_with("t.csv, row ") && place.ends_with(", layer 3, unit 1, epoch 1, step 1"),
        "{place}"
    );
    assert!(
        hint.starts_with("`large` usually is of size 1.") && hint.contains("--scaling standardise"),
        "{hint}"
    );
    assert!(hint.ends_with("(nothing is kept: not even the first weights give a finite loss)"), "{hint}");
}

#[test]
fn the_row_is_the_one_that_does_it() {
    // One row in 64 is far out; all others are about 1.
    let far = |r: usize| if r == 37 { 3e25 } else { (r % 9) as f64 / 4.0 - 1.0 };
    let t = numbers(&[("a", &far), ("b", &|r| (r % 7) as f64 / 3.0), ("y", &|r| (r % 5) as f64)], 64);
    let mut ask = ask("y");
    ask.prepare.scaling = Scaling::None;
    // One step holds all rows: only the row itself tells which it is.
    ask.batch_size = Some(64);
    let e = run_on(1, &t, &ask).0.expect_err("not even the start is finite");
    let (what, place, _) = said(&e);
    assert!(what.starts_with("loss, at an output of ") && what.contains("e2"), "{what}");
    assert_eq!(place, "t.csv, row 39, layer 3, unit 1, epoch 1, step 1");
}

#[test]
fn exponential_units_are_told_by_unit_and_z() {
    let t = numbers(&[("x", &|r| if r == 20 { 25.0 } else { 1.0 }), ("y", &|r| (r % 5) as f64)], 32);
    let mut ask = ask("y");
    (ask.layers, ask.activation) = (Some(vec![4]), vec![Activation::Exponential]);
    (ask.prepare.scaling, ask.bias, ask.batch_size) = (Scaling::None, 80.0, Some(32));
    let e = run_on(1, &t, &ask).0.expect_err("not even the start is finite");
    let (what, place, hint) = said(&e);
    assert!(what.starts_with("activation, exponential at |z| = "), "{what}");
    // Line 22 holds the row from 20; of the four units those with a positive weight do it.
    assert!(
        place.starts_with("t.csv, row 22, layer 1, unit ") && place.ends_with("epoch 1, step 1"),
        "{place}"
    );
    let want =
        "layer 1 takes e to the power of z; take another --activation, such as softplus (nothing is kept: ";
    assert!(hint.starts_with(want), "{hint}");
}

#[test]
fn exponential_units_that_diverge_are_told_of_both_ways_out() {
    let mut ask = ask("y");
    (ask.layers, ask.activation) = (Some(vec![4]), vec![Activation::Exponential]);
    (ask.optimizer, ask.learning_rate) = (rule("sgd"), Some(1e3));
    let (_, _, hint) = said(&broken(&waves(200), &ask).0);
    let rate = "lower the learning rate (it is 1000; try --learning-rate 0.1)";
    let want =
        format!("layer 1 takes e to the power of z; {rate}, or take another --activation, such as softplus");
    assert_eq!(hint, want);
}

#[test]
fn a_search_without_a_start_says_why() {
    let t = numbers(&[("x", &|r| 1e25 * (r as f64 + 1.0)), ("y", &|r| (r % 5) as f64)], 600);
    let mut ask = ask("y");
    (ask.optimizer, ask.batch_size) = (Optimizer::LBFGS, None);
    ask.prepare.scaling = Scaling::None;
    let e = run_on(1, &t, &ask).0.expect_err("no start");
    let (what, place, hint) = said(&e);
    assert!(what.starts_with("loss, at an output of "), "{what}");
    assert!(place.starts_with("t.csv, row ") && place.contains("layer 3, unit 1, epoch 1"), "{place}");
    assert!(hint.starts_with("`x` usually is of size "), "{hint}");
}

#[test]
fn a_start_of_enormous_weights_is_the_start_s_fault() {
    let mut ask = ask("y");
    ask.bias = 1e30;
    let e = run_on(1, &waves(100), &ask).0.expect_err("no start");
    let (what, place, hint) = said(&e);
    assert!(what.starts_with("loss, at an output of "), "{what}");
    assert!(place.ends_with("layer 3, unit 1, epoch 1, step 1"), "{place}");
    assert!(hint.starts_with("the weights start too large for this network"), "{hint}");
}

#[test]
fn too_high_a_rate_ends_the_run_and_leaves_good_weights() {
    for optimizer in ["sgd", "momentum", "nesterov"].map(rule) {
        let mut ask = ask("y");
        (ask.optimizer, ask.learning_rate) = (optimizer, Some(1e3));
        let (e, fitted) = broken(&waves(200), &ask);
        let (what, place, hint) = said(&e);
        let name = optimizer.name();
        assert!(
            what.contains("; the mean loss of the epoch was ") && what.ends_with(" before"),
            "{name}: {what}"
        );
        assert!(place.starts_with("t.csv, row ") || what.starts_with("weight or bias"), "{name}: {place}");
        assert!(place.contains(", layer ") && place.contains(", unit "), "{name}: {place}");
        assert!(place.contains(", epoch 1, step "), "{name}: {place}");
        let usual = optimizer.usual_learning_rate();
        let want = format!(
            "lower the learning rate (it is 1000; try --learning-rate {usual}), or bound the gradient with --clip-norm 1"
        );
        assert_eq!(hint, want, "{name}");
        // Within the first epoch the best place of it is gone back to; here nothing was better than the start.
        let record = &fitted.model.record;
        let kept = record.diverged.as_ref().and_then(|d| d.kept_step);
        assert_eq!((record.kept_epoch, kept), (0, Some(0)), "{name}");
    }
}

/// The rate rises from 0; the first epochs are sound.
fn rising() -> Ask {
    let mut ask = ask("y");
    (ask.optimizer, ask.learning_rate, ask.epochs) = (Optimizer::SGD, Some(1e3), Some(4_000));
    (ask.layers, ask.activation) = (Some(vec![8]), vec![Activation::Tanh]);
    ask.schedule = Some(Schedule::parse("cosine:0.9").expect("a schedule"));
    ask
}

#[test]
fn the_best_epoch_before_a_divergence_is_kept() {
    for validation in [0.0, 0.25] {
        let ask = Ask { validation: Some(validation), refit: Some(false), patience: Some(0), ..rising() };
        let (e, fitted) = broken(&waves(200), &ask);
        let record = &fitted.model.record;
        assert!(record.kept_epoch > 1, "{}", record.kept_epoch);
        let last = record.epochs.len() as u64;
        assert!(e.place().to_string().contains(&format!("epoch {}, step ", last + 1)), "{e}");
        // It is the best one, with the bits that it had.
        let by = |e: &EpochRecord| e.valid_loss.unwrap_or(e.train_loss);
        let best = record.epochs.iter().min_by(|a, b| by(a).total_cmp(&by(b))).expect("an epoch");
        assert_eq!(best.epoch, record.kept_epoch);
        let theta = fingerprint::of_theta(&fitted.model.theta);
        assert_eq!(theta, best.theta);
        // The judgement is that of the kept weights.
        assert_eq!(fitted.evidence.is_some(), validation > 0.0);
    }
}

#[test]
fn a_divergence_is_the_same_on_any_threads_and_after_a_stop() {
    for ask in [rising(), Ask { learning_rate: Some(1e3), schedule: None, epochs: Some(6), ..rising() }] {
        let t = waves(200);
        let whole = run(&t, &ask);
        let (again, _) = run_on(3, &t, &ask);
        assert_eq!(again.expect("a model"), whole);
        for stride in [5, 331] {
            let folder = tempfile::tempdir().expect("a folder");
            let mut told = Vec::new();
            let end = loop {
                let mut checkpoints = Checkpoints::of(folder.path()).expect("a folder");
                let mut left = stride;
                let part = fit_or_salvage(
                    t.clone(),
                    None,
                    &ask,
                    Machine::new(1),
                    Some(&mut checkpoints),
                    &mut |event| {
                        match event {
                            Event::Warning(warning) => told.push(warning.clone()),
                            Event::Step { .. } => left -= 1,
                            _ => {}
                        }
                        if left == 0 { Control::Stop } else { Control::Continue }
                    },
                );
                let part = part.expect("a model");
                if part.model.record.ending != Ending::Interrupted {
                    // The checkpoints stay; before the end of an epoch, or a stop, there are none.
                    assert!(!checkpoints.is_empty() || whole.model.record.epochs.is_empty());
                    break part;
                }
            };
            assert_eq!(end, whole, "{stride} steps at a time");
            assert_eq!(told, whole.warnings, "each is told once, {stride} steps at a time");
            assert_eq!(Certificate::of(&end.model), Certificate::of(&whole.model));
        }
    }
}

#[test]
fn a_rate_that_only_explodes_is_warned_of() {
    for optimizer in ["adam", "rmsprop", "adagrad"].map(rule) {
        let mut ask = ask("y");
        (ask.optimizer, ask.learning_rate) = (optimizer, Some(30.0));
        let fitted = run(&waves(200), &ask);
        let exploding = fitted.warnings.iter().find(|w| matches!(w, Warning::Exploding { .. }));
        let Some(Warning::Exploding { epoch, loss, before, guess, largest, cause }) = exploding else {
            panic!("{}: {:?}", optimizer.name(), fitted.warnings)
        };
        assert_eq!(*epoch, 1);
        // y is scaled: half its variance is ½.
        assert!((guess - 0.5).abs() < 0.05 && loss > &(10.0 * before) && *before < 5.0);
        assert_eq!(*loss, fitted.model.record.epochs[0].train_loss);
        assert!(largest.size > 10.0 && (1..=3).contains(&largest.layer) && (2..202).contains(&largest.row));
        // Their steps are no shorter for a shorter gradient.
        let rate = Rate { is: 30.0, better: optimizer.usual_learning_rate() };
        assert_eq!(*cause, Cause::Rate { rate, clip: false });
    }
}

#[test]
fn a_start_far_off_is_warned_of_before_the_first_step() {
    let mut ask = ask("y");
    (ask.bias, ask.epochs) = (1e4, Some(1));
    let fitted = run(&waves(200), &ask);
    let [Warning::FarStart { loss, guess, largest, cause }, ..] = &fitted.warnings[..] else {
        panic!("{:?}", fitted.warnings)
    };
    assert!(*loss > 1e7 && (guess - 0.5).abs() < 0.05, "{loss}");
    assert!(largest.size > 1e4);
    assert_eq!(*cause, Cause::Start);
}

#[test]
fn dead_relu_units_are_counted() {
    let mut ask = ask("y");
    (ask.bias, ask.epochs) = (-100.0, Some(2));
    let fitted = run(&waves(300), &ask);
    let [Warning::Dead(first), Warning::Dead(second), Warning::Constant { says, spread, rows }] =
        &fitted.warnings[..]
    else {
        panic!("{:?}", fitted.warnings)
    };
    assert_eq!((first.epoch, first.layer, first.count, first.of), (0, 1, 16, 16));
    assert_eq!((&first.units[..], first.rows, first.activation.as_str()), (&[1, 2, 3][..], 256, "relu"));
    assert_eq!((second.layer, second.count, second.of), (2, 8, 8));
    assert_eq!((*spread, *rows), (0.0, 256));
    assert!(says.is_finite());
    let text = fitted.warnings[0].to_string();
    assert!(text.starts_with(
        "before the first step, 16 of the 16 relu units of layer 1 (100 %; 1, 2, 3, …) are dead"
    ));
    // A slope on the other side, and the same start is no harm to anybody's units.
    ask.activation = vec!["leaky_relu:0.1".parse().expect("an activation")];
    let fitted = run(&waves(300), &ask);
    assert!(!fitted.warnings.iter().any(|w| matches!(w, Warning::Dead(_))), "{:?}", fitted.warnings);
}

#[test]
fn units_that_a_large_step_has_killed_are_found_after_it() {
    let mut ask = ask("y");
    (ask.optimizer, ask.learning_rate, ask.epochs) = (Optimizer::SGD, Some(20.0), Some(3));
    ask.clip_norm = Some(5.0);
    let fitted = run(&waves(200), &ask);
    let dead = fitted.warnings.iter().find_map(|w| match w {
        Warning::Dead(units) => Some(units),
        _ => None,
    });
    let dead = dead.unwrap_or_else(|| panic!("{:?}", fitted.warnings));
    assert_eq!(dead.epoch, 1);
    assert!(dead.count * 4 >= dead.of * 3, "{dead:?}");
}

#[test]
fn saturated_units_and_their_unscaled_columns() {
    let t = numbers(
        &[
            ("metres", &|r| 1_000.0 + 37.0 * (r % 90) as f64),
            ("share", &|r| (r % 11) as f64 / 10.0),
            ("y", &|r| (r % 5) as f64),
        ],
        300,
    );
    for activation in [Activation::Tanh, Activation::Sigmoid] {
        let mut ask = ask("y");
        (ask.activation, ask.prepare.scaling) = (vec![activation], Scaling::None);
        let fitted = run(&t, &ask);
        let [Warning::Saturated { units, largest, cause }, ..] = &fitted.warnings[..] else {
            panic!("{:?}", fitted.warnings)
        };
        assert_eq!((units.epoch, units.layer, units.of), (0, 1, 16));
        assert!(units.count >= 15 && largest.size > 100.0 && largest.layer == 1, "{units:?} {largest:?}");
        assert!(
            matches!(cause, Cause::Input { name, size } if name == "metres" && *size > 1_000.0),
            "{cause:?}"
        );
        let unscaled = fitted.notes.iter().find(|n| matches!(n, Note::Unscaled { .. }));
        let Some(Note::Unscaled { columns }) = unscaled else { panic!("{:?}", fitted.notes) };
        assert!(columns.len() == 1 && columns[0].0 == "metres" && columns[0].1 > 1_000.0, "{columns:?}");
        // Scaled, nothing is wrong with it.
        ask.prepare.scaling = Scaling::Auto;
        let fitted = run(&t, &ask);
        assert!(
            fitted.warnings.iter().all(|w| !matches!(w, Warning::Saturated { .. })),
            "{:?}",
            fitted.warnings
        );
        assert!(!fitted.notes.iter().any(|n| matches!(n, Note::Unscaled { .. })), "{:?}", fitted.notes);
    }
}

#[test]
fn a_far_value_that_crams_the_others_is_noted() {
    let t = numbers(
        &[
            ("a", &|r| if r == 3 { 1e6 } else { (r % 90) as f64 }),
            ("rare", &|r| f64::from(u8::from(r == 5))),
            ("y", &|r| (r % 5) as f64),
        ],
        200,
    );
    let mut ask = ask("y");
    ask.prepare.scaling = Scaling::MinMax;
    let fitted = run(&t, &ask);
    let crammed = fitted.notes.iter().find(|n| matches!(n, Note::Crammed { .. }));
    let Some(Note::Crammed { columns }) = crammed else { panic!("{:?}", fitted.notes) };
    assert!(columns.len() == 1 && columns[0].0 == "a" && columns[0].1 < 1e-4, "{columns:?}");
}

#[test]
fn predictions_that_are_all_alike_are_told_in_the_table_s_unit() {
    let t = numbers(&[("x", &|r| (r % 17) as f64), ("y", &|r| 1_000.0 + 10.0 * (r % 17) as f64)], 170);
    let mut ask = ask("y");
    (ask.penalty.l2, ask.epochs, ask.learning_rate) = (100.0, Some(40), Some(0.01));
    let fitted = run(&t, &ask);
    let last = fitted.warnings.last().expect("a warning");
    let Warning::Constant { says, spread, rows } = last else { panic!("{:?}", fitted.warnings) };
    assert!((1_000.0..1_160.0).contains(says) && *spread < 1.0 && *rows == 170, "{says} {spread}");
    assert!(last.to_string().starts_with("the network says the same of every row: 10"), "{last}");
    // Of classes their probabilities.
    let mut classes = ask.clone();
    (classes.roles.target, classes.roles.task) = (vec!["class".into()], None);
    let fitted = run(&table("blobs:rows=200"), &classes);
    assert!(matches!(fitted.warnings.last(), Some(Warning::Constant { .. })), "{:?}", fitted.warnings);
}

#[test]
fn class_weights_do_not_hide_a_divergence() {
    let mut ask = ask("class");
    (ask.optimizer, ask.learning_rate) = (Optimizer::SGD, Some(1e12));
    (ask.class_weight, ask.activation) = (ClassWeight::Balanced, vec![Activation::Relu]);
    let (e, fitted) = broken(&table("blobs:rows=300"), &ask);
    assert!(e.place().to_string().contains("epoch 1, step "), "{e}");
    assert_eq!(fitted.model.record.kept_epoch, 0);
}

#[test]
fn folds_leave_the_first_network() {
    let ask = Ask { validation: None, patience: Some(0), ..rising() };
    let (e, fitted) = broken(&waves(100), &ask);
    let record = &fitted.model.record;
    assert_eq!((record.folds, record.refit.is_some()), (5, false));
    assert!(record.kept_epoch >= 1 && record.epochs.len() as u64 >= record.kept_epoch, "{e}");
    assert_eq!(fitted.valid_rows.len(), 20);
    assert_eq!(fitted.evidence.expect("rows of the first fold").rows(), 20);
}

#[test]
fn healthy_runs_are_told_nothing() {
    let sets = [
        ("moons:rows=400", "class"),
        ("circles:rows=400", "class"),
        ("spirals:rows=400", "class"),
        ("xor:rows=400", "class"),
        ("blobs:rows=400", "class"),
        ("sine:rows=400", "y"),
    ];
    let activations = [Activation::Relu, Activation::Tanh, Activation::Sigmoid, Activation::Gelu];
    for (set, target) in sets {
        for activation in activations {
            let t = table(set);
            let ask = Ask { activation: vec![activation], epochs: Some(40), validation: None, ..ask(target) };
            let fitted = run(&t, &ask);
            assert!(fitted.warnings.is_empty(), "{set} {activation}: {:?}", fitted.warnings);
            let told = |n: &Note| matches!(n, Note::Unscaled { .. } | Note::Crammed { .. });
            assert!(!fitted.notes.iter().any(told), "{set}: {:?}", fitted.notes);
            assert_eq!(fitted.diverged, None);
        }
    }
}

/// Whoever names rows is watched, and gets the bits of a training that nobody looks at.
#[test]
fn looking_changes_no_bit() {
    let t = waves(100);
    let ask = Ask { dropout: vec![0.2], bias: -100.0, ..ask("y") };
    let chosen = preview(&t, None, &ask, Machine::new(1)).expect("a sound request");
    let names = Names::of(&t, &chosen.preparation);
    let applied = chosen.preparation.apply::<f32>(t, Want::Target, Unseen::Error).expect("a sound table");
    let rows: Vec<u32> = (0..100).collect();
    let train = Part { table: &applied.prepared, rows: &rows };
    let kernels = Machine::new(1).kernels::<f32>(&chosen.plan).expect("kernels");
    let mut told = 0;
    let mut go = |names| {
        let lesson = Lesson { plan: &chosen.plan, train, valid: None, names };
        let state = State::new([&chosen.plan].into_iter(), chosen.regime.dice);
        trainer::train(&kernels, &chosen.regime, &[lesson], None, state, &mut NoKeeper, &mut |event| {
            told += usize::from(matches!(event, Event::Warning(_)));
            Control::Continue
        })
        .expect("it does not diverge")
    };
    let (watched, alone) = (go(Some(&names)), go(None));
    assert_eq!((watched.thetas, watched.epochs), (alone.thetas, alone.epochs));
    assert_eq!(told, watched.warnings.len());
    assert!(told > 0 && alone.warnings.is_empty());
}

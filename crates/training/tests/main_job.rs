//! From a table to a judged model, and what can stop it.

use feedforward_base::ErrorKind;
use feedforward_data::generated;
use feedforward_data::prepare::{Task, Unseen};
use feedforward_data::table::{Cells, Column, Numbers, Table};
use feedforward_kernels::Arch;
use feedforward_network::{Activation, Loss, Optimizer, Schedule};
use feedforward_training::metric::decide;
use feedforward_training::{
    Answers, Ask, ClassWeight, Control, Ending, EpochRecord, Event, Evidence, Judgement, Machine, Metric,
    Model, Precision, Record, fit, preview,
};

fn table(text: &str) -> Table {
    let (set, recipe) = generated::parse(text).expect("a generated set").expect("a sound recipe");
    set.generate(&recipe).expect("a sound recipe")
}

fn ask(target: &str) -> Ask {
    let mut ask = Ask { layers: Some(vec![16, 8]), epochs: Some(60), batch_size: Some(16), ..Ask::default() };
    ask.roles.target = vec![target.into()];
    ask
}

/// Scaled and back a 0 would be almost 0, and MAPE an enormous number.
#[test]
fn numbers_are_judged_by_the_truth_of_the_table() {
    let y: Vec<f64> = (0..70).map(|i| f64::from(i % 7) * 1e3).collect();
    let column = |name: &str, cells: &[f64]| Column::new(name, Cells::Number(Numbers::F64(cells.to_vec())));
    let columns = vec![column("x", &y.iter().map(|y| y + 0.5).collect::<Vec<_>>()), column("y", &y)];
    let table = Table { name: "t".into(), columns, rows: 70, ..Table::default() };
    let mut ask = ask("y");
    ask.roles.task = Some(Task::Regression);
    let model = go(table.clone(), &ask);
    let judged = model.evaluate(table, 0.5, Unseen::Error, Machine::new(1)).unwrap();
    let Evidence::Numbers(evidence) = &judged.evidence else { panic!("numbers") };
    assert_eq!(evidence.truth, y);
    assert_eq!(judged.judgement.value(Metric::Mape), None);
}

fn go(table: Table, ask: &Ask) -> Model {
    fit(table, None, ask, Machine::new(2), &mut |_| Control::Continue).expect("a sound job").model
}

#[test]
fn moons_are_learned_and_judged() {
    let mut ask = ask("class");
    ask.activation = vec![Activation::Tanh];
    ask.learning_rate = Some(0.01);
    let model = go(table("moons:rows=1000,noise=0.1,seed=2"), &ask);
    let record = &model.record;
    assert_eq!((record.train_rows, record.valid_rows, record.folds), (800, 200, 5));
    assert_eq!(record.refit.as_ref().expect("all rows were learned from").len() as u64, record.kept_epoch);
    assert_eq!((model.spec.shape().as_str(), model.spec.loss), ("2-16-8-1", Loss::BinaryCrossEntropy));
    let judged = model.record.judgement.as_ref().expect("there is a validation part");
    assert!(judged.value(Metric::Accuracy).unwrap() > 0.97);
    let fresh = table("moons:rows=500,noise=0.1,seed=3");
    let test = model.evaluate(fresh.clone(), 0.5, Unseen::Error, Machine::new(1)).unwrap();
    let accuracy = test.judgement.value(Metric::Accuracy).unwrap();
    assert!(accuracy > 0.97, "{accuracy}");
    let said = model.predict(fresh.clone(), Unseen::Error, Machine::new(1)).unwrap();
    let Answers::Classes { names, probabilities } = &said.answers else { panic!("classes were learned") };
    let Cells::Category { codes, levels } = fresh.columns[2].here() else { panic!("a category") };
    let decided = |r: usize| decide(&probabilities[2 * r..2 * r + 2], 0.5) as usize;
    let right = (0..said.rows).filter(|&r| names[decided(r)] == levels[codes[r] as usize]);
    assert_eq!(right.count() as f64 / 500.0, accuracy);
}

#[test]
fn a_curve_is_learned_in_the_unit_of_the_table() {
    let mut ask = ask("y");
    ask.activation = vec![Activation::Tanh];
    ask.learning_rate = Some(0.01);
    ask.epochs = Some(150);
    let model = go(table("sine:rows=800,noise=0.05,seed=1"), &ask);
    assert_eq!(model.spec.loss, Loss::SquaredError);
    let r2 = model.record.judgement.unwrap().value(Metric::R2).unwrap();
    assert!(r2 > 0.97, "{r2}");
}

#[test]
fn the_result_depends_on_the_seed_and_on_nothing_else() {
    let run = |ask: &Ask, machine: Machine| {
        fit(table("spirals:rows=300"), None, ask, machine, &mut |_| Control::Continue).unwrap().model.theta
    };
    let mut ask = ask("class");
    ask.epochs = Some(5);
    ask.dropout = vec![0.1];
    // Large enough for a team: 64 · (2 · 300 + 300 · 200 + 200) · 6 flops a step.
    (ask.layers, ask.batch_size) = (Some(vec![300, 200]), Some(64));
    let expected = run(&ask, Machine::new(1));
    for arch in Arch::available() {
        for threads in [1, 2, 3, 7] {
            assert!(
                run(&ask, Machine { arch, threads }) == expected,
                "{} with {threads} threads",
                arch.name()
            );
        }
    }
    ask.seed = 1;
    assert!(run(&ask, Machine::new(1)) != expected);
}

#[test]
fn early_stopping_keeps_the_best_epoch() {
    let mut ask = ask("class");
    (ask.epochs, ask.patience, ask.learning_rate) = (Some(500), Some(5), Some(0.05));
    let record = go(table("moons:rows=200,noise=0.4,seed=5"), &ask).record;
    assert_eq!(record.ending, Ending::EarlyStopping);
    let loss = |e: u64| record.epochs[e as usize - 1].valid_loss.unwrap();
    let best = (1..=record.epochs.len() as u64).min_by(|&a, &b| loss(a).total_cmp(&loss(b))).unwrap();
    assert_eq!(record.kept_epoch, best);
    assert_eq!(record.epochs.len() as u64, best + 5);
    let judged = record.judgement.unwrap().loss().unwrap();
    assert!((judged - loss(best)).abs() < 1e-12, "the kept parameters are the best epoch's: {judged}");
}

#[test]
fn a_listener_can_stop_at_any_step_and_keeps_a_model() {
    let stopped_at = |ask: &Ask, last: u64| {
        let mut steps = 0;
        let fitted = fit(table("moons:rows=400"), None, ask, Machine::new(1), &mut |e| match e {
            Event::Step { .. } => {
                steps += 1;
                if steps == last { Control::Stop } else { Control::Continue }
            }
            _ => Control::Continue,
        });
        assert_eq!(steps, last);
        fitted.unwrap().model
    };
    let mut ask = ask("class");
    ask.refit = Some(false);
    let record = stopped_at(&ask, 33).record;
    assert_eq!((record.ending, record.epochs.len(), record.folds), (Ending::Interrupted, 2, 0));
    // In the fourth of five folds, and in the last training: 5 folds of 20 steps, 3 epochs.
    (ask.refit, ask.epochs) = (None, Some(3));
    for last in [70, 310] {
        let model = stopped_at(&ask, last);
        let record = &model.record;
        assert_eq!((record.ending, record.folds, record.refit.is_some()), (Ending::Interrupted, 5, false));
        let judged = record.judgement.as_ref().expect("the first fold judges");
        assert_eq!((judged.rows(), record.valid_rows), (80, 80));
        model.evaluate(table("moons:rows=50"), 0.5, Unseen::Error, Machine::new(1)).expect("a usable model");
    }
}

/// What a refit is: as many epochs on all rows as were best on the rows of the folds, and a judgement of all rows.
#[test]
fn the_last_training_is_one_on_all_rows() {
    let data = || table("moons:rows=230,noise=0.3,seed=4");
    let mut ask = ask("class");
    (ask.patience, ask.learning_rate) = (Some(3), Some(0.02));
    ask.schedule = Some(Schedule::parse("plateau:0.5:1").unwrap());
    for (validation, refit, folds) in [(None, None, 5), (Some(0.2), Some(true), 0)] {
        (ask.validation, ask.refit) = (validation, refit);
        let fitted = fit(data(), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
        let record = &fitted.model.record;
        assert_eq!((record.folds, record.ending), (folds, Ending::EarlyStopping));
        let last = record.refit.as_ref().expect("all rows were learned from");
        let rates = |epochs: &[EpochRecord]| epochs.iter().map(|e| e.learning_rate).collect::<Vec<_>>();
        assert_eq!(rates(last), rates(&record.epochs[..record.kept_epoch as usize]));
        let judged = record.judgement.as_ref().expect("there are validation rows");
        assert_eq!(judged.rows(), if folds > 0 { 230 } else { record.valid_rows });
        // What is recorded can be asked again.
        assert_eq!(go(data(), &record.ask).theta, fitted.model.theta);
    }
    // With a rate that stays the same, it is the run of that many epochs without a validation part.
    (ask.validation, ask.refit, ask.schedule) = (None, None, None);
    let model = go(data(), &ask);
    (ask.validation, ask.epochs) = (Some(0.0), Some(model.record.kept_epoch));
    let alone = go(data(), &ask);
    assert_eq!((&alone.theta, &alone.preparation), (&model.theta, &model.preparation));
    assert_eq!(alone.record.epochs[0].train_loss, model.record.refit.unwrap()[0].train_loss);
}

#[test]
fn records_from_before_there_were_refits_are_read() {
    let mut ask = ask("class");
    (ask.validation, ask.epochs, ask.weight_decay) = (Some(0.2), Some(1), Some(0.5));
    let record = go(table("moons:rows=60"), &ask).record;
    let mut old = serde_json::to_value(&record).unwrap();
    for key in ["folds", "refit"] {
        assert!(old.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    assert_eq!(serde_json::from_value::<Record>(old).unwrap(), record);
}

#[test]
fn every_fold_knows_every_class() {
    let mut rare = table("blobs:rows=60,seed=1");
    let place = rare.columns.len() - 1;
    let mut cells = rare.columns[place].here().clone();
    let Cells::Category { codes, levels } = &mut cells else { panic!("a category") };
    levels.push("alone".into());
    codes[17] = levels.len() as u32 - 1;
    rare.columns[place] = Column::new(&rare.columns[place].name, cells);
    let mut ask = ask(&rare.columns[place].name.clone());
    ask.epochs = Some(2);
    let fitted = fit(rare, None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
    assert_eq!((fitted.model.record.folds, fitted.evidence.unwrap().rows()), (5, 59));
}

#[test]
fn a_last_training_needs_rows_that_were_kept_apart() {
    let mut ask = ask("class");
    ask.refit = Some(true);
    let refused = |valid: Option<Table>, ask: &Ask| {
        let e = fit(table("moons:rows=100"), valid, ask, Machine::new(1), &mut |_| Control::Continue);
        let e = e.unwrap_err();
        assert_eq!(e.exit_code(), 2);
        e.to_string()
    };
    let text = refused(Some(table("moons:rows=50,seed=2")), &ask);
    assert!(text.contains("--refit does not go with --valid"), "{text}");
    ask.validation = Some(0.0);
    let text = refused(None, &ask);
    assert!(text.contains("--refit does not go with a validation part of no rows"), "{text}");
}

#[test]
fn divergence_names_layer_epoch_and_step() {
    let mut ask = ask("y");
    ask.optimizer = Optimizer::SGD;
    ask.learning_rate = Some(1e6);
    let e = fit(table("sine:rows=400"), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap_err();
    assert!(matches!(e.kind(), ErrorKind::Diverged { .. }), "{e}");
    assert_eq!(e.exit_code(), 4);
    let place = e.place().to_string();
    assert!(place.contains("layer") && place.contains("epoch 1, step"), "{place}");
    assert!(e.hint_text().unwrap().contains("try --learning-rate 0.1)"), "{e}");
}

#[test]
fn a_preview_chooses_as_the_run_does() {
    let t = table("digits:rows=600");
    let mut ask = ask("label");
    (ask.layers, ask.batch_size, ask.epochs) = (None, None, Some(1));
    let chosen = preview(&t, None, &ask, Machine::new(1)).unwrap();
    assert_eq!(chosen.plan.spec().shape(), "784-512-10");
    let model = go(t, &ask);
    assert_eq!((&model.spec, &model.record.ask), (chosen.plan.spec(), &chosen.ask));
}

#[test]
fn the_epoch_lines_agree_with_the_judgement() {
    for (data, target, metric) in
        [("moons:rows=300", "class", Metric::Accuracy), ("sine:rows=300", "y", Metric::R2)]
    {
        let mut t = table(data);
        let weights = (0..300).map(|r| if r % 3 == 0 { 5.0 } else { 0.5 }).collect();
        t.columns.push(Column::new("w", Cells::Number(Numbers::F64(weights))));
        let mut ask = ask(target);
        (ask.roles.weight, ask.epochs) = (Some("w".into()), Some(4));
        let record = go(t, &ask).record;
        let kept = &record.epochs[record.kept_epoch as usize - 1];
        let judged = record.judgement.unwrap();
        let score = judged.value(metric).unwrap();
        assert!((kept.valid_score.unwrap() - score).abs() < 1e-6, "{score}");
        assert!((kept.valid_loss.unwrap() - judged.loss().unwrap()).abs() < 1e-9);
    }
}

#[test]
fn class_weights_move_the_decision_to_the_rare_class() {
    let mut rare = table("moons:rows=2000,noise=0.5,seed=1");
    // Keep one in eight rows of the second class.
    keep(&mut rare, |r, class| class == 0 || r % 8 == 0);
    let mut ask = ask("class");
    ask.epochs = Some(30);
    let recall = |ask: &Ask| {
        let judged = go(rare.clone(), ask).record.judgement.unwrap();
        judged.value(Metric::BalancedAccuracy).unwrap()
    };
    let equal = recall(&ask);
    ask.class_weight = ClassWeight::Balanced;
    let balanced = recall(&ask);
    let Judgement::Classes(judged) = go(rare.clone(), &ask).record.judgement.unwrap() else {
        panic!("classes")
    };
    assert!(!judged.weighted, "class weights are for training, not for judging");
    assert!(balanced > equal + 0.03, "{equal} {balanced}");
}

fn keep(table: &mut Table, want: impl Fn(usize, u32) -> bool) {
    let Cells::Category { codes, .. } = table.columns[2].here().clone() else { panic!("a category") };
    let rows: Vec<usize> = (0..table.rows).filter(|&r| want(r, codes[r])).collect();
    for column in &mut table.columns {
        let cells = match column.here() {
            Cells::Number(n) => Cells::Number(Numbers::F64(rows.iter().map(|&r| n.get(r)).collect())),
            Cells::Category { codes, levels } => {
                Cells::Category { codes: rows.iter().map(|&r| codes[r]).collect(), levels: levels.clone() }
            }
            Cells::Text { .. } => panic!("no text here"),
        };
        *column = Column::new(&column.name, cells);
    }
    table.rows = rows.len();
}

#[test]
fn double_precision_and_meaningless_requests() {
    let mut ask = ask("class");
    (ask.precision, ask.epochs) = (Precision::F64, Some(3));
    go(table("xor:rows=100"), &ask);
    let refuse = |change: &dyn Fn(&mut Ask), part: &str| {
        let mut ask = ask.clone();
        change(&mut ask);
        let e =
            fit(table("xor:rows=100"), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap_err();
        assert!(e.to_string().contains(part) && e.exit_code() == 2, "{e}");
    };
    refuse(&|a| a.output = Some(Activation::Linear), "output `linear`");
    refuse(&|a| a.dropout = vec![0.1, 0.2, 0.3], "--dropout");
    refuse(&|a| a.epochs = Some(0), "--epochs");
    refuse(&|a| a.validation = Some(1.5), "--validation");
    refuse(&|a| a.learning_rate = Some(-1.0), "learning rate");
    refuse(&|a| a.batch_size = Some(0), "batch size");
    refuse(&|a| a.activation = vec![Activation::Softmax], "softmax");
}

fn with_weights(mut table: Table, weight: impl Fn(usize) -> f64) -> Table {
    let weights = (0..table.rows).map(weight).collect();
    table.columns.push(Column::new("w", Cells::Number(Numbers::F64(weights))));
    table
}

#[test]
fn a_validation_table_without_weights_is_judged_without() {
    let mut ask = ask("class");
    (ask.roles.weight, ask.epochs, ask.batch_size) = (Some("w".into()), Some(2), Some(50));
    let train = with_weights(table("moons:rows=200,seed=1"), |r| (r % 4) as f64);
    let valid = table("moons:rows=333,seed=2");
    let record = fit(train, Some(valid.clone()), &ask, Machine::new(1), &mut |_| Control::Continue)
        .unwrap()
        .model
        .record;
    let kept = &record.epochs[record.kept_epoch as usize - 1];
    assert!((kept.valid_loss.unwrap() - record.judgement.unwrap().loss().unwrap()).abs() < 1e-9);
    (ask.roles.weight, ask.class_weight) = (None, ClassWeight::Balanced);
    fit(table("moons:rows=200"), Some(valid), &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
}

#[test]
fn the_training_loss_is_the_weighted_mean_whatever_the_batch() {
    let loss = |batch| {
        let mut ask = ask("class");
        (ask.roles.weight, ask.epochs, ask.batch_size) = (Some("w".into()), Some(1), Some(batch));
        (ask.validation, ask.learning_rate) = (Some(0.0), Some(1e-12));
        go(with_weights(table("moons:rows=200"), |r| f64::from(r % 7 == 0)), &ask).record.epochs[0].train_loss
    };
    assert!(
        (loss(1) - loss(200)).abs() < 1e-6 && (loss(8) - loss(200)).abs() < 1e-6,
        "{} {}",
        loss(1),
        loss(8)
    );
}

#[test]
fn validation_rows_that_cannot_judge() {
    let mut ask = ask("y");
    ask.epochs = Some(3);
    let mut far = table("sine:rows=50,seed=2");
    far.columns[0] = Column::new("x", Cells::Number(Numbers::F64(vec![1e200; 50])));
    ask.precision = Precision::F64;
    ask.activation = vec![Activation::Relu];
    let record = fit(table("sine:rows=100"), Some(far), &ask, Machine::new(1), &mut |_| Control::Continue)
        .unwrap()
        .model
        .record;
    assert!(record.epochs.iter().all(|e| e.valid_loss.is_none() && !e.best), "{:?}", record.epochs);
    assert_eq!(record.kept_epoch, 3);
    ask.roles.weight = Some("w".into());
    let (train, valid) = (table("sine:rows=100"), table("sine:rows=50,seed=2"));
    let (train, valid) = (with_weights(train, |_| 1.0), with_weights(valid, |_| 0.0));
    let e = fit(train, Some(valid), &ask, Machine::new(1), &mut |_| Control::Continue).unwrap_err();
    assert!(e.to_string().starts_with("the weight of the validation rows is `0 in all of them`"), "{e}");
}

/// The request for a search, with nothing that a search cannot have.
fn search(optimizer: Optimizer, target: &str) -> Ask {
    let mut ask = ask(target);
    (ask.optimizer, ask.learning_rate, ask.batch_size, ask.dropout) = (optimizer, None, None, vec![0.0]);
    ask.activation = vec![Activation::Tanh];
    ask
}

#[test]
fn a_search_trains_to_the_end_with_early_stopping_and_the_same_bits() {
    for optimizer in [Optimizer::CONJUGATE_GRADIENT, Optimizer::LBFGS] {
        let mut ask = search(optimizer, "class");
        (ask.layers, ask.epochs, ask.patience) = (Some(vec![16]), Some(200), Some(15));
        let run = |threads| {
            fit(table("moons:rows=600,noise=0.2"), None, &ask, Machine::new(threads), &mut |_| {
                Control::Continue
            })
            .unwrap()
            .model
        };
        let model = run(1);
        assert_eq!(model.theta, run(3).theta);
        let record = &model.record;
        assert_eq!(record.ending, Ending::EarlyStopping, "{}", optimizer.name());
        assert!(record.epochs.len() < 200 && record.kept_epoch as usize + 15 == record.epochs.len());
        let losses: Vec<f64> = record.epochs.iter().map(|e| e.train_loss).collect();
        assert!(losses.windows(2).all(|w| w[1] <= w[0]), "{losses:?}");
        assert!(record.judgement.as_ref().unwrap().loss().unwrap() < 0.2, "{}", optimizer.name());
        // What is recorded can be asked again.
        let again = fit(table("moons:rows=600,noise=0.2"), None, &record.ask, Machine::new(1), &mut |_| {
            Control::Continue
        });
        assert_eq!(again.unwrap().model.theta, model.theta);
    }
}

#[test]
fn a_convex_search_converges() {
    let mut ask = search(Optimizer::LBFGS, "class");
    (ask.layers, ask.epochs, ask.validation) = (Some(vec![]), Some(500), Some(0.0));
    (ask.penalty.l2, ask.precision) = (0.01, Precision::F64);
    let record = go(table("blobs:rows=700"), &ask).record;
    assert_eq!(record.ending, Ending::Converged, "{:?}", record.epochs.last());
    assert!(record.epochs.len() < 60, "{}", record.epochs.len());
}

#[test]
fn a_search_refuses_mini_batches_and_a_learning_rate() {
    let mut ask = search(Optimizer::LBFGS, "class");
    (ask.batch_size, ask.learning_rate) = (Some(32), Some(0.1));
    let e = fit(table("xor:rows=100"), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap_err();
    let text = e.to_string();
    assert!(text.contains("--batch-size does not go with --optimizer lbfgs") && e.exit_code() == 2, "{text}");
    assert!(text.contains("--learning-rate does not go with"), "{text}");
}

#[test]
fn the_recorded_learning_rates_follow_the_schedule() {
    let rates = |schedule: &str| {
        let mut ask = ask("class");
        (ask.epochs, ask.patience, ask.learning_rate) = (Some(12), Some(0), Some(0.5));
        (ask.optimizer, ask.schedule) = (Optimizer::SGD, Some(Schedule::parse(schedule).unwrap()));
        let record = go(table("moons:rows=200,noise=0.3"), &ask).record;
        (record.epochs.iter().map(|e| e.learning_rate).collect::<Vec<_>>(), record.epochs)
    };
    assert_eq!(rates("step:0.5:5").0[3..7], [0.5, 0.5, 0.25, 0.25]);
    assert_eq!(rates("exponential:0.5").0[..3], [0.5, 0.25, 0.125]);
    // 160 training rows in batches of 16: 10 steps an epoch, the last of the second is the 20th.
    assert_eq!(rates("inverse:0.25").0[1], 0.5 / (1.0 + 0.25 * 19.0));
    let (slowed, epochs) = rates("plateau:0.5:1");
    let mut rate = 0.5;
    for (epoch, slowed) in epochs.iter().zip(slowed) {
        assert_eq!(slowed, rate, "epoch {}", epoch.epoch);
        rate *= if epoch.best { 1.0 } else { 0.5 };
    }
    assert!(rate < 0.5, "a plateau was met");
}

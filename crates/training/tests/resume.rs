//! A run that is stopped anywhere and goes on from its checkpoints ends with the bits of one that was not.

use feedforward_data::generated::Set;
use feedforward_data::prepare::Roles;
use feedforward_data::table::Table;
use feedforward_network::schedule::Plateau;
use feedforward_network::{Activation, Optimizer, Plan, Schedule};
use feedforward_training::checkpoint::Snapshot;
use feedforward_training::state::Here;
use feedforward_training::stop::Best;
use feedforward_training::{
    Ask, Checkpoints, ClassWeight, Control, Ending, Event, Fitted, Machine, Precision, checkpoint, fit,
    fit_kept,
};
use std::path::Path;
use std::time::Duration;

fn moons(rows: usize) -> Table {
    let set = Set::find("moons").unwrap();
    set.generate(&feedforward_data::generated::Recipe { rows, seed: 3, ..set.recipe() }).unwrap()
}

fn ask(layers: &[usize], epochs: u64) -> Ask {
    let roles = Roles { target: vec!["class".into()], ..Roles::default() };
    Ask { roles, layers: Some(layers.to_vec()), epochs: Some(epochs), ..Ask::default() }
}

/// Five kinds of run.
fn kinds() -> Vec<(&'static str, usize, Ask)> {
    let apart = |ask: Ask| Ask { validation: Some(0.2), refit: Some(false), ..ask };
    let plateau = Schedule::Plateau(Plateau { factor: 0.5, patience: 1.0 });
    vec![
        ("Adam with dropout", 120, apart(Ask { dropout: vec![0.3], ..ask(&[9], 5) })),
        ("L-BFGS in folds", 60, Ask { optimizer: Optimizer::LBFGS, ..ask(&[4], 5) }),
        (
            "plateau and patience",
            120,
            apart(Ask {
                schedule: Some(plateau),
                patience: Some(3),
                learning_rate: Some(0.2),
                optimizer: Optimizer::MOMENTUM,
                ..ask(&[6], 12)
            }),
        ),
        (
            "class weights, f64, RReLU",
            100,
            Ask {
                class_weight: ClassWeight::Balanced,
                precision: Precision::F64,
                activation: vec!["rrelu".parse::<Activation>().unwrap()],
                refit: Some(true),
                validation: Some(0.3),
                ..ask(&[5], 4)
            },
        ),
        ("folds and refit", 80, ask(&[4], 4)),
    ]
}

/// Go on with a run in `folder`, and stop after so many steps; with whether the epochs' ends are news that stop, too.
fn go_on(table: &Table, ask: &Ask, folder: &Path, steps: usize, every: Duration) -> Fitted {
    let mut checkpoints = Checkpoints::of(folder).unwrap();
    checkpoints.set_every(every);
    let mut left = steps;
    let observe = &mut |event: Event<'_>| {
        if !matches!(event, Event::Step { .. } | Event::Epoch(_)) {
            return Control::Continue;
        }
        left = left.saturating_sub(1);
        if left == 0 { Control::Stop } else { Control::Continue }
    };
    let machine = Machine::new(1 + steps % 2);
    fit_kept(table.clone(), None, ask, machine, &mut checkpoints, observe).unwrap()
}

#[test]
fn stopped_at_every_step() {
    for (name, rows, ask) in kinds() {
        let table = moons(rows);
        let whole = fit(table.clone(), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
        assert_ne!(whole.model.record.ending, Ending::Interrupted);
        for stride in [1, 2, 3, 5, 8, 13] {
            let folder = tempfile::tempdir().unwrap();
            let mut parts = 0;
            let end = loop {
                let part = go_on(&table, &ask, folder.path(), stride, Duration::MAX);
                parts += 1;
                assert!(parts < 2_000, "{name}");
                if part.model.record.ending != Ending::Interrupted {
                    break part;
                }
            };
            assert!(parts > 2, "{name}: {parts}");
            assert_eq!(end, whole, "{name}, {stride} steps at a time, in {parts} parts");
        }
    }
}

#[test]
fn a_kill_loses_what_came_after_the_checkpoint_and_nothing_else() {
    for (name, rows, ask) in kinds() {
        let table = moons(rows);
        let whole = fit(table.clone(), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
        let folder = tempfile::tempdir().unwrap();
        // A checkpoint after every step; what a kill leaves is the folder as it was then.
        go_on(&table, &ask, folder.path(), 7, Duration::ZERO);
        let mut names: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
        names.sort();
        assert_eq!(names.len(), 2, "{name}: two stay");
        let newest = std::fs::read(&names[1]).unwrap();
        let places = (0..newest.len()).step_by(newest.len() / 40).chain([newest.len() - 1]);
        for (i, at) in places.enumerate() {
            let other = tempfile::tempdir().unwrap();
            for name in &names {
                std::fs::copy(name, other.path().join(name.file_name().unwrap())).unwrap();
            }
            let mut bad = newest.clone();
            if i % 2 == 0 {
                bad.truncate(at);
            } else {
                bad[at] ^= 1 << (i % 8);
            }
            std::fs::write(other.path().join(names[1].file_name().unwrap()), bad).unwrap();
            let mut passed = 0;
            let mut checkpoints = Checkpoints::of(other.path()).unwrap();
            let end = fit_kept(table.clone(), None, &ask, Machine::new(1), &mut checkpoints, &mut |event| {
                if let Event::Resume { passed: all, next } = event {
                    passed += all.len();
                    assert!(next.is_some(), "{name}: the one before is good");
                }
                Control::Continue
            });
            assert_eq!((passed, end.unwrap() == whole), (1, true), "{name}, byte {at}");
        }
    }
}

#[test]
fn a_small_checkpoint_cut_or_changed_anywhere_is_seen() {
    let (table, ask) =
        (moons(40), Ask { layers: Some(vec![2]), optimizer: Optimizer::SGD, ..kinds()[0].2.clone() });
    let folder = tempfile::tempdir().unwrap();
    let stopped = go_on(&table, &ask, folder.path(), 3, Duration::MAX);
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(path).unwrap();
    let plan = Plan::new(&stopped.model.spec, 16, 1).unwrap();
    let read = |bytes: &[u8]| checkpoint::read::<f32>(bytes, bytes.len() as u64, &[&plan], &plan);
    let whole = read(&bytes).unwrap();
    for at in 0..bytes.len() {
        assert_eq!(read(&bytes[..at]).unwrap_err().exit_code(), 5, "cut at {at}");
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        // Blanks that fill the header up say nothing.
        match read(&flipped) {
            Ok(same) => assert_eq!(same, whole, "byte {at}"),
            Err(e) => assert_eq!(e.exit_code(), 5, "byte {at}"),
        }
    }
    assert!(checkpoint::read::<f64>(&bytes[..], bytes.len() as u64, &[&plan], &plan).is_err());
}

/// A run with a last training on all rows, stopped inside that: its rows, what was asked, its checkpoint.
fn stopped_in_the_last_training() -> (Table, Ask, Plan, Snapshot<f64>) {
    let (table, ask) = (moons(100), kinds().swap_remove(3).2);
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::of(folder.path()).unwrap();
    let (mut last, mut epochs) = (false, 0);
    let observe = &mut |event: Event<'_>| {
        last |= matches!(event, Event::Refit { .. });
        epochs += usize::from(last && matches!(event, Event::Epoch(_)));
        if epochs > 0 && matches!(event, Event::Step { .. }) { Control::Stop } else { Control::Continue }
    };
    let stopped = fit_kept(table.clone(), None, &ask, Machine::new(1), &mut checkpoints, observe).unwrap();
    let plan = Plan::new(&stopped.model.spec, 16, 1).unwrap();
    let snapshot = checkpoints.last::<f64>(&[&plan], &plan).unwrap().snapshot.unwrap();
    assert!(snapshot.first.is_some() && snapshot.state.here.step == 1);
    (table, ask, plan, snapshot)
}

/// Somebody who knows the format can write a checkpoint with the right checksum that says what cannot be.
#[test]
fn checkpoints_that_lie_are_passed_over() {
    let (table, ask, _, sound) = stopped_in_the_last_training();
    let whole = fit(table.clone(), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
    let go_on = |snapshot: &Snapshot<f64>| {
        let folder = tempfile::tempdir().unwrap();
        let bytes = checkpoint::to_bytes(&snapshot.state, snapshot.first.as_ref()).unwrap();
        std::fs::write(folder.path().join("checkpoint-1.ff"), bytes).unwrap();
        let (mut passed, mut checkpoints) = (0, Checkpoints::of(folder.path()).unwrap());
        let end = fit_kept(table.clone(), None, &ask, Machine::new(1), &mut checkpoints, &mut |event| {
            if let Event::Resume { passed: all, .. } = event {
                passed += all.len();
            }
            Control::Continue
        });
        assert!(end.unwrap() == whole);
        passed
    };
    assert_eq!(go_on(&sound), 0);
    type Lie = (&'static str, fn(&mut Snapshot<f64>));
    let lies: [Lie; 8] = [
        ("steps of an epoch", |s| s.state.here.step = u64::MAX),
        ("steps of a network", |s| s.state.networks[0].parameters.t = u64::MAX),
        ("epochs that a plateau waited", |s| s.state.networks[0].rest.slowed.waited = u64::MAX),
        ("iterations", |s| s.state.networks[0].rest.search.iterations = u64::MAX),
        ("another epoch", |s| s.state.epochs[0].epoch = 9),
        ("another epoch of the first training", |s| s.first.as_mut().unwrap().epochs[0].epoch = 0),
        ("the last training is over", |s| s.first.as_mut().unwrap().kept_epoch = s.state.epochs.len() as u64),
        ("a last training of no epochs", |s| {
            s.first.as_mut().unwrap().kept_epoch = 0;
            s.state.epochs.clear();
            s.state.best = Best::new();
            s.state.here = Here::before(1);
        }),
    ];
    for (name, lie) in lies {
        let mut snapshot = sound.clone();
        lie(&mut snapshot);
        assert_eq!(go_on(&snapshot), 1, "{name}");
    }
}

/// Files that only look like checkpoints by their names, and one after which there could be none.
#[test]
fn names_that_are_not_ours_are_left_alone() {
    let (table, ask) = (moons(40), ask(&[2], 2));
    let folder = tempfile::tempdir().unwrap();
    let names =
        ["checkpoint-18446744073709551615.ff", "checkpoint-01.ff", "checkpoint-+1.ff", "checkpoint-x.ff"];
    for name in names {
        std::fs::write(folder.path().join(name), "precious").unwrap();
    }
    let mut checkpoints = Checkpoints::of(folder.path()).unwrap();
    assert!(checkpoints.is_empty());
    fit_kept(table, None, &ask, Machine::new(1), &mut checkpoints, &mut |_| Control::Continue).unwrap();
    for name in names {
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"precious", "{name}");
    }
}

/// Nobody writes into it: whoever opens it waits for ever.
#[cfg(unix)]
#[test]
fn a_pipe_is_no_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("checkpoint-3.ff");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (_, _, plan, _) = stopped_in_the_last_training();
    let found = Checkpoints::of(folder.path()).unwrap().last::<f64>(&[&plan], &plan).unwrap();
    assert!(found.snapshot.is_none() && found.passed.len() == 1 && found.passed[0].contains("it is no file"));
}

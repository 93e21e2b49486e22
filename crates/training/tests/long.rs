//! Long runs: what an epoch costs does not grow with the epochs before it.

use allocation_counter::{AllocationInfo, measure};
use feedforward_data::generated;
use feedforward_data::prepare::Roles;
use feedforward_training::{Ask, Checkpoints, Control, Event, Machine, fit, fit_kept};

fn ask(epochs: u64) -> Ask {
    let roles = Roles { target: vec!["class".into()], ..Roles::default() };
    Ask {
        roles,
        layers: Some(vec![2]),
        epochs: Some(epochs),
        validation: Some(0.25),
        refit: Some(false),
        ..Ask::default()
    }
}

/// What a training of so many epochs takes between its first step and its end.
fn taken(epochs: u64) -> AllocationInfo {
    let (set, recipe) = generated::parse("moons:rows=40,noise=0.2").unwrap().unwrap();
    let table = set.generate(&recipe).unwrap();
    // No patience: all epochs are made.
    let ask = Ask { patience: Some(0), ..ask(epochs) };
    measure(|| {
        let fitted = fit(table.clone(), None, &ask, Machine::new(1), &mut |_| Control::Continue).unwrap();
        assert_eq!(fitted.model.record.epochs.len() as u64, epochs);
    })
}

/// The history keeps a line of each epoch, and judging takes what it takes; nothing else grows.
#[test]
fn an_epoch_takes_what_every_epoch_takes() {
    let (short, long, longer) = (taken(512), taken(1024), taken(1536));
    let (second, third) = (long.count_total - short.count_total, longer.count_total - long.count_total);
    assert!(second.abs_diff(third) <= 8, "{second} allocations of 512 epochs, {third} of 512 later ones");
    // A line is under 200 bytes; a list that grows has room for twice as many, and is copied when it does.
    let most = 1024 * 200 * 3;
    let grown = longer.bytes_max.saturating_sub(short.bytes_max);
    assert!(grown <= most, "{grown} bytes more for 1,024 epochs more");
}

/// A checkpoint holds all epochs before it: kept after each of many short ones, it would take the square of their number.
#[test]
fn checkpoints_of_short_epochs_do_not_take_the_time_of_all() {
    let (set, recipe) = generated::parse("moons:rows=40,noise=0.2").unwrap().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::of(folder.path()).unwrap();
    let (mut names, mut epochs) = (std::collections::BTreeSet::new(), 0);
    let ask = Ask { patience: Some(0), ..ask(400) };
    let observe = &mut |event: Event<'_>| {
        if matches!(event, Event::Epoch(_)) {
            epochs += 1;
            let there = std::fs::read_dir(folder.path()).unwrap();
            names.extend(there.map(|e| e.unwrap().file_name()));
        }
        Control::Continue
    };
    fit_kept(set.generate(&recipe).unwrap(), None, &ask, Machine::new(1), &mut checkpoints, observe).unwrap();
    // The first is kept at once. An epoch takes far less than bringing a file to the disk does.
    assert!(epochs == 400 && !names.is_empty() && names.len() < 200, "{} checkpoints", names.len());
}

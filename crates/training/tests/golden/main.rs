//! Golden hashes: the bits that training makes, on every instruction set and any number of threads.
//!
//! `testdata/golden/bits.toml` holds them, and its README says what a change of one means. With
//! FEEDFORWARD_WRITE_GOLDEN=1 they are written instead of compared.

mod file;
mod runs;
mod table;

use feedforward_data::prepare::{Target, Unseen};
use feedforward_kernels::Arch;
use feedforward_network::{Activation, Init, Loss, Optimizer, Schedule};
use feedforward_training::{
    Answers, Ask, Checkpoints, Control, EpochRecord, Event, Fitted, Machine, certificate, fingerprint, fit,
    fit_kept, preview,
};
use file::{Hashes, golden, short};
use runs::Run;
use std::collections::BTreeSet;

const THREADS: [usize; 4] = [1, 2, 3, 7];

/// A way to run: none may change a bit.
struct Way {
    name: String,
    machine: Machine,
    fit: fn(&Run, Machine) -> Fitted,
}

fn way(arch: Arch, threads: usize) -> Way {
    Way {
        name: format!("{}, {threads} threads", arch.name()),
        machine: Machine { arch, threads },
        fit: in_memory,
    }
}

/// The ways of the `i`-th run. The scalar path is fifty times slower and divides its work like the others: each run
/// takes it with one number of threads, and neighbours with others.
fn ways(i: usize) -> Vec<Way> {
    let vectors = Arch::available().into_iter().filter(|a| *a != Arch::Scalar);
    let mut ways: Vec<Way> = vectors.flat_map(|arch| THREADS.map(|threads| way(arch, threads))).collect();
    ways.push(way(Arch::Scalar, THREADS[i % 4]));
    ways.push(Way { name: "kept in checkpoints".into(), fit: in_checkpoints, ..way(Arch::best(), 2) });
    ways
}

fn silent(_: Event<'_>) -> Control {
    Control::Continue
}

fn in_memory(run: &Run, machine: Machine) -> Fitted {
    let fitted = fit(run.table.clone(), run.valid.clone(), &run.ask, machine, &mut silent);
    fitted.unwrap_or_else(|e| panic!("{}: {e}", run.name))
}

fn in_checkpoints(run: &Run, machine: Machine) -> Fitted {
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoints = Checkpoints::of(folder.path()).unwrap();
    let tables = (run.table.clone(), run.valid.clone());
    fit_kept(tables.0, tables.1, &run.ask, machine, &mut checkpoints, &mut silent).unwrap()
}

/// The hashes of what a run has brought.
fn hashes(run: &Run, fitted: &Fitted, machine: Machine) -> Hashes {
    let model = &fitted.model;
    let epoch = |e: &EpochRecord| {
        let numbers = [Some(e.train_loss), e.valid_loss, e.valid_score, Some(e.learning_rate)];
        format!("{} {:?} {}\n", e.epoch, numbers.map(|x| x.map(f64::to_bits)), e.theta)
    };
    let epochs = model.record.epochs.iter().chain(model.record.refit.iter().flatten());
    let said = model.predict(run.table.clone(), Unseen::Error, machine).unwrap();
    let (Answers::Classes { probabilities: answers, .. } | Answers::Numbers { values: answers, .. }) =
        said.answers;
    let answers: String = answers.iter().map(|x| format!("{:x} ", x.to_bits())).collect();
    Hashes {
        theta: fingerprint::of_theta(&model.theta)[..file::LENGTH].into(),
        epochs: short(&epochs.map(epoch).collect::<String>()),
        answers: short(&answers),
    }
}

fn outcome(run: &Run, way: &Way) -> Hashes {
    hashes(run, &(way.fit)(run, way.machine), way.machine)
}

/// Hold every way of every run against the file.
fn check(runs: &[Run]) {
    check_ways(runs, ways);
}

fn check_ways(runs: &[Run], ways: impl Fn(usize) -> Vec<Way>) {
    let mut wrong = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        for way in ways(i) {
            wrong.extend(
                golden().differ(&run.name, &outcome(run, &way)).map(|why| format!("{}: {why}", way.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), file::ADVICE);
}

#[test]
fn optimizers() {
    check(&runs::optimizers());
}

#[test]
fn schedules_and_initialisations() {
    check(&runs::schedules());
    check(&runs::inits());
}

#[test]
fn losses() {
    check(&runs::losses());
}

#[test]
fn activations() {
    check(&runs::activations());
}

#[test]
fn options() {
    check(&runs::options());
}

#[test]
fn data() {
    check(&runs::data());
}

#[test]
#[ignore = "half a minute in a release build, many in a debug build; run with: cargo test --release -p feedforward-training --test golden -- --ignored"]
fn the_scalar_path_on_every_number_of_threads() {
    check_ways(&runs::all(), |_| THREADS.map(|threads| way(Arch::Scalar, threads)).into());
}

/// The first run of a thread, and one after others of other sizes and precisions: what an earlier run has left in
/// memory that is kept from call to call changes nothing.
#[test]
fn alone_and_after_others() {
    let one_thread = || Way { name: "alone".into(), machine: Machine::new(1), fit: in_memory };
    let runs: Vec<Run> = runs::all().into_iter().step_by(4).collect();
    let alone = |run: &Run| std::thread::scope(|s| s.spawn(|| outcome(run, &one_thread())).join().unwrap());
    let wrong: Vec<String> = runs.iter().filter_map(|run| golden().differ(&run.name, &alone(run))).collect();
    assert!(wrong.is_empty(), "each alone in its thread: {wrong:#?}");
    let after = |run: &Run| golden().differ(&run.name, &outcome(run, &one_thread()));
    let wrong: Vec<String> = runs.iter().rev().filter_map(after).collect();
    assert!(wrong.is_empty(), "one after the other: {wrong:#?}");
}

/// A function or an option without a golden run is not promised to anybody.
#[test]
fn everything_has_a_run() {
    let runs = runs::all();
    let mut functions = BTreeSet::new();
    let mut teams = 0;
    for run in &runs {
        let chosen = preview(&run.table, run.valid.as_ref(), &run.ask, Machine::new(3));
        let chosen = chosen.unwrap_or_else(|e| panic!("{}: {e}", run.name));
        let spec = chosen.plan.spec();
        functions.extend(spec.layers.iter().map(|l| format!("activation {}", l.activation.name())));
        functions.insert(format!("loss {}", spec.loss.name()));
        functions.insert(format!("optimizer {}", spec.optimizer.name()));
        functions.insert(format!("schedule {}", spec.schedule.name()));
        functions.insert(format!("init {}", spec.init));
        functions.insert(match chosen.preparation.target {
            Target::Classes { .. } => "target classes".into(),
            Target::Numbers { .. } => "target numbers".into(),
        });
        teams += usize::from(chosen.plan.threads() == 3);
    }
    let lists = [
        Activation::ALL.iter().map(|f| format!("activation {}", f.name())).collect::<Vec<_>>(),
        Loss::ALL.iter().map(|f| format!("loss {}", f.name())).collect(),
        Optimizer::ALL.iter().map(|f| format!("optimizer {}", f.name())).collect(),
        Schedule::ALL.iter().map(|f| format!("schedule {}", f.name())).collect(),
        Init::ALL.iter().map(|f| format!("init {f}")).collect(),
    ];
    for name in lists.iter().flatten() {
        assert!(
            functions.contains(name),
            "{name} has no golden run: add one to crates/training/tests/golden/runs.rs"
        );
    }
    let (names, want): (BTreeSet<&str>, BTreeSet<&str>) =
        (runs.iter().map(|r| r.name.as_str()).collect(), golden().runs.keys().map(String::as_str).collect());
    assert_eq!(names.len(), runs.len(), "two runs have one name");
    let gone: Vec<_> = want.difference(&names).collect();
    assert!(gone.is_empty(), "testdata/golden/bits.toml has hashes of runs that are no more: {gone:?}");
    assert!(teams > runs.len() / 3, "only {teams} of {} runs are worth a team of threads", runs.len());
}

/// Every field of the request is set by a run.
#[test]
fn every_option_has_a_run() {
    let value = |ask: &Ask| serde_json::to_value(ask).unwrap();
    let usual = value(&Ask::default());
    // Where runs differ from the usual request, and all that there is: where it differs from nothing.
    let paths = |ask| {
        certificate::differences(&usual, &value(ask)).into_iter().map(|p| top(&p.path)).collect::<Vec<_>>()
    };
    let set: BTreeSet<String> = runs::all().iter().flat_map(|run| paths(&run.ask)).collect();
    for path in leaves("", &usual) {
        // The loss decides it.
        let decided = path == "prepare.target_range";
        assert!(decided || set.contains(&path), "no golden run sets the option `{path}`");
    }
}

/// `penalty.l1` of `penalty.l1`, `activation` of `activation.1`.
fn top(path: &str) -> String {
    let parts = path.split('.').take_while(|part| part.parse::<usize>().is_err() && *part != "name");
    parts.collect::<Vec<_>>().join(".")
}

/// The paths of all options.
fn leaves(path: &str, value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Object(fields) if !fields.contains_key("name") => {
            let below = |key: &str| if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            fields.iter().flat_map(|(key, value)| leaves(&below(key), value)).collect()
        }
        _ => vec![path.into()],
    }
}

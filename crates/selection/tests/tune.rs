//! Searches as their users see them: a folder with the same files, whatever happened in between.

use feedforward_base::Result;
use feedforward_data::generated;
use feedforward_selection::tune::{
    By, Flag, Found, Judge, News, Parts, Request, Search, Space, Test, Tuning, tune,
};
use feedforward_training::ledger::Ledger;
use feedforward_training::{Ask, Machine};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

const NAMES: [&str; 6] = ["layers", "learning-rate", "batch-size", "width", "depth", "dropout"];
const SPACE: &str = "learning-rate = { low = 1e-3, high = 0.1, log = true }\nlayers = ['4', '8', '4,4']";
const FILES: [&str; 5] = ["trials.csv", "tune.json", "best.toml", "best.ff", "best.json"];

/// What the flags of these tests ask.
fn ask(flags: &[Flag]) -> Result<Ask> {
    let mut ask = Ask::default();
    ask.roles.target = vec!["class".into()];
    for (name, value) in flags {
        let number = || value.parse::<f64>().unwrap();
        match name.as_str() {
            "layers" => ask.layers = Some(value.split(',').map(|u| u.parse().unwrap()).collect()),
            "learning-rate" => ask.learning_rate = Some(number()),
            "batch-size" => ask.batch_size = Some(number() as usize),
            "dropout" => ask.dropout = vec![number()],
            "epochs" => ask.epochs = Some(number() as u64),
            "validation" => ask.validation = Some(number()),
            "seed" => ask.seed = number() as u64,
            other => panic!("{other}"),
        }
    }
    Ok(ask)
}

fn request(space: &str, search: Search, trials: usize) -> Request<'static> {
    Request {
        space: Space::parse(space, &NAMES).unwrap(),
        search,
        trials: Some(trials),
        judge: Judge::Validation(0.25),
        by: By::Loss,
        seed: 1,
        fixed: vec![("epochs".into(), "4".into())],
        ask: &ask,
    }
}

fn moons(test: Test) -> Parts {
    let (set, recipe) = generated::parse("moons:rows=120,noise=0.2,seed=2").unwrap().unwrap();
    let roles = ask(&[]).unwrap().roles;
    Parts::new(set.generate(&recipe).unwrap(), test, &roles, 1).unwrap()
}

fn search(parts: &Parts, request: &Request<'_>, threads: usize, folder: &Path) -> Result<Found> {
    tune(parts, request, Machine::new(threads), folder, &mut |_| {}, &|| false)
}

fn found(result: Result<Found>) -> (Tuning, bool) {
    match result.unwrap() {
        Found::Tuning { tuning, again } => (*tuning, again),
        other => panic!("{other:?}"),
    }
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    FILES
        .iter()
        .map(|name| std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}

/// Stop after every so many trials, and go on on another number of threads each time.
fn in_pieces(parts: &Parts, request: &Request<'_>, every: usize, folder: &Path) {
    for threads in [1, 2, 3].into_iter().cycle().take(40) {
        let done = AtomicUsize::new(0);
        let count = &mut |news: News<'_>| {
            if let News::Trial(..) = news {
                done.fetch_add(1, Ordering::Relaxed);
            }
        };
        let stop = || done.load(Ordering::Relaxed) >= every;
        match tune(parts, request, Machine::new(threads), folder, count, &stop).unwrap() {
            Found::Tuning { .. } => return,
            Found::Interrupted { done, total } => assert!(done > 0 && done <= total),
        }
    }
    panic!("it never came to its end");
}

#[test]
fn threads_and_interruptions_leave_no_trace() {
    let parts = moons(Test::Share(0.2));
    for (search_by, trials, judge) in [
        (Search::Random, 5, Judge::Validation(0.25)),
        (Search::Halving, 6, Judge::Validation(0.25)),
        (Search::Random, 3, Judge::Folds(3)),
    ] {
        let request = Request { judge, ..request(SPACE, search_by, trials) };
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let (whole, again) = found(search(&parts, &request, 1, &at("whole")));
        assert!(!again);
        found(search(&parts, &request, 3, &at("threads")));
        in_pieces(&parts, &request, 2, &at("pieces"));
        let want = files(&at("whole"));
        assert_eq!(files(&at("threads")), want, "{search_by:?}");
        assert_eq!(files(&at("pieces")), want, "{search_by:?}");
        let (after, again) = found(search(&parts, &request, 1, &at("whole")));
        assert!(again && after == whole, "{search_by:?}: found once");
        assert_eq!(whole.winner.test.as_ref().map(|t| t.rows()), Some(24));
    }
}

#[test]
fn a_finished_folder_is_repaired() {
    let parts = moons(Test::Share(0.2));
    let request = request(SPACE, Search::Random, 2);
    let dir = tempfile::tempdir().unwrap();
    found(search(&parts, &request, 1, dir.path()));
    let want = files(dir.path());
    let damages: [&dyn Fn(); 4] = [
        &|| std::fs::remove_file(dir.path().join("best.json")).unwrap(),
        &|| std::fs::remove_file(dir.path().join("best.ff")).unwrap(),
        &|| std::fs::write(dir.path().join("best.json"), "{").unwrap(),
        &|| std::fs::write(dir.path().join("best.ff"), &want[3][..100]).unwrap(),
    ];
    for (i, damage) in damages.iter().enumerate() {
        damage();
        assert!(found(search(&parts, &request, 1, dir.path())).1, "{i}");
        assert_eq!(files(dir.path()), want, "{i}");
    }
}

#[test]
fn a_journal_that_was_edited_is_refused() {
    let parts = moons(Test::None);
    let request = request(SPACE, Search::Halving, 6);
    let dir = tempfile::tempdir().unwrap();
    found(search(&parts, &request, 1, dir.path()));
    let path = dir.path().join("tune.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    // What was asked, six trials and three that go on, the end.
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 11);
    let edited = |lines: &[&str], part: &str| {
        std::fs::write(&path, lines.concat()).unwrap();
        let said = search(&parts, &request, 1, dir.path()).unwrap_err().to_string();
        assert!(said.contains("tune.jsonl") && said.contains(part), "{part}: {said}");
    };
    let far = lines[1].replace("\"trial\":1,", "\"trial\":99,");
    edited(&[lines[0], &far], "no trial 99 of rung 1 is due");
    edited(&[lines[0], lines[7]], "of rung 2 is due");
    edited(&[lines[0], lines[1], lines[1]], "trial 1 of rung 1 stands in it twice");
    edited(&[&text, lines[1]], "it goes on after its end");
    edited(&[lines[0], lines[1], lines[10]], "it ends before all trials are done");
    let own = lines[10].replace("\"rung\":2", "\"rung\":1");
    edited(&[&lines[..10], &[own.as_str()]].concat(), "its winner is not its best trial");
    let other = lines[2].replace("\"learning-rate\",\"", "\"learning-rate\",\"9");
    edited(&[lines[0], &other], "trial 2 of rung 1 has other settings");
    std::fs::write(&path, &text).unwrap();
    assert!(found(search(&parts, &request, 1, dir.path())).1);
}

#[test]
fn the_winner_is_the_best_and_learns_from_all_rows() {
    let parts = moons(Test::Share(0.2));
    let dir = tempfile::tempdir().unwrap();
    let (tuning, _) = found(search(&parts, &request(SPACE, Search::Random, 6), 2, dir.path()));
    assert_eq!((tuning.rows, tuning.test_rows, tuning.trials.len()), (96, 24, 6));
    let best = tuning.trials.iter().filter_map(|t| t.score()).fold(f64::INFINITY, f64::min);
    assert_eq!(tuning.winner.score, best);
    let model = feedforward_training::model_file::load(&dir.path().join("best.ff")).unwrap();
    assert_eq!((model.record.train_rows, model.record.valid_rows), (96, 0));
    assert_eq!(model.record.epochs.len() as u64, tuning.winner.epochs);
    // The trial by itself, with its flags alone.
    let trial = &tuning.trials[tuning.winner.trial - 1];
    let own = ask(&request(SPACE, Search::Random, 6).flags(&trial.flags)).unwrap();
    let fitted = feedforward_training::fit(parts.rest, None, &own, Machine::new(1), &mut |_| {
        feedforward_training::Control::Continue
    });
    let record = fitted.unwrap().model.record;
    assert_eq!(record.judgement.and_then(|j| j.loss()), Some(best));
    assert_eq!(record.kept_epoch, tuning.winner.epochs);
}

#[test]
fn the_record_counts_that_the_test_rows_were_used() {
    let parts = moons(Test::Share(0.2));
    let dir = tempfile::tempdir().unwrap();
    let (tuning, _) = found(search(&parts, &request(SPACE, Search::Random, 2), 1, dir.path()));
    let ledger = Ledger::read(&dir.path().join("best.json")).unwrap().unwrap();
    assert_eq!(ledger.times(&tuning.test_fingerprint.unwrap()), 1);
    assert_eq!(ledger.times(&tuning.fingerprint), 0);
    let same = Parts { test: Some(parts.rest.clone()), rest: parts.rest };
    let e = search(&same, &request(SPACE, Search::Random, 2), 1, &dir.path().join("b")).unwrap_err();
    assert!(e.to_string().contains("hold the same rows"), "{e}");
}

#[test]
fn halving_goes_on_with_the_best_third_and_the_default() {
    let parts = moons(Test::None);
    let dir = tempfile::tempdir().unwrap();
    let (tuning, _) = found(search(&parts, &request(SPACE, Search::Halving, 6), 1, dir.path()));
    assert_eq!(tuning.rungs.iter().map(|r| (r.trials, r.epochs)).collect::<Vec<_>>(), [(6, 1), (3, 4)]);
    assert!(tuning.trials[0].settings.values().all(|v| v == "default"), "what the program chooses");
    let mut first: Vec<_> = tuning.trials[1..6].iter().map(|t| (t.score().unwrap(), t.trial)).collect();
    first.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut want = [1, first[0].1, first[1].1];
    want.sort_unstable();
    assert_eq!(tuning.trials[6..].iter().map(|t| t.trial).collect::<Vec<_>>(), want);
    assert!(
        tuning.trials[6..].iter().all(|t| t.rung == 2 && t.flags.contains(&("epochs".into(), "4".into())))
    );
    assert_eq!((tuning.winner.rung, &tuning.winner.test), (2, &None));
    assert_eq!(tuning.default_score(), tuning.trials[6].score());
    assert!(tuning.winner.score <= tuning.default_score().unwrap());
}

#[test]
fn what_cannot_be_trained_is_kept_as_failed() {
    let parts = moons(Test::None);
    let dir = tempfile::tempdir().unwrap();
    // Dropout of 1 is refused, a learning rate of 1e30 diverges.
    let space = "dropout = [1, 0]\nlearning-rate = [1e30, 0.01]";
    let (tuning, _) = found(search(&parts, &request(space, Search::Grid, 4), 2, dir.path()));
    let failed: Vec<Option<&str>> = tuning.trials.iter().map(|t| t.failure()).collect();
    assert!(failed[0].is_some() && failed[1].is_some() && failed[3].is_none(), "{failed:?}");
    assert!(failed[2].unwrap().contains("training diverged"), "{failed:?}");
    assert_eq!(tuning.winner.trial, 4);
    let text = String::from_utf8(files(dir.path())[0].clone()).unwrap();
    assert!(text.contains("training diverged"), "{text}");
    let dir = tempfile::tempdir().unwrap();
    let e = search(&parts, &request("learning-rate = [1e30, 2e30]", Search::Grid, 4), 1, dir.path());
    let e = e.unwrap_err().to_string();
    assert!(e.contains("the number of trials that could be judged is 0; it must be at least 1 of 2"), "{e}");
    assert!(e.contains("trial 1 failed because training diverged") && e.contains("; at: moons, row "), "{e}");
}

#[test]
fn requests_that_cannot_be() {
    let parts = moons(Test::None);
    let said = |request: &Request<'_>| request.plan(&parts, Machine::new(1)).unwrap_err().to_string();
    let f1 = By::Metric("rmse".parse().unwrap());
    assert!(
        said(&Request { by: f1, ..request(SPACE, Search::Random, 3) })
            .contains("no metric of classes `rmse`")
    );
    assert!(
        said(&Request { judge: Judge::Folds(1), ..request(SPACE, Search::Random, 3) })
            .contains("--folds is `1`")
    );
    assert!(
        said(&Request { trials: Some(0), ..request(SPACE, Search::Random, 3) }).contains("--trials is `0`")
    );
    let fixed = vec![("layers".to_string(), "4".to_string())];
    assert!(
        said(&Request { fixed, ..request(SPACE, Search::Random, 3) }).contains("what is fixed cannot vary")
    );
    assert!(said(&request("dropout = [1, 2]", Search::Grid, 3)).contains("dropout"));
    assert!(said(&request(SPACE, Search::Grid, 3)).contains("add `steps = 5`"));
}

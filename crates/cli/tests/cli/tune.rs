//! `ff tune`: killed, interrupted and run again it finds the same; what cannot be is refused before anything is tried.

use crate::common::Folder;
use snapbox::str;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const FILES: [&str; 5] = ["trials.csv", "tune.json", "best.toml", "best.ff", "best.json"];
const SPACE: &str = "learning-rate = { low = 1e-3, high = 0.1, log = true }\nlayers = ['4', '8', [4, 4]]\n";
const TUNE: &str = "tune moons:rows=200,noise=0.2 --space space.toml --trials 6 --epochs 60 -o m";

fn with_space() -> Folder {
    let folder = Folder::with(&[]);
    folder.write("space.toml", SPACE);
    folder
}

fn results(folder: &Folder) -> Vec<Vec<u8>> {
    FILES.iter().map(|name| folder.read(&format!("m/{name}"))).collect()
}

fn start(folder: &Folder, line: &str) -> Child {
    Command::new(snapbox::cmd::cargo_bin!("ff"))
        .args(line.split(' '))
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Wait until the journal has so many lines, or the process has ended.
fn wait_for(folder: &Folder, child: &mut Child, lines: usize) {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read(folder.path("m/tune.jsonl")).unwrap_or_default();
        if text.iter().filter(|b| **b == b'\n').count() >= lines {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the journal does not grow");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn killed_anywhere_it_ends_with_the_same_files() {
    let whole = with_space();
    let said = whole.ok(&format!("{TUNE} --threads 1"));
    let want = results(&whole);
    let threads = with_space();
    assert_eq!(threads.ok(&format!("{TUNE} --threads 2")), said);
    assert_eq!(results(&threads), want);

    let killed = with_space();
    for lines in [1, 2, 4, 7] {
        let mut child = start(&killed, &format!("{TUNE} --threads 2"));
        wait_for(&killed, &mut child, lines);
        child.kill().unwrap();
        child.wait().unwrap();
        // As a kill in the middle of a line leaves it.
        let text = killed.read("m/tune.jsonl");
        let end = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        killed.write("m/tune.jsonl", [&text[..end], b"{\"trial\":{\"tri"].concat());
    }
    assert_eq!(
        killed
            .ok(&format!("{TUNE} --threads 1"))
            .replace("; this search had ended before, they were not used again", ""),
        said
    );
    assert_eq!(results(&killed), want);

    let again = whole.ok(TUNE);
    assert!(again.contains("this search had ended before, they were not used again"), "{again}");
    assert_eq!(results(&whole), want);
}

#[test]
fn ctrl_c_says_how_to_go_on_and_the_folder_is_taken_meanwhile() {
    let folder = with_space();
    let long = "tune moons:rows=4000 --space space.toml --trials 40 --epochs 100000 --patience 0 -o m -q";
    let mut child = start(&folder, long);
    wait_for(&folder, &mut child, 1);
    let said = folder.ff(long).assert().code(3);
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(said.contains(&format!("process {} is searching in this folder", child.id())), "{said}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let said = folder.ff(&format!("{long} --dropout 0.5")).assert().code(2);
    said.stderr_eq(str![[r#"
error: this command does not go with the search that was begun here: --dropout was not given and is 0.5
  at: m/tune.jsonl, row 1
hint: give the same arguments to go on with it, or name another folder with `-o`

"#]]);
}

#[test]
fn the_settings_of_the_winner_make_it_again() {
    let folder = with_space();
    folder.ok(
        "tune moons:rows=200,noise=0.2 --test moons:rows=100 --space space.toml --trials 3 --epochs 5 -o m",
    );
    folder.ok("train moons:rows=200,noise=0.2 --config m/best.toml -o again.ff -q");
    assert_eq!(folder.read("again.ff"), folder.read("m/best.ff"));
    let json = folder.json("evaluate m/best.ff moons:rows=100 --json");
    assert_eq!(json["used_before"], 1, "the test rows are counted");
}

#[test]
fn every_search_by_folds_too() {
    let folder = with_space();
    for (how, trials) in [("random", 3), ("grid", 6), ("halving", 4)] {
        folder.write("space.toml", "learning-rate = [0.01, 0.1, 0.5]\nactivation = ['relu', 'tanh']\n");
        let line = "tune moons:rows=90 --space space.toml --layers 4 --epochs 6 --folds 3 --metric f1 --json";
        let trials = if how == "grid" { String::new() } else { format!("--trials {trials}") };
        let value = folder.json(&format!("{line} --search {how} {trials} -o {how}"));
        let all = value["trials"].as_array().unwrap();
        assert_eq!(value["by"], "f1");
        assert!(all.iter().all(|t| t["scored"]["deviation"].is_f64()), "{value:#}");
        let best = all.iter().filter(|t| t["rung"] == value["winner"]["rung"]);
        let best = best.map(|t| t["scored"]["score"].as_f64().unwrap()).fold(0.0, f64::max);
        assert_eq!(value["winner"]["score"].as_f64(), Some(best), "{how}");
        assert_eq!(value["winner"]["test"]["rows"], 18);
        let file: serde_json::Value =
            serde_json::from_slice(&folder.read(&format!("{how}/tune.json"))).unwrap();
        assert_eq!(file, value, "{how}");
    }
}

#[test]
fn what_would_be_done() {
    let folder = with_space();
    folder
        .ff("tune moons:rows=100 --space space.toml --search halving --trials 9 --epochs 9 --dry-run")
        .assert()
        .success()
        .stdout_eq(str![[r#"
data      moons:rows=100: 64 rows to train, 16 to judge trials, 20 to judge the winner
search    halving, 9 trials, judged by loss
rung 1    9 trials of at most 1 epoch
rung 2    4 trials of at most 3 epochs
rung 3    2 trials of at most 9 epochs
space
  learning-rate   0.001 to 0.1, by factors
  layers          4 | 8 | 4,4
trials, on the rows that do not judge the winner
  ff train moons:rows=100 --epochs=1 --validation=0.2 --seed=0
  ff train moons:rows=100 --epochs=1 --validation=0.2 --seed=0 --learning-rate=0.06798 --layers=4
  ff train moons:rows=100 --epochs=1 --validation=0.2 --seed=0 --learning-rate=0.002193 --layers=8
  … and 6 more

"#]]);
    assert_eq!(folder.files(), ["space.toml"]);
}

#[test]
fn a_space_with_problems() {
    let folder = with_space();
    folder.write(
        "space.toml",
        "learning-rat = [1]\nlayers = []\ndropout = { low = 0, high = 0.5, log = true }\n",
    );
    folder.ff("tune moons --space space.toml").assert().code(2).stderr_eq(str![[r#"
error: 3 problems
  - there is no setting that can vary called `learning-rat`
      at: space.toml, row 1
    hint: did you mean `learning-rate`?
  - layers is `[]`; it must be a list of one value or more
      at: space.toml, row 2
  - `low` of dropout is `0`; it must be above 0 where `log = true`
      at: space.toml, row 3
    hint: raise it, or take a list that has 0 in it

"#]]);
    folder.write("space.toml", SPACE);
    folder.ff("tune moons --space space.toml --layers 8").assert().code(2).stderr_eq(str![[r#"
error: a space with `layers` does not go with `--layers`: what is fixed cannot vary
hint: leave one of them out

"#]]);
    folder.ff("tune moons --space space.toml --search grid").assert().code(2).stderr_eq(str![[r#"
error: learning-rate is `a range without steps`; it must be a list of values in a grid
hint: list its values, or add `steps = 5` to the range

"#]]);
    folder.ff("tune moons --metric rmse").assert().code(2).stderr_eq(str![[r#"
error: there is no metric of classes `rmse`
hint: choose from `loss`, `accuracy`, `balanced_accuracy`, `precision`, `recall`, `f1`, `specificity`, `precision_weighted`, `recall_weighted`, `f1_weighted`, `precision_micro`, `recall_micro`, `f1_micro`, `mcc`, `kappa`, `log_loss`, `brier`, `ece`, `roc_auc`, `average_precision`

"#]]);
}

#[test]
fn failed_trials_are_told() {
    let folder = with_space();
    folder.write("space.toml", "learning-rate = [0.01, 1e30]\nmomentum = [0.5, 'default']\n");
    let line = "tune moons:rows=60 --space space.toml --search grid --layers 4 --epochs 3 -o m -q";
    let said = folder.ok(line);
    assert!(said.contains("The best 1 of 4 trials"), "{said}");
    assert!(
        said.contains("3 trials failed; trial 1: --momentum does not go with --optimizer adam"),
        "{said}"
    );
}

#[test]
fn a_column_that_numbers_the_rows_is_left_out_before_the_test_rows_are() {
    let folder = Folder::with(&[]);
    let row = |text: String, i: u32| format!("{text}{i},{},{}\n", i * 7 % 50, u32::from(i * 7 % 50 > 25));
    folder.write("t.csv", (1..=100).fold("id,x,y\n".to_string(), row));
    folder.write("space.toml", "layers = ['2', '3']\n");
    let tune = "tune t.csv --target y --space space.toml --trials 2 --epochs 2 -o m";
    let said = folder.ff(tune).assert().success();
    let notes = String::from_utf8_lossy(&said.get_output().stderr).into_owned();
    assert!(notes.contains("`id`"), "{notes}");
    let best = String::from_utf8(folder.read("m/best.toml")).unwrap();
    assert!(best.contains("ignore = \"id\""), "{best}");
    let json: serde_json::Value = serde_json::from_slice(&folder.read("m/tune.json")).unwrap();
    assert!(json["winner"]["shape"].as_str().unwrap().starts_with("1-"), "{}", json["winner"]["shape"]);
}

//! Runs that are killed or interrupted go on with the same bits; certificates are held against them.

use crate::common::Folder;
use feedforward::training::{Theta, model_file};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RUN: &str = "--run r --checkpoint-seconds 0.001";
const OUTCOME: [&str; 3] = ["r/model.ff", "r/model.json", "r/certificate.json"];

fn start(folder: &Folder, line: &str) -> Child {
    Command::new(snapbox::cmd::cargo_bin!("ff"))
        .args(line.split(' '))
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The numbers of the checkpoints, ascending.
fn checkpoints(folder: &Folder) -> Vec<u64> {
    let number = |e: std::fs::DirEntry| {
        let name = e.file_name().into_string().unwrap();
        name.strip_prefix("checkpoint-")?.strip_suffix(".ff")?.parse().ok()
    };
    let entries = std::fs::read_dir(folder.path("r")).into_iter().flatten();
    let mut all: Vec<u64> = entries.filter_map(|e| number(e.ok()?)).collect();
    all.sort_unstable();
    all
}

/// Wait until so many checkpoints were written, or the process has ended; kill it.
fn kill_after(folder: &Folder, mut child: Child, written: u64) {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && checkpoints(folder).last().is_none_or(|n| *n < written) {
        assert!(begun.elapsed() < Duration::from_secs(100), "no checkpoint is written");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn outcome(folder: &Folder) -> Vec<Vec<u8>> {
    OUTCOME.iter().map(|name| folder.read(name)).collect()
}

#[test]
fn killed_runs_end_with_the_same_files() {
    for line in [
        "train moons:rows=300,noise=0.2 --layers 16 --dropout 0.3 --epochs 8 --validation 0.2",
        "train circles:rows=200 --layers 8 --optimizer lbfgs --epochs 10 --precision f64",
        "train moons:rows=100 --layers 8 --epochs 6 --activation rrelu --class-weight balanced",
    ] {
        let whole = Folder::with(&[]);
        whole.ok(&format!("{line} {RUN} --threads 1 -q"));
        let killed = Folder::with(&[]);
        kill_after(&killed, start(&killed, &format!("{line} {RUN} --threads 2")), 3);
        for more in [2, 9] {
            let written = checkpoints(&killed).last().map_or(0, |n| *n) + more;
            kill_after(&killed, start(&killed, "resume r --threads 1"), written);
        }
        killed.ok("resume r -q");
        assert_eq!(outcome(&killed), outcome(&whole), "{line}");
        assert_eq!(checkpoints(&killed), [0; 0], "{line}");
        assert!(killed.ok("resume r").starts_with("this run is finished; its model is r/model.ff"));
        assert!(killed.ok("verify r -q").starts_with("verified: the same bits after each of "), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_it_goes_on() {
    let folder = Folder::with(&[]);
    let line =
        format!("train moons:rows=3000 --layers 64 --epochs 12 --validation 0.2 {RUN} --report r.html");
    let mut child = Command::new(snapbox::cmd::cargo_bin!("ff"))
        .args(line.split(' '))
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while checkpoints(&folder).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(100), "no checkpoint is written");
        std::thread::sleep(Duration::from_millis(1));
    }
    // One process at a time.
    let said = folder.ff("resume r").assert().code(3);
    let said = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(said.contains(&format!("process {} is training in this folder", child.id())), "{said}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(said.ends_with("interrupted; `ff resume r` goes on\n"), "{said}");
    assert!(!folder.path("r/model.ff").exists());
    folder.ff("verify r").assert().code(3);
    // From another folder, with the paths that were typed.
    let away = Folder::with(&[]);
    away.ok(&format!("resume {} -q", folder.path("r").display()));
    assert!(folder.path("r.html").exists() && folder.path("r/certificate.json").exists());
}

#[test]
fn other_data_and_other_folders_are_refused() {
    let folder = Folder::with(&[]);
    let table = |last: &str| {
        let row = |i: u32| format!("{i},{},{}\n", i * i % 17, if i.is_multiple_of(3) { "yes" } else { "no" });
        format!("a,b,y\n{}{last}", (0..60).map(row).collect::<String>())
    };
    folder.write("t.csv", table("60,5,no\n"));
    let line = format!("train t.csv --target y --layers 4 --epochs 4000 --patience 0 --validation 0.2 {RUN}");
    kill_after(&folder, start(&folder, &line), 2);
    let refused = |line: &str| {
        let output = folder.ff(line).assert().failure();
        String::from_utf8(output.get_output().stderr.clone()).unwrap()
    };
    folder.write("t.csv", table("60,6,no\n"));
    assert!(refused("resume r").contains("other values stand in `b`"));
    folder.write("t.csv", table(""));
    assert!(refused("resume r").contains("it had 61 rows when the run began, and has 60"));
    assert!(refused(&line).contains("go on with it by `ff resume r`"));
    assert!(refused("resume none").contains("there is no run.json"));
    folder.write("r/run.json", "{}");
    assert!(refused("resume r").contains("it does not say what was asked"));
    assert!(refused("train - --target y --run s").contains("standard input"));
    folder.write("model.ff", "mine");
    assert!(refused("train moons --run .").contains("it is of no run that was begun in this folder"));
    assert_eq!(folder.read("model.ff"), b"mine");
}

/// The folder for rows that do not fit is gone when the run goes on.
#[test]
fn a_run_goes_on_with_another_scratch_folder() {
    let folder = Folder::with(&[]);
    let cell = |r: u32, c: u32| f64::from((r * 31 + c * 17) % 1_009) / 8.0;
    let row = |r| (0..20).map(|c| cell(r, c).to_string()).collect::<Vec<_>>().join(",") + "\n";
    folder.write("t.csv", (0..40_000).map(row).collect::<String>());
    let line =
        format!("train t.csv --target 20 --layers 4 --epochs 2 --batch-size 64 --validation 0.2 {RUN}");
    folder.ok(&format!("{} -q", line.replace("--run r", "--run whole")));
    std::fs::create_dir(folder.path("old")).unwrap();
    std::fs::create_dir(folder.path("new")).unwrap();
    kill_after(&folder, start(&folder, &format!("{line} --memory 32M --scratch old")), 3);
    std::fs::remove_dir(folder.path("old")).unwrap();
    let output = folder.ff("resume r").assert().code(3);
    let said = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(said.contains("cannot make a file for rows: ") && said.contains("--scratch"), "{said}");
    folder.ok("resume r --scratch new --memory 33M -q");
    let diff = folder.ok("diff whole/model.ff r/model.ff");
    assert_eq!(diff, "the two are the same model, with the same record\n");
}

#[test]
fn a_damaged_checkpoint_is_passed_over() {
    let folder = Folder::with(&[]);
    let line = format!("train moons:rows=300 --layers 8 --epochs 4000 --patience 0 --validation 0.2 {RUN}");
    kill_after(&folder, start(&folder, &line), 4);
    let last = *checkpoints(&folder).last().unwrap();
    let name = format!("r/checkpoint-{last}.ff");
    let mut bytes = folder.read(&name);
    // Behind the header, which would be found to be no JSON first.
    *bytes.last_mut().unwrap() ^= 1;
    folder.write(&name, bytes);
    let mut child = Command::new(snapbox::cmd::cargo_bin!("ff"))
        .args(["resume", "r"])
        .current_dir(folder.path("."))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut out = std::io::BufReader::new(child.stderr.take().unwrap());
    while !said.contains("going on in epoch") {
        assert!(std::io::BufRead::read_line(&mut out, &mut said).unwrap() > 0, "{said}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said.contains(&format!("checkpoint-{last}.ff` is passed over: its checksum is wrong")), "{said}");
}

#[test]
fn verification_names_what_differs() {
    let folder = Folder::with(&[]);
    folder.ok("train moons:rows=200 --layers 4 --epochs 5 --validation 0.2 -q -o m.ff");
    let same = "verified: the same bits after each of 5 epochs, and in the end\n";
    assert_eq!(folder.ok("verify m.ff --data moons:rows=200 -q"), same);
    let named = |line: &str| {
        let output = folder.ff(line).assert().code(1);
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    assert!(named("verify m.ff --data moons:rows=200,noise=0.33").contains("the data: these are other rows"));
    let record = String::from_utf8(folder.read("m.json")).unwrap();
    let certificate = record.find("\"certificate\"").unwrap();
    let changed = |from: &str, to: &str| {
        let at = certificate + record[certificate..].find(from).unwrap_or_else(|| panic!("{from}: {record}"));
        folder.write("m.json", format!("{}{to}{}", &record[..at], &record[at + from.len()..]));
        named("verify m.ff --data moons:rows=200 -q")
    };
    assert!(changed("feedforward 0", "feedforward 9").contains("the version: feedforward 9"));
    assert!(
        changed("\"bias\": 0.0", "\"bias\": 0.5")
            .contains("the option bias: 0.5 is certified, and 0.0 is asked")
    );
    let value: serde_json::Value = serde_json::from_str(&record).unwrap();
    let third = value["record"]["epochs"][2]["theta"].as_str().unwrap();
    assert!(changed(third, &"0".repeat(64)).contains("epoch 3: other parameters"));
    let accuracy = value["certificate"]["metrics"]["accuracy"].to_string();
    assert!(
        changed(&format!("\"accuracy\": {accuracy}"), "\"accuracy\": 0.125")
            .contains("the metric accuracy: 0.125")
    );
    let theta = value["certificate"]["theta"].as_str().unwrap();
    assert!(
        changed(&format!("\"theta\": \"{theta}\""), "\"theta\": \"0\"").contains("the parameters in the end")
    );
    folder.write("m.json", record.as_bytes());
    let mut model = model_file::load(&folder.path("m.ff")).unwrap();
    let Theta::F32(theta) = &mut model.theta else { panic!("f32") };
    theta[0] = f32::from_bits(theta[0].to_bits() ^ 1);
    model_file::save(&model, &folder.path("m.ff")).unwrap();
    let said = named("verify m.ff --data moons:rows=200 -q");
    assert!(said.contains("those of the training: in layer 1, the weight of unit 1, input 1 is "), "{said}");
}

#[test]
fn an_option_of_a_run_that_was_changed_is_named() {
    let folder = Folder::with(&[]);
    folder.ok("train moons:rows=200 --layers 4 --epochs 5 --validation 0.2 --run r -q");
    let asked = String::from_utf8(folder.read("r/run.json")).unwrap();
    folder.write("r/run.json", asked.replace("--epochs=5", "--epochs=6"));
    let output = folder.ff("verify r --json -q").assert().code(1);
    let value: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let want = serde_json::json!({ "what": "option", "name": "epochs", "certified": 5, "found": 6 });
    assert_eq!(value["difference"], want);
}

#[test]
fn models_are_compared() {
    let folder = Folder::with(&[]);
    let train = "train moons:rows=200 --layers 4 --validation 0.2 --patience 0 --restore-best=false -q";
    folder.ok(&format!("{train} --epochs 3 -o a.ff"));
    folder.ok(&format!("{train} --epochs 5 -o b.ff"));
    folder.ok(&format!("{train} --epochs 3 --layers 5 -o c.ff"));
    assert_eq!(folder.ok("diff a.ff a.ff"), "the two are the same model, with the same record\n");
    let said = folder.ok("diff a.ff b.ff");
    assert!(said.contains("option        epochs: 3 | 5\ndata          the same rows\n"), "{said}");
    assert!(said.contains("the same parameters for 3 epochs, then others\nlayer 1 "), "{said}");
    let value = folder.json("diff a.ff c.ff --json");
    assert_eq!((&value["layers"], &value["epochs_together"]), (&serde_json::Value::Null, &0.into()));
}

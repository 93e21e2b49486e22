//! Files of somebody else: what is in them reaches no terminal raw, and nothing is read without end. What the readers
//! refuse is tested in `crates/data/tests/hostile.rs`.

use crate::common::Folder;

/// Names that clear a screen, set a title, begin a line of their own and turn the direction of writing.
const EVIL: &str = "\u{1b}[2J,\u{1b}]0;mine\u{7},\"a\nerror: b\",\u{202e}y\n\
    1,2,x\u{9b}31m,3\n2,2,z,4\n3,1,z,5\n4,3,x\u{9b}31m,6\n5,4,z,7\n6,2,z,8\n7,2,z,9\n8,5,z,7\n";

fn evil() -> Folder {
    let folder = Folder::with(&[]);
    folder.write("evil.csv", EVIL);
    folder
}

fn clean(bytes: &[u8], verb: &str) {
    let text = std::str::from_utf8(bytes).unwrap();
    let bad = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.contains(bad), "{verb}: {text:?}");
    assert!(!text.lines().any(|l| l == "error: b"), "{verb}: {text:?}");
}

#[test]
fn names_do_nothing_to_the_terminal() {
    let folder = evil();
    for verb in [
        "describe evil.csv --target 4",
        "describe evil.csv --target 4 --json",
        "train evil.csv --target 4 --layers 2 --epochs 2 -o m.ff",
        "evaluate m.ff evil.csv",
        "inspect m.ff",
        "inspect m.ff --json",
        "trace m.ff evil.csv --row 2",
        "gradcheck m.ff evil.csv",
        "describe evil.csv --target nobody",
        "describe evil.csv --target nobody --json",
        "describe evil.csv --type 3=number",
    ] {
        let run = folder.ff(verb).assert();
        clean(&run.get_output().stderr, verb);
        clean(&run.get_output().stdout, verb);
        assert_eq!(
            run.get_output().status.success(),
            !verb.contains("nobody") && !verb.contains("3="),
            "{verb}"
        );
    }
}

#[cfg(unix)]
#[test]
fn settings_and_calculations_without_end() {
    let folder = Folder::with(&[]);
    std::os::unix::fs::symlink("/dev/zero", folder.path("zero.toml")).unwrap();
    for line in ["train moons --config zero.toml", "trace --example zero.toml"] {
        let run = folder.ff(line).assert().code(2).stdout_eq("");
        let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
        assert!(said.contains("the file is `larger than 1 MiB`") && said.contains("at: zero.toml"), "{said}");
        assert!(said.contains("hint: "), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn devices_are_no_models_and_no_tables() {
    let folder = Folder::with(&[]);
    folder.ff("inspect /dev/zero").assert().code(5);
    folder.ff("describe /dev/zero").assert().code(3);
}

#[test]
fn nested_settings_are_refused() {
    let folder = Folder::with(&[]);
    folder.write("deep.toml", format!("layers = {}{}\n", "[".repeat(400_000), "]".repeat(400_000)));
    folder.ff("train moons --config deep.toml").assert().failure().stdout_eq("");
    folder.ff("trace --example deep.toml").assert().failure().stdout_eq("");
}

/// A result goes where the user says, through a link, and a file in the way that is none of ours stays.
#[cfg(unix)]
#[test]
fn links_are_followed_and_files_of_others_stay() {
    let folder = Folder::with(&[]);
    folder.write("notes.ff", "precious").write("target.ff", "");
    std::os::unix::fs::symlink("target.ff", folder.path("link.ff")).unwrap();
    folder.ff("train moons:rows=40 --layers 2 --epochs 1 -o notes.ff --quiet").assert().code(3);
    assert_eq!(folder.read("notes.ff"), b"precious");
    folder.ff("train moons:rows=40 --layers 2 --epochs 1 -o link.ff --quiet").assert().success();
    assert!(folder.path("link.ff").symlink_metadata().unwrap().is_symlink());
    folder.ff("inspect target.ff").assert().success();
}

const RUN: &str = "train moons:rows=40 --layers 2 --epochs 1 --quiet";

/// What a lock's place holds is emptied when a run takes it: only a lock may be there.
#[cfg(unix)]
#[test]
fn a_run_empties_no_file_of_somebody_else() {
    let folder = Folder::with(&[]);
    for name in ["own", "link"] {
        std::fs::create_dir(folder.path(name)).unwrap();
    }
    folder.write("precious.txt", "precious").write("own/lock", "precious");
    std::os::unix::fs::symlink("../precious.txt", folder.path("link/lock")).unwrap();
    for (place, file) in [("own", "own/lock"), ("link", "precious.txt")] {
        folder.ff(&format!("{RUN} --run {place}")).assert().code(3);
        assert_eq!(folder.read(file), b"precious", "{place}");
    }
}

/// What has no end, or is waited for for ever, stands where a run has left a file.
#[cfg(unix)]
#[test]
fn what_a_run_left_is_read_where_it_is_a_file() {
    let folder = Folder::with(&[]);
    folder.ff(&format!("{RUN} --run r")).assert().success();
    for (file, line) in [("certificate.json", "verify r"), ("run.json", "resume r")] {
        let kept = folder.read(&format!("r/{file}"));
        let path = folder.path(&format!("r/{file}"));
        for device in [true, false] {
            std::fs::remove_file(&path).unwrap();
            if device {
                std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
            } else {
                assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
            }
            let run = folder.ff(line).assert().code(3);
            let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
            assert!(said.contains("it is no ordinary file") && said.contains("hint: "), "{said}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, kept).unwrap();
    }
    folder.ff("verify r").assert().success();
    std::fs::create_dir(folder.path("t")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path("t/tune.jsonl")).unwrap();
    folder.ff("tune moons:rows=40 --trials 1 --epochs 1 -o t --quiet").assert().code(3);
}

/// `ff resume` repeats the words of a file: they do not send the model to another place.
#[test]
fn a_run_says_not_where_its_model_goes() {
    let folder = Folder::with(&[]);
    folder.ff(&format!("{RUN} --run r")).assert().success();
    std::fs::remove_file(folder.path("r/certificate.json")).unwrap();
    let asked = String::from_utf8(folder.read("r/run.json")).unwrap();
    assert!(asked.contains("\"--run=r\""), "{asked}");
    folder.write("r/run.json", asked.replace("--run=r", "--out=elsewhere.ff"));
    let run = folder.ff("resume r").assert().code(3);
    let said = String::from_utf8(run.get_output().stderr.clone()).unwrap();
    assert!(said.contains("its command has no folder"), "{said}");
    assert!(!folder.path("elsewhere.ff").exists());
}

/// Settings of a megabyte with nothing but lines that are none, and with one name of that length.
#[test]
fn settings_that_are_none_are_refused_soon() {
    let folder = Folder::with(&[]);
    folder.write("many.toml", (0..90_000).map(|i| format!("k{i} = 1\n")).collect::<String>());
    folder.write("long.toml", format!("{} = 1", "a".repeat(1_000_000)));
    for (file, said) in [("many.toml", "20 problems"), ("long.toml", "there is no")] {
        for line in ["train moons:rows=40 --config", "tune moons:rows=40 -o t --space"] {
            let run = folder.ff(&format!("{line} {file}")).assert().code(2);
            let text = String::from_utf8(run.get_output().stderr.clone()).unwrap();
            assert!(text.contains(said), "{line} {file}: {text}");
        }
    }
}

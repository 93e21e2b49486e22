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

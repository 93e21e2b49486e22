//! Every command that the book prints is run; it must print what stands beneath it.
//!
//! The commands of a chapter share a folder. A line `…` stands for any lines, or none.

use crate::chapters::{self, Chapter, root, writing};
use std::path::Path;
use std::process::Command;

const SKIP: &str = "…";

/// A command with its output.
struct Printed {
    /// Without `$ ff `.
    command: String,
    output: Vec<String>,
}

/// The text in pieces: plain lines, and the commands of `console` blocks.
enum Piece {
    Line(String),
    Command(Printed),
}

fn pieces(text: &str) -> Vec<Piece> {
    let (mut all, mut inside) = (Vec::new(), false);
    for line in text.lines() {
        inside = (inside || line == "```console") && line != "```";
        match (inside, line.strip_prefix("$ ff "), all.last_mut()) {
            (true, Some(command), _) => {
                all.push(Piece::Command(Printed { command: command.into(), output: Vec::new() }));
            }
            (true, None, Some(Piece::Command(printed))) => printed.output.push(line.into()),
            _ => all.push(Piece::Line(line.into())),
        }
    }
    all
}

/// Whether `lines` are what `printed` says, `…` standing for any.
fn matches(printed: &[String], lines: &[&str]) -> bool {
    match (printed.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == SKIP => (0..=lines.len()).any(|n| matches(rest, &lines[n..])),
        (Some((want, rest)), Some((line, others))) => want == line && matches(rest, others),
        _ => false,
    }
}

fn run(folder: &Path, command: &str) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_ff"))
        .args(command.split_whitespace().map(|word| if word == "''" { "" } else { word }))
        .current_dir(folder)
        .envs([("NO_COLOR", "1"), ("COLUMNS", "100")])
        .env_remove("FEEDFORWARD_ARCH")
        .output()
        .expect("ff starts");
    assert!(out.status.success(), "ff {command}\n{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text")
}

/// Run the commands of a chapter: their number, and the chapter with what they print.
fn follow(chapter: &Chapter, problems: &mut Vec<String>) -> (usize, String) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("examples")).expect("a folder");
    for file in std::fs::read_dir(root().join("examples")).expect("the examples") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), folder.path().join("examples").join(file.file_name())).expect("a copy");
    }
    let (mut run_so_far, mut text) = (0, String::new());
    for piece in pieces(&chapter.text) {
        match piece {
            Piece::Line(line) => text += &format!("{line}\n"),
            Piece::Command(Printed { command, mut output }) => {
                let said = run(folder.path(), &command);
                let lines: Vec<&str> = said.trim_end().lines().collect();
                let right = matches(&output, &lines);
                if writing() && !right && !output.iter().any(|l| l == SKIP) {
                    output = lines.iter().map(|l| l.to_string()).collect();
                } else if !right {
                    let want = output.join("\n");
                    problems.push(format!("{}: `ff {command}` prints\n{said}\nnot\n{want}\n", chapter.name));
                }
                run_so_far += 1;
                text += &format!("$ ff {command}\n");
                output.iter().for_each(|l| text += &format!("{l}\n"));
            }
        }
    }
    (run_so_far, text)
}

#[test]
fn every_command_prints_what_stands_there() {
    let (mut run, mut problems) = (0, Vec::new());
    for chapter in chapters::all() {
        let (commands, text) = follow(&chapter, &mut problems);
        run += commands;
        if writing() && text != chapter.text {
            std::fs::write(&chapter.path, text).expect("the chapter is written");
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(run >= 20, "only {run} commands");
}

#[test]
fn skipped_lines_are_the_only_ones_that_may_differ() {
    let printed = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
    let lines = ["a", "b", "c", "d"];
    for good in ["a\nb\nc\nd", "…", "a\n…\nd", "…\nc\n…", "a\nb\n…\nc\nd"] {
        assert!(matches(&printed(good), &lines), "{good}");
    }
    for bad in ["", "a\nb\nc", "a\n…\nc", "…\nc\nb\n…", "a\nb\nc\nd\ne"] {
        assert!(!matches(&printed(bad), &lines), "{bad}");
    }
}

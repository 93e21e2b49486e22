//! What can stand in the way of a run's checkpoints: a full disk, a folder that may not be written to, one that is taken
//! away, another process. Each is said in exact words, and what was kept stays good.

use crate::common::Folder;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A run whose checkpoints grow with its history; 400 epochs take seconds.
const LONG: &str = "train moons:rows=60 --layers 4 --epochs 400 --patience 0 --validation 0.2 -q";
const OFTEN: &str = "--checkpoint-seconds 0";

fn ff(folder: &Folder, line: &str) -> Command {
    let mut command = Command::new(snapbox::cmd::cargo_bin!("ff"));
    command.args(line.split(' ')).current_dir(folder.path(".")).env("NO_COLOR", "1");
    command
}

/// What `ff` writes to standard error when it fails.
fn refused(folder: &Folder, line: &str) -> String {
    let assert = folder.ff(line).assert().code(3);
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn outcome(folder: &Folder, run: &str) -> Vec<Vec<u8>> {
    ["model.ff", "certificate.json"].map(|name| folder.read(&format!("{run}/{name}"))).into()
}

/// The outcome of the run without an obstacle.
fn whole() -> Vec<Vec<u8>> {
    let folder = Folder::with(&[]);
    folder.ok(&format!("{LONG} --run r"));
    outcome(&folder, "r")
}

/// The names in a run's folder, checkpoints without their numbers.
fn names(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path("r")).unwrap();
    let plain = |name: String| if name.starts_with("checkpoint-") { "checkpoint".into() } else { name };
    let mut names: Vec<_> = entries.map(|e| plain(e.unwrap().file_name().into_string().unwrap())).collect();
    names.sort();
    names
}

/// What is said when a checkpoint cannot be written, and how it goes on.
#[track_caller]
fn is_told(said: &str, why: &str) {
    let lines: Vec<&str> = said.lines().collect();
    let [error, place, hint] = lines[..] else { panic!("{said}") };
    assert!(error.starts_with("error: cannot write the file: ") && error.contains(why), "{said}");
    let number = place.strip_prefix("  at: r/checkpoint-").and_then(|at| at.strip_suffix(".ff"));
    assert!(number.is_some_and(|n| n.parse::<u64>().is_ok_and(|n| n > 2)), "{said}");
    assert_eq!(hint, "hint: see to it, then `ff resume r` goes on from the last checkpoint");
}

/// A limit of the shell on the size of files stands for a disk that fills up in the middle of a file.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_its_end() {
    let folder = Folder::with(&[]);
    let line = format!("{LONG} --run r {OFTEN}");
    let ff = snapbox::cmd::cargo_bin!("ff");
    let limited = |signal: &str| {
        // Blocks of 512 or of 1,024 bytes: the first checkpoint fits, and the hundredth does not.
        let script = format!("{signal} ulimit -f 24; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(ff).args(line.split(' ')).current_dir(folder.path("."));
        shell.env("NO_COLOR", "1").output().unwrap()
    };
    let out = limited("trap '' XFSZ;");
    assert_eq!(out.status.code(), Some(3), "{out:?}");
    is_told(&String::from_utf8(out.stderr).unwrap(), "");
    assert_eq!(names(&folder), ["checkpoint", "checkpoint", "lock", "run.json"], "nothing unfinished stays");
    folder.ok("resume r -q");
    assert_eq!(outcome(&folder, "r"), whole());
    // The system's own signal is a kill like any other.
    std::fs::remove_dir_all(folder.path("r")).unwrap();
    assert_eq!(limited("").status.code(), None);
    assert!(names(&folder).iter().any(|name| name.starts_with(".ff-")), "killed while a file was written");
    folder.ok("resume r -q");
    assert_eq!(outcome(&folder, "r"), whole());
    assert_eq!(names(&folder), ["certificate.json", "lock", "model.ff", "model.json", "run.json"]);
}

/// A small file system of its own, until it is dropped.
#[cfg(target_os = "linux")]
struct Disk<'a>(&'a Path);

#[cfg(target_os = "linux")]
impl<'a> Disk<'a> {
    /// `None`, and a line that says so, where none can be mounted.
    fn mounted(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir(at).unwrap();
        let options = format!("size={size}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(at).output();
        if mount.is_ok_and(|out| out.status.success()) {
            return Some(Disk(at));
        }
        eprintln!("left out: no file system can be mounted here");
        None
    }
    fn again(&self, options: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.0).status();
        assert!(done.unwrap().success(), "{options}");
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(self.0).status();
        assert!(std::thread::panicking() || done.unwrap().success(), "{}", self.0.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_one_that_is_read_only() {
    let folder = Folder::with(&[]);
    let path = folder.path("r");
    let Some(disk) = Disk::mounted(&path, "100k") else { return };
    let said = refused(&folder, &format!("{LONG} --run r {OFTEN}"));
    is_told(&said, "no space is left on the device");
    assert_eq!(names(&folder), ["checkpoint", "checkpoint", "lock", "run.json"]);
    disk.again("size=1m,ro");
    let said = refused(&folder, "resume r");
    assert_eq!(
        said,
        format!(
            "error: cannot open: the file system is read-only\n  at: {}\nhint: name a folder that you may write to\n",
            path.join("lock").canonicalize().unwrap().display()
        )
    );
    disk.again("rw");
    folder.ok("resume r -q");
    assert_eq!(outcome(&folder, "r"), whole());
}

/// Where the user is nobody special.
#[cfg(unix)]
#[test]
fn a_folder_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[]);
    let path = folder.path("closed");
    std::fs::create_dir(&path).unwrap();
    let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    if std::fs::write(path.join("probe"), "").is_ok() {
        eprintln!("left out: this user may write everywhere");
        return;
    }
    let place = |name: &str| format!("error: cannot open: permission denied\n  at: {name}\n");
    let hint = "hint: name a folder that you may write to\n";
    assert_eq!(refused(&folder, &format!("{LONG} --run closed")), place("closed/lock") + hint);
    assert!(refused(&folder, &format!("{LONG} --run closed/new")).contains("permission denied"));
    set(0o755);
}

#[test]
fn a_folder_that_is_taken_away() {
    let folder = Folder::with(&[]);
    let line = "train moons:rows=60 --layers 4 --epochs 100000000 --patience 0 --validation 0.2 -q --run r";
    let child = ff(&folder, &format!("{line} {OFTEN}")).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while !folder.path("r/checkpoint-3.ff").exists() && !folder.path("r/checkpoint-4.ff").exists() {
        assert!(begun.elapsed() < Duration::from_secs(100), "no checkpoint is written");
        std::thread::yield_now();
    }
    // In one piece, as a file may be made in it at any moment.
    std::fs::rename(folder.path("r"), folder.path("elsewhere")).unwrap();
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(3), "{said}");
    assert!(said.contains("there is no such file or directory\n  at: r/checkpoint-"), "{said}");
    assert!(
        said.ends_with("hint: see to it, then `ff resume r` goes on from the last checkpoint\n"),
        "{said}"
    );
}

/// Whatever it wants: one process works in a run's folder at a time.
#[cfg(unix)]
#[test]
fn a_second_process_is_refused_and_the_first_one_named() {
    let folder = Folder::with(&[]);
    let line = "train moons:rows=60 --layers 4 --epochs 100000000 --patience 0 --validation 0.2 -q --run r";
    let mut child = ff(&folder, line).spawn().unwrap();
    let begun = Instant::now();
    while !folder.path("r/checkpoint-1.ff").exists() {
        assert!(begun.elapsed() < Duration::from_secs(100), "no checkpoint is written");
        std::thread::sleep(Duration::from_millis(1));
    }
    for second in [line, "resume r", "verify r"] {
        let said = refused(&folder, second);
        let first = format!("error: cannot begin: process {} is training in this folder\n", child.id());
        assert!(said.starts_with(&first), "{second}: {said}");
        assert!(said.ends_with("hint: wait until it is done, stop it, or name another folder\n"), "{said}");
        assert!(said.contains("r/lock"), "{said}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What a killed process leaves locks nothing.
    let assert = folder.ff(line).assert().code(2);
    let said = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(
        said.starts_with("error: --run does not go with the folder r: a run was begun in it\n"),
        "{said}"
    );
}

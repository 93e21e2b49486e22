//! What the tests of the command line share.

use snapbox::cmd::Command;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An empty folder in which `ff` runs.
pub(crate) struct Folder {
    dir: TempDir,
}

impl Folder {
    /// A new one, with copies of the files `names` of `testdata/bad`.
    pub(crate) fn with(names: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/bad");
        for name in names {
            std::fs::copy(from.join(name), dir.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        Folder { dir }
    }
    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
    /// Write a file.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }
    /// Read a file.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
    /// The names of its files, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
    /// `ff` with the words of `line` as arguments; `''` is an empty one.
    pub(crate) fn ff(&self, line: &str) -> Command {
        let words = line.split_whitespace().map(|w| if w == "''" { "" } else { w });
        self.run(words)
    }
    /// `ff` with these arguments.
    pub(crate) fn run<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Command {
        Command::new(snapbox::cmd::cargo_bin!("ff"))
            .args(args)
            .current_dir(self.dir.path())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env_remove("FEEDFORWARD_ARCH")
    }
    /// Run `ff`, which must succeed; what it wrote to standard output.
    pub(crate) fn ok(&self, line: &str) -> String {
        let assert = self.ff(line).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }
    /// As [`Folder::ok`], parsed as JSON.
    pub(crate) fn json(&self, line: &str) -> serde_json::Value {
        serde_json::from_str(&self.ok(line)).unwrap()
    }
}

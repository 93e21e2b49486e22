//! The files of the book.

use std::path::{Path, PathBuf};

/// A chapter.
pub(crate) struct Chapter {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether to write what can be generated.
pub(crate) fn writing() -> bool {
    std::env::var_os("FEEDFORWARD_WRITE_BOOK").is_some()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every chapter, by name.
pub(crate) fn all() -> Vec<Chapter> {
    let files = std::fs::read_dir(root().join("book/src")).expect("the book");
    let mut paths: Vec<PathBuf> = files.map(|f| f.expect("a file").path()).collect();
    paths.sort();
    let name = |p: &Path| p.file_name().expect("a name").to_string_lossy().into_owned();
    paths.into_iter().map(|path| Chapter { name: name(&path), text: read(&path), path }).collect()
}

/// What stands between `open` and `close`, all over the text.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    let parts = text.split(open).skip(1);
    parts.filter_map(|part| part.split_once(close)).map(|(inside, _)| inside).collect()
}

#[test]
fn every_chapter_is_in_the_summary_and_every_link_leads_somewhere() {
    let chapters = all();
    let summary = chapters.iter().find(|c| c.name == "SUMMARY.md").expect("a summary");
    let listed = between(&summary.text, "](", ")");
    for chapter in chapters.iter().filter(|c| c.name != "SUMMARY.md") {
        let times = listed.iter().filter(|l| **l == chapter.name).count();
        assert_eq!(times, 1, "{} stands {times} times in the summary", chapter.name);
    }
    for chapter in &chapters {
        for link in between(&chapter.text, "](", ")") {
            let file = link.split('#').next().unwrap_or_default();
            let there = chapters.iter().any(|c| c.name == file);
            assert!(there || link.starts_with("https://"), "{}: {link}", chapter.name);
        }
    }
}

#[test]
fn every_excerpt_is_marked_in_its_file() {
    let mut found = 0;
    for chapter in all() {
        for include in between(&chapter.text, "{{#include ", "}}") {
            let (file, anchor) = include.split_once(':').unwrap_or((include, ""));
            let source = read(&root().join("book/src").join(file));
            if !anchor.is_empty() {
                let lines = |mark: &str| source.lines().filter(|l| l.trim_end().ends_with(mark)).count();
                for mark in [format!("ANCHOR: {anchor}"), format!("ANCHOR_END: {anchor}")] {
                    assert_eq!(lines(&mark), 1, "{}: {file} has no single `{mark}`", chapter.name);
                }
            }
            found += 1;
        }
    }
    assert!(found >= 8, "only {found} excerpts");
}

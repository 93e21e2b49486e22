//! Everything that can be wrong with files, and what is said about it: standard error and exit code as snapshots.

use crate::common::Folder;
use flate2::Compression;
use flate2::write::GzEncoder;
use snapbox::str;
use std::io::Write;

fn half_gzip() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    for row in 0..2000 {
        writeln!(packed, "{},{}", row * 7919 % 1013, if row % 2 == 0 { "x" } else { "z" }).unwrap();
    }
    let packed = packed.finish().unwrap();
    packed[..packed.len() / 2].to_vec()
}

#[test]
fn an_empty_file() {
    let folder = Folder::with(&["empty.csv"]);
    let said = folder.ff("train empty.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: the file is empty
  at: empty.csv
hint: check that this is the file you meant

"#]]);
}

#[test]
fn a_header_and_no_row() {
    let folder = Folder::with(&["header_only.csv"]);
    let said = folder.ff("train header_only.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: there is a header and no row of data
  at: header_only.csv
hint: add rows of data below the names

"#]]);
}

#[test]
fn a_ragged_row() {
    let folder = Folder::with(&["ragged.csv"]);
    let said = folder.ff("train ragged.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 2 fields where the rows before have 3
  at: ragged.csv, row 4
hint: add the fields that are missing; an empty field is a missing value

"#]]);
}

#[test]
fn a_title_above_the_names() {
    let folder = Folder::with(&["title.csv"]);
    let said = folder.ff("train title.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 2 fields where the rows before have 1
  at: title.csv, row 2
hint: if the first line is a title or a comment, pass `--skip-lines 1`

"#]]);
}

#[test]
fn text_in_a_number_column() {
    let folder = Folder::with(&["text_in_number.csv"]);
    let said = folder.ff("train text_in_number.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: `oops` is not a number
  at: text_in_number.csv, row 18, column `a`
hint: if it means "no value", pass `--missing 'oops'`; if the column holds categories, pass `--type 'a=category'`

"#]]);
}

#[test]
fn a_decimal_comma() {
    let folder = Folder::with(&["decimal_comma.csv"]);
    let said = folder.ff("train decimal_comma.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 3 problems
  - `0,5` is not a number
      at: decimal_comma.csv, row 2, column `a`
  - `1,5` is not a number
      at: decimal_comma.csv, row 3, column `a`
  - `2,5` is not a number
      at: decimal_comma.csv, row 4, column `a`
hint: this file writes decimals with a comma; pass `--decimal ,`

"#]]);
}

#[test]
fn infinite_cells() {
    let folder = Folder::with(&["infinite.csv"]);
    let said = folder.ff("train infinite.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 2 problems
  - `inf` is not a finite number
      at: infinite.csv, row 5, column `a`
    hint: write a number, or pass `--missing 'inf'` to leave the cell empty
  - `-Infinity` is not a finite number
      at: infinite.csv, row 9, column `a`
    hint: write a number, or pass `--missing '-Infinity'` to leave the cell empty

"#]]);
}

#[test]
fn no_feature_with_a_value() {
    let folder = Folder::with(&["only_missing.csv"]);
    let said = folder.ff("train only_missing.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: no column is left to learn from
  at: only_missing.csv
hint: see why: `gap` has no value in any training row and is left out

"#]]);
}

#[test]
fn a_target_without_values() {
    let folder = Folder::with(&["all_missing.csv"]);
    let said = folder.ff("train all_missing.csv --target gap").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 4 problems
  - the cell is empty
      at: all_missing.csv, row 2, column `gap`
  - the cell is empty
      at: all_missing.csv, row 3, column `gap`
  - the cell is empty
      at: all_missing.csv, row 4, column `gap`
  - the cell is empty
      at: all_missing.csv, row 5, column `gap`
hint: fill in the target or drop these rows

"#]]);
}

#[test]
fn missing_target_cells() {
    let folder = Folder::with(&["missing_target.csv"]);
    let said = folder.ff("train missing_target.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 2 problems
  - the cell is empty
      at: missing_target.csv, row 6, column `y`
  - the cell is empty
      at: missing_target.csv, row 11, column `y`
hint: fill in the target or drop these rows

"#]]);
}

#[test]
fn a_constant_target() {
    let folder = Folder::with(&["constant_target.csv"]);
    let said = folder.ff("train constant_target.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: the target is `7.5` in every row; there is nothing to learn
  at: constant_target.csv, column `y`
hint: choose another target, or add rows that differ in it

"#]]);
}

#[test]
fn a_single_class() {
    let folder = Folder::with(&["one_class.csv"]);
    let said = folder.ff("train one_class.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: the target is `x` in every row; there is nothing to learn
  at: one_class.csv, column `y`
hint: choose another target, or add rows that differ in it

"#]]);
}

#[test]
fn a_class_only_in_the_validation_rows() {
    let folder = Folder::with(&["classes.csv", "other_class.csv"]);
    let said = folder.ff("train classes.csv --target y --valid other_class.csv").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: class `new` does not occur in the training part
  at: other_class.csv, row 3, column `y`
hint: stratify the split, merge this class with another, or drop the 2 rows of it

"#]]);
}

#[test]
fn a_single_row() {
    let folder = Folder::with(&["one_row.csv"]);
    let said = folder.ff("train one_row.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 1 row where at least 2 are needed
  at: one_row.csv
hint: a network needs rows that differ to learn from

"#]]);
}

#[test]
fn a_target_misspelt() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target yy").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: there is no column `yy`
  at: classes.csv
hint: choose from `a`, `y`

"#]]);
}

#[test]
fn a_feature_misspelt() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("train classes.csv --target y --features b").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: there is no column `b`
  at: classes.csv
hint: choose from `a`, `y`

"#]]);
}

#[test]
fn a_negative_weight() {
    let folder = Folder::with(&["negative_weight.csv"]);
    let said = folder.ff("train negative_weight.csv --target y --weight-column w").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: the weight is -1; it must be a finite number of 0 or more
  at: negative_weight.csv, row 7, column `w`
hint: give every row a weight of 0 or more

"#]]);
}

#[test]
fn two_columns_of_one_name() {
    let folder = Folder::with(&["twice.csv"]);
    let said = folder.ff("train twice.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: two columns are called `a`
  at: twice.csv, row 1
hint: rename one of them; if the first row holds no names, pass `--header no`

"#]]);
}

#[test]
fn no_such_file() {
    let folder = Folder::with(&[]);
    let said = folder.ff("train nothing.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot read: there is no such file or directory
  at: nothing.csv
hint: check the name and the folder, or pass `-` to read standard input

"#]]);
}

#[test]
fn a_folder_without_images() {
    let folder = Folder::with(&[]);
    std::fs::create_dir(folder.path("images")).unwrap();
    let said = folder.ff("train images").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: a folder without `train-images-idx3-ubyte` (or .gz) cannot be read
  at: images
hint: give a file, or a folder with MNIST's four IDX files

"#]]);
}

#[test]
fn bytes_that_are_no_utf8() {
    let folder = Folder::with(&[]);
    folder.write("latin.csv", b"a,y\n1,x\n2,caf\xe9\n3,x\n");
    let said = folder.ff("train latin.csv --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: the text is not UTF-8
  at: latin.csv, row 3, column `y`
hint: save the file as UTF-8; it may be Latin-1 or Windows-1252 now

"#]]);
}

#[test]
fn gzip_cut_in_half() {
    let folder = Folder::with(&[]);
    folder.write("half.csv.gz", half_gzip());
    let said = folder.ff("train half.csv.gz --target y").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: this is not a sound gzip file: it ends too early
  at: half.csv.gz
hint: fetch or pack the file again

"#]]);
}

#[test]
fn an_idx_file_that_lies() {
    let folder = Folder::with(&[]);
    folder.write("lie-idx3-ubyte", [0, 0, 8, 3, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]);
    let said = folder.ff("describe lie-idx3-ubyte").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: this is not a sound IDX file: its header claims 4294967295 samples of 784 elements; it ends after 0 of them
  at: lie-idx3-ubyte
hint: fetch or write the file again

"#]]);
}

#[test]
fn no_model() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("predict none.ff classes.csv").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: cannot read the model: there is no such file or directory
  at: none.ff
hint: check the path; `ff train` writes a model where `-o` says

"#]]);
}

#[test]
fn a_foreign_model() {
    let folder = Folder::with(&["classes.csv"]);
    folder.write("foreign.ff", b"\x89PNG\r\n\x1a\n and so on, long enough for a header");
    let said = folder.ff("predict foreign.ff classes.csv").assert();
    said.code(5).stdout_eq("").stderr_eq(str![[r#"
error: this is not a sound model file: it does not begin as a model file does
  at: foreign.ff
hint: give a model file that `ff train` wrote

"#]]);
}

#[test]
fn an_empty_model() {
    let folder = Folder::with(&["classes.csv"]);
    folder.write("empty.ff", b"");
    let said = folder.ff("inspect empty.ff").assert();
    said.code(5).stdout_eq("").stderr_eq(str![[r#"
error: this is not a sound model file: it is empty
  at: empty.ff
hint: copy the file again from where it was made, or train the model again

"#]]);
}

#[test]
fn more_folds_than_rows() {
    let folder = Folder::with(&["classes.csv"]);
    let said = folder.ff("split classes.csv --kfold 31 -o parts").assert();
    said.code(3).stdout_eq("").stderr_eq(str![[r#"
error: 30 rows where at least 31 are needed
  at: classes.csv
hint: ask for fewer or larger parts, or give more rows

"#]]);
}

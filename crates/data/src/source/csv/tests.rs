use std::fmt::Debug;

use feedforward_base::ErrorKind;
use proptest::prelude::*;

use super::*;
use crate::table::{Cells, Lines, MISSING, Numbers, Remark};

fn read_with(text: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Table> {
    let bytes = text.as_ref();
    let mut ignore = |_| ();
    let input = Input::new("t.csv", Box::new(bytes), Some(bytes.len() as u64), &mut ignore)?;
    read(input, options).map_err(|e| e.at(Place::file("t.csv")))
}

fn table(text: impl AsRef<[u8]>) -> Table {
    read_with(text, &ReadOptions::default()).unwrap()
}

fn said(text: impl AsRef<[u8]>) -> String {
    read_with(text, &ReadOptions::default()).unwrap_err().to_string()
}

fn names(t: &Table) -> Vec<&str> {
    t.columns.iter().map(|c| c.name.as_str()).collect()
}

fn numbers(t: &Table, column: usize) -> Vec<f64> {
    let Cells::Number(n) = t.columns[column].here() else { panic!("{:?}", t.columns[column]) };
    (0..t.rows).map(|r| n.get(r)).collect()
}

fn texts(t: &Table, column: usize) -> Vec<&str> {
    let Cells::Category { codes, levels } = t.columns[column].here() else {
        panic!("{:?}", t.columns[column])
    };
    codes.iter().map(|&c| if c == MISSING { "" } else { levels[c as usize].as_str() }).collect()
}

fn same<T: PartialEq + Debug>(a: T, b: T) {
    assert_eq!(a, b);
}

#[test]
fn names_numbers_and_categories() {
    let t = table("age,sex,\"a, b\"\n31,m,0.5\n?,f, 1.5 \n");
    same(names(&t), vec!["age", "sex", "a, b"]);
    assert_eq!(t.rows, 2);
    assert!(matches!(t.columns[0].here(), Cells::Number(Numbers::F32(v)) if v[0] == 31.0 && v[1].is_nan()));
    same(texts(&t, 1), vec!["m", "f"]);
    same(numbers(&t, 2), vec![0.5, 1.5]);
    assert_eq!(t.lines, Lines::From(2));
}

#[test]
fn without_names_columns_are_numbered() {
    let t = table("5.1,setosa\n4.9,virginica\n");
    same(names(&t), vec!["1", "2"]);
    assert_eq!((t.rows, t.line(0)), (2, 1));
}

#[test]
fn line_ends_byte_order_marks_and_blank_lines_do_not_matter() {
    let plain = table("a,b\n1,x\n2,y\n");
    for text in ["a,b\r\n1,x\r\n2,y\r\n", "\u{feff}a,b\n1,x\n2,y", "a,b\r1,x\r2,y\r", " a , b \n 1 , x \n2,y"]
    {
        assert_eq!(table(text), plain, "{text:?}");
    }
    let t = table("\n\na,b\r\n\r\n1,\"x\ny\"\r\n  \r\n2,z\r\n");
    assert_eq!(t.lines, Lines::Each(vec![5, 8]));
    same(texts(&t, 1), vec!["x\ny", "z"]);
    let first = ReadOptions { skip_lines: 2, ..ReadOptions::default() };
    let t = read_with("a title\nof two lines, really\na;b\n1;2\n", &first).unwrap();
    assert_eq!((names(&t), t.line(0)), (vec!["a", "b"], 4));
}

#[test]
fn delimiters_and_decimal_commas() {
    let comma = ReadOptions { decimal: b',', ..ReadOptions::default() };
    let t = read_with("a;b\n1,5;2\n-0,5;1e3\n", &comma).unwrap();
    same(numbers(&t, 0), vec![1.5, -0.5]);
    same(numbers(&t, 1), vec![2.0, 1000.0]);
    let blank = table("Weight Waist\n191 36\n189 37\n");
    same(numbers(&blank, 1), vec![36.0, 37.0]);
    let hash = ReadOptions { delimiter: Some(b'#'), ..ReadOptions::default() };
    same(numbers(&read_with("a#b\n1#2\n", &hash).unwrap(), 1), vec![2.0]);
}

#[test]
fn the_examples_of_errors() {
    let rows = |bad: &str| format!("sepal_width;kind\n{}{bad};x\n", "1.5;x\n".repeat(16));
    assert_eq!(
        said(rows("7,2")),
        "`7,2` is not a number\n  at: t.csv, row 18, column `sepal_width`\nhint: this file writes decimals with a \
         comma; pass `--decimal ,`"
    );
    assert_eq!(
        said(rows("oops")),
        "`oops` is not a number\n  at: t.csv, row 18, column `sepal_width`\nhint: if it means \"no value\", pass \
         `--missing 'oops'`; if the column holds categories, pass `--type 'sepal_width=category'`"
    );
    let inf = said(rows("-inf"));
    assert!(
        inf.starts_with("`-inf` is not a finite number\n  at: t.csv, row 18, column `sepal_width`"),
        "{inf}"
    );
    let all = said("a;b\n7,2;x\n1,5;y\n");
    assert!(all.contains("- `7,2` is not a number\n      at: t.csv, row 2, column `a`"), "{all}");
}

#[test]
fn empty_ragged_and_doubled() {
    assert!(said("").starts_with("the file is empty\n  at: t.csv"));
    assert!(said("\n \n\r\n").starts_with("the file is empty"));
    assert!(said("a,b\n").starts_with("there is a header and no row of data"));
    let short = said("a,b,c\n1,2,3\n4,5\n6,7,8\n");
    assert!(
        short.starts_with("2 fields where the rows before have 3\n  at: t.csv, row 3\nhint: add"),
        "{short}"
    );
    let long = said("a,b\n1,2\n4,5,6\n6,7\n");
    assert!(long.contains("row 3\nhint: put quotes around"), "{long}");
    let two = said("a,b,a,b\n1,2,3,4\n");
    assert!(two.starts_with("2 problems\n  - two columns are called `a`\n      at: t.csv, row 1"), "{two}");
    let title = said("|1x3 Cross validator\n25, Private\n38, Private\n");
    assert_eq!(
        title,
        "2 fields where the rows before have 1\n  at: t.csv, row 2\nhint: if the first line is a title or a comment, \
         pass `--skip-lines 1`"
    );
    let no_header = ReadOptions { header: Some(true), ..ReadOptions::default() };
    assert!(read_with("1,1\n2,3\n", &no_header).unwrap_err().to_string().contains("`1`"));
}

#[test]
fn many_bad_cells_are_reported_together() {
    let text = format!("a,b\n{}{}", "1,2\n".repeat(1001), "x,y\n".repeat(30));
    let e = said(text);
    assert!(
        e.starts_with(
            "60 problems, the first 20\n  - `x` is not a number\n      at: t.csv, row 1003, column `a`"
        ),
        "{e}"
    );
}

#[test]
fn text_that_is_not_utf8_or_not_closed() {
    let e = said(b"name,x\nM\xfcller,1\nB,2\n");
    assert!(e.starts_with("the text is not UTF-8\n  at: t.csv, row 2, column `name`\nhint: save"), "{e}");
    let e = said("a,b\n1,\"x\n2,y\n3,z\n");
    assert!(e.contains("never closed\n  at: t.csv, row 2"), "{e}");
    assert_eq!(table("a,b\n1,\"x\n\"").rows, 1);
    assert_eq!(table("a,b\n1,\"x\n\"\n").rows, 1);
}

#[test]
fn a_first_row_that_may_hold_names() {
    let e = said("id,2019,kind\n1,2,x\n3,4,y\n4,5,z\n7,7,w\n1,1,1\n2,2,2\n3,3,1\n4,4,4\n5,5,5\n6,6,6\n");
    assert!(
        e.contains("`id` is not a number\n  at: t.csv, row 1, column `1`\nhint: if this row holds the names"),
        "{e}"
    );
    let asked = ReadOptions { header: Some(true), ..ReadOptions::default() };
    same(names(&read_with("id,2019\n1,2\n", &asked).unwrap()), vec!["id", "2019"]);
    let none = ReadOptions { header: Some(false), ..ReadOptions::default() };
    assert_eq!(read_with("a,b\nc,d\n", &none).unwrap().rows, 2);
}

#[test]
fn bundled_files_name_their_classes() {
    let t = table("3,2,setosa,virginica\n5.1,3.5,0\n4.9,3,1\n1,2,0\n");
    same(names(&t), vec!["1", "2", "target"]);
    same(texts(&t, 2), vec!["setosa", "virginica", "setosa"]);
    assert_eq!(t.line(0), 2);
    let e = said("9,2,setosa,virginica\n5.1,3.5,0\n");
    assert!(e.contains("where there should be 9\n  at: t.csv, row 1"), "{e}");
    let e = said("1,2,setosa,virginica\n5.1,3.5,2\n");
    assert!(e.contains("class `2` where the first line names 2"), "{e}");
}

#[test]
fn kinds_that_are_asked_for() {
    let ask =
        |column: &str, kind| ReadOptions { types: vec![(column.into(), kind)], ..ReadOptions::default() };
    let t = read_with("zip,x\n01234,1\n99999,2\n", &ask("zip", Kind::Category)).unwrap();
    same(texts(&t, 0), vec!["01234", "99999"]);
    let e = read_with("a,x\nred,1\n7,2\n", &ask("1", Kind::Number)).unwrap_err();
    assert!(e.to_string().starts_with("`red` is not a number\n  at: t.csv, row 2, column `a`"));
    let e = read_with("a,x\nred,1\n7,2\n", &ask("b", Kind::Number)).unwrap_err();
    assert!(matches!(e.kind(), ErrorKind::NoSuchColumn { .. }));
    let many: String = (0..200).map(|i| format!("k{i},1\n")).collect();
    assert!(matches!(
        *table(format!("id,x\n{many}")).columns[0].here(),
        Cells::Text { distinct: 200, missing: 0 }
    ));
    let t = read_with(format!("id,x\n{many}"), &ask("id", Kind::Category)).unwrap();
    assert!(matches!(t.columns[0].here(), Cells::Category { levels, .. } if levels.len() == 200));
}

#[test]
fn a_column_that_begins_empty_is_decided_by_its_first_value() {
    let empty = "?,1\n".repeat(1500);
    let t = table(format!("a,b\n{empty}7,1\n"));
    assert_eq!(numbers(&t, 0)[1500], 7.0);
    let t = table(format!("a,b\n{empty}x,1\n"));
    same(texts(&t, 0)[1499..].to_vec(), vec!["", "x"]);
    let t = table(format!("a,b\n{empty}"));
    assert_eq!(t.columns[0].here().missing(), 1500);
    let e = said(format!("a,b\n{empty}7,1\nx,1\n"));
    assert!(e.contains("row 1503, column `a`"), "{e}");
}

#[test]
fn large_integers_and_doubles_are_kept() {
    let t = table("id,x\n16777217,0.1\n3,0.2\n");
    same(numbers(&t, 0), vec![16_777_217.0, 3.0]);
    assert!(matches!(t.columns[1].here(), Cells::Number(Numbers::F32(_))));
    let double = ReadOptions { double: true, ..ReadOptions::default() };
    same(numbers(&read_with("x\n0.1\n7\n", &double).unwrap(), 0), vec![0.1, 7.0]);
}

#[test]
fn identifiers_and_truth_values_are_categories() {
    let t = table("zip,id,ok\n01123,9007199254740993,True\n99999,9007199254740992,FALSE\n01123,7,true\n");
    assert_eq!((names(&t), t.header), (vec!["zip", "id", "ok"], Some(true)));
    same(texts(&t, 0), vec!["01123", "99999", "01123"]);
    same(texts(&t, 1), vec!["9007199254740993", "9007199254740992", "7"]);
    same(texts(&t, 2), vec!["true", "false", "true"]);
    let expected = vec![("zip".into(), Kind::Number), ("id".into(), Kind::Number)];
    let options = ReadOptions { expected, ..ReadOptions::default() };
    let t = read_with("zip,id\n01123,9007199254740993\n", &options).unwrap();
    same(numbers(&t, 0), vec![1123.0]);
    assert!(t.remarks.is_empty());
    let t = table(format!("zip,x\n{}01123,2\n", "99999,1\n".repeat(1001)));
    same(numbers(&t, 0)[1001], 1123.0);
    same(t.remarks, vec![Remark::ZerosDropped { column: "zip".into(), text: "01123".into() }]);
    let e = said(format!("id,x\n{}9007199254740993,2\n", "99999,1\n".repeat(1001)));
    assert!(
        e.starts_with("`9007199254740993` has more digits than a number keeps\n  at: t.csv, row 1003"),
        "{e}"
    );
}

proptest! {
    #[test]
    fn what_the_csv_crate_writes_comes_back(
        rows in prop::collection::vec((-1_000_000i32..1_000_000, "[a-z,;\"\n\t é]{0,6}x", prop::option::of(-1e4f32..1e4)), 2..40),
        crlf in any::<bool>(),
    ) {
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut out = csv::WriterBuilder::new().terminator(end).from_writer(Vec::new());
        out.write_record(["i", "t", "v"]).unwrap();
        for (i, t, v) in &rows {
            let v = v.map_or("NA".into(), |v| v.to_string());
            out.write_record([i.to_string(), t.clone(), v]).unwrap();
        }
        let bytes = out.into_inner().unwrap();
        let options = ReadOptions {
            delimiter: Some(b','),
            types: vec![("t".into(), Kind::Category), ("v".into(), Kind::Number)],
            ..ReadOptions::default()
        };
        let t = read_with(&bytes, &options).unwrap();
        prop_assert_eq!(t.rows, rows.len());
        let text = String::from_utf8(bytes).unwrap();
        let mut line = 2;
        for (r, (i, s, v)) in rows.iter().enumerate() {
            prop_assert_eq!(numbers(&t, 0)[r], f64::from(*i));
            prop_assert_eq!(texts(&t, 1)[r], s.trim_ascii());
            let got = numbers(&t, 2)[r];
            prop_assert!(v.map_or(got.is_nan(), |v| got == f64::from(v)), "{} {:?}", got, v);
            prop_assert_eq!(t.line(r), line, "{:?}", text);
            line += 1 + s.matches('\n').count() as u64;
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), skip in 0usize..3) {
        let options = ReadOptions { skip_lines: skip, ..ReadOptions::default() };
        let _ = read_with(&bytes, &options);
    }

    #[test]
    fn no_text_panics(text in "[0-9a-c,;|\" \t\r\n.?-]{0,120}") {
        if let Ok(t) = read_with(&text, &ReadOptions::default()) {
            for column in &t.columns {
                match column.here() {
                    Cells::Number(n) => prop_assert_eq!(n.len(), t.rows),
                    Cells::Category { codes, levels } => {
                        prop_assert_eq!(codes.len(), t.rows);
                        prop_assert!(codes.iter().all(|&c| c == MISSING || (c as usize) < levels.len()));
                    }
                    Cells::Text { .. } => {}
                }
            }
        }
    }
}

/// More columns and rows than are filled at a time.
#[test]
fn problems_are_told_in_the_order_of_the_file() {
    let mut rows = vec![vec!["7"; 70]; 1_200];
    for (row, column) in [(1_150, 0), (1_100, 69), (1_100, 2), (1_030, 65), (1_031, 1)] {
        rows[row][column] = "oops";
    }
    rows[1_120].pop();
    let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    let e = read_with(text, &ReadOptions::default()).unwrap_err();
    let ErrorKind::Many { errors, total: 6 } = e.kind() else { panic!("{e}") };
    let places: Vec<String> = errors.iter().map(|e| e.place().to_string()).collect();
    let cells = ["1031, column `66`", "1032, column `2`", "1101, column `3`", "1101, column `70`"];
    let mut want: Vec<String> = cells.iter().map(|cell| format!("t.csv, row {cell}")).collect();
    want.extend(["t.csv, row 1121".into(), "t.csv, row 1151, column `1`".into()]);
    same(places, want);
}

#[test]
fn every_cell_of_many_comes_to_its_place() {
    let value = |row: usize, column: usize| (row * 131 + column) as f64 / 4.0;
    let line =
        |row| (0..130).map(|column| value(row, column).to_string()).collect::<Vec<_>>().join(",") + "\n";
    let t = table((0..1_300).map(line).collect::<String>());
    same((t.rows, t.columns.len()), (1_300, 130));
    for column in 0..130 {
        same(numbers(&t, column), (0..1_300).map(|row| value(row, column)).collect());
    }
}

//! A table that is read under a limit on memory is the same as without, and so is all that is made of it.

use allocation_counter::measure;
use feedforward_base::{Dice, Purpose};
use feedforward_data::drift::Profile;
use feedforward_data::memory::Limit;
use feedforward_data::prepare::{Inputs, Preparation, PrepareOptions, Prepared, Roles, Unseen, Want};
use feedforward_data::source::{Kind, ReadOptions, read};
use feedforward_data::table::{Cells, Table};
use feedforward_data::window::Window;
use feedforward_data::{describe, split};
use std::fmt::Write;

/// With so many bytes every reader puts its cells away again and again.
const LITTLE: u64 = 40_000;

fn limit(bytes: u64) -> Option<Limit> {
    Some(Limit { bytes, folder: std::env::temp_dir(), shared: 1 })
}

fn read_with(path: &str, options: &ReadOptions) -> Table {
    read(path, options, &mut |_| ()).unwrap()
}

/// The table, and the same with its cells in a file.
fn both(path: &str, options: &ReadOptions) -> (Table, Table) {
    let limited = read_with(path, &ReadOptions { limit: limit(LITTLE), ..options.clone() });
    (read_with(path, options), limited)
}

fn assert_same(here: &Table, away: &Table) {
    assert_eq!((here.rows, &here.lines, here.header), (away.rows, &away.lines, away.header));
    for (here, away) in here.columns.iter().zip(&away.columns) {
        assert_eq!((&here.name, here.kind()), (&away.name, away.kind()));
        // NaN is no number that is equal to itself.
        assert_eq!(
            format!("{:?}", here.cells().unwrap()),
            format!("{:?}", away.cells().unwrap()),
            "{}",
            here.name
        );
    }
    let held = |t: &Table| format!("{:?}", t.columns).contains("AtRest");
    assert!(held(away) && !held(here), "the one lies in a file, the other does not");
}

/// Columns of every form, some of which change it late.
fn every_kind(rows: usize) -> String {
    let mut csv = String::from("byte,late fraction,late large,gap,level,truth,name,id,y\n");
    for r in 0..rows {
        let late = r > rows - 9;
        let fraction = if late { 0.1 * r as f64 } else { (r % 200) as f64 };
        let large = if late { 1e300 } else { (r * 37 % 91) as f64 / 8.0 };
        let gap = if r % 5 == 3 { String::new() } else { (r % 77).to_string() };
        let level = ["red", "", "green", "blue, dark"][r * r % 4];
        let truth = ["True", "FALSE", "true"][r % 3];
        let y = (r * 13 % 101) as f64 / 4.0;
        writeln!(
            csv,
            "{},{fraction},{large},{gap},\"{level}\",{truth},n{r},{:05},{y}",
            r % 256,
            r * 7 % 99_991
        )
        .unwrap();
    }
    csv
}

fn prepared(preparation: &Preparation, table: Table) -> Prepared<f32> {
    preparation.apply::<f32>(table, Want::Target, Unseen::Other).unwrap().prepared
}

fn all_of(prepared: &Prepared<f32>) -> Vec<f32> {
    let mut all = Vec::new();
    prepared.each(|some| all.extend_from_slice(some)).unwrap();
    all
}

#[test]
fn csv_under_a_limit_is_the_same_table_and_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, every_kind(3_000)).unwrap();
    let (here, away) = both(path.to_str().unwrap(), &ReadOptions::default());
    assert_same(&here, &away);
    assert!(matches!(here.columns[6].here(), Cells::Text { .. }) && away.columns[6].kind().is_none());
    let described = |t: &Table| serde_json::to_string(&describe::describe(t, Some(8)).unwrap()).unwrap();
    assert_eq!(described(&here), described(&away));

    let rows: Vec<u32> = (0..3_000).rev().step_by(3).collect();
    let (some, other) = (here.pick(&rows).unwrap(), away.pick(&rows).unwrap());
    assert_same(&some, &other);
    let roles = Roles { target: vec!["y".into()], ..Roles::default() };
    let fit = |t: &Table| Preparation::fit(t, &rows, &roles, &PrepareOptions::default()).unwrap();
    let (fitted, limited) = (fit(&here), fit(&away));
    assert_eq!((&fitted.preparation, &fitted.notes), (&limited.preparation, &limited.notes));
    let names: Vec<&str> = here.columns.iter().map(|c| c.name.as_str()).collect();
    let profile = |t: &Table| Profile::of(t, &names, &rows, Dice::new(1)).unwrap();
    assert_eq!(profile(&here), profile(&away));
    assert_eq!(profile(&here).drift(&other).unwrap(), profile(&here).drift(&some).unwrap());
    let rule = |t: &Table| feedforward_data::prepare::rule(t, &roles, true).unwrap();
    assert_eq!(rule(&here), rule(&away));
    assert!(matches!(rule(&here), split::Rule::Random { .. }));

    let (a, b) = (prepared(&fitted.preparation, here), prepared(&fitted.preparation, away));
    assert!(matches!((&a.x, &b.x), (Inputs::Here(_), Inputs::AtRest(_))));
    assert_eq!((a.rows, a.inputs, &a.targets), (b.rows, b.inputs, &b.targets));
    assert_eq!(all_of(&a), all_of(&b));
    assert_eq!(a.pick(&rows).unwrap(), b.pick(&rows).unwrap());
}

#[test]
fn other_formats_under_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_string()
    };
    let npy = |fortran: &str, kind: &str, bytes: Vec<u8>| {
        let mut header = format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': (2000, 9), }}");
        header.push_str(&" ".repeat(118 - 1 - header.len() % 118));
        header.push('\n');
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(bytes);
        file
    };
    let floats =
        || (0..18_000).flat_map(|i| ((i * 31 % 1009) as f32 / 7.0).to_le_bytes()).collect::<Vec<u8>>();
    // Numbers that f64 does not hold come late, and make identifiers of what was put away before.
    let long = |i: u64| if i > 15_000 { u64::MAX - i % 40 } else { i % 40 };
    let whole = (0..18_000).flat_map(|i| long(i).to_le_bytes()).collect::<Vec<u8>>();
    let mut idx = vec![0, 0, 8, 3, 0, 0, 7, 208, 0, 0, 0, 5, 0, 0, 0, 5];
    idx.extend((0..50_000u32).map(|i| (i * i % 251) as u8));
    for path in [
        write("rows.npy", &npy("False", "<f4", floats())),
        write("columns.npy", &npy("True", "<f4", floats())),
        write("whole.npy", &npy("False", "<u8", whole)),
        write("images.idx", &idx),
    ] {
        let (here, away) = both(&path, &ReadOptions::default());
        assert_same(&here, &away);
        let (from, to) = match here.columns[0].kind() {
            Some(Kind::Number) => (0, Kind::Category),
            _ => (0, Kind::Number),
        };
        let types = vec![((from + 1).to_string(), to)];
        let (here, away) = both(&path, &ReadOptions { types, ..ReadOptions::default() });
        assert_same(&here, &away);
        assert_eq!(away.columns[0].kind(), Some(to));
    }
}

#[test]
fn rows_come_in_any_order_whatever_the_window_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, every_kind(2_500)).unwrap();
    let table =
        read_with(path.to_str().unwrap(), &ReadOptions { limit: limit(LITTLE), ..ReadOptions::default() });
    let roles = Roles { target: vec!["y".into()], ..Roles::default() };
    let all: Vec<u32> = (0..2_500).collect();
    let preparation = Preparation::fit(&table, &all, &roles, &PrepareOptions::default()).unwrap().preparation;
    let prepared = prepared(&preparation, table);
    let Inputs::AtRest(rows) = &prepared.x else { panic!("in a file") };
    let (everything, inputs) = (all_of(&prepared), prepared.inputs);
    let mut order = all.clone();
    for bytes in [0, 4 << 20] {
        let mut window = Window::<f32>::new(bytes, inputs);
        for seed in 0..3 {
            Dice::new(seed).stream(Purpose::Experiment, &[]).shuffle(&mut order);
            window.forget();
            for first in (0..order.len()).step_by(70) {
                let places = first..order.len().min(first + 70);
                let want: Vec<f32> = order[places.clone()]
                    .iter()
                    .flat_map(|&r| everything[r as usize * inputs..][..inputs].to_vec())
                    .collect();
                assert_eq!(window.rows(rows, &order, places).unwrap(), want);
            }
        }
        // Backwards, and a row twice.
        assert_eq!(window.rows(rows, &[7, 7], 0..2).unwrap().len(), 2 * inputs);
    }
}

#[test]
fn reading_keeps_to_its_share() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let row =
        |r: usize| (0..50).map(move |c| (r * 31 + c * 17) % 1_013).map(|x| format!("{}", x as f64 / 8.0));
    let rows: Vec<String> = (0..40_000).map(|r| row(r).collect::<Vec<_>>().join(",")).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    drop(rows);
    let path = path.to_str().unwrap();
    let peak = |options: ReadOptions| {
        let mut table = None;
        let memory = measure(|| table = Some(read_with(path, &options)));
        (memory.bytes_max, table.unwrap())
    };
    let (whole, _) = peak(ReadOptions::default());
    // 8 MB of cells; an eighth of 8 MiB for them, and some for the first records and for buffers.
    let (little, table) = peak(ReadOptions { limit: limit(8 << 20), ..ReadOptions::default() });
    assert!(whole > 8_000_000 && little < 6_500_000, "{whole} {little}");
    let column = measure(|| assert!(table.columns[7].cells().unwrap().missing() == 0));
    assert!(column.bytes_max < 600_000, "one column at a time: {}", column.bytes_max);
}

/// Texts of categories stand in memory, wherever the cells are.
#[test]
fn texts_beyond_their_share_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts.csv");
    let row = |r: usize| (0..30).map(move |c| format!("{c}-{r}-{}", "x".repeat(50))).collect::<Vec<_>>();
    let rows: Vec<String> = (0..3_000).map(|r| row(r).join(",")).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let path = path.to_str().unwrap();
    let read =
        |bytes| read(path, &ReadOptions { limit: limit(bytes), ..ReadOptions::default() }, &mut |_| ());
    // 90,000 texts of 55 bytes, each twice and 120 bytes more: 20 MB.
    let e = read(60 << 20).unwrap_err();
    let said = e.to_string();
    assert_eq!(e.exit_code(), 2, "{said}");
    assert!(
        said.starts_with("the memory of the categories' texts is `1") && said.contains(" MiB`"),
        "{said}"
    );
    assert!(
        said.contains("at most 15 MiB, a quarter of --memory") && said.contains("give more memory"),
        "{said}"
    );
    // The first row looks like names.
    assert_eq!(read(100 << 20).unwrap().rows, 2_999);
}

//! How many times its own size a file takes while it is read: the worst that we know of, format by format. Nothing is
//! asserted but that the files are read; the limits are tested in `hostile.rs`, the figures stand in SECURITY.md.
//!
//! `cargo test -p feedforward-data --test memory -- --ignored --nocapture`

use std::io::Write;
use std::path::{Path, PathBuf};

use allocation_counter::measure;
use feedforward_data::source::{ReadOptions, read};
use feedforward_data::table::Table;
use flate2::{Compression, write::GzEncoder};

/// Bytes of each file: much more than what every file takes.
const SIZE: usize = 24 << 20;

struct Case {
    what: &'static str,
    name: &'static str,
    fill: fn(&mut dyn Write),
}

/// `first`, then `line` until the file is large, then `last`.
fn lines(out: &mut dyn Write, first: &str, line: &str, last: &str) {
    out.write_all(first.as_bytes()).unwrap();
    let block = line.repeat(1 << 12);
    (0..SIZE.div_ceil(block.len())).for_each(|_| out.write_all(block.as_bytes()).unwrap());
    out.write_all(last.as_bytes()).unwrap();
}

/// Rows of cells that are made from the number of the row.
fn made(out: &mut dyn Write, first: &str, row: impl Fn(usize) -> String) {
    out.write_all(first.as_bytes()).unwrap();
    let mut written = 0;
    for i in 0.. {
        let row = row(i);
        written += row.len();
        out.write_all(row.as_bytes()).unwrap();
        if written > SIZE {
            return;
        }
    }
}

const NAMES: &str = "a,b,c,d,e,f,g,h\n";

fn cases() -> Vec<Case> {
    let case = |what, name, fill| Case { what, name, fill };
    vec![
        case("CSV, fractions of 8 bytes", "a.csv", |out| {
            made(out, NAMES, |i| {
                let x = |c: usize| format!("{}.{:05}", i % 10, (i * 7919 + c * 104_729) % 100_000);
                format!("{}\n", (0..8).map(x).collect::<Vec<_>>().join(","))
            })
        }),
        case("CSV, one digit a cell", "b.csv", |out| lines(out, NAMES, "1,2,3,4,5,6,7,8\n", "")),
        case("CSV, one digit a cell, f64 by its first row", "c.csv", |out| {
            lines(
                out,
                "a,b,c,d,e,f,g,h\n1e300,1e300,1e300,1e300,1e300,1e300,1e300,1e300\n",
                "1,2,3,4,5,6,7,8\n",
                "",
            );
        }),
        case("CSV, one digit a cell, f64 by its last row", "d.csv", |out| {
            lines(out, NAMES, "1,2,3,4,5,6,7,8\n", "1e300,1e300,1e300,1e300,1e300,1e300,1e300,1e300\n");
        }),
        case("CSV, one column of digits, f64 by its last row", "e.csv", |out| {
            lines(out, "a\n", "1\n", "1e300\n")
        }),
        case("CSV, empty cells", "f.csv", |out| lines(out, NAMES, ",,,,,,,1\n", "")),
        case("CSV, empty cells, f64 by its first row", "g.csv", |out| {
            lines(
                out,
                "a,b,c,d,e,f,g,h\n1e300,1e300,1e300,1e300,1e300,1e300,1e300,1e300\n",
                ",,,,,,,1\n",
                "",
            );
        }),
        case("CSV, empty cells, f64 by its last row", "h.csv", |out| {
            lines(out, NAMES, ",,,,,,,1\n", "1e300,1e300,1e300,1e300,1e300,1e300,1e300,1e300\n");
        }),
        case("CSV, a blank line after each row", "i.csv", |out| lines(out, "a,b\n", "1,2\n\n", "")),
        case("CSV, one column, a blank line after each row", "j.csv", |out| lines(out, "a\n", "1\n\n", "")),
        case("CSV, categories of one letter", "k.csv", |out| {
            lines(out, NAMES, "x,y,x,y,x,y,x,y\ny,x,y,x,y,x,y,x\n", "")
        }),
        case("CSV, empty cells of categories", "l.csv", |out| {
            lines(out, "a,b,c,d,e,f,g,h\nx,x,x,x,x,x,x,x\n", ",,,,,,,y\n", "")
        }),
        case("CSV, 60,000 texts in each column", "m.csv", |out| {
            made(out, "a,b,c,d\n", |i| {
                let k = i % 60_000;
                format!("a{k:x},b{k:x},c{k:x},d{k:x}\n")
            })
        }),
        case("CSV, one digit a cell, 100,000 columns", "wide.csv", |out| {
            let row = "1,".repeat(99_999) + "1\n";
            (0..SIZE.div_ceil(row.len())).for_each(|_| out.write_all(row.as_bytes()).unwrap());
        }),
        case("CSV, 400,000 columns, one row", "n.csv", |out| {
            (0..2).for_each(|_| {
                out.write_all("1,".repeat(400_000).as_bytes()).unwrap();
                out.write_all(b"2\n").unwrap();
            });
        }),
        case("gzip of CSV, one digit a cell", "o.csv.gz", |out| {
            let mut gz = GzEncoder::new(out, Compression::fast());
            lines(&mut gz, NAMES, "1,2,3,4,5,6,7,8\n", "");
            gz.finish().unwrap();
        }),
        case("NPY, u1", "p.npy", |out| npy(out, "|u1", 1)),
        case("NPY, f2", "q.npy", |out| npy(out, "<f2", 2)),
        case("NPY, i2", "r.npy", |out| npy(out, "<i2", 2)),
        case("NPY, f8", "s.npy", |out| npy(out, "<f8", 8)),
        case("NPY, texts of 1 byte", "t.npy", |out| npy(out, "|S1", 1)),
        case("IDX, u1", "u-idx2-ubyte", |out| {
            out.write_all(&[0, 0, 8, 2]).unwrap();
            out.write_all(&((SIZE / 8) as u32).to_be_bytes()).unwrap();
            out.write_all(&8_u32.to_be_bytes()).unwrap();
            out.write_all(&vec![7; SIZE]).unwrap();
        }),
    ]
}

/// Rows of 8 elements.
fn npy(out: &mut dyn Write, kind: &str, width: usize) {
    let rows = SIZE / 8 / width;
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({rows}, 8), }}\n");
    out.write_all(b"\x93NUMPY\x01\0").unwrap();
    out.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    out.write_all(header.as_bytes()).unwrap();
    // As text a letter, as a float and as a whole number something small.
    out.write_all(&vec![b'1'; rows * 8 * width]).unwrap();
}

fn written(folder: &Path, case: &Case) -> PathBuf {
    let path = folder.join(case.name);
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    (case.fill)(&mut out);
    out.flush().unwrap();
    path
}

#[test]
#[ignore = "a measurement: it prints figures"]
fn how_many_times_its_size_a_file_takes() {
    let folder = tempfile::tempdir().unwrap();
    println!("{:<52} {:>7} {:>7} {:>7} {:>7} {:>7}", "", "MB", "peak", "times", "kept", "B/cell");
    for case in cases() {
        let path = written(folder.path(), &case);
        let size = std::fs::metadata(&path).unwrap().len() as f64;
        let mut table: Option<Table> = None;
        let taken = measure(|| {
            table = Some(read(path.to_str().unwrap(), &ReadOptions::default(), &mut |_| ()).unwrap());
        });
        let cells = table.map(|t| t.rows * t.columns.len()).unwrap() as f64;
        let (peak, kept) = (taken.bytes_max as f64, taken.bytes_current as f64);
        println!(
            "{:<52} {:>7.1} {:>7.1} {:>7.2} {:>7.2} {:>7.2}",
            case.what,
            size / 1e6,
            peak / 1e6,
            peak / size,
            kept / size,
            peak / cells
        );
        std::fs::remove_file(path).unwrap();
    }
}

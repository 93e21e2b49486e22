//! Files that lie, bombs, and input without end: every one is an error that says what, where and what to do, soon and
//! in little memory. `testdata/hostile/make.py` made the small ones; the large ones are made here.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use allocation_counter::measure;
use feedforward_base::{Error, Result};
use feedforward_data::source::{ReadOptions, read};
use feedforward_data::table::{Cells, Column, Table};
use flate2::{Compression, write::GzEncoder};

/// Memory that any file may take ...
const FLOOR: u64 = 64 << 20;
/// ... and this for each of its bytes, or of those that a packed one may unpack to.
const PER_BYTE: u64 = 4;
/// Time on the processor, in any build: nothing hangs.
const SOON: Duration = Duration::from_secs(10);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/hostile")
}

/// The time that this thread has had on a processor, where the system tells.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
}

/// Reads a file within the bounds that are promised.
fn bounded(path: &Path) -> Result<Table> {
    let (mut result, begun) = (None, worked());
    let taken = measure(|| {
        result = Some(read(path.to_str().unwrap(), &ReadOptions::default(), &mut |_| ()));
    });
    let (took, size) = (worked() - begun, std::fs::metadata(path).unwrap().len());
    assert!(took < SOON, "{took:?}");
    let packed = path.extension().is_some_and(|e| e == "gz" || e == "npz");
    let bytes = if packed { (64 << 20) + 100 * size } else { size };
    assert!(taken.bytes_max <= FLOOR + PER_BYTE * bytes, "{} bytes for a file of {size}", taken.bytes_max);
    result.unwrap()
}

/// What a table may take besides: for each cell, column and distinct text.
fn bounded_table(path: &Path) -> Table {
    let mut table = None;
    let taken =
        measure(|| table = Some(read(path.to_str().unwrap(), &ReadOptions::default(), &mut |_| ()).unwrap()));
    let table = table.unwrap();
    let texts = |c: &Column| {
        if let Cells::Category { levels, .. } = c.here() { levels.len() } else { 65_536.min(table.rows) }
    };
    let texts: usize =
        table.columns.iter().filter(|c| !matches!(c.here(), Cells::Number(_))).map(texts).sum();
    let columns = table.columns.len();
    let besides = 16 * table.rows * columns + (columns << 10) + 200 * texts;
    let most = FLOOR + PER_BYTE * std::fs::metadata(path).unwrap().len() + besides as u64;
    eprintln!("{} of {most}", taken.bytes_max);
    assert!(taken.bytes_max <= most, "{} bytes, more than {most}", taken.bytes_max);
    table
}

/// The error that a file is, which must be complete.
fn refused(path: &Path, what: &str) -> Error {
    let e = bounded(path).expect_err("no table");
    let text = e.to_string();
    assert!(text.contains(what), "{text}\nexpected: {what}");
    assert!(text.contains(path.file_name().unwrap().to_str().unwrap()), "no place: {text}");
    assert!(text.contains("hint: "), "no hint: {text}");
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    e
}

/// A test for each file, and one that none is left out.
macro_rules! refused {
    ($($name:ident: $file:literal => $what:literal,)*) => {
        $(#[test]
        fn $name() {
            refused(&folder().join($file), $what);
        })*

        #[test]
        fn every_file_has_its_test() {
            let known = [$($file),*];
            for entry in std::fs::read_dir(folder()).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let other = ["make.py", "sound.parquet", "escapes.csv", "models", "settings", "traces"];
                assert!(known.contains(&&*name) || other.contains(&&*name), "{name} is in no test");
            }
        }
    };
}

refused! {
    npy_rows: "rows.npy" => "its header claims 1152921504606846976 samples of 2 elements; it ends after 4",
    npy_overflow: "overflow.npy" => "its dimensions are too large",
    npy_beyond_64_bits: "beyond_64_bits.npy" => "its shape is not a list of numbers",
    npy_dimensions: "dimensions.npy" => "it has 65 dimensions",
    npy_long_header: "long_header.npy" => "its header claims 4294967295 bytes",
    npy_wide_text: "wide_text.npy" => "an array of the type `<U4294967295` cannot be read",
    npy_text_row: "text_row.npy" => "it ends after 0 of them",
    npy_nothing: "nothing.npy" => "its samples have no elements",
    npy_pickle: "pickle.npy" => "an array of pickled Python objects cannot be read",
    idx_rows: "rows-idx3-ubyte" => "its header claims 4294967295 samples of 784 elements; it ends after 1",
    idx_columns: "columns-idx3-ubyte" => "a table of 18446744065119617025 columns cannot be read",
    idx_overflow: "overflow-idx5-ubyte" => "its dimensions are too large",
    npz_nested: "nested.npz" => "it does not begin with `\\x93NUMPY`",
    npz_sizes: "sizes.npz" => "it goes on after the 2 samples that its header claims",
    npz_entries: "entries.npz" => "this is not a sound NPZ file",
    npz_overlapping: "overlapping.npz" => "this is not a sound NPZ file",
    parquet_rows: "rows.parquet" => "claims 1099511627776 rows of 1 columns, more than 16 Mi cells",
    parquet_negative_rows: "negative_rows.parquet" => "it claims an impossible number of rows",
    parquet_more_values: "more_values.parquet" => "a column has more values than its row group has rows",
    parquet_outside: "outside.parquet" => "column `x` lies outside the file",
    parquet_unpacked: "unpacked.parquet" => "a page of column `x` of 26 bytes claims 2147483647 unpacked ones",
    parquet_bomb: "bomb.parquet" => "a page of column `x` unpacks to more than the 24 bytes that it claims",
    parquet_deep: "deep.parquet" => "a nested column cannot be read",
    parquet_children: "children.parquet" => "a nested column cannot be read",
    parquet_no_elements: "no_elements.parquet" => "its index is damaged",
    parquet_deltas: "deltas.parquet" => "a page of deltas claims more than it can hold",
    parquet_lengths: "lengths.parquet" => "a page of deltas claims more than it can hold",
    parquet_prefixes: "prefixes.parquet" => "a page of texts is damaged",
    parquet_dictionary: "dictionary.parquet" => "a dictionary for 2 values claims 2147483647",
    found_list_of_truths: "found_list_of_truths.parquet" => "its index is damaged",
    csv_zero_bytes: "zero_bytes.csv" => "a file that begins with the bytes",
    csv_late_zero: "late_zero.csv" => "is not a number",
    csv_latin: "latin.csv" => "the text is not UTF-8",
    csv_open_quote: "open_quote.csv" => "a quote that is opened in this record is never closed",
}

#[test]
fn a_sound_file_of_the_same_make_is_read() {
    assert_eq!(bounded(&folder().join("sound.parquet")).unwrap().rows, 3);
}

/// What `pyarrow` wrote with every encoding: the seeds of the fuzz targets.
#[test]
fn sound_pages_of_every_encoding_are_read() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/parquet");
    let colours = |k: usize| [Some("red"), Some("green"), None][k % 3];
    for name in
        ["none", "snappy", "gzip", "brotli", "lz4", "v2", "all", "lengths", "prefixes", "delta", "split"]
    {
        let table = bounded(&seeds.join(name)).unwrap();
        assert_eq!(table.rows, 40, "{name}");
        for column in table.columns.iter().filter(|c| c.name == "s") {
            let Cells::Category { codes, levels } = column.here() else { panic!("{name}: {column:?}") };
            let texts: Vec<_> = codes.iter().map(|c| levels.get(*c as usize).map(String::as_str)).collect();
            assert_eq!(texts, (0..40).map(colours).collect::<Vec<_>>(), "{name}");
        }
    }
}

/// A file with this name in a folder of its own.
fn written(name: &str, fill: impl FnOnce(&mut dyn Write)) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    let mut out = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    fill(&mut out);
    out.flush().unwrap();
    (dir, path)
}

fn repeat(out: &mut dyn Write, text: &[u8], bytes: usize) {
    let block = text.repeat((1 << 20) / text.len());
    (0..bytes.div_ceil(block.len())).for_each(|_| out.write_all(&block).unwrap());
}

fn packed(out: &mut dyn Write, head: &[u8], bytes: usize) {
    let mut gz = GzEncoder::new(out, Compression::fast());
    gz.write_all(head).unwrap();
    repeat(&mut gz, &[0; 1024], bytes);
    gz.finish().unwrap();
}

const BOMB: &str = "that unpacks to more than 64 MiB and 100 times its size cannot be read";

#[test]
fn a_gzip_bomb() {
    let head = [0, 0, 8, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 4, 0];
    let (_dir, path) = written("images-idx2-ubyte.gz", |out| packed(out, &head, 170 << 20));
    let e = refused(&path, BOMB);
    assert!(e.to_string().contains("hint: if you trust it, unpack it and give the unpacked file"), "{e}");
}

#[test]
fn a_bomb_inside_a_bomb() {
    let mut inner = Vec::new();
    packed(&mut inner, b"", 80 << 20);
    let (_dir, path) = written("x.csv.gz", |out| {
        let mut gz = GzEncoder::new(out, Compression::fast());
        gz.write_all(&inner).unwrap();
        gz.finish().unwrap();
    });
    // Only one layer is unpacked.
    refused(&path, "a file that begins with the bytes 1F 8B");
}

#[test]
fn an_npz_bomb() {
    let (_dir, path) = written("x.npz", |out| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("x.npy", zip::write::SimpleFileOptions::default()).unwrap();
        let header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1024), }\n";
        archive.write_all(b"\x93NUMPY\x01\0").unwrap();
        archive.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
        archive.write_all(header).unwrap();
        repeat(&mut archive, &[0; 1024], 160 << 20);
        out.write_all(&archive.finish().unwrap().into_inner()).unwrap();
    });
    refused(&path, BOMB);
}

#[test]
fn a_line_without_end() {
    let (_dir, path) = written("line.csv", |out| repeat(out, b"a", 100 << 20));
    refused(&path, "a record of more than 64 MiB");
}

#[test]
fn a_quote_without_end() {
    let (_dir, path) = written("quote.csv", |out| {
        out.write_all(b"a,b\n1,\"").unwrap();
        repeat(out, b"2,3\n", 100 << 20);
    });
    refused(&path, "a record of more than");
}

#[test]
fn fields_without_end() {
    let (_dir, path) = written("fields.csv", |out| repeat(out, b"1,", 32 << 20));
    refused(&path, "a record of more than 1,048,576 fields");
}

/// The cells are shorter in the file than in memory.
#[test]
fn short_cells() {
    let (_dir, path) = written("short.csv", |out| {
        out.write_all(b"a,b,c,d,e,f,g,h\n1e300,1e300,1e300,1e300,1e300,1e300,1e300,1e300\n").unwrap();
        // Every blank line costs a note of the next row's line.
        repeat(out, b",,,,,,,1\n\n", 12 << 20);
    });
    assert_eq!(bounded_table(&path).columns.len(), 8);
}

#[test]
fn many_texts() {
    let (_dir, path) = written("texts.csv", |out| {
        let row = |i: usize| (0..30).map(|c| format!("{:x}", i * 31 + c)).collect::<Vec<_>>().join(",");
        (0..120_000).for_each(|i| writeln!(out, "x{}", row(i % 60_000)).unwrap());
    });
    assert_eq!(bounded_table(&path).columns.len(), 30);
}

#[test]
fn many_columns() {
    let (_dir, path) = written("columns.csv", |out| {
        (0..3).for_each(|_| {
            repeat(out, b"1,x,,", 1_000_000);
            out.write_all(b"2\n").unwrap();
        });
    });
    assert!(bounded_table(&path).columns.len() > 600_000);
}

#[test]
fn a_hundred_thousand_names() {
    let (_dir, path) = written("names.csv", |out| {
        let names: Vec<String> = (0..100_000).map(|i| format!("name{i}")).collect();
        writeln!(out, "{}\n{}", names.join(","), names.join(",").replace("name", "text")).unwrap();
    });
    let table = bounded(&path).unwrap();
    assert_eq!((table.columns.len(), table.rows), (100_000, 1));
}

#[test]
fn an_archive_writes_nowhere() {
    let (dir, path) = written("x.npz", |out| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("../escaped.npy", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(b"\x93NUMPY\x01\0").unwrap();
        let header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1), }\n";
        archive.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
        archive.write_all(header).unwrap();
        archive.write_all(&[7]).unwrap();
        out.write_all(&archive.finish().unwrap().into_inner()).unwrap();
    });
    bounded(&path).unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(!dir.path().parent().unwrap().join("escaped.npy").exists());
}

#[test]
fn control_characters_of_a_file_are_not_shown() {
    let mut options = ReadOptions::default();
    options.types.push(("b".into(), feedforward_data::source::Kind::Number));
    let e = read(folder().join("escapes.csv").to_str().unwrap(), &options, &mut |_| ()).unwrap_err();
    assert!(!e.to_string().contains('\u{1b}') && e.to_string().contains("\u{fffd}[2J"), "{e}");
}

/// A device that gives zeros without end, and one that gives noise.
#[cfg(unix)]
#[test]
fn devices_without_end() {
    for device in ["/dev/zero", "/dev/urandom"] {
        let e = read(device, &ReadOptions::default(), &mut |_| ()).unwrap_err();
        assert!(e.to_string().contains("cannot be read"), "{e}");
    }
}

/// Parquet and NPZ have their index at the end: a named pipe is not opened a second time, which nobody would answer.
#[cfg(unix)]
#[test]
fn a_named_pipe_with_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("x.parquet");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, b"PAR1....PAR1")
    });
    let e = read(pipe.to_str().unwrap(), &ReadOptions::default(), &mut |_| ()).unwrap_err();
    assert!(e.to_string().starts_with("Parquet through a pipe cannot be read"), "{e}");
    writer.join().unwrap().unwrap();
}

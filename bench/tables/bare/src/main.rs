//! Tables for `bench/tables`, and the least that a reader of them must do.
//!
//! `bare make-csv ROWS COLUMNS FILE`, `bare make-npy ROWS COLUMNS FILE`; `bare bytes FILE` reads, `bare records FILE` takes
//! the records of a CSV, `bare floats FILE` takes each of their cells for a number, too, and keeps it; `bare ours FILE` is
//! our reader, from the file to the table. Seconds to standard output.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::time::Instant;

type Done = Result<(), Box<dyn std::error::Error>>;

fn main() -> Done {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["make-csv", rows, columns, file] => make_csv(rows.parse()?, columns.parse()?, file),
        ["make-npy", rows, columns, file] => make_npy(rows.parse()?, columns.parse()?, file),
        ["bytes", file] => timed(|| bytes(file)),
        ["records", file] => timed(|| records(file)),
        ["floats", file] => timed(|| floats(file)),
        ["ours", file] => timed(|| ours(file)),
        _ => Err("see the first lines of src/main.rs".into()),
    }
}

/// The work's result goes to standard error, so that nothing of it is left out.
fn timed(work: impl FnOnce() -> Result<u64, Box<dyn std::error::Error>>) -> Done {
    let begun = Instant::now();
    let sum = work()?;
    println!("{:.6}", begun.elapsed().as_secs_f64());
    eprintln!("{sum}");
    Ok(())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Of ten columns six hold fractions, two whole numbers, one categories, and the last is a class.
fn make_csv(rows: usize, columns: usize, file: &str) -> Done {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    let mut random = Random(1);
    let names: Vec<String> = (1..columns).map(|c| format!("c{c}")).collect();
    writeln!(out, "{},class", names.join(","))?;
    let mut line = Vec::new();
    for _ in 0..rows {
        line.clear();
        for c in 0..columns - 1 {
            match c % 10 {
                0..=5 => write!(line, "{}.{:05},", random.below(100), random.below(100_000))?,
                6 | 7 => write!(line, "{},", random.below(5_000))?,
                _ => write!(line, "{},", ["north", "east", "south", "west"][random.below(4) as usize])?,
            }
        }
        writeln!(line, "{}", ["no", "yes"][random.below(2) as usize])?;
        out.write_all(&line)?;
    }
    Ok(out.flush()?)
}

/// f32, the last column 0 or 1.
fn make_npy(rows: usize, columns: usize, file: &str) -> Done {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}").into_bytes();
    header.resize((header.len() + 11).next_multiple_of(64) - 11, b' ');
    header.push(b'\n');
    out.write_all(b"\x93NUMPY\x01\0")?;
    out.write_all(&(header.len() as u16).to_le_bytes())?;
    out.write_all(&header)?;
    let mut random = Random(1);
    for _ in 0..rows {
        for _ in 0..columns - 1 {
            out.write_all(&(random.below(10_000_000) as f32 / 1e5).to_le_bytes())?;
        }
        out.write_all(&(random.below(2) as f32).to_le_bytes())?;
    }
    Ok(out.flush()?)
}

fn bytes(file: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let (mut file, mut buffer, mut sum) = (File::open(file)?, vec![0; 256 << 10], 0);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(sum);
        }
        sum += n as u64;
    }
}

fn reader(file: &str) -> Result<csv::Reader<File>, Box<dyn std::error::Error>> {
    Ok(csv::ReaderBuilder::new().buffer_capacity(256 << 10).from_path(file)?)
}

fn records(file: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let (mut reader, mut record, mut sum) = (reader(file)?, csv::ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record)? {
        sum += record.len() as u64;
    }
    Ok(sum)
}

/// What is no number is looked at and kept as one, so that every cell costs what a cell costs at least.
fn floats(file: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let (mut reader, mut record) = (reader(file)?, csv::ByteRecord::new());
    let mut columns: Vec<Vec<f32>> = vec![Vec::new(); reader.byte_headers()?.len()];
    while reader.read_byte_record(&mut record)? {
        for (column, field) in columns.iter_mut().zip(&record) {
            let text = std::str::from_utf8(field)?;
            column.push(text.parse().unwrap_or(f32::NAN));
        }
    }
    Ok(columns.iter().map(|c| c.len() as u64).sum())
}

fn ours(file: &str) -> Result<u64, Box<dyn std::error::Error>> {
    let table =
        feedforward_data::source::read(file, &Default::default(), &mut |_| ()).map_err(|e| e.to_string())?;
    Ok((table.rows * table.columns.len()) as u64)
}

//! CSV and TSV: two bytes choose what the user says about the file, the rest is the file.
#![no_main]

use feedforward::data::source::{Kind, ReadOptions};
use feedforward_fuzz::{FLOOR, table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(([a, b], file)) = bytes.split_first_chunk() else { return };
    let mut options = ReadOptions {
        delimiter: [None, None, None, Some(b','), Some(b';'), Some(b'\t'), Some(b' '), Some(b'\'')]
            [usize::from(a & 7)],
        header: [None, None, Some(true), Some(false)][usize::from(a >> 3 & 3)],
        decimal: if a & 32 == 0 { b'.' } else { b',' },
        double: a & 64 != 0,
        skip_lines: usize::from(b & 3),
        ..ReadOptions::default()
    };
    if b & 4 != 0 {
        options.types.push(("1".into(), if b & 8 == 0 { Kind::Number } else { Kind::Category }));
    }
    if b & 16 != 0 {
        options.expected.push(("a".into(), if b & 8 == 0 { Kind::Category } else { Kind::Number }));
    }
    table(file, "t.csv", &options, FLOOR);
});

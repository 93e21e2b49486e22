//! Gzip: an odd first byte packs the rest, an even one takes it for packed bytes.
#![no_main]

use std::io::Write;

use feedforward::data::source::ReadOptions;
use feedforward_fuzz::{PACKED_FLOOR, table};
use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, rest)) = bytes.split_first() else { return };
    let mut packed = rest.to_vec();
    if choice & 1 == 1 {
        let mut out = GzEncoder::new(Vec::new(), Compression::new(1));
        out.write_all(rest).expect("memory takes everything");
        packed = out.finish().expect("memory takes everything");
        // Another member, a tail that is none, a cut.
        match choice >> 1 & 3 {
            1 => packed.extend(packed.clone()),
            2 => packed.push(choice),
            3 => packed.truncate(packed.len() - packed.len().min(usize::from(choice >> 3))),
            _ => {}
        }
    }
    table(&packed, "t.csv.gz", &ReadOptions::default(), PACKED_FLOOR);
});

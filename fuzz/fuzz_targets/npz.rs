//! NPZ files.
#![no_main]

use feedforward::data::source::ReadOptions;
use feedforward_fuzz::{PACKED_FLOOR, table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    table(bytes, "t.npz", &ReadOptions::default(), PACKED_FLOOR);
});

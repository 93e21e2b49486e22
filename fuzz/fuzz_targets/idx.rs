//! IDX files.
#![no_main]

use feedforward::data::source::ReadOptions;
use feedforward_fuzz::{FLOOR, table};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    table(bytes, "t-idx3-ubyte", &ReadOptions::default(), FLOOR);
});

//! PARQUET files.
#![no_main]

use feedforward::data::source::ReadOptions;
use feedforward_fuzz::{PACKED_FLOOR, table};
use libfuzzer_sys::fuzz_target;
use std::panic;

// The library's panics are caught and told as errors: they are no finds. One that is not caught ends the process still.
fuzz_target!(init: panic::set_hook(Box::new(|_| ())), |bytes: &[u8]| {
    table(bytes, "t.parquet", &ReadOptions::default(), PACKED_FLOOR);
});

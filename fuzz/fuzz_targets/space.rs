//! The space of `ff tune`: read, drawn from, laid out as a grid.
#![no_main]

use feedforward::selection::tune::Space;
use feedforward_fuzz::{FLOOR, bounded, said};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] =
    ["learning-rate", "activation", "batch-size", "layers", "penalty.l1", "penalty.l2", "width", "depth"];
/// Trials of a search.
const MOST: usize = 50;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    bounded(bytes.len(), FLOOR, || {
        let Some(space) = said(Space::parse(file, &NAMES)) else { return };
        let points = said(space.grid(MOST)).into_iter().flatten().chain(space.random(MOST, 1));
        for point in points {
            assert_eq!(point.len(), space.settings.len());
            assert!(space.flags(&point).len() <= point.len());
        }
    });
});

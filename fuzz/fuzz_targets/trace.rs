//! Calculations, the TOML of `ff trace --example FILE`.
#![no_main]

use feedforward::explain::notation::Sheet;
use feedforward::explain::page::{html, json, text};
use feedforward::explain::{Calculation, Notation, Trace};
use feedforward_fuzz::{FLOOR, bounded, said};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = std::str::from_utf8(bytes) else { return };
    bounded(bytes.len(), FLOOR, || {
        let Some(calculation) = said(Calculation::read(file)) else { return };
        let Some(setting) = said(calculation.setting("t.toml", None)) else { return };
        let Some(trace) = said(Trace::of(setting)) else { return };
        calculation.misprints(&trace);
        let sheet = Sheet::of(&trace, Notation::default());
        assert!(!text(&trace, &sheet, &[]).is_empty());
        assert!(!html(&trace, &sheet, &[]).is_empty());
        assert!(!json(&trace, Some(&sheet)).is_empty());
    });
});

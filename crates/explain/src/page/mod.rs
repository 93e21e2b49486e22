//! A trace on paper: text for a terminal, JSON for programs, one HTML page for a browser or a printer.

mod graph;
mod html;
mod json;
mod text;

pub use html::html;
pub use json::json;
pub use text::text;

use crate::notation::{Note, Sheet};
use crate::trace::Trace;
use feedforward_base::plain::plain;

/// What stands above the equations: names and values, a line each.
fn heading(trace: &Trace) -> Vec<(&'static str, String)> {
    let spec = &trace.spec;
    let functions: Vec<String> = spec.layers.iter().map(|l| l.activation.to_string()).collect();
    let mut lines = vec![
        ("network", format!("{}: {}", spec.shape(), functions.join(", "))),
        ("loss", spec.loss.to_string()),
        ("inputs", list(&trace.input_names)),
        ("outputs", list(&trace.output_names)),
    ];
    if trace.rows.len() > 1 {
        lines.push(("rows", list(&trace.rows.iter().map(u64::to_string).collect::<Vec<_>>())));
    }
    if trace.lesson.is_none() {
        lines.retain(|(name, _)| *name != "loss");
    }
    lines.extend(trace.notes.iter().map(|note| ("note", note.clone())));
    lines
}

/// The first names, and how many more there are.
fn list(names: &[String]) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST).map(|n| plain(n)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// What stands below them.
fn checked(trace: &Trace) -> String {
    match trace.engine_difference {
        0.0 => "the engine's own numbers in f64 are the same".into(),
        d => {
            format!("the engine's own numbers in f64 differ by at most {d:.1e} of a matrix's largest number")
        }
    }
}

/// The notes of a sheet with those that the caller adds.
fn notes<'a>(sheet: &'a Sheet, more: &'a [Note]) -> impl Iterator<Item = &'a Note> {
    sheet.notes.iter().chain(more)
}

//! Predicted numbers beside the true ones.

use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::{counted, number};
use feedforward_plot::{Axis, Bar, Figure, Item, Panel};
use feedforward_training::NumberEvidence;
use serde_json::json;

/// Target columns that are drawn.
const COLUMNS: usize = 4;
/// Points of a picture.
const POINTS: usize = 800;
/// Bars of the histogram.
const BINS: usize = 30;

/// The section of residuals.
pub(crate) fn add(page: &mut Page, e: &NumberEvidence) {
    let mut pictures = Vec::new();
    let (mut rows, mut kept) = (Vec::new(), Vec::new());
    for (c, name) in e.columns.iter().enumerate().take(COLUMNS) {
        let of = |all: &[f64]| all.iter().copied().skip(c).step_by(e.columns.len()).collect::<Vec<f64>>();
        let (truth, said) = (of(&e.truth), of(&e.predicted));
        if truth.len() < 2 {
            continue;
        }
        let mut residuals: Vec<f64> = said.iter().zip(&truth).map(|(a, y)| a - y).collect();
        let mean = residuals.iter().sum::<f64>() / residuals.len() as f64;
        residuals.sort_by(f64::total_cmp);
        pictures.push(scatter(c, name, &truth, &said));
        pictures.push(histogram(c, name, &residuals));
        let at = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| quantile(&residuals, share));
        kept.push(json!({ "column": name, "mean": mean, "quantiles": at }));
        let cells = at.into_iter().chain([mean]).map(|x| Cell::Number(x, number(x)));
        rows.push(std::iter::once(Cell::text(name)).chain(cells).collect());
    }
    if rows.is_empty() {
        return;
    }
    page.keep("residuals", json!(kept));
    let head = ["target", "5 %", "25 %", "50 %", "75 %", "95 %", "mean"].map(String::from).to_vec();
    let caption = "Predicted − true: so many of the rows lie below, and the mean".into();
    let mut blocks = vec![Block::Pictures(pictures), Block::Table(Table { caption, head, rows })];
    if e.columns.len() > COLUMNS {
        blocks.push(Block::Text(format!("The first {COLUMNS} of {} targets are shown.", e.columns.len())));
    }
    page.section("residuals", "Predicted beside true", blocks);
}

/// Every so many-th of the rows.
fn scatter(c: usize, name: &str, truth: &[f64], said: &[f64]) -> Picture {
    let every = truth.len().div_ceil(POINTS);
    let points: Vec<(f64, f64)> = truth.iter().copied().zip(said.iter().copied()).step_by(every).collect();
    let ends = points.iter().flat_map(|p| [p.0, p.1]).filter(|x| x.is_finite());
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(x), h.max(x)));
    let shown = match every {
        1 => format!("All {}", counted(truth.len(), "row")),
        _ => format!("{} of {}", counted(points.len(), "row"), counted(truth.len(), "row")),
    };
    let seen = format!("{shown}. On the line a prediction is right; above it, it is too high.");
    let items = vec![
        Item::points(points, 0, "row"),
        Item::line(vec![(low, low), (high, high)], 1, "predicted = true"),
    ];
    let (x, y) = (Axis::new(&format!("true {name}")), Axis::new(&format!("predicted {name}")));
    let figure =
        Figure::new(&format!("Predicted against true `{name}`"), 1, vec![Panel::plane("", x, y, items)]);
    Picture::new(format!("scatter-{}", c + 1), figure.caption(seen))
}

fn histogram(c: usize, name: &str, sorted: &[f64]) -> Picture {
    // The last half percent on either side would flatten all others.
    let (low, high) = (quantile(sorted, 0.005), quantile(sorted, 0.995));
    let (low, high) = if low < high { (low, high) } else { (low - 0.5, low + 0.5) };
    let wide = (high - low) / BINS as f64;
    let mut counts = [0usize; BINS];
    let mut outside = 0;
    for r in sorted {
        match ((r - low) / wide).floor() {
            bin if (0.0..BINS as f64).contains(&bin) => counts[bin as usize] += 1,
            _ if *r == high => counts[BINS - 1] += 1,
            _ => outside += 1,
        }
    }
    let bar = |(i, n): (usize, &usize)| Bar {
        side: (low + i as f64 * wide, low + (i + 1) as f64 * wide),
        value: *n as f64,
        spread: None,
    };
    let bars = counts.iter().enumerate().map(bar).collect();
    let outside = match outside {
        0 => String::new(),
        n => format!(" {} outside the picture.", counted(n, "row")),
    };
    let seen = format!(
        "Half of the predictions are off by less than {} to either side of {}.{outside}",
        number(0.5 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))),
        number(quantile(sorted, 0.5))
    );
    let items = vec![Item::Bars { bars, lying: false, name: String::new() }, Item::upright(0.0, 1, "right")];
    let panel = Panel::new("", Axis::new(&format!("predicted − true {name}")), Axis::new("rows"), items);
    let figure = Figure::new(&format!("How far off: `{name}`"), 1, vec![panel]).caption(seen);
    Picture::new(format!("residuals-{}", c + 1), figure)
}

/// Between two values on the straight line; `sorted` is not empty.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

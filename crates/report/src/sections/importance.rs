//! What the model relies on.

use super::Part;
use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::{counted, number};
use feedforward_data::prepare::{Encoding, Scale, Target};
use feedforward_explain::importance::{ColumnImportance, Importance};
use feedforward_plot::{Axis, Bar, Figure, Grid, Item, Panel};
use feedforward_training::Model;
use serde_json::json;

/// Columns that are drawn and listed.
const COLUMNS: usize = 20;
/// Pixels that are listed.
const PIXELS: usize = 8;

/// The section of importance.
pub(crate) fn add(page: &mut Page, importance: &Importance, model: &Model, part: Part) {
    let image = pixels(model).map(|(side, pixels)| image(importance, side, &pixels));
    let most = if image.is_some() { PIXELS } else { COLUMNS };
    let shown = &importance.columns[..importance.columns.len().min(most)];
    let Some(first) = shown.first() else { return };
    let words = format!(
        "How much worse the loss becomes when the values of a column are shuffled among {}, the mean over {}. Columns \
         that say the same share their importance: each can stand in for the other.",
        part.some(importance.rows),
        counted(importance.repeats, "shuffle")
    );
    let pictures = match image {
        Some(image) => vec![image],
        None => vec![bars(shown, importance.columns.len(), first)],
    };
    let blocks = vec![Block::Text(words), Block::Pictures(pictures), Block::Table(table(importance, shown))];
    let about = json!({ "rows": importance.rows, "repeats": importance.repeats, "seed": importance.seed,
        "loss": importance.loss, "score": importance.score, "columns": shown });
    page.keep("importance", about);
    page.section("importance", "What it relies on", blocks);
}

fn bars(shown: &[ColumnImportance], all: usize, first: &ColumnImportance) -> Picture {
    let bar = |(i, c): (usize, &ColumnImportance)| {
        let (mean, spread) = (c.loss_rise.mean, c.loss_rise.deviation.unwrap_or(0.0));
        Bar::of_name(i, mean).spread(mean - spread, mean + spread)
    };
    let bars = shown.iter().enumerate().map(bar).collect();
    let names = shown.iter().map(|c| c.column.as_str());
    let of = if shown.len() < all {
        format!("The first {} of {all} columns. ", shown.len())
    } else {
        String::new()
    };
    let seen = format!(
        "{of}It relies most on `{}`: without it the loss rises by {}. Thin lines: ± one standard deviation over the \
         shuffles.",
        first.column,
        number(first.loss_rise.mean)
    );
    let items = vec![Item::Bars { bars, lying: true, name: String::new() }];
    let panel = Panel::new("", Axis::new("rise of the loss"), Axis::named("", names).turned(), items);
    Picture::new("rise", Figure::new("Importance of the columns", 1, vec![panel]).caption(seen))
}

/// The pixels of square grey images, row by row, by their columns' names: every column but the target is a number from
/// 0 to 255.
fn pixels(model: &Model) -> Option<(usize, Vec<&String>)> {
    let target = match &model.preparation.target {
        Target::Classes { column, .. } => column,
        Target::Numbers { columns } => &columns.first()?.name,
    };
    let pixels: Vec<&String> = model.preparation.columns.iter().filter(|c| *c != target).collect();
    let side = (1..=pixels.len()).find(|s| s * s >= pixels.len())?;
    let grey = model.preparation.features.iter().all(|f| match &f.encoding {
        Encoding::Number { scale: Scale::MinMax(s), .. } => s.low == 0.0 && s.high == 255.0,
        _ => false,
    });
    (grey && side >= 4 && side * side == pixels.len()).then_some((side, pixels))
}

/// Each pixel's importance at its place; pixels that are no feature have none.
fn image(importance: &Importance, side: usize, pixels: &[&String]) -> Picture {
    let mut values = vec![0.0; side * side];
    for c in &importance.columns {
        // The columns stand row by row, the top row first; a grid's first row is at the bottom.
        let place = pixels.iter().position(|name| **name == c.column);
        if let Some(p) = place {
            values[(side - 1 - p / side) * side + p % side] = c.loss_rise.mean.max(0.0);
        }
    }
    let high = values.iter().copied().fold(0.0, f64::max);
    let span = (0.0, (side - 1) as f64);
    let grid = Grid { columns: side, rows: side, x: span, y: span, values };
    let items =
        vec![Item::Heat { grid, range: (0.0, high.max(f64::MIN_POSITIVE)), name: "rise of the loss".into() }];
    let axis = |label: &str| Axis::new(label).range(-0.5, side as f64 - 0.5);
    let panel = Panel::plane("", axis("pixel to the right"), axis("pixel upwards"), items);
    let seen = format!(
        "The darker (on a dark screen the lighter) a pixel, the more the model relies on it; the most: {}.",
        number(high)
    );
    Picture::new("pixels", Figure::new("Importance of the pixels", 1, vec![panel]).caption(seen))
}

fn table(importance: &Importance, shown: &[ColumnImportance]) -> Table {
    let row = |c: &ColumnImportance| {
        vec![
            Cell::text(format!("`{}`", c.column)),
            Cell::Number(c.loss_rise.mean, number(c.loss_rise.mean)),
            Cell::of(c.loss_rise.deviation, number),
            Cell::of(c.score_fall.as_ref().map(|f| f.mean), number),
        ]
    };
    let fall = format!("fall of {}", importance.metric.about().title);
    let caption = match importance.columns.len() - shown.len() {
        0 => "Importance of the columns".to_string(),
        _ => format!("The {} columns that matter most", shown.len()),
    };
    Table {
        caption,
        head: ["column", "rise of the loss", "±", &fall].map(String::from).to_vec(),
        rows: shown.iter().map(row).collect(),
    }
}

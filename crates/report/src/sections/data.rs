//! The table.

use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::{counted, grouped, number, percent};
use feedforward_data::describe::{ColumnDescription, ColumnKind, Description, Flag, TargetDescription};
use feedforward_plot::{Axis, Bar, Figure, Item, Panel};
use serde_json::json;

/// Tables of more columns show half as many of them, those first that are suspicious.
const COLUMNS: usize = 40;
/// Classes that are drawn.
const CLASSES: usize = 24;
/// Levels of a category that are named.
const LEVELS: usize = 4;

/// The section of the table.
pub(crate) fn add(page: &mut Page, d: &Description, data: &str) {
    let missing: usize = d.columns.iter().map(|c| c.missing).sum();
    let cells = d.rows * d.columns.len();
    let mut text = format!("`{data}`: {}, {}. ", counted(d.rows, "row"), counted(d.columns.len(), "column"));
    text.push_str(&match missing {
        0 => "No cell is empty.".to_string(),
        n => format!("{} ({}) are empty.", counted(n, "cell"), percent(n as f64 / cells as f64)),
    });
    let mut blocks = vec![Block::Text(text)];
    blocks.extend(d.target.as_ref().and_then(|t| balance(t, &d.columns[t.column].name)));
    let shown: Vec<&ColumnDescription> = if d.columns.len() <= COLUMNS {
        d.columns.iter().collect()
    } else {
        blocks.extend(groups(&d.columns));
        // Columns of one value are counted above; the others' order stays.
        let mut all: Vec<_> = d.columns.iter().filter(|c| !c.flags.contains(&Flag::Constant)).collect();
        all.sort_by_key(|c| c.flags.is_empty());
        all.truncate(COLUMNS / 2);
        all
    };
    let caption = match d.columns.len() - shown.len() {
        0 => "The columns".to_string(),
        n => format!(
            "{}, suspicious ones first; {} more are not shown",
            counted(shown.len(), "column"),
            grouped(n)
        ),
    };
    let head = ["column", "kind", "empty", "different", "values", "remarks"].map(String::from).to_vec();
    blocks.push(Block::Table(Table { caption, head, rows: shown.iter().map(|c| row(c)).collect() }));
    page.keep("data", json!({ "rows": d.rows, "columns": shown, "target": d.target }));
    page.section("data", "The data", blocks);
}

/// How many columns have which remark.
fn groups(columns: &[ColumnDescription]) -> Option<Block> {
    let mut counts = std::collections::BTreeMap::new();
    for flag in columns.iter().flat_map(|c| &c.flags) {
        let words = match flag {
            Flag::Leak { .. } => "may give the target away".into(),
            other => remark(other),
        };
        *counts.entry(words).or_insert(0) += 1;
    }
    let line = |(words, n): (String, usize)| format!("{}: {words}.", counted(n, "column"));
    (!counts.is_empty()).then(|| Block::Text(counts.into_iter().map(line).collect::<Vec<_>>().join(" ")))
}

fn row(c: &ColumnDescription) -> Vec<Cell> {
    let kind = match c.kind {
        ColumnKind::Number => "number",
        ColumnKind::Category => "category",
        ColumnKind::Text => "text",
    };
    let values = match &c.number {
        Some(n) => format!(
            "{} to {}, median {}, mean {}",
            number(n.min),
            number(n.max),
            number(n.median),
            number(n.mean)
        ),
        None => {
            let named: Vec<String> =
                c.top.iter().take(LEVELS).map(|t| format!("`{}` {}", t.value, grouped(t.count))).collect();
            let more = if c.distinct > LEVELS && !named.is_empty() { ", …" } else { "" };
            named.join(", ") + more
        }
    };
    let remarks: Vec<String> = c.flags.iter().map(remark).collect();
    vec![
        Cell::text(format!("`{}`", c.name)),
        Cell::text(kind),
        Cell::Number(c.missing as f64, grouped(c.missing)),
        Cell::Number(c.distinct as f64, grouped(c.distinct)),
        Cell::text(values),
        Cell::text(remarks.join("; ")),
    ]
}

fn remark(flag: &Flag) -> String {
    match flag {
        Flag::Constant => "one value only".into(),
        Flag::AllMissing => "no value at all".into(),
        Flag::Identifier => "names or counts the rows".into(),
        Flag::TooManyLevels => "many different texts".into(),
        Flag::Leak { value, .. } => format!("may give the target away ({})", number(*value)),
        Flag::HeavyTail { .. } => "a few values lie very far out".into(),
    }
}

/// How frequent the classes are.
fn balance(target: &TargetDescription, name: &str) -> Option<Block> {
    let classes = &target.classes;
    let imbalance = target.imbalance.filter(|_| (2..=CLASSES).contains(&classes.len()))?;
    let rows: usize = classes.iter().map(|c| c.count).sum();
    let bars = classes.iter().enumerate().map(|(i, c)| Bar::of_name(i, c.count as f64)).collect();
    let largest = classes.iter().reduce(|a, b| if b.count > a.count { b } else { a })?;
    let seen = match imbalance {
        1.0 => "All classes are equally frequent.".to_string(),
        _ => format!(
            "`{}` has most rows, {}; {} times as many as the least frequent one.",
            largest.value,
            percent(largest.count as f64 / rows as f64),
            number(imbalance)
        ),
    };
    let names = classes.iter().map(|c| c.value.as_str());
    let items = vec![Item::Bars { bars, lying: true, name: String::new() }];
    let panel = Panel::new("", Axis::new("rows"), Axis::named("", names).turned(), items);
    let figure = Figure::new(&format!("Classes of `{name}`"), 1, vec![panel]).caption(seen);
    Some(Block::Pictures(vec![Picture::new("balance", figure)]))
}

//! The report of an experiment of the laboratory.

use crate::origin::{self, Origin};
use crate::page::{Block, Cell, Page, Picture, Table};
use crate::words::number;
use feedforward_lab::Outcome;
use feedforward_plot::Figure;
use serde_json::{Map, Value};

/// Rows of a table.
const ROWS: usize = 60;

/// The report: `document` is what the verb prints with `--json`; its `results` become tables.
pub fn page(outcome: &Outcome, document: Value, origin: &Origin) -> Page {
    let figure = &outcome.figure;
    let mut page = Page::new(&figure.title, document);
    if !figure.caption.is_empty() {
        page.lead = vec![("Seen".into(), figure.caption.clone())];
    }
    let lines = outcome.lines.iter().map(|l| Block::Text(l.clone())).collect();
    page.section("findings", "What was found", lines);
    page.section("pictures", "Pictures", vec![Block::Pictures(pictures(figure))]);
    let mut blocks = Vec::new();
    tables(&outcome.numbers, "Numbers", &mut blocks);
    page.section("numbers", "Numbers", blocks);
    origin::add(&mut page, origin);
    page
}

/// Each panel by itself, so that it is readable on a phone.
fn pictures(figure: &Figure) -> Vec<Picture> {
    let one = |(i, panel): (usize, &feedforward_plot::Panel)| {
        let title = if panel.title.is_empty() { &figure.title } else { &panel.title };
        let panel = feedforward_plot::Panel { title: String::new(), ..panel.clone() };
        let seen = format!("{} against {}.", panel.y.label, panel.x.label);
        Picture::new(format!("picture-{}", i + 1), Figure::new(title, 1, vec![panel]).caption(seen))
    };
    figure.panels.iter().enumerate().map(one).collect()
}

/// Plain values as facts, lists of objects as tables, and so on inside objects.
fn tables(value: &Value, name: &str, blocks: &mut Vec<Block>) {
    match value {
        Value::Object(all) => {
            let facts: Vec<(String, Cell)> =
                all.iter().filter_map(|(key, v)| Some((words(key), plain(v)?))).collect();
            if !facts.is_empty() {
                blocks.push(Block::Facts(facts));
            }
            all.iter()
                .filter(|(_, v)| plain(v).is_none())
                .for_each(|(key, v)| tables(v, &words(key), blocks));
        }
        Value::Array(all) => {
            let objects: Vec<&Map<String, Value>> = all.iter().filter_map(Value::as_object).collect();
            if let (Some(first), true) = (objects.first(), objects.len() == all.len()) {
                blocks.extend(table(name, first, &objects));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn table(name: &str, first: &Map<String, Value>, all: &[&Map<String, Value>]) -> Option<Block> {
    let keys: Vec<&String> = first.iter().filter(|(_, v)| plain(v).is_some()).map(|(key, _)| key).collect();
    let row = |o: &&Map<String, Value>| {
        keys.iter().map(|k| o.get(*k).and_then(plain).unwrap_or_else(|| Cell::text("–"))).collect()
    };
    let more = all.len().saturating_sub(ROWS);
    let caption =
        if more > 0 { format!("{name}: the first {ROWS}, {more} more are not shown") } else { name.into() };
    (!keys.is_empty()).then(|| {
        Block::Table(Table {
            caption,
            head: keys.iter().map(|k| words(k)).collect(),
            rows: all.iter().take(ROWS).map(row).collect(),
        })
    })
}

/// A value that is no list and no object.
fn plain(value: &Value) -> Option<Cell> {
    match value {
        Value::Null => Some(Cell::text("–")),
        Value::Bool(b) => Some(Cell::text(if *b { "yes" } else { "no" })),
        Value::Number(n) => n.as_f64().map(|x| Cell::Number(x, number(x))),
        Value::String(s) => Some(Cell::text(s)),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn words(key: &str) -> String {
    key.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_plot::{Axis, Item, Panel};
    use serde_json::json;

    #[test]
    fn numbers_become_facts_and_tables() {
        let numbers = json!({ "sum_of_all": 0.5, "list": [1, 2], "inner": { "points": [
            { "n": 1, "error": 0.25, "fits": true }, { "n": 2, "error": null, "fits": false }
        ] } });
        let panel = |title: &str| {
            Panel::new(title, Axis::new("n"), Axis::new("error"), vec![Item::upright(1.0, 0, "")])
        };
        let figure = Figure::new("An experiment", 2, vec![panel("left"), panel("")]).caption("Two panels.");
        let outcome = Outcome { lines: vec!["It fits.".into()], numbers: numbers.clone(), figure };
        let page = page(&outcome, json!({ "results": numbers }), &Origin::default());
        let numbers = page.sections.iter().find(|s| s.id == "numbers").unwrap();
        assert_eq!(numbers.blocks.len(), 2, "{numbers:?}");
        assert_eq!(
            numbers.blocks[0],
            Block::Facts(vec![("sum of all".into(), Cell::Number(0.5, "0.5".into()))])
        );
        let Block::Table(t) = &numbers.blocks[1] else { panic!("{numbers:?}") };
        assert_eq!((t.caption.as_str(), t.head.len(), t.rows.len()), ("points", 3, 2));
        let html = page.to_html();
        assert!(html.contains("<strong>left</strong>") && html.contains("<strong>An experiment</strong>"));
    }
}

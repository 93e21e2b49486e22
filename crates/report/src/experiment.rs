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
    page.section("findings", "What was found", findings(&outcome.lines));
    page.section("pictures", "Pictures", vec![Block::Pictures(pictures(figure))]);
    let mut blocks = Vec::new();
    tables(&outcome.numbers, "Numbers", &mut blocks);
    page.section("numbers", "Numbers", blocks);
    origin::add(&mut page, origin);
    page
}

/// Sentences as paragraphs; lines with columns, which are two blanks apart, stay below each other.
fn findings(lines: &[String]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for line in lines.iter().filter(|l| !l.trim().is_empty()) {
        match (line.trim().contains("  "), blocks.last_mut()) {
            (true, Some(Block::Lines(above))) => above.push(line.clone()),
            (true, _) => blocks.push(Block::Lines(vec![line.clone()])),
            (false, _) => blocks.push(Block::Text(line.clone())),
        }
    }
    blocks
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
    let head: Vec<String> = flat(first).into_iter().map(|(key, _)| key).collect();
    let row = |o: &&Map<String, Value>| {
        let own = flat(o);
        let cell = |key: &String| own.iter().find(|(k, _)| k == key).map(|(_, cell)| cell.clone());
        head.iter().map(|key| cell(key).unwrap_or(Cell::text("–"))).collect()
    };
    let more = all.len().saturating_sub(ROWS);
    let caption = match more {
        0 => name.to_string(),
        n => format!("{name}: the first {ROWS}, {n} more are not shown"),
    };
    let rows = all.iter().take(ROWS).map(row).collect();
    (!head.is_empty()).then(|| Block::Table(Table { caption, head: head.clone(), rows }))
}

/// The plain values of an object, those of objects in it included.
fn flat(object: &Map<String, Value>) -> Vec<(String, Cell)> {
    let mut all = Vec::new();
    for (key, value) in object {
        match (plain(value), value) {
            (Some(cell), _) => all.push((words(key), cell)),
            (None, Value::Object(inner)) => {
                all.extend(flat(inner).into_iter().map(|(k, cell)| (format!("{} {k}", words(key)), cell)));
            }
            (None, _) => {}
        }
    }
    all
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
            { "n": 1, "error": 0.25, "fits": { "well": true } }, { "n": 2, "error": null, "fits": { "well": false } }
        ] } });
        let panel = |title: &str| {
            Panel::new(title, Axis::new("n"), Axis::new("error"), vec![Item::upright(1.0, 0, "")])
        };
        let figure = Figure::new("An experiment", 2, vec![panel("left"), panel("")]).caption("Two panels.");
        let outcome = Outcome {
            lines: ["n  error", "1  0.25", "It fits."].map(String::from).to_vec(),
            numbers: numbers.clone(),
            figure,
        };
        let page = page(&outcome, json!({ "results": numbers }), &Origin::default());
        let found = &page.sections[0].blocks;
        assert!(matches!(&found[..], [Block::Lines(l), Block::Text(_)] if l.len() == 2), "{found:?}");
        let numbers = page.sections.iter().find(|s| s.id == "numbers").unwrap();
        assert_eq!(numbers.blocks.len(), 2, "{numbers:?}");
        assert_eq!(
            numbers.blocks[0],
            Block::Facts(vec![("sum of all".into(), Cell::Number(0.5, "0.5".into()))])
        );
        let Block::Table(t) = &numbers.blocks[1] else { panic!("{numbers:?}") };
        assert_eq!(t.head, ["error", "fits well", "n"]);
        assert_eq!((t.caption.as_str(), t.rows.len()), ("points", 2));
        let html = page.to_html();
        assert!(html.contains("<strong>left</strong>") && html.contains("<strong>An experiment</strong>"));
    }
}

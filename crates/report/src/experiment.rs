//! The report of an experiment of the laboratory.

use crate::error_tables;
use crate::origin::{self, Origin};
use crate::page::{Block, Cell, Page, Picture, Table};
use crate::sections;
use crate::words::number;
use feedforward_lab::Outcome;
use feedforward_plot::Figure;
use serde_json::{Map, Value};

/// Rows of a table.
const ROWS: usize = 60;

/// What an experiment was made on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ground {
    /// For the heading: what is learned from what; empty where an experiment has no data.
    pub about: String,
    /// What the reader should know of the data, as the verb told it.
    pub notes: Vec<String>,
}

/// The report: `document` is what the verb prints with `--json`; its `results` become tables.
pub fn page(outcome: &Outcome, document: Value, ground: &Ground, origin: &Origin) -> Page {
    let figure = &outcome.figure;
    let title = match ground.about.as_str() {
        "" => figure.title.clone(),
        about => format!("{}: {about}", figure.title),
    };
    let main = error_tables::of(document["experiment"].as_str().unwrap_or(""), &outcome.numbers);
    let mut page = Page::new(title, document);
    if !figure.caption.is_empty() {
        // The same words for every outcome.
        page.lead = vec![("How to read it".into(), figure.caption.clone())];
    }
    sections::warnings(&mut page, &ground.notes);
    page.section("findings", "What was found", findings(&outcome.lines));
    page.section("pictures", "Pictures", vec![Block::Pictures(pictures(figure))]);
    let mut blocks = Vec::new();
    let mut rest = outcome.numbers.clone();
    if let (Some((list, table)), Some(all)) = (main, rest.as_object_mut()) {
        all.remove(list);
        blocks.push(Block::Table(table));
    }
    tables(&rest, "", &mut blocks);
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
            let facts: Vec<(String, Cell)> = all.iter().flat_map(|(key, v)| fact(&words(key), v)).collect();
            if !facts.is_empty() {
                blocks.extend((!name.is_empty()).then(|| Block::Text(format!("Of the {name}:"))));
                blocks.push(Block::Facts(facts));
            }
            all.iter()
                .filter(|(key, v)| fact(key, v).is_empty())
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

/// A plain value, or an estimate with its interval; nothing of others.
fn fact(name: &str, value: &Value) -> Vec<(String, Cell)> {
    if let Some(cell) = plain(value) {
        return vec![(name.into(), cell)];
    }
    let part = |key: &str| value.get(key).and_then(plain);
    match (part("value"), part("low"), part("high")) {
        (Some(estimate), Some(low), Some(high)) => vec![
            (name.into(), estimate),
            (format!("{name}, 95 % interval from"), low),
            (format!("{name}, 95 % interval to"), high),
        ],
        _ => Vec::new(),
    }
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
    match key {
        "train" => "training error".into(),
        "valid" => "validation error".into(),
        "baseline" => "to beat".into(),
        "floor" => "lowest that can be".into(),
        _ => key.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feedforward_plot::{Axis, Item, Panel};
    use serde_json::json;

    #[test]
    fn numbers_become_facts_and_tables() {
        let numbers = json!({ "sum_of_all": 0.5, "list": [1, 2], "gap": { "value": 0.5, "low": 0.25, "high": 1.0 }, "inner": { "points": [
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
        let ground = Ground { about: "y from t.csv".into(), notes: vec!["a column is left out".into()] };
        let document = json!({ "experiment": "other", "results": numbers });
        let page = page(&outcome, document, &ground, &Origin::default());
        assert_eq!((page.title.as_str(), page.sections[0].id), ("An experiment: y from t.csv", "warnings"));
        let found = &page.sections[1].blocks;
        assert!(matches!(&found[..], [Block::Lines(l), Block::Text(_)] if l.len() == 2), "{found:?}");
        let numbers = page.sections.iter().find(|s| s.id == "numbers").unwrap();
        assert_eq!(numbers.blocks.len(), 2, "{numbers:?}");
        assert_eq!(
            numbers.blocks[0],
            Block::Facts(vec![
                ("gap".into(), Cell::Number(0.5, "0.5".into())),
                ("gap, 95 % interval from".into(), Cell::Number(0.25, "0.25".into())),
                ("gap, 95 % interval to".into(), Cell::Number(1.0, "1".into())),
                ("sum of all".into(), Cell::Number(0.5, "0.5".into())),
            ])
        );
        let Block::Table(t) = &numbers.blocks[1] else { panic!("{numbers:?}") };
        assert_eq!(t.head, ["error", "fits well", "n"]);
        assert_eq!((t.caption.as_str(), t.rows.len()), ("points", 2));
        let html = page.to_html();
        assert!(html.contains("<strong>left</strong>") && html.contains("<strong>An experiment</strong>"));
    }
}

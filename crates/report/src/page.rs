//! What stands on a page, as plain data.

use feedforward_plot::Figure;
use serde_json::{Map, Value};

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// One line.
    pub title: String,
    /// What was asked, done and found: a word and a sentence each, in words that need no training.
    pub lead: Vec<(String, String)>,
    /// What follows.
    pub sections: Vec<Section>,
    /// What the verb prints with `--json`.
    pub document: Value,
    /// What the report alone has computed, by section.
    pub details: Map<String, Value>,
}

/// A part with a heading.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The address within the page: letters and dashes.
    pub id: &'static str,
    /// The heading.
    pub title: String,
    /// What stands below it.
    pub blocks: Vec<Block>,
}

/// Something below a heading. In texts, words between backticks are set as code.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// The number that is looked for first, and what it is.
    Score(Cell, String),
    /// Things that the reader should know, each a sentence or two.
    Warnings(Vec<String>),
    /// Names and values.
    Facts(Vec<(String, Cell)>),
    /// A table.
    Table(Table),
    /// A table that is seen on demand, and on paper.
    Folded(Table),
    /// Pictures beside each other, as many as there is room for.
    Pictures(Vec<Picture>),
    /// Commands for a shell, one a line.
    Commands(Vec<String>),
    /// Lines whose columns stand below each other.
    Lines(Vec<String>),
}

/// A table with a head row; the first cell of each row is its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The names of the columns.
    pub head: Vec<String>,
    /// The rows, as long as the head.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number of the page's documents, and how it is shown.
    Number(f64, String),
    /// The same on a shade from 0 (none) to 1.
    Shaded(f64, String, f64),
    /// The same with a frame.
    Framed(f64, String, f64),
}

/// A picture with its address; its figure's caption says in words what is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Within the page: letters, digits and dashes.
    pub id: String,
    /// The picture, of one panel.
    pub figure: Figure,
}

impl Page {
    /// A page without sections. `document` is what the verb prints with `--json`.
    pub fn new(title: impl Into<String>, document: Value) -> Self {
        Page { title: title.into(), document, ..Page::default() }
    }
    /// Add a section, unless nothing stands in it.
    pub fn section(&mut self, id: &'static str, title: &str, blocks: Vec<Block>) {
        if !blocks.is_empty() {
            self.sections.push(Section { id, title: title.into(), blocks });
        }
    }
    /// Keep what a section's numbers come from.
    pub fn keep(&mut self, name: &str, value: Value) {
        self.details.insert(name.into(), value);
    }
    /// The page as one HTML file.
    pub fn to_html(&self) -> String {
        crate::html::write(self)
    }
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }
    /// A number that may not be defined.
    pub fn of(value: Option<f64>, show: impl Fn(f64) -> String) -> Self {
        value.map_or(Cell::text("–"), |x| Cell::Number(x, show(x)))
    }
}

impl Picture {
    /// `figure` at the address `id`.
    pub fn new(id: impl Into<String>, figure: Figure) -> Self {
        Picture { id: id.into(), figure }
    }
}

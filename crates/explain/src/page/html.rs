//! A sheet as one HTML page: no script, nothing to fetch, for light and dark screens and for paper.

use super::text::left_out;
use super::{checked, graph, heading, notes};
use crate::markup;
use crate::notation::{Block, Matrix, Note, Sheet};
use crate::number::short;
use crate::trace::Trace;
use feedforward_base::words::escape;

/// Rows and columns of a matrix that are shown.
const MOST: usize = 16;

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fdfdfb; --faint: #6b6b6b; --line: #b9b9b4; --node: #eef1f4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e4; --paper: #16181a; --faint: #9c9c96; --line: #55585c; --node: #24292e; }
}
@media print { :root { --ink: #000; --paper: #fff; --faint: #444; --line: #888; --node: #f2f2f2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 1.1rem; }
figure { margin: 1.5rem 0; overflow-x: auto; }
figcaption { color: var(--faint); font-size: .9rem; }
svg { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .operation, svg .data, svg .parameter { fill: var(--node); stroke: var(--ink); }
svg line { stroke: var(--ink); }
svg line.backward { stroke-dasharray: 5 4; }
svg .tip { fill: var(--ink); }
.block { margin: .8rem 0; break-inside: avoid; overflow-x: auto; }
.equation { font-family: Cambria, 'STIX Two Text', 'Times New Roman', serif; font-size: 1.05rem; }
.equation a { font: .75rem system-ui, sans-serif; color: var(--faint); margin-left: .4rem; }
table { border-collapse: collapse; margin: .2rem 0 .2rem 1.5rem; border: solid var(--ink); border-width: 0 1px;
  border-radius: .5rem; font-variant-numeric: tabular-nums; font-size: .9rem; }
td { padding: .05rem .6rem; text-align: right; }
.left-out { color: var(--faint); margin-left: 1.5rem; font-size: .9rem; }
footer { margin-top: 2rem; color: var(--faint); font-size: .9rem; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } svg { max-width: 100%; height: auto; } }
";

/// The whole page, `more` being notes beside the sheet's own.
pub fn html(trace: &Trace, sheet: &Sheet, more: &[Note]) -> String {
    let title = escape(&trace.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<dl>\n"
    );
    for (name, value) in heading(trace) {
        out.push_str(&format!("<dt>{name}</dt><dd>{}</dd>\n", escape(&value)));
    }
    let conventions: String =
        sheet.conventions.iter().map(|line| format!("<li>{}</li>", markup::html(line))).collect();
    out.push_str(&format!("<dt>notation</dt><dd>{}<ul>{conventions}</ul></dd>\n</dl>\n", sheet.notation));
    out.push_str(&figures(trace, sheet));
    for part in &sheet.parts {
        out.push_str(&format!("<section>\n<h2>{}</h2>\n", escape(&part.heading)));
        part.blocks.iter().for_each(|b| out.push_str(&block(b)));
        out.push_str("</section>\n");
    }
    let all: String = notes(sheet, more)
        .map(|n| format!("<dt id=\"{0}\">{0}</dt><dd>{1}</dd>\n", escape(&n.mark), markup::html(&n.text)))
        .collect();
    if !all.is_empty() {
        out.push_str(&format!(
            "<section>\n<h2>where the lecture's print is wrong</h2>\n<dl>\n{all}</dl>\n</section>\n"
        ));
    }
    out.push_str(&format!("<footer>{}</footer>\n</body>\n</html>", escape(&checked(trace))));
    out
}

fn figures(trace: &Trace, sheet: &Sheet) -> String {
    let network = graph::network(trace, &sheet.symbols);
    let opened = graph::layer(trace, &sheet.symbols, trace.last());
    format!(
        "<figure>\n{network}<figcaption>The network: a layer is one node.</figcaption>\n</figure>\n\
         <figure>\n{opened}<figcaption>Layer {} opened.</figcaption>\n</figure>\n",
        sheet.symbols.numbers[trace.last()]
    )
}

fn block(block: &Block) -> String {
    let marks: String = block.marks.iter().map(|m| format!("<a href=\"#{m}\">{m}</a>")).collect();
    let equation = markup::html(&block.equation);
    let values = block.matrix.as_ref().map_or(String::new(), matrix);
    format!("<div class=\"block\"><div class=\"equation\">{equation}{marks}</div>\n{values}</div>\n")
}

fn matrix(m: &Matrix) -> String {
    let row = |r: usize| {
        let cells: String =
            (0..m.columns.min(MOST)).map(|c| format!("<td>{}</td>", short(m.at(r, c)))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = (0..m.rows.min(MOST)).map(row).collect();
    let left_out =
        left_out(m, MOST).map_or(String::new(), |words| format!("<div class=\"left-out\">{words}</div>\n"));
    format!("<table>\n{rows}</table>\n{left_out}")
}

//! A sheet for a terminal.

use super::{checked, heading, notes};
use crate::markup;
use crate::notation::{Block, Matrix, Note, Sheet};
use crate::number::{aligned, short};
use crate::trace::Trace;

/// Rows and columns of a matrix that are shown.
const MOST: usize = 8;
/// Columns of a line of running text.
const WIDTH: usize = 100;

/// The whole sheet as text, `more` being notes beside its own. The last line has no line break.
pub fn text(trace: &Trace, sheet: &Sheet, more: &[Note]) -> String {
    let mut out = format!("{}\n\n", trace.title);
    for (name, value) in heading(trace) {
        out.push_str(&format!("{name:<9} {value}\n"));
    }
    out.push_str(&format!("notation  {}\n", sheet.notation));
    for line in &sheet.conventions {
        out.push_str(&format!("          - {}\n", hanging(&markup::text(line), 12)));
    }
    for part in &sheet.parts {
        out.push_str(&format!("\n{}\n", part.heading));
        part.blocks.iter().for_each(|b| out.push_str(&block(b)));
    }
    let mut first = true;
    for note in notes(sheet, more) {
        out.push_str(if first { "\nwhere the lecture's print is wrong\n" } else { "" });
        first = false;
        out.push_str(&format!("  [{}] {}\n", note.mark, hanging(&markup::text(&note.text), 8)));
    }
    out.push_str(&format!("\nchecked   {}", checked(trace)));
    out
}

fn block(block: &Block) -> String {
    let mut line = format!("  {}", markup::text(&block.equation));
    let marks: String = block.marks.iter().map(|m| format!(" [{m}]")).collect();
    match &block.matrix {
        None => format!("{}{marks}\n", hanging(&line, 4)),
        Some(m) if m.numbers.len() == 1 => format!("{line} = {}{marks}\n", short(m.numbers[0])),
        Some(m) => {
            line.push_str(&marks);
            line.push('\n');
            for row in matrix(m) {
                line.push_str(&format!("    {}\n", row.trim_end()));
            }
            line
        }
    }
}

/// The rows of a matrix; of a large one the first, and how many are left out.
fn matrix(m: &Matrix) -> Vec<String> {
    let (rows, columns) = (m.rows.min(MOST), m.columns.min(MOST));
    let mut lines = vec![String::new(); rows];
    for c in 0..columns {
        let numbers: Vec<String> = (0..rows).map(|r| short(m.at(r, c))).collect();
        for (line, number) in lines.iter_mut().zip(aligned(&numbers)) {
            line.push_str(if c == 0 { "" } else { "  " });
            line.push_str(&number);
        }
    }
    lines.extend(left_out(m, MOST));
    lines
}

/// What of a matrix is not shown.
pub(super) fn left_out(m: &Matrix, most: usize) -> Option<String> {
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let (rows, columns) = (m.rows.saturating_sub(most), m.columns.saturating_sub(most));
    let words = match (rows, columns) {
        (0, 0) => return None,
        (rows, 0) => counted(rows, "more row"),
        (0, columns) => counted(columns, "more column"),
        (rows, columns) => format!("{} and {}", counted(rows, "more row"), counted(columns, "more column")),
    };
    Some(format!("… {words}: {} x {} in all", m.rows, m.columns))
}

/// Words on lines of [`WIDTH`] columns, all but the first indented.
fn hanging(words: &str, indent: usize) -> String {
    let lead = words.len() - words.trim_start().len();
    let mut out = " ".repeat(lead);
    let mut column = indent;
    for word in words.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_matrices_say_what_is_left_out() {
        let m = Matrix { rows: 10, columns: 512, numbers: (0..5120).map(f64::from).collect() };
        let lines = matrix(&m);
        assert_eq!(lines.len(), 9);
        assert_eq!(lines[8], "… 2 more rows and 504 more columns: 10 x 512 in all");
        let row = Matrix::row(vec![1.0; 9]);
        assert_eq!(matrix(&row)[1], "… 1 more column: 1 x 9 in all");
    }

    #[test]
    fn long_notes_hang() {
        let words = "word ".repeat(40);
        let text = hanging(&words, 8);
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH) && text.lines().count() == 3, "{text}");
        assert!(text.lines().skip(1).all(|l| l.starts_with("        word")));
    }
}

//! Which class is taken for which.

use crate::page::{Block, Cell, Page, Table};
use crate::words::{percent, weight};
use feedforward_training::judgement::{ClassJudgement, labels};
use serde_json::json;

/// The matrix is shown for so many classes at most; of more, the worst confusions.
const MATRIX: usize = 12;
/// Confusions and classes that are listed.
const CONFUSIONS: usize = 10;
const CLASSES: usize = 40;
/// Columns that a name takes at the head of a column, and of a row.
const HEAD: usize = 10;
const NAME: usize = 24;

/// The section of confusions and classes.
pub(crate) fn add(page: &mut Page, j: &ClassJudgement) {
    if j.confusion.total() == 0.0 {
        return;
    }
    let mut blocks = Vec::new();
    if j.classes.len() <= MATRIX {
        blocks.push(Block::Table(matrix(j)));
    }
    if j.classes.len() > 2 {
        blocks.push(worst(page, j));
    }
    blocks.push(Block::Table(per_class(j)));
    page.section("classes", "Which class is taken for which", blocks);
}

fn matrix(j: &ClassJudgement) -> Table {
    let names = labels(j.classes.iter().map(String::as_str), NAME);
    let heads = labels(j.classes.iter().map(String::as_str), HEAD);
    let row = |(truth, cells): (usize, Vec<f64>)| {
        let support = j.per_class[truth].support;
        let cell = |(said, w): (usize, f64)| {
            // The share of the truth that went there; a decision that is right is framed, too.
            let share = if support > 0.0 { w / support } else { 0.0 };
            if said == truth { Cell::Framed(w, weight(w), share) } else { Cell::Shaded(w, weight(w), share) }
        };
        let cells = cells.into_iter().enumerate().map(cell);
        std::iter::once(Cell::text(format!("`{}`", names[truth]))).chain(cells).collect()
    };
    let unit = if j.weighted { "the weight of the rows" } else { "how many rows" };
    Table {
        caption: format!(
            "Confusion matrix: {unit} of each class (row) that were taken for each class (column)"
        ),
        head: std::iter::once("truth".into()).chain(heads.into_iter().map(|n| format!("`{n}`"))).collect(),
        rows: j.confusion.matrix().into_iter().enumerate().map(row).collect(),
    }
}

fn worst(page: &mut Page, j: &ClassJudgement) -> Block {
    let worst = j.worst_confusions(CONFUSIONS);
    if worst.is_empty() {
        return Block::Text("No row was decided wrongly.".into());
    }
    let names = labels(j.classes.iter().map(String::as_str), NAME);
    let mut kept = Vec::new();
    let mut row = |c: &feedforward_training::metric::Cell| {
        let (truth, said) = (c.truth as usize, c.decided as usize);
        let share = c.weight / j.per_class[truth].support;
        kept.push(
            json!({ "truth": j.classes[truth], "said": j.classes[said], "rows": c.weight, "share": share }),
        );
        vec![
            Cell::text(format!("`{}` taken for `{}`", names[truth], names[said])),
            Cell::Number(c.weight, weight(c.weight)),
            Cell::Number(share, percent(share)),
        ]
    };
    let rows = worst.iter().map(&mut row).collect();
    page.keep("confusions", json!(kept));
    let head = ["confusion", if j.weighted { "weight" } else { "rows" }, "of that class"];
    let caption = "Confused most often".into();
    Block::Table(Table { caption, head: head.map(String::from).to_vec(), rows })
}

fn per_class(j: &ClassJudgement) -> Table {
    let names = labels(j.classes.iter().map(String::as_str), NAME);
    let mut order: Vec<usize> = (0..names.len()).collect();
    let mut caption = "Each class against the rest".to_string();
    if order.len() > CLASSES {
        order.retain(|&k| j.per_class[k].support > 0.0);
        order.sort_by(|&a, &b| j.per_class[a].f1.total_cmp(&j.per_class[b].f1));
        order.truncate(CLASSES);
        caption = format!("The {} classes of {} with the lowest F1", order.len(), names.len());
    }
    let row = |k: usize| {
        let s = &j.per_class[k];
        let shares = [s.precision, s.recall, s.specificity, s.f1].map(|x| Cell::Number(x, percent(x)));
        std::iter::once(Cell::text(format!("`{}`", names[k])))
            .chain(shares)
            .chain([Cell::Number(s.support, weight(s.support))])
            .collect()
    };
    let rows = if j.weighted { "weight" } else { "rows" };
    Table {
        caption,
        head: ["class", "precision", "recall", "specificity", "F1", rows].map(String::from).to_vec(),
        rows: order.into_iter().map(row).collect(),
    }
}

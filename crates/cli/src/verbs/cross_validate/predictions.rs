//! What is said of each row by the model that did not learn from it, as CSV.

use crate::verbs::predict::shown;
use csv::Writer;
use feedforward::Result;
use feedforward::data::table::{Cells, Numbers, Table};
use feedforward::selection::{CrossValidation, OutOfFold};
use feedforward::training::metric::decide;
use feedforward::training::{Evidence, Precision};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

/// A line for each row that was held back, in the order of the table: its line in the file, its fold, its truth and what
/// was said; division after division.
///
/// `cells` are those of the targets, see [`truths`].
pub(super) fn write(
    out: &mut dyn io::Write,
    found: &CrossValidation,
    table: &Table,
    cells: &Truths<'_>,
) -> io::Result<()> {
    let mut csv = Writer::from_writer(out);
    let single = found.ask.precision == Precision::F32;
    let all = (1..=found.how.repeats).filter_map(|r| Some((r, found.out_of_fold(r)?)));
    for (i, (repeat, said)) in all.enumerate() {
        if i == 0 {
            csv.write_record(names(&said.evidence))?;
        }
        for place in 0..said.rows.len() {
            let row = said.rows[place] as usize;
            csv.write_field(table.line(row).to_string())?;
            csv.write_field(repeat.to_string())?;
            csv.write_field(said.folds[place].to_string())?;
            for field in answers(&said, place, row, cells, single) {
                csv.write_field(field)?;
            }
            csv.write_record(None::<&[u8]>)?;
        }
    }
    csv.flush()
}

fn names(evidence: &Evidence) -> Vec<String> {
    let about = ["row", "repeat", "fold"].map(String::from).into_iter();
    match evidence {
        Evidence::Classes(e) => {
            let p = e.classes.iter().map(|c| format!("p({c})"));
            about.chain(["truth".into(), "prediction".into()]).chain(p).collect()
        }
        Evidence::Numbers(e) if e.columns.len() == 1 => {
            about.chain(["truth".into(), "prediction".into()]).collect()
        }
        Evidence::Numbers(e) => about
            .chain(e.columns.iter().flat_map(|c| [format!("truth({c})"), format!("prediction({c})")]))
            .collect(),
    }
}

fn answers(said: &OutOfFold, place: usize, row: usize, cells: &Truths<'_>, single: bool) -> Vec<String> {
    match &said.evidence {
        Evidence::Classes(e) => {
            let p = &e.probabilities[place * e.classes.len()..][..e.classes.len()];
            let class = |k: u32| e.classes[k as usize].clone();
            let words = [class(e.truth[place]), class(decide(p, 0.5))];
            words.into_iter().chain(p.iter().map(|p| shown(*p, single).to_string())).collect()
        }
        Evidence::Numbers(e) => {
            let at = place * e.columns.len();
            let pair = |(k, name): (usize, &String)| {
                [
                    cells
                        .get(name)
                        .and_then(|cells| truth(cells, row))
                        .unwrap_or(e.truth[at + k])
                        .to_string(),
                    e.predicted[at + k].to_string(),
                ]
            };
            e.columns.iter().enumerate().flat_map(pair).collect()
        }
    }
}

/// The cells of columns, by name.
type Truths<'t> = HashMap<String, Cow<'t, Cells>>;

/// The cells of the targets that are numbers.
pub(super) fn truths<'t>(found: &CrossValidation, table: &'t Table) -> Result<Truths<'t>> {
    let Some(Evidence::Numbers(e)) = found.out_of_fold(1).map(|said| said.evidence) else {
        return Ok(HashMap::new());
    };
    let targets = table.columns.iter().filter(|c| e.columns.contains(&c.name));
    targets.map(|c| Ok((c.name.clone(), c.cells()?))).collect()
}

/// A number as it stands in the table: what was judged has been scaled and scaled back. `None` where the column was read
/// as categories.
fn truth(cells: &Cells, row: usize) -> Option<f64> {
    match cells {
        // The shortest text that names the f32 is the text that was read.
        Cells::Number(Numbers::F32(v)) => v[row].to_string().parse().ok(),
        Cells::Number(numbers) => Some(numbers.get(row)),
        Cells::Category { .. } | Cells::Text { .. } => None,
    }
}

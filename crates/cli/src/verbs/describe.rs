//! `ff describe`.

use crate::args::{Describe as Args, PartArg};
use crate::data::{self, Data, Expect};
use crate::failure::Outcome;
use crate::output;
use crate::verbs::inspect;
use crate::words::{counted, cut, list};
use feedforward::data::describe::{
    ColumnDescription, ColumnKind, Count, Description, Flag, LeakMeasure, TargetDescription, describe,
};
use feedforward::data::prepare::{Fitted, Preparation, PrepareOptions, Roles, Target};
use feedforward::data::table::Table;
use feedforward::{Error, Result};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Columns that text lists one by one.
const LISTED: usize = 60;
/// Names that one line lists.
const NAMED: usize = 8;

/// Show what is in a table.
pub(crate) fn run(args: &Args) -> Outcome {
    let Data { table, target } =
        data::load(&args.data, &args.reading, PartArg::Train, Expect::default(), args.shared.quiet)?;
    let target = args.target.clone().or(target);
    let index = target.as_deref().map(|t| table.column_index(t)).transpose()?;
    let mut described = describe(&table, index)?;
    let prepared = target.map(|t| prepare(&table, t));
    if let (Some(target), Some(Ok(fitted))) = (&mut described.target, &prepared)
        && matches!(fitted.preparation.target, Target::Numbers { .. })
    {
        // Whole numbers that training takes as a number are no classes here either.
        (target.classes, target.imbalance) = (Vec::new(), None);
    }
    if args.shared.json {
        let mut value = json!(described);
        value["preparation"] = prepared.as_ref().map_or(Value::Null, preparation_json);
        output::print_json(&value)?;
    } else {
        output::print(&text(&described, prepared.as_ref()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What preparation would do if all rows were to train on. That it would refuse is worth telling, too.
fn prepare(table: &Table, target: String) -> Result<Fitted> {
    let rows: Vec<u32> = (0..table.rows as u32).collect();
    let roles = Roles { target: vec![target], ..Roles::default() };
    Preparation::fit(table, &rows, &roles, &PrepareOptions::default())
}

fn preparation_json(prepared: &Result<Fitted>) -> Value {
    match prepared {
        Ok(fitted) => json!({
            "inputs": fitted.preparation.inputs(),
            "outputs": outputs(&fitted.preparation),
            "notes": fitted.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        Err(e) => json!({ "refused": e.to_string() }),
    }
}

/// Units of the output layer: one unit tells two classes apart.
fn outputs(p: &Preparation) -> usize {
    match &p.target {
        Target::Classes { classes, .. } if classes.len() == 2 => 1,
        _ => p.outputs(),
    }
}

fn text(d: &Description, prepared: Option<&Result<Fitted>>) -> String {
    let mut parts =
        vec![format!("{}: {}, {}", d.name, counted(d.rows, "row"), counted(d.columns.len(), "column"))];
    parts.push(columns(&d.columns));
    if let Some(target) = &d.target {
        parts.push(target_text(target, &d.columns[target.column]));
    }
    let flags = flags(&d.columns);
    if !flags.is_empty() {
        parts.push(format!("Worth a look:\n{}", flags.join("\n")));
    }
    match prepared {
        Some(Ok(fitted)) => {
            let notes = fitted.notes.iter().map(|n| format!("\n  {n}")).collect::<String>();
            parts.push(format!("Preparation:\n{}{notes}", inspect::preparation(&fitted.preparation)));
        }
        Some(Err(e)) => parts.push(format!("Training would refuse this table:\n{}", indent(e))),
        None => {
            parts.push("With `--target COLUMN` the target, leaks and the preparation are shown, too.".into())
        }
    }
    parts.join("\n\n")
}

fn indent(e: &Error) -> String {
    e.to_string().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The table of columns.
fn columns(all: &[ColumnDescription]) -> String {
    let shown = &all[..all.len().min(LISTED)];
    let names = cut(shown.iter().map(|c| c.name.as_str()));
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0).max("column".len());
    let mut text = format!("{:<width$}  kind      missing  distinct  values", "column");
    for (c, name) in shown.iter().zip(names) {
        let kind = match c.kind {
            ColumnKind::Number => "number",
            ColumnKind::Category => "category",
            ColumnKind::Text => "text",
        };
        let line = format!("\n{name:<width$}  {kind:<8}  {:>7}  {:>8}  {}", c.missing, c.distinct, values(c));
        text.push_str(line.trim_end());
    }
    if let Some(more) = all.len().checked_sub(LISTED).filter(|n| *n > 0) {
        text.push_str(&format!("\n… and {}; `--json` lists all", counted(more, "more column")));
    }
    text
}

fn values(c: &ColumnDescription) -> String {
    if let Some(n) = &c.number {
        let [min, max, median, mean, std] = [n.min, n.max, n.median, n.mean, n.std].map(short);
        return format!("{min} .. {max}, median {median}, mean {mean}, std {std}");
    }
    let levels = cut(c.top.iter().map(|t| t.value.as_str()));
    let shown = c.top.iter().zip(levels).take(4).map(|(t, level)| format!("{level} {}", t.count));
    let shown = shown.collect::<Vec<_>>().join(", ");
    let more = if c.distinct > 4 && !shown.is_empty() { ", …" } else { "" };
    format!("{shown}{more}")
}

/// A number in about five digits; all those before the point, for times and identifiers.
fn short(x: f64) -> String {
    if x == 0.0 || (1e-3..1e15).contains(&x.abs()) {
        let decimals = (4 - x.abs().max(1.0).log10().floor() as i32).max(0) as usize;
        let text = format!("{x:.decimals$}");
        return if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').into()
        } else {
            text
        };
    }
    format!("{x:.3e}")
}

fn target_text(target: &TargetDescription, column: &ColumnDescription) -> String {
    let name = list([column.name.as_str()], 1);
    let Some(imbalance) = target.imbalance.filter(|_| target.classes.len() <= LISTED) else {
        return format!("Target {name}: {}", values(column));
    };
    let rows: usize = target.classes.iter().map(|c| c.count).sum();
    let names = cut(target.classes.iter().map(|c| c.value.as_str()));
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    let line = |(c, name): (&Count, String)| {
        let share = 100.0 * c.count as f64 / rows as f64;
        format!("\n  {name:<width$}  {:>8}  {share:5.1} %", c.count)
    };
    let lines: String = target.classes.iter().zip(names).map(line).collect();
    let balance = match target.classes.len() {
        1 => String::new(),
        _ if imbalance == 1.0 => "; all are equally frequent".into(),
        _ => format!("; the largest is {} times the smallest", short(imbalance)),
    };
    format!("Target {name}: {}{balance}{lines}", counted(target.classes.len(), "value"))
}

/// One line per kind of suspicion; leaks have a line each.
fn flags(columns: &[ColumnDescription]) -> Vec<String> {
    let group = |words: &str, is: fn(&Flag) -> bool| {
        let names: Vec<&str> =
            columns.iter().filter(|c| c.flags.iter().any(is)).map(|c| c.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("  {}: {words}", list(names, NAMED)))
    };
    let mut lines: Vec<String> = [
        group("no value at all", |f| matches!(f, Flag::AllMissing)),
        group("one value only", |f| matches!(f, Flag::Constant)),
        group("names or counts the rows", |f| matches!(f, Flag::Identifier)),
        group("too many different texts for a category", |f| matches!(f, Flag::TooManyLevels)),
        group("a few values lie very far out; `--scaling robust` may help", |f| {
            matches!(f, Flag::HeavyTail { .. })
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    for column in columns {
        lines.extend(column.flags.iter().filter_map(|f| leak_line(&column.name, f)));
    }
    if lines.len() > LISTED {
        let more = lines.split_off(LISTED).len();
        lines.push(format!("  … and {more} more; `--json` lists all"));
    }
    lines
}

fn leak_line(name: &str, flag: &Flag) -> Option<String> {
    let name = list([name], 1);
    match flag {
        Flag::Leak { by: LeakMeasure::Correlation, value } => Some(format!(
            "  {name}: may give the target away, correlation {value:.4}; `--ignore` it if it is not known beforehand"
        )),
        Flag::Leak { by: LeakMeasure::Purity, value } => Some(format!(
            "  {name}: may give the target away, alone right in {:.1} % of the rows; `--ignore` it if it is not \
             known beforehand",
            100.0 * value
        )),
        Flag::Constant
        | Flag::AllMissing
        | Flag::Identifier
        | Flag::TooManyLevels
        | Flag::HeavyTail { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let got = [0.0, 1.0, -2.5, 1234.5678, 0.001_234_5, 123_456.7, 1e9, 1e-9, 9_999_999.0].map(short);
        assert_eq!(
            got,
            ["0", "1", "-2.5", "1234.6", "0.0012", "123457", "1000000000", "1.000e-9", "9999999"]
        );
    }
}

//! A cross-validation as text.

use crate::verbs::train;
use crate::words::{counted, grouped};
use feedforward::data::prepare::Target;
use feedforward::selection::{CrossValidation, Fold, How, Round, Spread};
use feedforward::training::Metric;
use feedforward::training::choose::Chosen;
use feedforward::training::metric::Kind;

/// Metrics that each fold's line shows.
const OF_CLASSES: [Metric; 3] = [Metric::Accuracy, Metric::BalancedAccuracy, Metric::F1];
const OF_NUMBERS: [Metric; 3] = [Metric::Rmse, Metric::Mae, Metric::R2];
/// Stands for a value that is not defined.
const UNDEFINED: &str = "–";

/// `1 fold`, `5 folds`.
pub(super) fn folds(n: usize) -> String {
    counted(n, "fold")
}

/// How the table is divided, and what the first fold trains.
pub(super) fn intention(data: &str, rows: usize, how: &How, chosen: &Chosen) -> String {
    let roles = &chosen.ask.roles;
    let by = match (&roles.group, &roles.time, &chosen.preparation.target) {
        (Some(group), ..) => format!(", the rows of one `{group}` in one fold"),
        (_, Some(time), _) => format!(", each later in `{time}` than what is learned"),
        (_, _, Target::Classes { .. }) if how.stratified => ", the same shares of the classes in each".into(),
        _ => ", at random".into(),
    };
    let times = if how.repeats == 1 { String::new() } else { format!("{} times ", grouped(how.repeats)) };
    format!(
        "{} in {times}{}{by}\n\nin the first fold:\n{}",
        counted(rows, "row"),
        folds(how.folds),
        train::intention(data, chosen)
    )
}

/// The sizes of folds that are not trained yet.
pub(super) fn rounds(how: &How, rounds: &[Round]) -> String {
    let head = [repeat_title(how), vec!["fold".into(), "trained on".into(), "held back".into()]].concat();
    let line = |r: &Round| {
        let sizes = [r.fold, r.rows.train.len(), r.rows.test.len()].map(grouped);
        [repeat_of(how, r.repeat), sizes.to_vec()].concat()
    };
    aligned(&[vec![head], rounds.iter().map(line).collect()].concat())
}

fn repeat_title(how: &How) -> Vec<String> {
    repeat_column(how, "repeat".into())
}

fn repeat_of(how: &How, repeat: usize) -> Vec<String> {
    repeat_column(how, grouped(repeat))
}

/// A column that is there where the table is divided several times.
fn repeat_column(how: &How, text: String) -> Vec<String> {
    if how.repeats > 1 { vec![text] } else { Vec::new() }
}

/// What was found: a line per fold, then each metric over all of them.
pub(super) fn result(found: &CrossValidation, quiet: bool) -> String {
    let Some(first) = found.folds.first() else { return "interrupted before the first fold was done".into() };
    let metrics = match first.judgement.kind() {
        Kind::Classes => OF_CLASSES,
        Kind::Numbers => OF_NUMBERS,
    };
    let mut head = repeat_title(&found.how);
    head.extend(["fold", "rows", "held back", "best epoch", "loss"].map(String::from));
    head.extend(metrics.map(|m| m.about().title.to_string()));
    let lines = found.folds.iter().map(|f| line(found, f, &metrics)).collect();
    let mut text = aligned(&[vec![head], lines].concat());
    if found.interrupted {
        let all = found.how.folds * found.how.repeats;
        text.push_str(&format!("\n\ninterrupted: {} of {all} folds are done", found.folds.len()));
    }
    text.push_str(&format!("\n\n{}\n", spreads(found)));
    if !quiet {
        text.push_str(&format!("\n{}\n", remarks(found)));
    }
    text
}

fn line(found: &CrossValidation, fold: &Fold, metrics: &[Metric]) -> Vec<String> {
    let mut line = repeat_of(&found.how, fold.repeat);
    line.push(grouped(fold.fold));
    line.push(grouped(fold.train_rows + fold.valid_rows));
    line.push(grouped(fold.test_rows));
    line.push(format!("{} of {}", fold.kept_epoch, fold.epochs.len()));
    line.push(number(fold.judgement.loss()));
    line.extend(metrics.iter().map(|m| number(fold.judgement.value(*m))));
    line
}

/// Four decimals below 100, four digits above.
fn number(value: Option<f64>) -> String {
    let Some(value) = value else { return UNDEFINED.into() };
    match value.abs() {
        x if x >= 1e7 => format!("{value:.3e}"),
        x if x >= 1e3 => format!("{value:.0}"),
        x if x >= 100.0 => format!("{value:.1}"),
        _ => format!("{value:.4}"),
    }
}

/// Every metric: mean, deviation and interval.
fn spreads(found: &CrossValidation) -> String {
    let done = found.folds.len();
    let mut head = vec![String::new(), format!("mean ± deviation over {}", folds(done))];
    head.extend((!found.intervals.is_empty()).then(|| "95 % interval of the mean".into()));
    let mut lines = vec![head];
    let alike = |s: &Spread| s.values.len() > 1 && s.deviation == Some(0.0);
    let loss = found.loss.iter().map(|spread| ("loss", spread, None));
    let scores = found.scores.iter().map(|(m, s)| (m.about().title, s, found.intervals.get(m)));
    for (title, spread, interval) in scores.chain(loss) {
        let some = match spread.values.len() {
            n if n < done => format!(" (in {n})"),
            _ => String::new(),
        };
        let mut line = vec![format!("{title}{some}"), spread.to_string()];
        let d = spread.decimals();
        line.extend(interval.map(|(low, high)| format!("{low:.d$} to {high:.d$}")));
        if alike(spread) && !found.intervals.is_empty() {
            line.push("the same in all".into());
        }
        lines.push(line);
        let beaten = found.baseline.as_ref().filter(|b| b.metric.about().title == title);
        if let Some(baseline) = beaten {
            lines.push(vec!["  to beat".into(), format!("{:.d$}", baseline.value), baseline.to_string()]);
        }
    }
    left_aligned(&lines)
}

/// What the numbers mean.
fn remarks(found: &CrossValidation) -> String {
    let mut text = String::from(
        "The deviation is the standard deviation over the folds: how far the number of one\n\
         fold lies from another's (Fischer and Zahn: k-fold).",
    );
    if !found.intervals.is_empty() {
        text.push_str(
            " The folds' training rows overlap, so\n\
             they are not independent; the interval allows for that (Nadeau and Bengio 2003).",
        );
    }
    text
}

/// Columns with their right ends below each other.
fn aligned(lines: &[Vec<String>]) -> String {
    let widths = widths(lines);
    let pad = |(text, width): (&String, &usize)| format!("{text:>width$}");
    let line = |l: &Vec<String>| l.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ");
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Columns with their left ends below each other.
fn left_aligned(lines: &[Vec<String>]) -> String {
    let widths = widths(lines);
    let pad = |(text, width): (&String, &usize)| format!("{text:<width$}");
    let line = |l: &Vec<String>| l.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ");
    lines.iter().map(|l| line(l).trim_end().to_string()).collect::<Vec<_>>().join("\n")
}

fn widths(lines: &[Vec<String>]) -> Vec<usize> {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |c: usize| lines.iter().filter_map(|l| l.get(c)).map(|t| t.chars().count()).max().unwrap_or(0);
    (0..columns).map(width).collect()
}

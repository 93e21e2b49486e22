//! The report that users read in a terminal: at most 80 columns where names and numbers allow it.

use super::{ClassJudgement, Judgement, NumberJudgement, NumberScores, Scores};
use crate::metric::{ClassScores, Kind, Metric};
use std::collections::HashMap;
use std::fmt;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Classes, or target columns, that are shown by themselves; of more the worst ones.
const SHOWN: usize = 20;
/// Confusions that are shown.
const CONFUSIONS: usize = 5;
/// The confusion matrix is shown for so many classes at most.
const MATRIX: usize = 12;
/// Columns of the terminal.
const WIDTH: usize = 80;
/// Columns that a name may take.
const NAME: usize = 24;
/// Columns that a name may take in a sentence.
const SHORT: usize = 12;
/// What is said of all classes together; their precision, recall, specificity and F1 stand in the table, and what is
/// rarely asked for is in JSON.
const SUMMARY: [Metric; 7] = [
    Metric::Accuracy,
    Metric::BalancedAccuracy,
    Metric::Mcc,
    Metric::RocAuc,
    Metric::AveragePrecision,
    Metric::LogLoss,
    Metric::Ece,
];
/// The columns of the table of classes.
const PER_CLASS: [Metric; 4] = [Metric::Precision, Metric::Recall, Metric::Specificity, Metric::F1];
/// What is said of a number.
const NUMBER: [Metric; 4] = [Metric::Rmse, Metric::Mae, Metric::MedianError, Metric::R2];
/// Stands for a value that is not defined.
const UNDEFINED: &str = "–";

/// The metrics that are shown first; the others are rarely asked for, or stand in the table of classes.
pub fn foremost(kind: Kind) -> &'static [Metric] {
    match kind {
        Kind::Classes => &SUMMARY,
        Kind::Numbers => &NUMBER,
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Judgement::Classes(j) => j.fmt(f),
            Judgement::Numbers(j) => j.fmt(f),
        }
    }
}

impl fmt::Display for ClassJudgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}",
            counted(self.rows, "row", "rows"),
            counted(self.classes.len(), "class", "classes")
        )?;
        if let ([_, second], true) = (&self.classes[..], self.threshold != 0.5) {
            write!(f, "; `{}` is decided for above {}", shown(second, NAME), self.threshold)?;
        }
        if self.confusion.total() == 0.0 {
            return f.write_str("\n\nno row counts, so there is nothing to judge\n");
        }
        write!(f, "\n\n{}", self.summary())?;
        write!(f, "\n{}", self.class_table())?;
        write!(f, "\n{}", self.confusions())?;
        if self.classes.len() <= MATRIX {
            write!(f, "\n{}", self.matrix_table())?;
        }
        Ok(())
    }
}

impl ClassJudgement {
    /// One line per metric; the means of the per-class scores stand in their table.
    fn summary(&self) -> String {
        let names = self.names(SHORT);
        let mut lines = Lines::default();
        // What an older model file does not say is left out.
        for metric in SUMMARY.into_iter().filter(|m| self.scores.contains_key(m)) {
            let note = match (metric, self.accuracy_interval()) {
                (Metric::Accuracy, Some((low, high))) => {
                    format!("95 % interval: {} to {}", percent(low), percent(high))
                }
                _ => String::new(),
            };
            lines.add(metric.about().title, &value(metric, &self.scores), &note);
            if let (Metric::Accuracy, Some((most, accuracy))) = (metric, self.baseline()) {
                let note = format!("always saying `{}`, the commonest class", names[most]);
                lines.add("  to beat", &percent(accuracy), &note);
            }
        }
        lines.add("loss", &self.loss.map_or(UNDEFINED.into(), significant), "");
        lines.to_string()
    }

    fn class_table(&self) -> String {
        let all = self.classes.len();
        let (order, remark) = self.classes_to_show();
        let support = if self.weighted { "weight" } else { "rows" };
        let mut table = Table::new(
            ["class", "precision", "recall", "specificity", "F1", support].map(String::from).to_vec(),
        );
        let names = self.names(NAME);
        for k in order {
            let ClassScores { precision, recall, specificity, f1, support, .. } = self.per_class[k];
            let shares = [precision, recall, specificity, f1].map(percent);
            table.row(std::iter::once(names[k].clone()).chain(shares).chain([self.count(support)]));
        }
        if all > 1 {
            let means = PER_CLASS.map(|m| value(m, &self.scores));
            let total = self.count(self.confusion.total());
            table.row(std::iter::once("mean, all".to_string()).chain(means).chain([total]));
        }
        remark + &table.to_string()
    }

    /// Which classes stand in the table, and the line above it if not all do.
    fn classes_to_show(&self) -> (Vec<usize>, String) {
        let all = self.classes.len();
        let mut order: Vec<usize> = (0..all).collect();
        if all <= SHOWN {
            return (order, String::new());
        }
        // A class without rows cannot be the worst one.
        order.retain(|&k| self.per_class[k].support > 0.0);
        order.sort_by(|&a, &b| self.per_class[a].f1.total_cmp(&self.per_class[b].f1));
        order.truncate(SHOWN);
        let remark = format!("the {} classes of {all} with the lowest F1\n", order.len());
        (order, remark)
    }

    fn confusions(&self) -> String {
        let worst = self.worst_confusions(CONFUSIONS);
        if worst.is_empty() {
            return "no row was decided wrongly\n".into();
        }
        let names = self.names(SHORT);
        let mut text = String::from("confused most often\n");
        for cell in worst {
            let (truth, decided) = (cell.truth as usize, cell.decided as usize);
            let often = match (self.weighted, cell.weight) {
                (true, weight) => format!("weight {}", significant(weight)),
                (false, 1.0) => "once".into(),
                (false, times) => format!("{times} times"),
            };
            let share = 100.0 * cell.weight / self.per_class[truth].support;
            let (truth, decided) = (&names[truth], &names[decided]);
            text += &format!("  {truth} taken for {decided}: {often} ({share:.1} % of all {truth})\n");
        }
        text
    }

    fn matrix_table(&self) -> String {
        let n = self.classes.len();
        let mut labels = self.names(SHORT);
        let mut heads = labels.clone();
        let first = labels.iter().map(|l| l.width()).max().unwrap_or(0).max("truth".len());
        if first + heads.iter().map(|h| 2 + h.width()).sum::<usize>() > WIDTH {
            // The names do not fit side by side: numbers stand for them.
            heads = (1..=n).map(|k| k.to_string()).collect();
            labels = labels.iter().zip(1..).map(|(label, k)| format!("{k:2} {label}")).collect();
        }
        let mut table = Table::new(std::iter::once("truth".to_string()).chain(heads).collect());
        for (label, cells) in labels.into_iter().zip(self.confusion.matrix()) {
            table.row(std::iter::once(label).chain(cells.into_iter().map(|w| self.count(w))));
        }
        format!("confusion matrix: how often a class (row) was taken for each class (column)\n{table}")
    }

    /// The names of all classes in at most `room` columns, no two alike.
    fn names(&self, room: usize) -> Vec<String> {
        labels(self.classes.iter().map(String::as_str), room)
    }

    /// A number of rows, or a sum of weights.
    fn count(&self, weight: f64) -> String {
        if self.weighted && weight != 0.0 { significant(weight) } else { weight.to_string() }
    }
}

impl fmt::Display for NumberJudgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", counted(self.rows, "row", "rows"))?;
        let (order, remark) = self.columns_to_show();
        f.write_str(&remark)?;
        let titles = NUMBER.into_iter().map(|m| m.about().title.to_string());
        let heads = ["target".to_string()].into_iter().chain(titles).chain(["RMSE to beat".into()]);
        let mut table = Table::new(heads.collect());
        let names = labels(order.iter().map(|c| c.name.as_str()), NAME);
        for (column, name) in order.into_iter().zip(names) {
            let values = NUMBER.into_iter().map(|m| value(m, &column.scores));
            let baseline = column.baseline_rmse.map_or(UNDEFINED.into(), significant);
            table.row(std::iter::once(name).chain(values).chain([baseline]));
        }
        writeln!(
            f,
            "{table}\nErrors are in the unit of the target; the RMSE to beat is that of always saying"
        )?;
        writeln!(f, "the mean. The loss is {}.", self.loss.map_or(UNDEFINED.into(), significant))
    }
}

impl NumberJudgement {
    /// Which columns stand in the table, and the line above it if not all do.
    fn columns_to_show(&self) -> (Vec<&NumberScores>, String) {
        let mut order: Vec<&NumberScores> = self.columns.iter().collect();
        if order.len() <= SHOWN {
            return (order, String::new());
        }
        let r2 = |c: &NumberScores| c.scores.get(&Metric::R2).copied().flatten().unwrap_or(f64::INFINITY);
        order.sort_by(|a, b| r2(a).total_cmp(&r2(b)));
        order.truncate(SHOWN);
        (order, format!("the {SHOWN} targets of {} with the lowest R²\n", self.columns.len()))
    }
}

fn value(metric: Metric, scores: &Scores) -> String {
    let show = match metric {
        _ if metric.about().percent => percent,
        // Of a scale that ends at 1: what is close to 0 is no better known than what is close to 1.
        Metric::R2 | Metric::RocAuc | Metric::AveragePrecision | Metric::Mcc | Metric::Kappa => share,
        _ => significant,
    };
    scores.get(&metric).copied().flatten().map_or(UNDEFINED.into(), show)
}

fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

/// Four decimals below 1, else four digits.
fn share(x: f64) -> String {
    if x.abs() < 0.000_05 {
        return "0.0000".into();
    }
    if x.abs() < 1.0 { format!("{x:.4}") } else { significant(x) }
}

/// Four significant digits, with an exponent for the very small and the very large.
fn significant(x: f64) -> String {
    let scientific = format!("{x:.3e}");
    let exponent = scientific.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok());
    match exponent {
        _ if x == 0.0 => "0".into(),
        Some(e @ -4..=6) => format!("{x:.*}", (3 - e).max(0) as usize),
        _ => scientific,
    }
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Users' names in at most `room` columns each, on one line each: long ones are cut at the end, where that makes
/// two alike in the middle, and where that does not help they get their number.
pub fn labels<'a>(names: impl IntoIterator<Item = &'a str>, room: usize) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(clean).collect();
    let ways: [fn(usize, &str, usize) -> String; 3] = [
        |_, name, room| fit(name, "", room),
        |_, name, room| fit(name, &tail(name, room / 2), room),
        |k, name, room| fit(name, &format!(" {}", k + 1), room),
    ];
    let mut labels: Vec<Option<String>> = vec![None; names.len()];
    for way in ways {
        let all: Vec<String> = names.iter().enumerate().map(|(k, name)| way(k, name, room)).collect();
        let mut count = HashMap::new();
        all.iter().for_each(|label| *count.entry(label.clone()).or_insert(0) += 1);
        for (label, new) in labels.iter_mut().zip(all) {
            if label.is_none() && count[&new] == 1 {
                *label = Some(new);
            }
        }
    }
    // Names that are the same are the same in every way.
    labels.into_iter().zip(&names).map(|(l, name)| l.unwrap_or_else(|| fit(name, "", room))).collect()
}

/// A user's name in at most `room` columns, on one line.
fn shown(name: &str, room: usize) -> String {
    fit(&clean(name), "", room)
}

/// On one line; the empty name gets a word.
fn clean(name: &str) -> String {
    if name.is_empty() {
        return "(empty)".into();
    }
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A name in at most `room` columns: if it is longer its beginning, `…` and `end`.
fn fit(name: &str, end: &str, room: usize) -> String {
    if name.width() <= room {
        return name.into();
    }
    let mut short = String::new();
    let mut used = 1 + end.width();
    for c in name.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        short.push(c);
    }
    short + "…" + end
}

/// The end of a name in at most `room` columns.
fn tail(name: &str, room: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let end: Vec<char> = name.chars().rev().take_while(fits).collect();
    end.into_iter().rev().collect()
}

fn pad(text: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(text.width()))
}

/// Lines of a name, a value and a note, the values aligned at their right end.
#[derive(Default)]
struct Lines(Vec<[String; 3]>);

impl Lines {
    fn add(&mut self, name: &str, value: &str, note: &str) {
        self.0.push([name.into(), value.into(), note.into()]);
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |i: usize| self.0.iter().map(|l| l[i].width()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        for [name, value, note] in &self.0 {
            let line = format!("{name}{}  {}{value}  {note}", pad(name, first), pad(value, second));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A table: the first column from the left, the others from the right.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new(heads: Vec<String>) -> Self {
        Table(vec![heads])
    }
    fn row(&mut self, cells: impl Iterator<Item = String>) {
        self.0.push(cells.collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.0.first().map_or(0, Vec::len);
        let widths: Vec<usize> =
            (0..columns).map(|c| self.0.iter().map(|r| r[c].width()).max().unwrap_or(0)).collect();
        for row in &self.0 {
            for (c, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match c {
                    0 => write!(f, "{cell}{}", pad(cell, *width))?,
                    _ => write!(f, "  {}{cell}", pad(cell, *width))?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|k| format!("class {k}")).collect()
    }

    /// A judgement of decisions that are certain.
    fn certain(names: &[String], truth: &[u32], decided: &[u32], weights: Option<&[f64]>) -> Judgement {
        let mut p = vec![0.0; truth.len() * names.len()];
        for (r, &class) in decided.iter().enumerate() {
            p[r * names.len() + class as usize] = 1.0;
        }
        Judgement::classes(names, truth, &p, weights, 0.25, 0.5)
    }

    #[test]
    fn the_report_of_two_classes() {
        let names = ["no".to_string(), "ja — 是".to_string()];
        let truth = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
        let decided = [0, 0, 0, 0, 0, 1, 1, 1, 1, 0];
        let expected = "\
10 rows, 2 classes

accuracy           80.00 %  95 % interval: 49.02 % to 94.33 %
  to beat          60.00 %  always saying `no`, the commonest class
balanced accuracy  79.17 %
MCC                 0.5833
ROC AUC             0.7917
average precision   0.6625
log loss             7.209
calibration error  20.00 %
loss                0.2500

class      precision   recall  specificity       F1  rows
no           83.33 %  83.33 %      75.00 %  83.33 %     6
ja — 是      75.00 %  75.00 %      83.33 %  75.00 %     4
mean, all    79.17 %  79.17 %      79.17 %  79.17 %    10

confused most often
  no taken for ja — 是: once (16.7 % of all no)
  ja — 是 taken for no: once (25.0 % of all ja — 是)

confusion matrix: how often a class (row) was taken for each class (column)
truth    no  ja — 是
no        5        1
ja — 是   1        3
";
        assert_eq!(certain(&names, &truth, &decided, None).to_string(), expected);
    }

    #[test]
    fn the_report_of_numbers() {
        let judgement = Judgement::numbers(
            &["price".into(), "a constant".into()],
            &[100.0, 7.0, 200.0, 7.0, 300.0, 7.0],
            &[110.0, 7.0, 190.0, 7.5, 310.0, 7.0],
            None,
            0.0012,
        );
        let expected = "\
3 rows

target        RMSE     MAE  median error      R²  RMSE to beat
price        10.00   10.00         10.00  0.9850         81.65
a constant  0.2887  0.1667             0       –             0

Errors are in the unit of the target; the RMSE to beat is that of always saying
the mean. The loss is 0.001200.
";
        assert_eq!(judgement.to_string(), expected);
    }

    #[test]
    fn of_many_classes_the_worst_are_shown() {
        let truth: Vec<u32> = (0..60).map(|r| r % 30).collect();
        let decided: Vec<u32> = truth.iter().map(|&k| if k < 25 { k } else { 0 }).collect();
        let text = certain(&names(31), &truth, &decided, None).to_string();
        assert!(text.contains("the 20 classes of 31 with the lowest F1\n"), "{text}");
        assert!(text.contains("class 25 taken for class 0: 2 times (100.0 % of all class 25)"), "{text}");
        assert!(!text.contains("confusion matrix") && !text.contains("\nclass 30 "), "{text}");
        let table = text.split("\n\n").nth(2).unwrap();
        assert_eq!(table.lines().count(), 1 + 1 + 20 + 1, "{table}");
        assert!(table.lines().nth(2).unwrap().starts_with("class 25 "), "{table}");
    }

    #[test]
    fn twelve_long_names_fit_in_a_terminal() {
        let names: Vec<String> = (0..12).map(|k| format!("a class with a long name, number {k}")).collect();
        let truth: Vec<u32> = (0..144).map(|r| r / 12).collect();
        let decided: Vec<u32> = (0..144).map(|r| r % 12).collect();
        let text = certain(&names, &truth, &decided, None).to_string();
        for line in text.lines() {
            assert!(line.width() <= WIDTH, "{line}");
        }
        assert!(text.contains("\ntruth            1  2  3"), "{text}");
    }

    #[test]
    fn weights_are_shown_as_weights() {
        let text = certain(&names(2), &[0, 1, 1], &[0, 0, 1], Some(&[0.5, 1.5, 2.0])).to_string();
        assert!(text.contains("class 1 taken for class 0: weight 1.500 (42.9 % of all class 1)"), "{text}");
        assert!(text.contains("F1  weight\n"), "{text}");
    }

    #[test]
    fn nothing_to_judge_is_said() {
        let text = certain(&names(3), &[], &[], None).to_string();
        assert_eq!(text, "0 rows, 3 classes\n\nno row counts, so there is nothing to judge\n");
        let right = certain(&names(1), &[0], &[0], None).to_string();
        assert!(
            right.starts_with("1 row, 1 class\n") && right.contains("no row was decided wrongly"),
            "{right}"
        );
        let numbers = Judgement::numbers(&["y".into()], &[], &[], None, f64::NAN).to_string();
        assert!(numbers.contains("\ny          –    –             –   –             –\n"), "{numbers}");
        assert!(!format!("{text}{right}{numbers}").contains("NaN"));
    }

    #[test]
    fn numbers_have_four_digits() {
        for (x, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1.000"),
            (999.96, "1000"),
            (0.000_123_44, "0.0001234"),
            (-12.3456, "-12.35"),
            (1.5e7, "1.500e7"),
            (1_234_567.0, "1234567"),
            (1e-9, "1.000e-9"),
        ] {
            assert_eq!(significant(x), text);
        }
    }

    #[test]
    fn shares_have_four_decimals() {
        let got = [-0.000_408_8, 0.095, 0.999_96, -0.000_01, -12.345, 1.0].map(share);
        assert_eq!(got, ["-0.0004", "0.0950", "1.0000", "0.0000", "-12.35", "1.000"]);
    }

    #[test]
    fn names_that_differ_are_shown_differently() {
        let label = |names: &[&str], room| labels(names.iter().copied(), room);
        assert_eq!(label(&["short", "a very long name"], 12), ["short", "a very long…"]);
        let by_end = label(&["a very long name", "a very long lie", "b"], 12);
        assert_eq!(by_end, ["a ver…g name", "a ver…ng lie", "b"]);
        let (one, two) = ("x".repeat(9) + "1" + &"x".repeat(9), "x".repeat(9) + "2" + &"x".repeat(9));
        assert_eq!(label(&[&one, &two], 8), ["xxxxx… 1", "xxxxx… 2"]);
        assert_eq!(label(&["是是是是是是a", "是是是是是是b"], 8), ["是是…是a", "是是…是b"]);
        assert_eq!(label(&["a\nb", ""], 8), ["a\u{fffd}b", "(empty)"]);
    }

    #[test]
    fn names_stay_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}[31m", 24), "a\u{fffd}b\u{fffd}[31m");
        assert_eq!(shown("", 24), "(empty)");
        assert_eq!(shown("是是是是", 7), "是是是…");
        assert_eq!(shown("是是是是", 6), "是是…");
    }
}

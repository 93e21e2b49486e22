//! The score first: with its interval, and what it has to beat.

use super::Part;
use crate::page::{Block, Cell, Page, Table};
use crate::words::{number, percent};
use feedforward_training::judgement::{ClassJudgement, NumberJudgement, Scores, foremost, labels};
use feedforward_training::metric::{Better, Kind};
use feedforward_training::{Evidence, Judgement, Metric, NumberEvidence};
use serde_json::json;

/// Columns that a class's name may take in a sentence.
const NAME: usize = 24;
/// Φ⁻¹(0.975)
const Z: f64 = 1.959_963_984_540_054;

/// The section of the score.
pub(crate) fn add(page: &mut Page, judgement: &Judgement, evidence: Option<&Evidence>, part: Part) {
    let title = format!("Score on the {}", part.words());
    let blocks = match (judgement, evidence) {
        (Judgement::Classes(j), _) => of_classes(page, j),
        (Judgement::Numbers(j), Some(Evidence::Numbers(e))) => of_numbers(page, j, Some(e)),
        (Judgement::Numbers(j), _) => of_numbers(page, j, None),
    };
    page.section("score", &title, blocks);
}

/// The finding in a sentence; `None` if no row counts.
pub(crate) fn found(judgement: &Judgement) -> Option<String> {
    match judgement {
        Judgement::Classes(j) => {
            let accuracy = judgement.value(Metric::Accuracy)?;
            let ((low, high), (most, baseline)) = (j.accuracy_interval()?, j.baseline()?);
            let name = &labels(j.classes.iter().map(String::as_str), NAME)[most];
            let verdict = match () {
                () if low > baseline => "so the columns say something about it",
                () if high < baseline => "so it is worse than that",
                () => "so these rows do not show that it is better than that",
            };
            Some(format!(
                "It is right on {} of these rows ({} to {} with 95 % confidence). Always saying `{name}` would be right \
                 on {}, {verdict}.",
                percent(accuracy),
                percent(low),
                percent(high),
                percent(baseline)
            ))
        }
        Judgement::Numbers(j) => {
            let [column] = &j.columns[..] else {
                let r2 = judgement.value(Metric::R2)?;
                return Some(match r2 < 0.0 {
                    true => "On average over the columns it is worse than always saying the mean.".into(),
                    false => {
                        format!("It explains {} of the variance, on average over the columns.", percent(r2))
                    }
                });
            };
            let value = |m| column.scores.get(&m).copied().flatten();
            let (rmse, mae, baseline) = (value(Metric::Rmse)?, value(Metric::Mae)?, column.baseline_rmse?);
            let explained = value(Metric::R2).map_or(String::new(), |r2| match r2 < 0.0 {
                true => ", which is worse than always saying the mean".into(),
                false => format!(", which explains {} of its variance", percent(r2)),
            });
            Some(format!(
                "On these rows it is off by {} on average (root mean square {}){explained}. Always saying the mean would \
                 be off by {} (root mean square).",
                number(mae),
                number(rmse),
                number(baseline)
            ))
        }
    }
}

fn of_classes(page: &mut Page, j: &ClassJudgement) -> Vec<Block> {
    let (Some((low, high)), Some((most, baseline))) = (j.accuracy_interval(), j.baseline()) else {
        return vec![Block::Text("No row counts, so there is nothing to judge.".into())];
    };
    let name = &labels(j.classes.iter().map(String::as_str), NAME)[most];
    page.keep(
        "score",
        json!({ "metric": Metric::Accuracy, "low": low, "high": high, "confidence": 0.95,
            "baseline": { "class": j.classes[most], "accuracy": baseline } }),
    );
    let mut facts = vec![
        ("95 % interval, low".into(), Cell::Number(low, percent(low))),
        ("95 % interval, high".into(), Cell::Number(high, percent(high))),
        (format!("to beat: always `{name}`"), Cell::Number(baseline, percent(baseline))),
    ];
    if j.classes.len() == 2 && j.threshold != 0.5 {
        let what = format!("`{}` is said above", j.classes[1]);
        facts.push((what, Cell::Number(j.threshold, number(j.threshold))));
    }
    let accuracy = j.scores.get(&Metric::Accuracy).copied().flatten();
    let what = "of the rows are decided rightly (accuracy)".into();
    let [first, all] = scores(Kind::Classes, &j.scores, j.loss);
    vec![Block::Score(Cell::of(accuracy, percent), what), Block::Facts(facts), first, all]
}

fn of_numbers(page: &mut Page, j: &NumberJudgement, e: Option<&NumberEvidence>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let r2 = j.scores.get(&Metric::R2).copied().flatten();
    if j.rows > 0 {
        blocks.push(match r2.filter(|r2| *r2 < 0.0) {
            Some(r2) => {
                Block::Score(Cell::Number(r2, number(r2)), "is R²: worse than always saying the mean".into())
            }
            None => Block::Score(Cell::of(r2, percent), "of the variance is explained (R²)".into()),
        });
    }
    let intervals: Vec<_> = (0..j.columns.len()).map(|c| rmse_interval(e?, c)).collect();
    let kept = j.columns.iter().zip(&intervals).map(|(c, i)| {
        json!({ "column": c.name, "confidence": 0.95, "rmse_low": i.map(|i| i.0), "rmse_high": i.map(|i| i.1) })
    });
    page.keep("score", kept.collect());
    let row = |(c, i): (&_, &Option<(f64, f64)>)| {
        let column: &feedforward_training::judgement::NumberScores = c;
        let value = |m| Cell::of(column.scores.get(&m).copied().flatten(), number);
        vec![
            Cell::text(&column.name),
            value(Metric::Rmse),
            Cell::of(i.map(|i| i.0), number),
            Cell::of(i.map(|i| i.1), number),
            Cell::of(column.baseline_rmse, number),
            value(Metric::Mae),
            value(Metric::R2),
        ]
    };
    let head = ["target", "RMSE", "from", "to", "to beat", "MAE", "R²"].map(String::from).to_vec();
    let caption = "RMSE with its 95 % interval, and that of always saying the mean";
    let rows = j.columns.iter().zip(&intervals).map(row).collect();
    blocks.push(Block::Table(Table { caption: caption.into(), head, rows }));
    blocks.extend(scores(Kind::Numbers, &j.scores, j.loss));
    blocks
}

/// A line per metric: those that are looked at first, then all of them.
fn scores(kind: Kind, values: &Scores, loss: Option<f64>) -> [Block; 2] {
    let row = |m: Metric| {
        let about = m.about();
        let lower = if about.better == Better::Lower { "; lower is better" } else { "" };
        let show = if about.percent { percent } else { number };
        let value = Cell::of(values.get(&m).copied().flatten(), show);
        vec![Cell::text(about.title), value, Cell::text(format!("{}{lower}", about.line))]
    };
    let says = "what training makes small; lower is better";
    let loss = || [vec![Cell::text("loss"), Cell::of(loss, number), Cell::text(says)]];
    let head = || ["score", "value", "what it says"].map(String::from).to_vec();
    let table = |caption: &str, rows| Table { caption: caption.into(), head: head(), rows };
    let first = foremost(kind).iter().filter(|m| values.contains_key(m));
    let first = table("Scores", first.map(|m| row(*m)).chain(loss()).collect());
    let all = table("All scores", Metric::of_kind(kind).map(row).chain(loss()).collect());
    [Block::Table(first), Block::Folded(all)]
}

/// The 95 % interval of the RMSE of column `c`: the mean of the squared errors is nearly normal where rows are many and
/// independent, and the root follows it. `None` below two rows, or with weights that are not alike.
fn rmse_interval(e: &NumberEvidence, c: usize) -> Option<(f64, f64)> {
    let k = e.columns.len();
    let squares: Vec<f64> =
        e.truth.iter().zip(&e.predicted).skip(c).step_by(k).map(|(y, a)| (y - a) * (y - a)).collect();
    let n = squares.len() as f64;
    if n < 2.0 || e.weights.is_some() {
        return None;
    }
    let mean = squares.iter().sum::<f64>() / n;
    let variance = squares.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / (n - 1.0);
    let half = Z * (variance / n).sqrt();
    let interval = ((mean - half).max(0.0).sqrt(), (mean + half).sqrt());
    (interval.0.is_finite() && interval.1.is_finite()).then_some(interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_an_rmse() {
        // Squared errors 1, 4, 1, 4: mean 2.5, standard deviation √3, of the mean √3 / 2.
        let e = NumberEvidence {
            columns: vec!["y".into()],
            truth: vec![0.0; 4],
            predicted: vec![1.0, 2.0, -1.0, -2.0],
            weights: None,
            loss: 0.0,
        };
        let (low, high) = rmse_interval(&e, 0).unwrap();
        let half = 1.96 * 3f64.sqrt() / 2.0;
        assert!((low * low - (2.5 - half)).abs() < 1e-3 && (high * high - (2.5 + half)).abs() < 1e-3);
        assert_eq!(rmse_interval(&NumberEvidence { weights: Some(vec![1.0; 4]), ..e }, 0), None);
    }

    #[test]
    fn the_finding_says_whether_the_baseline_is_beaten() {
        let names = ["a".to_string(), "b".to_string()];
        let of = |right: usize, rows: usize| {
            let truth: Vec<u32> = (0..rows as u32).map(|r| r % 2).collect();
            let p = |r: usize| if (r < right) == r.is_multiple_of(2) { [0.9, 0.1] } else { [0.1, 0.9] };
            let p: Vec<f64> = (0..rows).flat_map(p).collect();
            found(&Judgement::classes(&names, &truth, &p, None, 0.0, 0.5)).unwrap()
        };
        assert!(of(90, 100).contains("90.00 %") && of(90, 100).contains("say something"), "{}", of(90, 100));
        assert!(of(55, 100).contains("do not show"));
        assert!(of(10, 100).contains("worse than that"));
        assert_eq!(found(&Judgement::classes(&names, &[], &[], None, 0.0, 0.5)), None);
    }
}

//! Training and validation error against the number of training rows (Fischer and Zahn, How to examine overfitting; S58):
//! would more data help?

use crate::experiment::Outcome;
use crate::interval::Interval;
use crate::trials::{self, At, Kind, Learner, Source, Study};
use feedforward_base::{Error, Result};
use feedforward_plot::{Axis, Figure, Panel, number};
use feedforward_selection::Spread;
use serde::Serialize;
use serde_json::json;

/// Sizes that are tried by themselves.
const SIZES: usize = 6;
/// The smallest of them has at least so many rows, of a table; of drawn rows.
const FEWEST: usize = 40;
const FEWEST_DRAWN: usize = 10;
/// Errors fall like n to the power of minus this, at the slowest and at the fastest that is believed.
const RATES: (f64, f64) = (0.5, 2.0);
/// More data helps if twice the rows take at least this share from the validation error.
const WORTH: f64 = 0.05;

/// What twice the rows would do to the validation error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MoreData {
    /// How much lower it would be.
    pub gain: Interval,
    /// Whether that is worth it.
    pub verdict: Verdict,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The gain is above 0 for sure, and at least 5 % of the error.
    Yes,
    /// The gain is below 5 % for sure.
    No,
    /// Chance hides it.
    Unclear,
}

/// The curve: one point per size, ascending.
///
/// # Errors
/// Sizes that cannot be; what the main job refuses.
pub fn measure(study: &Study<'_>, sizes: Option<&[usize]>) -> Result<Vec<At>> {
    let parts = study.parts()?;
    let most = parts.iter().map(|p| p.rows()).min().unwrap_or(0);
    let sizes = match sizes {
        Some(sizes) => given(sizes, most)?,
        None => {
            halves(most, if matches!(study.source, Source::Table { .. }) { FEWEST } else { FEWEST_DRAWN })
        }
    };
    study.measure(&parts, &sizes, &|parts, _, n| parts.first(n))
}

/// Sizes that a user asks for, in order.
fn given(sizes: &[usize], most: usize) -> Result<Vec<usize>> {
    let mut sizes = sizes.to_vec();
    sizes.sort_unstable();
    sizes.dedup();
    match (sizes.first(), sizes.last()) {
        (Some(2..), Some(last)) if *last <= most => Ok(sizes),
        _ => {
            let list = sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            Err(Error::bad_value(
                "--sizes",
                list,
                format!("numbers from 2 to {most}, the training rows of a repeat"),
            ))
        }
    }
}

/// `most` and its halves, ascending, as far as they have `fewest` rows.
fn halves(most: usize, fewest: usize) -> Vec<usize> {
    let all = std::iter::successors(Some(most), |n| Some(n / 2));
    let mut sizes: Vec<usize> = all.take(SIZES).take_while(|n| *n == most || *n >= fewest).collect();
    sizes.reverse();
    sizes
}

/// Extrapolate to twice the rows: from its last two sizes on, the validation error falls like a + b/n^c, with the c of its
/// last three sizes, not below ½ and not above 2 (½ where chance hides it). The interval is that of the mean over the
/// repeats, c given. `None` of one size.
pub fn more_data(study: &Study<'_>, all: &[At]) -> Option<MoreData> {
    let [.., before, last] = all else { return None };
    let c = rate(&all[all.len().saturating_sub(3)..]);
    let power = |n: usize| (n as f64).powf(-c);
    let step = (power(last.at) - power(2 * last.at)) / (power(before.at) - power(last.at));
    let falls = before.valid.values.iter().zip(&last.valid.values).map(|(b, l)| (b - l) * step);
    let gains = Spread::of(falls.collect())?;
    let gain = study.interval(&gains);
    let worth = WORTH * last.valid.mean;
    let verdict = if gain.low > 0.0 && gain.value >= worth {
        Verdict::Yes
    } else if gain.high < worth {
        Verdict::No
    } else {
        Verdict::Unclear
    };
    Some(MoreData { gain, verdict })
}

/// c of the mean validation errors a + b/n^c at three sizes.
fn rate(all: &[At]) -> f64 {
    let (slow, fast) = RATES;
    let [a, b, last] = all else { return slow };
    let (first, second) = (a.valid.mean - b.valid.mean, b.valid.mean - last.valid.mean);
    if first <= 0.0 || second <= 0.0 {
        return slow;
    }
    // The ratio of the two falls rises with c.
    let ratio = |c: f64| {
        let power = |n: usize| (n as f64).powf(-c);
        (power(a.at) - power(b.at)) / (power(b.at) - power(last.at))
    };
    let (mut low, mut high) = (slow, fast);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if ratio(middle) < first / second { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

impl MoreData {
    fn line(&self, rows: usize, valid: f64, kind: Kind) -> String {
        let MoreData { gain, verdict } = self;
        let short = |x: f64| number(x, 4);
        let by = format!(
            "by its slope, {} rows, twice as many, take {} (95 %: {} to {}) from the validation {} of {}",
            2 * rows,
            short(gain.value),
            short(gain.low),
            short(gain.high),
            kind.error(),
            short(valid)
        );
        match verdict {
            Verdict::Yes => format!("More data would help: {by}."),
            Verdict::No => {
                format!("More data would hardly help: {by}: less than {:.0} %.", 100.0 * WORTH)
            }
            Verdict::Unclear => {
                format!("Whether more data would help is hidden by chance: {by}.")
            }
        }
    }
}

/// What to do next.
fn next(study: &Study<'_>, learner: &Learner, more: Option<&MoreData>) -> String {
    let subject = &study.subject;
    match more.map(|m| m.verdict) {
        Some(Verdict::Unclear) => {
            format!("Next: ff lab learning-curve{subject} --repeats {}", 4 * study.repeats)
        }
        Some(Verdict::Yes) if !learner.high_bias() => {
            format!("Next: more rows; without them a simpler network: ff lab capacity{subject}")
        }
        _ if learner.useless() => trials::look_elsewhere(study, learner.kind),
        _ if learner.high_bias() => format!("Next: a richer network: ff lab capacity{subject}"),
        _ if learner.high_variance() => format!("Next: a simpler network: ff lab capacity{subject}"),
        _ => format!("Next: other settings: ff lab epochs{subject}, ff lab capacity{subject}"),
    }
}

/// `ff lab learning-curve`.
///
/// # Errors
/// As [`measure`].
pub fn run(study: &Study<'_>, sizes: Option<&[usize]>) -> Result<Outcome> {
    let kind = study.kind()?;
    let all = measure(study, sizes)?;
    let more = more_data(study, &all);
    let mut lines = trials::table("rows", kind, &all);
    let mut said = Vec::new();
    let last = all.last().map(|last| (last, Learner::of(study, kind, last)));
    if let Some((last, learner)) = &last {
        said.extend(learner.lines());
        match &more {
            Some(more) => said.push(more.line(last.at, last.valid.mean, kind)),
            None => said.push("Whether more data would help takes two sizes.".into()),
        }
        said.push(next(study, learner, more.as_ref()));
    }
    lines.push(String::new());
    lines.extend(said.iter().cloned());
    let numbers = json!({
        "kind": kind, "rows": all, "learner": last.map(|l| l.1), "more_data": more, "diagnosis": said,
        "repeats": study.repeats,
    });
    let figure = Figure::new("Learning curve", 1, vec![panel(study, kind, &all)]).caption(
        "Both errors come together as rows are added: far apart, more rows help; together and high, they do not. Upright \
         lines are one standard deviation over the repeats.",
    );
    Ok(Outcome { lines, numbers, figure })
}

/// The curve drawn.
pub(crate) fn panel(study: &Study<'_>, kind: Kind, all: &[At]) -> Panel {
    trials::curves(study, kind, Axis::new("training rows").log(2), all, &|i| all[i].at as f64)
}

//! Training and validation error against the number of hidden units (Fischer and Zahn, How to examine overfitting; S58).

use crate::bias_variance::units;
use crate::experiment::Outcome;
use crate::trials::{self, At, Kind, Learner, Source, Study};
use feedforward_base::{Error, ErrorKind, Result};
use feedforward_plot::{Axis, Figure, Panel, number};
use feedforward_selection::Spread;
use serde_json::json;

/// Hidden units that are tried by themselves.
pub const WIDTHS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];
/// Of a user's table.
pub const WIDTHS_OF_TABLE: [usize; 6] = [1, 4, 16, 64, 256, 512];

/// The curve: one point per width of the one hidden layer, ascending; 0 for no hidden layer.
///
/// # Errors
/// `--layers` beside it, no width; what the main job refuses.
pub fn measure(study: &Study<'_>, widths: &[usize]) -> Result<Vec<At>> {
    let mut widths = widths.to_vec();
    widths.sort_unstable();
    widths.dedup();
    if widths.is_empty() {
        return Err(Error::bad_value("--widths", "", "numbers of hidden units, such as `1,4,16`"));
    }
    study.measure(&study.parts()?, &widths, &|parts, ask, width| {
        ask.layers = Some(if width == 0 { vec![] } else { vec![width] });
        parts.first(parts.rows())
    })
}

/// The widths that matter, as places of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    /// Least mean validation error; of equal ones the first.
    pub least: usize,
    /// The narrowest whose mean is within one standard error of that (Breiman, Friedman, Olshen and Stone, Classification
    /// and Regression Trees, 1984).
    pub chosen: usize,
}

/// The best widths of a curve, which is not empty.
pub fn best(all: &[At]) -> Best {
    let mean = |i: usize| all[i].valid.mean;
    let least = (1..all.len()).fold(0, |b, i| if mean(i) < mean(b) { i } else { b });
    let of = &all[least].valid;
    let standard_error = of.deviation.unwrap_or(0.0) / (of.values.len() as f64).sqrt();
    let chosen = (0..=least).find(|i| mean(*i) <= mean(least) + standard_error).unwrap_or(least);
    Best { least, chosen }
}

/// Whether the error at `b` is above that at `a`, by more than chance.
fn above(study: &Study<'_>, a: &At, b: &At) -> bool {
    let apart = b.valid.values.iter().zip(&a.valid.values).map(|(b, a)| b - a).collect();
    Spread::of(apart).is_some_and(|apart| study.interval(&apart).low > 0.0)
}

/// Sentences about the curve.
fn diagnosis(study: &Study<'_>, kind: Kind, all: &[At]) -> Vec<String> {
    let Best { least, chosen } = best(all);
    let (first, last, lowest, own) = (&all[0], &all[all.len() - 1], &all[least], &all[chosen]);
    let error = kind.error();
    if lowest.valid.mean >= lowest.baseline {
        let usual = kind.usual();
        return vec![
            format!(
                "No network is better than always saying {usual}: the least validation {error} is {}, with {}; to beat: {}.",
                number(lowest.valid.mean, 4),
                units(lowest.at),
                number(lowest.baseline, 4)
            ),
            trials::look_elsewhere(study, kind),
        ];
    }
    let mut said = vec![format!(
        "Best: {}, the narrowest within one standard error of the least validation {error} ({} with {}).",
        units(own.at),
        number(lowest.valid.mean, 4),
        units(lowest.at)
    )];
    if chosen > 0 && above(study, own, first) {
        said.push(format!(
            "{} underfits: both errors are high; its training {error} is {}.",
            sentence(first.at),
            number(first.train.mean, 4)
        ));
    }
    if least + 1 < all.len() && above(study, lowest, last) {
        said.push(format!(
            "{} overfits: training {error} {}, but validation {error} {}, above that of {}.",
            sentence(last.at),
            number(last.train.mean, 4),
            number(last.valid.mean, 4),
            units(lowest.at)
        ));
    } else if chosen + 1 < all.len() {
        said.push(format!("Up to {} units do not make it worse by more than chance.", last.at));
    }
    said.push(format!("With {}:", units(own.at)));
    said.extend(Learner::of(study, kind, own).lines());
    said.push(next(study, all, chosen));
    said
}

/// The number of units at the head of a sentence.
fn sentence(n: usize) -> String {
    let mut text = units(n);
    if n == 0 {
        text.replace_range(0..1, "A");
    }
    text
}

/// What to do next.
fn next(study: &Study<'_>, all: &[At], chosen: usize) -> String {
    let (subject, width) = (&study.subject, all[chosen].at);
    if chosen + 1 == all.len() {
        return format!(
            "Next: the widest is the best so far: ff lab capacity{subject} --widths {width},{},{}",
            2 * width,
            4 * width
        );
    }
    let layers = if width == 0 { "''".into() } else { width.to_string() };
    match &study.source {
        Source::Table { .. } => format!("Next: ff train{subject} --layers {layers}"),
        Source::Drawn { .. } => format!("Next: ff lab learning-curve{subject} --layers {layers}"),
    }
}

/// `ff lab capacity`.
///
/// # Errors
/// As [`measure`].
pub fn run(study: &Study<'_>, widths: Option<&[usize]>) -> Result<Outcome> {
    let kind = study.kind()?;
    let usual: &[usize] =
        if matches!(study.source, Source::Table { .. }) { &WIDTHS_OF_TABLE } else { &WIDTHS };
    let all = measure(study, widths.unwrap_or(usual))?;
    let Best { least, chosen } = best(&all);
    let said = diagnosis(study, kind, &all);
    let mut lines = trials::table("units", kind, &all);
    lines.push(String::new());
    lines.extend(said.iter().cloned());
    let numbers = json!({
        "kind": kind, "units": all, "least": all[least].at, "chosen": all[chosen].at,
        "learner": Learner::of(study, kind, &all[chosen]), "diagnosis": said, "repeats": study.repeats,
    });
    let figure = Figure::new("Capacity", 1, vec![panel(study, kind, &all)]).caption(
        "Left, both errors are high: the network is too stiff (bias). Right, the training error falls on, and the gap to \
         the validation error opens (variance). Upright lines are one standard deviation over the repeats.",
    );
    Ok(Outcome { lines, numbers, figure })
}

/// The curve drawn.
pub(crate) fn panel(study: &Study<'_>, kind: Kind, all: &[At]) -> Panel {
    let axis = Axis::named("hidden units", all.iter().map(|a| a.at.to_string()));
    trials::curves(study, kind, axis, all, &|i| i as f64)
}

/// `--layers` says what capacity varies.
///
/// # Errors
/// It is given.
pub fn check(layers: Option<&[usize]>) -> Result<()> {
    match layers {
        None => Ok(()),
        Some(_) => Err(Error::new(ErrorKind::Conflict {
            one: "--layers".into(),
            other: "`ff lab capacity`".into(),
            why: "the number of units is what it varies".into(),
        })
        .hint("name the numbers with --widths")),
    }
}

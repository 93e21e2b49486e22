//! Which threshold gives what is wanted of a class: enough of it found, or enough of what is named right.
//!
//! A threshold is chosen on validation rows. What it gives on the rows that it was chosen on flatters it; what it is
//! worth, rows say that had no part in the choice.

use super::curve::{OneClass, Step};
use feedforward_base::{Error, ErrorKind, Result};
use std::fmt;

/// What is wanted of a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// At least this share of the class is found: of the thresholds that do it the one of the best
    /// precision.
    Recall(f64),
    /// At least this share of what is named is right: the threshold that finds most then.
    Precision(f64),
    /// The highest F1.
    F1,
}

impl std::str::FromStr for Wish {
    type Err = Error;

    /// `recall=0.9`, `precision=0.9` or `f1`.
    ///
    /// # Errors
    /// [`ErrorKind::BadValue`] for another form, and for shares outside 0..1 (0 itself included).
    fn from_str(text: &str) -> Result<Self> {
        let share = |text: &str| text.trim().parse().ok().filter(|s| *s > 0.0 && *s <= 1.0);
        let wish = match text.split_once('=') {
            None if text.trim() == "f1" => Some(Wish::F1),
            Some((name, s)) if name.trim() == "recall" => share(s).map(Wish::Recall),
            Some((name, s)) if name.trim() == "precision" => share(s).map(Wish::Precision),
            _ => None,
        };
        let want = "`recall=SHARE`, `precision=SHARE` or `f1`, the share above 0 and at most 1";
        wish.ok_or_else(|| Error::bad_value("--choose-threshold", text, want))
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Recall(share) => write!(f, "recall={share}"),
            Wish::Precision(share) => write!(f, "precision={share}"),
            Wish::F1 => f.write_str("f1"),
        }
    }
}

/// The threshold, in 0..1, that fulfils `wish` for a class called `name` when the class is decided for *above* it. Of
/// all numbers that decide these rows alike it is a short one near their middle.
///
/// # Errors
/// [`ErrorKind::TooFewRows`] if no row of the class counts; [`ErrorKind::CheckFailed`] if no threshold does it, with
/// the best that there is.
pub fn choose(class: &OneClass<'_>, name: &str, wish: Wish) -> Result<f64> {
    let mut steps = class.steps();
    let all = steps.last().map_or(0.0, |s| s.own);
    if all == 0.0 {
        let e = Error::new(ErrorKind::TooFewRows { need: 1, have: 0 });
        return Err(e.hint(format!("choose the threshold on rows of which some are of the class `{name}`")));
    }
    // No threshold is below a probability of 0.
    steps.retain(|s| s.threshold > 0.0);
    let recall = |s: &Step| s.own / all;
    let precision = |s: &Step| s.own / (s.own + s.rest);
    let found = match wish {
        Wish::Recall(share) => best(&steps, |s| reaches(recall(s), share).then(|| precision(s))),
        Wish::Precision(share) => best(&steps, |s| reaches(precision(s), share).then(|| recall(s))),
        Wish::F1 => best(&steps, |s| Some(2.0 * s.own / (all + s.own + s.rest))),
    };
    if let Some(i) = found {
        let next = steps.get(i + 1).map_or(0.0, |s| s.threshold);
        return Ok(between(next, steps[i].threshold));
    }
    let (what, most, want) = match wish {
        Wish::Recall(share) => ("recall", steps.last().map_or(0.0, recall), format!("at least {share}")),
        Wish::Precision(share) => {
            ("precision", steps.iter().map(precision).fold(0.0, f64::max), format!("at least {share}"))
        }
        Wish::F1 => ("F1", 0.0, "above 0".into()),
    };
    // Rounded down, so that it never looks as if it were enough.
    let value = format!("{} at best", (1e4 * most).floor() / 1e4);
    let e = Error::new(ErrorKind::CheckFailed { what: format!("the {what} of `{name}`"), value, want });
    Err(e.hint("wish for less, or train a model that tells the classes apart better"))
}

/// Whether a share of sums is as large as a wish; the rounding of the sums does not count.
fn reaches(share: f64, wish: f64) -> bool {
    share >= wish - 1e-12
}

/// The step with the highest value, the first of equals; those without a value do not count.
fn best(steps: &[Step], value: impl Fn(&Step) -> Option<f64>) -> Option<usize> {
    let higher = |best: Option<(usize, f64)>, (i, v): (usize, f64)| match best {
        Some((_, top)) if v <= top => best,
        _ => Some((i, v)),
    };
    let values = steps.iter().enumerate().filter_map(|(i, s)| value(s).map(|v| (i, v)));
    values.fold(None, higher).map(|(i, _)| i)
}

/// A number of at least `low` and below `high` with few decimals, near their middle.
fn between(low: f64, high: f64) -> f64 {
    let middle = 0.5 * (low + high);
    let short = (1..=16).map(|decimals| format!("{middle:.decimals$}").parse().unwrap_or(low));
    short.into_iter().find(|t| low <= *t && *t < high).unwrap_or(low)
}

#[cfg(test)]
mod tests {
    use super::super::curve::testing::Two;
    use super::super::decide;
    use super::*;
    use proptest::prelude::*;

    fn wish(text: &str) -> Wish {
        text.parse().unwrap()
    }

    #[test]
    fn wishes_are_read_and_written() {
        for text in ["recall=0.9", "precision=1", "f1"] {
            assert_eq!(wish(text).to_string(), text);
        }
        for text in ["recall", "recall=0", "recall=1.1", "recall=NaN", "f1=0.5", "accuracy=0.9", ""] {
            assert!(text.parse::<Wish>().is_err(), "{text}");
        }
    }

    #[test]
    fn by_hand() {
        let two = Two::new(&[(1, 0.9), (0, 0.8), (1, 0.7), (1, 0.64), (0, 0.36), (1, 0.2), (0, 0.1)]);
        let threshold = |text: &str| choose(&two.second(), "b", wish(text)).unwrap();
        // Three of the four are found above 0.5, and that is the last threshold with a precision of 0.75.
        assert_eq!((threshold("recall=0.75"), threshold("precision=0.75")), (0.5, 0.5));
        assert_eq!((threshold("recall=0.25"), threshold("precision=1")), (0.85, 0.85));
        assert_eq!(threshold("recall=1"), 0.15);
        // 2 · 3 / (4 + 4) = 0.75 above 0.36, and 2 · 4 / (4 + 6) = 0.8 above 0.15.
        assert_eq!(threshold("f1"), 0.15);
        // Of thresholds that find the same the highest, which names fewest wrongly.
        let equal = Two::new(&[(1, 0.9), (0, 0.8)]);
        assert_eq!(choose(&equal.second(), "b", wish("precision=0.5")).unwrap(), 0.85);
    }

    #[test]
    fn what_cannot_be_is_said_with_the_best_that_can() {
        let said = |rows: &[(u32, f64)], text: &str| {
            choose(&Two::new(rows).second(), "b", wish(text)).unwrap_err().to_string()
        };
        let rows = [(1, 0.0), (1, 0.4), (0, 0.4), (0, 0.9), (1, 0.2)];
        assert!(
            said(&rows, "recall=0.7")
                .starts_with("the recall of `b` is 0.6666 at best; it must be at least 0.7")
        );
        assert!(said(&rows, "precision=0.6").starts_with("the precision of `b` is 0.5 at best; it must be"));
        assert!(said(&[(1, 0.0)], "f1").starts_with("the F1 of `b` is 0 at best; it must be above 0"));
        assert!(
            said(&[(0, 0.3)], "f1")
                .starts_with("0 rows where at least 1 are needed\nhint: choose the threshold on")
        );
    }

    #[test]
    fn numbers_between_are_short() {
        let all = [(0.0, 0.3), (0.9995, 1.0), (0.5, 0.5 + f64::EPSILON), (0.0, 1e-300), (0.36, 0.64)];
        assert_eq!(all.map(|(low, high)| between(low, high)), [0.1, 0.9998, 0.5, 0.0, 0.5]);
    }

    proptest! {
        /// What is chosen fulfils the wish when the rows are decided with it, and nothing better does.
        #[test]
        fn it_keeps_its_promise(
            rows in prop::collection::vec((0u32..2, 1u32..30), 1..40),
            share in 0.05..=1.0f64,
            of_precision: bool,
        ) {
            let rows: Vec<_> = rows.iter().map(|&(y, p)| (y, f64::from(p) / 30.0)).collect();
            let two = Two::new(&rows);
            let all = rows.iter().filter(|r| r.0 == 1).count() as f64;
            let at = |threshold: f64| {
                let decided = rows.iter().filter(|r| decide(&[1.0 - r.1, r.1], threshold) == 1);
                let (own, named) = decided.fold((0.0, 0.0), |(o, n), r| (o + f64::from(r.0), n + 1.0));
                (own / all, if named > 0.0 { own / named } else { 0.0 })
            };
            let asked = if of_precision { Wish::Precision(share) } else { Wish::Recall(share) };
            let any = (0..30).map(|i| at(f64::from(i) / 30.0));
            match choose(&two.second(), "b", asked) {
                Ok(threshold) => {
                    prop_assert!((0.0..1.0).contains(&threshold));
                    let (recall, precision) = at(threshold);
                    let got = if of_precision { precision } else { recall };
                    prop_assert!(got >= share - 1e-12);
                    for (r, p) in any {
                        // With enough precision nothing finds more; with enough recall nothing is more precise.
                        prop_assert!(!of_precision || p < share || r <= recall);
                        prop_assert!(of_precision || r < share || p <= precision + 1e-12);
                    }
                }
                Err(_) => prop_assert!(all == 0.0 || any.into_iter().all(|(_, p)| p < share)),
            }
        }
    }
}

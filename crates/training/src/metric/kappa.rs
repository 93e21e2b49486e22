//! Cohen's κ: how far decisions agree with the truth beyond what chance does.

use super::{About, Better, ClassMetric, ClassRows};

/// (accuracy − chance) / (1 − chance), where chance is the accuracy of decisions drawn with the frequencies of these
/// decisions (Cohen, "A coefficient of agreement for nominal scales", 1960). Not defined if all rows are of one class
/// and all were decided for it, because chance does as well.
pub(super) struct Kappa;

impl ClassMetric for Kappa {
    const ABOUT: About = About {
        name: "kappa",
        title: "Cohen's κ",
        line: "share of what chance decides wrongly that was decided rightly: 1 is all, 0 is chance",
        better: Better::Higher,
        percent: false,
    };
    fn value(rows: &ClassRows<'_>) -> Option<f64> {
        let shares = rows.confusion.shares()?;
        let chance = shares.sum(|s| s.truth * s.decided);
        (chance < 1.0).then(|| (shares.right - chance) / (1.0 - chance))
    }
}

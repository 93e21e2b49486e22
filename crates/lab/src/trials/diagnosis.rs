//! What the errors of a learner say, by stated rules.

use super::{At, Kind, Study};
use crate::interval::Interval;
use feedforward_plot::number;
use serde::Serialize;

/// The training error is high above this many times the floor, ...
const FAR: f64 = 1.2;
/// ... if that is more than this share of the error to beat (a floor of 0 is reached by nobody), ...
const NEAR_NOTHING: f64 = 0.1;
/// ... or, where no floor is known, above this share of the error to beat.
const HALF: f64 = 0.5;
/// The gap is large above this share of the validation error, if its interval lies above 0.
const WIDE: f64 = 0.2;
/// Bias and variance error are of comparable magnitude while neither is this many times the other.
const COMPARABLE: f64 = 3.0;

/// The errors of one network, as means over the repeats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Learner {
    /// How errors are counted.
    pub kind: Kind,
    /// On the training rows.
    pub train: f64,
    /// On validation rows.
    pub valid: f64,
    /// Validation less training error, with its interval.
    pub gap: Interval,
    /// The lowest error that can be, if it is known.
    pub floor: Option<f64>,
    /// The error of always saying the most frequent class, or the mean.
    pub baseline: f64,
}

impl Learner {
    /// At one place of a curve.
    pub(crate) fn of(study: &Study<'_>, kind: Kind, at: &At) -> Self {
        Learner {
            kind,
            train: at.train.mean,
            valid: at.valid.mean,
            gap: study.interval(&at.gap),
            floor: study.floor(),
            baseline: at.baseline,
        }
    }
    /// It says no more than always the same: the validation error is not below that to beat.
    pub fn useless(&self) -> bool {
        self.valid >= self.baseline
    }
    /// Fischer and Zahn's first condition does not hold: the training error is not small. With a known floor it is small
    /// up to 1.2 times that (or a tenth of the error to beat), otherwise up to half of the error to beat.
    pub fn high_bias(&self) -> bool {
        self.train
            > match self.floor {
                Some(floor) => (FAR * floor).max(NEAR_NOTHING * self.baseline),
                None => HALF * self.baseline,
            }
    }
    /// The second does not hold: the gap is more than chance, and more than a fifth of the validation error.
    pub fn high_variance(&self) -> bool {
        self.gap.low > 0.0 && self.gap.value > WIDE * self.valid
    }
    /// The third: bias error (training error above the floor) and variance error (the gap) are both small, or neither is
    /// three times the other. `None` where it takes a floor that is not known.
    pub fn comparable(&self) -> Option<bool> {
        if !self.high_bias() && !self.high_variance() {
            return Some(true);
        }
        let (bias, variance) = ((self.train - self.floor?).max(0.0), self.gap.value.max(0.0));
        Some(bias <= COMPARABLE * variance && variance <= COMPARABLE * bias)
    }
    /// In sentences.
    pub fn lines(&self) -> Vec<String> {
        let short = |x: f64| number(x, 4);
        let (error, gap) = (self.kind.error(), &self.gap);
        let [train, valid, baseline] = [self.train, self.valid, self.baseline].map(short);
        let mut lines = Vec::new();
        if self.useless() {
            lines.push(format!(
                "No better than always saying {}, whose {error} is {baseline}: training {train}, validation {valid}.",
                self.kind.usual()
            ));
        } else if self.high_bias() {
            lines.push(match self.floor {
                Some(floor) => format!(
                    "High bias: the training {error}, {train}, is far above what can be reached, {}: the network is too \
                     stiff, or was not trained to the end.",
                    short(floor)
                ),
                None => format!(
                    "High bias, or columns that do not tell more: the training {error}, {train}, is more than half of \
                     {baseline}, which says the same of every row. A wider network tells which; --goal says what can be \
                     reached."
                ),
            });
        }
        if self.high_variance() {
            lines.push(format!(
                "High variance: the validation {error} is {valid}, the training {error} {train}; the gap is {} (95 %: {} \
                 to {}), {:.0} % of the validation {error}.",
                short(gap.value),
                short(gap.low),
                short(gap.high),
                100.0 * gap.value / self.valid
            ));
        }
        if lines.is_empty() {
            lines.push(format!(
                "Neither high bias nor high variance: training {error} {train}, validation {error} {valid}."
            ));
        }
        let yes = |holds: bool| if holds { "yes" } else { "no" };
        let third = self.comparable().map_or("not known without --goal", yes);
        lines.push(format!(
            "A good learner (Fischer and Zahn): training error small: {}; gap small: {}; bias and variance error \
             comparable: {third}.",
            yes(!self.high_bias()),
            yes(!self.high_variance()),
        ));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learner(train: f64, valid: f64, floor: Option<f64>) -> Learner {
        let gap = Interval { value: valid - train, low: valid - train - 0.05, high: valid - train + 0.05 };
        Learner { kind: Kind::Numbers, train, valid, gap, floor, baseline: 1.0 }
    }

    #[test]
    fn rules_as_they_are_written() {
        let said = |l: Learner| (l.high_bias(), l.high_variance(), l.comparable());
        assert_eq!(said(learner(0.31, 0.33, Some(0.3))), (false, false, Some(true)));
        assert_eq!(said(learner(0.37, 0.40, Some(0.3))), (true, false, Some(true)));
        assert_eq!(said(learner(0.60, 0.61, Some(0.3))), (true, false, Some(false)));
        assert_eq!(said(learner(0.05, 0.60, Some(0.3))), (false, true, Some(false)));
        assert_eq!(said(learner(0.49, 0.50, None)), (false, false, Some(true)));
        assert_eq!(said(learner(0.51, 0.52, None)), (true, false, None));
        assert_eq!(said(learner(0.6, 1.0, None)), (true, true, None));
        // A tenth of the error to beat is as good as nothing.
        assert_eq!(said(learner(0.09, 0.09, Some(0.0))), (false, false, Some(true)));
        // A wide gap that may be chance.
        assert_eq!(said(learner(0.10, 0.14, Some(0.1))), (false, false, Some(true)));
    }

    #[test]
    fn sentences() {
        let text = |l: Learner| l.lines().join("\n");
        let both = text(learner(0.6, 0.99, Some(0.3)));
        assert!(both.starts_with("High bias: the training RMSE, 0.6, is far above"), "{both}");
        assert!(
            both.contains("the gap is 0.39 (95 %: 0.34 to 0.44), 39 % of the validation RMSE."),
            "{both}"
        );
        assert!(
            both.ends_with(
                "training error small: no; gap small: no; bias and variance error comparable: yes."
            )
        );
        let useless = text(learner(1.0, 1.0, None));
        assert!(useless.starts_with("No better than always saying the mean, whose RMSE is 1"), "{useless}");
        assert!(!useless.contains("High bias") && !useless.contains("Neither"), "{useless}");
        assert!(text(learner(0.51, 0.52, None)).ends_with("comparable: not known without --goal."));
    }
}

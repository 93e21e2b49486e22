//! Metrics: one file each, one list.
//!
//! To add one: write its file on the pattern of `accuracy.rs` or `mse.rs`, add its line to `metrics!` below.
//!
//! A metric is `None` where it is not defined: without rows, or with weights that sum to 0, and in the cases
//! that its file names. It is never NaN or infinite. Sums run in row order, so equal rows give equal bits.

use feedforward_base::{Batch, Error, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

mod accuracy;
mod average_precision;
mod balanced_accuracy;
mod brier;
mod confusion;
pub mod curve;
mod ece;
mod f1;
mod f1_micro;
mod f1_weighted;
mod kappa;
mod log_loss;
mod mae;
mod mape;
mod mcc;
mod median_error;
mod mse;
mod pinball;
mod pinball_10;
mod pinball_90;
mod precision;
mod precision_micro;
mod precision_weighted;
mod r2;
mod recall;
mod recall_micro;
mod recall_weighted;
mod rmse;
mod roc_auc;
mod specificity;
#[cfg(test)]
mod testing;
pub mod threshold;

pub use confusion::{Cell, ClassScores, Confusion};
use curve::OneClass;

/// What the software can say about a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The name that users type.
    pub name: &'static str,
    /// The name in a report.
    pub title: &'static str,
    /// One line: what it measures.
    pub line: &'static str,
    /// Which values are good.
    pub better: Better,
    /// Whether it is a share of a whole, which reports show in percent.
    pub percent: bool,
}

/// Which values of a metric are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The higher the better.
    Higher,
    /// The lower the better.
    Lower,
}

/// What a metric judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Predicted classes.
    Classes,
    /// Predicted numbers.
    Numbers,
}

/// The rows on which predicted classes are judged.
#[derive(Clone, Copy, Debug)]
pub struct ClassRows<'a> {
    /// The class of each row, 0..C.
    pub truth: &'a [u32],
    /// The probability of each class, rows x C.
    pub probabilities: Batch<'a, f64>,
    /// How much each row counts, at least 0; all alike without.
    pub weights: Option<&'a [f64]>,
    /// The decisions, counted.
    pub confusion: &'a Confusion,
}

impl<'a> ClassRows<'a> {
    /// The rows as one class and the rest.
    fn class(&self, class: u32) -> OneClass<'a> {
        OneClass::new(class, self.truth, self.probabilities, self.weights)
    }
    /// The classes whose ranking is judged: of two the second, because the first's is the same turned round.
    fn ranked(&self) -> impl Iterator<Item = OneClass<'a>> {
        let classes = self.confusion.classes() as u32;
        let first = if classes == 2 { 1 } else { 0 };
        (first..classes).map(|class| self.class(class))
    }
}

/// The rows on which one predicted number is judged.
#[derive(Clone, Copy, Debug)]
pub struct NumberRows<'a> {
    /// The true number of each row.
    pub truth: &'a [f64],
    /// The predicted number of each row.
    pub predicted: &'a [f64],
    /// How much each row counts, at least 0; all alike without.
    pub weights: Option<&'a [f64]>,
}

impl NumberRows<'_> {
    /// The mean of the truth; `None` without rows.
    pub fn mean_truth(&self) -> Option<f64> {
        self.mean(|y, _| y)
    }
    /// The mean of `f(truth, predicted)`.
    fn mean(&self, f: impl Fn(f64, f64) -> f64) -> Option<f64> {
        weighted_mean(self.truth.iter().zip(self.predicted).map(|(y, a)| f(*y, *a)), self.weights)
    }
}

trait ClassMetric {
    const ABOUT: About;
    fn value(rows: &ClassRows<'_>) -> Option<f64>;
}

trait NumberMetric {
    const ABOUT: About;
    fn value(rows: &NumberRows<'_>) -> Option<f64>;
}

macro_rules! metrics {
    (classes { $($file:ident::$C:ident),* $(,)? } numbers { $($nfile:ident::$N:ident),* $(,)? }) => {
        /// A metric of the closed set.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Metric {
            $(#[doc = concat!("See `metric/", stringify!($file), ".rs`.")] $C,)*
            $(#[doc = concat!("See `metric/", stringify!($nfile), ".rs`.")] $N,)*
        }

        impl Metric {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Metric] = &[$(Metric::$C,)* $(Metric::$N,)*];

            /// Name, description and direction.
            pub fn about(self) -> About {
                match self {
                    $(Metric::$C => $file::$C::ABOUT,)*
                    $(Metric::$N => $nfile::$N::ABOUT,)*
                }
            }
            /// What it judges.
            pub fn kind(self) -> Kind {
                match self {
                    $(Metric::$C => Kind::Classes,)*
                    $(Metric::$N => Kind::Numbers,)*
                }
            }
            /// Its value on predicted classes; `None` where it is not defined, as a metric of numbers is here.
            pub fn of_classes(self, rows: &ClassRows<'_>) -> Option<f64> {
                match self {
                    $(Metric::$C => $file::$C::value(rows).filter(|v| v.is_finite()),)*
                    $(Metric::$N => None,)*
                }
            }
            /// Its value on a predicted number; `None` where it is not defined, as a metric of classes is here.
            pub fn of_numbers(self, rows: &NumberRows<'_>) -> Option<f64> {
                match self {
                    $(Metric::$C => None,)*
                    $(Metric::$N => $nfile::$N::value(rows).filter(|v| v.is_finite()),)*
                }
            }
        }

        #[cfg(test)]
        mod recorded {
            $(#[test] fn $file() { super::testing::agrees_on_classes(super::Metric::$C); })*
            $(#[test] fn $nfile() { super::testing::agrees_on_numbers(super::Metric::$N); })*
        }
    };
}

metrics! {
    classes {
        accuracy::Accuracy,
        balanced_accuracy::BalancedAccuracy,
        precision::Precision,
        recall::Recall,
        f1::F1,
        specificity::Specificity,
        precision_weighted::PrecisionWeighted,
        recall_weighted::RecallWeighted,
        f1_weighted::F1Weighted,
        precision_micro::PrecisionMicro,
        recall_micro::RecallMicro,
        f1_micro::F1Micro,
        mcc::Mcc,
        kappa::Kappa,
        log_loss::LogLoss,
        brier::Brier,
        ece::Ece,
        roc_auc::RocAuc,
        average_precision::AveragePrecision,
    }
    numbers {
        mse::Mse,
        rmse::Rmse,
        mae::Mae,
        median_error::MedianError,
        mape::Mape,
        r2::R2,
        pinball::Pinball,
        pinball_10::Pinball10,
        pinball_90::Pinball90,
    }
}

impl Metric {
    /// The name that users type.
    pub fn name(self) -> &'static str {
        self.about().name
    }
    /// All metrics of a kind, in the order of the list.
    pub fn of_kind(kind: Kind) -> impl Iterator<Item = Metric> {
        Self::ALL.iter().copied().filter(move |m| m.kind() == kind)
    }
    /// Whether `one` is better than `other`.
    pub fn prefers(self, one: f64, other: f64) -> bool {
        match self.about().better {
            Better::Higher => one > other,
            Better::Lower => one < other,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Metric {
    type Err = Error;

    /// `precision_macro`, `recall_macro` and `f1_macro` are other names for `precision`, `recall` and `f1`.
    ///
    /// # Errors
    /// [`feedforward_base::ErrorKind::Unknown`] with a near name, or the list.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "precision_macro" => return Ok(Metric::Precision),
            "recall_macro" => return Ok(Metric::Recall),
            "f1_macro" => return Ok(Metric::F1),
            _ => {}
        }
        let named = Self::ALL.iter().copied().find(|m| m.name() == text);
        named.ok_or_else(|| Error::unknown("metric", text, Self::ALL.iter().map(|m| m.name())))
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(d: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The class that probabilities decide for: the most probable one, the first of equals.
/// Of two classes it is the second if and only if its probability is above `threshold`.
pub fn decide(probabilities: &[f64], threshold: f64) -> u32 {
    if let [_, second] = probabilities {
        return u32::from(*second > threshold);
    }
    let better = |best, i| if probabilities[i] > probabilities[best] { i } else { best };
    (1..probabilities.len()).fold(0, better) as u32
}

/// Σ w x / Σ w in row order.
fn weighted_mean(values: impl Iterator<Item = f64>, weights: Option<&[f64]>) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (i, value) in values.enumerate() {
        let weight = weights.map_or(1.0, |w| w[i]);
        sum += weight * value;
        total += weight;
    }
    (total > 0.0).then(|| sum / total)
}

/// The plain mean.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    weighted_mean(values, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_parse_back() {
        for &m in Metric::ALL {
            assert_eq!(m.name().parse::<Metric>().unwrap(), m);
            assert_eq!(serde_json::from_str::<Metric>(&serde_json::to_string(&m).unwrap()).unwrap(), m);
            assert!(m.about().line.len() <= 90 && !m.about().title.is_empty(), "{m}");
        }
        assert_eq!("f1_macro".parse::<Metric>().unwrap(), Metric::F1);
        let e = "acuracy".parse::<Metric>().unwrap_err();
        assert_eq!(e.to_string(), "there is no metric `acuracy`\nhint: did you mean `accuracy`?");
    }

    #[test]
    fn nothing_is_defined_on_no_rows() {
        let confusion = Confusion::count(3, &[], &[], None);
        let probabilities = Batch::new(&[], 0, 3);
        let classes = ClassRows { truth: &[], probabilities, weights: None, confusion: &confusion };
        let numbers = NumberRows { truth: &[], predicted: &[], weights: None };
        for &m in Metric::ALL {
            assert_eq!((m.of_classes(&classes), m.of_numbers(&numbers)), (None, None), "{m}");
        }
    }

    #[test]
    fn nothing_is_defined_when_no_row_counts() {
        let confusion = Confusion::count(2, &[0, 1], &[0, 1], Some(&[0.0, 0.0]));
        let probabilities = Batch::new(&[0.9, 0.1, 0.2, 0.8], 2, 2);
        let weights = Some(&[0.0, 0.0][..]);
        let classes = ClassRows { truth: &[0, 1], probabilities, weights, confusion: &confusion };
        let numbers = NumberRows { truth: &[1.0, 2.0], predicted: &[1.0, 2.0], weights };
        for &m in Metric::ALL {
            assert_eq!((m.of_classes(&classes), m.of_numbers(&numbers)), (None, None), "{m}");
        }
    }

    #[test]
    fn a_number_beyond_the_finite_ones_is_not_told() {
        let rows = NumberRows { truth: &[1e200, 0.0], predicted: &[-1e200, 1.0], weights: None };
        assert_eq!(Metric::Mse.of_numbers(&rows), None);
        assert_eq!(Metric::Mae.of_numbers(&rows), Some(1e200));
    }

    #[test]
    fn decisions() {
        assert_eq!(decide(&[0.5, 0.5], 0.5), 0);
        assert_eq!(decide(&[0.6, 0.4], 0.3), 1);
        assert_eq!(decide(&[0.2, 0.4, 0.4], 0.5), 1);
        assert_eq!(decide(&[0.9, 0.05, 0.05], 0.01), 0);
        assert!(Metric::LogLoss.prefers(0.1, 0.2) && Metric::R2.prefers(0.2, 0.1));
        assert_eq!(Metric::of_kind(Kind::Numbers).count(), 9);
    }
}

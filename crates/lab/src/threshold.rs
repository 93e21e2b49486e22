//! Fischer and Zahn: precision and recall of two classes while the threshold runs from 0 to 1.

use feedforward_plot::{Axis, Figure, Item, Panel};
use feedforward_training::metric::Confusion;

/// The scores of class 1 at one threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Class 1 is decided where the probability is at least this.
    pub threshold: f64,
    /// Of the rows decided for class 1, the share that is of it; `None` where there is no such row.
    pub precision: Option<f64>,
    /// Of the rows of class 1, the share decided for it.
    pub recall: f64,
}

/// Scores at every threshold that decides differently, in ascending order.
pub fn curve(probability: &[f64], truth: &[u32]) -> Vec<Point> {
    let mut thresholds: Vec<f64> = [0.0, 1.0].into_iter().chain(probability.iter().copied()).collect();
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    let at = |threshold: f64| {
        let decided: Vec<u32> = probability.iter().map(|p| u32::from(*p >= threshold)).collect();
        let scores = Confusion::count(2, truth, &decided, None).per_class()[1];
        let precision = (scores.decided > 0.0).then_some(scores.precision);
        Point { threshold, precision, recall: scores.recall }
    };
    thresholds.into_iter().map(at).collect()
}

/// Precision over recall, and both over the threshold.
pub fn figure(curve: &[Point]) -> Figure {
    let precise: Vec<&Point> = curve.iter().filter(|p| p.precision.is_some()).collect();
    let pairs = |f: &dyn Fn(&Point) -> (f64, f64)| precise.iter().map(|p| f(p)).collect::<Vec<_>>();
    let unit = |name: &str| Axis::new(name).range(0.0, 1.02);
    let precision = |p: &Point| p.precision.unwrap_or(f64::NAN);
    let panels = vec![
        Panel::plane(
            "Precision over recall",
            unit("recall"),
            unit("precision"),
            vec![Item::line(pairs(&|p| (p.recall, precision(p))), 0, "one point per threshold")],
        ),
        Panel::plane(
            "Both over the threshold",
            unit("threshold"),
            unit("share"),
            vec![
                Item::line(pairs(&|p| (p.threshold, precision(p))), 0, "precision"),
                Item::line(pairs(&|p| (p.threshold, p.recall)), 1, "recall"),
            ],
        ),
    ];
    Figure::new("Precision and recall", 2, panels).caption(
        "Recall never rises with the threshold; precision may fall as well as rise. A high recall is wanted where a miss \
         is dear, as in a screening; a high precision where a false alarm is dear.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_never_rises() {
        let p = [0.1, 0.9, 0.4, 0.4, 0.8, 0.3, 0.95];
        let curve = curve(&p, &[0, 1, 1, 0, 0, 1, 1]);
        assert!(curve.windows(2).all(|w| w[1].recall <= w[0].recall && w[1].threshold > w[0].threshold));
        assert_eq!(curve[0].recall, 1.0);
        assert_eq!(curve.last().unwrap().precision, None);
    }
}

//! What a network must beat: always the same answer.

use feedforward_training::{Judgement, Metric};
use serde::Serialize;

/// How good it would be always to say the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// The commonest class; `None` of numbers, where it is the mean.
    pub class: Option<String>,
    /// Accuracy of classes, RMSE of numbers.
    pub metric: Metric,
    /// Its value; of several columns of numbers the mean over them.
    pub value: f64,
}

impl Baseline {
    /// On the rows of a judgement; `None` if none of them counts.
    pub(super) fn of(judgement: &Judgement) -> Option<Baseline> {
        match judgement {
            Judgement::Classes(j) => {
                let (most, value) = j.baseline()?;
                Some(Baseline { class: Some(j.classes[most].clone()), metric: Metric::Accuracy, value })
            }
            Judgement::Numbers(j) => {
                let all: Option<Vec<f64>> = j.columns.iter().map(|c| c.baseline_rmse).collect();
                let all = all?;
                let value = all.iter().sum::<f64>() / all.len() as f64;
                Some(Baseline { class: None, metric: Metric::Rmse, value })
            }
        }
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.class {
            Some(class) => write!(f, "always saying `{class}`, the commonest class"),
            None => f.write_str("always saying the mean"),
        }
    }
}

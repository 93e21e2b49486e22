//! Recorded cases: scikit-learn's answers and the lectures' numbers.

use super::curve::OneClass;
use super::{ClassMetric, ClassRows, Confusion, Metric, NumberRows, decide};
use feedforward_base::Batch;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One case of `testdata/metrics/classes.json`.
#[derive(Deserialize)]
pub(crate) struct ClassCase {
    pub(crate) name: String,
    classes: usize,
    threshold: f64,
    truth: Vec<u32>,
    probabilities: Vec<f64>,
    weights: Option<Vec<f64>>,
    want: BTreeMap<String, Option<f64>>,
    pub(crate) per_class: Theirs,
    pub(crate) confusion: Vec<Vec<f64>>,
}

/// scikit-learn's scores, one per class.
#[derive(Deserialize)]
pub(crate) struct Theirs {
    pub(crate) precision: Vec<f64>,
    pub(crate) recall: Vec<f64>,
    pub(crate) f1: Vec<f64>,
    pub(crate) specificity: Vec<f64>,
    pub(crate) support: Vec<f64>,
}

/// One case of `testdata/metrics/curves.json`.
#[derive(Deserialize)]
pub(crate) struct CurveCase {
    pub(crate) name: String,
    classes: usize,
    class: u32,
    truth: Vec<u32>,
    probabilities: Vec<f64>,
    weights: Option<Vec<f64>>,
    pub(crate) roc: Option<TheirRoc>,
    pub(crate) precision_recall: Option<TheirPrecisionRecall>,
    pub(crate) equal_width: TheirCalibration,
    pub(crate) equal_count: TheirCalibration,
}

/// scikit-learn's ROC curve.
#[derive(Deserialize)]
pub(crate) struct TheirRoc {
    pub(crate) threshold: Vec<f64>,
    pub(crate) false_positive_rate: Vec<f64>,
    pub(crate) recall: Vec<f64>,
    pub(crate) area: f64,
}

/// scikit-learn's precision-recall curve.
#[derive(Deserialize)]
pub(crate) struct TheirPrecisionRecall {
    pub(crate) threshold: Vec<f64>,
    pub(crate) precision: Vec<f64>,
    pub(crate) recall: Vec<f64>,
    pub(crate) average_precision: f64,
}

/// A calibration curve and its error.
#[derive(Deserialize)]
pub(crate) struct TheirCalibration {
    pub(crate) mean_probability: Vec<f64>,
    pub(crate) share: Vec<f64>,
    pub(crate) weight: Vec<f64>,
    pub(crate) error: f64,
}

impl CurveCase {
    pub(crate) fn class(&self) -> OneClass<'_> {
        let probabilities = Batch::new(&self.probabilities, self.truth.len(), self.classes);
        OneClass::new(self.class, &self.truth, probabilities, self.weights.as_deref())
    }
}

/// One case of `testdata/metrics/numbers.json`.
#[derive(Deserialize)]
struct NumberCase {
    name: String,
    truth: Vec<f64>,
    predicted: Vec<f64>,
    weights: Option<Vec<f64>>,
    want: BTreeMap<String, Option<f64>>,
}

impl ClassCase {
    pub(crate) fn confusion(&self) -> Confusion {
        let rows = self.probabilities.chunks(self.classes);
        let decided: Vec<u32> = rows.map(|p| decide(p, self.threshold)).collect();
        Confusion::count(self.classes, &self.truth, &decided, self.weights.as_deref())
    }
}

fn testdata(name: &str) -> String {
    let path = format!("{}/../../testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub(crate) fn class_cases() -> Vec<ClassCase> {
    serde_json::from_str(&testdata("metrics/classes.json")).unwrap()
}

pub(crate) fn curve_cases() -> Vec<CurveCase> {
    let cases: Vec<CurveCase> = serde_json::from_str(&testdata("metrics/curves.json")).unwrap();
    assert!(cases.len() > 5);
    cases
}

/// A metric of decisions that are certain.
pub(crate) fn of_decisions<M: ClassMetric>(
    classes: usize,
    truth: &[u32],
    decided: &[u32],
    weights: Option<&[f64]>,
) -> Option<f64> {
    let confusion = Confusion::count(classes, truth, decided, weights);
    let mut p = vec![0.0; truth.len() * classes];
    for (r, &class) in decided.iter().enumerate() {
        p[r * classes + class as usize] = 1.0;
    }
    let probabilities = Batch::new(&p, truth.len(), classes);
    M::value(&ClassRows { truth, probabilities, weights, confusion: &confusion })
}

pub(crate) fn all_near(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    ours.iter().zip(theirs).for_each(|(a, b)| near(*a, *b, what));
}

/// Equal to 1e-12, relative for numbers above 1.
pub(crate) fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0), "{what}: {ours}, scikit-learn {theirs}");
}

fn same(ours: Option<f64>, theirs: Option<f64>, what: &str) {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => near(ours, theirs, what),
        _ => assert_eq!(ours, theirs, "{what}"),
    }
}

pub(crate) fn agrees_on_classes(metric: Metric) {
    let cases = class_cases();
    assert!(cases.len() > 5);
    for case in cases {
        let confusion = case.confusion();
        let rows = ClassRows {
            truth: &case.truth,
            probabilities: Batch::new(&case.probabilities, case.truth.len(), case.classes),
            weights: case.weights.as_deref(),
            confusion: &confusion,
        };
        let what = format!("{metric} of {}", case.name);
        same(metric.of_classes(&rows), case.want[metric.name()], &what);
        assert_eq!(metric.of_numbers(&NumberRows { truth: &[0.0], predicted: &[0.0], weights: None }), None);
    }
}

pub(crate) fn agrees_on_numbers(metric: Metric) {
    let cases: Vec<NumberCase> = serde_json::from_str(&testdata("metrics/numbers.json")).unwrap();
    assert!(cases.len() > 3);
    for case in cases {
        let (truth, predicted) = (&case.truth[..], &case.predicted[..]);
        let rows = NumberRows { truth, predicted, weights: case.weights.as_deref() };
        let what = format!("{metric} of {}", case.name);
        same(metric.of_numbers(&rows), case.want[metric.name()], &what);
    }
}

/// The numbers of `testdata/lectures/ID.toml`.
pub(crate) struct Lecture(toml::Table);

impl Lecture {
    pub(crate) fn read(id: &str) -> Self {
        Lecture(testdata(&format!("lectures/{id}.toml")).parse().unwrap())
    }
    pub(crate) fn number(&self, name: &str) -> f64 {
        as_f64(&self.0[name])
    }
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].as_array().unwrap().iter().map(as_f64).collect()
    }
}

fn as_f64(value: &toml::Value) -> f64 {
    value.as_float().unwrap_or_else(|| value.as_integer().unwrap() as f64)
}
